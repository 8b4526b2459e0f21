//! `%%bash`: runs a cell as a script of bash.

use super::process;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context, Magic, MagicKind, MagicSpec};

/// The magic.
pub(in crate::magic) struct Bash;

const SPEC: MagicSpec = MagicSpec {
    name: "bash",
    kind: MagicKind::Cell,
    summary: "Runs the cell as a script of bash; a status other than 0 is an error.",
    arguments: &[],
    examples: &["%%bash\nfor n in 1 2 3; do echo \"line $n\"; done"],
};

impl Magic for Bash {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        Arguments::parse(SPEC, call)?;
        let status = process::run("bash", call.body.as_deref().unwrap_or(""), context)?;
        if status.success() {
            return Ok(());
        }
        Err(KernelError::CommandFailed { status: process::words(status) })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn scripts_run_and_fail() {
        let kernel = TestSession::new();
        assert_eq!(kernel.text("%%bash\nx=(1 2)\necho ${#x[@]}"), "2\n");
        assert_eq!(kernel.error("%%bash\nexit 4").evalue, "The command ended with status 4");
        assert_eq!(kernel.error("%%bash\nkill -9 $$").evalue, "The command ended with signal 9");
    }

    #[test]
    fn variables_of_env_reach_the_script() {
        let kernel = TestSession::new();
        assert_eq!(kernel.text("%env COLOUR=red\n!echo $COLOUR").lines().last(), Some("red"));
    }
}
