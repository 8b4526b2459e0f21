//! `%synth`: fits models of frames, samples, imputes, augments, judges and packages; one file per action.

mod augment;
mod complete;
mod evaluate;
mod fit;
mod impute;
mod keep;
mod metadata;
mod methods;
mod package;
mod rules;
mod sample;
mod settings;

use polars::prelude::{DataFrame, PlSmallStr};
use synthbook_synth::{Condition, Metadata, Seed};

use crate::display::{TableOptions, table_bundle};
use crate::engine::Completion;
use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, Word, suggest};
use crate::session::Session;

/// The magic.
pub(in crate::magic) struct Synth;

/// One action: its name and what it does.
type Action = (&'static str, fn(&Arguments, &Call, &Context<'_>) -> Result<(), KernelError>);

/// Every action, in the order of the help page.
static ACTIONS: [Action; 12] = [
    ("metadata", metadata::run),
    ("rules", rules::run),
    ("fit", fit::run),
    ("sample", sample::run),
    ("impute", impute::run),
    ("augment", augment::run),
    ("evaluate", evaluate::evaluate),
    ("report", evaluate::report),
    ("package", package::run),
    ("methods", methods::run),
    ("save", keep::save),
    ("load", keep::load),
];

const NAMES: &[&str] = &[
    "metadata", "rules", "fit", "sample", "impute", "augment", "evaluate", "report", "package", "methods", "save",
    "load",
];

const SPEC: MagicSpec = MagicSpec {
    name: "synth",
    kind: MagicKind::Both,
    summary: "Synthetic data: fits a model of a frame, samples it, fills gaps, augments, judges and packages.",
    arguments: &[
        Argument::required("ACTION", ValueKind::Choice(NAMES), "What to do."),
        Argument::optional("NAME", ValueKind::Text, "The frame or the model that it is done to, or the file to load."),
        Argument::optional(
            "FILE",
            ValueKind::Path,
            "What comes second: the frame to impute, the file to save to, the folder of a package.",
        ),
        Argument::optional(
            "--as",
            ValueKind::NewFrame,
            "The name of the model that is fitted or loaded, or of the frame that is made.",
        ),
        Argument::optional("--method|-m", ValueKind::Text, "The synthesizer or augmenter; %synth methods lists them."),
        Argument::optional(
            "--metadata",
            ValueKind::Path,
            "A JSON file that says what the columns mean; recognised without it.",
        ),
        Argument::optional(
            "--rows|-n",
            ValueKind::Integer,
            "How many rows to sample; as many as were fitted without it.",
        ),
        Argument::optional("--where", ValueKind::Text, "A condition that every sampled row satisfies, as in SQL."),
        Argument::optional("--seed", ValueKind::Integer, "The seed of all randomness; 0 without it."),
        Argument::optional("--target", ValueKind::Column, "The column to be predicted or balanced."),
        Argument::optional(
            "--quality-threshold",
            ValueKind::Text,
            "The quality, from 0 to 1, that auto tries to reach.",
        ),
        Argument::optional(
            "--max-rows",
            ValueKind::Integer,
            "Uses at most so many rows, evenly spread; 1,000,000 without it.",
        ),
        Argument::optional("--real", ValueKind::Frame, "The real frame to judge by."),
        Argument::optional("--synthetic", ValueKind::Frame, "The synthetic frame to judge."),
        Argument::optional("--holdout", ValueKind::Frame, "Real rows that the model has not seen."),
        Argument::optional("--check", ValueKind::Frame, "The frame whose rows are checked against the rules."),
        Argument::optional(
            "--split",
            ValueKind::Text,
            "A package's shares of train, validation and test; 0.8,0.1,0.1 without it.",
        ),
        Argument::optional("--use", ValueKind::Text, "What a package is meant for, for its card."),
        Argument::optional("--html", ValueKind::Path, "Writes the report as one HTML file."),
        Argument::optional("--json", ValueKind::Switch, "Shows the result as JSON."),
        Argument::optional("KEY=", ValueKind::Text, "A setting of the synthesizer or augmenter."),
    ],
    examples: &[
        "%synth metadata people people.json",
        "%synth rules people",
        "%synth fit people --as twin --method gaussian_copula --seed 7",
        "%synth sample twin -n 100 --as synthetic --seed 8 --where \"age > 30 AND city = 'Rome'\"",
        "%synth impute twin people --as whole",
        "%synth augment people --method random_over --target city --as balanced sampling=Rome=30",
        "%synth evaluate --real people --synthetic synthetic --json",
        "%synth package twin twin_data -n 200 --target member",
        "%synth methods",
        "%synth save twin twin.model\n%synth load twin.model --as again",
        "%%synth fit people --as smooth\nmethod = \"gaussian_copula\"\nseed = 7\n\n[settings]\npieces = 50\nshrinkage = 0.1",
    ],
};

impl Magic for Synth {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let mut arguments = Arguments::parse(SPEC, call)?;
        settings::read(&mut arguments, call)?;
        let action = arguments.need("ACTION", call)?.text.as_str();
        match ACTIONS.iter().find(|(name, _)| *name == action) {
            Some((_, run)) => run(&arguments, call, context),
            None => Ok(()),
        }
    }

    fn complete(&self, call: &Call, cursor: usize, session: &Session) -> Vec<Completion> {
        complete::items(call, cursor, session)
    }
}

/// The number behind the seed.
fn seed_number(arguments: &Arguments) -> Result<u64, KernelError> {
    Ok(arguments.integer("--seed")?.unwrap_or(0) as u64)
}

fn seed(arguments: &Arguments) -> Result<Seed, KernelError> {
    seed_number(arguments).map(Seed::new)
}

/// The metadata of `--metadata`, or what is read off the frame.
fn metadata_of(arguments: &Arguments, frame: &DataFrame, context: &Context<'_>) -> Result<Metadata, KernelError> {
    match arguments.get("--metadata") {
        None => Metadata::detect(frame).map_err(KernelError::foreign),
        Some(word) => {
            Metadata::read(&context.path(&word.text)).map_err(|error| KernelError::foreign(error).at(word.span.clone()))
        }
    }
}

/// The condition of `--where`.
fn condition(arguments: &Arguments) -> Result<Option<Condition>, KernelError> {
    let read =
        |word: &Word| Condition::parse(&word.text).map_err(|error| KernelError::foreign(error).at(word.span.clone()));
    arguments.get("--where").map(read).transpose()
}

/// The most rows that are used of a frame.
fn most_rows(arguments: &Arguments) -> Result<usize, KernelError> {
    Ok(arguments.integer("--max-rows")?.unwrap_or(1_000_000).max(1))
}

/// The column of `--target`, which must be one of the frame's.
fn target<'a>(arguments: &'a Arguments, frame: &DataFrame, name: &str) -> Result<Option<&'a str>, KernelError> {
    let Some(word) = arguments.get("--target") else { return Ok(None) };
    if frame.column(&word.text).is_ok() {
        return Ok(Some(&word.text));
    }
    let columns: Vec<&str> = frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
    let help = suggest::did_you_mean(&word.text, &columns, "columns");
    let error = KernelError::UnknownColumn { frame: name.to_owned(), column: word.text.clone(), help };
    Err(error.at(word.span.clone()))
}

/// Shows a table of findings whole.
fn show(table: &DataFrame, context: &Context<'_>) {
    let options = TableOptions { rows: 1000, text: 200, quotes: false, ..context.session.settings().table() };
    context.out.display(table_bundle(table, &options));
}

#[cfg(test)]
mod tests;
