//! `%sqlcmd snippets`: the queries that `%sql --save NAME -N` keeps.

use polars::prelude::df;

use super::show;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

/// Lists them, or forgets the one of `--delete`.
pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    if let Some(word) = arguments.get("--delete|-d") {
        context.session.remove_snippet(&word.text).map_err(|error| error.at(word.span.clone()))?;
        context.say(&format!("Query {} is forgotten", word.text));
        return Ok(());
    }
    let snippets = context.session.snippets();
    if snippets.is_empty() {
        context.say("No query is kept; %sql --save NAME -N QUERY keeps one");
        return Ok(());
    }
    let (names, queries): (Vec<String>, Vec<String>) = snippets.into_iter().unzip();
    show(&df!("name" => names, "query" => queries)?, arguments, call, context)
}
