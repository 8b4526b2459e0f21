//! `%reset`: forgets the session's variables, models and database.

use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct Reset;

const SPEC: MagicSpec = MagicSpec {
    name: "reset",
    kind: MagicKind::Line,
    summary: "Forgets Rust variables and items, models and the session's database; frames stay unless asked.",
    arguments: &[
        Argument::optional("--frames", ValueKind::Switch, "Drops the frames too."),
        Argument::optional("-f", ValueKind::Switch, "Accepted as in IPython; nothing is asked."),
    ],
    examples: &["%reset", "%reset --frames"],
};

impl Magic for Reset {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let frames = arguments.has("--frames");
        context.session.reset(frames)?;
        let kept = if frames { "frames were dropped too" } else { "frames were kept" };
        context.say(&format!("Forgot variables, items, models and the database; {kept}"));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn frames_stay_unless_asked() {
        let kernel = TestSession::with_examples();
        let _ = kernel.text("%reset -f");
        assert_eq!(kernel.language.log(), ["reset"]);
        assert_eq!(kernel.session.frames.names(), ["people"]);
        let _ = kernel.text("%reset --frames");
        assert!(kernel.session.frames.names().is_empty());
    }
}
