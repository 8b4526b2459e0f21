//! `synthbook ask`: answers a question in words, or says why not; and keeps, lists and forgets what was learned.

mod memory;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use jiff::civil::Date;
use synthbook_agents::ask::{Answer, Choice, Outcome, Question, Refusal};
use synthbook_agents::warehouse::Cancel;
use synthbook_synth::ProgressSink;

use super::error::CliError;
use super::{Subcommand, data, interrupt, output};
use crate::asking::{self, Asking};
use crate::data::Format;
use crate::display::{TableOptions, TerminalProgress, table_text};
use crate::error::KernelError;
use crate::session::{Paths, WAREHOUSE};
use crate::{warehouses, watch};

/// Answers a question.
pub(super) struct Ask;

#[derive(Debug, Args)]
struct Arguments {
    /// The question, or the number of a choice that was offered for the one before.
    #[arg(value_name = "QUESTION", required_unless_present = "of memory")]
    question: Option<String>,
    /// What to ask: a DuckDB file, a URL, or a connection's name; the default warehouse without it.
    #[arg(long, value_name = "URL|NAME")]
    db: Option<String>,
    /// A question that was asked before; may be repeated, the oldest first.
    #[arg(long, value_name = "QUESTION")]
    context: Vec<String>,
    /// The day that relative dates count from.
    #[arg(long, value_name = "DATE", value_parser = asking::day)]
    as_of: Option<Date>,
    /// The file of the semantic model; without it the retail model, or one made from the database.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Neither remember the question nor look for what was learned before.
    #[arg(long, conflicts_with_all = ["correct", "of memory"])]
    no_memory: bool,
    /// Write the rows of the answer to a file: CSV, Parquet, Arrow IPC, JSON lines, by its ending.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The words say what the last question meant, or that of --number; the next time it is understood so.
    #[arg(long, conflicts_with = "context")]
    correct: bool,
    /// The question that --accept or --correct is about; the last one without it.
    #[arg(long, value_name = "NUMBER")]
    number: Option<u64>,
    #[command(flatten)]
    memory: memory::Flags,
    /// Print one JSON document: the answer or the refusal, or what is remembered.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Ask {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("ask")).about("Answer a question in words, from data")
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let about_one = arguments.correct || arguments.memory.accept;
        if arguments.number.is_some() && !about_one {
            return Err(CliError::Usage {
                message: "--number says which question is accepted or corrected".to_owned(),
                help: "give it with --accept or --correct; synthbook ask --memory lists the numbers".to_owned(),
            });
        }
        if let Some(question) = &arguments.question {
            return answer(question, &arguments);
        }
        memory::run(&arguments)
    }
}

/// Answers, or learns what the question before meant and answers that.
fn answer(question: &str, arguments: &Arguments) -> Result<ExitCode, CliError> {
    if let Some(file) = arguments.out.as_ref().filter(|file| Format::of_path(file).is_none()) {
        return Err(KernelError::UnknownFormat { name: file.display().to_string() }.into());
    }
    let outcome = ask(question, arguments)?;
    if let (Outcome::Answer(answer), Some(file)) = (&outcome, &arguments.out) {
        data::write(&answer.frame().map_err(CliError::foreign)?, file)?;
    }
    if arguments.json {
        output::json(&serde_json::to_value(&outcome).unwrap_or_default())?;
        return Ok(ExitCode::SUCCESS);
    }
    match &outcome {
        Outcome::Answer(answer) => {
            if arguments.correct {
                output::text("Remembered: the question before means this from now on")?;
            }
            tell(answer)?;
            if let Some(file) = &arguments.out {
                output::text(&format!("{} rows written to {}", answer.batch.num_rows(), file.display()))?;
            }
        }
        Outcome::Refusal(refusal) => {
            if arguments.correct {
                output::text("Not learned: these words are not understood either")?;
            }
            refuse(refusal)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(words: &str, arguments: &Arguments) -> Result<Outcome, CliError> {
    let paths = Paths::from_environment();
    let place = warehouses::named_or_place(arguments.db.as_deref().unwrap_or(WAREHOUSE), false, &paths)?;
    let asking = Asking { model: arguments.model.clone(), today: arguments.as_of, forgetful: arguments.no_memory };
    let (cancel, bar) = (Cancel::new(), TerminalProgress::new("Asking"));
    let tell = |elapsed| bar.update(None, &watch::so_far(elapsed, 0));
    let result = watch::watched(&interrupt::flag(), &cancel, tell, || {
        let warehouse = warehouses::open_for_agents(&place, &paths)?;
        let engine = asking::engine(place.address(), warehouse, &paths, &asking, &cancel)?;
        let question = Question::new(words).after(&arguments.context).as_of(arguments.as_of).stopped_by(&cancel);
        let outcome =
            if arguments.correct { engine.correct(arguments.number, &question) } else { engine.ask(&question) };
        outcome.map_err(CliError::foreign)
    });
    bar.finish();
    result
}

fn tell(answer: &Answer) -> Result<(), CliError> {
    let frame = answer.frame().map_err(CliError::foreign)?;
    output::text(&answer.text)?;
    output::text(&format!("Understood as: {}", answer.interpretation))?;
    if frame.height() > 0 {
        output::text(&table_text(&frame, &TableOptions { rows: 40, quotes: false, ..TableOptions::default() }))?;
    }
    output::text(&format!("SQL: {}", answer.sql))?;
    for note in &answer.notes {
        output::text(&format!("Note: {note}"))?;
    }
    offer("It may also mean", &answer.choices)
}

fn refuse(refusal: &Refusal) -> Result<(), CliError> {
    output::text(&format!("No answer ({}): {}", refusal.code, refusal.message))?;
    if !refusal.choices.is_empty() {
        return offer("Did you mean", &refusal.choices);
    }
    for suggestion in &refusal.suggestions {
        output::text(&format!("- {suggestion}"))?;
    }
    Ok(())
}

/// Questions to pick from by number.
fn offer(title: &str, choices: &[Choice]) -> Result<(), CliError> {
    if choices.is_empty() {
        return Ok(());
    }
    output::text(&format!("{title} (synthbook ask 1 picks the first):"))?;
    for (place, choice) in choices.iter().enumerate() {
        output::text(&format!("{}. {} ({})", place + 1, choice.question, choice.reading))?;
    }
    Ok(())
}
