//! Phrases that say a known shape in other words: "on an average day" is "per day on average", "how many percent" a share.

use crate::ask::link::{Item, Kind, Lexicon, Linked, Shape, Target};
use crate::ask::words::{Number, Unit};

/// The text of a "per" that was made of "one", "a typical" or "an average".
pub(super) const PER_ONE: &str = "per one";

/// Gives such phrases the shape they stand for.
pub(super) fn recast(linked: &mut Linked, lexicon: &Lexicon) {
    shared_head(linked, lexicon);
    parts_named(linked, lexicon);
    supposed(linked, lexicon);
    per_thing(linked);
    percentages(linked);
    parts_of_ten(linked);
    how_large(linked);
    than_average(linked);
    spoken(linked);
    expressed(linked);
    named_again(linked);
    below_zero(linked);
}

/// "top -5": no number of things, and no five.
fn below_zero(linked: &mut Linked) {
    for i in 1..linked.items.len().saturating_sub(1) {
        let chosen = matches!(linked.items[i - 1].shape(), Some(Shape::Most | Shape::Least));
        let (sign, number) = (&linked.items[i], &linked.items[i + 1]);
        if !chosen || sign.text != "-" || number.number().is_none() || sign.at == 0 {
            continue;
        }
        let apart = linked.tokens[sign.at - 1].end < linked.tokens[sign.at].start;
        let close = linked.tokens[sign.at].end == linked.tokens[number.at].start;
        if apart && close {
            linked.items[i].kind = Kind::Unknown;
        }
    }
}

fn quiet(item: &Item) -> bool {
    matches!(item.shape(), Some(Shape::Filler | Shape::Mark))
}

fn next(items: &[Item], i: usize) -> Option<usize> {
    (i + 1..items.len()).find(|&k| !quiet(&items[k]))
}

fn before(items: &[Item], i: usize) -> Option<usize> {
    (0..i).rev().find(|&k| !quiet(&items[k]))
}

fn metric(item: &Item) -> bool {
    item.targets().iter().any(|t| matches!(t, Target::Metric(_) | Target::Fact(_)))
}

fn entity(item: &Item) -> bool {
    item.targets().iter().any(|t| matches!(t, Target::Entity(_)))
}

/// Whether an item is a thing or a step of the calendar in the singular.
fn singular(linked: &Linked, k: usize) -> bool {
    let item = &linked.items[k];
    let Some(last) = linked.tokens.get(item.at + item.len - 1) else { return false };
    let step = matches!(item.kind, Kind::Grain(_)) && !crate::ask::time::grain_adverb(last);
    (entity(item) || step) && last.norm == last.lemma
}

/// "gross and net sales", "retail versus coupon discounts": the first of them leaves out what both are.
fn shared_head(linked: &mut Linked, lexicon: &Lexicon) {
    for i in 0..linked.items.len() {
        let open = matches!(linked.items[i].kind, Kind::Unknown | Kind::Shape(Shape::Sell | Shape::Filler))
            || linked.items[i].distance > 1
            || super::misread::only_values(&linked.items[i]);
        if !open || linked.items[i].len > 1 {
            continue;
        }
        let Some(joint) = next(&linked.items, i) else { return };
        let comma = (i + 1..joint).any(|k| linked.items[k].text == ",");
        let word = matches!(linked.items[joint].shape(), Some(Shape::And | Shape::Versus | Shape::Or | Shape::To))
            || linked.items[joint].text == "plus";
        let Some(k) = (if word { next(&linked.items, joint) } else { Some(joint) }).filter(|_| word || comma) else {
            continue;
        };
        let other = &linked.items[k];
        if !other.targets().iter().any(|t| matches!(t, Target::Metric(_))) || other.len < 2 {
            continue;
        }
        let Some(head) = linked.tokens.get(other.at + other.len - 1).map(|t| t.lemma.clone()) else { continue };
        let Some(own) = linked.tokens.get(linked.items[i].at).map(|t| t.lemma.clone()) else { continue };
        if let Some(metric) = lexicon.metric_named(&format!("{own} {head}")) {
            linked.items[i].kind = Kind::Link(vec![Target::Metric(metric)]);
            linked.items[i].distance = 0;
        }
    }
}

