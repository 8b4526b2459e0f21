//! The table of three columns that charts are drawn from: where, how much, of which group.

use polars::prelude::{Column, DataFrame};
use synthbook_charts::{ChartSpec, Marks, PreparedChart, Scale, prepare};

use super::super::cells::Cell;

/// Where, how much, of which group.
#[derive(Default)]
pub(super) struct Long {
    x: Vec<Cell>,
    y: Vec<Option<f64>>,
    group: Vec<String>,
}

impl Long {
    pub(super) fn push(&mut self, x: &Cell, y: &Cell, group: &str) {
        if *x != Cell::Null {
            self.x.push(x.clone());
            self.y.push(y.number());
            self.group.push(group.to_owned());
        }
    }

    /// Lines along the calendar.
    pub(super) fn along_time(self, colored: bool) -> Option<PreparedChart> {
        let moments: Vec<Option<i64>> = self.x.iter().map(moment).collect();
        let unit = polars::prelude::TimeUnit::Milliseconds;
        let x = Column::new("x".into(), moments).cast(&polars::prelude::DataType::Datetime(unit, None)).ok()?;
        self.draw(x, "line", colored)
    }

    /// Bars.
    pub(super) fn by_name(self, colored: bool) -> Option<PreparedChart> {
        let x = Column::new("x".into(), self.x.iter().map(Cell::plain).collect::<Vec<_>>());
        self.draw(x, "bar", colored)
    }

    fn draw(self, x: Column, kind: &str, colored: bool) -> Option<PreparedChart> {
        let y = Column::new("y".into(), &self.y);
        let group = Column::new("group".into(), &self.group);
        let frame = DataFrame::new(self.y.len(), vec![x, y, group]).ok()?;
        let mut spec = ChartSpec {
            kind: Some(kind.to_owned()),
            x: Some("x".to_owned()),
            y: Some("y".to_owned()),
            ..ChartSpec::default()
        };
        spec.color = colored.then(|| "group".to_owned());
        // A result that can't be drawn, all null for one, is told in words only.
        prepare(&frame, &spec).ok()
    }
}

/// A day, a moment or a year in milliseconds since 1970.
pub(super) fn moment(cell: &Cell) -> Option<i64> {
    let at = match cell {
        Cell::Day(day) => day.at(0, 0, 0, 0),
        // A year stands for the day it begins.
        Cell::Number(year, _) if year.fract() == 0.0 && (1000.0..3000.0).contains(year) => {
            jiff::civil::Date::new(*year as i16, 1, 1).ok()?.at(0, 0, 0, 0)
        }
        Cell::Text(text) => {
            text.get(..10)?.parse::<jiff::civil::Date>().ok()?;
            text.trim_end_matches('Z').replace(' ', "T").parse::<jiff::civil::DateTime>().ok()?
        }
        _ => return None,
    };
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// Puts the bands of a chart into the order of `labels`.
pub(super) fn reorder(chart: &mut PreparedChart, labels: &[String]) {
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
