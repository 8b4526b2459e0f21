//! `%pwd`: prints the folder that paths and commands start from.

use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context, Magic, MagicKind, MagicSpec};

/// The magic.
pub(in crate::magic) struct Pwd;

const SPEC: MagicSpec = MagicSpec {
    name: "pwd",
    kind: MagicKind::Line,
    summary: "Prints the folder that paths and commands start from.",
    arguments: &[],
    examples: &["%pwd"],
};

impl Magic for Pwd {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        Arguments::parse(SPEC, call)?;
        context.say(&context.session.folder().display().to_string());
        Ok(())
    }
}
