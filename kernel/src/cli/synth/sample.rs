//! `synthbook synth sample`: draws rows from a saved model into a file, in the memory of one batch.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::json;
use synthbook_synth::{Condition, Model, Progress, SampleRequest, Seed, load};

use super::table;
use crate::cli::error::CliError;
use crate::cli::{Subcommand, output};
use crate::data::TableWriter;
use crate::display::group_digits;

/// Rows that are held in memory at a time, and rows of a Parquet file's row group.
const BATCH: usize = 1 << 17;

/// Samples a model.
pub(super) struct Sample;

#[derive(Debug, Args)]
struct Arguments {
    /// A model that `synth fit` saved.
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// How many rows the whole sample has.
    #[arg(short = 'n', long, value_name = "ROWS", value_parser = table::rows)]
    rows: usize,
    /// The file to write: CSV, Parquet, Arrow IPC or JSON lines, by its ending; .gz and .zst are packed.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// A condition that every row satisfies, as in SQL: "age > 60 AND state = 'Texas'".
    #[arg(long = "where", value_name = "EXPR")]
    condition: Option<String>,
    /// Only one part of the sample, counted from 1: all parts after each other are the sample.
    #[arg(long, value_name = "I/N", value_parser = table::shard)]
    shard: Option<(usize, usize)>,
    /// Begin a CSV file with the columns' names in every shard; without it only the first has them, so that the shards'
    /// bytes after each other are those of the whole.
    #[arg(long, conflicts_with = "no_header")]
    header: bool,
    /// Begin no CSV file with the columns' names.
    #[arg(long)]
    no_header: bool,
    /// What decides every draw.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Say what was done as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Sample {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("sample").about("Draw rows from a model"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let request = arguments.request()?;
        let model = load(&arguments.model).map_err(CliError::foreign)?;
        let written = table::work("Sampling", |progress| write(&arguments, model.as_ref(), &request, progress))?;
        let shard = arguments.shard.map(|(shard, shards)| format!("{shard}/{shards}"));
        if arguments.json {
            output::json(&json!({
                "file": arguments.out,
                "rows": written.rows,
                "columns": written.columns,
                "seed": arguments.seed,
                "where": arguments.condition,
                "shard": shard,
                "bytes": written.bytes,
            }))?;
        } else {
            let of = shard.map_or_else(String::new, |shard| format!(" (shard {shard})"));
            let rows = group_digits(written.rows);
            output::text(&format!("{rows} rows written to {}{of}", arguments.out.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Arguments {
    fn request(&self) -> Result<SampleRequest, CliError> {
        let mut request = SampleRequest::rows(self.rows);
        if let Some(condition) = &self.condition {
            request = request.given(Condition::parse(condition).map_err(CliError::foreign)?);
        }
        if let Some((shard, shards)) = self.shard {
            request = request.shard(shard, shards).map_err(CliError::foreign)?;
        }
        Ok(request)
    }

    /// Whether the file begins with the columns' names.
    fn has_header(&self) -> bool {
        !self.no_header && (self.header || self.shard.is_none_or(|(shard, _)| shard == 1))
    }
}

struct Written {
    rows: usize,
    columns: usize,
    bytes: u64,
}

fn write(
    arguments: &Arguments,
    model: &dyn Model,
    request: &SampleRequest,
    progress: &Progress,
) -> Result<Written, CliError> {
    let empty = model.empty().map_err(CliError::foreign)?;
    let mut writer = TableWriter::create(&arguments.out, None, empty.schema(), arguments.has_header())?;
    let mut rows = 0;
    for batch in model.stream(request, Seed::new(arguments.seed), progress, BATCH) {
        let batch = batch.map_err(CliError::foreign)?;
        rows += batch.height();
        writer.write(batch)?;
    }
    // What was interrupted after the last batch is not done either: the file must be on the disk first.
    progress.check().map_err(CliError::foreign)?;
    let saved = writer.finish()?;
    Ok(Written { rows, columns: empty.width(), bytes: saved.bytes })
}
