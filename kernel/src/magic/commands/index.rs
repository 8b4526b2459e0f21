//! `%index`: makes texts searchable: a frame's or a table's, a schema's, and the cells that were run.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, df};
use synthbook_agents::vectors::{
    Added, Document, Index as SearchIndex, IndexInfo, IndexSettings, cell_documents, column_documents, frame_documents,
};
use synthbook_agents::warehouse::{Request, Sql, TableKind, check, query_to_ipc};

use super::sqlcmd;
use super::watch::watched;
use crate::display::{TableOptions, group_digits, table_bundle};
use crate::error::KernelError;
use crate::frames::read_frame;
use crate::history::HistoryQuery;
use crate::indexes::{self, MEANING, WORDS};
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, Word, suggest};

/// The magic.
pub(in crate::magic) struct Index;

const SPEC: MagicSpec = MagicSpec {
    name: "index",
    kind: MagicKind::Line,
    summary: "Makes texts searchable by meaning and by words: rows of a frame or table, a schema, the cells that were run.",
    arguments: &[
        Argument::optional(
            "NAME",
            ValueKind::Table,
            "The index, and the frame or table that it is made of; without a name all indexes are listed.",
        ),
        Argument::optional("--text|-t", ValueKind::Column, "The columns with the text to be found, by commas."),
        Argument::optional(
            "--payload",
            ValueKind::Column,
            "The columns that --where of %search may ask, by commas; all others without it.",
        ),
        Argument::optional("--key", ValueKind::Column, "The column that tells rows apart; their number without it."),
        Argument::optional("--from", ValueKind::Table, "The frame or table, where it is not called as the index."),
        Argument::optional("--connection|-c", ValueKind::Connection, "Where the table is; the current one without it."),
        Argument::optional("--schema", ValueKind::Switch, "Makes the connection's tables and columns searchable."),
        Argument::optional(
            "--cells",
            ValueKind::Switch,
            "Makes the cells that were run searchable, also earlier ones.",
        ),
        Argument::optional(
            "--model",
            ValueKind::Choice(&[MEANING, WORDS]),
            "The model of a new index; words needs none and finds by shared words only.",
        ),
        Argument::optional("--rebuild", ValueKind::Switch, "Makes all vectors of an index anew, with --model."),
        Argument::optional("--drop", ValueKind::Switch, "Removes the index."),
    ],
    examples: &[
        "%index people --text city --model words",
        "%index tables --schema --model words\n%index",
        "%index cells --cells --model words\n%index cells --drop",
    ],
};

/// The most columns that go along where none are named.
const MOST_FIELDS: usize = 30;
/// The most past cells that are indexed.
const MOST_CELLS: u32 = 20_000;
/// The most values of a column that go into a schema's index.
const SAMPLES: usize = 8;

impl Magic for Index {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let Some(word) = arguments.get("NAME") else { return list(context) };
        let name = crate::frames::name_from(word.text.rsplit('.').next().unwrap_or(&word.text));
        let paths = context.session.paths();
        if arguments.has("--drop") {
            known(&name, word, context)?;
            SearchIndex::remove(&paths.indexes(), &name).map_err(|error| at(error, word))?;
            context.say(&format!("Index {name} is removed"));
            return Ok(());
        }
        if arguments.has("--rebuild") {
            return rebuild(&name, word, &arguments, context);
        }
        let (source, documents) = documents(&name, word, &arguments, call, context)?;
        let bar = context.progress(&format!("Indexing {name}"));
        let made = open(&name, &arguments, context).and_then(|index| {
            let added = index.replace(&source, documents, &bar.handle()).map_err(KernelError::foreign)?;
            Ok((added, index.info().map_err(KernelError::foreign)?))
        });
        bar.finish_with(&made);
        let (added, info) = made.map_err(|error| error.at(word.span.clone()))?;
        context.say(&told(&info, &added));
        Ok(())
    }
}

/// Opens an index that is there with its own model, and a new one with that of `--model`.
fn open(name: &str, arguments: &Arguments, context: &Context<'_>) -> Result<SearchIndex, KernelError> {
    let (paths, embedders) = (context.session.paths(), context.session.embedders());
    let silent = synthbook_synth::Progress::silent();
    match arguments.text("--model") {
        None if indexes::names(paths).iter().any(|one| one == name) => embedders.open(name, paths, &silent),
        chosen => {
            let embedder = embedders.find(chosen.unwrap_or(MEANING), paths)?;
            SearchIndex::open(&paths.indexes(), name, embedder).map_err(KernelError::foreign)
        }
    }
}

