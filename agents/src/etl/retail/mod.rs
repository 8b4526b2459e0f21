//! The retail warehouse: a star schema of real sales, with the attributes that the source lacks made by the project's own
//! generators and marked so in the columns' comments.
//!
//! A run reads the source's files, brings staging up to what they say, then dimensions, then facts. Each step is one
//! transaction and stands in the log ([`crate::etl::status`]); a run that ends before its time leaves what was loaded so far
//! whole, and the next one completes it. Rows that the source no longer has stay.

mod calendar;
mod generate;
mod places;
mod schema;
mod source;
mod staging;
mod star;

use std::time::Instant;

use jiff::civil::DateTime;
use synthbook_synth::Progress;

use self::generate::Generator;
use self::source::Reader;
pub use self::source::Source;
use super::EtlError;
use super::log::{Log, Outcome, now};
use super::merge::Audit;
use super::pipeline::{Pipeline, RunReport, Work};
use super::rows::Desk;
use crate::warehouse::names::literal;
use crate::warehouse::{Dialect, Guard, Load, Request, Sql, Warehouse, check};

/// What the load is called in the log.
pub const PIPELINE: &str = "retail";
/// Steps beside those of staging and of the star.
const OTHERS: usize = 2;
/// What the load makes for itself and takes away again.
const SCRATCH: [&str; 5] = ["ETL.GEN_CUSTOMER", "ETL.GEN_STORE", "ETL.GEN_CHANNEL", "ETL.GEN_TARGET", "ETL.GEN_DATE"];

/// How a load is done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What decides every generated attribute.
    pub seed: u64,
    /// When the run counts as done: changes of customers are dated so. None takes the clock (UTC).
    pub as_of: Option<DateTime>,
    /// Who stands in the columns `CREATED_BY` and `MODIFIED_BY`.
    pub by: String,
}

impl Default for Options {
    /// The seed of the project's own retail warehouse (2017), dated by the clock.
    fn default() -> Self {
        Self { seed: 2017, as_of: None, by: "synthbook etl".to_owned() }
    }
}

impl Options {
    /// With another seed.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Dated so.
    #[must_use]
    pub fn as_of(self, moment: DateTime) -> Self {
        Self { as_of: Some(moment), ..self }
    }
}

/// Loads the retail warehouse, or brings it up to what the source says now.
///
/// # Errors
/// [`EtlError`]: files that are missing or wrong, another run at work, a wish to stop, and what the warehouse says. What
/// earlier steps loaded stays; the next run goes on from there.
pub fn run(
    warehouse: &dyn Warehouse,
    source: &Source,
    options: &Options,
    progress: &Progress,
) -> Result<RunReport, EtlError> {
    let started = Instant::now();
    let desk = Desk::new(warehouse, progress);
    progress.report(Some(0.0), "Reading the source");
    let reader = Reader::open(source, progress)?;
    let log = Log::begin(desk, PIPELINE, options.seed, &source.describe())?;
    let run = log.run;
    let mut pipeline = Pipeline::new(desk, &log, OTHERS + staging::STEPS.len() + star::STEPS.len());
    let worked = steps(&mut pipeline, &reader, options);
    let steps = std::mem::take(&mut pipeline.steps);
    clear(desk);
    let outcome = worked.map(|()| steps.iter().map(|step| step.rows_out).sum());
    let noted = log.finish(&outcome);
    let rows_out = outcome?;
    noted?;
    progress.report(Some(1.0), "Loaded");
    let status = if rows_out == 0 { Outcome::Unchanged } else { Outcome::Done };
    Ok(RunReport { run, status, rows_out, seconds: started.elapsed().as_secs_f64(), steps })
}

fn steps(pipeline: &mut Pipeline<'_>, reader: &Reader<'_>, options: &Options) -> Result<(), EtlError> {
    let at = options.as_of.map_or_else(now, |moment| micros(&moment));
    let moment = calendar::moment(at)
        .map_or_else(String::new, |moment| format!("TIMESTAMP '{}'", moment.strftime("%Y-%m-%d %H:%M:%S%.6f")));
    let by = literal(&options.by);
    let audit = Audit { at: &moment, by: &by };
    pipeline.step("SCHEMA", |desk| schema::work(desk, options.seed))?;
    pipeline.step("EXTRACT", |desk| extract(desk, reader, options.seed))?;
    staging::run(pipeline, audit)?;
    star::run(pipeline, at, &moment)
}

fn micros(moment: &DateTime) -> i64 {
    let since = moment.duration_since(calendar::epoch());
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Puts the source's rows and what is generated for them within the warehouse's reach.
fn extract(desk: Desk<'_>, reader: &Reader<'_>, seed: u64) -> Result<Work, EtlError> {
    reader.check()?;
    let generator = Generator::new(seed)?;
    let ids = |column: &str, rest: &str| {
        reader.numbers(&format!("SELECT DISTINCT {column} FROM ETL.SRC_TRANSACTIONS {rest} ORDER BY 1"))
    };
    let households = ids("HOUSEHOLD_ID", "UNION SELECT HOUSEHOLD_ID FROM ETL.SRC_DEMOGRAPHICS")?;
    let made = [
        generator.customers(&households, desk.progress)?,
        generator.stores(&ids("STORE_ID", "")?, desk.progress)?,
        generator.channels(&ids("BASKET_ID", "")?)?,
        generator.targets(&ids("PRODUCT_ID", "")?)?,
        calendar::rows()?,
    ];
    for (table, rows) in SCRATCH.iter().zip(made) {
        desk.progress.check()?;
        desk.warehouse.load(table, &mut std::iter::once(Ok(rows)), Load::Replace)?;
    }
    let mut rows_in = 0;
    for (extract, path) in reader.extracts() {
        let query = format!("SELECT * FROM {}", extract.name);
        if desk.warehouse.dialect() == Dialect::DuckDb {
            desk.run(&format!(
                "CREATE OR REPLACE VIEW {} AS {}",
                extract.name,
                extract.query(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
            ))?;
        } else {
            let sql = check(Sql::new(query), &Guard::write())?;
            let mut batches = reader.bench().query(&sql, &Request::default())?;
            desk.warehouse.load(extract.name, &mut batches, Load::Replace)?;
        }
        rows_in += Pipeline::count(desk, extract.name)?;
    }
    Ok(Work { rows_in, before: Vec::new(), within: Vec::new(), counted: "SELECT 0".to_owned() })
}

/// Takes away what only the load needs; what is left after a failure gives way to the next run.
fn clear(desk: Desk<'_>) {
    let views = [source::TRANSACTIONS.name, source::PRODUCTS.name, source::DEMOGRAPHICS.name];
    let kind = if desk.warehouse.dialect() == Dialect::DuckDb { "VIEW" } else { "TABLE" };
    let views = views.iter().map(|name| format!("DROP {kind} IF EXISTS {name}"));
    let tables = SCRATCH.iter().map(|name| format!("DROP TABLE IF EXISTS {name}"));
    for statement in views.chain(tables) {
        let _ = desk.anyway(&statement, std::collections::BTreeMap::new());
    }
}
