//! Runs a script on its thread: statement after statement, the last one's rows into the channel.

use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_schema::{DataType, Schema};

use super::decode::Columns;
use super::script::{Statement, statements};
use super::transport::{Answer, Asked, Parts, Watch};
use super::{Shared, SnowflakeError, bind, lock};
use crate::AgentsError;
use crate::warehouse::batches::{Head, Message};
use crate::warehouse::{Cancel, Change, Request};

type Sender = SyncSender<Result<Message, AgentsError>>;

/// What every count of changed rows is named by.
const COUNT: &str = "number of rows";

/// Runs `script`; the head and batches of its last statement go to `sender`.
pub(super) async fn run(
    shared: &Shared,
    script: &str,
    request: &Request,
    own: &Cancel,
    sender: &Sender,
) -> Result<(), AgentsError> {
    let watch = Watch::start(own, request);
    let all = statements(script);
    let Some((last, first)) = all.split_last() else { return Err(AgentsError::EmptySql) };
    if let Some(moves) = all.iter().find(|statement| statement.transfers()) {
        return Err(SnowflakeError::Transfer { statement: moves.verb.clone() }.into());
    }
    let runner = Runner { shared, request, watch: &watch };
    let mut anew = false;
    for statement in first {
        anew |= runner.answer(statement).await?.anew;
    }
    let mut answer = runner.answer(last).await?;
    answer.anew |= anew;
    runner.give(last, answer, sender).await
}

/// All rows of a statement of our own.
pub(super) async fn all(shared: &Shared, sql: &str, watch: &Watch) -> Result<Vec<RecordBatch>, AgentsError> {
    let request = Request::default();
    let runner = Runner { shared, request: &request, watch };
    let mut found = Vec::new();
    for statement in statements(sql) {
        let mut answer = runner.answer(&statement).await?;
        let rowtype = answer.data.rowtype.take().unwrap_or_default();
        let mut parts = Parts::take(&shared.transport, &mut answer.data)?;
        let mut columns = None;
        while let Some((part, promised)) = watch.run(parts.next()).await? {
            if columns.is_none() {
                columns = Some(Columns::of(&rowtype, Some(&part), false)?);
            }
            let Some(columns) = &columns else { break };
            let batches = columns.read(part)?;
            let rows: u64 = batches.iter().map(|batch| batch.num_rows() as u64).sum();
            if let Some(promised) = promised.filter(|promised| *promised != rows) {
                return Err(cut(promised, rows));
            }
            found.extend(batches);
        }
    }
    Ok(found)
}

struct Runner<'a> {
    shared: &'a Shared,
    request: &'a Request,
    watch: &'a Watch,
}

impl Runner<'_> {
    /// Runs one statement.
    async fn answer(&self, statement: &Statement) -> Result<Answer, AgentsError> {
        let sql = bind::bound(&statement.text, &self.request.parameters)?;
        let bound = self.shared.transaction.load(Ordering::SeqCst);
        let asked = Asked { sql: &sql, before: statement.before, tag: self.request.tag.as_deref(), bound };
        let outcome = self.shared.transport.run(&asked, self.watch).await;
        if let Err(AgentsError::Snowflake(SnowflakeError::SessionLost)) = &outcome {
            self.shared.transaction.store(false, Ordering::SeqCst);
        }
        let answer = outcome?;
        match statement.verb.as_str() {
            "BEGIN" | "START" => self.shared.transaction.store(true, Ordering::SeqCst),
            "COMMIT" | "ROLLBACK" => self.shared.transaction.store(false, Ordering::SeqCst),
            _ => {}
        }
        let mut place = lock(&self.shared.place);
        if let Some(database) = &answer.data.final_database_name {
            place.database = Some(database.clone());
        }
        if let Some(schema) = &answer.data.final_schema_name {
            place.schema = Some(schema.clone());
        }
        drop(place);
        Ok(answer)
    }

    /// Sends the result of the last statement.
    async fn give(&self, statement: &Statement, mut answer: Answer, sender: &Sender) -> Result<(), AgentsError> {
        let query_id = answer.data.query_id.take();
        let mut notes = Vec::new();
        if answer.anew {
            notes.push("The session had expired; temporary tables and settings of the old one are gone".to_owned());
        }
        if statement.only_does() || statement.counts() {
            let rows = if statement.counts() { self.changed(&mut answer).await? } else { None };
            let change = Some(Change { statement: statement.verb.clone(), rows });
            let head = Head { schema: Schema::empty().into(), change, hugeints: Vec::new(), notes, query_id };
            // A reader that has gone does not want to know.
            let _ = sender.send(Ok(Message::Head(head)));
            return Ok(());
        }
        let expected = answer.data.returned.or(answer.data.total).and_then(|rows| u64::try_from(rows).ok());
        let rowtype = answer.data.rowtype.take().unwrap_or_default();
        let mut parts = Parts::take(&self.shared.transport, &mut answer.data)?;
        let elsewhere = parts.elsewhere();
        let mut next = self.watch.run(parts.next()).await?;
        let columns = Columns::of(&rowtype, next.as_ref().map(|(part, _)| part), elsewhere == 0)?;
        notes.extend(columns.notes());
        let schema = columns.schema();
        let head = Head { schema, change: None, hugeints: columns.wide(), notes, query_id };
        if sender.send(Ok(Message::Head(head))).is_err() {
            return Ok(());
        }
        let mut given = 0;
        while let Some((part, promised)) = next {
            let batches = columns.read(part)?;
            let rows: u64 = batches.iter().map(|batch| batch.num_rows() as u64).sum();
            match promised {
                Some(promised) if promised != rows => return Err(cut(promised, rows)),
                Some(_) => {}
                None => {
                    // Known as soon as the first rows are: what follows is counted part by part.
                    if let Some(expected) = expected
                        && expected != rows + elsewhere
                    {
                        return Err(cut(expected, rows + elsewhere));
                    }
                }
            }
            given += rows;
            for batch in batches {
                if sender.send(Ok(Message::Batch(batch))).is_err() {
                    return Ok(());
                }
                if let Some(verdict) = self.watch.verdict() {
                    return Err(verdict);
                }
            }
            next = self.watch.run(parts.next()).await?;
        }
        match expected {
            Some(expected) if expected != given => Err(cut(expected, given)),
            _ => Ok(()),
        }
    }

    /// How many rows a statement inserted, updated and deleted.
    async fn changed(&self, answer: &mut Answer) -> Result<Option<u64>, AgentsError> {
        let rowtype = answer.data.rowtype.take().unwrap_or_default();
        let mut parts = Parts::take(&self.shared.transport, &mut answer.data)?;
        let Some((part, _)) = self.watch.run(parts.next()).await? else { return Ok(None) };
        let columns = Columns::of(&rowtype, Some(&part), true)?;
        let schema = columns.schema();
        let counts = |batch: &RecordBatch| -> Vec<u64> {
            let fields = schema.fields().iter().zip(batch.columns());
            let counting = fields.filter(|(field, _)| field.name().to_lowercase().starts_with(COUNT));
            let whole = counting.filter_map(|(_, array)| arrow_cast::cast(array, &DataType::Int64).ok());
            whole.map(|array| array.as_primitive::<Int64Type>().iter().flatten().sum::<i64>().max(0) as u64).collect()
        };
        let counts: Vec<u64> = columns.read(part)?.iter().flat_map(counts).collect();
        Ok((!counts.is_empty()).then(|| counts.iter().sum()))
    }
}

fn cut(promised: u64, came: u64) -> AgentsError {
    SnowflakeError::Cut { what: format!("{promised} rows were promised, {came} came") }.into()
}
