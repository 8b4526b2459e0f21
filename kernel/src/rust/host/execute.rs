//! Runs a cell in the host: types are found, loops and question marks are prepared, evcxr compiles and runs.

use std::collections::BTreeMap;

use evcxr::{CompilationError, Error, EvalOutputs};

use super::Host;
use super::probe;
use super::protocol::{Diagnostic, Executed, Label, Outcome};
use crate::rust::markers::PLACE;
use crate::rust::source::{Cell, apply, items_of_generated, split_commands};

/// What every cell has in scope.
fn cell_items() -> String {
    format!(
        r#"#[allow(unused_imports)] use synthbook::prelude::*;
#[unsafe(no_mangle)] pub extern "C" fn synthbook_attach() {{ ::synthbook::attach(); }}
#[unsafe(no_mangle)] pub extern "C" fn synthbook_flush() {{ ::synthbook::flush(); }}
trait SynthbookPlace: Sized {{ fn synthbook_at(self, line: u32) -> Self; }}
impl<T, E> SynthbookPlace for std::result::Result<T, E> {{ fn synthbook_at(self, line: u32) -> Self {{ if self.is_err() {{ println!("{PLACE}{{line}}"); }} self }} }}
impl<T> SynthbookPlace for std::option::Option<T> {{ fn synthbook_at(self, line: u32) -> Self {{ if self.is_none() {{ println!("{PLACE}{{line}}"); }} self }} }}
{}"#,
        probe::PROBE_FN
    )
}

impl Host {
    /// Tells evcxr where the cells' libraries are and defines what every cell has in scope.
    pub(super) fn prepare_cells(&mut self) -> Result<(), Error> {
        let mut flags = vec!["-Cprefer-dynamic".to_owned()];
        flags.extend(self.toolchain.link_flags());
        self.context.execute(&format!(":build_env RUSTFLAGS={}", flags.join(" ")))?;
        self.context.execute(&cell_items())?;
        Ok(())
    }

    pub(super) fn execute(&mut self, code: &str, imports: &[String]) -> Executed {
        let mut contents = Vec::new();
        let outcome = self.run(code, imports, &mut contents);
        let mut variables: Vec<_> =
            self.context.variables_and_types().map(|(name, ty)| (name.to_owned(), ty.to_owned())).collect();
        variables.sort();
        let items = self.context.last_source().map(|source| items_of_generated(&source)).unwrap_or_default();
        Executed { outcome, variables, items, contents }
    }

    fn run(&mut self, code: &str, imports: &[String], contents: &mut Vec<(String, String)>) -> Outcome {
        let (commands, code) = split_commands(code);
        for command in imports.iter().chain(&commands) {
            match self.context.execute(command) {
                Ok(outputs) => collect(outputs, contents),
                Err(error) => return outcome_of(error),
            }
        }
        if code.trim().is_empty() {
            return Outcome::Ran;
        }
        let cell = Cell::parse(&code);
        let variables = cell.untyped();
        let mut types = BTreeMap::new();
        if !variables.is_empty() {
            // Asking what stands at the end makes evcxr write the whole crate, with the types of earlier variables, to disk.
            let probed = probe::with_probes(&code, &variables);
            let _ = self.context.hover_at(&probed, probed.len());
            types = probe::types(&self.toolchain, &self.crate_dir).unwrap_or_default();
            if types.is_empty()
                && let Some(failed) = self.check(&code)
            {
                return failed;
            }
        }
        let mut edits = probe::with_types(&variables, &types);
        let with_types = apply(&code, edits.clone());
        edits.extend(cell.instruments(&code));
        let prepared = apply(&code, edits);
        match self.context.execute(&prepared) {
            Ok(outputs) => {
                collect(outputs, contents);
                Outcome::Ran
            }
            // The user's own text gives the user's own places. If it compiles, what was put in is at fault.
            Err(Error::CompilationErrors(_)) if prepared != code => match self.check(&code) {
                Some(failed) => failed,
                None => match self.context.execute(&with_types) {
                    Ok(outputs) => {
                        collect(outputs, contents);
                        Outcome::Ran
                    }
                    Err(error) => outcome_of(error),
                },
            },
            Err(error) => outcome_of(error),
        }
    }

    /// The compiler's messages on code as the user wrote it; `None` when there are no errors.
    fn check(&mut self, code: &str) -> Option<Outcome> {
        match self.context.check(code) {
            Ok(errors) => {
                let found: Vec<_> =
                    errors.iter().map(diagnostic).filter(|found| found.level.starts_with("error")).collect();
                (!found.is_empty()).then_some(Outcome::Compile(found))
            }
            Err(error) => Some(outcome_of(error)),
        }
    }
}

fn collect(outputs: EvalOutputs, contents: &mut Vec<(String, String)>) {
    let mut found: Vec<_> = outputs.content_by_mime_type.into_iter().collect();
    found.sort();
    contents.extend(found);
}

fn outcome_of(error: Error) -> Outcome {
    match error {
        Error::CompilationErrors(errors) => Outcome::Compile(errors.iter().map(diagnostic).collect()),
        Error::SubprocessTerminated(_) => Outcome::Terminated,
        Error::TypeRedefinedVariablesLost(_) | Error::Message(_) => Outcome::Message(error.to_string()),
    }
}

fn diagnostic(error: &CompilationError) -> Diagnostic {
    let mut labels = Vec::new();
    let mut help = error.help();
    for message in error.spanned_messages().iter().chain(error.help_spanned()) {
        match &message.span {
            Some(span) => labels.push(Label {
                start_line: span.start_line,
                start_column: span.start_column,
                end_line: span.end_line,
                end_column: span.end_column,
                text: message.label.clone(),
                primary: message.is_primary,
            }),
            None if !message.label.is_empty() && !message.is_primary => help.push(message.label.clone()),
            None => {}
        }
    }
    help.extend(error.evcxr_extra_hint().map(str::to_owned));
    Diagnostic {
        level: error.level().to_owned(),
        code: error.code().map(str::to_owned),
        message: error.message(),
        labels,
        help,
        rendered: error.rendered(),
    }
}
