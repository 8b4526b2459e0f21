//! `%save`: a frame into a file.

use crate::data::{self, Format};
use crate::error::KernelError;
use crate::frames::human_bytes;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct Save;

const SPEC: MagicSpec = MagicSpec {
    name: "save",
    kind: MagicKind::Line,
    summary: "Saves a frame as CSV, TSV, Parquet, Arrow, JSON lines or JSON, by the file's suffix.",
    arguments: &[
        Argument::required("NAME", ValueKind::Frame, "The frame."),
        Argument::required("FILE", ValueKind::Path, "The file; an existing one is replaced, .gz and .zst are packed."),
        Argument::optional("--format|-f", ValueKind::Choice(Format::NAMES), "The format, if the suffix does not tell."),
    ],
    examples: &["%save people copy.parquet", "%save people copy.txt --format tsv"],
};

impl Magic for Save {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let frame = context.frame(arguments.need("NAME", call)?)?;
        let file = arguments.need("FILE", call)?;
        let format = arguments.text("--format|-f").and_then(Format::from_name);
        let saved =
            data::save(&frame, &context.path(&file.text), format).map_err(|error| error.at(file.span.clone()))?;
        let done = if saved.replaced { "Replaced" } else { "Wrote" };
        context.say(&format!("{done} {} ({})", file.text, human_bytes(saved.bytes)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn saves_and_replaces() {
        let kernel = TestSession::with_examples();
        assert!(kernel.text("%save people a.csv.gz").starts_with("Wrote a.csv.gz"));
        assert!(kernel.text("%save people a.csv.gz").starts_with("Replaced a.csv.gz"));
        assert!(kernel.text("%load a.csv.gz --as b").contains("60 rows"));
        assert_eq!(kernel.error("%save people a.docx").ename, "data::unknown_format");
        assert_eq!(kernel.error("%save nobody a.csv").ename, "frames::unknown");
        assert_eq!(kernel.error("%save people").ename, "magic::missing_argument");
    }
}
