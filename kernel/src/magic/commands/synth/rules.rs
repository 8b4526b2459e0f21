//! `%synth rules`: what holds between a frame's columns without exception, and how many rows break it.

use polars::prelude::df;
use serde_json::json;
use synthbook_synth::find_rules;

use super::{metadata_of, most_rows, seed, show};
use crate::data::spread;
use crate::display::Bundle;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context, Word};

pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let read = |word: &Word| spread(&context.frame(word)?, most_rows(arguments)?, seed(arguments)?);
    let frame = read(name)?;
    let other = arguments.get("--check").map(read).transpose()?;
    let checked = other.as_ref().unwrap_or(&frame);
    let metadata = metadata_of(arguments, &frame, context)?;
    let progress = context.progress(&format!("Finding rules of {}", name.text));
    let found = find_rules(&frame, checked, &metadata, &progress.handle());
    progress.finish_with(&found);
    let found = found.map_err(KernelError::foreign)?;
    if arguments.has("--json") {
        let json = json!(found);
        let text = serde_json::to_string_pretty(&json).unwrap_or_default();
        context.out.display(Bundle::text(text).with("application/json", json));
        return Ok(());
    }
    let count = found.rules.len();
    context.say(&format!("{count} {} in {}", if count == 1 { "rule" } else { "rules" }, name.text));
    if count > 0 {
        let sentences: Vec<&str> = found.rules.iter().map(|rule| rule.sentence.as_str()).collect();
        let broken: Vec<u64> = found.rules.iter().map(|rule| rule.violations as u64).collect();
        show(&df!("rule" => sentences, "rows that break it" => broken)?, context);
    }
    Ok(())
}
