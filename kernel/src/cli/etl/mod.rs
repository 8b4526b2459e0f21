//! `synthbook etl`: loads the retail warehouse, tells how its loads went, and checks its data.

mod quality;
mod run;
mod status;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgMatches, Command};
use polars::prelude::DataFrame;
use serde::Serialize;
use synthbook_agents::warehouse::Warehouse;

use super::error::CliError;
use super::{Subcommand, output};
use crate::display::{TableOptions, table_text};
use crate::session::{Paths, WAREHOUSE};
use crate::warehouses;

/// The subcommands of loads.
pub(super) struct Etl;

/// Every subcommand of `etl`.
static SUBCOMMANDS: &[&dyn Subcommand] = &[&run::Run, &status::Status, &quality::Quality];

impl Subcommand for Etl {
    fn command(&self) -> Command {
        Command::new("etl")
            .about("Load the retail warehouse and check its data")
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommands(SUBCOMMANDS.iter().map(|subcommand| subcommand.command()))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        super::chosen(SUBCOMMANDS, matches)
    }
}

/// Opens the warehouse of `--db`, or the default one.
fn open(db: Option<&str>, write: bool, paths: &Paths) -> Result<Arc<dyn Warehouse>, CliError> {
    let place = warehouses::named_or_place(db.unwrap_or(WAREHOUSE), write, paths)?;
    Ok(warehouses::open(&place, paths, None)?)
}

/// Prints a report: a line and its table, or the whole of it as JSON.
fn show(report: &impl Serialize, line: &str, table: &DataFrame, json: bool) -> Result<(), CliError> {
    if json {
        return output::json(&serde_json::to_value(report).unwrap_or_default());
    }
    output::text(line)?;
    output::text(&table_text(table, &TableOptions { rows: 1000, quotes: false, ..TableOptions::default() }))
}
