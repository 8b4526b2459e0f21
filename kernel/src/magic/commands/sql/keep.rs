//! `%sql --save NAME -N`: keeps a query under a name without running it.

use super::query::Query;
use super::{SPEC, placeholders};
use crate::error::KernelError;
use crate::magic::Context;

/// Keeps the query; later queries read it by its name.
pub(super) fn keep(query: &Query, context: &Context<'_>) -> Result<(), KernelError> {
    let usage = |reason: &str, help: &str| KernelError::Usage {
        magic: SPEC.name,
        reason: reason.to_owned(),
        help: help.to_owned(),
    };
    let Some(name) = &query.save else {
        return Err(usage("a query is kept under a name", "%sql --save NAME -N QUERY"));
    };
    if context.session.frames.info(name).is_ok() {
        let help = format!("choose another name, or drop the frame: %frames --drop {name}");
        return Err(usage(&format!("there is a frame named {name}"), &help));
    }
    let script = placeholders::read(&query.text).map_err(|error| query.at(error))?;
    let verb = script.verb.clone().map(|span| script.text[span].to_uppercase()).unwrap_or_default();
    if script.several || !["SELECT", "WITH", "FROM", "VALUES"].contains(&verb.as_str()) {
        return Err(usage("only one query that reads can be kept", "begin it with SELECT, WITH, FROM or VALUES"));
    }
    if let Some(parameter) = script.parameters.iter().find(|parameter| parameter.braced) {
        let help = format!("write ${} in its place: it is bound when the query that reads it runs", parameter.name);
        return Err(usage("a kept query has no value yet for what stands in braces", &help));
    }
    context.session.save_snippet(name, &query.text);
    context.say(&format!("Query {name} is kept; SELECT * FROM {name} runs it, %sqlcmd snippets lists them"));
    Ok(())
}
