//! The step that loads the retail warehouse from the demo data.

use crate::context::Context;
use crate::error::Result;
use crate::progress::Task;
use crate::stamp::{self, Inputs};
use crate::step::Step;

/// `synthbook etl run`.
pub(crate) struct Warehouse;

impl Step for Warehouse {
    fn name(&self) -> &'static str {
        "warehouse"
    }

    fn why(&self) -> &'static str {
        "load the retail warehouse"
    }

    fn is_done(&self, cx: &Context) -> Result<bool> {
        Ok(cx.paths.warehouse().exists() && stamp::matches(&cx.paths, self.name(), &digest(cx)?))
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        stamp::forget(&cx.paths, self.name());
        cx.lab_tool(cx.paths.program("synthbook")).args(["etl", "run"]).run(task)?;
        stamp::keep(&cx.paths, self.name(), &digest(cx)?)
    }

    fn remedy(&self, cx: &Context) -> String {
        format!(
            "A notebook or program that has {} open must close it first (%connect --close, or restart its kernel).",
            cx.paths.warehouse().display()
        )
    }
}

/// The program, which may load otherwise, and the data that are loaded.
fn digest(cx: &Context) -> Result<String> {
    let source = cx.paths.complete_journey().join("transactions.parquet");
    Ok(Inputs::default().version_of(&cx.paths.program("synthbook"))?.version_of(&source)?.digest())
}
