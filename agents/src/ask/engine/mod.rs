//! The engine: from a question to a plan, to SQL under the *agent* policy, to an answer.
//!
//! A plan comes from the first of these that has one: a verified query of the semantic model, the memory (what was
//! accepted or corrected), the grammar, a chat model. Whatever it comes from, only the compiler writes SQL, and it runs
//! under the guard for agents, with a deadline and a row limit.

mod candidates;
mod choices;
mod empty;
mod facts;
mod nearby;
mod offers;
mod opening;
mod options;
mod prepare;
mod prompt;
mod question;
mod run;
mod suggest;
mod things;
mod values;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::civil::Date;

pub use options::{EmbedderSource, EngineOptions};
pub use question::Question;

use super::answer::{self, Answer, Source, Timings};
use super::interpret::{Words, period_of};
use super::memory::{Asked, Memory, MemoryError, Record, meaning};
use super::{AskError, Lexicon, Outcome, Refusal, Settings, Understood};
use crate::plan::Plan;
use crate::semantic::SemanticModel;
use crate::warehouse::{Cancel, Guard, Warehouse};
use nearby::Nearby;
use offers::Offer;
use run::{Failed, Ran};

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
}

/// What a question was taken to mean, and on whose word.
struct Meaning {
    plan: Plan,
    interpretation: String,
    source: Source,
    /// What the reader should know.
    notes: Vec<String>,
    /// A result that was already made while candidates were compared.
    ran: Option<Ran>,
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

