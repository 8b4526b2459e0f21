//! `%%writefile`: writes a cell to a file.

use std::fs::OpenOptions;
use std::io::Write;

use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct WriteFile;

const SPEC: MagicSpec = MagicSpec {
    name: "writefile",
    kind: MagicKind::Cell,
    summary: "Writes the cell to a file.",
    arguments: &[
        Argument::required("FILE", ValueKind::Path, "The file; an existing one is replaced."),
        Argument::optional("--append|-a", ValueKind::Switch, "Adds to the end of the file."),
    ],
    examples: &["%%writefile notes.txt\none line", "%%writefile --append notes.txt\nanother"],
};

impl Magic for WriteFile {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let word = arguments.need("FILE", call)?;
        let path = context.path(&word.text);
        let append = arguments.has("--append|-a");
        let existed = path.exists();
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(append).truncate(!append);
        let mut body = call.body.clone().unwrap_or_default();
        if !body.is_empty() && !body.ends_with('\n') {
            body.push('\n');
        }
        let written = options.open(&path).and_then(|mut file| file.write_all(body.as_bytes()));
        written.map_err(|error| KernelError::io("write to", &path, error).at(word.span.clone()))?;
        let what = match (existed, append) {
            (true, true) => "Added to",
            (true, false) => "Replaced",
            (false, _) => "Wrote",
        };
        context.say(&format!("{what} {}", word.text));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn writes_replaces_and_adds() {
        let kernel = TestSession::new();
        assert_eq!(kernel.text("%%writefile a.txt\none"), "Wrote a.txt\n");
        assert_eq!(kernel.text("%%writefile -a a.txt\ntwo\n"), "Added to a.txt\n");
        assert_eq!(std::fs::read_to_string(kernel.folder().join("a.txt")).unwrap(), "one\ntwo\n");
        assert_eq!(kernel.text("%%writefile a.txt\n"), "Replaced a.txt\n");
        assert_eq!(kernel.error("%%writefile no/where.txt\nx").ename, "kernel::io");
    }
}
