//! What a database holds: volumes, quality of columns, keys, relations found from names, types and data, and gaps in time.

mod analysis;
mod keys;
mod names;
mod profile;
mod relations;
mod roles;
mod time;

use synthbook_synth::Progress;

pub use analysis::{Analysis, ColumnAnalysis, End, Gap, Grain, Relation, Role, TableAnalysis, TimeAnalysis};

pub(crate) use profile::Family;

use crate::AgentsError;
use crate::etl::rows::Desk;
use crate::warehouse::{Catalog, CatalogTable, Warehouse};

/// How far an analysis goes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Only tables of these names (any case); none takes all of the catalogue.
    pub only: Option<Vec<String>>,
    /// The most tables that are looked at; the rest is named in the notes.
    pub tables: usize,
    /// The most columns of a table that are looked at.
    pub columns: usize,
    /// Distinct values are counted exactly in tables of at most so many rows, and estimated in larger ones.
    pub exact_rows: u64,
    /// Whether relations are looked for.
    pub relations: bool,
    /// The most pairs of columns whose values are compared.
    pub pairs: usize,
    /// Whether gaps in time are looked for.
    pub time: bool,
    /// Where progress is shown, and how the work is stopped.
    pub progress: Progress,
}

impl Default for Options {
    /// Everything, with bounds that keep a database of hundreds of tables within seconds.
    fn default() -> Self {
        Self {
            only: None,
            tables: 400,
            columns: 2_000,
            exact_rows: 200_000,
            relations: true,
            pairs: 400,
            time: true,
            progress: Progress::silent(),
        }
    }
}

impl Options {
    /// Only these tables.
    #[must_use]
    pub fn only(self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { only: Some(tables.into_iter().map(Into::into).collect()), ..self }
    }

    /// With this progress.
    #[must_use]
    pub fn progress(self, progress: Progress) -> Self {
        Self { progress, ..self }
    }
}

/// Looks at the tables of a catalogue: one query or two for each table, one for each pair of columns that may be related.
///
/// A table that can't be read (a view whose table is gone) is in the result with its problem.
///
/// # Errors
/// [`AgentsError::Cancelled`], and what makes every further query fail.
///
/// ```
/// use synthbook_agents::analyzer::{Options, analyze};
/// use synthbook_agents::warehouse::{DuckDb, Guard, Request, Sql, Warehouse, check};
/// let duck = DuckDb::in_memory()?;
/// let script = "CREATE TABLE authors AS SELECT i AS author_id, 'n' || i AS name FROM range(10) t(i);
///               CREATE TABLE books AS SELECT i AS book_id, i % 7 AS author_id FROM range(100) t(i)";
/// duck.query(&check(Sql::new(script), &Guard::write())?, &Request::default())?;
/// let found = analyze(&duck, &duck.catalog()?, &Options::default())?;
/// assert_eq!(found.table("books").map(|table| table.rows), Some(100));
/// let relation = &found.relations[0];
/// assert_eq!((relation.from.table.as_str(), relation.to.table.as_str()), ("books", "authors"));
/// # Ok::<(), synthbook_agents::AgentsError>(())
/// ```
pub fn analyze(warehouse: &dyn Warehouse, catalog: &Catalog, options: &Options) -> Result<Analysis, AgentsError> {
    let desk = Desk::reading(warehouse, &options.progress);
    let wanted: Vec<&CatalogTable> = catalog.tables.iter().filter(|table| wants(options, table)).collect();
    let mut notes = Vec::new();
    if wanted.len() > options.tables {
        notes.push(format!("{} more tables were not looked at", wanted.len() - options.tables));
    }
    let wanted = &wanted[..wanted.len().min(options.tables)];
    let mut tables = Vec::with_capacity(wanted.len());
    for (at, table) in wanted.iter().enumerate() {
        options.progress.report(Some(0.7 * at as f64 / wanted.len() as f64), &table.name);
        match one(desk, table, wanted, options) {
            Ok(analysis) => tables.push(analysis),
            Err(AgentsError::Cancelled) => return Err(AgentsError::Cancelled),
            Err(error) => tables.push(TableAnalysis::broken(table, &error)),
        }
    }
    let mut analysis = Analysis { tables, relations: Vec::new(), notes };
    if options.relations {
        options.progress.report(Some(0.7), "Relations");
        relations::find(desk, wanted, &mut analysis, options.pairs)?;
    }
    roles::assign(&mut analysis);
    if options.time {
        for at in 0..analysis.tables.len() {
            options.progress.report(Some(0.9 + 0.1 * at as f64 / analysis.tables.len() as f64), "Gaps in time");
            match time::find(desk, &analysis, at) {
                Err(AgentsError::Cancelled) => return Err(AgentsError::Cancelled),
                found => analysis.tables[at].time = found.unwrap_or_default(),
            }
        }
    }
    options.progress.report(Some(1.0), "Analyzed");
    Ok(analysis)
}

fn wants(options: &Options, table: &CatalogTable) -> bool {
    let named = |only: &Vec<String>| {
        only.iter().any(|name| name.eq_ignore_ascii_case(&table.name) || name.eq_ignore_ascii_case(&table.sql))
    };
    options.only.as_ref().is_none_or(named)
}

fn one(
    desk: Desk<'_>,
    table: &CatalogTable,
    all: &[&CatalogTable],
    options: &Options,
) -> Result<TableAnalysis, AgentsError> {
    let mut analysis = profile::profile(desk, table, options)?;
    keys::find(desk, table, all, &mut analysis)?;
    Ok(analysis)
}
