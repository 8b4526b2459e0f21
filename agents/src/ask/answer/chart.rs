//! The chart that suits the shape of a plan.
//!
//! Along the calendar: a line, one for each group. A number for each of a few names: bars. Shares: bars. Two sides or
//! several numbers of one kind: grouped bars. Two numbers of different kinds: points. A single number or a list: none.

use polars::prelude::{Column, DataFrame};
use synthbook_charts::{ChartSpec, Marks, PreparedChart, Scale, prepare};

use super::cells::Cell;
use super::format::shown;
use super::{OutputColumn, Role, Rows};
use crate::plan::{Plan, TimePart};

/// The most rows that are drawn as bars.
const BARS: usize = 200;
/// The most colours.
const GROUPS: usize = 8;

/// Draws a result, where a picture says more than its numbers.
pub(crate) fn chart(plan: &Plan, columns: &[OutputColumn], rows: &Rows) -> Option<PreparedChart> {
    let of = |role: Role| -> Vec<usize> { (0..columns.len()).filter(|column| columns[*column].role == role).collect() };
    let (names, times, measures) = (of(Role::Dimension), of(Role::Time), of(Role::Measure));
    let drawn = Drawn { columns, rows };
    if rows.len < 2 || measures.is_empty() {
        // Two sides of one number are two bars.
        let sides = rows.len == 1 && names.is_empty() && times.is_empty() && plan.compare.is_some();
        let alike = drawn.alike(&measures);
        return (sides && alike.len() >= 2).then(|| drawn.sides(&alike[..2]))?;
    }
    let alike = drawn.alike(&measures);
    match (times.as_slice(), names.len()) {
        ([time], 0) if drawn.is_calendar(*time) => drawn.line(*time, &alike),
        ([time], _) if drawn.is_calendar(*time) && drawn.groups(&names) <= GROUPS => {
            drawn.lines(*time, &names, measures[0])
        }
        _ if rows.len > BARS && measures.len() == 1 => None,
        _ => drawn.named(plan, &names, &times, &measures, &alike),
    }
}

struct Drawn<'a> {
    columns: &'a [OutputColumn],
    rows: &'a Rows,
}

