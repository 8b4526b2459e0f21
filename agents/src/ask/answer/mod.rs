//! The answer: a sentence whose every number comes from the result, what was understood, the rows and a chart.

mod cells;
mod chart;
mod course;
mod format;
mod list;
mod naming;
mod numbers;
mod ranking;
mod sentence;

use jiff::civil::Date;
use polars::prelude::DataFrame;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;
use synthbook_charts::{PreparedChart, vega_lite};

use arrow_array::RecordBatch;

use super::Choice;
use crate::AgentsError;
pub use crate::compile::{OutputColumn, Role};
use crate::plan::Plan;

pub(crate) use cells::{Cell, Rows};
pub use cells::{rows_as_json, to_frame};
pub(crate) use chart::chart;
pub(crate) use naming::Naming;
pub(crate) use sentence::{Told, sentence};

#[cfg(test)]
mod tests;

/// Where a plan came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A verified query of the semantic model.
    Verified,
    /// An answer that was accepted or corrected before.
    Memory,
    /// The grammar.
    Grammar,
    /// A language model, by its name.
    Model(String),
}

impl Source {
    /// As a word: `verified`, `memory`, `grammar` or the model's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Verified => "verified",
            Self::Memory => "memory",
            Self::Grammar => "grammar",
            Self::Model(name) => name,
        }
    }
}

/// How long each part took, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Timings {
    /// From words to a plan.
    pub understand: f64,
    /// From the plan to checked SQL.
    pub compile: f64,
    /// Running it.
    pub run: f64,
    /// Sentence and chart.
    pub tell: f64,
}

/// An answer. As JSON it is what `synthbook ask --json` prints: `sql`, `columns`, `rows`, `answer`, `interpretation`,
/// `chart` (Vega-Lite or null), `source`, `seconds`, and
/// `choices` where the words may have meant something else.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The question.
    pub question: String,
    /// In words. Every number in it is in the result, the period or the question's own plan.
    pub text: String,
    /// How the question was understood, in words.
    pub interpretation: String,
    /// The stretch of time that counts, in words.
    pub period: Option<String>,
    /// The conditions on rows, in words.
    pub filters: Vec<String>,
    /// The last day that the data has.
    pub last_day: Option<Date>,
    /// The day that relative dates count from.
    pub today: Option<Date>,
    /// Where the plan came from.
    pub source: Source,
    /// The plan.
    pub plan: Plan,
    /// The SQL that was run.
    pub sql: String,
    /// What the columns are.
    pub columns: Vec<OutputColumn>,
    /// The rows.
    pub batch: RecordBatch,
    /// Whether there are more rows than were read.
    pub truncated: bool,
    /// A chart by the shape of the plan; none for a single number or a list.
    pub chart: Option<PreparedChart>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// What could be asked next.
    pub suggestions: Vec<String>,
    /// Other questions that the words may have meant; one can be picked by its number.
    pub choices: Vec<Choice>,
    /// How long it took.
    pub seconds: f64,
    /// How long each part took.
    pub timings: Timings,
    /// Its number in the memory, by which it can be accepted or corrected.
    pub id: Option<u64>,
}

impl Answer {
    /// The rows as a frame.
    ///
    /// # Errors
    /// [`AgentsError::ResultType`] for a type that frames don't have.
    pub fn frame(&self) -> Result<DataFrame, AgentsError> {
        to_frame(&self.batch)
    }

    /// Everything about the answer as JSON, for programs that want more than [`Answer`] prints.
    #[must_use]
    pub fn details(&self) -> Value {
        serde_json::json!({
            "question": self.question,
            "period": self.period,
            "filters": self.filters,
            "last_day": self.last_day,
            "today": self.today,
            "plan": self.plan,
            "columns": self.columns,
            "truncated": self.truncated,
            "notes": self.notes,
            "suggestions": self.suggestions,
            "timings": self.timings,
            "id": self.id,
        })
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (columns, rows) = rows_as_json(&self.batch).map_err(serde::ser::Error::custom)?;
        let length = if self.choices.is_empty() { 8 } else { 9 };
        let mut fields = serializer.serialize_struct("Answer", length)?;
        fields.serialize_field("sql", &self.sql)?;
        fields.serialize_field("columns", &columns)?;
        fields.serialize_field("rows", &rows)?;
        fields.serialize_field("answer", &self.text)?;
        fields.serialize_field("interpretation", &self.interpretation)?;
        fields.serialize_field("chart", &self.chart.as_ref().map(vega_lite))?;
        fields.serialize_field("source", self.source.name())?;
        fields.serialize_field("seconds", &self.seconds)?;
        if !self.choices.is_empty() {
            fields.serialize_field("choices", &super::outcome::choices_as_json(&self.choices))?;
        }
        fields.end()
    }
}
