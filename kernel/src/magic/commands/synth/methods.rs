//! `%synth methods`: every synthesizer, augmenter and metric with its settings.

use super::show;
use crate::catalogue;
use crate::display::Bundle;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

pub(super) fn run(arguments: &Arguments, _call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    if arguments.has("--json") {
        context.out.display(Bundle::text(catalogue::text()).with("application/json", catalogue::json()));
    } else {
        show(&catalogue::table()?, context);
    }
    Ok(())
}
