//! What the columns of a result are called: by the plan in words, not by the names in the SQL.

use super::cells::Cell;
use super::format::shown;
use super::{OutputColumn, Role, Rows};
use crate::ask::interpret::{Words, period_of, without_key};
use crate::plan::{Aggregate, Compare, CompareColumn, Grain, Grouping, Measure, Plan, Quantity, TimePart, Unit, Value};
use crate::semantic::{Format, SemanticModel, plural};

/// How long the conditions of a sentence or a title may be.
const CONDITIONS: usize = 90;

/// Columns that name one thing together: an identifier and a name, a first name and a last name.
#[derive(Debug, Clone)]
pub(crate) struct Band {
    /// What it is: `store`, `month`.
    pub(crate) label: String,
    /// Several of them.
    pub(crate) plural: String,
    /// The columns.
    pub(crate) columns: Vec<usize>,
    /// Those of them that a row is called by: its names alone where they are clear among the rows.
    pub(crate) names: Vec<usize>,
    /// Whether it lies in time.
    pub(crate) time: bool,
}

/// What a result's columns are called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Naming {
    /// The columns with labels for people.
    pub(crate) columns: Vec<OutputColumn>,
    /// What the rows are.
    pub(crate) bands: Vec<Band>,
    /// The places of the numbers.
    pub(crate) measures: Vec<usize>,
    /// The numbers that are changes, and so have a sign.
    pub(crate) signed: Vec<usize>,
    /// Which rows count, and when, where it is short enough to be said.
    pub(crate) about: Option<String>,
    /// The same without the time.
    pub(crate) where_: Option<String>,
}

impl Naming {
    /// Names the columns of a plan's result.
    pub(crate) fn new(plan: &Plan, model: &SemanticModel, columns: &[OutputColumn], rows: &Rows) -> Self {
        let words = Words::told(model);
        let measures: Vec<usize> = (0..columns.len()).filter(|place| columns[*place].role == Role::Measure).collect();
        let mut naming = Self { columns: columns.to_vec(), measures, ..Self::default() };
        naming.name_bands(plan, model, words);
        naming.name_measures(plan, words);
        for band in &mut naming.bands {
            band.names = names_of(rows, &band.columns);
        }
        for column in &mut naming.columns {
            drop_unit(column);
        }
        let mut conditions: Vec<String> = plan.filters.iter().map(|filter| words.filter(filter)).collect();
        conditions.extend(plan.having.iter().map(|having| words.having(having)));
        naming.where_ = short(&conditions);
        // The sides of a comparison are named after their periods.
        let period = period_of(plan).filter(|_| plan.compare.is_none());
        let period = period.map(|period| period.replace(" (", ", ").replace(')', ""));
        let mut all = conditions;
        all.extend(period.clone());
        naming.about = short(&all).or(period);
        naming
    }

    fn name_bands(&mut self, plan: &Plan, model: &SemanticModel, words: Words<'_>) {
        let named: Vec<usize> =
            (0..self.columns.len()).filter(|place| self.columns[*place].role != Role::Measure).collect();
        let wide = |grouping: &Grouping| match grouping {
            Grouping::Entity { entity, show, .. } => {
                let all = || model.entity(entity).map_or(1, |thing| thing.entity.labels.len().max(1));
                show.as_ref().map_or_else(all, Vec::len)
            }
            _ => 1,
        };
        let shown: Vec<_> = plan.dimensions.iter().filter(|dimension| !dimension.hidden).collect();
        let widths: Vec<usize> = shown.iter().map(|dimension| wide(&dimension.by)).collect();
        if widths.iter().sum::<usize>() != named.len() {
            self.bands = named.iter().map(|&column| self.alone(column)).collect();
            return;
        }
        let mut rest = named.into_iter();
        for (dimension, width) in shown.iter().zip(widths) {
            let columns: Vec<usize> = rest.by_ref().take(width).collect();
            let Some(&first) = columns.first() else { continue };
            let mut band = self.alone(first);
            match &dimension.by {
                Grouping::Entity { entity, .. } => {
                    let name = entity.rsplit('.').next().unwrap_or(entity);
                    band.label = dimension.label.clone().unwrap_or_else(|| name.replace('_', " "));
                    band.plural =
                        model.entity(entity).map_or_else(|| plural(&band.label), |of| of.entity.plural.clone());
                }
                Grouping::Buckets { .. } if dimension.label.is_none() => {
                    "group".clone_into(&mut band.label);
                    "groups".clone_into(&mut band.plural);
                }
                Grouping::Value { .. } | Grouping::Attained { .. } | Grouping::Steps { .. } => {
                    band.label = words.dimension(dimension);
                    band.plural = plural(&band.label);
                }
                _ => {}
            }
            if columns.len() == 1 {
                self.columns[first].label.clone_from(&band.label);
            }
            band.columns = columns;
            self.bands.push(band);
        }
    }

