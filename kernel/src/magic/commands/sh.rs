//! `%%sh`: runs a cell as a script of sh.

use super::process;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context, Magic, MagicKind, MagicSpec};

/// The magic.
pub(in crate::magic) struct Sh;

const SPEC: MagicSpec = MagicSpec {
    name: "sh",
    kind: MagicKind::Cell,
    summary: "Runs the cell as a script of sh; a status other than 0 is an error.",
    arguments: &[],
    examples: &["%%sh\nfor n in 1 2 3; do echo \"line $n\"; done"],
};

impl Magic for Sh {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        Arguments::parse(SPEC, call)?;
        let status = process::run("sh", call.body.as_deref().unwrap_or(""), context)?;
        if status.success() {
            return Ok(());
        }
        Err(KernelError::CommandFailed { status: process::words(status) })
    }
}
