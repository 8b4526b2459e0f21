//! Words of time that mean something by what stands around them: "month after month", "this week against the one
//! before", "best sales day", "the mean over seven days each time".

use crate::ask::link::{Item, Kind, Linked, Shape, Target};
use crate::ask::time::{Calendar, Part, Period, When, grain_word};
use crate::ask::words::Token;
use crate::plan::Grain;

/// So many steps, each with those before it, that an average is taken over.
pub(super) type Window = (u32, Grain);

/// Gives such words their meaning; the width of a moving average where one is wanted.
pub(super) fn temporal(linked: &mut Linked, calendar: Calendar) -> Option<Window> {
    falling(linked);
    months_on_two_sides(linked);
    step_after_step(linked);
    all_steps(linked);
    one_before(linked, calendar);
    best_sales_day(linked);
    on_the_previous(linked);
    weekends_apart(linked);
    smoothed(linked)
}

fn loud(linked: &Linked) -> Vec<usize> {
    (0..linked.items.len()).filter(|&i| !matches!(linked.items[i].shape(), Some(Shape::Filler | Shape::Mark))).collect()
}

fn silence(item: &mut Item) {
    item.kind = Kind::Shape(Shape::Filler);
}

fn grain(item: &Item) -> Option<Grain> {
    match item.kind {
        Kind::Grain(grain) => Some(grain),
        _ => None,
    }
}

fn metric(item: &Item) -> bool {
    item.targets().iter().any(|target| matches!(target, Target::Metric(_)))
}

/// "for which product did sales drop most": no order to drop something.
fn falling(linked: &mut Linked) {
    let places = loud(linked);
    for (place, &i) in places.iter().enumerate() {
        let word = matches!(linked.items[i].text.as_str(), "drop" | "drops" | "dropped" | "dropping");
        let about = linked.items.iter().any(|item| metric(item) || matches!(item.kind, Kind::Time(_)));
        if word && place > 0 && about && linked.items[i].shape() == Some(Shape::Order) {
            linked.items[i].kind = Kind::Shape(Shape::Shrink);
        }
    }
}

/// "month after month", "week for week": by month, by week.
fn step_after_step(linked: &mut Linked) {
    for three in loud(linked).windows(3) {
        let [a, b, c] = three else { continue };
        let same = grain(&linked.items[*a]).is_some() && grain(&linked.items[*a]) == grain(&linked.items[*c]);
        if same && matches!(linked.items[*b].text.as_str(), "after" | "for" | "upon") {
            silence(&mut linked.items[*a]);
            linked.items[*b].kind = Kind::Shape(Shape::By);
        }
    }
}

/// "each of the four quarters", "the twelve months of 2017": each of them.
fn all_steps(linked: &mut Linked) {
    let places = loud(linked);
    for (place, pair) in places.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        let (Some(number), Some(step)) = (linked.items[*a].number(), grain(&linked.items[*b])) else { continue };
        let before = place.checked_sub(1).map(|k| &linked.items[places[k]]);
        let each = before.and_then(Item::shape) == Some(Shape::Each);
        let whole = matches!((number.count(), step), (Some(4), Grain::Quarter) | (Some(12), Grain::Month));
        let compared = before.and_then(Item::shape).is_some_and(|shape| !shape.soft() && shape != Shape::Each);
        let ended = places.get(place + 2).is_none_or(|&k| {
            matches!(linked.items[k].kind, Kind::Time(_)) || linked.items[k].shape().is_some_and(Shape::soft)
        });
        if each {
            silence(&mut linked.items[*a]);
        } else if whole && !compared && ended && !number.ordinal {
            linked.items[*a].kind = Kind::Shape(Shape::Each);
        }
    }
}

/// "this quarter versus the previous one", "last week against the week before": the period before the one named.
fn one_before(linked: &mut Linked, calendar: Calendar) {
    let places = loud(linked);
    for (place, pair) in places.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        let named = places[..place].iter().rev().find_map(|&k| match linked.items[k].kind {
            Kind::Time(When::Period(period)) => Some(period),
            _ => None,
        });
        let Some(period) = named else { continue };
        let (first, second) = (&linked.items[*a], &linked.items[*b]);
        let before = |item: &Item| {
            matches!(item.text.as_str(), "previous" | "prior" | "preceding" | "before" | "earlier" | "that before")
        };
        let one = |item: &Item| matches!(item.text.as_str(), "one" | "ones");
        let step = grain(first).is_some_and(|step| period.grain == Some(step)) && before(second);
        let other = before(first) && one(second) || one(first) && before(second);
        if let Some(earlier) = calendar.before(&period).filter(|_| step || other) {
            linked.items[*a].kind = Kind::Time(When::Period(earlier));
            silence(&mut linked.items[*b]);
        }
    }
}

