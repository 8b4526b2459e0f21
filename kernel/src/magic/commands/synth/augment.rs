//! `%synth augment`: adds rows to a frame, class by class or by noise, into a new frame.

use synthbook_synth::find_augmenter;

use super::{metadata_of, seed, target};
use crate::display::{group_digits, table_bundle};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let method = arguments.need("--method|-m", call)?;
    let frame = context.frame(name)?;
    let target = target(arguments, &frame, &name.text)?;
    let frame_name = arguments.text("--as").map_or_else(|| format!("{}_augmented", name.text), str::to_owned);
    let mut augmenter =
        find_augmenter(&method.text).map_err(|error| KernelError::foreign(error).at(method.span.clone()))?;
    for (key, value) in arguments.settings() {
        let set = augmenter.set(&key.text, &value.text);
        set.map_err(|error| KernelError::foreign(error).at(key.span.start..value.span.end))?;
    }
    let metadata = metadata_of(arguments, &frame, context)?;
    let progress = context.progress(&format!("Augmenting {}", name.text));
    let more = augmenter.augment(&frame, &metadata, target, seed(arguments)?, &progress.handle());
    progress.finish_with(&more);
    let more = more.map_err(KernelError::foreign)?;
    context.session.frames.publish(&frame_name, &more, &call.title())?;
    let (before, after) = (group_digits(frame.height()), group_digits(more.height()));
    context.say(&format!("Frame {frame_name}: {before} rows of {} became {after} by {}", name.text, method.text));
    context.out.display(table_bundle(&more, &context.session.settings().table()));
    Ok(())
}
