//! `cargo xtask bench`: the crates' benchmarks, and the kernel against its peers.

use std::process::ExitCode;

use crate::context::{Context, Goal};
use crate::error::Result;
use crate::step;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only the crates' own benchmarks.
    #[arg(long, conflicts_with = "kernel")]
    crates: bool,
    /// Only the kernel against other kernels.
    #[arg(long)]
    kernel: bool,
    /// Kernels to compare, by the names that Jupyter knows them by.
    #[arg(long, default_values = ["synthbook", "python3"], value_name = "NAME")]
    with: Vec<String>,
    /// How often each thing is measured.
    #[arg(long, default_value_t = 5)]
    reps: u32,
}

/// Sets up and runs the benchmarks in the profile of the build, so that nothing is compiled for another.
///
/// # Errors
///
/// When the set-up fails or a benchmark can't be started.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let cx = Context::find(Goal::Lab)?;
    step::run_all(&cx)?;
    let mut failed = false;
    if !options.kernel {
        let tool = cx.in_lab(cx.cargo().args(["bench", "--workspace", "--profile", "dev", "--benches"]));
        failed |= !tool.echo(|_| ())?.success();
    }
    let script = cx.paths.root.join("tests/conformance/bench_kernel.py");
    if !options.crates && script.exists() {
        for kernel in &options.with {
            let tool = cx.lab_tool(cx.paths.program("python")).arg(&script).arg(kernel);
            failed |= !tool.arg("--reps").arg(options.reps.to_string()).echo(|_| ())?.success();
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
