//! `%describe`: what is in a frame, a table or a whole database.

use synthbook_agents::analyzer::Relation;
use synthbook_agents::warehouse::TableKind;

use super::{analysis, sqlcmd};
use crate::data;
use crate::display::{TableOptions, group_digits, table_bundle};
use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, Word};

/// The magic.
pub(in crate::magic) struct Describe;

const SPEC: MagicSpec = MagicSpec {
    name: "describe",
    kind: MagicKind::Line,
    summary: "Describes a frame column by column; or a warehouse's table, or all its tables: volumes, keys, relations, gaps in time.",
    arguments: &[
        Argument::optional(
            "NAME",
            ValueKind::Table,
            "The frame or the table; without one, all tables of the connection.",
        ),
        Argument::optional(
            "--connection|-c",
            ValueKind::Connection,
            "Where the table is; without it frames go first, then the current connection.",
        ),
        Argument::optional("--as", ValueKind::NewFrame, "Keeps the description as a frame too."),
    ],
    examples: &[
        "%describe people",
        "%describe people --as facts",
        "%sql CREATE TABLE visits AS SELECT * FROM people\n%describe visits\n%describe --connection session",
    ],
};

impl Magic for Describe {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let Some(name) = arguments.get("NAME") else { return database(&arguments, call, context) };
        let elsewhere =
            arguments.has("--connection|-c") || context.session.current_connection() != crate::session::SESSION;
        let is_frame = context.session.frames.info(&name.text).is_ok();
        if is_frame && !arguments.has("--connection|-c") {
            return frame(name, &arguments, call, context);
        }
        match table(name, &arguments, call, context) {
            // Nothing is connected, so a frame was meant.
            Err(KernelError::Located(_)) if !elsewhere && !has_tables(context) => context.frame(name).map(|_| ()),
            outcome => outcome,
        }
    }
}

fn has_tables(context: &Context<'_>) -> bool {
    let tables = context.session.open_connection(None).and_then(|connection| connection.warehouse.tables().ok());
    tables.unwrap_or_default().iter().any(|table| table.kind != TableKind::Frame)
}

fn frame(name: &Word, arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let frame = context.frame(name)?;
    let facts = data::describe(&frame)?;
    if let Some(name) = arguments.text("--as") {
        context.session.frames.publish(name, &facts, &call.title())?;
    }
    let options = TableOptions { rows: 1000, quotes: false, ..context.session.settings().table() };
    context.say(&format!("{} rows", group_digits(frame.height())));
    context.out.display(table_bundle(&facts, &options));
    Ok(())
}

/// One table: its columns, and the relations that it has part in.
fn table(name: &Word, arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let connection = sqlcmd::connection(arguments, context)?;
    let wanted = sqlcmd::table(&connection, name)?;
    let catalog = connection.warehouse.catalog().map_err(KernelError::foreign)?;
    let found = analysis::look(&connection, vec![wanted.clone()], false, context)?;
    if let Some(table) = found.tables.first() {
        for line in analysis::said(table) {
            context.say(&line);
        }
        sqlcmd::show(&analysis::columns(table, &wanted)?, arguments, call, context)?;
    }
    for foreign in &wanted.foreign_keys {
        let target = format!("{} ({})", foreign.table, foreign.referenced.join(", "));
        context.say(&format!("{} → {target}", foreign.columns.join(", ")));
    }
    for other in &catalog.tables {
        for foreign in other.foreign_keys.iter().filter(|foreign| foreign.table.eq_ignore_ascii_case(&wanted.name)) {
            context.say(&format!("← {} ({})", other.name, foreign.columns.join(", ")));
        }
    }
    Ok(())
}

/// Every table of the connection, and how they are related.
fn database(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let connection = sqlcmd::connection(arguments, context)?;
    let catalog = connection.warehouse.catalog().map_err(KernelError::foreign)?;
    // Frames are described by their own names; elsewhere they would hide what is the connection's.
    let own = |kind: TableKind| connection.is_session() || kind != TableKind::Frame;
    let tables: Vec<_> = catalog.tables.into_iter().filter(|table| own(table.kind)).collect();
    if tables.is_empty() {
        context.say(&format!("{} has no tables yet", connection.name));
        return Ok(());
    }
    let found = analysis::look(&connection, tables, true, context)?;
    let rows: u64 = found.tables.iter().map(|table| table.rows).sum();
    let rows = group_digits(usize::try_from(rows).unwrap_or(usize::MAX));
    context.say(&format!("{}: {} tables, {rows} rows", connection.name, found.tables.len()));
    sqlcmd::show(&analysis::tables(&found)?, arguments, call, context)?;
    if !found.relations.is_empty() {
        let relations: &[Relation] = &found.relations;
        context.say(&format!("{} relations", relations.len()));
        let options = TableOptions { rows: 200, quotes: false, ..context.session.settings().table() };
        context.out.display(table_bundle(&analysis::relations(relations)?, &options));
    }
    for note in &found.notes {
        context.say(&format!("note: {note}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn describes_and_keeps() {
        let kernel = TestSession::with_examples();
        let text = kernel.text("%describe people --as facts");
        assert!(text.contains("income") && text.contains("60 rows"), "{text}");
        assert_eq!(kernel.session.frames.info("facts").unwrap().rows, 5);
        assert_eq!(kernel.error("%describe poeple").ename, "frames::unknown");
    }

    #[test]
    fn a_database_with_its_relations() {
        let kernel = TestSession::new();
        let _ = kernel.text(
            "%%sql\nCREATE TABLE authors AS SELECT i AS author_id, 'n' || i AS name FROM range(20) t(i);\n\
             CREATE TABLE books AS SELECT i AS book_id, i % 17 AS author_id, DATE '2020-01-01' + (i + CASE WHEN i > 50 THEN 30 ELSE 0 END)::INT AS printed FROM range(100) t(i)",
        );
        let text = kernel.text("%describe --as tables");
        assert!(text.contains("books.author_id") && text.contains("authors.author_id"), "{text}");
        assert!(text.contains("30 days missing"), "{text}");
        let text = kernel.text("%describe books");
        assert!(text.contains("2020-01-01") && text.contains("nothing between"), "{text}");
        assert_eq!(kernel.error("%describe boks").ename, "sql::unknown_table");
    }
}
