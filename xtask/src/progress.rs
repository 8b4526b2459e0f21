//! Shows what a step does at this moment: a spinner in a terminal, a line at its start and end elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// The display of one step.
#[derive(Debug)]
pub(crate) struct Task {
    bar: ProgressBar,
    label: String,
    started: Instant,
}

impl Task {
    /// Begins to show a step.
    pub(crate) fn start(label: String) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("{spinner:.cyan} {prefix} {elapsed:.dim} {wide_msg:.dim}");
            let bar = ProgressBar::new_spinner().with_prefix(label.clone());
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        } else {
            eprintln!("{label} …");
            ProgressBar::hidden()
        };
        Self { bar, label, started: Instant::now() }
    }

    /// A display that shows nothing.
    pub(crate) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), label: String::new(), started: Instant::now() }
    }

    /// Shows the last thing that happened, in one line.
    pub(crate) fn note(&self, message: &str) {
        self.bar.set_message(message.trim().to_owned());
    }

    /// Clears the spinner while a program writes to the terminal itself.
    pub(crate) fn give_way<T>(&self, action: impl FnOnce() -> T) -> T {
        self.bar.disable_steady_tick();
        self.bar.suspend(action)
    }

    /// Ends the display: the step succeeded.
    pub(crate) fn done(self) {
        self.bar.finish_and_clear();
        eprintln!("{} done in {}", self.label, spoken(self.started.elapsed()));
    }

    /// Ends the display: the step failed, and the error is told elsewhere.
    pub(crate) fn failed(self) {
        self.bar.finish_and_clear();
        eprintln!("{} failed after {}", self.label, spoken(self.started.elapsed()));
    }
}

/// A duration as people say it.
pub(crate) fn spoken(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = time.as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spoken() {
        assert_eq!(spoken(Duration::from_millis(1_540)), "1.5 s");
        assert_eq!(spoken(Duration::from_secs(61)), "1 min 01 s");
    }
}
