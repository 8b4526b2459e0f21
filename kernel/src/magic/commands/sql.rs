//! `%sql` and `%%sql`: queries over frames in the session's own database.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{
    Change, Checked, DuckDb, Guard, Preview, Request, Sql as Script, Warehouse, check, preview, query_to_ipc,
};

use crate::display::{TableOptions, Total, batch_frame, group_digits, table_bundle};
use crate::engine::Completion;
use crate::error::KernelError;
use crate::magic::complete::{frames, item, word_start};
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};
use crate::session::Session;

/// The magic.
pub(in crate::magic) struct Sql;

const SPEC: MagicSpec = MagicSpec {
    name: "sql",
    kind: MagicKind::Both,
    summary: "Queries the session's DuckDB, in which every frame is a table; NAME << QUERY keeps the result as a frame.",
    arguments: &[
        Argument::optional("--save|-S", ValueKind::NewFrame, "Keeps the result as a frame."),
        Argument::optional("--limit|-n", ValueKind::Integer, "How many rows are shown."),
        Argument::optional("--no-display", ValueKind::Switch, "Does not show the result."),
        Argument::optional("--file|-f", ValueKind::Path, "Runs the statements of a file."),
        Argument::optional("STATEMENT", ValueKind::Rest, "The statements; the last one's result is shown."),
    ],
    examples: &[
        "%sql SELECT city, count(*) AS n FROM people GROUP BY city ORDER BY city",
        "%%sql --save young\nSELECT * FROM people\nWHERE age < 30",
        "%sql totals << SELECT city, sum(income) AS income FROM people GROUP BY city",
        "%%sql\nCREATE TABLE notes (text VARCHAR);\nINSERT INTO notes VALUES ('one'), ('two')",
    ],
};

/// How often an interrupt is looked for.
const PACE: Duration = Duration::from_millis(20);

impl Magic for Sql {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let query = Query::of(call, &arguments, context)?;
        let sql = check(Script::new(&query.text), &Guard::write()).map_err(KernelError::foreign)?;
        let database = context.session.database()?;
        let settings = context.session.settings();
        let limit = arguments.integer("--limit|-n")?.unwrap_or(settings.sql_rows());
        let options = TableOptions { rows: limit, ..settings.table() };
        let shown = !arguments.has("--no-display");
        match &query.save {
            Some(name) => save(&query, name, &sql, &database, call, context, shown.then_some(options)),
            None => show(&query, &sql, &database, context, shown.then_some(options)),
        }
    }

    fn complete(&self, call: &Call, cursor: usize, session: &Session) -> Vec<Completion> {
        complete(call, cursor, session)
    }
}

/// The statements of a call and what becomes of their result.
struct Query {
    text: String,
    /// Where the text stands in the cell; none when it came from a file.
    place: Option<Range<usize>>,
    save: Option<String>,
}

impl Query {
    fn of(call: &Call, arguments: &Arguments, context: &Context<'_>) -> Result<Self, KernelError> {
        let mut save = arguments.text("--save|-S").map(str::to_owned);
        if let Some(file) = arguments.get("--file|-f") {
            let path = context.path(&file.text);
            let text = std::fs::read_to_string(&path)
                .map_err(|error| KernelError::io("read", &path, error).at(file.span.clone()))?;
            return Ok(Self { text, place: None, save });
        }
        let end = if call.body.is_some() { call.body_span.end } else { call.line_span.end };
        let mut start = match arguments.get("STATEMENT") {
            Some(rest) => rest.span.start,
            None if call.body.is_some() => call.body_span.start,
            None => end,
        };
        if let Some((name, after)) = assignment(&call.cell[start..end]) {
            crate::frames::check_name(name).map_err(|error| error.at(start..start + name.len()))?;
            save = Some(name.to_owned());
            start += after;
        }
        let text = call.cell[start..end].to_owned();
        if text.trim().is_empty() {
            return Err(KernelError::MissingArgument {
                magic: SPEC.name.to_owned(),
                argument: "a statement".to_owned(),
                usage: arguments.usage(),
            }
            .at(call.name_span.clone()));
        }
        Ok(Self { text, place: Some(start..end), save })
    }

    /// The engine's error at its place in the cell.
    fn error(&self, error: AgentsError) -> KernelError {
        let position = error.position();
        let error = KernelError::foreign(error);
        let (Some(place), Some(position)) = (&self.place, position) else { return error };
        let lines = self.text.split_inclusive('\n');
        let above: usize = lines.clone().take(position.line - 1).map(str::len).sum();
        let line = lines.clone().nth(position.line - 1).unwrap_or("");
        let before: usize = line.chars().take(position.column - 1).map(char::len_utf8).sum();
        let rest = &line[before..];
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len()).max(1);
        let start = place.start + above + before;
        error.at(start..start + length)
    }
}

/// `NAME << ` at the beginning of a text: the name and where the rest begins.
fn assignment(text: &str) -> Option<(&str, usize)> {
    let (before, after) = text.split_once("<<")?;
    let name = before.trim();
    let word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_') && before.starts_with(name);
    word.then_some((name, text.len() - after.len()))
}

fn show(
    query: &Query,
    sql: &Checked<Script>,
    database: &DuckDb,
    context: &Context<'_>,
    options: Option<TableOptions>,
) -> Result<(), KernelError> {
    let limit = options.map_or(0, |options| options.rows);
    let Preview { batch, total, change, notes } =
        watched(context, |request| preview(database, sql, request, limit)).map_err(|error| query.error(error))?;
    say_notes(&notes, context);
    if let Some(change) = change {
        say_change(&change, context);
    } else if let Some(options) = options {
        let frame = batch_frame(&batch)?;
        let total = total.map_or(Total::More, |rows| Total::Known(rows as usize));
        context.out.display(table_bundle(&frame, &TableOptions { total, ..options }));
    }
    Ok(())
}