/// "weekends apart from weekdays": each of the two, where nothing could be left out.
fn weekends_apart(linked: &mut Linked) {
    let weekend = |item: &Item| match item.kind {
        Kind::Time(When::Part(Part::Weekend(weekend))) => Some(weekend),
        _ => None,
    };
    for three in loud(linked).windows(3) {
        let [a, b, c] = three else { continue };
        let opposite = match (weekend(&linked.items[*a]), weekend(&linked.items[*c])) {
            (Some(first), Some(second)) => first != second,
            _ => false,
        };
        if opposite && linked.items[*b].shape() == Some(Shape::Except) && linked.items[*b].text == "apart from" {
            linked.items[*b].kind = Kind::Shape(Shape::And);
        }
    }
}

/// "by what percentage was it up on the previous month, for each month": from step to step, not of one month.
fn on_the_previous(linked: &mut Linked) {
    let changes = linked.items.iter().any(|item| {
        matches!(item.shape(), Some(Shape::Grow | Shape::Shrink | Shape::Change | Shape::InPercent | Shape::Difference))
    });
    for i in 0..linked.items.len() {
        let Kind::Time(When::Period(period)) = linked.items[i].kind else { continue };
        let words: Vec<&str> = linked.items[i].text.split(' ').collect();
        let lead = matches!(words.first(), Some(&("on" | "from" | "to" | "over" | "than")));
        let other = words.iter().any(|word| matches!(*word, "previous" | "prior" | "preceding"));
        let series = linked.items.iter().any(|item| grain(item).is_some() && grain(item) == period.grain);
        let shape = match period.grain {
            Some(Grain::Day) => Shape::DayOnDay,
            Some(Grain::Week) => Shape::WeekOnWeek,
            Some(Grain::Month) => Shape::MonthOnMonth,
            Some(Grain::Quarter) => Shape::QuarterOnQuarter,
            _ => continue,
        };
        if changes && lead && other && series {
            linked.items[i].kind = Kind::Shape(shape);
        }
    }
}

/// "our best sales day", "top 3 revenue weeks": the step is sought, by the measure before it.
fn best_sales_day(linked: &mut Linked) {
    for three in loud(linked).windows(3) {
        let [a, b, c] = three else { continue };
        let head = matches!(linked.items[*a].shape(), Some(Shape::Most | Shape::Least | Shape::Popular))
            || linked.items[*a].number().is_some();
        let adverb = linked.tokens.get(linked.items[*c].at).is_some_and(crate::ask::time::grain_adverb);
        if head && *c == *b + 1 && metric(&linked.items[*b]) && grain(&linked.items[*c]).is_some() && !adverb {
            linked.items.swap(*b, *c);
        }
    }
}

/// "June, July and August on one side, December, January and February on the other"; "Jun-Aug versus Dec-Feb": months
/// that come again, where those of one side go over the end of a year.
fn months_on_two_sides(linked: &mut Linked) {
    let mut runs: Vec<(Vec<usize>, Vec<i8>)> = Vec::new();
    let mut open = false;
    for i in 0..linked.items.len() {
        let item = &linked.items[i];
        let months = months_of(item);
        if !months.is_empty() {
            match runs.last_mut().filter(|_| open) {
                Some((items, known)) => {
                    items.push(i);
                    known.extend(months);
                }
                None => runs.push((vec![i], months)),
            }
            open = true;
        } else if !(matches!(item.shape(), Some(Shape::And | Shape::Filler)) || item.text == ",") {
            open = false;
        }
    }
    let sides =
        linked.tokens.windows(3).any(|w| w[0].is(&["on"]) && w[1].is(&["one", "the"]) && w[2].is(&["side", "one"]));
    let set_against = sides
        || linked
            .items
            .iter()
            .any(|item| matches!(item.shape(), Some(Shape::Versus | Shape::Than | Shape::Difference)));
    let wraps = |months: &[i8]| months.windows(2).any(|pair| pair[1] != pair[0] + 1);
    let again = runs.iter().any(|(items, months)| {
        wraps(months) || items.iter().any(|&i| matches!(linked.items[i].kind, Kind::Time(When::Part(_))))
    });
    if runs.len() != 2 || !set_against || runs.iter().all(|(items, _)| items.len() == 1) && !again {
        return;
    }
    for (items, months) in runs {
        for &i in &items[1..] {
            for k in items[0] + 1..=i {
                silence(&mut linked.items[k]);
            }
        }
        linked.items[items[0]].kind = Kind::Time(When::Part(Part::Months(months)));
    }
    let words = |item: &Item| matches!(item.text.as_str(), "on" | "one" | "side" | "other" | "hand");
    let mut versus = false;
    for item in linked.items.iter_mut().filter(|item| sides && words(item)) {
        item.kind = Kind::Shape(if versus { Shape::Filler } else { Shape::Versus });
        versus = true;
    }
}

