//! What is offered beside an answer or instead of one: follow-ups, choices, examples; and picking one of them.

use super::{Clock, Engine, Question, suggest};
use crate::ask::answer::OutputColumn;
use crate::ask::choice::{self, Choice, picked};
use crate::ask::{AskError, Outcome, Refusal};
use crate::compile::compile;
use crate::plan::Plan;

/// How many questions that could be asked instead are tried before it is given up.
const TRIED: usize = 40;

/// A question that was answered with choices, and those.
pub(super) struct Offer {
    pub(super) question: Question,
    pub(super) choices: Vec<Choice>,
}

impl Engine {
    /// Questions to begin with: those that the memory knows, then the semantic model's own. Each is understood.
    #[must_use]
    pub fn starters(&self, most: usize) -> Vec<String> {
        let all = suggest::starters(&self.model, self.options.memory.as_deref(), most);
        let question = Question::default();
        all.into_iter().filter(|text| self.works(text, &question)).take(most).collect()
    }

    /// The outcome of picking a choice that was offered for the question before: its number or its words. What was
    /// picked is remembered as what that question means. None when the words pick nothing.
    ///
    /// # Errors
    /// What asking fails with.
    pub(super) fn pick(&self, question: &Question, clock: &Clock) -> Result<Option<Outcome>, AskError> {
        let Some(offer) = self.last_offer(&question.text) else { return Ok(None) };
        let Some(choice) = picked(&question.text, &offer.choices) else { return Ok(None) };
        let meant = Question { text: choice.question.clone(), ..offer.question.clone() };
        let meant = Question {
            deadline: question.deadline,
            cancel: question.cancel.clone(),
            today: question.today.or(meant.today),
            ..meant
        };
        let outcome = self.answer_to(&meant, clock)?;
        if let (Outcome::Answer(answer), Some(memory)) = (&outcome, &self.options.memory) {
            let key = (&offer.question.text, &offer.question.context);
            let list = memory.list()?;
            let asked = list.iter().rev().find(|record| (&record.question, &record.context) == key);
            if let Some(record) = asked {
                let plan = Some((answer.plan.clone(), answer.sql.clone()));
                memory.correct(Some(record.id), &choice.question, plan)?;
            }
        }
        Ok(Some(outcome))
    }

    /// What the question before was offered: this engine's own, or, for another process of the same user, that of the
    /// last question in the memory.
    fn last_offer(&self, words: &str) -> Option<Offer> {
        let mut own = self.offer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(offer) = own.take() {
            if picked(words, &offer.choices).is_some() {
                // It stays: another of the choices may be picked next.
                let again = Offer { question: offer.question.clone(), choices: offer.choices.clone() };
                *own = Some(again);
                return Some(offer);
            }
            *own = Some(offer);
            return None;
        }
        drop(own);
        choice::number(words)?;
        let record = self.options.memory.as_ref()?.list().ok()?.into_iter().next_back()?;
        let question =
            Question { text: record.question, context: record.context, today: record.today, ..Question::default() };
        Some(Offer { question, choices: record.choices })
    }

    /// Keeps what was offered, so that the next question may pick one.
    pub(super) fn offered(&self, question: &Question, outcome: &Outcome) {
        let choices = outcome.choices().to_vec();
        let offer = (!choices.is_empty()).then(|| Offer { question: question.clone(), choices });
        *self.offer.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = offer;
    }

    /// The refusal with what may have been meant, or else with questions that can be answered: at most three.
    pub(super) fn with_suggestions(&self, mut refusal: Refusal, question: &Question) -> Refusal {
        refusal.choices = self.choices_for(question, &refusal);
        if !refusal.choices.is_empty() {
            refusal.suggestions = refusal.choices.iter().map(|choice| choice.question.clone()).collect();
            return refusal;
        }
        if refusal.code == "ask::words_not_placed" {
            refusal.suggestions = self.questions_of(&refusal);
        }
        if refusal.suggestions.is_empty() {
            let near = self.options.memory.as_ref().and_then(|memory| memory.suggestions(&question.text, 1).ok());
            refusal.suggestions.extend(near.unwrap_or_default());
            let alone = Question { context: Vec::new(), ..question.clone() };
            let mut used: Vec<String> = Vec::new();
            let examples = suggest::examples(&question.text, &self.model);
            if examples.first().is_none_or(|example| example.shared == 0) {
                refusal.suggestions = self.starters(suggest::MOST);
            }
            for example in examples.into_iter().take(TRIED) {
                if refusal.suggestions.len() >= suggest::MOST {
                    break;
                }
                let new = example.parts.iter().all(|part| !used.contains(part))
                    && !refusal.suggestions.contains(&example.text);
                if new && self.works(&example.text, &alone) {
                    used.extend(example.parts.into_iter().filter(|part| !part.is_empty()));
                    refusal.suggestions.push(example.text);
                }
            }
        }
        refusal
    }

    /// Follow-ups that would be understood and can be reckoned.
    pub(super) fn follow_ups(&self, question: &Question, plan: &Plan, columns: &[OutputColumn]) -> Vec<String> {
        let context: Vec<String> = question.context.iter().chain([&question.text]).cloned().collect();
        let after = question.clone().after(&context);
        let works = |follow_up: &String| {
            let understood = self.understand(follow_up, &after);
            understood.is_ok_and(|next| {
                next.plan != *plan && compile(&next.plan, &self.model, self.warehouse.dialect()).is_ok()
            })
        };
        let mut next = suggest::next(plan, columns, &self.model);
        next.retain(works);
        next
    }

    /// Whether a question is understood and can be reckoned.
    fn works(&self, text: &str, question: &Question) -> bool {
        let understood = self.understand(text, question);
        understood.is_ok_and(|meant| {
            self.personal_data(&meant.plan).is_none()
                && compile(&meant.plan, &self.model, self.warehouse.dialect()).is_ok()
        })
    }
}
