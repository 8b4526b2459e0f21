//! `%synth sample`: draws rows from a model into a frame.

use synthbook_synth::{SampleRequest, SynthError};

use super::{condition, seed};
use crate::display::{group_digits, table_bundle};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let model = context.session.model(&name.text).map_err(|error| error.at(name.span.clone()))?;
    let frame_name = arguments.text("--as").map_or_else(|| format!("{}_sample", name.text), str::to_owned);
    let mut request = SampleRequest::rows(arguments.integer("--rows|-n")?.unwrap_or(model.rows()));
    if let Some(condition) = condition(arguments)? {
        request = request.given(condition);
    }
    let progress = context.progress(&format!("Sampling {}", name.text));
    let sampled = model.sample(&request, seed(arguments)?, &progress.handle());
    progress.finish_with(&sampled);
    let place = arguments.get("--where").map(|word| word.span.clone());
    let frame = sampled.map_err(|error| match (&error, place) {
        (SynthError::InvalidCondition { .. } | SynthError::TooRare { .. }, Some(place)) => {
            KernelError::foreign(error).at(place)
        }
        _ => KernelError::foreign(error),
    })?;
    context.session.frames.publish(&frame_name, &frame, &call.title())?;
    context.say(&format!("Frame {frame_name}: {} rows sampled from {}", group_digits(frame.height()), name.text));
    context.out.display(table_bundle(&frame, &context.session.settings().table()));
    Ok(())
}
