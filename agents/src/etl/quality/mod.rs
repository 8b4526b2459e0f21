//! Checks of what is in a warehouse against expectations, which are derived from the data once, kept in a file, and may be
//! edited.

mod check;
mod derive;
mod expectations;
mod report;

use std::path::Path;

use synthbook_synth::Progress;

pub use derive::derive;
pub use expectations::{ColumnExpectation, Expectations, Freshness, Reference, TableExpectation, Volume};
pub use report::{Check, CheckKind, QualityReport};

use super::EtlError;
use crate::warehouse::Warehouse;

/// Checks a warehouse against the expectations of a file. A file that is not there yet is made from the data as they are now;
/// without a file the data are only checked against what they are now and what the database declares.
///
/// # Errors
/// [`EtlError::NothingToCheck`], [`EtlError::Expectations`], and what the warehouse says. A check that fails is no error: it is in
/// the report.
///
/// ```
/// use synthbook_agents::etl;
/// use synthbook_agents::warehouse::{DuckDb, Guard, Request, Sql, Warehouse, check};
/// use synthbook_synth::Progress;
/// let duck = DuckDb::in_memory()?;
/// let run = |script: &str| duck.query(&check(Sql::new(script), &Guard::write())?, &Request::default()).map(drop);
/// run("CREATE TABLE orders AS SELECT i AS order_id, 'open' AS state FROM range(50) t(i)")?;
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("expectations.toml");
/// assert!(etl::quality(&duck, Some(&file), &Progress::silent())?.passed());
/// run("INSERT INTO orders VALUES (7, 'open')")?;
/// let report = etl::quality(&duck, Some(&file), &Progress::silent())?;
/// assert!(report.failed().any(|check| check.subject == "orders.order_id"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn quality(
    warehouse: &dyn Warehouse,
    expectations: Option<&Path>,
    progress: &Progress,
) -> Result<QualityReport, EtlError> {
    let kept = match expectations {
        Some(path) if path.exists() => Some(Expectations::read(path)?),
        _ => None,
    };
    let made = kept.is_none();
    let expected = match kept {
        Some(expected) => expected,
        None => derive(warehouse, progress)?,
    };
    if let Some(path) = expectations.filter(|_| made) {
        expected.write(path)?;
    }
    let checks = check::all(warehouse, &expected, progress)?;
    Ok(QualityReport { derived: made, file: expectations.map(Path::to_owned), checks })
}
