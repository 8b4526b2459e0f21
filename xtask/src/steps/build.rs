//! The step that compiles the workspace, in the one profile that everything uses.

use crate::artifacts::Artifact;
use crate::context::Context;
use crate::error::{Result, SetupError};
use crate::progress::Task;
use crate::step::Step;

/// `cargo build --workspace`.
pub(crate) struct Build;

impl Step for Build {
    fn name(&self) -> &'static str {
        "build"
    }

    fn why(&self) -> &'static str {
        "compile the kernel (over half an hour the first time on two cores)"
    }

    /// Cargo knows best, and is quick when there is nothing to do.
    fn is_done(&self, _: &Context) -> Result<bool> {
        Ok(false)
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        let tool = cx.cargo().args(["build", "--workspace", "--message-format=json-render-diagnostics"]);
        let mut built = vec![];
        let status = task.give_way(|| tool.pass_errors(|line| built.extend(Artifact::from_message(line))))?;
        if !status.success() {
            return Err(tool.failed(status, "The compiler's messages stand above.".into()));
        }
        if built.is_empty() {
            return Err(SetupError::Missing { what: "cargo build named nothing that it built".into() });
        }
        cx.built.replace(built);
        Ok(())
    }

    fn remedy(&self, cx: &Context) -> String {
        format!(
            "Rust 1.95 or newer is needed. The build folder is {} and takes about 6 GB; a build that was interrupted \
             goes on where it stopped.",
            cx.paths.target.display()
        )
    }
}
