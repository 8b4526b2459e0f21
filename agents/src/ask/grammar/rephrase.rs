//! Words that mean something else by what stands around them: "once" is a number, "cost" a price where a product has it.

use crate::ask::link::{Item, Kind, Lexicon, Linked, Shape, Target};
use crate::ask::words::{Number, Unit};

/// Gives such words their meaning.
pub(super) fn rephrase(linked: &mut Linked, lexicon: &Lexicon) {
    charted(linked);
    counted(linked);
    misspelt_than(linked);
    prices(linked, lexicon);
    emphatic(linked);
    averages(linked);
    shopping(linked);
    nothing_sold(linked);
    something_sold(linked);
    sold_together(linked);
    or_more_of(linked);
}

/// "more homeowners or more renters": there "or more" follows no number.
fn or_more_of(linked: &mut Linked) {
    for i in 1..linked.items.len() {
        let number = linked.items[..i].iter().rev().find(|item| item.shape() != Some(Shape::Filler));
        let number =
            number.is_some_and(|item| item.number().is_some() || matches!(item.kind, Kind::Link(_)) && item.len > 1);
        let more = matches!(linked.items[i].text.as_str(), "or more" | "or fewer" | "or less");
        let compared =
            linked.items[..i].iter().any(|item| item.text == "more" || item.text == "fewer" || item.text == "less");
        let value = linked.items.get(i + 1).is_some_and(|item| {
            item.targets().iter().any(|t| matches!(t, Target::Values { .. } | Target::Named { .. }))
        });
        if more && value && compared && !number {
            linked.items[i].kind = Kind::Shape(Shape::Or);
        }
    }
}

/// "Pie: revenue by channel": the chart that is wanted, which the answer chooses by its shape.
fn charted(linked: &mut Linked) {
    let [head, colon, ..] = linked.items.as_mut_slice() else { return };
    let chart = ["bar", "bars", "pie", "line", "lines", "chart", "graph", "plot", "table", "card", "tile", "map"];
    if chart.contains(&head.text.as_str()) && colon.text == ":" {
        head.kind = Kind::Shape(Shape::Filler);
        colon.kind = Kind::Shape(Shape::Mark);
    }
}

