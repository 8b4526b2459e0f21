//! `%cd`: changes the folder that paths and commands start from.

use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct Cd;

const SPEC: MagicSpec = MagicSpec {
    name: "cd",
    kind: MagicKind::Line,
    summary: "Changes the folder that paths and commands start from.",
    arguments: &[Argument::optional(
        "FOLDER",
        ValueKind::Path,
        "The folder; - is the one before, none is the home folder.",
    )],
    examples: &["%cd .", "%cd -"],
};

impl Magic for Cd {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let to = arguments.get("FOLDER");
        let folder = context.session.change_folder(to.map_or("~", |word| &word.text));
        let folder = folder.map_err(|error| match to {
            Some(word) => error.at(word.span.clone()),
            None => error,
        })?;
        context.say(&folder.display().to_string());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn goes_there_and_back() {
        let kernel = TestSession::new();
        std::fs::create_dir(kernel.folder().join("inner dir")).unwrap();
        assert!(kernel.text("%cd 'inner dir'").trim_end().ends_with("inner dir"));
        assert!(kernel.text("%cd -").trim_end().ends_with("work"));
        assert_eq!(kernel.error("%cd nowhere").ename, "data::not_found");
    }
}
