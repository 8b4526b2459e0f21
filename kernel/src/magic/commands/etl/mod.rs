//! `%etl`: loads the retail warehouse, tells how its loads went, and checks its data; one file per action.

mod quality;
mod run;
mod status;

use polars::prelude::DataFrame;
use serde::Serialize;

use super::sqlcmd;
use crate::display::Bundle;
use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};
use crate::session::{Connection, SESSION, WAREHOUSE};

/// The magic.
pub(in crate::magic) struct Etl;

/// One action: its name and what it does.
type Action = (&'static str, fn(&Arguments, &Call, &Context<'_>) -> Result<(), KernelError>);

/// Every action, in the order of the help page.
static ACTIONS: [Action; 3] = [("run", run::run), ("status", status::run), ("quality", quality::run)];

const NAMES: &[&str] = &["run", "status", "quality"];

const SPEC: MagicSpec = MagicSpec {
    name: "etl",
    kind: MagicKind::Line,
    summary: "Loads the retail warehouse from the demo data, tells how its loads went, and checks its data.",
    arguments: &[
        Argument::required("ACTION", ValueKind::Choice(NAMES), "What to do."),
        Argument::optional(
            "--connection|-c",
            ValueKind::Connection,
            "The warehouse; without it the current connection, or the default warehouse while that is the session's own.",
        ),
        Argument::optional(
            "--source",
            ValueKind::Path,
            "The folder with the Parquet files to load; the demo data without it.",
        ),
        Argument::optional(
            "--expectations",
            ValueKind::Path,
            "The file that says what the data are expected to be like; derived from the data and written if there is none.",
        ),
        Argument::optional("--as", ValueKind::NewFrame, "Keeps the report's table as a frame too."),
        Argument::optional("--json", ValueKind::Switch, "Shows the report as JSON."),
    ],
    examples: &["%connect shop duckdb:shop.duckdb --write\n%etl status"],
};

impl Magic for Etl {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let action = arguments.need("ACTION", call)?.text.as_str();
        match ACTIONS.iter().find(|(name, _)| *name == action) {
            Some((_, run)) => run(&arguments, call, context),
            None => Ok(()),
        }
    }
}

/// The name of the warehouse that is meant.
fn name(arguments: &Arguments, context: &Context<'_>) -> String {
    match (arguments.text("--connection|-c"), context.session.current_connection()) {
        (Some(name), _) => name.to_owned(),
        (None, current) if current == SESSION => WAREHOUSE.to_owned(),
        (None, current) => current,
    }
}

/// The warehouse that is meant, open for reading.
fn connection(arguments: &Arguments, context: &Context<'_>) -> Result<Connection, KernelError> {
    let connection = context.session.connection(Some(&name(arguments, context)));
    match arguments.get("--connection|-c") {
        Some(word) => connection.map_err(|error| error.at(word.span.clone())),
        None => connection,
    }
}

/// Shows a report: its table, or the whole of it as JSON.
fn show(
    report: &impl Serialize,
    table: &DataFrame,
    arguments: &Arguments,
    call: &Call,
    context: &Context<'_>,
) -> Result<(), KernelError> {
    if arguments.has("--json") {
        let value = serde_json::to_value(report).unwrap_or_default();
        context.out.display(Bundle::text(format!("{value:#}")).with("application/json", value));
        return Ok(());
    }
    sqlcmd::show(table, arguments, call, context)
}
