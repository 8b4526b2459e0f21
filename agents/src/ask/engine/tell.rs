//! From what a question means to its answer: run, told, remembered.

use std::time::Instant;

use super::meaning::Meaning;
use super::run::Failed;
use super::{Clock, Engine, Question, facts};
use crate::ask::answer::{self, Answer, Source, Timings};
use crate::ask::interpret::{Words, period_of};
use crate::ask::memory::Asked;
use crate::ask::{AskError, Outcome, Refusal};
use crate::plan::Plan;

impl Engine {
    /// Runs what a question means, tells the result and remembers it.
    pub(super) fn answer(
        &self,
        question: &Question,
        meaning: Meaning,
        clock: &Clock,
        understand: f64,
        mut notes: Vec<String>,
    ) -> Result<Outcome, AskError> {
        let mut outcome = self.tell(question, meaning, clock, understand)?;
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
    pub(super) fn tell(
        &self,
        question: &Question,
        meaning: Meaning,
        clock: &Clock,
        understand: f64,
    ) -> Result<Outcome, AskError> {
        let Meaning { plan, interpretation, source, mut notes, ran } = meaning;
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
    pub(super) fn remember(
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
    pub(super) fn personal_data(&self, plan: &Plan) -> Option<Refusal> {
        let listed = (!self.options.personal).then(|| facts::personal_fields(plan, &self.model))?;
        let names: Vec<String> = listed.iter().map(|field| format!("{} of {}", field.name, field.table)).collect();
        (!names.is_empty()).then(|| {
            let message = format!("This would list personal data ({}), which is not allowed here", names.join(", "));
            Refusal::new("personal_data", message, Vec::new())
                .suggest(vec!["Ask for counts or totals instead of single people".to_owned()])
        })
    }
}
