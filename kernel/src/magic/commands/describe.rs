//! `%describe`: what is in a frame, column by column.

use crate::data;
use crate::display::{TableOptions, table_bundle};
use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct Describe;

const SPEC: MagicSpec = MagicSpec {
    name: "describe",
    kind: MagicKind::Line,
    summary: "Describes a frame column by column: type, missing and unique values, moments, quartiles, frequent values.",
    arguments: &[
        Argument::required("NAME", ValueKind::Frame, "The frame."),
        Argument::optional("--as", ValueKind::NewFrame, "Keeps the description as a frame too."),
    ],
    examples: &["%describe people", "%describe people --as facts"],
};

impl Magic for Describe {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let frame = context.frame(arguments.need("NAME", call)?)?;
        let facts = data::describe(&frame)?;
        if let Some(name) = arguments.text("--as") {
            context.session.frames.publish(name, &facts, &call.title())?;
        }
        let options = TableOptions { rows: 1000, quotes: false, ..context.session.settings().table() };
        context.say(&format!("{} rows", crate::display::group_digits(frame.height())));
        context.out.display(table_bundle(&facts, &options));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn describes_and_keeps() {
        let kernel = TestSession::with_examples();
        let text = kernel.text("%describe people --as facts");
        assert!(text.contains("income") && text.contains("60 rows"), "{text}");
        assert_eq!(kernel.session.frames.info("facts").unwrap().rows, 5);
    }
}
