//! The progress bars of a running cell: drawn once, then changed in place.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;

use crate::display::progress_bundle;
use crate::output::OutputEvent;

/// A bar that the cell has begun and not ended.
#[derive(Debug)]
struct Bar {
    display_id: String,
    title: String,
    begun: Instant,
    fraction: Option<f64>,
}

/// The bars of one run, by the cell's own names for them.
#[derive(Debug, Default)]
pub(crate) struct Bars(BTreeMap<String, Bar>);

impl Bars {
    /// What to show for a `progress` event of a cell.
    pub(crate) fn event(&mut self, event: &Value) -> Option<OutputEvent> {
        let name = event["progress_id"].as_str()?;
        let fraction = event["fraction"].as_f64();
        let title = event["message"].as_str().unwrap_or_default();
        let done = event["done"].as_bool().unwrap_or(false);
        let known = self.0.contains_key(name);
        let bar = self.0.entry(name.to_owned()).or_insert_with(|| Bar {
            display_id: uuid::Uuid::new_v4().simple().to_string(),
            title: String::new(),
            begun: Instant::now(),
            fraction: None,
        });
        title.clone_into(&mut bar.title);
        bar.fraction = fraction;
        let bundle = if done { bar.ended("done in") } else { progress_bundle(&bar.title, fraction, "") };
        let display_id = bar.display_id.clone();
        if done {
            self.0.remove(name);
        }
        Some(if known {
            OutputEvent::Update { bundle, display_id }
        } else {
            OutputEvent::Display { bundle, display_id: Some(display_id) }
        })
    }

    /// The last state of bars that the cell left open: it was stopped.
    pub(crate) fn close(&mut self) -> Vec<OutputEvent> {
        let open = std::mem::take(&mut self.0);
        open.into_values()
            .map(|bar| OutputEvent::Update { bundle: bar.ended("stopped after"), display_id: bar.display_id })
            .collect()
    }
}

impl Bar {
    fn ended(&self, how: &str) -> crate::display::Bundle {
        progress_bundle(&self.title, self.fraction, &format!("{how} {:.1} s", self.begun.elapsed().as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bar_is_drawn_once_and_then_changed() {
        let mut bars = Bars::default();
        let event = |fraction: f64, done: bool| json!({"progress_id": "progress-9-1", "fraction": fraction, "message": "Reading", "done": done});
        let Some(OutputEvent::Display { bundle, display_id: Some(first) }) = bars.event(&event(0.1, false)) else {
            panic!("not drawn")
        };
        assert!(bundle.get("text/plain").is_some_and(|text| text.contains("Reading") && text.contains("10 %")));
        let Some(OutputEvent::Update { display_id, .. }) = bars.event(&event(0.5, false)) else {
            panic!("not changed")
        };
        assert_eq!(display_id, first);
        let Some(OutputEvent::Update { bundle, .. }) = bars.event(&event(1.0, true)) else { panic!("not ended") };
        assert!(bundle.get("text/plain").is_some_and(|text| text.contains("done in")));
        assert!(bars.close().is_empty());
    }

    #[test]
    fn a_bar_that_is_left_open_is_closed() {
        let mut bars = Bars::default();
        bars.event(&json!({"progress_id": "progress-9-7", "fraction": null, "message": "Waiting", "done": false}));
        let closed = bars.close();
        let [OutputEvent::Update { bundle, .. }] = closed.as_slice() else { panic!("{closed:?}") };
        assert!(bundle.get("text/plain").is_some_and(|text| text.contains("stopped after")));
        assert!(bars.event(&json!({"fraction": 0.5})).is_none());
    }
}
