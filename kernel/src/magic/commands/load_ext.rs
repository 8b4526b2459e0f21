//! `%load_ext`: accepted, so that notebooks written for IPython run.

use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct LoadExt;

const SPEC: MagicSpec = MagicSpec {
    name: "load_ext",
    kind: MagicKind::Line,
    summary: "Accepted for notebooks written for IPython; every magic is built in.",
    arguments: &[Argument::required("NAME", ValueKind::Text, "The extension.")],
    examples: &["%load_ext sql"],
};

impl Magic for LoadExt {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let name = &arguments.need("NAME", call)?.text;
        context.say(&format!("Nothing to load for {name}: every magic is built in (%lsmagic lists them)"));
        Ok(())
    }
}
