//! `%etl quality`: checks the data against what is expected of them.

use synthbook_agents::etl::quality;

use super::{connection, show};
use crate::display::{TableOptions, table_bundle};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};
use crate::report;

/// Checks them; a check that fails is in the report and is no error.
pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let connection = connection(arguments, context)?;
    let file = match arguments.get("--expectations") {
        Some(word) => context.path(&word.text),
        None => context.session.place_of(&connection.name)?.expectations(&connection.name, context.session.paths()),
    };
    let bar = context.progress("Checking");
    let found = quality(connection.warehouse.as_ref(), Some(&file), &bar.handle());
    bar.finish_with(&found);
    let found = found.map_err(KernelError::foreign)?;
    for line in report::quality_lines(&found) {
        context.say(&line);
    }
    if arguments.has("--json") {
        return show(&found, &report::quality_summary(&found)?, arguments, call, context);
    }
    let checks = report::quality_table(&found)?;
    if let Some(name) = arguments.text("--as") {
        context.session.frames.publish(name, &checks, &call.title())?;
    }
    let options = TableOptions { rows: 1000, quotes: false, ..context.session.settings().table() };
    context.out.display(table_bundle(&report::quality_summary(&found)?, &options));
    let failed = found.failed().count();
    if failed > 0 {
        context.out.display(table_bundle(&checks.head(Some(failed)), &options));
    }
    Ok(())
}
