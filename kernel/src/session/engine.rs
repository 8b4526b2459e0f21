//! A session as the protocol layer drives it.

use super::Session;
use crate::display::Bundle;
use crate::engine::{CellEngine, CellError, CellRequest, Completeness, Completions};
use crate::evaluator::Snippet;
use crate::magic;
use crate::output::{Output, OutputEvent, OutputSink};
use std::sync::{Arc, Mutex, PoisonError};

impl CellEngine for Session {
    fn execute(&self, request: &CellRequest, out: &Output) -> Result<(), CellError> {
        if !request.silent {
            self.add_input(request.execution_count, &request.code);
        }
        self.with_cancel(|cancel| magic::run_cell(self, request, out, cancel))
    }

    fn evaluate(&self, expression: &str) -> Result<Bundle, CellError> {
        let values = Arc::new(Values::default());
        let snippet = Snippet { code: expression.to_owned(), first_line: 0, execution_count: 0, show_value: true };
        self.evaluator.execute(&snippet, &Output::new(values.clone()))?;
        let last = values.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(last.unwrap_or_else(|| Bundle::text("()")))
    }

    fn complete(&self, code: &str, cursor: usize) -> Completions {
        magic::complete(self, code, cursor)
    }

    fn inspect(&self, code: &str, cursor: usize, detail: u8) -> Option<Bundle> {
        magic::inspect(self, code, cursor, detail)
    }

    fn is_complete(&self, code: &str) -> Completeness {
        magic::is_complete(self, code)
    }

    fn interrupt(&self) {
        Session::interrupt(self);
    }

    fn shutdown(&self, _restart: bool) {
        self.interrupt();
        self.evaluator.shutdown();
        self.frames.close();
    }

    fn notices(&self) -> Vec<String> {
        match self.frames.recovered() {
            [] => Vec::new(),
            names => {
                vec![format!("Recovered from the kernel that died: {}. Rust variables are lost.", names.join(", "))]
            }
        }
    }
}

/// Keeps the last value that an expression gave.
#[derive(Default)]
struct Values(Mutex<Option<Bundle>>);

impl OutputSink for Values {
    fn emit(&self, event: OutputEvent) {
        if let OutputEvent::Result { bundle } | OutputEvent::Display { bundle, .. } = event {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(bundle);
        }
    }

    fn input(&self, _prompt: &str, _password: bool) -> Result<String, crate::output::InputError> {
        Err(crate::output::InputError::NotAllowed)
    }
}
