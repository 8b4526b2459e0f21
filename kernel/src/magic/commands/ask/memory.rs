//! What was asked and learned: accepting, correcting, listing, exporting and forgetting.

use synthbook_agents::ask::memory::Record;
use synthbook_agents::ask::{Outcome, Question};

use super::super::watch::cancellable;
use super::SPEC;
use super::answer::{candidates, open, show};
use crate::asking::{self, Asking};
use crate::display::{TableOptions, refusal_bundle, table_bundle};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};
use crate::session::Last;

/// Lists, exports or forgets.
pub(super) fn run(arguments: &Arguments, asking: &Asking, context: &Context<'_>) -> Result<(), KernelError> {
    let name = candidates("", arguments, context)?.swap_remove(0);
    let engine = open(&name, arguments, asking, context)?;
    let memory = engine.memory().map_err(KernelError::foreign)?;
    if let Some(word) = arguments.get("--forget") {
        let which = asking::which(&word.text).map_err(|expected| {
            KernelError::BadValue {
                argument: "--forget".to_owned(),
                expected,
                value: word.text.clone(),
                help: "%ask --memory lists the numbers".to_owned(),
            }
            .at(word.span.clone())
        })?;
        let gone = memory.forget(which.number()).map_err(|error| KernelError::foreign(error).at(word.span.clone()))?;
        context.say(&asking::forgotten(gone));
        return Ok(());
    }
    if let Some(word) = arguments.get("--export") {
        let queries = memory.export().map_err(KernelError::foreign)?;
        let path = context.path(&word.text);
        let said = asking::export(&queries, &path).map_err(|error| error.at(word.span.clone()))?;
        context.say(&said);
        return Ok(());
    }
    let records = memory.list().map_err(KernelError::foreign)?;
    list(&records, &name, context)
}

fn list(records: &[Record], name: &str, context: &Context<'_>) -> Result<(), KernelError> {
    if records.is_empty() {
        context.say(&format!("Nothing was asked of {name} yet"));
        return Ok(());
    }
    let table = asking::table(records)?;
    let options = TableOptions { rows: 1000, quotes: false, ..context.session.settings().table() };
    context.out.display(table_bundle(&table, &options));
    Ok(())
}

/// Says that the last answer was right.
pub(super) fn accept(call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let last = last(call, context)?;
    let record = last.engine.accept(last.id).map_err(KernelError::foreign)?;
    context.say(&format!("Remembered: the answer to \"{}\" is right", record.question));
    Ok(())
}

/// Says what the last question meant, and shows the answer to that.
pub(super) fn correct(
    words: &str,
    arguments: &Arguments,
    call: &Call,
    context: &Context<'_>,
) -> Result<(), KernelError> {
    let Last { connection, engine, id, .. } = last(call, context)?;
    let question = Question::new(words);
    let outcome = cancellable("Asking", context, |cancel| engine.correct(id, &question.stopped_by(cancel)));
    match outcome.map_err(KernelError::foreign)? {
        Outcome::Answer(answer) => {
            context.say("Remembered: the question before means this from now on");
            context.session.note_question(&connection, engine, Some(words), id);
            show(&answer, &connection, arguments, call, context)
        }
        Outcome::Refusal(refusal) => {
            context.say("Not learned: these words are not understood either");
            context.out.display(refusal_bundle(&refusal));
            Ok(())
        }
    }
}

fn last(call: &Call, context: &Context<'_>) -> Result<Last, KernelError> {
    context.session.last_question().ok_or_else(|| {
        KernelError::Usage {
            magic: SPEC.name,
            reason: "nothing was asked in this session yet".to_owned(),
            help: "ask first: %ask QUESTION".to_owned(),
        }
        .at(call.name_span.clone())
    })
}
