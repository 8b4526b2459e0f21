//! What a question says in fewer words because it was said before: "in the first quarter but not in the last one", "and how
//! many is it for each", "without the unknown ones".

use crate::ask::link::{Item, Kind, Linked, Shape, Target};
use crate::ask::time::{self, Calendar};
use crate::ask::words::tokenize;

/// Gives such words their meaning.
pub(super) fn echoes(linked: &mut Linked, calendar: Calendar) {
    ordinals(linked, calendar);
    counted_again(linked);
    unknowns(linked);
}

/// "in the fourth" after "in the first quarter of 2017".
fn ordinals(linked: &mut Linked, calendar: Calendar) {
    let steps = ["quarter", "half", "month", "week"];
    let said = linked.items.iter().enumerate().find_map(|(i, item)| {
        let tokens = &linked.tokens[item.at..item.at + item.len];
        let timed = matches!(item.kind, Kind::Time(_));
        let at = tokens.windows(2).position(|pair| {
            pair[0].number.is_some_and(|n| n.ordinal) && pair[1].is(&steps)
                || pair[0].is(&["last"]) && pair[1].is(&steps)
        })?;
        timed.then(|| (i, tokens[at + 1..].iter().map(|t| t.norm.clone()).collect::<Vec<_>>()))
    });
    let Some((first, rest)) = said else { return };
    for k in first + 1..linked.items.len() {
        let item = &linked.items[k];
        let token = &linked.tokens[item.at];
        let last = token.is(&["last", "final"]);
        let ordinal = token.number.is_some_and(|n| n.ordinal);
        let free = matches!(item.kind, Kind::Unknown | Kind::Number(_) | Kind::Shape(_)) && item.len == 1;
        if !free || !(last || ordinal) {
            continue;
        }
        let after = linked.items.get(k + 1);
        let one = after.is_some_and(|item| item.text == "one");
        let ends = linked.items.get(k + 1 + usize::from(one)).is_none_or(|item| {
            matches!(item.shape(), Some(Shape::Mark | Shape::Also | Shape::But | Shape::And)) || item.text == "again"
        });
        if !ends {
            continue;
        }
        let word = match (last, rest.first().map(String::as_str)) {
            (true, Some("quarter")) => "fourth",
            (true, Some("half")) => "second",
            (true, _) => continue,
            _ => token.norm.as_str(),
        };
        let tokens = tokenize(&format!("{word} {}", rest.join(" ")));
        let Some((_, when)) = time::parse(&tokens, 0, calendar) else { continue };
        linked.items[k].kind = Kind::Time(when);
        if one {
            linked.items[k + 1].kind = Kind::Shape(Shape::Filler);
        }
    }
}

/// "…, could you count those", "…, and how many is it for each": after a question that already asks for numbers.
fn counted_again(linked: &mut Linked) {
    let counts = |item: &Item| matches!(item.shape(), Some(Shape::Number | Shape::HowMany));
    let quiet = |item: &Item| {
        counts(item)
            || matches!(
                item.shape(),
                Some(
                    Shape::Filler
                        | Shape::Mark
                        | Shape::List
                        | Shape::That
                        | Shape::Each
                        | Shape::For
                        | Shape::Of
                        | Shape::And
                        | Shape::Also
                        | Shape::In
                )
            )
    };
    let Some(from) = linked.items.iter().rposition(|item| !quiet(item)).map(|k| k + 1) else { return };
    let tail = from..linked.items.len();
    let begins = tail.clone().find(|&k| {
        matches!(linked.items[k].text.as_str(), "," | "." | "?" | ";" | "-")
            || linked.items[k].shape() == Some(Shape::And)
    });
    let Some(begins) = begins else { return };
    let compared = linked.items[..begins].windows(2).any(|pair| {
        let more = matches!(pair[0].shape(), Some(Shape::MoreThan | Shape::AtLeast | Shape::LessThan | Shape::AtMost));
        more && pair[1].number().is_some()
    });
    let counted = linked.items[..begins].iter().any(counts);
    let each = tail.clone().any(|k| linked.items[k].shape() == Some(Shape::Each));
    let grouped = linked.items[..begins].iter().any(|item| matches!(item.shape(), Some(Shape::By | Shape::Per)));
    if !(counted && (!each || grouped) || compared && each) || !linked.items[begins..].iter().any(counts) {
        return;
    }
    for item in &mut linked.items[begins..] {
        item.kind = Kind::Shape(Shape::Filler);
    }
}

/// "without those where the age is unknown", "leave out those we don't know": only what is known.
fn unknowns(linked: &mut Linked) {
    let Some(at) = linked.items.iter().position(|item| item.shape() == Some(Shape::Except)) else { return };
    let end = (at + 1..linked.items.len().min(at + 10)).find(|&k| {
        let unknown = matches!(linked.items[k].text.as_str(), "unknown" | "unknowns" | "unspecified" | "missing");
        let denied = linked.items[at..k].iter().any(|item| item.shape() == Some(Shape::Not));
        unknown || linked.items[k].shape() == Some(Shape::Known) && denied || linked.items[k].text == "know" && denied
    });
    let Some(end) = end else { return };
    let column = |item: &Item| item.targets().iter().any(|t| matches!(t, Target::Dimension(_)));
    let plain = |item: &Item| {
        item.shape().is_some() || column(item) || item.targets().iter().any(|t| matches!(t, Target::Entity(_)))
    };
    if !linked.items[at + 1..end].iter().all(plain) {
        return;
    }
    let last = (end + 1..linked.items.len())
        .take_while(|&k| matches!(linked.items[k].text.as_str(), "ones" | "one" | "values" | "age" | "bands"))
        .last()
        .unwrap_or(end);
    linked.items[at].kind = Kind::Shape(Shape::Known);
    for item in &mut linked.items[at + 1..=last] {
        if !column(item) {
            item.kind = Kind::Shape(Shape::Filler);
        }
    }
}
