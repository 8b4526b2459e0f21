//! The chart that suits the shape of a plan.
//!
//! Along the calendar: a line, one for each group; a few steps of it: bars. A number for each of a few names: bars. Two
//! sides or several numbers of one kind: grouped bars. Two numbers of different kinds for many rows: points. A single
//! number or a list: none. Titles and axes say in words what is drawn, of which rows, when, and in what unit.

mod long;

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame};
use synthbook_charts::{ChartSpec, ColorScale, PreparedChart, Scale, prepare};

use super::cells::Cell;
use super::naming::{Band, Naming};
use super::sentence::capital;
use super::{OutputColumn, Rows};
use crate::ask::interpret::listed;
use crate::plan::{Plan, Quantity, TimePart};
use crate::semantic::Format;
use long::{Long, moment, reorder};

/// The most bands of bars; the others are named below.
const BARS: usize = 20;
/// The most bands of bars that lie in time.
const STEPS: usize = 60;
/// The most colours.
const GROUPS: usize = 8;
/// From how many steps of the calendar on a line says more than bars.
const LINE: usize = 5;
/// From how many rows on two numbers are points.
const POINTS: usize = 12;

/// Draws a result, where a picture says more than its numbers.
pub(crate) fn chart(plan: &Plan, naming: &Naming, rows: &Rows) -> Option<PreparedChart> {
    let drawn = Drawn { plan, naming, rows };
    let measures = drawn.measures()?;
    let alike = drawn.alike(&measures);
    if rows.len < 2 {
        // Two sides of one number are two bars.
        let sides = rows.len == 1 && naming.bands.is_empty() && plan.compare.is_some();
        return (sides && alike.len() >= 2).then(|| drawn.sides(&alike[..2]))?;
    }
    let times: Vec<&Band> = naming.bands.iter().filter(|band| band.time).collect();
    let names: Vec<&Band> = naming.bands.iter().filter(|band| !band.time).collect();
    let ranked = plan.top.as_ref().is_some_and(|top| !top.within.is_empty());
    match times.as_slice() {
        [time] if drawn.is_line(time) && !ranked => {
            if names.is_empty() {
                return drawn.line(time, &alike);
            }
            if drawn.groups(&names) <= GROUPS {
                return drawn.lines(time, &names, alike[0]);
            }
        }
        _ => {}
    }
    if plan.compare.is_none() && measures.len() == 2 && alike.len() == 1 && rows.len >= POINTS && times.is_empty() {
        return drawn.points(&measures);
    }
    drawn.bars(&alike)
}

struct Drawn<'a> {
    plan: &'a Plan,
    naming: &'a Naming,
    rows: &'a Rows,
}

