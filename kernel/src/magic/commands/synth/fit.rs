//! `%synth fit`: learns a frame's joint law and keeps the model in the session.

use std::sync::Arc;

use synthbook_synth::{Model, Origin, find};

use super::{metadata_of, most_rows, seed, seed_number};
use crate::catalogue::DEFAULT_METHOD;
use crate::data::spread;
use crate::display::group_digits;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let model_name = arguments.text("--as").map_or_else(|| format!("{}_model", name.text), str::to_owned);
    let frame = context.frame(name)?;
    let method = arguments.get("--method|-m");
    let asked = method.map_or(DEFAULT_METHOD, |word| &word.text);
    let mut synthesizer = find(asked).map_err(|error| {
        KernelError::foreign(error).at(method.map_or(call.name_span.clone(), |word| word.span.clone()))
    })?;
    let mut origin = Origin { source: name.text.clone(), method: asked.to_owned(), ..Origin::default() };
    for (key, value) in arguments.settings() {
        let set = synthesizer.set(&key.text, &value.text);
        set.map_err(|error| KernelError::foreign(error).at(key.span.start..value.span.end))?;
        origin.settings.insert(key.text.clone(), value.text.clone());
    }
    if let Some(quality) = arguments.get("--quality-threshold") {
        let set = synthesizer.set("quality_threshold", &quality.text);
        set.map_err(|error| KernelError::foreign(error).at(quality.span.clone()))?;
        origin.settings.insert("quality_threshold".to_owned(), quality.text.clone());
    }
    let metadata = metadata_of(arguments, &frame, context)?;
    let part = spread(&frame, most_rows(arguments)?, seed(arguments)?)?;
    let progress = context.progress(&format!("Fitting {}", name.text));
    let model = synthesizer.fit(&part, &metadata, seed(arguments)?, &progress.handle());
    progress.finish_with(&model);
    let model: Arc<dyn Model> = Arc::from(model.map_err(KernelError::foreign)?);
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
    if origin.is_partial() {
        context.say(&format!(
            "note: these rows are evenly spread over the {} rows of {}; --max-rows N takes more",
            group_digits(frame.height()),
            name.text
        ));
    }
    context.session.add_model(&model_name, model, origin);
    Ok(())
}
