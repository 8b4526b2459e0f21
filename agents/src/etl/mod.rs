//! Loading data into a warehouse, the log of what was loaded, and checks of what is there.
//!
//! **Invariant:** each step of a load is one transaction that holds its own entry in the log, so the log never says more or
//! less than the tables do.

mod batch;
mod error;
mod log;
mod merge;
mod pipeline;
mod quality;
pub mod retail;
pub(crate) mod rows;
mod status;

pub use error::EtlError;
pub use log::Outcome;
pub use pipeline::{RunReport, StepReport};
pub use quality::{
    Check, CheckKind, ColumnExpectation, Expectations, Freshness, QualityReport, Reference, TableExpectation, Volume,
    derive, quality,
};
pub use status::{RunStatus, Status, StepStatus, status};
