//! A comparison of two sides as plain measures.

use crate::plan::{Compare, CompareColumn, Measure, Operator, Quantity, Side};

/// What is shown where nothing is said.
const SHOWN: [CompareColumn; 4] =
    [CompareColumn::Base, CompareColumn::Other, CompareColumn::Difference, CompareColumn::PercentChange];

/// Which columns a comparison shows of each measure.
pub(crate) fn compared_columns(compare: &Compare) -> &[CompareColumn] {
    if compare.show.is_empty() { &SHOWN[..] } else { &compare.show }
}

/// The columns of a comparison for each measure.
pub(super) fn expanded(compare: &Compare, measures: &[Measure]) -> Vec<Measure> {
    let shown = compared_columns(compare);
    measures
        .iter()
        .flat_map(|measure| {
            shown.iter().map(move |column| {
                let name = measure.label.clone().or_else(|| match &measure.of {
                    Quantity::Metric { metric } => Some(metric.clone()),
                    _ => None,
                });
                let mut made = one(compare, measure, *column, name.as_deref());
                made.hidden = measure.hidden;
                made
            })
        })
        .collect()
}

fn one(compare: &Compare, measure: &Measure, column: CompareColumn, name: Option<&str>) -> Measure {
    let base = on_side(measure, &compare.base);
    let other = on_side(measure, &compare.other);
    let label = |suffix: &str| match name {
        Some(name) => format!("{name}_{suffix}"),
        None => suffix.to_owned(),
    };
    let side = |side: &Side| label(&side.label);
    let share = |of: Measure| Measure::new(Quantity::Share { of: Box::new(of), within: Vec::new() });
    let both = |operator, left, right, percent| {
        Measure::new(Quantity::Arithmetic { operator, left: Box::new(left), right: Box::new(right), percent })
    };
    match column {
        CompareColumn::Base => base.named(side(&compare.base)),
        CompareColumn::Other => other.named(side(&compare.other)),
        CompareColumn::Difference => both(Operator::Subtract, other, base, false).named(label("difference")),
        CompareColumn::PercentChange => {
            let difference = both(Operator::Subtract, other, base.clone(), false);
            both(Operator::Divide, difference, base, true).named(label("change_percent"))
        }
        CompareColumn::Ratio => both(Operator::Divide, other, base, false).named(label("ratio")),
        CompareColumn::BaseShare => share(base).named(format!("{}_share_percent", side(&compare.base))),
        CompareColumn::OtherShare => share(other).named(format!("{}_share_percent", side(&compare.other))),
        CompareColumn::ShareChange => {
            both(Operator::Subtract, share(other), share(base), false).named(label("share_change_points"))
        }
    }
}

fn on_side(measure: &Measure, side: &Side) -> Measure {
    let mut measure = measure.clone();
    measure.filters.extend(side.filters.iter().cloned());
    if side.period.is_some() {
        measure.period.clone_from(&side.period);
    }
    measure
}
