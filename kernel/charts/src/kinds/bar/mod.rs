//! Bars: a count or an aggregated number for each category.

mod keys;

use polars::prelude::{Column, DataFrame};

use crate::aggregate::{self, Aggregate};
use crate::categories::Groups;
use crate::column::{ColumnKind, Data, Rows};
use crate::error::{ChartError, Result};
use crate::format::{fit_bands, sentence};
use crate::kind::{Channel, ChannelInfo, ChartKind, Example, OptionInfo};
use crate::kinds::{COLORS, HEIGHT, WIDTH, legend};
use crate::number::small;
use crate::prepared::{Axis, Band, Marks, PreparedChart};
use crate::recommend;
use crate::spec::ChartSpec;
use keys::{Keys, values};

/// The bar chart. Groups of counts and sums stand on each other, of other aggregates beside each other.
pub(crate) struct Bar;

impl ChartKind for Bar {
    fn name(&self) -> &'static str {
        "bar"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["bars", "barplot", "column"]
    }

    fn summary(&self) -> &'static str {
        "Draws a bar for each category: its rows, or the mean, sum and so on of a number."
    }

    fn channels(&self) -> &'static [ChannelInfo] {
        use ColumnKind::{Category, Number, Time};
        &[
            ChannelInfo {
                channel: Channel::X,
                required: true,
                accepts: &[Category, Number, Time],
                summary: "The categories; or the number, when y holds the categories.",
            },
            ChannelInfo {
                channel: Channel::Y,
                required: false,
                accepts: &[Number, Category],
                summary: "The number to aggregate; without it rows are counted.",
            },
            ChannelInfo { channel: Channel::Color, required: false, accepts: COLORS, summary: "Splits every bar." },
        ]
    }

    fn options(&self) -> &'static [OptionInfo] {
        &[aggregate::OPTION]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { words: &["bar", "x=education"], says: "The rows of each education." },
            Example {
                words: &["bar", "x=education", "y=hours", "color=sex"],
                says: "Mean hours by education, the sexes side by side.",
            },
            Example {
                words: &["bar", "x=joined", "y=hours", "agg=sum"],
                says: "The sum of hours by date, joined to longer spans where there are many.",
            },
        ]
    }

    fn choose(&self, frame: &DataFrame, spec: &mut ChartSpec) {
        use ColumnKind::{Category, Number, Time};
        let kind_of = |name: &Option<String>| {
            name.as_deref().and_then(|name| frame.column(name).ok()).and_then(|column| ColumnKind::of(column.dtype()))
        };
        if kind_of(&spec.y) == Some(Category) {
            match kind_of(&spec.x) {
                None => spec.x = spec.y.take(),
                Some(Category | Time) if spec.color.is_none() => spec.color = spec.y.take(),
                _ => {}
            }
        }
        if spec.x.is_some() {
            return;
        }
        spec.x = [Category, Time, Number].into_iter().find_map(|kind| recommend::first(frame, &[kind], &[&spec.y]));
        let once =
            |name: &String| frame.column(name).is_ok_and(|column| column.n_unique().is_ok_and(|n| n == frame.height()));
        // A frame with one row for each category is a result: its number is what one wants to see.
        if spec.y.is_none() && !spec.options.contains_key(aggregate::OPTION.name) && spec.x.as_ref().is_some_and(once) {
            spec.y = recommend::first(frame, &[Number], &[&spec.x]);
        }
    }

    fn prepare(&self, frame: &DataFrame, spec: &ChartSpec) -> Result<PreparedChart> {
        let rows = Rows::read(frame, spec)?;
        let (bands, value, sideways) = axes(&rows, spec)?;
        let aggregate = Aggregate::read(spec, value.is_some())?;
        let keys = Keys::read(bands, value, aggregate, rows.len)?;
        let groups = Groups::read(rows.color.as_ref(), rows.len)?;
        let cells = cells(&keys, &groups, value, aggregate)?;
        let grouped = rows.color.is_some();
        // Bars coloured by what they stand for have nothing beside them.
        let itself = spec.color.as_deref() == (if sideways { spec.y.as_deref() } else { spec.x.as_deref() });
        let beside = grouped && !itself && !aggregate.adds_up();
        let bars = stack(&cells, grouped, !beside);

        let plain = aggregate != Aggregate::Count && cells.iter().all(|cell| cell.rows == 1);
        let value_title = match value {
            Some(data) if plain => data.title.clone(),
            _ => aggregate.axis_title(value.map(|data| data.title.as_str())),
        };
        let horizontal = sideways || (bands.kind == ColumnKind::Category && !fit_bands(&keys.labels, WIDTH));
        let thickness = if beside { 12 * small(groups.labels.len()).max(2) } else { 20 };
        let height = if horizontal { (small(keys.labels.len()) * thickness).clamp(80, 1200) } else { HEIGHT };
        let headline = if plain { value_title.clone() } else { sentence(&value_title) };
        let title = title(&headline, bands, rows.color.as_ref());
        let low = bars.iter().map(|bar| bar.low.min(bar.high)).fold(0.0, f64::min);
        let high = bars.iter().map(|bar| bar.low.max(bar.high)).fold(f64::NEG_INFINITY, f64::max);
        let counts = aggregate == Aggregate::Count;
        let values = Axis::numbers(&value_title, low, high, true).with_whole_ticks(counts);
        let names = Axis::bands(&bands.title, keys.labels);
        let (x, y) = if horizontal { (values, names) } else { (names, values) };
        Ok(PreparedChart {
            kind: self.name().to_owned(),
            title,
            notes: rows.notes.iter().cloned().chain(keys.notes).collect(),
            width: WIDTH,
            height,
            x,
            y,
            color: legend(&groups, rows.color.as_ref()),
            marks: Marks::Bands { horizontal, beside, bars },
        })
    }
}

