//! `synthbook synth fit`: learns a table's joint law and saves the model.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use polars::prelude::DataFrame;
use serde_json::json;
use synthbook_synth::{Origin, Seed, Synthesizer, find};

use super::table::{self, MOST_ROWS};
use crate::catalogue::DEFAULT_METHOD;
use crate::cli::error::CliError;
use crate::cli::{Subcommand, data, output};
use crate::data::Excerpt;
use crate::display::group_digits;

/// Fits a model.
pub(super) struct Fit;

#[derive(Debug, Args)]
struct Arguments {
    /// The table: CSV, Parquet, Arrow IPC or JSON lines. Only `--method rules --set spec=FILE` takes none.
    #[arg(value_name = "DATA")]
    data: Option<PathBuf>,
    /// The file to save the model in.
    #[arg(short, long, value_name = "MODEL")]
    out: PathBuf,
    /// The synthesizer; `synth methods` lists them.
    #[arg(long, value_name = "METHOD", default_value = DEFAULT_METHOD)]
    method: String,
    /// What the columns mean, as SDV's JSON; read off the data when it is not given.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// What decides every draw.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// A setting of the synthesizer.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = data::setting)]
    settings: Vec<(String, String)>,
    /// The quality, from 0 to 1, that `auto` tries to reach.
    #[arg(long, value_name = "QUALITY")]
    quality_threshold: Option<f64>,
    /// The column that models will be trained to predict, for methods that take it into account.
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// Fit on at most so many rows, evenly spread over the table by the seed.
    #[arg(long, value_name = "ROWS", value_parser = table::most_rows, default_value_t = MOST_ROWS)]
    max_rows: usize,
    /// Say what was done as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Fit {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("fit").about("Learn a table and save the model"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let settings = arguments.all_settings();
        let synthesizer = configured(&arguments.method, &settings)?;
        let seed = Seed::new(arguments.seed);
        let excerpt = match &arguments.data {
            Some(data) => table::read(data, arguments.max_rows, seed, arguments.json)?,
            None if arguments.is_declared() => Excerpt { frame: DataFrame::empty(), notes: Vec::new(), total: 0 },
            None => return Err(no_data()),
        };
        let metadata = table::metadata(arguments.metadata.as_deref(), &excerpt.frame)?;
        let mut model = table::work("Fitting", |progress| synthesizer.fit(&excerpt.frame, &metadata, seed, progress))
            .map_err(CliError::foreign)?;
        if let Some(part) = excerpt.left_out() {
            model.note(part);
        }
        let origin = Origin {
            source: arguments.source(),
            source_rows: excerpt.total,
            method: arguments.method.clone(),
            settings: settings.into_iter().collect(),
            seed: arguments.seed,
            ..Origin::of(model.as_ref())
        };
        origin.save(model.as_ref(), &arguments.out).map_err(CliError::foreign)?;
        let (rows, columns) = (model.rows(), model.empty().map_err(CliError::foreign)?.width());
        if arguments.json {
            output::json(&json!({
                "model": arguments.out,
                "method": arguments.method,
                "synthesizer": model.synthesizer(),
                "rows": rows,
                "source_rows": excerpt.total,
                "columns": columns,
                "seed": arguments.seed,
                "settings": origin.settings,
                "notes": excerpt.notes.iter().chain(model.notes()).collect::<BTreeSet<_>>(),
            }))?;
        } else {
            model.notes().iter().try_for_each(|note| output::text(&format!("note: {note}")))?;
            output::text(&format!(
                "{} fitted to {} rows of {columns} columns, saved as {}",
                model.synthesizer(),
                group_digits(rows),
                arguments.out.display()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Arguments {
    /// Whether the model is declared and needs no table.
    fn is_declared(&self) -> bool {
        self.method == "rules" && self.settings.iter().any(|(name, value)| name == "spec" && value != "none")
    }

    /// The name of what is fitted, without its folder.
    fn source(&self) -> String {
        let name = self.data.as_ref().and_then(|data| data.file_name());
        name.map_or_else(|| "declared laws".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// The settings as they were typed, `--quality-threshold` among them.
    fn all_settings(&self) -> Vec<(String, String)> {
        let quality = self.quality_threshold.map(|quality| ("quality_threshold".to_owned(), quality.to_string()));
        let target = self.target.clone().map(|target| ("target".to_owned(), target));
        self.settings.iter().cloned().chain(quality).chain(target).collect()
    }
}

fn no_data() -> CliError {
    CliError::Usage {
        message: "the following required arguments were not provided: <DATA>".to_owned(),
        help: "name a table; only --method rules --set spec=FILE makes a model without one".to_owned(),
    }
}

fn configured(method: &str, settings: &[(String, String)]) -> Result<Box<dyn Synthesizer>, CliError> {
    let mut synthesizer = find(method).map_err(CliError::foreign)?;
    for (name, value) in settings {
        synthesizer.set(name, value).map_err(CliError::foreign)?;
    }
    Ok(synthesizer)
}
