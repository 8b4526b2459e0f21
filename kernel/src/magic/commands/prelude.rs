//! `%use`: brings polars, charts or synthesizers into Rust cells.

use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct Use;

/// What there is to use.
const PRELUDES: &[&str] = &["polars", "charts", "synth"];

const SPEC: MagicSpec = MagicSpec {
    name: "use",
    kind: MagicKind::Line,
    summary: "Brings polars, charts or synthesizers into the Rust cells that follow.",
    arguments: &[Argument::required("NAME…", ValueKind::Choice(PRELUDES), "What to bring in.")],
    examples: &["%use polars", "%use charts synth"],
};

impl Magic for Use {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        for word in arguments.all("NAME…") {
            let Some(name) = PRELUDES.iter().find(|name| **name == word.text) else { continue };
            context.session.evaluator.use_prelude(name, &context.out).map_err(KernelError::Cell)?;
            context.session.add_prelude(name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn preludes_reach_the_language() {
        let kernel = TestSession::new();
        let _ = kernel.text("%use polars synth\n%use polars");
        assert_eq!(kernel.language.log(), ["use polars", "use synth", "use polars"]);
        assert_eq!(kernel.session.preludes(), ["polars", "synth"]);
        assert_eq!(kernel.error("%use pandas").ename, "magic::bad_value");
    }
}
