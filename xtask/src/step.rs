//! A step of the set-up, and running them all: skipped when done, named with its remedy when it fails.

use crate::context::Context;
use crate::error::{Result, SetupError};
use crate::progress::Task;
use crate::steps;

/// One thing that the set-up does. There is one file for each in `steps/`, and one line in its registry.
pub(crate) trait Step: Sync {
    /// One word.
    fn name(&self) -> &'static str;

    /// What it does, in a few words.
    fn why(&self) -> &'static str;

    /// Whether there is nothing to do.
    ///
    /// # Errors
    ///
    /// When that can't be found out.
    fn is_done(&self, cx: &Context) -> Result<bool>;

    /// Does it. What is interrupted half-way must not look done.
    ///
    /// # Errors
    ///
    /// When it can't be done.
    fn run(&self, cx: &Context, task: &Task) -> Result<()>;

    /// What a person can do when it fails.
    fn remedy(&self, cx: &Context) -> String;
}

/// Runs the steps in order and stops at the first that fails.
///
/// # Errors
///
/// The failing step's, with its remedy.
pub(crate) fn run_all(cx: &Context) -> Result<()> {
    run_until(cx, None)
}

/// Runs the steps in order up to the one called `last`.
///
/// # Errors
///
/// The failing step's, with its remedy.
pub(crate) fn run_until(cx: &Context, last: Option<&str>) -> Result<()> {
    for (index, step) in steps::ALL.iter().enumerate() {
        let label = format!("[{}/{}] {}: {}", index + 1, steps::ALL.len(), step.name(), step.why());
        run_one(*step, cx, label).map_err(|source| SetupError::Step {
            name: step.name(),
            remedy: step.remedy(cx),
            source: Box::new(source),
        })?;
        if last == Some(step.name()) {
            break;
        }
    }
    Ok(())
}

fn run_one(step: &dyn Step, cx: &Context, label: String) -> Result<()> {
    if step.is_done(cx)? {
        eprintln!("{label} – done already");
        return Ok(());
    }
    let task = Task::start(label);
    let result = step.run(cx, &task);
    if result.is_ok() {
        task.done();
    } else {
        task.failed();
    }
    result
}
