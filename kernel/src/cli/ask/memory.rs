//! What was asked and learned, on the command line: accepting, listing, exporting and forgetting.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::super::error::CliError;
use super::super::output;
use super::Arguments;
use crate::asking;
use crate::display::{TableOptions, table_text};
use crate::session::{Paths, WAREHOUSE};
use crate::warehouses;

/// What is done with the memory instead of asking; one at a time.
#[derive(Debug, Args)]
#[group(id = "of memory", multiple = false, conflicts_with_all = ["question", "correct"])]
pub(super) struct Flags {
    /// Say that the last answer was right, or that of --number; it is remembered.
    #[arg(long)]
    pub(super) accept: bool,
    /// List what is remembered.
    #[arg(long)]
    memory: bool,
    /// Write the accepted answers as verified queries of a semantic model.
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// Forget the question of a number, or all.
    #[arg(long, value_name = "NUMBER|all", value_parser = asking::which)]
    forget: Option<asking::Which>,
}

/// Accepts, forgets, exports or lists. The database itself is not opened for it.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let paths = Paths::from_environment();
    let db = arguments.db.as_deref().unwrap_or(WAREHOUSE);
    let memory = asking::memory(&warehouses::named_or_place(db, false, &paths)?.address(), &paths);
    let flags = &arguments.memory;
    let (document, text) = if flags.accept {
        let record = memory.accept(arguments.number).map_err(CliError::foreign)?;
        let text = format!("Remembered: the answer to \"{}\" is right", record.question);
        (json!({ "accepted": record }), text)
    } else if let Some(which) = flags.forget {
        let gone = memory.forget(which.number()).map_err(CliError::foreign)?;
        (json!({ "forgotten": gone }), asking::forgotten(gone))
    } else if let Some(file) = &flags.export {
        let queries = memory.export().map_err(CliError::foreign)?;
        let text = asking::export(&queries, file)?;
        (json!({ "exported": queries.len(), "file": file }), text)
    } else {
        let records = memory.list().map_err(CliError::foreign)?;
        let text = if records.is_empty() {
            format!("Nothing was asked of {db} yet")
        } else {
            let options = TableOptions { rows: 1000, quotes: false, ..TableOptions::default() };
            table_text(&asking::table(&records)?, &options)
        };
        (json!({ "questions": records }), text)
    };
    if arguments.json {
        output::json(&document)?;
    } else {
        output::text(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}
