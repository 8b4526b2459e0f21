//! What can go wrong while data is loaded or checked.

use std::path::PathBuf;

use synthbook_synth::SynthError;

use crate::AgentsError;

/// Why a load or a check could not be done.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum EtlError {
    /// The warehouse said no.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Warehouse(#[from] AgentsError),
    /// A file of the source is not there.
    #[error("A file of the source is missing: {}", path.display())]
    #[diagnostic(
        code(etl::source_missing),
        help(
            "Name the folder that holds transactions.parquet, products.parquet and demographics.parquet; the set-up fetches them."
        )
    )]
    SourceMissing {
        /// The file.
        path: PathBuf,
    },
    /// A file of the source can't be read as what it should be.
    #[error("A file of the source can't be read ({reason}): {}", path.display())]
    #[diagnostic(
        code(etl::source_unreadable),
        help("It must be a Parquet file with the columns of The Complete Journey; fetch it again if it is damaged.")
    )]
    SourceUnreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Rows of the source break what the load relies on.
    #[error("{count} rows of the source {what}: {}", path.display())]
    #[diagnostic(code(etl::source_rows), help("Nothing was loaded. Correct the file, then run the load again."))]
    SourceRows {
        /// The file.
        path: PathBuf,
        /// What is wrong with them.
        what: &'static str,
        /// How many.
        count: u64,
    },
    /// A table of the target is not what the load makes.
    #[error("A table of the warehouse has another shape: {table} lacks {column}")]
    #[diagnostic(code(etl::other_table), help("Load into another database, or rename the table that is there."))]
    OtherTable {
        /// The table.
        table: String,
        /// The column that is missing.
        column: String,
    },
    /// Another run is at work.
    #[error("Another run of this load is at work: run {run}")]
    #[diagnostic(
        code(etl::busy),
        help("Wait until it has ended, then run the load again; status shows how far it is.")
    )]
    Busy {
        /// Its number.
        run: i64,
    },
    /// The session has a transaction open, which the load's own can't be part of.
    #[error("A transaction is open in this session")]
    #[diagnostic(code(etl::open_transaction), help("End it first: COMMIT or ROLLBACK."))]
    OpenTransaction,
    /// The moment of the run lies before changes that were recorded.
    #[error("Changes of customers are recorded up to {latest}, so a run can't be dated {given}")]
    #[diagnostic(code(etl::as_of_too_early), help("Leave the date of the run away, or give a later one."))]
    TooEarly {
        /// The moment that was given.
        given: String,
        /// The latest change.
        latest: String,
    },
    /// It was stopped.
    #[error("The load was stopped")]
    #[diagnostic(code(etl::cancelled), help("What was loaded so far is whole; run the load again to complete it."))]
    Cancelled,
    /// Attributes could not be generated.
    #[error("Attributes can't be generated: {reason}")]
    #[diagnostic(code(etl::generation))]
    Generation {
        /// What the generator said.
        reason: String,
    },
    /// The file of expectations can't be read or written.
    #[error("The file of expectations can't be used ({reason}): {}", path.display())]
    #[diagnostic(
        code(etl::expectations),
        help("Correct the file by hand, or remove it: the next check derives a new one from the data.")
    )]
    Expectations {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is nothing to check.
    #[error("There are no tables to check")]
    #[diagnostic(code(etl::nothing_to_check), help("Load data first: synthbook etl run"))]
    NothingToCheck,
}

impl From<SynthError> for EtlError {
    fn from(error: SynthError) -> Self {
        match error {
            SynthError::Cancelled => Self::Cancelled,
            other => Self::Generation { reason: other.to_string() },
        }
    }
}

impl EtlError {
    /// Whether somebody asked the work to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled | Self::Warehouse(AgentsError::Cancelled))
    }
}