fn save(
    query: &Query,
    name: &str,
    sql: &Checked<Script>,
    database: &DuckDb,
    call: &Call,
    context: &Context<'_>,
    options: Option<TableOptions>,
) -> Result<(), KernelError> {
    let frames = &context.session.frames;
    let path = frames.temporary(name, 0)?;
    let written =
        watched(context, |request| query_to_ipc(database, sql, request, &path)).map_err(|error| query.error(error))?;
    say_notes(&written.notes, context);
    if let Some(change) = written.change {
        say_change(&change, context);
        context.say(&format!("note: the last statement has no rows, so frame {name} was not made"));
        return Ok(());
    }
    let info = frames.adopt(name, &path, &title(call, query))?;
    context.say(&format!("Frame {name}: {} rows, {} columns", group_digits(info.rows), info.columns.len()));
    if let Some(options) = options {
        context.out.display(table_bundle(&frames.get(name)?, &options));
    }
    Ok(())
}

fn title(call: &Call, query: &Query) -> String {
    let text: String = query.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = text.chars().take(60).collect();
    let mark = if call.body.is_some() { "%%" } else { "%" };
    format!("{mark}sql {cut}{}", if cut.len() < text.len() { "…" } else { "" })
}

/// Runs a query that stops when the user interrupts.
fn watched<T>(context: &Context<'_>, work: impl FnOnce(&Request) -> T) -> T {
    let request = Request::default();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                if context.cancel.load(Ordering::Relaxed) {
                    request.cancel.cancel();
                    return;
                }
                thread::park_timeout(PACE);
            }
        });
        let result = work(&request);
        done.store(true, Ordering::Release);
        watcher.thread().unpark();
        result
    })
}

fn say_notes(notes: &[String], context: &Context<'_>) {
    for note in notes {
        context.say(&format!("note: {note}"));
    }
}

fn say_change(change: &Change, context: &Context<'_>) {
    match change.rows {
        Some(1) => context.say(&format!("{}: 1 row", change.statement)),
        Some(rows) => context.say(&format!("{}: {} rows", change.statement, group_digits(rows as usize))),
        None => context.say(&format!("{}: done", change.statement)),
    }
}

/// Words that begin or join clauses, in the order in which they are offered.
const WORDS: [&str; 48] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "LIMIT",
    "HAVING",
    "JOIN",
    "LEFT JOIN",
    "INNER JOIN",
    "ON",
    "USING",
    "AS",
    "AND",
    "OR",
    "NOT",
    "IN",
    "IS NULL",
    "IS NOT NULL",
    "BETWEEN",
    "LIKE",
    "ILIKE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "DISTINCT",
    "UNION ALL",
    "WITH",
    "OVER",
    "PARTITION BY",
    "CREATE TABLE",
    "INSERT INTO",
    "UPDATE",
    "DELETE FROM",
    "DESCRIBE",
    "SUMMARIZE",
    "PIVOT",
    "QUALIFY",
    "count(",
    "sum(",
    "avg(",
    "min(",
    "max(",
    "median(",
    "round(",
    "date_trunc(",
];

fn complete(call: &Call, cursor: usize, session: &Session) -> Vec<Completion> {
    let on_first_line = cursor <= call.line_span.end;
    let before = &call.cell[call.line_span.start..cursor];
    let last = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let flag = before.split_whitespace().last().is_some_and(|word| word.starts_with('-'));
    if on_first_line && (flag || last.starts_with('-') || call.body.is_some()) {
        return Vec::new();
    }
    let start = word_start(&call.cell, cursor, |c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let word = &call.cell[start..cursor];
    let database = session.open_database();
    if let Some((table, _)) = word.rsplit_once('.') {
        return columns(table, session, database.as_deref())
            .into_iter()
            .map(|(name, kind)| item(&format!("{table}.{name}"), "field", Some(&kind)))
            .collect();
    }
    let mut items = frames(session);
    let known: Vec<String> = items.iter().map(|item| item.text.clone()).collect();
    let tables = database.as_deref().and_then(|database| database.tables().ok()).unwrap_or_default();
    items.extend(
        tables
            .into_iter()
            .filter(|table| !known.contains(&table.name))
            .map(|table| item(&table.sql, "class", Some("table"))),
    );
    let text = &call.cell[call.line_span.start..];
    let mut fields = Vec::new();
    for table in items.iter().map(|item| item.text.clone()).collect::<Vec<_>>() {
        if known.len() == 1 || text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == table) {
            for (name, kind) in columns(&table, session, database.as_deref()) {
                fields.push(item(&quoted(&name), "field", Some(&format!("{table}: {kind}"))));
            }
        }
    }
    fields.extend(items);
    fields.extend(WORDS.iter().map(|word| item(word, if word.ends_with('(') { "function" } else { "keyword" }, None)));
    fields
}

/// Names and types of a table's columns.
fn columns(table: &str, session: &Session, database: Option<&DuckDb>) -> Vec<(String, String)> {
    if let Ok(info) = session.frames.info(table) {
        return info.columns.iter().map(|(name, kind)| (name.clone(), kind.to_string())).collect();
    }
    let columns = database.and_then(|database| database.columns(table).ok()).unwrap_or_default();
    columns.into_iter().map(|column| (column.name, column.data_type)).collect()
}

/// A name as SQL takes it.
fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests;
