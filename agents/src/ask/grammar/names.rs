//! Names of people and places among the words of a question: "the Mohr store" is a store, "beer buyers" are no Beers.

use crate::ask::link::{Item, Kind, Lexicon, Linked, Shape, Target};

/// Words beside which a word in small letters may be a name.
const NAMED: [&str; 8] = ["name", "names", "named", "called", "surname", "surnames", "mr", "mrs"];

/// Gives names the meaning that what stands beside them says.
pub(super) fn names(linked: &mut Linked, lexicon: &Lexicon) {
    places(linked, lexicon);
    people(linked);
}

/// "the Mohr branch", "store Mohr": a part of the name of the thing beside it, not of a person's.
fn places(linked: &mut Linked, lexicon: &Lexicon) {
    for i in 0..linked.items.len() {
        let item = &linked.items[i];
        let values = !item.targets().is_empty() && item.targets().iter().all(of_person);
        if !values && !matches!(item.kind, Kind::Unknown) {
            continue;
        }
        let words: Vec<&str> = linked.tokens[item.at..item.at + item.len].iter().map(|t| t.lemma.as_str()).collect();
        let beside = [next(&linked.items, i), i.checked_sub(1)];
        let found = beside.into_iter().flatten().find_map(|k| {
            let table = linked.items[k].targets().iter().find_map(|t| match t {
                Target::Entity(entity) => lexicon.table_of(entity),
                _ => None,
            })?;
            let (field, values) = lexicon
                .part_values(&words)
                .into_iter()
                .find(|(field, values)| field.table == table && field.name.ends_with("name") && values.len() <= 12)?;
            (!person(&field.name)).then_some(Target::Values { field, values })
        });
        if let Some(found) = found {
            linked.items[i].kind = Kind::Link(vec![found]);
        }
    }
}

/// A word that may mean something else, or is written small, is no person where nothing says so.
fn people(linked: &mut Linked) {
    for i in 0..linked.items.len() {
        let item = &linked.items[i];
        let targets = item.targets();
        if !targets.iter().any(of_person) || linked.tokens[item.at].quoted {
            continue;
        }
        let from = item.at.saturating_sub(4);
        let said = linked.tokens[from..item.at].iter().any(|t| t.is(&NAMED));
        let beside = i.checked_sub(1).is_some_and(|k| {
            let before = &linked.items[k];
            let singular =
                linked.tokens[before.at + before.len - 1].norm == linked.tokens[before.at + before.len - 1].lemma;
            before.targets().iter().any(of_person)
                || before.targets().iter().any(|t| matches!(t, Target::Entity(_))) && singular
        });
        let others: Vec<Target> = targets.iter().filter(|t| !of_person(t)).cloned().collect();
        let small = !linked.tokens[item.at].capital;
        if said || beside || others.is_empty() && !small {
            continue;
        }
        let word = crate::ask::link::shapes_at(&linked.tokens, item.at).into_iter().find(|(len, _)| *len == item.len);
        let said = word.map_or(Kind::Unknown, |(_, shape)| Kind::Shape(shape));
        let item = &mut linked.items[i];
        item.kind = if others.is_empty() { said } else { Kind::Link(others) };
    }
}

fn of_person(target: &Target) -> bool {
    matches!(target, Target::Values { field, .. } if person(&field.name))
}

fn person(column: &str) -> bool {
    matches!(column, "first_name" | "last_name" | "full_name")
}

fn next(items: &[Item], i: usize) -> Option<usize> {
    (i + 1..items.len()).find(|&k| !matches!(items[k].shape(), Some(Shape::Filler | Shape::Mark)))
}
