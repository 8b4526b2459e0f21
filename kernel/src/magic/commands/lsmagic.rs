//! `%lsmagic`: lists every magic, for people and for programs.

use serde_json::{Map, Value};

use crate::display::Bundle;
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context, Magic, MagicKind, MagicSpec, registry};

/// The magic.
pub(in crate::magic) struct LsMagic;

const SPEC: MagicSpec = MagicSpec {
    name: "lsmagic",
    kind: MagicKind::Line,
    summary: "Lists every magic.",
    arguments: &[],
    examples: &["%lsmagic"],
};

impl Magic for LsMagic {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        Arguments::parse(SPEC, call)?;
        let specs: Vec<MagicSpec> =
            registry::all().iter().map(|magic| magic.spec()).filter(|spec| spec.name != "!").collect();
        let of = |fits: fn(MagicKind) -> bool, mark: &str| -> Vec<String> {
            specs.iter().filter(|spec| fits(spec.kind)).map(|spec| format!("{mark}{}", spec.name)).collect()
        };
        let text = format!(
            "Line magics:\n{}\n\nCell magics:\n{}\n\n%help NAME or %NAME? explains one; !command runs a shell command.",
            of(MagicKind::on_line, "%").join("  "),
            of(MagicKind::on_cell, "%%").join("  "),
        );
        let json = |fits: fn(MagicKind) -> bool| -> Value {
            let entries =
                specs.iter().filter(|spec| fits(spec.kind)).map(|spec| (spec.name.to_owned(), spec.summary.into()));
            Value::Object(entries.collect::<Map<String, Value>>())
        };
        let list = serde_json::json!({ "line": json(MagicKind::on_line), "cell": json(MagicKind::on_cell) });
        context.out.display(Bundle::text(text).with("application/vnd.synthbook.magics+json", list));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn lists_for_people_and_programs() {
        let kernel = TestSession::new();
        let (collector, result) = kernel.run("%lsmagic");
        result.unwrap();
        let bundle = &collector.bundles()[0];
        assert!(
            bundle.get("text/plain").unwrap().contains("%load") && bundle.get("text/plain").unwrap().contains("%%sql")
        );
        assert!(bundle.data["application/vnd.synthbook.magics+json"]["line"]["load"].is_string());
        assert!(bundle.data["application/vnd.synthbook.magics+json"]["cell"]["bash"].is_string());
    }
}