/// "below the monthly average", "higher than the store average": below and above average.
fn averages(linked: &mut Linked) {
    for i in 0..linked.items.len() {
        let to = match linked.items[i].shape() {
            Some(Shape::MoreThan | Shape::AtLeast) => Shape::AboveAverage,
            Some(Shape::LessThan | Shape::AtMost) => Shape::BelowAverage,
            _ => continue,
        };
        if times_average(linked, i, to) || matches!(linked.items[i].shape(), Some(Shape::AtLeast | Shape::AtMost)) {
            continue;
        }
        let rest = (i + 1..linked.items.len())
            .filter(|&k| !matches!(linked.items[k].shape(), Some(Shape::Filler | Shape::Mark | Shape::Total)))
            .take(2)
            .collect::<Vec<_>>();
        let average = |k: &usize| linked.items[*k].shape() == Some(Shape::Average);
        let step = |k: &usize| matches!(linked.items[*k].kind, Kind::Grain(_));
        let noun = |k: &usize| {
            let targets = linked.items[*k].targets();
            targets.iter().any(|t| matches!(t, Target::Entity(_) | Target::Dimension(_)))
        };
        let last = match rest.as_slice() {
            [a, ..] if average(a) => *a,
            [a, b] if (step(a) || noun(a)) && average(b) => *b,
            _ => continue,
        };
        linked.items[i].kind = Kind::Shape(to);
        for k in i + 1..=last {
            linked.items[k].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "more than 1.5 times the average", "at least twice the daily average": the number stays, and the average is compared.
fn times_average(linked: &mut Linked, i: usize, to: Shape) -> bool {
    let loud = |from: usize| {
        (from + 1..linked.items.len()).find(|&k| !matches!(linked.items[k].shape(), Some(Shape::Filler | Shape::Mark)))
    };
    let Some(k) = loud(i) else { return false };
    let word = linked.items[k].text.clone();
    let value = match linked.items[k].number() {
        Some(number) if number.unit == Unit::Plain && !number.ordinal && !number.year => number.value,
        _ if matches!(word.as_str(), "twice" | "double") => 2.0,
        _ if matches!(word.as_str(), "thrice" | "triple") => 3.0,
        _ if linked.items[k].shape() == Some(Shape::Half) => 0.5,
        _ => return false,
    };
    let mut rest = (k + 1..linked.items.len()).filter(|&n| {
        !matches!(linked.items[n].shape(), Some(Shape::Filler | Shape::Mark | Shape::Total | Shape::Of | Shape::That))
    });
    let Some(n) = rest.next() else { return false };
    let step = matches!(linked.items[n].kind, Kind::Grain(_));
    let last = if step { rest.next().unwrap_or(n) } else { n };
    if linked.items[last].shape() != Some(Shape::Average) {
        return false;
    }
    linked.items[i].kind = Kind::Shape(Shape::Filler);
    linked.items[k].kind = Kind::Number(Number { value, unit: Unit::Plain, ordinal: false, year: false });
    for item in &mut linked.items[k + 1..=last] {
        item.kind = Kind::Shape(Shape::Filler);
        "times".clone_into(&mut item.text);
        item.text.push_str(" the average");
    }
    linked.items[last].kind = Kind::Shape(to);
    true
}

/// A last clause such as "I only need the count" or "how many?": whether there is one. It says nothing else.
pub(super) fn count_only(linked: &mut Linked) -> bool {
    let Some(mark) = linked.items.iter().enumerate().rev().find_map(|(i, item)| {
        let ends = matches!(item.text.as_str(), "," | "?" | "." | ":" | ";" | "-" | "!") && i + 1 < linked.items.len();
        ends.then_some(i)
    }) else {
        return false;
    };
    let quiet = |item: &Item| {
        matches!(
            item.shape(),
            Some(
                Shape::Filler | Shape::Mark | Shape::List | Shape::Only | Shape::Number | Shape::HowMany | Shape::Total
            )
        )
    };
    let counts = |item: &Item| matches!(item.shape(), Some(Shape::Number | Shape::HowMany));
    let tail = &linked.items[mark + 1..];
    let wanted = tail.iter().all(quiet) && tail.iter().any(counts) && !linked.items[..mark].iter().any(counts);
    if wanted {
        for item in &mut linked.items[mark + 1..] {
            item.kind = Kind::Shape(Shape::Filler);
        }
    }
    wanted
}

/// "lowest and highest list price", "price range": whether both ends of a number are asked for.
pub(super) fn range(linked: &mut Linked) -> bool {
    let end = |item: &Item| match item.shape() {
        Some(Shape::Least) => Some(false),
        Some(Shape::Most) => Some(true),
        _ => None,
    };
    let loud: Vec<usize> = (0..linked.items.len())
        .filter(|&i| !matches!(linked.items[i].shape(), Some(Shape::Filler | Shape::Mark)))
        .collect();
    let number = |item: &Item| item.targets().iter().any(|t| matches!(t, Target::Metric(_) | Target::Fact(_)));
    for three in loud.windows(3) {
        let [a, and, b] = three else { continue };
        let ends = (end(&linked.items[*a]), end(&linked.items[*b]));
        if linked.items[*and].shape() == Some(Shape::And) && matches!(ends, (Some(x), Some(y)) if x != y) {
            for &i in three {
                linked.items[i].kind = Kind::Shape(Shape::Filler);
            }
            return true;
        }
    }
    for two in loud.windows(2) {
        let [a, b] = two else { continue };
        let said = |i: usize| matches!(linked.items[i].text.as_str(), "range" | "ranges" | "range of" | "spread");
        let word = if said(*b) && number(&linked.items[*a]) {
            *b
        } else if said(*a) && (number(&linked.items[*b]) || linked.items[*b].shape() == Some(Shape::Of)) {
            *a
        } else {
            continue;
        };
        linked.items[word].kind = Kind::Shape(Shape::Filler);
        return true;
    }
    false
}

/// "more then 150": a comparison.
fn misspelt_than(linked: &mut Linked) {
    for i in 1..linked.items.len() {
        let number = linked.items.get(i + 1).is_some_and(|item| item.number().is_some());
        let to = match linked.items[i - 1].text.as_str() {
            "more" | "higher" | "greater" | "larger" => Shape::MoreThan,
            "less" | "fewer" | "lower" | "smaller" => Shape::LessThan,
            _ => continue,
        };
        if number && linked.items[i].text == "then" {
            linked.items[i].kind = Kind::Shape(to);
        }
    }
}

/// "once", "twice": numbers of events.
fn counted(linked: &mut Linked) {
    for item in &mut linked.items {
        let value = match item.text.as_str() {
            "once" => 1.0,
            "twice" => 2.0,
            "thrice" => 3.0,
            _ => continue,
        };
        if item.len == 1 {
            item.kind = Kind::Number(Number { value, unit: Unit::Plain, ordinal: false, year: false });
        }
    }
}

/// "products that cost between 5 and 10 dollars" speaks of their price; "what did coupons cost" of the number before.
fn prices(linked: &mut Linked, lexicon: &Lexicon) {
    for i in 0..linked.items.len() {
        let cost = matches!(linked.items[i].text.as_str(), "cost" | "costs" | "costing" | "priced")
            && matches!(linked.items[i].kind, Kind::Unknown | Kind::Link(_) | Kind::Shape(Shape::Filler));
        if !cost {
            continue;
        }
        let compared = next(&linked.items, i).is_some_and(|item| {
            matches!(
                item.shape(),
                Some(
                    Shape::Between
                        | Shape::MoreThan
                        | Shape::LessThan
                        | Shape::AtLeast
                        | Shape::AtMost
                        | Shape::Exactly
                        | Shape::Most
                        | Shape::Least
                )
            )
        });
        let metric = |item: &Item| item.targets().iter().any(|t| matches!(t, Target::Metric(_)));
        let before = linked.items[..i].iter().rev().find(|item| item.shape() != Some(Shape::Filler));
        let spoken = linked.items[i].text != "priced"
            && before
                .is_some_and(|item| metric(item) && !item.targets().iter().any(|t| matches!(t, Target::Entity(_))));
        if let Some(targets) = lexicon.number("price").filter(|_| compared) {
            linked.items[i].kind = Kind::Link(targets);
        } else if spoken {
            linked.items[i].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "the top 5 only", "just the count", "revenue only": words that change nothing where they stand at the end of what
/// they speak of.
fn emphatic(linked: &mut Linked) {
    for i in 0..linked.items.len() {
        if linked.items[i].shape() != Some(Shape::Only) || linked.items[i].len > 1 {
            continue;
        }
        let after = next(&linked.items, i);
        let told = linked.items.iter().any(|item| {
            matches!(item.shape(), Some(Shape::Deed | Shape::Who | Shape::Sell | Shape::Contains)) || item.text == "who"
        });
        let before = linked.items[..i].iter().rev().find(|item| item.shape() != Some(Shape::Filler));
        let place = after.is_some_and(|item| matches!(item.shape(), Some(Shape::In | Shape::For | Shape::From)));
        let scoped = before.is_some_and(metric) && place && !told;
        let last =
            after.is_none() && i > 0 && linked.items[..i].iter().any(|item| item.number().is_some() || metric(item));
        let restricts = restricted(linked, i);
        let count = after.is_some_and(|item| {
            matches!(item.shape(), Some(Shape::Number | Shape::HowMany | Shape::Total | Shape::Most | Shape::Least))
        });
        let known = linked.items[i + 1..].iter().take(8).any(|item| item.shape() == Some(Shape::Known));
        let of_things = only_things(linked, i);
        if last || count || scoped || restricts || known || of_things {
            linked.items[i].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "only stores of the West", "only our married customers": things that are meant, not all that others did.
fn only_things(linked: &Linked, i: usize) -> bool {
    let loud = |item: &&Item| !matches!(item.shape(), Some(Shape::Filler | Shape::Mark));
    let thing = linked.items[i + 1..].iter().find(loud).is_some_and(|item| {
        let last = &linked.tokens[item.at + item.len - 1];
        item.targets().iter().any(|t| matches!(t, Target::Entity(_))) && last.norm != last.lemma
    });
    let did = linked.items[..i].iter().rev().find(loud).is_some_and(|item| {
        matches!(
            item.shape(),
            Some(Shape::Deed | Shape::Sell | Shape::Contains | Shape::With | Shape::In | Shape::From)
        ) || item.targets().iter().any(|t| matches!(t, Target::Verb(_)))
    });
    let said = linked.items[..i].iter().rev().take(2).any(|item| {
        matches!(item.text.as_str(), "bought" | "buy" | "sold" | "sell" | "have" | "had" | "has" | "contain")
    });
    thing && !did && !said
}

/// "only stores with at least $20,000", "only those above 100": a comparison that says it all.
fn restricted(linked: &Linked, i: usize) -> bool {
    let loud: Vec<&Item> =
        linked.items[i + 1..].iter().filter(|item| item.shape() != Some(Shape::Filler)).take(4).collect();
    let thing = |item: &Item| {
        item.shape() == Some(Shape::That)
            || item.targets().iter().any(|t| matches!(t, Target::Entity(_) | Target::Dimension(_)))
    };
    let with = |item: &Item| matches!(item.shape(), Some(Shape::With | Shape::That | Shape::Who | Shape::In));
    let compares = |item: &Item| {
        matches!(
            item.shape(),
            Some(Shape::MoreThan | Shape::AtLeast | Shape::LessThan | Shape::AtMost | Shape::Between | Shape::Exactly)
        ) || item.number().is_some()
    };
    let front = loud.iter().take_while(|item| thing(item) || with(item)).count();
    front > 0 && loud.get(front).is_some_and(|item| compares(item))
}

/// "products without any sales": those that never were.
fn nothing_sold(linked: &mut Linked) {
    let loud: Vec<usize> = (0..linked.items.len())
        .filter(|&i| !matches!(linked.items[i].shape(), Some(Shape::Filler | Shape::Mark | Shape::Ever | Shape::With)))
        .collect();
    for (place, &i) in loud.iter().enumerate() {
        let none = matches!(linked.items[i].text.as_str(), "without" | "no" | "with no" | "without any" | "zero");
        let Some(&k) = loud.get(place + 1) else { return };
        let sales = matches!(
            linked.items[k].text.as_str(),
            "sales" | "purchases" | "orders" | "sale" | "purchase" | "order" | "buyer" | "buyers"
        );
        let ends =
            loud[place + 2..].iter().find(|&&n| !matches!(linked.items[n].text.as_str(), "all" | "at" | "at all"));
        let ends = ends.is_none_or(|&n| matches!(linked.items[n].kind, Kind::Time(_)));
        let entity =
            place > 0 && linked.items[loud[place - 1]].targets().iter().any(|t| matches!(t, Target::Entity(_)));
        if none && sales && ends && entity {
            linked.items[i].kind = Kind::Shape(Shape::Never);
            linked.items[k].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "most often bought together with beer": in one basket with it.
fn sold_together(linked: &mut Linked) {
    for i in 1..linked.items.len() {
        let with = matches!(linked.items[i].text.as_str(), "together with" | "along with");
        let bought = linked.items[i]
            .at
            .checked_sub(1)
            .is_some_and(|k| linked.tokens[k].is(&["bought", "purchased", "sold", "buy", "sell", "found"]));
        let ranked = linked.items[..i].iter().any(|item| {
            matches!(item.shape(), Some(Shape::Popular | Shape::Most | Shape::Unpopular)) || item.text == "often"
        });
        if with && bought && ranked {
            linked.items[i].kind = Kind::Shape(Shape::Together);
        }
    }
}

/// "stores with sales", "how many departments had sales in June": those in which something happened.
fn something_sold(linked: &mut Linked) {
    let loud: Vec<usize> = (0..linked.items.len())
        .filter(|&i| !matches!(linked.items[i].shape(), Some(Shape::Filler | Shape::Mark | Shape::Ever | Shape::With)))
        .collect();
    for place in 1..loud.len() {
        let (a, b) = (loud[place - 1], loud[place]);
        let sales = matches!(
            linked.items[b].text.as_str(),
            "sales" | "sale" | "purchases" | "purchase" | "orders" | "order" | "any sales" | "transactions"
        );
        let noun = |item: &Item| {
            item.targets().iter().any(|t| matches!(t, Target::Entity(_) | Target::Dimension(_)))
                && !item.targets().iter().any(|t| matches!(t, Target::Metric(_)))
        };
        let between = linked.items[a].at + linked.items[a].len..linked.items[b].at;
        let words = linked.tokens.get(between).unwrap_or_default();
        let has = words.iter().any(|t| t.is(&["with", "had", "have", "has", "having", "see", "saw"]));
        let counted = loud[..place - 1]
            .iter()
            .any(|&k| matches!(linked.items[k].shape(), Some(Shape::HowMany | Shape::Number | Shape::Share)));
        let compared = loud.get(place + 1).is_some_and(|&k| {
            let item = &linked.items[k];
            item.number().is_some()
                || matches!(
                    item.shape(),
                    Some(
                        Shape::MoreThan
                            | Shape::LessThan
                            | Shape::AtLeast
                            | Shape::AtMost
                            | Shape::Between
                            | Shape::Exactly
                            | Shape::AboveAverage
                            | Shape::BelowAverage
                            | Shape::And
                            | Shape::Also
                    )
                )
        });
        if sales && noun(&linked.items[a]) && has && counted && !compared {
            linked.items[b].kind = Kind::Shape(Shape::Active);
        }
    }
}

/// "customers who shop online": there "shop" is what they do and no store.
fn shopping(linked: &mut Linked) {
    for i in 1..linked.items.len() {
        let asked = linked.tokens[..linked.items[i].at].iter().rev().take(6).any(|t| t.is(&["do", "does", "did"]));
        let buyer = linked.items[i - 1].targets().iter().any(|t| matches!(t, Target::Entity(_)));
        if matches!(linked.items[i].text.as_str(), "visit" | "shop" | "order" | "purchase") && asked && buyer {
            linked.items[i].kind = Kind::Shape(Shape::Deed);
            continue;
        }
        if linked.items[i].text != "shop" {
            continue;
        }
        let adverbs = ["who", "that", "only", "never", "also", "ever", "not", "to", "they", "usually", "mostly"];
        let token = &linked.tokens[linked.items[i].at - 1];
        let actor =
            linked.items[i - 1].targets().iter().any(|t| matches!(t, Target::Entity(_))) && token.norm != token.lemma;
        if actor || token.is(&adverbs) {
            linked.items[i].kind = Kind::Shape(Shape::Deed);
        }
    }
}

fn metric(item: &Item) -> bool {
    item.targets().iter().any(|t| matches!(t, Target::Metric(_)))
}

fn next(items: &[Item], i: usize) -> Option<&Item> {
    items[i + 1..].iter().find(|item| !matches!(item.shape(), Some(Shape::Filler | Shape::Mark)))
}
