//! `!command`: runs a shell command in the session's folder.

use super::process;
use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};
use crate::session::Session;

/// The magic.
pub(in crate::magic) struct Shell;

const SPEC: MagicSpec = MagicSpec {
    name: "!",
    kind: MagicKind::Line,
    summary: "Runs a shell command and streams its output; an interrupt stops it.",
    arguments: &[Argument::required("COMMAND", ValueKind::Rest, "The command, as for sh.")],
    examples: &["!echo hello", "!ls -l | head -3"],
};

impl Magic for Shell {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse_rest(SPEC, call)?;
        let status = process::run("sh", &arguments.need("COMMAND", call)?.text, context)?;
        // As in IPython, a failing command is the reader's business: grep finds nothing with status 1.
        if !status.success() {
            context.out.eprint(format!("The command ended with {}\n", process::words(status)));
        }
        Ok(())
    }

    fn complete(&self, call: &Call, cursor: usize, session: &Session) -> Vec<crate::engine::Completion> {
        crate::magic::complete::path_items(call, cursor, session)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn output_order_status_and_folder() {
        let kernel = TestSession::new();
        assert_eq!(kernel.text("!printf 'a b'; echo \"it's\" | cat"), "a bit's\n");
        let (collector, result) = kernel.run("!echo out; echo err >&2; exit 3");
        assert!(result.is_ok());
        assert_eq!(collector.stdout(), "out\n");
        assert!(collector.text().contains("err") && collector.text().contains("status 3"));
        assert!(kernel.text("!pwd").trim_end().ends_with("work"));
    }

    #[test]
    fn background_work_does_not_hold_the_cell() {
        let kernel = TestSession::new();
        assert_eq!(kernel.text("!sleep 5 & echo started"), "started\n");
    }

    #[test]
    fn an_interrupt_stops_the_command() {
        let kernel = TestSession::new();
        std::thread::scope(|scope| {
            let cell = scope.spawn(|| kernel.run("!echo ready; sleep 60"));
            while !cell.is_finished() {
                kernel.session.interrupt();
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            assert_eq!(cell.join().unwrap().1.unwrap_err().ename, "kernel::interrupted");
        });
    }
}