fn rebuild(name: &str, word: &Word, arguments: &Arguments, context: &Context<'_>) -> Result<(), KernelError> {
    let paths = context.session.paths();
    let embedder = context.session.embedders().find(arguments.text("--model").unwrap_or(MEANING), paths)?;
    let bar = context.progress(&format!("Indexing {name}"));
    let made = SearchIndex::rebuild(&paths.indexes(), name, embedder, &IndexSettings::default(), &bar.handle())
        .and_then(|index| index.info());
    bar.finish_with(&made);
    let info = made.map_err(|error| at(error, word))?;
    context.say(&told(&info, &Added::default()));
    Ok(())
}

/// What is to be indexed, and what it is called in the index.
fn documents(
    name: &str,
    word: &Word,
    arguments: &Arguments,
    call: &Call,
    context: &Context<'_>,
) -> Result<(String, Vec<Document>), KernelError> {
    let kinds = [arguments.has("--schema"), arguments.has("--cells"), arguments.has("--text|-t")];
    if kinds.iter().filter(|given| **given).count() != 1 {
        return Err(KernelError::Usage {
            magic: SPEC.name,
            reason: "one of --text COLUMN, --schema and --cells says what is indexed".to_owned(),
            help: format!("for example %index {name} --text COLUMN"),
        }
        .at(call.name_span.clone()));
    }
    if arguments.has("--cells") {
        return Ok(("cells".to_owned(), cells(context)));
    }
    if arguments.has("--schema") {
        let connection = sqlcmd::connection(arguments, context)?;
        return Ok((connection.name.clone(), schema(&connection, context)?));
    }
    let from = arguments.get("--from").unwrap_or(word);
    let frame = rows(from, arguments, context)?;
    let texts = columns(arguments.get("--text|-t"), &frame, from)?;
    let key = columns(arguments.get("--key"), &frame, from)?.into_iter().next();
    let fields = match arguments.get("--payload") {
        Some(_) => columns(arguments.get("--payload"), &frame, from)?,
        None => frame
            .get_column_names()
            .into_iter()
            .map(ToString::to_string)
            .filter(|column| !texts.contains(column))
            .take(MOST_FIELDS)
            .collect(),
    };
    let made = frame_documents(&frame, &from.text, &borrowed(&texts), &borrowed(&fields), key.as_deref());
    Ok((from.text.clone(), made.map_err(|error| at(error, from))?))
}

fn borrowed(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// The rows of a frame, else of a table.
fn rows(from: &Word, arguments: &Arguments, context: &Context<'_>) -> Result<DataFrame, KernelError> {
    let is_frame = context.session.frames.info(&from.text).is_ok();
    if is_frame && !arguments.has("--connection|-c") {
        return context.frame(from);
    }
    let connection = sqlcmd::connection(arguments, context)?;
    let stored = connection.warehouse.tables().map_err(KernelError::foreign)?;
    if connection.is_session() && stored.iter().all(|table| table.kind == TableKind::Frame) {
        return context.frame(from);
    }
    let table = sqlcmd::table(&connection, from)?;
    let sql =
        check(Sql::new(format!("SELECT * FROM {}", table.sql)), &connection.guard()).map_err(KernelError::foreign)?;
    let path = context.session.frames.temporary("indexed", 0)?;
    let read = watched(&format!("Reading {}", from.text), &Request::default(), context, |request| {
        query_to_ipc(connection.warehouse.as_ref(), &sql, request, &path)
    });
    let frame = read.map_err(KernelError::foreign).and_then(|_| read_frame(&from.text, &path));
    // The file stays mapped as long as the frame is used; its name is free.
    let _ = std::fs::remove_file(&path);
    frame
}

/// The columns that a word names, by commas and in any case.
fn columns(word: Option<&Word>, frame: &DataFrame, of: &Word) -> Result<Vec<String>, KernelError> {
    let Some(word) = word else { return Ok(Vec::new()) };
    let known: Vec<String> = frame.get_column_names().into_iter().map(ToString::to_string).collect();
    let find = |name: &str| {
        let name = name.trim();
        let found = known
            .iter()
            .find(|column| *column == name)
            .or_else(|| known.iter().find(|column| column.eq_ignore_ascii_case(name)));
        found.cloned().ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            let help = suggest::did_you_mean(name, &names, "columns");
            KernelError::UnknownColumn { frame: of.text.clone(), column: name.to_owned(), help }.at(word.span.clone())
        })
    };
    word.text.split(',').filter(|name| !name.trim().is_empty()).map(find).collect()
}

/// The tables and columns of a connection, with a few values of columns that hold few.
fn schema(connection: &crate::session::Connection, context: &Context<'_>) -> Result<Vec<Document>, KernelError> {
    let catalog = connection.warehouse.catalog().map_err(KernelError::foreign)?;
    let mut samples = BTreeMap::new();
    for table in &catalog.tables {
        for column in table.columns.iter().filter(|column| is_text(&column.data_type)) {
            context.check()?;
            let query = format!(
                "SELECT {0} FROM (SELECT {0} FROM {1} LIMIT 1000) AS sampled WHERE {0} IS NOT NULL GROUP BY {0} ORDER BY COUNT(*) DESC, {0} LIMIT {2}",
                column.sql,
                table.sql,
                SAMPLES + 1
            );
            // A view that can't be read is still found by its name.
            if let Ok(values) = few(connection, &query)
                && values.len() <= SAMPLES
            {
                samples.insert((table.sql.clone(), column.name.clone()), values);
            }
        }
    }
    Ok(column_documents(&catalog, &connection.name, &samples))
}

