//! What a notebook shows: bundles, tables, charts and progress bars.

mod bundle;

pub use bundle::Bundle;