    /// The question without those before it, when it means the same without them: what is learned of it then holds in
    /// every conversation.
    fn alone(&self, question: &Question) -> Question {
        let alone = Question { context: Vec::new(), ..question.clone() };
        if question.context.is_empty() {
            return alone;
        }
        let same = match (self.understand(&question.text, &alone), self.understand(&question.text, question)) {
            (Ok(alone), Ok(after)) => alone.plan == after.plan,
            (Err(alone), Err(after)) => alone.code == after.code && alone.words == after.words,
            _ => false,
        };
        if same { alone } else { question.clone() }
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
        let outcome = self.tell(&question, meaning, &clock, understand, Vec::new())?;
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

    /// What a question means, by the first that knows.
    fn meaning(
        &self,
        question: &Question,
        clock: &Clock,
        notes: &mut Vec<String>,
    ) -> Result<Result<Meaning, Refusal>, AskError> {
        if let Some(verified) = self.verified(question) {
            return Ok(Ok(verified));
        }
        if let Some(learned) = self.learned(question, notes) {
            return Ok(Ok(learned));
        }
        self.read(&question.text, question, clock)
    }

    /// By a verified query of the semantic model with the same question.
    fn verified(&self, question: &Question) -> Option<Meaning> {
        let wanted = meaning(&question.text);
        if wanted.is_empty() || !question.context.is_empty() {
            return None;
        }
        let query = self.model.verified_queries.iter().find(|query| meaning(&query.question) == wanted)?;
        let plan = query.extension.plan.clone()?;
        let interpretation = super::interpret(&plan, &self.model);
        Some(Meaning { plan, interpretation, source: Source::Verified, notes: Vec::new(), ran: None })
    }

    /// By what was accepted or corrected. A memory that can't be read costs the answer nothing but a note.
    fn learned(&self, question: &Question, notes: &mut Vec<String>) -> Option<Meaning> {
        let memory = self.options.memory.as_ref()?;
        let today = question.today.unwrap_or_else(|| self.today());
        let learned = match memory.recall(&question.text, &question.context, Some(today)) {
            Ok(learned) => learned?,
            Err(error) => {
                notes.push(error.to_string());
                return None;
            }
        };
        let mut notes = Vec::new();
        if let Some(words) = &learned.words {
            notes.push(format!("You corrected this question to: {words}"));
            if let Ok(Understood { plan, interpretation, notes: read }) = self.understand(words, question) {
                notes.extend(read);
                return Some(Meaning { plan, interpretation, source: Source::Memory, notes, ran: None });
            }
        }
        let plan = learned.plan?;
        let interpretation = super::interpret(&plan, &self.model);
        Some(Meaning { plan, interpretation, source: Source::Memory, notes, ran: None })
    }

    /// By the grammar, else by a chat model where there is one and the question is one for it.
    fn read(&self, text: &str, question: &Question, clock: &Clock) -> Result<Result<Meaning, Refusal>, AskError> {
        match self.understand(text, question) {
            Ok(Understood { plan, interpretation, notes }) => {
                Ok(Ok(Meaning { plan, interpretation, source: Source::Grammar, notes, ran: None }))
            }
            Err(refusal) if self.options.chat.is_some() && candidates::may_ask(&refusal) => {
                self.by_model(text, question, clock, refusal)
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    fn understand(&self, text: &str, question: &Question) -> Result<Understood, Refusal> {
        super::understand(text, &question.context, &self.model, &self.lexicon, &self.settings(question))
    }

    /// What a question is read against besides the model.
    fn settings(&self, question: &Question) -> Settings {
        let today = question.today.or(self.options.today);
        // A day that somebody names, or that the data ends with, is over; the computer's own is not.
        Settings { today: today.unwrap_or(self.today), complete: today.is_some() || self.complete }
    }

    fn answer(
        &self,
        question: &Question,
        meaning: Meaning,
        clock: &Clock,
        understand: f64,
        mut notes: Vec<String>,
    ) -> Result<Outcome, AskError> {
        let mut outcome = self.tell(question, meaning, clock, understand, Vec::new())?;
        match &mut outcome {
            Outcome::Answer(answer) => {
                answer.id = self.remember(question, Ok(answer), &mut notes);
                answer.notes.append(&mut notes);
            }
            Outcome::Refusal(refusal) => {
                self.remember(question, Err(refusal), &mut notes);
            }
        }
        Ok(outcome)
    }

    /// Runs a plan and puts its result into words.
    fn tell(
        &self,
        question: &Question,
        meaning: Meaning,
        clock: &Clock,
        understand: f64,
        mut notes: Vec<String>,
    ) -> Result<Outcome, AskError> {
        let Meaning { plan, interpretation, source, notes: said, ran } = meaning;
        notes.extend(said);
        if let Some(refusal) = self.personal_data(&plan) {
            return Ok(Outcome::Refusal(refusal));
        }
        let ran = match ran.map_or_else(|| self.run(&plan, clock), Ok) {
            Ok(ran) => ran,
            Err(Failed::Refused(refusal)) => return Ok(Outcome::Refusal(refusal)),
            Err(Failed::Ask(error)) => return Err(error),
        };
        let begun = Instant::now();
        let rows = answer::Rows::read(&ran.batch)?;
        let period = period_of(&plan);
        let naming = answer::Naming::new(&plan, &self.model, &ran.columns, &rows);
        let text = match self.nothing(&plan, &ran, &rows, clock)? {
            Some(text) => text,
            None => answer::sentence(&answer::Told {
                plan: &plan,
                naming: &naming,
                rows: &rows,
                period: period.as_deref(),
                interpretation: &interpretation,
                truncated: ran.truncated,
            }),
        };
        if ran.columns.iter().any(|column| column.personal) {
            notes.push("The rows hold personal data.".to_owned());
        }
        notes.extend(ran.notes);
        let chart = answer::chart(&plan, &naming, &rows);
        let last_day = self.last_day(&plan, clock);
        let suggestions = self.follow_ups(question, &plan, &ran.columns);
        let choices = if source == Source::Grammar { self.choices_beside(question, &plan) } else { Vec::new() };
        let timings =
            Timings { understand, compile: ran.compile, run: ran.seconds, tell: begun.elapsed().as_secs_f64() };
        Ok(Outcome::Answer(Box::new(Answer {
            question: question.text.clone(),
            text,
            interpretation,
            period,
            filters: plan.filters.iter().map(|filter| Words::new(&self.model).filter(filter)).collect(),
            last_day,
            today: Some(question.today.unwrap_or_else(|| self.today())),
            source,
            sql: ran.sql,
            columns: naming.columns,
            batch: ran.batch,
            truncated: ran.truncated,
            chart,
            notes,
            suggestions,
            choices,
            seconds: clock.start.elapsed().as_secs_f64(),
            timings,
            id: None,
            plan,
        })))
    }

    /// Keeps the question; a memory that can't be written costs the answer nothing but a note.
    fn remember(
        &self,
        question: &Question,
        outcome: Result<&Answer, &Refusal>,
        notes: &mut Vec<String>,
    ) -> Option<u64> {
        let memory = self.options.memory.as_ref()?;
        let answer = outcome.ok();
        let choices = outcome.map_or_else(|refusal| &refusal.choices, |answer| &answer.choices);
        let asked = Asked {
            question: question.text.clone(),
            context: question.context.clone(),
            plan: answer.map(|answer| answer.plan.clone()),
            sql: answer.map(|answer| answer.sql.clone()),
            outcome: outcome.map_or_else(|refusal| refusal.code.clone(), |_| "answered".to_owned()),
            source: answer.map(|answer| answer.source.name().to_owned()).unwrap_or_default(),
            choices: choices.clone(),
            today: Some(question.today.unwrap_or_else(|| self.today())),
        };
        match memory.remember(asked) {
            Ok(id) => Some(id),
            Err(error) => {
                notes.push(error.to_string());
                None
            }
        }
    }

    /// A plan that lists personal data, where that is not allowed.
    fn personal_data(&self, plan: &Plan) -> Option<Refusal> {
        let listed = (!self.options.personal).then(|| facts::personal_fields(plan, &self.model))?;
        let names: Vec<String> = listed.iter().map(|field| format!("{} of {}", field.name, field.table)).collect();
        (!names.is_empty()).then(|| {
            let message = format!("This would list personal data ({}), which is not allowed here", names.join(", "));
            Refusal::new("personal_data", message, Vec::new())
                .suggest(vec!["Ask for counts or totals instead of single people".to_owned()])
        })
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
