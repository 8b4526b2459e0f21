//! The chart kinds, a file each.

pub(crate) mod bar;
pub(crate) mod histogram;
pub(crate) mod line;
pub(crate) mod scatter;

use crate::categories::Groups;
use crate::column::{ColumnKind, Data};
use crate::prepared::{Axis, ColorScale};

/// The default width of a plot in pixels.
const WIDTH: u32 = 480;
/// The default height of a plot in pixels.
const HEIGHT: u32 = 300;

/// What a colour channel takes where colours are groups.
const COLORS: &[ColumnKind] = &[ColumnKind::Category, ColumnKind::Number, ColumnKind::Time];

/// The legend of groups; `None` in a chart of one colour.
fn legend(groups: &Groups, color: Option<&Data>) -> Option<ColorScale> {
    color.map(|data| ColorScale::Groups { title: data.title.clone(), labels: groups.labels.clone() })
}

/// An axis along the values of a column, from the least to the greatest.
fn axis_of(data: &Data, min: f64, max: f64) -> Axis {
    match data.kind {
        ColumnKind::Time => Axis::times(&data.title, min, max),
        _ => Axis::numbers(&data.title, min, max, false).with_whole_ticks(data.integral),
    }
}
