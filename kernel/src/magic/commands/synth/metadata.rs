//! `%synth metadata`: what a frame's columns seem to mean, shown and written down to be corrected by hand.

use polars::prelude::df;

use super::{metadata_of, show};
use crate::data::save_text;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let frame = context.frame(arguments.need("NAME", call)?)?;
    let metadata = metadata_of(arguments, &frame, context)?;
    let names: Vec<&str> = metadata.columns().map(|(name, _)| name).collect();
    let kinds: Vec<&str> = metadata.columns().map(|(_, about)| about.kind.name()).collect();
    let decimals: Vec<Option<u32>> = metadata.columns().map(|(_, about)| about.decimals.map(u32::from)).collect();
    let keys: Vec<Option<&str>> =
        names.iter().map(|name| (metadata.primary_key() == Some(*name)).then_some("key")).collect();
    let formats: Vec<Option<&str>> = metadata.columns().map(|(_, about)| about.format.as_deref()).collect();
    if let Some(file) = arguments.get("FILE") {
        save_text(&metadata.to_json(), &context.path(&file.text)).map_err(|error| error.at(file.span.clone()))?;
        context.say(&format!("Wrote {}; correct it and give it to %synth fit --metadata", file.text));
    }
    show(
        &df!("column" => names, "kind" => kinds, "decimals" => decimals, "format" => formats, "key" => keys)?,
        context,
    );
    Ok(())
}
