//! `%whos`: variables, frames and models with their types and sizes.

use polars::prelude::df;

use crate::display::{TableOptions, table_bundle};
use crate::error::KernelError;
use crate::frames::human_bytes;
use crate::magic::{Arguments, Call, Context, Magic, MagicKind, MagicSpec};

/// The magic.
pub(in crate::magic) struct Whos;

const SPEC: MagicSpec = MagicSpec {
    name: "whos",
    kind: MagicKind::Line,
    summary: "Lists Rust variables, frames and models with their types and sizes.",
    arguments: &[],
    examples: &["%whos"],
};

impl Magic for Whos {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        Arguments::parse(SPEC, call)?;
        let session = context.session;
        let mut rows: Vec<[String; 3]> = Vec::new();
        for (name, kind) in session.evaluator.variables() {
            rows.push([name, "variable".into(), kind]);
        }
        for info in session.frames.list() {
            let size = format!("{} × {}, {}", info.rows, info.columns.len(), human_bytes(info.bytes));
            rows.push([info.name, "frame".into(), size]);
        }
        for name in session.model_names() {
            let model = session.model(&name)?;
            rows.push([name, "model".into(), format!("{}, fitted on {} rows", model.synthesizer(), model.rows())]);
        }
        let column = |at: usize| rows.iter().map(|row| row[at].clone()).collect::<Vec<String>>();
        let table = df!("name" => column(0), "kind" => column(1), "type or size" => column(2))?;
        context
            .out
            .display(table_bundle(&table, &TableOptions { rows: 1000, quotes: false, ..TableOptions::default() }));
        Ok(())
    }
}
