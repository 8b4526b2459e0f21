//! The sentence that tells a result.

use super::cells::Cell;
use super::naming::Naming;
use super::numbers::Evidence;
use super::{Rows, course, list, ranking};
use crate::ask::interpret::listed;
use crate::plan::{OrderKey, Plan, Quantity};

/// What a sentence is made of.
pub(crate) struct Told<'a> {
    /// The plan.
    pub(crate) plan: &'a Plan,
    /// What the columns are called.
    pub(crate) naming: &'a Naming,
    /// The values.
    pub(crate) rows: &'a Rows,
    /// The stretch of time that counts, in words.
    pub(crate) period: Option<&'a str>,
    /// What was understood, in words.
    pub(crate) interpretation: &'a str,
    /// Whether there are more rows than were read.
    pub(crate) truncated: bool,
}

/// The number that a question is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// Its column.
    pub(super) column: usize,
    /// Its place among the plan's measures, where each is one column.
    pub(super) measure: Option<usize>,
}

/// Tells a result of at least one row. Whatever the templates make, a sentence with a number that is not in the
/// result, the period or the plan is not said.
pub(crate) fn sentence(told: &Told<'_>) -> String {
    let made = tell(told);
    if is_true(told, &made) { made } else { "The result is in the table.".to_owned() }
}

/// Whether every number of a sentence comes from the result, the period or the plan.
fn is_true(told: &Told<'_>, sentence: &str) -> bool {
    let mut evidence = Evidence::of(told.rows, &told.naming.columns);
    evidence.read(told.period.unwrap_or_default());
    evidence.read(told.interpretation);
    evidence.read(told.naming.about.as_deref().unwrap_or_default());
    evidence.read(&serde_json::to_string(told.plan).unwrap_or_default());
    evidence.strange(sentence).is_empty()
}

fn tell(told: &Told<'_>) -> String {
    let bands = &told.naming.bands;
    let text = match (bands.as_slice(), asked(told)) {
        (_, None) => list::tell(told),
        ([], Some(_)) if told.rows.len == 1 => totals(told),
        (_, Some(asked)) if told.rows.len == 1 => one(told, asked),
        ([band], Some(asked)) if course::is_course(told, band) => course::tell(told, band, asked),
        (_, Some(asked)) => ranking::tell(told, asked),
    };
    let more =
        if told.truncated { format!(" Only the first {} rows were read.", told.rows.len) } else { String::new() };
    format!("{text}{more}")
}

/// The measure that the question is about: of a number and its growth, the growth; else the first.
fn asked(told: &Told<'_>) -> Option<Asked> {
    let columns = &told.naming.measures;
    if told.plan.compare.is_some() {
        // What changed, in percent where it is shown.
        let change = told.naming.signed.last().or(columns.first())?;
        return Some(Asked { column: *change, measure: None });
    }
    let derived = |quantity: &Quantity| {
        matches!(
            quantity,
            Quantity::Change { .. }
                | Quantity::Running { .. }
                | Quantity::Moving { .. }
                | Quantity::Share { .. }
                | Quantity::CumulativeShare { .. }
        )
    };
    let places: Vec<usize> = (0..told.plan.measures.len()).filter(|place| !told.plan.measures[*place].hidden).collect();
    if places.len() != columns.len() {
        return columns.first().map(|column| Asked { column: *column, measure: None });
    }
    let at = places.iter().position(|place| derived(&told.plan.measures[*place].of)).unwrap_or(0);
    Some(Asked { column: *columns.get(at)?, measure: places.get(at).copied() })
}

impl Told<'_> {
    /// The name of a column.
    pub(super) fn label(&self, column: usize) -> &str {
        &self.naming.columns[column].label
    }

    /// A number of a row in words.
    pub(super) fn value(&self, row: usize, column: usize) -> String {
        self.naming.value(self.rows, row, column)
    }

    /// What a row is called.
    pub(super) fn name(&self, row: usize) -> String {
        self.naming.row(self.rows, row)
    }

    /// "In-store ($3.00)".
    pub(super) fn with(&self, row: usize, column: usize) -> String {
        format!("{} ({})", self.name(row), self.value(row, column))
    }

    /// "Revenue (state is Texas, 2017)".
    pub(super) fn headline(&self, label: &str) -> String {
        match &self.naming.about {
            Some(about) => format!("{} ({about})", capital(label)),
            None => capital(label),
        }
    }

    /// Whether the rows come in the order of a number, the greatest first; none when they don't.
    pub(super) fn order(&self, asked: Asked) -> Option<bool> {
        let measure = asked.measure?;
        let by = match self.plan.order.first() {
            Some(order) => order.by == OrderKey::Measure(measure),
            None => self.plan.top.as_ref().is_some_and(|top| top.by == measure),
        };
        let numbers: Vec<f64> = self.rows.columns[asked.column].iter().filter_map(Cell::number).collect();
        if !by || numbers.len() < self.rows.len {
            None
        } else if numbers.windows(2).all(|pair| pair[0] >= pair[1]) {
            Some(true)
        } else {
            numbers.windows(2).all(|pair| pair[0] <= pair[1]).then_some(false)
        }
    }
}

/// "Revenue (2017): $4,598,223.52."
fn totals(told: &Told<'_>) -> String {
    let measures = &told.naming.measures;
    if let [only] = measures.as_slice() {
        return format!("{}: {}.", told.headline(told.label(*only)), told.value(0, *only));
    }
    let values: Vec<String> =
        measures.iter().map(|column| format!("{}: {}", told.label(*column), told.value(0, *column))).collect();
    let about = told.naming.about.as_ref().map(|about| format!(" ({about})")).unwrap_or_default();
    format!("{}{about}.", capital(&values.join("; ")))
}

/// One row that has a name: "Highest revenue: In-store, with $3.00."
fn one(told: &Told<'_>, asked: Asked) -> String {
    let (name, column) = (told.name(0), asked.column);
    let others = told.naming.measures.iter().filter(|other| **other != column);
    let others: Vec<String> = others.map(|other| format!("{} {}", told.label(*other), told.value(0, *other))).collect();
    let Some(which) = superlative(told, asked) else {
        let mut values = vec![format!("{} {}", told.label(column), told.value(0, column))];
        values.extend(others);
        return format!("{}: {}.", capital(&name), values.join(", "));
    };
    let mut values = vec![told.value(0, column)];
    values.extend(others);
    let label = told.label(column);
    // "Lowest opened date" says already which one it is.
    let label = if label.starts_with(which) { label.to_owned() } else { format!("{which} {label}") };
    format!("{}: {name}, with {}.", told.headline(&label), values.join(", "))
}

/// Whether the only row is the one with the highest or the lowest number.
fn superlative(told: &Told<'_>, asked: Asked) -> Option<&'static str> {
    let (top, compared) = (told.plan.top.as_ref(), told.plan.compare.is_some());
    if let Some(top) = top.filter(|top| !top.exactly || top.n == 1) {
        let by = if compared { told.naming.measures.len() == 1 } else { asked.measure == Some(top.by) };
        return by.then_some(if top.ascending { "lowest" } else { "highest" });
    }
    let order = told.plan.order.first().filter(|_| top.is_none() && told.plan.limit == Some(1))?;
    let by = asked.measure.is_some_and(|measure| order.by == OrderKey::Measure(measure));
    by.then_some(if order.descending { "highest" } else { "lowest" })
}

/// With a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Names as a list.
pub(super) fn joined(parts: &[String]) -> String {
    listed(parts)
}
