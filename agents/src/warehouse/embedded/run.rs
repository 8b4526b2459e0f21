//! Runs a script on its thread: statement after statement, the last one's rows into the channel.

use std::sync::MutexGuard;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_schema::{DataType, Schema, SchemaRef};
use duckdb::core::LogicalTypeId;
use duckdb::types::{TimeUnit, Value};
use duckdb::{Connection, params_from_iter};

use super::export::Export;
use super::fault::{self, Place};
use super::pool::Place as PoolPlace;
use super::watch::{self, Watch};
use super::{Access, Shared, lock, reading, views};
use crate::AgentsError;
use crate::warehouse::batches::{Head, Message};
use crate::warehouse::script::{Statement, statements};
use crate::warehouse::{Cancel, Change, Policy, Request, Scalar};

type Sender = SyncSender<Result<Message, AgentsError>>;

/// What a thread needs to run a query.
pub(super) struct Job {
    pub(super) script: String,
    pub(super) policy: Policy,
    pub(super) request: Request,
    pub(super) cancel: Cancel,
    /// When it was asked, from which its deadline counts.
    pub(super) started: Instant,
}

/// Runs a script; the head and batches of its last statement go to `sender`.
pub(super) fn run(shared: &Shared, job: &Job, sender: &Sender) -> Result<(), AgentsError> {
    let all = statements(&job.script);
    let Some((last, first)) = all.split_last() else { return Err(AgentsError::EmptySql) };
    if job.policy == Policy::Write && shared.access != Access::Write {
        return Err(AgentsError::ReadOnly { what: "what is not checked to be reading only".to_owned() });
    }
    views::refresh(shared)?;
    let verdict = || watch::too_late(&job.cancel, &job.request, job.started);
    let line = if job.policy == Policy::Write { Line::take(shared, verdict)? } else { Line::reading(shared, verdict)? };
    let connection = line.connection();
    let plain = |error: duckdb::Error| fault::explain(&fault::text(&error), None);
    // An aborted transaction refuses even these; the user's own statement then says so, or ends it.
    let mut notes = views::hidden(shared, connection, &job.script).unwrap_or_default();
    let _ = shared.home.look_up(connection);
    notes.extend(line.note());
    let watch = Watch::start(connection.interrupt_handle(), &job.cancel, &job.request, job.started)?;
    let runner = Runner { shared, script: &job.script, request: &job.request, watch: &watch };
    if job.policy == Policy::Write {
        for statement in first {
            runner.statement(connection, statement, None)?;
            // A script may change where names are looked up and then use a frame.
            shared.home.look_up(connection).map_err(plain)?;
        }
        return runner.statement(connection, last, Some((sender, notes)));
    }
    let outcome = (|| {
        connection.execute_batch("BEGIN TRANSACTION READ ONLY").map_err(plain)?;
        for statement in &all {
            // What the guard printed is one query of its own making; what a person typed is for DuckDB to judge.
            if job.policy == Policy::Read {
                reading::only_reads(connection, statement, &job.script)?;
            } else if all.len() != 1 {
                return Err(AgentsError::Internal { what: "a guarded query of several statements".to_owned() });
            }
        }
        first.iter().try_for_each(|statement| runner.statement(connection, statement, None))?;
        runner.statement(connection, last, Some((sender, notes)))
    })();
    // Before the transaction ends, so that no late interrupt hits its end.
    drop(watch);
    line.finish();
    outcome
}

/// The connection that a query runs on.
enum Line<'a> {
    /// The session's.
    Session(MutexGuard<'a, Connection>, #[expect(dead_code, reason = "dropped after the lock")] Busy<'a>),
    /// One of its own, while the session's is busy.
    Own(Connection, #[expect(dead_code, reason = "held for as long as the connection is used")] PoolPlace<'a>),
    /// One that only reads, and that the next reader can have.
    Reading(Connection, PoolPlace<'a>),
}

impl<'a> Line<'a> {
    fn take(shared: &'a Shared, verdict: impl Fn() -> Option<AgentsError>) -> Result<Self, AgentsError> {
        if !shared.busy.swap(true, Ordering::SeqCst) {
            return Ok(Self::Session(lock(&shared.main), Busy(shared)));
        }
        let (place, _) = shared.writers.take(verdict)?;
        let connection = shared.connection().map_err(|error| fault::explain(&fault::text(&error), None))?;
        Ok(Self::Own(connection, place))
    }

    fn reading(shared: &'a Shared, verdict: impl Fn() -> Option<AgentsError>) -> Result<Self, AgentsError> {
        let (place, idle) = shared.readers.take(verdict)?;
        let connection = match idle {
            Some(connection) => connection,
            None => shared.connection().map_err(|error| fault::explain(&fault::text(&error), None))?,
        };
        Ok(Self::Reading(connection, place))
    }

    fn connection(&self) -> &Connection {
        match self {
            Self::Session(connection, _) => connection,
            Self::Own(connection, _) | Self::Reading(connection, _) => connection,
        }
    }

    fn note(&self) -> Option<String> {
        matches!(self, Self::Own(..)).then(|| {
            "Another query is running, so this one does not see temporary tables, settings or an open transaction"
                .to_owned()
        })
    }

    /// Ends a reader's transaction. A connection that can't be brought back to its beginning is closed.
    fn finish(self) {
        if let Self::Reading(connection, place) = self
            && connection.execute_batch("ROLLBACK").is_ok()
        {
            place.keep(connection);
        }
    }
}

/// Says that the session's connection is taken, until it is dropped.
struct Busy<'a>(&'a Shared);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::SeqCst);
    }
}

