//! Values that are none where they stand: "manufacturers supply cosmetics", "not a single order".

use crate::ask::link::{Item, Kind, Lexicon, Linked, Shape, Target};

/// What makers do with their products; some of these words stand in names of products too.
const MAKES: [&str; 16] = [
    "supply",
    "supplies",
    "supplied",
    "supplying",
    "produce",
    "produces",
    "produced",
    "deliver",
    "delivers",
    "delivered",
    "delivering",
    "provide",
    "provides",
    "manufacture",
    "manufactures",
    "furnish",
];

/// Takes the values away from words that are verbs where they stand.
pub(super) fn misread(linked: &mut Linked, lexicon: &Lexicon) {
    for i in 0..linked.items.len() {
        if acts(linked, lexicon, i) {
            let known = MAKES.contains(&linked.items[i].text.as_str());
            linked.items[i].kind = if known { Kind::Shape(Shape::Filler) } else { Kind::Unknown };
            linked.items[i].distance = 0;
        }
    }
}

/// Whether a value of one word stands where a verb does: behind things that do something, and before what they do it to.
fn acts(linked: &Linked, lexicon: &Lexicon, i: usize) -> bool {
    let item = &linked.items[i];
    let values = !item.targets().is_empty() && item.targets().iter().all(|t| matches!(t, Target::Values { .. }));
    let Some(token) = linked.tokens.get(item.at).filter(|_| values && item.len == 1) else { return false };
    let trade = MAKES.contains(&item.text.as_str());
    if token.quoted || token.capital || !(trade || item.distance > 1) {
        return false;
    }
    let Some(before) = i.checked_sub(1).and_then(|k| linked.items.get(k)) else { return false };
    let last = &linked.tokens[before.at + before.len - 1];
    let thing = before.targets().iter().any(|t| matches!(t, Target::Entity(_) | Target::Dimension(_)));
    let maker = before.targets().iter().any(|t| matches!(t, Target::Entity(name) if !lexicon.buys(name)));
    let doer = thing && last.norm != last.lemma && (maker || !trade);
    let asked = linked.items[..i].iter().rev().take(2).any(|b| {
        matches!(b.shape(), Some(Shape::HowMany | Shape::Which | Shape::Who)) || b.text == "that" || b.text == "who"
    });
    let Some(next) = linked.items.get(i + 1) else { return false };
    let article = ["the", "our", "any", "a", "an", "all", "their", "to", "some", "its"].contains(&next.text.as_str());
    let object = next.targets().iter().any(|t| matches!(t, Target::Values { .. }));
    doer && asked && (article || object && trade)
}

/// Whether an item only names values.
pub(super) fn only_values(item: &Item) -> bool {
    !item.targets().is_empty()
        && item.targets().iter().all(|t| matches!(t, Target::Values { .. } | Target::Named { .. }))
}
