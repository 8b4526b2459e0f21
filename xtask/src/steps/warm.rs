//! The step that compiles one cell ahead, so that the first one in a notebook does not wait.

use crate::context::Context;
use crate::error::Result;
use crate::files;
use crate::progress::Task;
use crate::stamp::{self, Inputs};
use crate::step::Step;
use crate::tool::Tool;

/// `synthbook warm`.
pub(crate) struct Warm;

impl Step for Warm {
    fn name(&self) -> &'static str {
        "warm"
    }

    fn why(&self) -> &'static str {
        "compile a first Rust cell"
    }

    fn is_done(&self, cx: &Context) -> Result<bool> {
        Ok(stamp::matches(&cx.paths, self.name(), &digest(cx)?))
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        stamp::forget(&cx.paths, self.name());
        cx.lab_tool(cx.paths.program("synthbook")).arg("warm").run(task)?;
        stamp::keep(&cx.paths, self.name(), &digest(cx)?)
    }

    fn remedy(&self, cx: &Context) -> String {
        format!("`{} doctor` says what the Rust cells lack.", cx.paths.program("synthbook").display())
    }
}

fn digest(cx: &Context) -> Result<String> {
    let compiler = Tool::new("rustc").arg("-vV").read(&Task::hidden())?;
    let mut inputs = Inputs::default().text(&compiler).version_of(&cx.paths.program("synthbook"))?;
    for file in files::list(&cx.paths.cells()) {
        inputs = inputs.version_of(&file)?;
    }
    Ok(inputs.digest())
}
