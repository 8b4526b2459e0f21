//! `%synth save` and `%synth load`: a model in a file.

use std::sync::Arc;

use synthbook_synth::Origin;

use crate::data::find_source;
use crate::display::group_digits;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

pub(super) fn save(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let file = arguments.need("FILE", call)?;
    let model = context.session.model(&name.text).map_err(|error| error.at(name.span.clone()))?;
    let origin = context.session.origin(&name.text).unwrap_or_else(|| Origin::of(model.as_ref()));
    let saved = origin.save(model.as_ref(), &context.path(&file.text));
    saved.map_err(|error| KernelError::foreign(error).at(file.span.clone()))?;
    context.say(&format!("Wrote {}", file.text));
    Ok(())
}

pub(super) fn load(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let file = arguments.need("NAME", call)?;
    let session = context.session;
    let source = find_source(&file.text, session.paths(), |path| session.resolve(path));
    let source = source.map_err(|error| error.at(file.span.clone()))?;
    let name = arguments.text("--as").map_or_else(|| source.frame_name(), str::to_owned);
    let loaded = Origin::load(&source.path);
    let (model, origin) = loaded.map_err(|error| KernelError::foreign(error).at(file.span.clone()))?;
    context.say(&format!("Model {name}: {}, fitted on {} rows", model.synthesizer(), group_digits(model.rows())));
    let origin = origin.unwrap_or_else(|| Origin::of(model.as_ref()));
    session.add_model(&name, Arc::from(model), origin);
    Ok(())
}
