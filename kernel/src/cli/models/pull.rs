//! `synthbook models pull`: fetches models and checks them.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::json;
use synthbook_agents::models::{Models, PullOptions, Pulled, Source, State};

use crate::cli::error::CliError;
use crate::cli::{Subcommand, interrupt, output};
use crate::display::TerminalProgress;
use crate::frames::human_bytes;
use crate::session::Paths;

/// Fetches models.
pub(super) struct Pull;

#[derive(Debug, Args)]
struct Arguments {
    /// The models; without a name those that the set-up fetches.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// A folder with the files, or the address of one, in place of the Python packages.
    #[arg(long, value_name = "DIR|URL")]
    from: Option<String>,
    /// Fetch again what is there.
    #[arg(long)]
    force: bool,
    /// Say what was done as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Pull {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("pull").about("Fetch models and check them by SHA-256"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let models = Models::new(&Paths::from_environment().data);
        let source = arguments.from.as_deref().map_or(Ok(Source::Wheels), Source::from_argument);
        let options = PullOptions::new(python()).source(source.map_err(CliError::foreign)?).force(arguments.force);
        let names = if arguments.names.is_empty() {
            let all = models.list().map_err(CliError::foreign)?;
            all.into_iter()
                .filter(|model| model.default && model.state != State::Unavailable)
                .map(|model| model.name)
                .collect()
        } else {
            arguments.names.clone()
        };
        let mut done = Vec::new();
        for name in &names {
            let bar = TerminalProgress::new(name);
            let pulled = models.pull(name, &options, &bar.handle(interrupt::flag()));
            bar.finish();
            let pulled = pulled.map_err(CliError::foreign)?;
            if !arguments.json {
                output::text(&told(&pulled))?;
            }
            done.push(pulled);
        }
        if arguments.json {
            output::json(&json!({ "models": done }))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn told(pulled: &Pulled) -> String {
    let Pulled { name, licence, already, bytes, .. } = pulled;
    let what = if *already { "is there already" } else { "fetched and checked" };
    format!("{name}: {what}, {}, licence {licence}", human_bytes(*bytes))
}

/// The Python that has pip: the one beside this program, else the one on the path.
fn python() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("python3")));
    beside.filter(|python| python.is_file()).unwrap_or_else(|| PathBuf::from("python3"))
}
