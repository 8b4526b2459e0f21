//! `%sql` and `%%sql`: queries on the session's own database and on every other connection.

mod complete;
mod keep;
mod placeholders;
mod query;
mod snippet;
mod values;

use std::time::Duration;

use synthbook_agents::warehouse::{Change, Checked, Preview, Request, Sql as Script, check, preview, query_to_ipc};

use super::watch::watched;
use crate::display::{TableOptions, Total, batch_frame, group_digits, table_bundle};
use crate::engine::Completion;
use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};
use crate::session::{Connection, Session};
use query::{Query, Ready};

pub(crate) use values::literal;

/// The magic.
pub(in crate::magic) struct Sql;

const SPEC: MagicSpec = MagicSpec {
    name: "sql",
    kind: MagicKind::Both,
    summary: "Queries the session's DuckDB, in which every frame is a table, or another connection; NAME << QUERY keeps the result as a frame.",
    arguments: &[
        Argument::optional(
            "--connection|-c",
            ValueKind::Connection,
            "The connection to ask; the current one without it.",
        ),
        Argument::optional("--save|-S", ValueKind::NewFrame, "Keeps the result as a frame."),
        Argument::optional("--limit|-n", ValueKind::Integer, "How many rows are shown."),
        Argument::optional(
            "--param|-p",
            ValueKind::Text,
            "The value of a parameter, as NAME=VALUE; may be repeated. :name, $name and {{name}} are also bound from Rust variables and from %env.",
        ),
        Argument::optional("--timeout", ValueKind::Integer, "Stops the query after so many seconds."),
        Argument::optional("--no-display", ValueKind::Switch, "Does not show the result."),
        Argument::optional(
            "--no-execute|-N",
            ValueKind::Switch,
            "Only keeps the query under the name of --save; later queries read it by that name.",
        ),
        Argument::optional("--file|-f", ValueKind::Path, "Runs the statements of a file."),
        Argument::optional("STATEMENT", ValueKind::Rest, "The statements; the last one's result is shown."),
    ],
    examples: &[
        "%sql SELECT city, count(*) AS n FROM people GROUP BY city ORDER BY city",
        "%%sql --save young\nSELECT * FROM people\nWHERE age < 30",
        "%sql totals << SELECT city, sum(income) AS income FROM people GROUP BY city",
        "%sql --param city=Rome --param least=40 SELECT * FROM people WHERE city = :city AND age >= {{least}}",
        "%sql --save romans -N SELECT * FROM people WHERE city = 'Rome'\n%sql SELECT count(*) FROM romans",
        "%%sql\nCREATE TABLE notes (text VARCHAR);\nINSERT INTO notes VALUES ('one'), ('two')",
    ],
};

impl Magic for Sql {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        if let Some(name) = query::only_a_connection(call, &arguments, context.session) {
            let connection = context.session.use_connection(&name)?;
            context.say(&format!("%%sql now asks {name} ({})", connection.address));
            return Ok(());
        }
        let query = Query::of(call, &arguments, context)?;
        if arguments.has("--no-execute|-N") {
            return keep::keep(&query, context);
        }
        let connection = match &query.connection {
            Some(word) => context.session.connection(Some(&word.text)).map_err(|error| error.at(word.span.clone()))?,
            None => context.session.connection(None)?,
        };
        let ready = query.ready(&arguments, context.session)?;
        let sql = check(Script::new(&ready.text), &connection.guard()).map_err(|error| query.error(error, &ready))?;
        let request = Request {
            parameters: ready.parameters.clone(),
            deadline: arguments.integer("--timeout")?.map(|seconds| Duration::from_secs(seconds.max(1) as u64)),
            ..Request::default()
        };
        let settings = context.session.settings();
        let limit = arguments.integer("--limit|-n")?.unwrap_or(settings.sql_rows());
        let options = TableOptions { rows: limit, ..settings.table() };
        let work = Work {
            query: &query,
            ready: &ready,
            sql: &sql,
            connection: &connection,
            request,
            options: (!arguments.has("--no-display")).then_some(options),
        };
        match &query.save {
            Some(name) => work.save(name, call, context),
            None => work.show(context),
        }
    }

    fn complete(&self, call: &Call, cursor: usize, session: &Session) -> Vec<Completion> {
        complete::complete(call, cursor, session)
    }
}

/// A query about to run.
struct Work<'a> {
    query: &'a Query,
    ready: &'a Ready,
    sql: &'a Checked<Script>,
    connection: &'a Connection,
    request: Request,
    /// How the result is shown, if it is.
    options: Option<TableOptions>,
}

impl Work<'_> {
    fn show(self, context: &Context<'_>) -> Result<(), KernelError> {
        let limit = self.options.map_or(0, |options| options.rows);
        let run = |request: &Request| preview(self.connection.warehouse.as_ref(), self.sql, request, limit);
        let Preview { batch, total, change, notes } =
            watched(&self.title(), &self.request, context, run).map_err(|error| self.query.error(error, self.ready))?;
        say_notes(&notes, context);
        if let Some(change) = change {
            say_change(&change, context);
        } else if let Some(options) = self.options {
            let frame = batch_frame(&batch)?;
            let total = total.map_or(Total::More, |rows| Total::Known(rows as usize));
            context.out.display(table_bundle(&frame, &TableOptions { total, ..options }));
        }
        Ok(())
    }

    fn save(self, name: &str, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
        let frames = &context.session.frames;
        let path = frames.temporary(name, 0)?;
        let run = |request: &Request| query_to_ipc(self.connection.warehouse.as_ref(), self.sql, request, &path);
        let written =
            watched(&self.title(), &self.request, context, run).map_err(|error| self.query.error(error, self.ready))?;
        say_notes(&written.notes, context);
        if let Some(change) = written.change {
            say_change(&change, context);
            context.say(&format!("note: the last statement has no rows, so frame {name} was not made"));
            return Ok(());
        }
        let info = frames.adopt(name, &path, &self.query.title(call))?;
        context.say(&format!("Frame {name}: {} rows, {} columns", group_digits(info.rows), info.columns.len()));
        if let Some(options) = self.options {
            context.out.display(table_bundle(&frames.get(name)?, &options));
        }
        Ok(())
    }

    fn title(&self) -> String {
        if self.connection.is_session() { "Query".to_owned() } else { format!("Query on {}", self.connection.name) }
    }
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

#[cfg(test)]
mod tests;