    /// A band of one column.
    fn alone(&mut self, place: usize) -> Band {
        let column = &mut self.columns[place];
        let label = match column.part {
            Some(TimePart::Weekend) => "weekend".to_owned(),
            _ => flag(&column.label).to_owned(),
        };
        column.label.clone_from(&label);
        let (columns, time) = (vec![place], column.role == Role::Time);
        Band { plural: plural(&without_key(&label)), label, names: columns.clone(), columns, time }
    }

    fn name_measures(&mut self, plan: &Plan, words: Words<'_>) {
        let shown: Vec<&Measure> = plan.measures.iter().filter(|measure| !measure.hidden).collect();
        if let Some(compare) = &plan.compare {
            let sides = crate::compile::compared_columns(compare);
            if shown.len() * sides.len() == self.measures.len() {
                let pairs = shown.iter().flat_map(|measure| sides.iter().map(move |side| (*measure, *side)));
                for ((measure, side), place) in pairs.zip(self.measures.clone()) {
                    self.name_side(compare, sides, &words.measure(measure), side, place);
                }
            }
            return;
        }
        if shown.len() != self.measures.len() {
            return;
        }
        let daily =
            plan.dimensions.iter().any(|dimension| matches!(dimension.by, Grouping::Time { grain: Grain::Day, .. }));
        for (measure, place) in shown.iter().zip(self.measures.clone()) {
            let column = &mut self.columns[place];
            column.label = match &measure.of {
                _ if measure.label.is_some() => words.measure(measure),
                Quantity::Change { of, .. } => format!("change of {}", words.measure(of)),
                Quantity::Before { of, .. } => format!("{} before", words.measure(of)),
                Quantity::Moving { of, rows } if daily => {
                    format!("{rows}-day moving average of {}", words.measure(of))
                }
                Quantity::Moving { of, .. } => format!("moving average of {}", words.measure(of)),
                _ => words.measure(measure),
            };
            match &measure.of {
                Quantity::Change { .. } => self.signed.push(place),
                Quantity::Aggregate { value: Value::Elapsed { unit, .. }, .. } => {
                    column.unit = Some(unit_words(*unit).to_owned());
                }
                // The highest of years is a year.
                Quantity::Aggregate {
                    function: Aggregate::Min | Aggregate::Max,
                    value: Value::Part { part: part @ (TimePart::Year | TimePart::FiscalYear), .. },
                    ..
                } => column.part = Some(*part),
                _ => {}
            }
        }
    }

    /// A column of a comparison.
    fn name_side(&mut self, compare: &Compare, shown: &[CompareColumn], of: &str, side: CompareColumn, place: usize) {
        let (base, other) = (compare.base.label.as_str(), compare.other.label.as_str());
        let periods = compare.base.period.is_some() && compare.other.period.is_some();
        let both = shown.contains(&CompareColumn::Base) && shown.contains(&CompareColumn::Other);
        // With names beside it, a change is told alone.
        let from = |what: &str| match (both && self.bands.is_empty(), periods) {
            (true, _) => what.to_owned(),
            (false, true) => format!("{what} in {of} from {base} to {other}"),
            (false, false) => format!("{what} in {of}, {other} against {base}"),
        };
        let column = &mut self.columns[place];
        let share = column.format == Format::Percent;
        column.label = match side {
            CompareColumn::Base => format!("{of} {base}"),
            CompareColumn::Other => format!("{of} {other}"),
            CompareColumn::Difference => from(if periods { "change" } else { "difference" }),
            CompareColumn::PercentChange
                if both && self.bands.is_empty() && shown.contains(&CompareColumn::Difference) =>
            {
                "in percent".to_owned()
            }
            CompareColumn::PercentChange => from("change"),
            CompareColumn::Ratio => format!("{of} {other} per {base}"),
            CompareColumn::BaseShare => format!("share of {of} {base}"),
            CompareColumn::OtherShare => format!("share of {of} {other}"),
            CompareColumn::ShareChange => from("change of share"),
        };
        if matches!(side, CompareColumn::Difference | CompareColumn::PercentChange | CompareColumn::ShareChange) {
            self.signed.push(place);
        }
        // Between percentages lie points.
        if side == CompareColumn::ShareChange || (share && side == CompareColumn::Difference) {
            column.format = Format::Decimal;
            column.unit = Some("percentage points".to_owned());
        }
    }

