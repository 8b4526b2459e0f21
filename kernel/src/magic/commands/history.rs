//! `%history`: the cells of this session.

use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct History;

const SPEC: MagicSpec = MagicSpec {
    name: "history",
    kind: MagicKind::Line,
    summary: "Prints the cells that this session has run.",
    arguments: &[
        Argument::optional("--numbers|-n", ValueKind::Switch, "Puts In [n] before each cell."),
        Argument::optional("--last|-l", ValueKind::Integer, "Only the last so many cells."),
    ],
    examples: &["%history", "%history -n --last 3"],
};

impl Magic for History {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let inputs = context.session.inputs();
        let last = arguments.integer("--last|-l")?.unwrap_or(usize::MAX);
        for input in inputs.iter().skip(inputs.len().saturating_sub(last)) {
            if arguments.has("--numbers|-n") {
                context.say(&format!("{:4}: {}", input.number, input.code.replace('\n', "\n      ")));
            } else {
                context.say(&input.code);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn cells_in_order() {
        let kernel = TestSession::new();
        let _ = kernel.text("let a = 1;\nlet b = 2;");
        assert_eq!(kernel.text("%history -n"), "   1: let a = 1;\n      let b = 2;\n   1: %history -n\n");
        assert_eq!(kernel.text("%history --last 1"), "%history --last 1\n");
    }
}