impl Drawn<'_> {
    /// The measures that can stand on one axis with the first.
    fn alike(&self, measures: &[usize]) -> Vec<usize> {
        let Some(first) = measures.first().map(|column| &self.columns[*column]) else {
            return Vec::new();
        };
        let same = |column: &&usize| {
            let other = &self.columns[**column];
            (other.format, &other.unit) == (first.format, &first.unit)
        };
        measures.iter().filter(same).copied().collect()
    }

    /// Whether a column of times lies along the calendar; names of weekdays come again.
    fn is_calendar(&self, column: usize) -> bool {
        if self.columns[column].part.is_some_and(|part| !matches!(part, TimePart::Year | TimePart::FiscalYear)) {
            return false;
        }
        self.rows.columns[column].iter().all(|cell| moment(cell).is_some() || *cell == Cell::Null)
            || self.rows.columns[column]
                .iter()
                .all(|cell| cell.number().is_some_and(|year| (1000.0..3000.0).contains(&year)))
    }

    fn groups(&self, names: &[usize]) -> usize {
        let mut labels: Vec<String> = (0..self.rows.len).map(|row| self.name(row, names)).collect();
        labels.sort_unstable();
        labels.dedup();
        labels.len()
    }

    fn name(&self, row: usize, names: &[usize]) -> String {
        let parts = names.iter().map(|column| match self.rows.cell(row, *column) {
            Cell::Flag(flag) => format!("{}{}", if *flag { "" } else { "not " }, self.label(*column)),
            cell => shown(cell, &self.columns[*column]),
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    fn label(&self, column: usize) -> String {
        self.columns[column].label.clone()
    }

    /// A line, or one for each of several measures of a kind.
    fn line(&self, time: usize, measures: &[usize]) -> Option<PreparedChart> {
        let many = measures.len() > 1;
        let value = if many { "value".to_owned() } else { self.label(measures[0]) };
        let mut long = Long::new(&self.label(time), &value, "series");
        for measure in measures.iter().take(GROUPS) {
            for row in 0..self.rows.len {
                long.push(self.rows.cell(row, time), self.rows.cell(row, *measure), &self.label(*measure));
            }
        }
        long.along_time("line", many)
    }

    /// A line for each group.
    fn lines(&self, time: usize, names: &[usize], measure: usize) -> Option<PreparedChart> {
        let mut long = Long::new(&self.label(time), &self.label(measure), &self.label(names[0]));
        for row in 0..self.rows.len {
            long.push(self.rows.cell(row, time), self.rows.cell(row, measure), &self.name(row, names));
        }
        long.along_time("line", true)
    }

    /// Two sides of one number.
    fn sides(&self, measures: &[usize]) -> Option<PreparedChart> {
        let mut long = Long::new("side", "value", "series");
        for measure in measures {
            long.push(&Cell::Text(self.label(*measure)), self.rows.cell(0, *measure), "");
        }
        long.by_name(false)
    }

    /// Rows that have names.
    fn named(
        &self,
        plan: &Plan,
        names: &[usize],
        times: &[usize],
        measures: &[usize],
        alike: &[usize],
    ) -> Option<PreparedChart> {
        let all: Vec<usize> = names.iter().chain(times).copied().collect();
        if plan.compare.is_none() && measures.len() == 2 && alike.len() == 1 && self.rows.len >= 5 {
            return self.points(measures);
        }
        let (bands, series) = self.split(&all);
        let labels: Vec<String> = (0..self.rows.len).map(|row| self.name(row, &bands)).collect();
        // Two sides come first; their difference is on another scale.
        let shown =
            if plan.compare.is_some() { &alike[..alike.len().min(2)] } else { &alike[..alike.len().min(GROUPS)] };
        let title = bands.first().map(|column| self.label(*column)).unwrap_or_default();
        let colored = !series.is_empty() || shown.len() > 1;
        let value = if shown.len() > 1 { "value".to_owned() } else { self.label(shown[0]) };
        let legend = series.first().map_or_else(|| "series".to_owned(), |column| self.label(*column));
        let mut long = Long::new(&title, &value, &legend);
        let taken = if series.is_empty() { shown } else { &shown[..1] };
        for measure in taken {
            for (row, label) in labels.iter().enumerate() {
                let group = if series.is_empty() { self.label(*measure) } else { self.name(row, &series) };
                long.push(&Cell::Text(label.clone()), self.rows.cell(row, *measure), &group);
            }
        }
        let mut chart = long.by_name(colored && (!series.is_empty() || taken.len() > 1))?;
        // What comes in an order of its own, such as weekdays, keeps it.
        if !times.is_empty() || !plan.order.is_empty() || plan.top.is_some() {
            reorder(&mut chart, &labels);
        }
        Some(chart)
    }

    /// Which columns name the bands and which colour them: of two, the one with fewer values colours.
    fn split(&self, all: &[usize]) -> (Vec<usize>, Vec<usize>) {
        if all.len() != 2 || self.groups(all) != self.rows.len {
            return (all.to_vec(), Vec::new());
        }
        let (first, second) = (self.groups(&all[..1]), self.groups(&all[1..]));
        // Columns that say the same thing twice, such as a number and a name, name one band.
        if first == self.rows.len || second == self.rows.len || first.min(second) > GROUPS {
            return (all.to_vec(), Vec::new());
        }
        if second <= first { (vec![all[0]], vec![all[1]]) } else { (vec![all[1]], vec![all[0]]) }
    }

    /// A point for each row, at two of its numbers.
    fn points(&self, measures: &[usize]) -> Option<PreparedChart> {
        let numbers =
            |column: usize| -> Vec<Option<f64>> { self.rows.columns[column].iter().map(Cell::number).collect() };
        let (x, y) = (self.label(measures[0]), self.label(measures[1]));
        let columns = vec![
            Column::new(x.as_str().into(), numbers(measures[0])),
            Column::new(y.as_str().into(), numbers(measures[1])),
        ];
        let frame = DataFrame::new(self.rows.len, columns).ok()?;
        prepare(&frame, &ChartSpec { kind: Some("scatter".to_owned()), x: Some(x), y: Some(y), ..ChartSpec::default() })
            .ok()
    }
}

/// A table of three columns that charts are drawn from.
struct Long {
    names: [String; 3],
    x: Vec<Cell>,
    y: Vec<Option<f64>>,
    group: Vec<String>,
}

impl Long {
    fn new(x: &str, y: &str, group: &str) -> Self {
        let mut names = [x.to_owned(), y.to_owned(), group.to_owned()];
        // Names of a frame's columns are different; a blank changes nothing for the reader.
        for place in 1..3 {
            while names[..place].contains(&names[place]) {
                names[place].push(' ');
            }
        }
        Self { names, x: Vec::new(), y: Vec::new(), group: Vec::new() }
    }

    fn push(&mut self, x: &Cell, y: &Cell, group: &str) {
        if *x != Cell::Null {
            self.x.push(x.clone());
            self.y.push(y.number());
            self.group.push(group.to_owned());
        }
    }

    fn along_time(self, kind: &str, colored: bool) -> Option<PreparedChart> {
        let name = self.names[0].as_str();
        let x = if self.x.iter().all(|cell| cell.number().is_some()) {
            Column::new(name.into(), self.x.iter().map(Cell::number).collect::<Vec<_>>())
        } else {
            let moments: Vec<Option<i64>> = self.x.iter().map(moment).collect();
            let unit = polars::prelude::TimeUnit::Milliseconds;
            Column::new(name.into(), moments).cast(&polars::prelude::DataType::Datetime(unit, None)).ok()?
        };
        self.draw(x, kind, colored)
    }

    fn by_name(self, colored: bool) -> Option<PreparedChart> {
        let x = Column::new(self.names[0].as_str().into(), self.x.iter().map(Cell::plain).collect::<Vec<_>>());
        self.draw(x, "bar", colored)
    }

    fn draw(self, x: Column, kind: &str, colored: bool) -> Option<PreparedChart> {
        let [x_name, y_name, group_name] = self.names;
        let y = Column::new(y_name.as_str().into(), &self.y);
        let group = Column::new(group_name.as_str().into(), &self.group);
        let frame = DataFrame::new(self.y.len(), vec![x, y, group]).ok()?;
        let mut spec =
            ChartSpec { kind: Some(kind.to_owned()), x: Some(x_name), y: Some(y_name), ..ChartSpec::default() };
        spec.color = colored.then_some(group_name);
        // A result that can't be drawn, all null for one, is told in words only.
        prepare(&frame, &spec).ok()
    }
}

/// A day or a moment in milliseconds since 1970.
fn moment(cell: &Cell) -> Option<i64> {
    let at = match cell {
        Cell::Day(day) => day.at(0, 0, 0, 0),
        Cell::Text(text) => {
            text.get(..10)?.parse::<jiff::civil::Date>().ok()?;
            text.trim_end_matches('Z').replace(' ', "T").parse::<jiff::civil::DateTime>().ok()?
        }
        _ => return None,
    };
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// Puts the bands of a chart into the order of `labels`.
fn reorder(chart: &mut PreparedChart, labels: &[String]) {
    let Marks::Bands { horizontal, bars, .. } = &mut chart.marks else {
        return;
    };
    let axis = if *horizontal { &mut chart.y } else { &mut chart.x };
    let Scale::Band { labels: bands } = &mut axis.scale else {
        return;
    };
    let place = |band: &String| labels.iter().position(|label| label == band).unwrap_or(usize::MAX);
    let mut order: Vec<usize> = (0..bands.len()).collect();
    order.sort_by_key(|band| place(&bands[*band]));
    let moved: Vec<String> = order.iter().map(|band| bands[*band].clone()).collect();
    for bar in bars.iter_mut() {
        if let Some(place) = order.iter().position(|band| *band == bar.band) {
            bar.band = place;
        }
    }
    *bands = moved;
}
