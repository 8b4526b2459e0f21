//! Rules that the metadata declares: checked against the table before they are kept.

use std::collections::BTreeMap;

use super::plan::Plan;
use super::product::Operation;
use super::view::View;
use crate::metadata::DeclaredRule;
use crate::{ColumnKind, Metadata, SynthError};

/// The metadata with columns whose own values are needed made categories: those that a declared rule looks up.
pub(super) fn with_categories(metadata: &Metadata) -> Result<(Metadata, Vec<String>), SynthError> {
    let mut corrected = metadata.clone();
    let mut changed = Vec::new();
    for rule in metadata.declared_rules() {
        if !matches!(rule, DeclaredRule::FunctionalDependency { .. } | DeclaredRule::FixedCombinations { .. }) {
            continue;
        }
        for name in rule.columns() {
            if corrected.column(name).is_some_and(|about| !about.kind.is_modelled()) {
                corrected.set_kind(name, ColumnKind::Categorical)?;
                changed.push(name.to_owned());
            }
        }
    }
    Ok((corrected, changed))
}

/// A declared rule, by the places of its columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    Dependency { from: usize, to: usize },
    Combination(Vec<usize>),
    Inequality { low: usize, high: usize, strict: bool },
    Limits { column: usize, low: f64, high: f64 },
    Sum { total: usize, parts: Vec<usize> },
    Computed { column: usize, operands: [usize; 2], operation: Operation },
    OneHot(Vec<usize>),
}

/// What is declared, once every row keeps to it.
pub(super) fn checked(view: &View, metadata: &Metadata) -> Result<Vec<Wanted>, SynthError> {
    let mut wanted = Vec::new();
    for rule in metadata.declared_rules() {
        for one in places(view, rule)? {
            unfit_unless(is_measured(view, &one), view, &one, "its columns must hold numbers or moments of one kind")?;
            let rows = broken(view, &one);
            if rows > 0 {
                return Err(SynthError::BrokenRule { rule: in_words(view, &one), rows });
            }
            wanted.push(one);
        }
    }
    Ok(wanted)
}

/// An error that says why a declared rule can't be kept, unless it can.
pub(super) fn unfit_unless(fits: bool, view: &View, wanted: &Wanted, reason: &'static str) -> Result<(), SynthError> {
    if fits { Ok(()) } else { Err(SynthError::UnfitRule { rule: in_words(view, wanted), reason }) }
}

/// Gives a column back, or says that a declared rule contradicts another.
pub(super) fn derive(
    view: &View,
    plan: &mut Plan,
    wanted: &Wanted,
    from: &[usize],
    to: usize,
) -> Result<(), SynthError> {
    unfit_unless(plan.derive(from, to), view, wanted, "another rule gives the same column, or needs it first")
}

fn places(view: &View, rule: &DeclaredRule) -> Result<Vec<Wanted>, SynthError> {
    let at = |name: &str| {
        view.find(name).ok_or_else(|| SynthError::MissingColumn { place: "table", column: name.to_owned() })
    };
    let all = |names: &[String]| names.iter().map(|name| at(name)).collect::<Result<Vec<_>, _>>();
    Ok(match rule {
        DeclaredRule::FunctionalDependency { determinant_column_name, column_name } => {
            vec![Wanted::Dependency { from: at(determinant_column_name)?, to: at(column_name)? }]
        }
        DeclaredRule::FixedCombinations { column_names } => vec![Wanted::Combination(all(column_names)?)],
        DeclaredRule::Inequality { low_column_name, high_column_name, strict_boundaries: strict } => {
            vec![Wanted::Inequality { low: at(low_column_name)?, high: at(high_column_name)?, strict: *strict }]
        }
        DeclaredRule::Range { low_column_name, middle_column_name, high_column_name, strict_boundaries: strict } => {
            let [low, middle, high] = [at(low_column_name)?, at(middle_column_name)?, at(high_column_name)?];
            [(low, middle), (middle, high), (low, high)]
                .map(|(low, high)| Wanted::Inequality { low, high, strict: *strict })
                .to_vec()
        }
        DeclaredRule::ScalarRange { column_name, low_value, high_value } => vec![Wanted::Limits {
            column: at(column_name)?,
            low: low_value.unwrap_or(f64::NEG_INFINITY),
            high: high_value.unwrap_or(f64::INFINITY),
        }],
        DeclaredRule::Sum { column_name, column_names } => {
            vec![Wanted::Sum { total: at(column_name)?, parts: all(column_names)? }]
        }
        DeclaredRule::Product { column_name, column_names: [one, other] } => vec![Wanted::Computed {
            column: at(column_name)?,
            operands: [at(one)?, at(other)?],
            operation: Operation::Times,
        }],
        DeclaredRule::Ratio { column_name, numerator_column_name, denominator_column_name } => vec![Wanted::Computed {
            column: at(column_name)?,
            operands: [at(numerator_column_name)?, at(denominator_column_name)?],
            operation: Operation::Over,
        }],
        DeclaredRule::OneHotEncoding { column_names } => vec![Wanted::OneHot(all(column_names)?)],
    })
}

