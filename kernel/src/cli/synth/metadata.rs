//! `synthbook synth metadata`: reads the meaning of a table's columns off the data, to be corrected by hand.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::{Value, json};
use synthbook_synth::Seed;

use super::table::{self, MOST_ROWS};
use crate::cli::error::CliError;
use crate::cli::{Subcommand, output};
use crate::data;

/// Detects metadata.
pub(super) struct Describe;

#[derive(Debug, Args)]
struct Arguments {
    /// The table: CSV, Parquet, Arrow IPC or JSON lines.
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// The JSON file to write: SDV reads it too; correct it and give it to `synth fit --metadata`.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Look at no more than so many rows, evenly spread over the table.
    #[arg(long, value_name = "ROWS", value_parser = table::most_rows, default_value_t = MOST_ROWS)]
    max_rows: usize,
    /// Print the metadata as one JSON document as well.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Describe {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("metadata").about("Write down what a table's columns seem to mean"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let excerpt = table::read(&arguments.data, arguments.max_rows, Seed::default(), arguments.json)?;
        let metadata = table::metadata(None, &excerpt.frame)?;
        let document = metadata.to_json();
        data::save_text(&document, &arguments.out)?;
        if arguments.json {
            let document: Value = serde_json::from_str(&document).unwrap_or_default();
            return output::json(&json!({ "file": arguments.out, "metadata": document })).map(|()| ExitCode::SUCCESS);
        }
        let width = metadata.columns().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, about) in metadata.columns() {
            let key = if metadata.primary_key() == Some(name) { ", key" } else { "" };
            output::text(&format!("{name:width$}  {}{key}", about.kind))?;
        }
        output::text(&format!("Written to {}", arguments.out.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