struct Runner<'a> {
    shared: &'a Shared,
    script: &'a str,
    request: &'a Request,
    watch: &'a Watch,
}

impl Runner<'_> {
    /// Runs one statement; its rows go to `reader`, or nowhere.
    fn statement(
        &self,
        connection: &Connection,
        statement: &Statement,
        reader: Option<(&Sender, Vec<String>)>,
    ) -> Result<(), AgentsError> {
        if let Some(stopped) = self.watch.verdict() {
            return Err(stopped);
        }
        let failed = |error: duckdb::Error| self.explain(&error, statement);
        let mut prepared = connection.prepare(&statement.text).map_err(failed)?;
        let values = (1..=prepared.parameter_count())
            .map(|index| prepared.parameter_name(index).map_err(failed).and_then(|name| self.value(&name)))
            .collect::<Result<Vec<_>, _>>()?;
        // The batches are read with `step`, which reports errors; the iterator would panic.
        drop(prepared.stream_arrow(params_from_iter(values)).map_err(failed)?);
        let arrow: SchemaRef = prepared.schema();
        let types: Vec<LogicalTypeId> =
            (0..arrow.fields().len()).map(|index| prepared.column_logical_type(index).id()).collect();
        let answer = Answer::of(statement, &arrow);
        let mut export = Export::new(&arrow, &types);
        let mut changed = None;
        if let (Answer::Rows, Some((sender, notes))) = (&answer, &reader) {
            let notes = notes.iter().chain(&export.notes).cloned().collect();
            let head = Head {
                schema: SchemaRef::clone(&export.schema),
                change: None,
                hugeints: export.hugeints.clone(),
                notes,
                query_id: None,
            };
            if sender.send(Ok(Message::Head(head))).is_err() {
                return Ok(());
            }
        }
        while let Some(chunk) = prepared.step().map_err(failed)? {
            if let Some(stopped) = self.watch.verdict() {
                return Err(stopped);
            }
            if let (Answer::Rows, Some((sender, _))) = (&answer, &reader) {
                let sent = sender.send(Ok(Message::Batch(export.batch(&chunk)?)));
                if sent.is_err() {
                    return Ok(());
                }
            } else if let Answer::Count = answer {
                let counts = chunk.column(0).as_primitive::<Int64Type>();
                *changed.get_or_insert(0) += counts.iter().flatten().sum::<i64>().max(0) as u64;
            }
        }
        if let (Answer::Count | Answer::Done, Some((sender, notes))) = (&answer, reader) {
            let change = Some(Change { statement: statement.verb.clone(), rows: changed });
            let head = Head { schema: Schema::empty().into(), change, hugeints: Vec::new(), notes, query_id: None };
            // A reader that has gone does not want to know.
            let _ = sender.send(Ok(Message::Head(head)));
        }
        Ok(())
    }

    fn value(&self, name: &str) -> Result<Value, AgentsError> {
        let given = &self.request.parameters;
        let found = given
            .get(name)
            .or_else(|| given.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value));
        found.map(bound).ok_or_else(|| {
            let names: Vec<String> = given.keys().map(|name| format!(":{name}")).collect();
            let help = if names.is_empty() {
                "No parameters were given".to_owned()
            } else {
                format!("There are: {}", names.join(", "))
            };
            AgentsError::ParameterMissing { name: name.to_owned(), help: Some(help) }
        })
    }

    fn explain(&self, error: &duckdb::Error, statement: &Statement) -> AgentsError {
        if let Some(stopped) = self.watch.verdict() {
            return stopped;
        }
        let message = fault::text(error);
        if let Some(ours) = self.shared.frames.returned(&message).or_else(|| lock(&self.shared.views).reason(&message))
        {
            return ours;
        }
        match error {
            duckdb::Error::DuckDBFailure(..) => {
                fault::explain(&message, Some(Place { script: self.script, statement }))
            }
            _ => AgentsError::ResultType { message },
        }
    }
}

/// What a statement answers with.
enum Answer {
    /// Rows for the reader.
    Rows,
    /// How many rows it changed.
    Count,
    /// That it is done.
    Done,
}

impl Answer {
    fn of(statement: &Statement, schema: &Schema) -> Self {
        let only = match schema.fields().as_ref() {
            [only] => Some((only.name().as_str(), only.data_type())),
            _ => None,
        };
        match only {
            Some(("Count", DataType::Int64)) if !statement.selects => Self::Count,
            Some(("Success", DataType::Boolean)) if !statement.selects => Self::Done,
            None if schema.fields().is_empty() => Self::Done,
            _ => Self::Rows,
        }
    }
}

fn bound(value: &Scalar) -> Value {
    match value {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => Value::Boolean(*value),
        Scalar::Integer(value) => Value::BigInt(*value),
        Scalar::Float(value) => Value::Double(*value),
        Scalar::Text(value) => Value::Text(value.clone()),
        Scalar::Bytes(value) => Value::Blob(value.clone()),
        Scalar::Date(days) => Value::Date32(*days),
        Scalar::Timestamp(micros) => Value::Timestamp(TimeUnit::Microsecond, *micros),
    }
}
