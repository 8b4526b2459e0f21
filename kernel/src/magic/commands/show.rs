//! `%show`: a frame as a table.

use crate::display::{TableOptions, table_bundle};
use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct Show;

const SPEC: MagicSpec = MagicSpec {
    name: "show",
    kind: MagicKind::Line,
    summary: "Shows the first and last rows of a frame.",
    arguments: &[
        Argument::required("NAME", ValueKind::Frame, "The frame."),
        Argument::optional("COLUMN…", ValueKind::Column, "Only these columns."),
        Argument::optional("--rows|-n", ValueKind::Integer, "How many rows."),
        Argument::optional("--text", ValueKind::Integer, "How many characters of a value."),
    ],
    examples: &["%show people", "%show people age city -n 4"],
};

impl Magic for Show {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let name = arguments.need("NAME", call)?;
        let mut frame = context.frame(name)?;
        let columns = arguments.all("COLUMN…");
        if !columns.is_empty() {
            for column in &columns {
                context.column(&name.text, column)?;
            }
            frame = frame.select(columns.iter().map(|column| column.text.as_str()))?;
        }
        let defaults = context.session.settings().table();
        let rows = arguments.integer("--rows|-n")?.unwrap_or(defaults.rows);
        let text = arguments.integer("--text")?.unwrap_or(defaults.text);
        context.out.display(table_bundle(&frame, &TableOptions { rows, text, ..defaults }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn rows_and_columns() {
        let kernel = TestSession::with_examples();
        let text = kernel.text("%show people city -n 4");
        assert!(text.contains("60 rows × 1 column") && !text.contains("income"), "{text}");
        assert_eq!(kernel.error("%show poeple").ename, "frames::unknown");
        let error = kernel.error("%show people ctiy");
        assert_eq!(error.ename, "frames::unknown_column");
        assert!(error.traceback.join("\n").contains("did you mean city?"));
    }
}
