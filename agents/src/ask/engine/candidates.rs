//! Plans of a chat model: asked for several times, run, and compared by what they give.

use std::collections::BTreeMap;
use std::time::Instant;

use super::meaning::Meaning;
use super::run::{Failed, Ran};
use super::{Clock, Engine, Question, prompt};
use crate::ask::answer::{Cell, Rows, Source};
use crate::ask::{AskError, Refusal, interpret};
use crate::chat::{ChatError, ChatModel, ChatRequest, ChatRole, json_in};
use crate::plan::{Comparison, Filter, Literal, Plan, TextMatch, Value};
use crate::warehouse::Cancel;

/// How often a plan that does not work is corrected.
const REPAIRS: usize = 2;

/// Refusals after which a chat model may be asked: the words were not understood. What may not be answered, it may not
/// answer either.
const OPEN: &[&str] = &["ask::words_not_placed", "ask::unclear", "ask::no_question"];

/// Whether a chat model may be asked after this refusal.
pub(super) fn may_ask(refusal: &Refusal) -> bool {
    OPEN.contains(&refusal.code.as_str())
}

/// A plan that ran.
struct Candidate {
    plan: Plan,
    ran: Ran,
}

/// What one conversation with the model came to.
enum Tried {
    Ran(Box<Candidate>),
    Refused(String),
    Broken(String),
}

impl Engine {
    /// Asks the chat model for plans and takes the one that most agree on. `first` is the grammar's refusal, which
    /// stands when the model can't help.
    pub(super) fn by_model(
        &self,
        text: &str,
        question: &Question,
        clock: &Clock,
        first: Refusal,
    ) -> Result<Result<Meaning, Refusal>, AskError> {
        let Some(chat) = self.options.chat.as_deref() else {
            return Ok(Err(first));
        };
        let wanted = self.options.candidates.clamp(1, 8) as usize;
        let tried: Vec<Result<Tried, AskError>> = std::thread::scope(|scope| {
            let conversation = || scope.spawn(|| self.conversation(chat, text, question, clock));
            let threads: Vec<_> = (0..wanted).map(|_| conversation()).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(broken()))).collect()
        });
        let (mut candidates, mut reasons, mut failure) = (Vec::new(), Vec::new(), None);
        for tried in tried {
            match tried {
                Ok(Tried::Ran(candidate)) => candidates.push(*candidate),
                Ok(Tried::Refused(reason) | Tried::Broken(reason)) => reasons.push(reason),
                Err(error) if error.is_cancelled() => return Err(error),
                Err(error) => failure = Some(error),
            }
        }
        // A model that can't be reached leaves the grammar's refusal, and says so.
        if candidates.is_empty() {
            let mut refusal = first;
            if let Some(error) = failure {
                refusal.message = format!("{}. The chat model did not help: {error}", refusal.message);
            }
            return Ok(Err(refusal));
        }
        self.agreed(candidates, wanted, chat.name(), first)
    }

    /// The result that more than half of those asked agree on.
    fn agreed(
        &self,
        candidates: Vec<Candidate>,
        wanted: usize,
        name: &str,
        first: Refusal,
    ) -> Result<Result<Meaning, Refusal>, AskError> {
        let mut groups: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
        for candidate in candidates {
            groups.entry(fingerprint(&candidate.ran)?).or_default().push(candidate);
        }
        let readings: Vec<String> = groups
            .values()
            .filter_map(|group| group.first())
            .map(|candidate| interpret(&candidate.plan, &self.model))
            .collect();
        let largest = groups.into_values().max_by_key(Vec::len).unwrap_or_default();
        if largest.len() * 2 <= wanted {
            let message = format!("{}, and the chat model read it in {} ways", first.message, readings.len().max(1));
            return Ok(Err(Refusal {
                code: "ask::models_disagree".to_owned(),
                message,
                words: first.words,
                suggestions: readings,
                choices: Vec::new(),
            }));
        }
        let note = format!("{} of {wanted} plans of the chat model gave this result", largest.len());
        Ok(largest.into_iter().next().map_or_else(
            || Err(first),
            |Candidate { plan, ran }| {
                let interpretation = interpret(&plan, &self.model);
                let source = Source::Model(name.to_owned());
                Ok(Meaning { plan, interpretation, source, notes: vec![note], ran: Some(ran) })
            },
        ))
    }

    /// One conversation: a plan, and at most two corrections of it.
    fn conversation(
        &self,
        chat: &dyn ChatModel,
        text: &str,
        question: &Question,
        clock: &Clock,
    ) -> Result<Tried, AskError> {
        let today = question.today.unwrap_or_else(|| self.today());
        let asked = if question.context.is_empty() {
            text.to_owned()
        } else {
            format!("Earlier questions: {}\nQuestion: {text}", question.context.join(" | "))
        };
        let mut request = ChatRequest::new(prompt::system(&self.model, today), asked).shaped("reply", prompt::schema());
        let mut error = String::new();
        for _ in 0..=REPAIRS {
            request.deadline = Some(clock.until.saturating_duration_since(Instant::now()));
            let reply = chat.reply(&request, &clock.cancel)?;
            let plan = match read(&reply.text) {
                Ok(prompt::Reply { plan: Some(plan), .. }) => plan,
                Ok(prompt::Reply { refusal, .. }) => {
                    return Ok(Tried::Refused(refusal.unwrap_or_else(|| "it gave no plan".to_owned())));
                }
                Err(message) => {
                    error = message;
                    request = request.say(ChatRole::Assistant, reply.text).say(ChatRole::User, prompt::repair(&error));
                    continue;
                }
            };
            let plan = forgiving(plan);
            error = match self.run(&plan, clock) {
                Ok(ran) => return Ok(Tried::Ran(Box::new(Candidate { plan, ran }))),
                Err(Failed::Refused(refusal)) => refusal.message,
                Err(Failed::Ask(error)) if is_repairable(&error, &clock.cancel) => error.to_string(),
                Err(Failed::Ask(error)) => return Err(error),
            };
            request = request.say(ChatRole::Assistant, reply.text).say(ChatRole::User, prompt::repair(&error));
        }
        Ok(Tried::Broken(error))
    }
}