impl Drawn<'_> {
    /// The numbers to draw; of a number and its growth or share, which lie on other scales, the growth or share.
    fn measures(&self) -> Option<Vec<usize>> {
        let all = &self.naming.measures;
        let first = all.first()?;
        let shown: Vec<_> = self.plan.measures.iter().filter(|measure| !measure.hidden).collect();
        let asked = shown.iter().position(|measure| {
            matches!(measure.of, Quantity::Change { .. } | Quantity::Share { .. } | Quantity::CumulativeShare { .. })
        });
        let asked = asked.filter(|_| self.plan.compare.is_none() && shown.len() == all.len());
        match asked.and_then(|place| all.get(place)) {
            Some(place) if !self.same_scale(*first, *place) => Some(vec![*place]),
            _ => Some(all.clone()),
        }
    }

    fn same_scale(&self, left: usize, right: usize) -> bool {
        let of = |place: usize| (self.column(place).format, &self.column(place).unit);
        of(left) == of(right)
    }

    /// The measures that can stand on one axis with the first; of a comparison the two sides.
    fn alike(&self, measures: &[usize]) -> Vec<usize> {
        let first = measures.iter().take(1).copied();
        let alike: Vec<usize> = first
            .flat_map(|first| measures.iter().copied().filter(move |other| self.same_scale(first, *other)))
            .collect();
        let sides: Vec<usize> =
            alike.iter().copied().filter(|place| !self.naming.signed.contains(place)).take(2).collect();
        // Their difference is on another scale.
        if self.plan.compare.is_some() && sides.len() == 2 { sides } else { alike.into_iter().take(GROUPS).collect() }
    }

    fn column(&self, place: usize) -> &OutputColumn {
        &self.naming.columns[place]
    }

    fn label(&self, place: usize) -> &str {
        &self.column(place).label
    }

    /// Whether a band of times lies along the calendar, with enough steps for a line; names of weekdays come again.
    fn is_line(&self, band: &Band) -> bool {
        let [column] = band.columns.as_slice() else { return false };
        let again = |part: TimePart| !matches!(part, TimePart::Year | TimePart::FiscalYear);
        if self.column(*column).part.is_some_and(again) || !self.plan.having.is_empty() {
            return false;
        }
        let cells = &self.rows.columns[*column];
        let mut steps: Vec<i64> = cells.iter().filter_map(moment).collect();
        let whole = steps.len() == cells.iter().filter(|cell| **cell != Cell::Null).count();
        steps.sort_unstable();
        steps.dedup();
        whole && steps.len() >= LINE
    }

    /// The name of a bar, as short as an axis needs it.
    fn bar(&self, row: usize, bands: &[&Band]) -> String {
        Cell::Text(self.name(row, bands)).plain()
    }

    fn groups(&self, bands: &[&Band]) -> usize {
        let mut labels: Vec<String> = (0..self.rows.len).map(|row| self.name(row, bands)).collect();
        labels.sort_unstable();
        labels.dedup();
        labels.len()
    }

    fn name(&self, row: usize, bands: &[&Band]) -> String {
        let parts: Vec<String> = bands.iter().map(|band| self.naming.band(self.rows, row, band)).collect();
        parts.join(", ")
    }

    /// A line, or one for each of several measures of a kind.
    fn line(&self, time: &Band, measures: &[usize]) -> Option<PreparedChart> {
        let mut long = Long::default();
        for measure in measures {
            for row in 0..self.rows.len {
                long.push(self.rows.cell(row, time.columns[0]), self.rows.cell(row, *measure), self.label(*measure));
            }
        }
        let chart = long.along_time(measures.len() > 1)?;
        Some(self.titled(chart, measures, &time.label, ""))
    }

    /// A line for each group.
    fn lines(&self, time: &Band, names: &[&Band], measure: usize) -> Option<PreparedChart> {
        let mut long = Long::default();
        for row in 0..self.rows.len {
            long.push(self.rows.cell(row, time.columns[0]), self.rows.cell(row, measure), &self.name(row, names));
        }
        Some(self.titled(long.along_time(true)?, &[measure], &time.label, &labels(names)))
    }

    /// Two sides of one number.
    fn sides(&self, measures: &[usize]) -> Option<PreparedChart> {
        let mut long = Long::default();
        for measure in measures {
            long.push(&Cell::Text(self.label(*measure).to_owned()), self.rows.cell(0, *measure), "");
        }
        Some(self.titled(long.by_name(false)?, measures, "", ""))
    }

    /// Bars for rows that have names, the largest first unless they have an order of their own.
    fn bars(&self, measures: &[usize]) -> Option<PreparedChart> {
        let (bands, series) = self.split();
        let own = bands.iter().any(|band| band.time) || !self.plan.order.is_empty() || self.plan.top.is_some();
        let measures = if series.is_empty() { measures } else { &measures[..1] };
        let mut order: Vec<usize> = (0..self.rows.len).collect();
        if !own && series.is_empty() {
            let size = |row: &usize| self.rows.cell(*row, measures[0]).number().unwrap_or(f64::NEG_INFINITY);
            order.sort_by(|one, other| size(other).total_cmp(&size(one)));
        }
        let called: Vec<(usize, String)> = order.iter().map(|row| (*row, self.bar(*row, &bands))).collect();
        let (mut known, mut bars) = (BTreeSet::new(), Vec::new());
        for (_, bar) in &called {
            if known.insert(bar) {
                bars.push(bar.clone());
            }
        }
        let most = if bands.iter().any(|band| band.time) { STEPS } else { BARS };
        let left_out: Vec<String> = bars.split_off(bars.len().min(most));
        let mut long = Long::default();
        for measure in measures {
            for (row, bar) in &called {
                if bars.contains(bar) {
                    let group =
                        if series.is_empty() { self.label(*measure).to_owned() } else { self.name(*row, &series) };
                    long.push(&Cell::Text(bar.clone()), self.rows.cell(*row, *measure), &group);
                }
            }
        }
        let mut chart = long.by_name(!series.is_empty() || measures.len() > 1)?;
        if own {
            reorder(&mut chart, &bars);
        }
        chart.notes.extend(rest(&bands, bars.len(), &left_out, own));
        Some(self.titled(chart, measures, &labels(&bands), &labels(&series)))
    }

    /// Which bands name the bars and which colour them: of two, the one with fewer values colours.
    fn split(&self) -> (Vec<&Band>, Vec<&Band>) {
        let all: Vec<&Band> = self.naming.bands.iter().collect();
        if all.len() != 2 || self.groups(&all) != self.rows.len {
            return (all, Vec::new());
        }
        let (first, second) = (self.groups(&all[..1]), self.groups(&all[1..]));
        // Bands that say the same thing twice, such as a city and its state, name one bar.
        if first == self.rows.len || second == self.rows.len || first.min(second) > GROUPS {
            return (all, Vec::new());
        }
        if second <= first { (vec![all[0]], vec![all[1]]) } else { (vec![all[1]], vec![all[0]]) }
    }

    /// A point for each row, at two of its numbers.
    fn points(&self, measures: &[usize]) -> Option<PreparedChart> {
        let numbers =
            |column: usize| -> Vec<Option<f64>> { self.rows.columns[column].iter().map(Cell::number).collect() };
        let columns =
            vec![Column::new("x".into(), numbers(measures[0])), Column::new("y".into(), numbers(measures[1]))];
        let frame = DataFrame::new(self.rows.len, columns).ok()?;
        let (x, y) = (Some("x".to_owned()), Some("y".to_owned()));
        let spec = ChartSpec { kind: Some("scatter".to_owned()), x, y, ..ChartSpec::default() };
        let mut chart = prepare(&frame, &spec).ok()?;
        chart.x.title = self.axis(&measures[..1]);
        chart.y.title = self.axis(&measures[1..2]);
        chart.title = self.title(&format!("{} against {}", self.label(measures[1]), self.label(measures[0])), "", "");
        Some(chart)
    }

    /// A chart with its words: `along` names the rows, `series` the colours.
    fn titled(&self, mut chart: PreparedChart, measures: &[usize], along: &str, series: &str) -> PreparedChart {
        let value = self.axis(measures);
        let names: Vec<String> = measures.iter().map(|place| self.label(*place).to_owned()).collect();
        for axis in [&mut chart.x, &mut chart.y] {
            axis.title = match axis.scale {
                Scale::Number { .. } => value.clone(),
                _ => capital(along),
            };
        }
        if let Some(ColorScale::Groups { title, .. } | ColorScale::Numbers { title, .. }) = &mut chart.color {
            series.clone_into(title);
        }
        chart.title = self.title(&listed(&names), along, series);
        chart
    }

    /// "Revenue by store format, 2017".
    fn title(&self, of: &str, along: &str, series: &str) -> String {
        let by: Vec<String> = [along, series].iter().filter(|text| !text.is_empty()).map(ToString::to_string).collect();
        let by = if by.is_empty() { String::new() } else { format!(" by {}", listed(&by)) };
        let about = self.naming.about.as_ref().map(|about| format!(", {about}")).unwrap_or_default();
        format!("{}{by}{about}", capital(of))
    }

    /// What an axis of numbers is called, with their unit.
    fn axis(&self, measures: &[usize]) -> String {
        let Some(first) = measures.first().map(|place| self.column(*place)) else { return String::new() };
        let unit = match (first.format, first.unit.as_deref()) {
            (Format::Percent, _) => Some("%"),
            (_, unit) => unit.filter(|unit| !unit.is_empty()),
        };
        // Several numbers are told apart by colour or by name.
        let name = if measures.len() > 1 { String::new() } else { capital(&first.label) };
        match (unit, name.is_empty()) {
            (Some("%"), true) => "Percent".to_owned(),
            (Some(unit), true) => capital(unit),
            (Some(unit), false) => format!("{name} ({unit})"),
            (None, _) => name,
        }
    }
}

/// Which bars there was no room for.
fn rest(bands: &[&Band], drawn: usize, left_out: &[String], own: bool) -> Option<String> {
    let named: Vec<String> = left_out.iter().take(3).cloned().collect();
    let named = match left_out.len() {
        0 => return None,
        1..=3 => listed(&named),
        _ => format!("{} and others", named.join(", ")),
    };
    let what = match bands {
        [band] => band.plural.as_str(),
        _ => "rows",
    };
    let which = if own { "first" } else { "largest" };
    Some(format!("the {drawn} {which} of {} {what}, without {named}", drawn + left_out.len()))
}

fn labels(bands: &[&Band]) -> String {
    listed(&bands.iter().map(|band| band.label.clone()).collect::<Vec<_>>())
}
