//! Teaches the cells' library to show what this crate brings.

use std::sync::Once;

use polars::prelude::{DataFrame, Series};
use synthbook_charts::PreparedChart;

use crate::{chart, show};

static REGISTER: Once = Once::new();

/// Registers the renderers of data frames, series and charts. The kernel calls it at the start of every
/// cell that has this crate in scope; only the first call does anything.
pub fn attach() {
    REGISTER.call_once(|| {
        synthbook::register_renderer::<DataFrame>(show::data_frame);
        synthbook::register_renderer::<Series>(show::series);
        synthbook::register_renderer::<PreparedChart>(chart::bundle);
    });
}