/// Which column makes the bands and which the numbers, and whether the bands were asked for along y.
fn axes<'a>(rows: &'a Rows, spec: &ChartSpec) -> Result<(&'a Data, Option<&'a Data>, bool)> {
    match (&rows.x, &rows.y) {
        (Some(x), None) => Ok((x, None, false)),
        (Some(x), Some(y)) if y.kind == ColumnKind::Number => Ok((x, Some(y), false)),
        (Some(x), Some(y)) if x.kind == ColumnKind::Number => Ok((y, Some(x), true)),
        (Some(_), Some(_)) => Err(ChartError::WrongType {
            kind: "bar",
            channel: "y",
            found: ColumnKind::Category.plural().to_owned(),
            column: spec.y.clone().unwrap_or_default(),
            help: "with categories on x, y takes numbers; put the second category on color".to_owned(),
        }),
        (None, _) => Err(ChartError::NothingToDraw),
    }
}

fn title(value: &str, bands: &Data, color: Option<&Data>) -> String {
    let and = color.map(|color| format!(" and {}", color.title)).unwrap_or_default();
    format!("{value} by {}{and}", bands.title)
}

/// The aggregate of a band and group.
struct Cell {
    band: usize,
    group: usize,
    value: f64,
    rows: usize,
}

fn cells(keys: &Keys, groups: &Groups, value: Option<&Data>, aggregate: Aggregate) -> Result<Vec<Cell>> {
    let rows = keys.of_row.len();
    let columns = vec![
        Column::new("band".into(), &keys.of_row),
        Column::new("group".into(), &groups.of_row),
        values(value, rows)?,
    ];
    let totals = aggregate.over(DataFrame::new(rows, columns)?, &["band", "group"])?;
    let (bands, of_group) = (totals.column("band")?.u32()?, totals.column("group")?.u32()?);
    let (sums, counts) = (totals.column("value")?.f64()?, totals.column("rows")?.u32()?);
    let all = bands.iter().zip(of_group.iter()).zip(sums.iter().zip(counts.iter()));
    Ok(all
        .filter_map(|((band, group), (value, rows))| {
            let (band, group) = (band? as usize, group? as usize);
            Some(Cell { band, group, value: value.filter(|value| value.is_finite())?, rows: rows? as usize })
        })
        .collect())
}

/// Bars from cells that are sorted by band; stacked ones stand on each other, negative ones hang below.
fn stack(cells: &[Cell], grouped: bool, stacked: bool) -> Vec<Band> {
    let mut bars: Vec<Band> = Vec::new();
    let (mut band, mut up, mut down) = (usize::MAX, 0.0, 0.0);
    for cell in cells {
        if cell.band != band {
            (band, up, down) = (cell.band, 0.0, 0.0);
        }
        let low = match (stacked, cell.value < 0.0) {
            (false, _) => 0.0,
            (true, false) => up,
            (true, true) => down,
        };
        let high = low + cell.value;
        if cell.value < 0.0 {
            down = high;
        } else {
            up = high;
        }
        bars.push(Band { band, low, high, rows: cell.rows, group: grouped.then_some(cell.group) });
    }
    bars
}
