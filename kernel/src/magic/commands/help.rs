//! `%help`: the help page of a magic.

use crate::error::KernelError;
use crate::magic::{
    Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, find, help_bundle, registry, run,
};

/// The magic.
pub(in crate::magic) struct Help;

const SPEC: MagicSpec = MagicSpec {
    name: "help",
    kind: MagicKind::Line,
    summary: "Shows how a magic is used, or what there is.",
    arguments: &[Argument::optional("NAME", ValueKind::Magic, "The magic, with or without %.")],
    examples: &["%help", "%help load"],
};

impl Magic for Help {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let Some(word) = arguments.get("NAME") else {
            overview(context);
            return Ok(());
        };
        let name = word.text.trim_start_matches('%');
        let magic = find(name).ok_or_else(|| run::unknown(name).at(word.span.clone()))?;
        context.out.display(help_bundle(&magic.spec()));
        Ok(())
    }
}

fn overview(context: &Context<'_>) {
    context.say(
        "A cell is Rust; lines that begin with % are magics, and %%name on the first line takes the whole cell.\n",
    );
    for spec in registry::all().iter().map(|magic| magic.spec()) {
        let mark = if spec.name == "!" {
            ""
        } else if spec.kind.on_line() {
            "%"
        } else {
            "%%"
        };
        context.say(&format!("{:14} {}", format!("{mark}{}", spec.name), spec.summary));
    }
    context.say("\n%help NAME or NAME? shows more. Tab completes names, flags, frames, columns and files.");
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn pages_and_overview() {
        let kernel = TestSession::new();
        assert!(kernel.text("%help %load").contains("%load FILE"));
        assert!(kernel.text("%help").contains("%synth"));
        assert_eq!(kernel.error("%help lod").ename, "magic::unknown");
    }
}
