//! `cargo xtask test`: everything that must pass, and one line at the end that sums it up.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Instant;

use crate::context::{Context, Goal};
use crate::error::{Result, SetupError};
use crate::progress::spoken;
use crate::step;
use crate::summary::Summary;
use crate::tool::Tool;

/// How to test.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Stop at the first stage that fails.
    #[arg(long)]
    fail_fast: bool,
    /// Run only these stages: format, rust, doc, python, clippy.
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    only: Vec<String>,
}

/// One thing that must pass.
struct Stage {
    name: &'static str,
    tool: Tool,
}

/// Sets up and runs every stage. A stage that fails without naming a failed test counts as one that failed, and so
/// does a failing set-up.
pub(crate) fn run(options: &Options) -> ExitCode {
    let mut sum = Summary::default();
    if let Err(error) = stages(options, &mut sum) {
        eprintln!("{}", error.render());
        sum.failed += 1;
    }
    println!("{sum}");
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn stages(options: &Options, sum: &mut Summary) -> Result<()> {
    let cx = Context::find(Goal::Test)?;
    let quick = Stage { name: "format", tool: cx.cargo().args(["fmt", "--all", "--check"]) };
    if is_wanted(options, &quick) && !pass(&quick, sum)? && options.fail_fast {
        return Ok(());
    }
    step::run_all(&cx)?;
    for stage in slow_stages(&cx) {
        if is_wanted(options, &stage) && !pass(&stage, sum)? && options.fail_fast {
            break;
        }
    }
    Ok(())
}

fn is_wanted(options: &Options, stage: &Stage) -> bool {
    options.only.is_empty() || options.only.iter().any(|name| name == stage.name)
}

/// The stages after the set-up, those that fail soonest first.
fn slow_stages(cx: &Context) -> [Stage; 4] {
    let in_lab = |words: &[&str]| cx.in_lab(cx.cargo().args(words));
    let rust = if Tool::new("cargo").args(["nextest", "--version"]).succeeds() {
        in_lab(&["nextest", "run", "--workspace", "--no-fail-fast", "--no-tests", "pass"])
    } else {
        in_lab(&["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"])
    };
    let python = cx.lab_tool(cx.paths.program("python")).args(["-m", "pytest", "-ra", "tests/python"]);
    [
        Stage { name: "rust", tool: rust },
        Stage { name: "doc", tool: in_lab(&["test", "--workspace", "--no-fail-fast", "--doc"]) },
        Stage { name: "python", tool: python },
        Stage { name: "clippy", tool: in_lab(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]) },
    ]
}

/// Runs a stage, adds its counts, and says whether it passed.
fn pass(stage: &Stage, sum: &mut Summary) -> Result<bool> {
    // The runners write to a pipe here and would leave their colours out.
    let tool = if std::io::stdout().is_terminal() {
        stage.tool.clone().env("CARGO_TERM_COLOR", "always").env("PY_COLORS", "1")
    } else {
        stage.tool.clone()
    };
    let started = Instant::now();
    eprintln!("── {}: {}", stage.name, stage.tool.shown());
    let mut own = Summary::default();
    let mut announce = |line: &str| {
        if let Some(found) = Summary::from_line(line) {
            own.add(found);
        }
    };
    let status = match tool.echo(&mut announce) {
        Ok(status) => status,
        Err(error @ SetupError::NoProgram { .. }) => {
            eprintln!("{}", error.render());
            sum.failed += 1;
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    if !status.success() && own.failed == 0 {
        own.failed = 1;
    }
    sum.add(own);
    let word = if own.failed == 0 { "passed" } else { "FAILED" };
    eprintln!("── {} {word} in {}", stage.name, spoken(started.elapsed()));
    Ok(own.failed == 0)
}
