//! `synthbook synth package`: a folder that a training job can take, with a data card.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use polars::prelude::DataFrame;
use serde_json::{Value, json};
use synthbook_synth::{Condition, Metadata, Origin, Packaged, SampleRequest, Seed, Shares};

use super::table::{self, MOST_ROWS};
use crate::cli::error::CliError;
use crate::cli::{Subcommand, data, output};
use crate::data::Format;

/// Packages a synthetic table.
pub(super) struct Package;

#[derive(Debug, Args)]
struct Arguments {
    /// A model that `synth fit` saved, or a synthetic table.
    #[arg(value_name = "MODEL|DATA")]
    from: PathBuf,
    /// The folder to make; it must be empty or not there.
    #[arg(short, long, value_name = "FOLDER")]
    out: PathBuf,
    /// How many rows to sample of a model; as many as it was fitted on without it.
    #[arg(short = 'n', long, value_name = "ROWS", value_parser = table::rows)]
    rows: Option<usize>,
    /// A condition that every sampled row satisfies.
    #[arg(long = "where", value_name = "EXPR")]
    condition: Option<String>,
    /// The column that a model is to predict: train, validation and test get the same share of its classes.
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// The shares of train, validation and test.
    #[arg(long, value_name = "A,B,C", default_value = "0.8,0.1,0.1")]
    split: String,
    /// The real table, to judge the synthetic one by.
    #[arg(long, value_name = "FILE")]
    real: Option<PathBuf>,
    /// Real rows that the model has not seen, to judge privacy and usefulness by.
    #[arg(long, value_name = "FILE", requires = "real")]
    holdout: Option<PathBuf>,
    /// What the columns mean, as SDV's JSON; the model's, or read off the data, when it is not given.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// The data set's name on its card; the folder's without it.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// What the data are meant for, for the card.
    #[arg(long = "use", value_name = "TEXT")]
    intended_use: Option<String>,
    /// What decides every draw.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Say what was done as one JSON document.
    #[arg(long)]
    json: bool,
}

/// What is packaged.
struct Content {
    table: DataFrame,
    metadata: Metadata,
    origin: Option<Origin>,
    sampled: bool,
}

impl Subcommand for Package {
    fn command(&self) -> Command {
        let about = "Make a folder for training: splits, data card, metadata and report";
        Arguments::augment_args(Command::new("package").about(about))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let shares = Shares::parse(&arguments.split).map_err(CliError::foreign)?;
        let seed = Seed::new(arguments.seed);
        let open = |file: &PathBuf| -> Result<DataFrame, CliError> {
            Ok(table::read(file, MOST_ROWS, seed, arguments.json)?.frame)
        };
        let real = arguments.real.as_ref().map(open).transpose()?;
        let holdout = arguments.holdout.as_ref().map(open).transpose()?;
        let content = content(&arguments, real.as_ref(), seed)?;
        let name = arguments.name.clone().or_else(|| Some(arguments.out.file_name()?.to_string_lossy().into_owned()));
        let name = name.unwrap_or_else(|| "synthetic".to_owned());
        let package = synthbook_synth::Package {
            target: arguments.target.as_deref(),
            shares,
            origin: content.origin.as_ref(),
            sample_seed: content.sampled.then_some(arguments.seed),
            condition: arguments.condition.clone(),
            real: real.as_ref(),
            holdout: holdout.as_ref(),
            intended_use: arguments.intended_use.clone(),
            ..synthbook_synth::Package::new(&name, &content.table, &content.metadata)
        };
        let packaged = table::work("Packaging", |progress| package.write(&arguments.out, seed, progress));
        tell(&packaged.map_err(CliError::foreign)?, arguments.json)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn content(arguments: &Arguments, real: Option<&DataFrame>, seed: Seed) -> Result<Content, CliError> {
    let file = arguments.metadata.as_deref();
    if is_table(&arguments.from) {
        if arguments.rows.is_some() || arguments.condition.is_some() {
            return Err(CliError::Usage {
                message: "-n and --where are for a model, and this is a table".to_owned(),
                help: "give the file that synth fit saved, or leave them out".to_owned(),
            });
        }
        let table = data::read(&arguments.from, arguments.json)?;
        let metadata = table::metadata(file, real.unwrap_or(&table))?;
        return Ok(Content { table, metadata, origin: None, sampled: false });
    }
    let (model, origin) = Origin::load(&arguments.from).map_err(CliError::foreign)?;
    let mut request = SampleRequest::rows(arguments.rows.unwrap_or(model.rows()));
    if let Some(condition) = &arguments.condition {
        request = request.given(Condition::parse(condition).map_err(CliError::foreign)?);
    }
    let table =
        table::work("Sampling", |progress| model.sample(&request, seed, progress)).map_err(CliError::foreign)?;
    let metadata = match file {
        Some(file) => Metadata::read(file).map_err(CliError::foreign)?,
        None => model.metadata().clone(),
    };
    let origin = origin.unwrap_or_else(|| Origin::of(model.as_ref()));
    Ok(Content { table, metadata, origin: Some(origin), sampled: true })
}

/// Whether a path names a table rather than a model.
fn is_table(path: &Path) -> bool {
    Format::of_path(path).is_some() || path.to_string_lossy().starts_with("demo:")
}

fn tell(packaged: &Packaged, json: bool) -> Result<(), CliError> {
    if json {
        let files: Vec<Value> = packaged
            .files
            .iter()
            .map(|file| json!({ "name": file.name, "rows": file.rows, "bytes": file.bytes, "sha256": file.sha256 }))
            .collect();
        let report = packaged.report.as_ref().map(synthbook_synth::Report::to_json);
        return output::json(&json!({ "folder": packaged.folder, "files": files, "report": report }));
    }
    for file in &packaged.files {
        let rows = file.rows.map_or_else(String::new, |rows| format!("  {rows} rows"));
        output::text(&format!("{}{rows}", packaged.folder.join(&file.name).display()))?;
    }
    packaged.report.as_ref().map_or(Ok(()), |report| output::text(&report.verdict().to_string()))
}
