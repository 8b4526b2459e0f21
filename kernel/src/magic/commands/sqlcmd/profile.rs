//! `%sqlcmd profile`: what is in a table, column by column, counted where the table lies.

use super::{connection, show, table, table_word};
use crate::error::KernelError;
use crate::magic::commands::analysis;
use crate::magic::{Arguments, Call, Context};

/// Profiles it.
pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let word = table_word(arguments, call)?;
    let connection = connection(arguments, context)?;
    let wanted = table(&connection, word)?;
    let found = analysis::look(&connection, vec![wanted.clone()], false, context)?;
    let Some(table) = found.tables.first() else { return Ok(()) };
    for line in analysis::said(table) {
        context.say(&line);
    }
    show(&analysis::columns(table, &wanted)?, arguments, call, context)
}
