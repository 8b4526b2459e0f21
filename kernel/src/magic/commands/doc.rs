//! `%doc`: what the kernel knows of a name.

use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, help};

/// The magic.
pub(in crate::magic) struct Doc;

const SPEC: MagicSpec = MagicSpec {
    name: "doc",
    kind: MagicKind::Line,
    summary: "Shows what is known of a magic, a frame, a model or a Rust item.",
    arguments: &[Argument::required("NAME", ValueKind::Text, "The name.")],
    examples: &["%doc people", "%doc load"],
};

impl Magic for Doc {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let name = arguments.need("NAME", call)?;
        help::answer(&name.text, true, context).map_err(|error| error.at(name.span.clone()))
    }
}
