//! `%sqlcmd`: looks at a connection's tables, columns and values; one file per action.

mod columns;
mod profile;
mod snippets;
mod tables;

use polars::prelude::DataFrame;
use synthbook_agents::warehouse::CatalogTable;

use crate::display::{TableOptions, table_bundle};
use crate::engine::Completion;
use crate::error::KernelError;
use crate::magic::complete::{item, tables as table_items, word_start};
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, Word, suggest};
use crate::session::{Connection, Session};

/// The magic.
pub(in crate::magic) struct SqlCmd;

/// One action: its name and what it does.
type Action = (&'static str, fn(&Arguments, &Call, &Context<'_>) -> Result<(), KernelError>);

/// Every action, in the order of the help page.
static ACTIONS: [Action; 4] =
    [("tables", tables::run), ("columns", columns::run), ("profile", profile::run), ("snippets", snippets::run)];

const NAMES: &[&str] = &["tables", "columns", "profile", "snippets"];

const SPEC: MagicSpec = MagicSpec {
    name: "sqlcmd",
    kind: MagicKind::Line,
    summary: "Lists a connection's tables and columns, profiles a table, and lists the saved queries.",
    arguments: &[
        Argument::required("ACTION", ValueKind::Choice(NAMES), "What to do."),
        Argument::optional("NAME", ValueKind::Table, "The table; the same as --table."),
        Argument::optional("--table|-t", ValueKind::Table, "The table whose columns are listed or profiled."),
        Argument::optional("--schema|-s", ValueKind::Text, "Only the tables of this schema."),
        Argument::optional("--connection|-c", ValueKind::Connection, "The connection; the current one without it."),
        Argument::optional("--delete|-d", ValueKind::Text, "The saved query to forget."),
        Argument::optional("--as", ValueKind::NewFrame, "Keeps the list as a frame too."),
    ],
    examples: &[
        "%sqlcmd tables",
        "%sqlcmd columns -t people",
        "%sqlcmd profile -t people --as facts",
        "%sql --save romans -N SELECT * FROM people WHERE city = 'Rome'\n%sqlcmd snippets\n%sqlcmd snippets --delete romans",
    ],
};

impl Magic for SqlCmd {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let action = arguments.need("ACTION", call)?.text.as_str();
        match ACTIONS.iter().find(|(name, _)| *name == action) {
            Some((_, run)) => run(&arguments, call, context),
            None => Ok(()),
        }
    }

    fn complete(&self, call: &Call, cursor: usize, session: &Session) -> Vec<Completion> {
        let before: Vec<&str> = call.cell[call.line_span.start..cursor].split_whitespace().collect();
        let start = word_start(&call.cell, cursor, |c| !c.is_whitespace());
        let previous = if start == cursor { before.last() } else { before.iter().rev().nth(1) };
        match previous {
            Some(&("-d" | "--delete")) => {
                session.snippets().keys().map(|name| item(name, "instance", Some("saved query"))).collect()
            }
            Some(&("-t" | "--table")) => table_items(session),
            _ => Vec::new(),
        }
    }
}

/// The connection of `--connection`, or the current one.
pub(super) fn connection(arguments: &Arguments, context: &Context<'_>) -> Result<Connection, KernelError> {
    match arguments.get("--connection|-c") {
        Some(word) => context.session.connection(Some(&word.text)).map_err(|error| error.at(word.span.clone())),
        None => context.session.connection(None),
    }
}

/// The table that the call names, by `--table` or after the action.
fn table_word<'a>(arguments: &'a Arguments, call: &Call) -> Result<&'a Word, KernelError> {
    match arguments.get("--table|-t").or_else(|| arguments.get("NAME")) {
        Some(word) => Ok(word),
        None => arguments.need("--table|-t", call),
    }
}

/// The table of a name in a connection's catalogue.
pub(super) fn table(connection: &Connection, word: &Word) -> Result<CatalogTable, KernelError> {
    let catalog = connection.warehouse.catalog().map_err(KernelError::foreign)?;
    if let Some(table) = catalog.table(&word.text) {
        return Ok(table.clone());
    }
    let same: Vec<&str> = catalog
        .tables
        .iter()
        .filter(|table| table.name.eq_ignore_ascii_case(&word.text))
        .map(|table| table.sql.as_str())
        .collect();
    let names: Vec<&str> = catalog.tables.iter().map(|table| table.sql.as_str()).collect();
    let help = if same.len() > 1 {
        format!("several have the name: {}", same.join(", "))
    } else if names.is_empty() {
        "it has no tables yet; %load FILE makes a frame, which is a table".to_owned()
    } else {
        suggest::did_you_mean(&word.text, &names, "tables")
    };
    let connection = connection.name.clone();
    Err(KernelError::UnknownTable { name: word.text.clone(), connection, help }.at(word.span.clone()))
}

/// Shows a list whole, and keeps it as a frame where that is asked for.
pub(super) fn show(
    list: &DataFrame,
    arguments: &Arguments,
    call: &Call,
    context: &Context<'_>,
) -> Result<(), KernelError> {
    if let Some(name) = arguments.text("--as") {
        context.session.frames.publish(name, list, &call.title())?;
    }
    let options = TableOptions { rows: 1000, quotes: false, ..context.session.settings().table() };
    context.out.display(table_bundle(list, &options));
    Ok(())
}

#[cfg(test)]
mod tests;
