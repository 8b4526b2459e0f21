//! Progress of long work: a bar by display updates in the notebook, a line in the terminal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use synthbook_synth::{Progress, ProgressSink};

use super::Bundle;
use super::value::escape_html;
use crate::output::Output;

/// The least time between two updates.
const PACE: Duration = Duration::from_millis(100);

/// How long work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressEnd {
    /// It was finished.
    Done,
    /// The user stopped it.
    Interrupted,
    /// It failed.
    Failed,
}

/// A bar in a cell's output. The last state stays in the notebook.
pub struct NotebookProgress {
    out: Output,
    title: String,
    id: String,
    started: Instant,
    cancel: Arc<AtomicBool>,
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    last: Option<Instant>,
    fraction: Option<f64>,
    ended: bool,
}

impl NotebookProgress {
    /// A bar that appears with the first update.
    #[must_use]
    pub fn new(out: Output, title: &str, cancel: Arc<AtomicBool>) -> Arc<Self> {
        Arc::new(Self {
            out,
            title: title.to_owned(),
            id: format!("progress-{}", uuid::Uuid::new_v4().simple()),
            started: Instant::now(),
            cancel,
            shown: Mutex::new(Shown::default()),
        })
    }

    /// The handle that long work carries along.
    #[must_use]
    pub fn handle(self: &Arc<Self>) -> Progress {
        let sink: Arc<dyn ProgressSink> = self.clone();
        Progress::new(sink, Arc::clone(&self.cancel))
    }

    /// Shows the last state, unless the bar never appeared.
    pub fn finish(&self, end: ProgressEnd) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.last.is_none() || shown.ended {
            return;
        }
        shown.ended = true;
        let message = ended(end, self.started.elapsed());
        let fraction = if end == ProgressEnd::Done { Some(1.0) } else { shown.fraction };
        self.out.update(progress_bundle(&self.title, fraction, &message), self.id.clone());
    }

    /// Shows the last state by the outcome of the work.
    pub fn finish_with<T, E>(&self, result: &Result<T, E>) {
        let end = match result {
            Ok(_) => ProgressEnd::Done,
            Err(_) if self.cancel.load(Ordering::Relaxed) => ProgressEnd::Interrupted,
            Err(_) => ProgressEnd::Failed,
        };
        self.finish(end);
    }
}

impl ProgressSink for NotebookProgress {
    fn update(&self, fraction: Option<f64>, message: &str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.ended || shown.last.is_some_and(|last| last.elapsed() < PACE) {
            return;
        }
        let bundle = progress_bundle(&self.title, fraction, message);
        if shown.last.is_none() {
            self.out.display_as(bundle, self.id.clone());
        } else {
            self.out.update(bundle, self.id.clone());
        }
        shown.last = Some(Instant::now());
        shown.fraction = fraction;
    }
}

/// A bar as HTML and text; `fraction` from 0 to 1, none when the end is not in sight.
#[must_use]
pub fn progress_bundle(title: &str, fraction: Option<f64>, message: &str) -> Bundle {
    let fraction = fraction.filter(|value| value.is_finite()).map(|value| value.clamp(0.0, 1.0));
    let percent = fraction.map(|value| (value * 100.0).round() as u32);
    let value = percent.map_or_else(String::new, |percent| format!(" value=\"{percent}\""));
    let shown = percent.map_or_else(String::new, |percent| format!(" {percent} %"));
    let html = format!(
        "<div class=\"sb-progress\"><progress max=\"100\"{value} style=\"width:240px;vertical-align:middle\"></progress>\
         <span style=\"margin-left:8px\">{}{shown} <small style=\"color:var(--jp-ui-font-color2,#666)\">{}</small></span></div>",
        escape_html(title),
        escape_html(message)
    );
    let filled = fraction.map_or(0, |value| (value * 20.0).round() as usize);
    let text = format!("{title} [{}{}]{shown} {message}", "█".repeat(filled), "░".repeat(20 - filled));
    Bundle::html(html, text.trim_end().to_owned())
}

fn ended(end: ProgressEnd, time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match end {
        ProgressEnd::Done => format!("done in {seconds:.1} s"),
        ProgressEnd::Interrupted => format!("interrupted after {seconds:.1} s"),
        ProgressEnd::Failed => format!("failed after {seconds:.1} s"),
    }
}

/// A bar on the terminal's standard error; silent when that is no terminal.
pub struct TerminalProgress(ProgressBar);

impl TerminalProgress {
    /// A bar with a title.
    #[must_use]
    pub fn new(title: &str) -> Arc<Self> {
        let bar = ProgressBar::new(1000);
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {percent:>3} % {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(title.to_owned());
        Arc::new(Self(bar))
    }

    /// The handle that long work carries along, stopped when `stop` becomes true.
    #[must_use]
    pub fn handle(self: &Arc<Self>, stop: Arc<AtomicBool>) -> Progress {
        let sink: Arc<dyn ProgressSink> = self.clone();
        Progress::new(sink, stop)
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl ProgressSink for TerminalProgress {
    fn update(&self, fraction: Option<f64>, message: &str) {
        match fraction {
            Some(fraction) => self.0.set_position((fraction.clamp(0.0, 1.0) * 1000.0) as u64),
            None => self.0.tick(),
        }
        self.0.set_message(message.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::OutputEvent;
    use crate::testing::Collector;

    #[test]
    fn the_bar_as_text_and_html() {
        let bundle = progress_bundle("Fitting <x>", Some(0.5), "column 3");
        assert_eq!(bundle.get("text/plain").unwrap(), "Fitting <x> [██████████░░░░░░░░░░] 50 % column 3");
        assert!(
            bundle.get("text/html").unwrap().contains("value=\"50\"")
                && !bundle.get("text/html").unwrap().contains("<x>")
        );
        for fraction in [None, Some(f64::NAN), Some(-1.0), Some(7.0)] {
            let _ = progress_bundle("t", fraction, "");
        }
    }

    #[test]
    fn updates_are_paced_and_the_end_is_shown() {
        let collector = Collector::new();
        let bar = NotebookProgress::new(collector.output(), "Work", Arc::default());
        bar.finish(ProgressEnd::Done);
        assert!(collector.events().is_empty());
        for step in 0..1000 {
            bar.update(Some(f64::from(step) / 1000.0), "step");
        }
        bar.finish(ProgressEnd::Interrupted);
        bar.finish(ProgressEnd::Done);
        bar.update(Some(1.0), "late");
        let events = collector.events();
        assert!(matches!(&events[0], OutputEvent::Display { display_id: Some(_), .. }));
        assert!(events.len() < 50, "{}", events.len());
        let Some(OutputEvent::Update { bundle, .. }) = events.last() else { panic!("{events:?}") };
        assert!(bundle.get("text/plain").unwrap().contains("interrupted after"));
    }
}
