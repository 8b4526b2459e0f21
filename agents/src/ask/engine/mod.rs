//! The engine: from a question to a plan, to SQL under the *agent* policy, to an answer.
//!
//! A plan comes from the first of these that has one: a verified query of the semantic model, the memory (what was
//! accepted or corrected), the grammar, a chat model. Whatever it comes from, only the compiler writes SQL, and it runs
//! under the guard for agents, with a deadline and a row limit.

mod candidates;
mod choices;
mod empty;
mod facts;
mod meaning;
mod nearby;
mod offers;
mod opening;
mod options;
mod prepare;
mod prompt;
mod question;
mod recent;
mod run;
mod suggest;
mod tell;
mod things;
mod values;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::civil::Date;

pub use options::{EmbedderSource, EngineOptions};
pub use question::Question;

use super::memory::{Memory, MemoryError, Record};
use super::{AskError, Lexicon, Outcome, Refusal};
use crate::semantic::SemanticModel;
use crate::warehouse::{Cancel, Guard, Warehouse};
use meaning::Lately;
use nearby::Nearby;
use offers::Offer;
use run::Failed;

/// The longest question that is read.
const MOST_CHARACTERS: usize = 2000;

/// Answers questions about one database.
///
/// Opening it reads the catalogue, the semantic model and the values that questions may name; after that a question is
/// a matter of milliseconds. It may be asked from any thread.
pub struct Engine {
    warehouse: Arc<dyn Warehouse>,
    model: SemanticModel,
    lexicon: Lexicon,
    guard: Guard,
    options: EngineOptions,
    /// Notes about the model that was made, for the first answer's reader.
    notes: Vec<String>,
    /// The last day of each table that was asked about.
    last_days: Mutex<BTreeMap<String, Option<Date>>>,
    /// The day that relative dates count from, and whether its data is complete.
    today: Date,
    complete: bool,
    /// Finds what is near to words that could not be placed.
    nearby: Nearby,
    /// What the last question was offered.
    offer: Mutex<Option<Offer>>,
    /// What was read lately.
    lately: Lately,
}

/// The clock of one question.
struct Clock {
    start: Instant,
    until: Instant,
    cancel: Cancel,
}

impl Engine {
    /// Opens an engine over a database.
    ///
    /// # Errors
    /// A catalogue that can't be read, a semantic model that can't be read or that is not this database's, and
    /// [`AgentsError::Cancelled`](crate::AgentsError::Cancelled) by the switch in the options.
    pub fn open(warehouse: Arc<dyn Warehouse>, options: EngineOptions) -> Result<Self, AskError> {
        let cancel = options.cancel.clone();
        let stoppable = opening::Stoppable { warehouse: warehouse.as_ref(), cancel: &cancel };
        let prepared = prepare::prepare(&stoppable, &options)?;
        let mut engine = Self {
            guard: Guard::agent(warehouse.dialect(), &prepared.catalog),
            warehouse,
            model: prepared.model,
            lexicon: Lexicon::default(),
            nearby: Nearby::new(options.embedder.clone(), options.cache.as_deref(), &options.database),
            offer: Mutex::default(),
            lately: Lately::default(),
            options,
            notes: prepared.notes,
            last_days: Mutex::default(),
            today: Date::default(),
            complete: true,
        };
        engine.lexicon = Lexicon::new(&engine.model);
        engine.read_values(&cancel)?;
        (engine.today, engine.complete) = engine.find_today()?;
        Ok(engine)
    }

    /// The semantic model.
    #[must_use]
    pub fn model(&self) -> &SemanticModel {
        &self.model
    }

    /// The memory, when questions are remembered.
    ///
    /// # Errors
    /// [`AskError::NoMemory`].
    pub fn memory(&self) -> Result<&Memory, AskError> {
        self.options.memory.as_deref().ok_or(AskError::NoMemory)
    }

    /// The day that relative dates count from.
    #[must_use]
    pub fn today(&self) -> Date {
        self.options.today.unwrap_or(self.today)
    }

