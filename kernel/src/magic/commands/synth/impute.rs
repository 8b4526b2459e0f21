//! `%synth impute`: fills a frame's gaps from a model into a new frame.

use super::seed;
use crate::data::gaps;
use crate::display::{group_digits, table_bundle};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let missing = || KernelError::MissingArgument {
        magic: call.name.clone(),
        argument: "the frame to impute".to_owned(),
        usage: "%synth impute MODEL FRAME [--as NAME] [--seed N]".to_owned(),
    };
    let gappy = arguments.get("FILE").ok_or_else(|| missing().at(call.name_span.clone()))?;
    let model = context.session.model(&name.text).map_err(|error| error.at(name.span.clone()))?;
    let frame = context.frame(gappy)?;
    let frame_name = arguments.text("--as").map_or_else(|| format!("{}_imputed", gappy.text), str::to_owned);
    let progress = context.progress(&format!("Imputing {}", gappy.text));
    let filled = model.impute(&frame, seed(arguments)?, &progress.handle());
    progress.finish_with(&filled);
    let filled = filled.map_err(KernelError::foreign)?;
    context.session.frames.publish(&frame_name, &filled, &call.title())?;
    let (before, after) = (gaps(&frame), gaps(&filled));
    context.say(&format!(
        "Frame {frame_name}: {} of {} gaps filled by {}",
        group_digits(before.saturating_sub(after)),
        group_digits(before),
        name.text
    ));
    context.out.display(table_bundle(&filled, &context.session.settings().table()));
    Ok(())
}
