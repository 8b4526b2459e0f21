//! What the notebook and the command line share when they ask: opening an engine over a place, and showing its memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use polars::prelude::{DataFrame, df};
use synthbook_agents::ask::memory::{Memory, Record, Verdict, VerifiedQuery};
use synthbook_agents::ask::{EmbedderSource, Engine, EngineOptions};
use synthbook_agents::chat::{self, ChatSettings};
use synthbook_agents::warehouse::{Cancel, Warehouse};

use crate::data::save_text;
use crate::error::KernelError;
use crate::session::Paths;
use crate::{config, indexes};

/// How an engine is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asking {
    /// The file of the semantic model, where one is named.
    pub(crate) model: Option<PathBuf>,
    /// The day that relative dates count from, where one is named.
    pub(crate) today: Option<Date>,
    /// Whether questions are neither remembered nor looked up.
    pub(crate) forgetful: bool,
}

/// Opens an engine over a warehouse that was opened for agents; `database` tells it apart in the memory, and `cancel`
/// stops the opening.
///
/// # Errors
/// A semantic model that can't be read or is another database's, a chat model that is named and can't be used, and what
/// the warehouse says.
pub(crate) fn engine(
    database: String,
    warehouse: Arc<dyn Warehouse>,
    paths: &Paths,
    asking: &Asking,
    cancel: &Cancel,
) -> Result<Engine, KernelError> {
    let memory = (!asking.forgetful).then(|| Arc::new(memory(&database, paths)));
    let settings = ChatSettings::from_lookup(&config::text).map_err(KernelError::foreign)?;
    let candidates = settings.as_ref().map(|settings| settings.candidates);
    let chat =
        settings.map(|settings| chat::open(&settings, &config::text)).transpose().map_err(KernelError::foreign)?;
    let defaults = EngineOptions::default();
    let data = paths.data.clone();
    let embedder: EmbedderSource = Arc::new(move || indexes::meaning(&data));
    let options = EngineOptions {
        model: asking.model.clone(),
        cache: Some(paths.data.join("cache")),
        database,
        memory,
        embedder: Some(embedder),
        chat,
        candidates: candidates.unwrap_or(defaults.candidates),
        today: asking.today,
        cancel: cancel.clone(),
        ..defaults
    };
    Engine::open(warehouse, options).map_err(KernelError::foreign)
}

/// What was asked of a database and learned, for who asks.
pub(crate) fn memory(database: &str, paths: &Paths) -> Memory {
    Memory::open(&paths.memory(), &user(), database)
}

/// Which questions are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// All of them.
    All,
    /// That of a number.
    One(u64),
}

impl Which {
    /// The number, if it is one question.
    pub(crate) fn number(self) -> Option<u64> {
        match self {
            Self::All => None,
            Self::One(number) => Some(number),
        }
    }
}

/// Reads which questions are meant: a number, or `all`.
///
/// # Errors
/// When it is neither.
pub(crate) fn which(text: &str) -> Result<Which, String> {
    match text.trim() {
        "all" => Ok(Which::All),
        number => number.parse().map(Which::One).map_err(|_| "a question's number, or all".to_owned()),
    }
}

/// How many questions were forgotten, in words.
pub(crate) fn forgotten(questions: usize) -> String {
    format!("{questions} {} forgotten", if questions == 1 { "question is" } else { "questions are" })
}

/// Writes verified queries to a file, whole or not at all, as the part of a semantic model that they are: JSON is YAML
/// too, which models are written in. Returns what to say of it.
///
/// # Errors
/// `kernel::io`.
pub(crate) fn export(queries: &[VerifiedQuery], path: &Path) -> Result<String, KernelError> {
    save_text(&format!("{:#}\n", serde_json::json!({ "verified_queries": queries })), path)?;
    Ok(format!("{} verified queries written to {}", queries.len(), path.display()))
}

/// What is remembered, as a table.
///
/// # Errors
/// When the table can't be made.
pub(crate) fn table(records: &[Record]) -> Result<DataFrame, KernelError> {
    let said = |record: &Record| match &record.verdict {
        Some(Verdict::Accepted) => "accepted".to_owned(),
        Some(Verdict::Corrected { to }) => format!("means: {to}"),
        None => String::new(),
    };
    Ok(df!(
        "number" => records.iter().map(|record| record.id).collect::<Vec<_>>(),
        "question" => records.iter().map(|record| record.question.as_str()).collect::<Vec<_>>(),
        "after" => records.iter().map(|record| record.context.join(" / ")).collect::<Vec<_>>(),
        "outcome" => records.iter().map(|record| record.outcome.as_str()).collect::<Vec<_>>(),
        "learned" => records.iter().map(said).collect::<Vec<_>>(),
        "times" => records.iter().map(|record| record.times).collect::<Vec<_>>(),
    )?)
}

/// Who asks, for the memory.
fn user() -> String {
    ["USER", "LOGNAME"].iter().find_map(|name| config::text(name)).unwrap_or_else(|| "user".to_owned())
}

/// Reads a day as `2017-12-31`.
///
/// # Errors
/// When it is none.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    text.trim().parse().map_err(|_| "write a day as 2017-12-31".to_owned())
}
