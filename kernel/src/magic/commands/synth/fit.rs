//! `%synth fit`: learns a frame's joint law and keeps the model in the session.

use std::sync::Arc;

use polars::prelude::DataFrame;
use synthbook_synth::{Model, Origin, find};

use super::{metadata_of, most_rows, seed, seed_number, target};
use crate::catalogue::DEFAULT_METHOD;
use crate::data::{left_out, spread};
use crate::display::group_digits;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context, Word};

pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let method = arguments.get("--method|-m");
    let asked = method.map_or(DEFAULT_METHOD, |word| &word.text);
    let declared = Word { text: "declared laws".to_owned(), span: call.name_span.clone(), quoted: true };
    let (name, frame) = match arguments.get("NAME") {
        Some(name) => (name, context.frame(name)?),
        None if is_declared(asked, arguments) => (&declared, DataFrame::empty()),
        None => (arguments.need("NAME", call)?, DataFrame::empty()),
    };
    let default = || arguments.get("NAME").map_or("declared".to_owned(), |name| format!("{}_model", name.text));
    let model_name = arguments.text("--as").map_or_else(default, str::to_owned);
    let mut synthesizer = find(asked).map_err(|error| {
        KernelError::foreign(error).at(method.map_or(call.name_span.clone(), |word| word.span.clone()))
    })?;
    let mut origin = Origin { source: name.text.clone(), method: asked.to_owned(), ..Origin::default() };
    for (key, value) in arguments.settings() {
        let set = if is_file(&key.text, &value.text) {
            synthesizer.set(&key.text, &context.path(&value.text).to_string_lossy())
        } else {
            synthesizer.set(&key.text, &value.text)
        };
        set.map_err(|error| KernelError::foreign(error).at(key.span.start..value.span.end))?;
        origin.settings.insert(key.text.clone(), value.text.clone());
    }
    if let Some(quality) = arguments.get("--quality-threshold") {
        let set = synthesizer.set("quality_threshold", &quality.text);
        set.map_err(|error| KernelError::foreign(error).at(quality.span.clone()))?;
        origin.settings.insert("quality_threshold".to_owned(), quality.text.clone());
    }
    if let Some(column) = target(arguments, &frame, &name.text)? {
        let place = arguments.get("--target").map_or(call.name_span.clone(), |word| word.span.clone());
        synthesizer.set("target", column).map_err(|error| KernelError::foreign(error).at(place))?;
        origin.settings.insert("target".to_owned(), column.to_owned());
    }
    let metadata = metadata_of(arguments, &frame, context)?;
    let part = spread(&frame, most_rows(arguments)?, seed(arguments)?)?;
    let progress = context.progress(&format!("Fitting {}", name.text));
    let model = synthesizer.fit(&part, &metadata, seed(arguments)?, &progress.handle());
    progress.finish_with(&model);
    let mut model = model.map_err(KernelError::foreign)?;
    if let Some(part) = left_out(part.height(), frame.height()) {
        model.note(part);
    }
    let model: Arc<dyn Model> = Arc::from(model);
    origin = Origin {
        source_rows: frame.height(),
        seed: seed_number(arguments)?,
        source: origin.source,
        method: origin.method,
        settings: origin.settings,
        ..Origin::of(model.as_ref())
    };
    let rows = group_digits(model.rows());
    context.say(&format!("Model {model_name}: {} fitted on {rows} rows of {}", model.synthesizer(), name.text));
    for note in model.notes() {
        context.say(&format!("- {note}"));
    }
    context.session.add_model(&model_name, model, origin);
    Ok(())
}

/// Whether a setting names a file that holds a specification.
fn is_file(key: &str, value: &str) -> bool {
    key == "spec" && value != "none" && !value.trim_start().starts_with('{')
}

/// Whether the model is declared and needs no frame.
fn is_declared(method: &str, arguments: &Arguments) -> bool {
    method == "rules" && arguments.settings().iter().any(|(key, value)| key.text == "spec" && value.text != "none")
}