/// Whether another plan may do better: the engine's message names things of the plan, never values of rows.
fn is_repairable(error: &AskError, cancel: &Cancel) -> bool {
    use crate::AgentsError::{Syntax, UnknownName};
    !cancel.is_cancelled() && matches!(error, AskError::Agents(Syntax { .. } | UnknownName { .. }))
}

fn broken() -> AskError {
    ChatError::Internal { what: "a conversation ended early".to_owned() }.into()
}

fn read(text: &str) -> Result<prompt::Reply, String> {
    let value = json_in(text).ok_or_else(|| "the reply is not a JSON object".to_owned())?;
    // Some models leave the wrapping out.
    let value = if value.get("plan").is_none() && value.get("refusal").is_none() {
        serde_json::json!({ "plan": value })
    } else {
        value
    };
    serde_json::from_value(without_nulls(value))
        .map_err(|error| format!("the reply has not the schema's shape: {error}"))
}

/// Without fields that are null: providers that want every field send those that the plan leaves out.
fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value::{Array, Object};
    match value {
        Object(fields) => Object(
            fields
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, without_nulls(value)))
                .collect(),
        ),
        Array(items) => Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// The plan with texts compared without regard to capitals: the model has not seen the values.
fn forgiving(mut plan: Plan) -> Plan {
    for filter in &mut plan.filters {
        forgive(filter);
    }
    for measure in &mut plan.measures {
        measure.filters.iter_mut().for_each(forgive);
    }
    plan
}

fn forgive(filter: &mut Filter) {
    match filter {
        Filter::Compare {
            left,
            is: is @ (Comparison::Equal | Comparison::NotEqual),
            right: Value::Literal { literal: Literal::Text(text) },
        } if text.parse::<jiff::civil::Date>().is_err() => {
            let negated = *is == Comparison::NotEqual;
            *filter = Filter::Text { value: left.clone(), matches: TextMatch::Same, text: text.clone(), negated };
        }
        Filter::OneOf { value, values, negated } if values.iter().all(|value| matches!(value, Literal::Text(_))) => {
            let same = values.iter().filter_map(|literal| match literal {
                Literal::Text(text) => Some(Filter::Text {
                    value: value.clone(),
                    matches: TextMatch::Same,
                    text: text.clone(),
                    negated: false,
                }),
                _ => None,
            });
            let any = Filter::Any { of: same.collect() };
            *filter = if *negated { Filter::Not { filter: Box::new(any) } } else { any };
        }
        Filter::All { of } | Filter::Any { of } => of.iter_mut().for_each(forgive),
        Filter::Not { filter } => forgive(filter),
        Filter::Member { member } => member.filters.iter_mut().for_each(forgive),
        _ => {}
    }
}

/// What two results have in common when they say the same: their values, whatever the columns' names and order and the
/// rows' order.
fn fingerprint(ran: &Ran) -> Result<String, AskError> {
    let rows = Rows::read(&ran.batch)?;
    let value = |cell: &Cell| match cell.number() {
        Some(number) => format!("{number:.6e}"),
        None => cell.plain(),
    };
    let mut lines: Vec<String> = (0..rows.len)
        .map(|row| {
            let mut values: Vec<String> = rows.columns.iter().map(|column| value(&column[row])).collect();
            values.sort_unstable();
            values.join("\u{1}")
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    Ok(lines.join("\u{2}"))
}
