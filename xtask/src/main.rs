//! The project's own commands: set up a machine, open the lab, run every test.

mod artifacts;
mod bench;
mod cause;
mod check;
mod context;
mod docs;
mod environment;
mod error;
mod files;
mod lab;
mod paths;
mod progress;
mod stamp;
mod step;
mod steps;
mod summary;
mod tool;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::context::{Context, Goal};
use crate::error::Result;

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", about, subcommand_required = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Set up what is missing, then open JupyterLab on the notebooks.
    Lab(lab::Options),
    /// Set up what is missing, then run every test; the last line says how many passed and failed.
    Test(check::Options),
    /// Only set up: system packages, DuckDB, Python, the kernel, demo data.
    Setup {
        /// Also what only the tests need (Chromium).
        #[arg(long)]
        tests: bool,
        /// Stop after this step.
        #[arg(long, value_name = "STEP", value_parser = steps::names())]
        until: Option<String>,
    },
    /// Write the documents that are generated from the registries again.
    Docs,
    /// Run the benchmarks.
    Bench(bench::Options),
    /// Print the folders that the set-up uses.
    Prefix {
        /// As one JSON document.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}", error.render());
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<ExitCode> {
    match task {
        Task::Lab(options) => lab::open(&options),
        Task::Test(options) => Ok(check::run(&options)),
        Task::Setup { tests, until } => {
            let goal = if tests { Goal::Test } else { Goal::Lab };
            step::run_until(&Context::find(goal)?, until.as_deref())?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Docs => docs::write(&Context::find(Goal::Lab)?),
        Task::Bench(options) => bench::run(&options),
        Task::Prefix { json } => {
            Context::find(Goal::Lab)?.paths.print(json);
            Ok(ExitCode::SUCCESS)
        }
    }
}
