//! `%who`: the names of variables, frames and models.

use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context, Magic, MagicKind, MagicSpec};

/// The magic.
pub(in crate::magic) struct Who;

const SPEC: MagicSpec = MagicSpec {
    name: "who",
    kind: MagicKind::Line,
    summary: "Lists the names of Rust variables, frames and models.",
    arguments: &[],
    examples: &["%who"],
};

impl Magic for Who {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        Arguments::parse(SPEC, call)?;
        let variables: Vec<String> = context.session.evaluator.variables().into_iter().map(|(name, _)| name).collect();
        for (what, names) in [
            ("variables", variables),
            ("frames", context.session.frames.names()),
            ("models", context.session.model_names()),
        ] {
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            context.say(&format!("{what}: {names}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn names_by_kind() {
        let kernel = TestSession::with_examples();
        assert_eq!(kernel.text("%who"), "variables: answer\nframes: people\nmodels: none\n");
    }
}