    /// Answers a question, or says why not.
    ///
    /// # Errors
    /// The database failed, took too long, or was stopped. A question that can't be answered is an
    /// [`Outcome::Refusal`].
    pub fn ask(&self, question: &Question) -> Result<Outcome, AskError> {
        let clock = self.clock(question);
        if let Some(refusal) = unreadable(&question.text) {
            return Ok(Outcome::Refusal(self.with_suggestions(refusal, question)));
        }
        if let Some(outcome) = self.pick(question, &clock)? {
            return Ok(outcome);
        }
        let question = &self.alone(question);
        let outcome = self.answer_to(question, &clock)?;
        self.offered(question, &outcome);
        Ok(outcome)
    }

    /// Answers a question, and remembers it.
    fn answer_to(&self, question: &Question, clock: &Clock) -> Result<Outcome, AskError> {
        let mut notes = Vec::new();
        let meaning = match self.meaning(question, clock, &mut notes)? {
            Ok(meaning) => meaning,
            Err(refusal) => {
                let refusal = self.with_suggestions(refusal, question);
                self.remember(question, Err(&refusal), &mut notes);
                return Ok(Outcome::Refusal(refusal));
            }
        };
        let understand = clock.start.elapsed().as_secs_f64();
        self.answer(question, meaning, clock, understand, notes)
    }

    /// Says that an answer was right: the last one, or that of a number.
    ///
    /// # Errors
    /// [`AskError::NoMemory`], [`AskError::Memory`].
    pub fn accept(&self, id: Option<u64>) -> Result<Record, AskError> {
        Ok(self.memory()?.accept(id)?)
    }

    /// Says what a question meant, in other words: the last one, or that of a number. The words must be understood;
    /// from then on the question has their answer, which is given.
    ///
    /// # Errors
    /// What [`Engine::ask`] fails with; [`AskError::NoMemory`], [`AskError::Memory`].
    pub fn correct(&self, id: Option<u64>, words: &Question) -> Result<Outcome, AskError> {
        let memory = self.memory()?;
        let list = memory.list()?;
        let record = match id {
            Some(id) => list.into_iter().find(|record| record.id == id).ok_or(MemoryError::Unknown { id })?,
            None => list.into_iter().next_back().ok_or(MemoryError::Empty)?,
        };
        let clock = self.clock(words);
        let question = words.clone().after(&record.context);
        let meaning = match self.read(&question.text, &question, &clock)? {
            Ok(meaning) => meaning,
            Err(refusal) => return Ok(Outcome::Refusal(self.with_suggestions(refusal, &question))),
        };
        let understand = clock.start.elapsed().as_secs_f64();
        let outcome = self.tell(&question, meaning, &clock, understand)?;
        if let Outcome::Answer(answer) = &outcome {
            memory.correct(Some(record.id), &words.text, Some((answer.plan.clone(), answer.sql.clone())))?;
        }
        Ok(outcome)
    }

    /// Tries the way of a question: the first of the model's own that is understood is compiled, checked and run; where
    /// there is none, a statement without a table. Nothing is remembered of it.
    ///
    /// # Errors
    /// What the compiler, the guard or the database says.
    pub fn health(&self, cancel: &Cancel) -> Result<(), AskError> {
        let question = Question::new("").stopped_by(cancel);
        let clock = self.clock(&question);
        let starters = suggest::starters(&self.model, None, 5);
        let plan = starters.iter().find_map(|text| self.understand(text, &question).ok()).map(|found| found.plan);
        match plan.map(|plan| self.run(&plan, &clock)) {
            Some(Err(Failed::Ask(error))) => Err(error),
            Some(Ok(_)) => Ok(()),
            Some(Err(Failed::Refused(_))) | None => {
                self.run_sql("SELECT 1 AS alive", &clock, 1).map(|_| ()).map_err(AskError::from)
            }
        }
    }

    fn clock(&self, question: &Question) -> Clock {
        let start = Instant::now();
        let time = question.deadline.unwrap_or(self.options.deadline);
        Clock { start, until: start + time, cancel: question.cancel.clone() }
    }
}

/// A question that nobody could answer.
fn unreadable(text: &str) -> Option<Refusal> {
    let length = text.chars().count();
    if !text.chars().any(char::is_alphanumeric) {
        return Some(Refusal::new("empty", "There is no question", Vec::new()));
    }
    (length > MOST_CHARACTERS).then(|| {
        let message = format!("The question has {length} characters; at most {MOST_CHARACTERS} are read");
        Refusal::new("too_long", message, Vec::new())
    })
}