/// "on an average day", "a typical basket", "one customer … on average": the mean over such things.
fn per_thing(linked: &mut Linked) {
    let average = |item: &Item| {
        item.shape() == Some(Shape::Average) && !matches!(item.text.as_str(), "on average" | "averaged" | "in the mean")
    };
    let one = |item: &Item| {
        item.number().is_some_and(|n| n.value.to_bits() == 1.0_f64.to_bits() && !n.ordinal)
            && matches!(item.text.as_str(), "one" | "1")
    };
    let usual = ["typical", "normal", "usual", "regular", "mean"];
    let averaged = linked.items.iter().any(|item| item.shape() == Some(Shape::Average));
    let mut i = 0;
    while i < linked.items.len() {
        let item = &linked.items[i];
        let says = average(item) || usual.contains(&item.text.as_str());
        if !(says || one(item) && averaged) {
            i += 1;
            continue;
        }
        let mut thing = next(&linked.items, i);
        let mut of = false;
        while let Some(k) = thing.filter(|&k| matches!(linked.items[k].shape(), Some(Shape::Of | Shape::That))) {
            of = true;
            thing = next(&linked.items, k);
        }
        let several = |k: usize| of && entity(&linked.items[k]);
        let Some(k) = thing.filter(|&k| singular(linked, k) && !of || several(k)) else {
            i += 1;
            continue;
        };
        let measured = next(&linked.items, k).is_some_and(|n| {
            let does = linked.items[n].targets().iter().any(|t| matches!(t, Target::Verb(_)));
            metric(&linked.items[n]) && !entity(&linked.items[n]) && !does
        });
        let compared = before(&linked.items, i).is_some_and(|b| {
            matches!(
                linked.items[b].shape(),
                Some(Shape::MoreThan | Shape::LessThan | Shape::Than | Shape::Versus | Shape::Only)
            )
        });
        if measured || compared {
            i += 1;
            continue;
        }
        let made = linked.items[i].clone();
        linked.items[i].kind = Kind::Shape(Shape::Per);
        PER_ONE.clone_into(&mut linked.items[i].text);
        if says {
            let said = Item { text: "on average".to_owned(), kind: Kind::Shape(Shape::Average), ..made };
            linked.items.insert(k + 1, said);
        }
        i = k + 1;
    }
}

/// "how many percent" is a share; "as a percentage of the total" is in percent.
fn percentages(linked: &mut Linked) {
    for i in 0..linked.items.len() {
        let Some(k) = next(&linked.items, i) else { return };
        let percent = linked.items[k].shape() == Some(Shape::Share);
        if linked.items[i].shape() == Some(Shape::HowMany) && percent && linked.items[k].text.starts_with("percent") {
            linked.items[i].kind = Kind::Shape(Shape::Filler);
        }
        let related = linked.items[i].text == "relative to" && metric(&linked.items[k]);
        let percent = linked.items.iter().any(|item| item.shape() == Some(Shape::InPercent));
        if related && (percent || before(&linked.items, i).is_some_and(|b| metric(&linked.items[b]))) {
            linked.items[i].kind = Kind::Shape(Shape::AsShareOf);
            continue;
        }
        if linked.items[i].shape() != Some(Shape::AsShareOf) {
            continue;
        }
        let whole = |item: &Item| {
            item.shape() == Some(Shape::Total) || matches!(item.text.as_str(), "company" | "group" | "all" | "whole")
        };
        let mut last = i;
        while let Some(n) = (last + 1..linked.items.len())
            .find(|&n| linked.items[n].shape() != Some(Shape::Filler) || whole(&linked.items[n]))
            && whole(&linked.items[n])
        {
            last = n;
        }
        let ends = next(&linked.items, last).is_none_or(|n| !metric(&linked.items[n]) && !entity(&linked.items[n]));
        if last > i && ends {
            linked.items[i].kind = Kind::Shape(Shape::InPercent);
            for item in &mut linked.items[i + 1..=last] {
                item.kind = Kind::Shape(Shape::Filler);
            }
        }
    }
}

/// "the best tenth of the customers", "the top decile", "the bottom half": a part in percent.
fn parts_of_ten(linked: &mut Linked) {
    for i in 0..linked.items.len() {
        if !matches!(linked.items[i].shape(), Some(Shape::Most | Shape::Least)) {
            continue;
        }
        let Some(k) = next(&linked.items, i) else { return };
        let of = next(&linked.items, k).is_some_and(|n| linked.items[n].shape() == Some(Shape::Of));
        let half = linked.items[k].shape() == Some(Shape::Half);
        let value = match linked.items[k].text.as_str() {
            _ if half => 50.0,
            "decile" | "tenth" => 10.0,
            "quintile" | "fifth" => 20.0,
            "quartile" | "quarter" | "fourth" => 25.0,
            "third" => 33.333_333,
            "percentile" | "hundredth" => 1.0,
            _ => continue,
        };
        if of || half {
            linked.items[k].kind = Kind::Number(Number { value, unit: Unit::Percent, ordinal: false, year: false });
        }
    }
}