    /// A number of a row in words; a change with its sign.
    pub(super) fn value(&self, rows: &Rows, row: usize, place: usize) -> String {
        match rows.cell(row, place) {
            Cell::Null => "no value".to_owned(),
            cell => {
                let text = shown(cell, &self.columns[place]);
                let rises = self.signed.contains(&place) && cell.number().is_some_and(|number| number > 0.0);
                if rises { format!("+{text}") } else { text }
            }
        }
    }

    /// What a band of a row is called. A name stands for its identifier where that is clear among the rows.
    pub(super) fn band(&self, rows: &Rows, row: usize, band: &Band) -> String {
        let nameless = band.names.iter().any(|column| *rows.cell(row, *column) == Cell::Null);
        let used = if nameless { &band.columns } else { &band.names };
        let parts: Vec<String> = used.iter().map(|column| self.part(rows, row, *column, band)).collect();
        let people = used.iter().all(|column| self.columns[*column].label.ends_with("name"));
        parts.join(if people { " " } else { ", " })
    }

    fn part(&self, rows: &Rows, row: usize, column: usize, band: &Band) -> String {
        let about = &self.columns[column];
        match rows.cell(row, column) {
            Cell::Null => format!("no {}", about.label),
            // Yes and no say nothing without what they are about.
            Cell::Flag(flag) if about.part == Some(TimePart::Weekend) => {
                (if *flag { "weekend" } else { "Monday to Friday" }).to_owned()
            }
            Cell::Flag(flag) => match about.label.strip_prefix("has ") {
                Some(what) => format!("{} {what}", if *flag { "with" } else { "without" }),
                None => format!("{}{}", if *flag { "" } else { "not " }, about.label),
            },
            cell => {
                let text = shown(cell, about);
                let bare = !band.time && text.chars().all(|letter| letter.is_ascii_digit());
                // A number alone says nothing either.
                if bare && band.columns.len() == 1 { format!("{} {text}", without_key(&band.label)) } else { text }
            }
        }
    }

    /// What a row is called by all its bands.
    pub(super) fn row(&self, rows: &Rows, row: usize) -> String {
        let parts: Vec<String> = self.bands.iter().map(|band| self.band(rows, row, band)).collect();
        parts.join(", ")
    }

    /// What the rows are: `stores`; `rows` where several things name one.
    pub(super) fn plural(&self) -> &str {
        match self.bands.as_slice() {
            [band] => &band.plural,
            _ => "rows",
        }
    }
}

/// The columns of texts among these, where they tell the rows apart as well as all of them do; else all.
fn names_of(rows: &Rows, columns: &[usize]) -> Vec<usize> {
    let is_text = |column: &usize| (0..rows.len).any(|row| matches!(rows.cell(row, *column), Cell::Text(_)));
    let texts: Vec<usize> = columns.iter().copied().filter(is_text).collect();
    if texts.is_empty() || texts.len() == columns.len() {
        return columns.to_vec();
    }
    let distinct = |columns: &[usize]| {
        let mut names: Vec<Vec<String>> =
            (0..rows.len).map(|row| columns.iter().map(|column| rows.cell(row, *column).plain()).collect()).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    if distinct(&texts) == distinct(columns) { texts } else { columns.to_vec() }
}

fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Minute => "minutes",
        Unit::Hour => "hours",
        Unit::Day => "days",
        Unit::Month => "months",
        Unit::Year => "years",
    }
}

/// A flag's name without its verb.
fn flag(label: &str) -> &str {
    label.strip_prefix("is ").unwrap_or(label)
}

/// Drops a unit that the name of a number says already.
fn drop_unit(column: &mut OutputColumn) {
    let Some(unit) = &column.unit else { return };
    if column.role != Role::Measure || column.format == Format::Currency {
        return;
    }
    let label = format!(" {} ", column.label);
    if label.contains(&format!(" {unit} ")) {
        column.unit = None;
    }
}

/// Conditions joined, unless there are too many to be said.
fn short(conditions: &[String]) -> Option<String> {
    let text = conditions.join(", ");
    (!text.is_empty() && text.chars().count() <= CONDITIONS && !text.contains(['(', ')'])).then_some(text)
}