/// The numbers of the months that an item names, one by one or from one to another.
fn months_of(item: &Item) -> Vec<i8> {
    let number =
        |period: &Period| period.start.filter(|_| period.grain == Some(Grain::Month)).map(jiff::civil::Date::month);
    match &item.kind {
        Kind::Time(When::Period(period)) => number(period).into_iter().collect(),
        Kind::Time(When::Range(a, b)) => match (number(a), number(b)) {
            (Some(a), Some(b)) if a < b => (a..=b).collect(),
            _ => Vec::new(),
        },
        Kind::Time(When::Part(Part::Months(months))) => months.clone(),
        _ => Vec::new(),
    }
}

/// "rolling 7 day average", "the mean over seven days each time", "the average of the last three months, month by
/// month": the words become one that says so.
fn smoothed(linked: &mut Linked) -> Option<Window> {
    let average = linked.items.iter().position(|item| item.shape() == Some(Shape::Average));
    let known = linked.items.iter().position(|item| item.shape() == Some(Shape::Moving));
    let trigger = linked.items.iter().position(|item| {
        let words =
            ["rolling", "moving", "trailing", "sliding", "running", "smooth", "smoothed", "smoothing", "smoothen"];
        item.text.split(' ').any(|word| words.contains(&word)) && item.shape() != Some(Shape::Moving)
    });
    let places = loud(linked);
    let pair = places.windows(2).find_map(|pair| {
        let (count, step) = (linked.items[pair[0]].number()?, grain(&linked.items[pair[1]])?);
        let rows = u32::try_from(count.count()?).ok().filter(|rows| *rows > 1 && !count.ordinal)?;
        Some((pair[0], pair[1], rows, step))
    });
    let rolled = linked.items.iter().enumerate().find_map(|(i, item)| {
        let tokens = &linked.tokens[item.at..item.at + item.len];
        let (rows, step) = rolled(tokens).filter(|_| matches!(item.kind, Kind::Time(When::Period(_))))?;
        Some((i, i, rows, step))
    });
    let (from, to, rows, step) = pair.or(rolled)?;
    let series = linked.items.iter().enumerate().any(|(i, item)| i != to && grain(item) == Some(step));
    let each = linked.tokens.windows(2).any(|w| w[0].is(&["each"]) && w[1].is(&["time"]))
        || linked.tokens.windows(2).any(|w| w[0].is(&["and"]) && w[1].is(&["including"]));
    let beside = average.is_some_and(|k| {
        let next = places.iter().find(|&&i| i > to);
        next == Some(&k) && pair.is_some()
    });
    let fits = known.is_some()
        || trigger.is_some() && average.is_some()
        || average.is_some() && (each || series && from == to || beside);
    if !fits {
        return None;
    }
    let at = known.or(trigger).or(average)?;
    let over = places.iter().rev().find(|&&i| i < from).copied();
    if let Some(over) = over.filter(|&i| linked.items[i].text == "over") {
        silence(&mut linked.items[over]);
    }
    let smoothing = (0..linked.items.len()).filter(|&i| {
        let text = linked.items[i].text.as_str();
        matches!(text, "rolling" | "moving" | "trailing" | "sliding" | "smoothed" | "smooth" | "smoothing") && i != at
    });
    for i in smoothing.collect::<Vec<_>>() {
        silence(&mut linked.items[i]);
    }
    for i in [Some(from), Some(to), trigger, average].into_iter().flatten() {
        silence(&mut linked.items[i]);
    }
    linked.items[at].kind = Kind::Shape(Shape::Moving);
    if each {
        for i in 0..linked.items.len() {
            let tail =
                matches!(linked.items[i].text.as_str(), "including" | "up to" | "that day" | "up" | "and including");
            let day = i > from && grain(&linked.items[i]) == Some(step) && linked.items[i - 1].text == "that";
            if i > from && (tail || day) {
                silence(&mut linked.items[i]);
            }
        }
    }
    Some((rows, step))
}

/// "the last seven days": how many of which step.
fn rolled(tokens: &[Token]) -> Option<Window> {
    let past = tokens.iter().any(|token| token.is(&["last", "past", "previous", "preceding", "trailing", "prior"]));
    let rows = tokens.iter().find_map(|token| token.number?.count())?;
    let step = tokens.iter().find_map(grain_word)?;
    Some((u32::try_from(rows).ok()?, step)).filter(|_| past)
}
