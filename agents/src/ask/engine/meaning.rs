//! What a question means, by the first that knows: a verified query, the memory, the grammar, a chat model.

use super::recent::Recent;
use super::run::Ran;
use super::{Clock, Engine, Question, candidates};
use crate::ask::answer::Source;
use crate::ask::memory::meaning;
use crate::ask::understand::{self, Settings, Understood};
use crate::ask::{AskError, Refusal, interpret, phrase};
use crate::plan::Plan;

/// What a question was taken to mean, and on whose word.
pub(super) struct Meaning {
    pub(super) plan: Plan,
    pub(super) interpretation: String,
    pub(super) source: Source,
    /// What the reader should know.
    pub(super) notes: Vec<String>,
    /// A result that was already made while candidates were compared.
    pub(super) ran: Option<Ran>,
}

/// A question as the grammar reads it.
#[derive(Debug, PartialEq)]
struct Asked {
    text: String,
    context: Vec<String>,
    settings: Settings,
}

/// What the grammar made of questions lately, and of those before them.
#[derive(Debug, Default)]
pub(super) struct Lately {
    read: Recent<Asked, Result<Understood, Refusal>>,
    before: Recent<Asked, Option<Plan>>,
}

impl Engine {
    /// The question without those before it, when it means the same without them: what is learned of it then holds in
    /// every conversation.
    pub(super) fn alone(&self, question: &Question) -> Question {
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

    /// What a question means, by the first that knows.
    pub(super) fn meaning(
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
    pub(super) fn verified(&self, question: &Question) -> Option<Meaning> {
        let wanted = meaning(&question.text);
        if wanted.is_empty() || !question.context.is_empty() {
            return None;
        }
        let query = self.model.verified_queries.iter().find(|query| meaning(&query.question) == wanted)?;
        let plan = query.extension.plan.clone()?;
        let interpretation = interpret(&plan, &self.model);
        Some(Meaning { plan, interpretation, source: Source::Verified, notes: Vec::new(), ran: None })
    }

    /// By what was accepted or corrected. A memory that can't be read costs the answer nothing but a note.
    pub(super) fn learned(&self, question: &Question, notes: &mut Vec<String>) -> Option<Meaning> {
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
        let interpretation = interpret(&plan, &self.model);
        Some(Meaning { plan, interpretation, source: Source::Memory, notes, ran: None })
    }

    /// By the grammar, else by a chat model where there is one and the question is one for it.
    pub(super) fn read(
        &self,
        text: &str,
        question: &Question,
        clock: &Clock,
    ) -> Result<Result<Meaning, Refusal>, AskError> {
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

    /// What a question means to the grammar.
    pub(super) fn understand(&self, text: &str, question: &Question) -> Result<Understood, Refusal> {
        self.understand_after(text, &question.context, self.settings(question))
    }

    fn understand_after(&self, text: &str, context: &[String], settings: Settings) -> Result<Understood, Refusal> {
        let key = Asked { text: text.to_owned(), context: context.to_vec(), settings };
        self.lately.read.get(key, |_| {
            let before = self.before(context, settings);
            understand::after(text, before.as_ref(), &self.model, &self.lexicon, settings)
        })
    }

    /// What the questions of a conversation came to.
    fn before(&self, context: &[String], settings: Settings) -> Option<Plan> {
        let (last, earlier) = context.split_last()?;
        let key = Asked { text: String::new(), context: context.to_vec(), settings };
        self.lately.before.get(key, |_| {
            let before = self.before(earlier, settings);
            if before.is_none() && phrase::fits(&self.model) {
                // Only one of the two grammars takes up what was asked before.
                return understand::step(last, before, &self.model, &self.lexicon, settings);
            }
            match self.understand_after(last, earlier, settings) {
                Ok(understood) => Some(understood.plan),
                Err(_) => before,
            }
        })
    }

    /// What a question is read against besides the model.
    pub(super) fn settings(&self, question: &Question) -> Settings {
        let today = question.today.or(self.options.today);
        // A day that somebody names, or that the data ends with, is over; the computer's own is not.
        Settings { today: today.unwrap_or(self.today), complete: today.is_some() || self.complete }
    }
}