/// "express each channel's revenue as a percentage": a verb and no kind of store; "counted in baskets" names the measure
/// once more.
fn expressed(linked: &mut Linked) {
    for i in 0..linked.items.len() {
        let text = linked.items[i].text.clone();
        let first = before(&linked.items, i).is_none_or(|b| linked.items[b].shape() == Some(Shape::And));
        let behind = linked.items.get(i + 1).is_some_and(|next| {
            next.shape() == Some(Shape::Each)
                || matches!(next.text.as_str(), "the" | "this" | "it" | "them" | "our" | "that")
        });
        let percent =
            linked.items[i..].iter().any(|item| matches!(item.shape(), Some(Shape::AsShareOf | Shape::InPercent)));
        if text == "express" && first && behind && percent {
            linked.items[i].kind = Kind::Shape(Shape::List);
        }
        let unit = next(&linked.items, i).filter(|&k| matches!(linked.items[k].shape(), Some(Shape::In | Shape::By)));
        let named = unit.and_then(|k| next(&linked.items, k)).is_some_and(|k| metric(&linked.items[k]));
        if matches!(text.as_str(), "counted" | "measured" | "expressed") && named {
            linked.items[i].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "for which departments do we count over a thousand buyers, and how many for each?": what was compared is shown anyhow.
fn named_again(linked: &mut Linked) {
    let compared = linked.items.iter().any(|item| {
        matches!(
            item.shape(),
            Some(Shape::MoreThan | Shape::LessThan | Shape::AtLeast | Shape::AtMost | Shape::Between)
        )
    });
    let loud: Vec<usize> = (0..linked.items.len()).filter(|&i| !quiet(&linked.items[i])).collect();
    let again = |i: usize| {
        let named = linked.items[i].targets();
        let thing = named.iter().any(|t| matches!(t, Target::Entity(_)));
        thing && linked.items[..i].iter().any(|item| item.targets().iter().any(|t| named.contains(t)))
    };
    let tail = loud.iter().rev().take_while(|&&i| {
        matches!(
            linked.items[i].shape(),
            Some(
                Shape::Each
                    | Shape::That
                    | Shape::HowMany
                    | Shape::And
                    | Shape::List
                    | Shape::For
                    | Shape::Number
                    | Shape::Also
                    | Shape::With
                    | Shape::Of
            )
        ) || again(i)
    });
    let tail: Vec<usize> = tail.copied().collect();
    let asks = tail.iter().any(|&i| matches!(linked.items[i].shape(), Some(Shape::HowMany | Shape::Number)));
    let begun = tail.last().is_some_and(|&i| {
        matches!(linked.items[i].shape(), Some(Shape::And | Shape::Also | Shape::List | Shape::With))
            || i.checked_sub(1)
                .and_then(|k| linked.items.get(k))
                .is_some_and(|item| matches!(item.text.as_str(), "," | "." | "?" | ";" | "-"))
    });
    let asks = asks && begun;
    if compared && asks && tail.len() < loud.len() {
        for i in tail {
            linked.items[i].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "how many units were we supposed to sell": the target of what is named, where the model has one.
fn supposed(linked: &mut Linked, lexicon: &Lexicon) {
    let words = ["supposed", "meant", "aiming", "aimed", "intended"];
    let Some(at) = linked.items.iter().position(|item| words.contains(&item.text.as_str())) else { return };
    let (Some(target), Some(actual)) = (lexicon.metric_named("target"), lexicon.metric_named("unit")) else { return };
    let own = Target::Metric(actual);
    let named = linked.items.iter().any(|item| item.targets().contains(&own));
    if !named {
        return;
    }
    for item in linked.items.iter_mut().filter(|item| item.targets().contains(&own)) {
        item.kind = Kind::Link(vec![Target::Metric(target.clone())]);
    }
    linked.items[at].kind = Kind::Shape(Shape::Filler);
    for i in 0..linked.items.len() {
        let by = linked.items[i].text.starts_with("according");
        if let Some(k) = next(&linked.items, i)
            .filter(|&k| by && linked.items[k].targets().contains(&Target::Metric(target.clone())))
        {
            linked.items[i].kind = Kind::Shape(Shape::Filler);
            linked.items[k].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "how large were the discounts", "how high is turnover": the adjective only asks for the amount.
fn how_large(linked: &mut Linked) {
    let adjectives = ["large", "big", "high", "low", "small", "strong", "great", "steep", "sizeable"];
    for i in 1..linked.items.len() {
        let how = linked.items[i - 1].text == "how" || linked.items[i - 1].text.ends_with(" how");
        let named = linked.items.iter().any(metric);
        if how && named && adjectives.contains(&linked.items[i].text.as_str()) {
            linked.items[i].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "more baskets than average", "fewer units than the average store": above and below average.
fn than_average(linked: &mut Linked) {
    let less = ["fewer", "less", "lower", "smaller", "worse", "weaker"];
    let more = ["more", "higher", "bigger", "larger", "greater", "better", "stronger"];
    for i in 0..linked.items.len() {
        if linked.items[i].shape() != Some(Shape::Than) {
            continue;
        }
        let Some(k) = next(&linked.items, i).filter(|&k| linked.items[k].shape() == Some(Shape::Average)) else {
            continue;
        };
        let said = linked.tokens[..linked.items[i].at].iter().rev().take(6).find_map(|t| {
            if t.is(&less) { Some(Shape::BelowAverage) } else { t.is(&more).then_some(Shape::AboveAverage) }
        });
        let Some(shape) = said else { continue };
        linked.items[i].kind = Kind::Shape(shape);
        linked.items[k].kind = Kind::Shape(Shape::Filler);
        if let Some(n) = next(&linked.items, k).filter(|&n| singular(linked, n)) {
            linked.items[n].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "added together", "if you add up retail and coupon discounts": the joining of measures, and nothing in one basket.
fn added(linked: &mut Linked, i: usize) -> bool {
    let behind = (i + 1..linked.items.len()).take(3).find(|&k| {
        linked.items[k].shape() == Some(Shape::Together) && linked.items[k].text == "together"
            || linked.items[k].text == "up"
    });
    let Some(k) = behind.filter(|_| linked.items.iter().any(metric)) else { return false };
    linked.items[k].kind = Kind::Shape(Shape::Filler);
    true
}

/// "discounts, retail and coupon combined": the parts of a measure that was named as a whole.
fn parts_named(linked: &mut Linked, lexicon: &Lexicon) {
    for i in 1..linked.items.len() {
        let Some(joint) = next(&linked.items, i)
            .filter(|&k| linked.items[k].shape() == Some(Shape::And) || linked.items[k].text == "plus")
        else {
            continue;
        };
        let Some(k) = next(&linked.items, joint) else { return };
        let Some(whole) = before(&linked.items, i).filter(|&b| metric(&linked.items[b])) else { continue };
        let head = |k: usize| linked.tokens.get(linked.items[k].at + linked.items[k].len - 1).map(|t| t.lemma.clone());
        let Some(noun) = head(whole) else { continue };
        let part = |k: usize| {
            let single = linked.items[k].len == 1 && !metric(&linked.items[k]);
            single && head(k).is_some_and(|word| lexicon.metric_named(&format!("{word} {noun}")).is_some())
        };
        if part(i) && part(k) {
            for item in &mut linked.items[i..=k] {
                item.kind = Kind::Shape(Shape::Mark);
            }
        }
    }
}

/// "add up to", "come to", "stays below": verbs around a number that say nothing themselves.
fn spoken(linked: &mut Linked) {
    for i in 0..linked.items.len() {
        let text = linked.items[i].text.clone();
        let after = next(&linked.items, i);
        let follows = |shapes: &[Shape]| {
            after.is_some_and(|k| linked.items[k].shape().is_some_and(|shape| shapes.contains(&shape)))
        };
        let compared = [
            Shape::MoreThan,
            Shape::LessThan,
            Shape::AtLeast,
            Shape::AtMost,
            Shape::Missed,
            Shape::Met,
            Shape::AboveAverage,
            Shape::BelowAverage,
            Shape::Between,
        ];
        let empty = match text.as_str() {
            "reach" | "reached" | "attained" | "hit"
                if !linked.items.iter().any(|item| item.text.contains("target")) =>
            {
                let met = linked.items[i].shape() == Some(Shape::Met);
                if met && follows(&[Shape::Most, Shape::Least]) {
                    linked.items[i].kind = Kind::Shape(Shape::Filler);
                }
                false
            }
            "stay" | "stays" | "stayed" | "staying" | "remain" | "remains" | "remained" | "rank" => {
                text != "rank" && follows(&compared)
            }
            "added" | "taken" | "put" | "add" if added(linked, i) => true,
            "add" | "adds" | "added" | "adding" | "come" | "comes" | "came" | "amount" | "amounts" | "amounted" => {
                let up = after.filter(|&k| matches!(linked.items[k].text.as_str(), "up to" | "to" | "up"));
                if let Some(k) = up.filter(|&k| {
                    linked.items[k].shape() == Some(Shape::AtMost)
                        && next(&linked.items, k).is_none_or(|n| linked.items[n].number().is_none())
                }) {
                    linked.items[k].kind = Kind::Shape(Shape::Filler);
                }
                up.is_some()
            }
            _ => false,
        };
        let value = matches!(linked.items[i].kind, Kind::Link(_)) && linked.items[i].distance > 1;
        if empty
            && (value
                || matches!(
                    linked.items[i].kind,
                    Kind::Unknown | Kind::Shape(Shape::Filler | Shape::Deed | Shape::Sell)
                ))
        {
            linked.items[i].kind = Kind::Shape(Shape::Filler);
        }
    }
}
