//! `cargo xtask lab`: opens JupyterLab on the notebooks, or runs the tour without a browser.

use std::process::ExitCode;

use crate::context::{Context, Goal};
use crate::error::Result;
use crate::step;

/// How to open the lab.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Run a notebook whole instead, and print what each cell gave.
    #[arg(long)]
    headless: bool,
    /// The notebook that `--headless` runs, in `notebooks/`.
    #[arg(long, value_name = "FILE", default_value = "01_first_steps.ipynb", requires = "headless")]
    notebook: String,
    /// The port that JupyterLab listens on; the next free one when it is taken.
    #[arg(long, default_value_t = 8888)]
    port: u16,
    /// Do not open a browser.
    #[arg(long)]
    no_browser: bool,
}

/// Runs a notebook and prints what each cell gave.
const RUN_NOTEBOOK: &str = include_str!("../assets/run_notebook.py");

/// Sets up, then becomes JupyterLab; with `--headless` runs the tour and reports.
///
/// # Errors
///
/// When the set-up fails or Jupyter can't be started.
pub(crate) fn open(options: &Options) -> Result<ExitCode> {
    let cx = Context::find(Goal::Lab)?;
    step::run_all(&cx)?;
    let notebooks = cx.paths.root.join("notebooks");
    if options.headless {
        let python = cx.lab_tool(cx.paths.program("python")).dir(&notebooks);
        let status = python.args(["-u", "-c", RUN_NOTEBOOK, &options.notebook]).echo(|_| ())?;
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut jupyter = cx.lab_tool(cx.paths.program("jupyter")).dir(&notebooks).arg("lab");
    jupyter = jupyter.arg(format!("--ServerApp.root_dir={}", notebooks.display()));
    jupyter = jupyter.arg(format!("--port={}", options.port));
    if options.no_browser {
        jupyter = jupyter.arg("--no-browser");
    }
    // Jupyter refuses to run for root, which is who one is in a container.
    jupyter = jupyter.arg("--allow-root");
    Err(jupyter.become_it())
}