/// Whether the columns that must be measures of one class are.
fn is_measured(view: &View, wanted: &Wanted) -> bool {
    let columns: Vec<usize> = match wanted {
        Wanted::Dependency { .. } | Wanted::Combination(_) | Wanted::OneHot(_) => return true,
        Wanted::Inequality { low, high, .. } => vec![*low, *high],
        Wanted::Limits { column, .. } => vec![*column],
        Wanted::Sum { total, parts } => parts.iter().chain([total]).copied().collect(),
        Wanted::Computed { column, operands: [a, b], .. } => vec![*column, *a, *b],
    };
    let classes: Vec<_> =
        columns.iter().map(|&at| view.columns[at].measure.as_ref().map(|measure| measure.class)).collect();
    classes.iter().all(|class| class.is_some() && *class == classes[0])
}

/// How many rows break it.
fn broken(view: &View, wanted: &Wanted) -> usize {
    let numbers = |at: usize| &view.columns[at].numbers;
    let count = |breaks: &dyn Fn(usize) -> bool| (0..view.rows).filter(|&row| breaks(row)).count();
    let agrees = |column: usize, row: usize, computed: f64, scale: f64| {
        let measure = view.columns[column].measure.as_ref();
        measure.is_some_and(|measure| measure.agrees(computed, numbers(column)[row], scale))
    };
    match wanted {
        Wanted::Dependency { from, to } => {
            let mut pairs: BTreeMap<u32, BTreeMap<u32, usize>> = BTreeMap::new();
            for (&from, &to) in view.columns[*from].codes.iter().zip(&view.columns[*to].codes) {
                *pairs.entry(from).or_default().entry(to).or_default() += 1;
            }
            let odd =
                |values: &BTreeMap<u32, usize>| values.values().sum::<usize>() - values.values().max().unwrap_or(&0);
            pairs.values().map(odd).sum()
        }
        Wanted::Combination(_) => 0,
        Wanted::Inequality { low, high, strict } => count(&|row| {
            let (low, high) = (numbers(*low)[row], numbers(*high)[row]);
            if *strict { low >= high } else { low > high }
        }),
        Wanted::Limits { column, low, high } => {
            count(&|row| numbers(*column)[row] < *low || numbers(*column)[row] > *high)
        }
        Wanted::Sum { total, parts } => count(&|row| {
            let sum = parts.iter().map(|&at| numbers(at)[row]).sum::<f64>();
            let scale = parts.iter().map(|&at| numbers(at)[row].abs()).fold(0.0, f64::max);
            !agrees(*total, row, sum, scale)
        }),
        Wanted::Computed { column, operands: [a, b], operation } => count(&|row| {
            let result = operation.of(numbers(*a)[row], numbers(*b)[row]);
            !agrees(*column, row, result, result.abs())
        }),
        Wanted::OneHot(columns) => {
            count(&|row| columns.iter().filter(|&&at| view.columns[at].is_set(row)).count() != 1)
        }
    }
}

/// What it says.
pub(super) fn in_words(view: &View, wanted: &Wanted) -> String {
    let name = |at: &usize| view.columns[*at].name.as_str();
    let names = |columns: &[usize], by: &str| columns.iter().map(name).collect::<Vec<_>>().join(by);
    match wanted {
        Wanted::Dependency { from, to } => format!("{} follows from {}", name(to), name(from)),
        Wanted::Combination(columns) => format!("{} occur in fixed combinations", names(columns, " and ")),
        Wanted::Inequality { low, high, strict } => super::inequality::sentence(name(low), name(high), *strict),
        Wanted::Limits { column, low, high } => match (low.is_finite(), high.is_finite()) {
            (true, true) => format!("{low} ≤ {} ≤ {high}", name(column)),
            (true, false) => format!("{low} ≤ {}", name(column)),
            _ => format!("{} ≤ {high}", name(column)),
        },
        Wanted::Sum { total, parts } => format!("{} = {}", name(total), names(parts, " + ")),
        Wanted::Computed { column, operands: [a, b], operation } => {
            format!("{} = {}", name(column), operation.in_words(name(a), name(b)))
        }
        Wanted::OneHot(columns) => format!("exactly one of {} is set", names(columns, ", ")),
    }
}
