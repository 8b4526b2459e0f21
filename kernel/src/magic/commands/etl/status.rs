//! `%etl status`: how the loads of a warehouse went.

use synthbook_agents::etl::status;

use super::{connection, show};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};
use crate::report;

/// Shows the last runs, and the steps of the last one.
pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let connection = connection(arguments, context)?;
    let found = status(connection.warehouse.as_ref()).map_err(KernelError::foreign)?;
    for line in report::status_lines(&found) {
        context.say(&line);
    }
    show(&found, &report::status_table(&found)?, arguments, call, context)
}
