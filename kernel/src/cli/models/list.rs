//! `synthbook models list`: every model with its state, licence and size.

use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use polars::prelude::df;
use serde_json::json;
use synthbook_agents::models::{ModelKind, ModelState, Models, State};

use crate::cli::error::CliError;
use crate::cli::{Subcommand, output};
use crate::display::{TableOptions, table_text};
use crate::error::KernelError;
use crate::frames::human_bytes;
use crate::session::Paths;

/// Lists the models.
pub(super) struct List;

#[derive(Debug, Args)]
struct Arguments {
    /// Print the list as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for List {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("list").about("List the models: state, licence, size"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let models = Models::new(&Paths::from_environment().data).list().map_err(CliError::foreign)?;
        if arguments.json {
            output::json(&json!({ "models": models }))?;
            return Ok(ExitCode::SUCCESS);
        }
        let column = |read: fn(&ModelState) -> &str| models.iter().map(read).collect::<Vec<_>>();
        let table = df!(
            "name" => column(|model| &model.name),
            "kind" => column(|model| kind(model.kind)),
            "state" => column(|model| state(model.state)),
            "licence" => column(|model| &model.licence),
            "to fetch" => models.iter().map(|model| human_bytes(model.fetched_bytes)).collect::<Vec<_>>(),
            "about" => column(|model| &model.about),
        )
        .map_err(KernelError::from)?;
        output::text(&table_text(&table, &TableOptions { rows: 1000, quotes: false, ..TableOptions::default() }))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn kind(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Runtime => "runtime",
        ModelKind::Embedding => "embedding",
        ModelKind::Speech => "speech",
        ModelKind::Chat => "chat",
        _ => "other",
    }
}

/// The state in a word.
fn state(state: State) -> &'static str {
    match state {
        State::Ready => "ready",
        State::Missing => "missing",
        State::Damaged => "damaged",
        State::Unavailable => "unavailable here",
        _ => "unknown",
    }
}
