//! Runs a cell part by part: Rust through the evaluator, magics through the registry.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::parse::parse_inside;
use super::{Call, Context, Part, find, help, parse, registry, suggest};
use crate::engine::{CellError, CellRequest, Completeness};
use crate::error::{KernelError, cell_error};
use crate::evaluator::Snippet;
use crate::output::Output;
use crate::session::Session;

/// Runs a whole cell; the first error ends it.
///
/// # Errors
/// The error to be shown, with its place in the cell.
pub fn run_cell(
    session: &Session,
    request: &CellRequest,
    out: &Output,
    cancel: &Arc<AtomicBool>,
) -> Result<(), CellError> {
    let mut context =
        Context { session, out: out.clone(), cancel: Arc::clone(cancel), execution_count: request.execution_count };
    let result = parse(&request.code).and_then(|parts| run_parts(parts, !request.silent, &mut context));
    result.map_err(|error| cell_error(&error, &request.code, request.execution_count))
}

/// Runs text that stands at `offset` in a cell and may hold magics.
///
/// # Errors
/// The first error, with its place in the cell.
pub(super) fn run_inside(
    cell: &Arc<str>,
    offset: usize,
    text: &str,
    context: &mut Context<'_>,
) -> Result<(), KernelError> {
    run_parts(parse_inside(cell, offset, text)?, true, context)
}

fn run_parts(parts: Vec<Part>, show_value: bool, context: &mut Context<'_>) -> Result<(), KernelError> {
    let last = parts.len().saturating_sub(1);
    for (at, part) in parts.into_iter().enumerate() {
        context.check()?;
        match part {
            Part::Rust { code, .. } if code.trim().is_empty() => {}
            Part::Rust { code, first_line } => {
                let execution_count = context.execution_count;
                let snippet = Snippet { code, first_line, execution_count, show_value: show_value && at == last };
                context.session.evaluator.execute(&snippet, &context.out).map_err(KernelError::Cell)?;
            }
            Part::Magic(call) => run_call(&call, context)?,
            Part::Question { name, detail, span } => {
                help::answer(&name, detail, context).map_err(|error| error.at(span))?;
            }
        }
    }
    Ok(())
}

/// Runs one magic.
fn run_call(call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
    let magic = find(&call.name).ok_or_else(|| unknown(&call.name).at(call.name_span.clone()))?;
    let spec = magic.spec();
    let written = &call.cell[call.name_span.clone()];
    if call.body.is_some() && !spec.kind.on_cell() {
        return Err(KernelError::Misplaced {
            name: written.to_owned(),
            reason: "it is a line magic",
            help: format!("write %{} on its own line", spec.name),
        }
        .at(call.name_span.clone()));
    }
    if call.body.is_none() && !spec.kind.on_line() {
        return Err(KernelError::Misplaced {
            name: written.to_owned(),
            reason: "it is a cell magic and takes the whole cell",
            help: format!("write %%{} as the first line of a cell of its own", spec.name),
        }
        .at(call.name_span.clone()));
    }
    let result = magic.run(call, context);
    // Work that was stopped may name its own reason; to the user it is one thing.
    if result.is_err() && context.cancelled() {
        return Err(KernelError::Interrupted);
    }
    result.map_err(|error| error.at(call.name_span.start..call.line_span.end.max(call.name_span.end)))
}

/// The error for a magic that does not exist.
pub(super) fn unknown(name: &str) -> KernelError {
    let names: Vec<&str> = registry::all().iter().map(|magic| magic.spec().name).filter(|name| *name != "!").collect();
    let near = suggest::near(name, &names);
    let help = if near.is_empty() {
        "%lsmagic lists them all".to_owned()
    } else {
        let near: Vec<String> = near.iter().map(|name| format!("%{name}")).collect();
        format!("did you mean {}?", near.join(" or "))
    };
    KernelError::UnknownMagic { name: name.to_owned(), help }
}

/// Whether a console should run the code or ask for more: a cell magic is complete after an empty line, everything
/// else is as complete as its last Rust.
#[must_use]
pub fn is_complete(session: &Session, code: &str) -> Completeness {
    match parse(code) {
        Err(_) => Completeness::Invalid,
        Ok(parts) => match parts.last() {
            Some(Part::Magic(Call { body: Some(_), name, .. })) => {
                let needs_body = find(name).is_some_and(|magic| !magic.spec().kind.on_line());
                let has_body = code.contains('\n');
                let ended = if has_body { code.ends_with(if needs_body { "\n\n" } else { "\n" }) } else { !needs_body };
                if ended { Completeness::Complete } else { Completeness::Incomplete(String::new()) }
            }
            Some(Part::Rust { code, .. }) => session.evaluator.is_complete(code),
            _ => Completeness::Complete,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestSession;

    #[test]
    fn parts_run_in_order_and_only_the_last_value_is_shown() {
        let kernel = TestSession::with_examples();
        let text = kernel.text("let a = 1;\n%pwd\na + 1");
        assert_eq!(text.lines().last(), Some("a + 1"));
        assert_eq!(kernel.language.log(), ["execute@0 let a = 1;", "execute@2 a + 1"]);
    }

    #[test]
    fn the_first_error_ends_the_cell() {
        let kernel = TestSession::new();
        let error = kernel.error("fail\n%pwd\nnever");
        assert_eq!(error.ename, "E");
        assert_eq!(kernel.language.log().len(), 1);
    }

    #[test]
    fn unknown_and_misplaced_magics() {
        let kernel = TestSession::new();
        let error = kernel.error("%laod x");
        assert_eq!(error.ename, "magic::unknown");
        assert!(error.traceback.join("\n").contains("did you mean %load?"));
        assert_eq!(kernel.error("%%pwd\nx").ename, "magic::misplaced");
        assert_eq!(kernel.error("%writefile x").ename, "magic::misplaced");
        assert_eq!(kernel.error("%%").ename, "magic::unknown");
    }

    #[test]
    fn completeness() {
        let kernel = TestSession::new();
        let of = |code: &str| is_complete(&kernel.session, code);
        assert_eq!(of("%frames"), Completeness::Complete);
        assert_eq!(of("let a = {"), Completeness::Incomplete("    ".into()));
        assert_eq!(of("%%bash\nls"), Completeness::Incomplete(String::new()));
        assert_eq!(of("%%bash\nls\n\n"), Completeness::Complete);
    }
}
