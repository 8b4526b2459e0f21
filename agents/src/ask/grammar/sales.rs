//! "Sales" that are money and no lines of a receipt: "departments by sales", "weekend and weekday sales separately".

use crate::ask::link::{Kind, Linked, Shape, Target};

/// Leaves of such a name the metric only.
pub(super) fn sales(linked: &mut Linked) {
    let metric = |k: usize| linked.items[k].targets().iter().any(|t| matches!(t, Target::Metric(_)));
    let both = |k: usize| metric(k) && linked.items[k].targets().iter().any(|t| matches!(t, Target::Entity(_)));
    let found: Vec<usize> = (0..linked.items.len()).filter(|&k| both(k)).collect();
    let [only] = found.as_slice() else { return };
    let others = (0..linked.items.len()).any(|k| k != *only && metric(k));
    let quiet = |k: &usize| !matches!(linked.items[*k].shape(), Some(Shape::Filler | Shape::Mark));
    let before = (0..*only).rev().find(quiet);
    let after = (*only + 1..linked.items.len()).find(quiet);
    let column = |k: usize| linked.items[k].targets().iter().any(|t| matches!(t, Target::Dimension(_)));
    let ranked = before.is_some_and(|k| {
        matches!(linked.items[k].shape(), Some(Shape::By | Shape::OrderBy | Shape::Rank))
            && (0..k).rev().find(quiet).is_some_and(column)
    });
    let apart = after.is_some_and(|k| linked.items[k].shape() == Some(Shape::Apart));
    if others || !(ranked || apart) || !linked.items[*only].text.starts_with("sale") || linked.items[*only].len > 1 {
        return;
    }
    let targets: Vec<Target> =
        linked.items[*only].targets().iter().filter(|t| !matches!(t, Target::Entity(_))).cloned().collect();
    linked.items[*only].kind = Kind::Link(targets);
}