fn is_text(kind: &str) -> bool {
    ["VARCHAR", "TEXT", "STRING", "CHAR", "ENUM"].iter().any(|name| kind.to_ascii_uppercase().starts_with(name))
}

/// The few values that a query gives.
fn few(connection: &crate::session::Connection, query: &str) -> Result<Vec<String>, KernelError> {
    let sql = check(Sql::new(query), &connection.guard()).map_err(KernelError::foreign)?;
    let shown =
        synthbook_agents::warehouse::preview(connection.warehouse.as_ref(), &sql, &Request::default(), SAMPLES + 1)
            .map_err(KernelError::foreign)?;
    let frame = crate::display::batch_frame(&shown.batch)?;
    let Some(column) = frame.columns().first() else { return Ok(Vec::new()) };
    Ok((0..frame.height()).filter_map(|row| column.get(row).ok().map(|value| value.str_value().into_owned())).collect())
}

/// The cells of this session and of those before it, each once.
fn cells(context: &Context<'_>) -> Vec<Document> {
    let all = HistoryQuery::Search { pattern: "*".to_owned(), n: Some(MOST_CELLS), unique: true };
    let cells: Vec<(String, String)> = if let Some(history) = context.session.history() {
        let named = |entry: crate::history::Entry| (format!("{}/{}", entry.session, entry.line), entry.source);
        history.query_blocking(all).into_iter().map(named).collect()
    } else {
        let inputs = context.session.inputs().into_iter().enumerate();
        inputs.map(|(at, input)| (format!("{at}/{}", input.number), input.code)).collect()
    };
    cell_documents("cells", cells.iter().map(|(key, text)| (key.as_str(), text.as_str())))
}

fn list(context: &Context<'_>) -> Result<(), KernelError> {
    let (paths, embedders) = (context.session.paths(), context.session.embedders());
    let names = indexes::names(paths);
    if names.is_empty() {
        context.say("There is no index yet; %index NAME --text COLUMN makes one");
        return Ok(());
    }
    let silent = synthbook_synth::Progress::silent();
    let infos: Vec<Result<IndexInfo, KernelError>> = names
        .iter()
        .map(|name| {
            let index = embedders.open(name, paths, &silent)?;
            index.info().map_err(KernelError::foreign)
        })
        .collect();
    let column = |read: fn(&IndexInfo) -> String| {
        infos.iter().map(|info| info.as_ref().map_or_else(|_| String::new(), read)).collect::<Vec<_>>()
    };
    let table = df!(
        "name" => names,
        "texts" => infos.iter().map(|info| info.as_ref().ok().map(|info| info.documents)).collect::<Vec<_>>(),
        "of" => column(|info| info.sources.keys().cloned().collect::<Vec<_>>().join(", ")),
        "model" => column(|info| info.embedder.clone()),
        "problem" => infos.iter().map(|info| info.as_ref().err().map(ToString::to_string)).collect::<Vec<_>>(),
    )?;
    let options = TableOptions { rows: 1000, quotes: false, ..context.session.settings().table() };
    context.out.display(table_bundle(&table, &options));
    Ok(())
}

fn known(name: &str, word: &Word, context: &Context<'_>) -> Result<(), KernelError> {
    let names = indexes::names(context.session.paths());
    if names.iter().any(|one| one == name) {
        return Ok(());
    }
    Err(unknown(name, &names).at(word.span.clone()))
}

/// There is no such index.
pub(super) fn unknown(name: &str, names: &[String]) -> KernelError {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let help = if names.is_empty() {
        "there is none yet; %index NAME --text COLUMN makes one".to_owned()
    } else {
        suggest::did_you_mean(name, &names, "indexes")
    };
    KernelError::UnknownName { what: "index", name: name.to_owned(), help }
}

fn at(error: synthbook_agents::vectors::VectorError, word: &Word) -> KernelError {
    KernelError::foreign(error).at(word.span.clone())
}

fn told(info: &IndexInfo, added: &Added) -> String {
    let count = |number: u64| group_digits(usize::try_from(number).unwrap_or(usize::MAX));
    let mut parts = vec![format!("Index {}: {} texts", info.name, count(info.documents))];
    for (number, what) in [(added.new, "new"), (added.changed, "changed"), (added.removed, "removed")] {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    format!("{}; model {}", parts.join(", "), info.embedder)
}
