//! The demo data, a small part of it, and short ways to look at what was loaded.

use std::path::{Path, PathBuf};

use synthbook_agents::etl::retail::{self, Options, Source};
use synthbook_agents::etl::{EtlError, RunReport};
use synthbook_agents::warehouse::{DuckDb, Guard, Request, Sql, Warehouse, check, preview};
use synthbook_synth::Progress;

/// The moment that the tests' loads are dated, so that they can be compared.
pub(crate) const LOADED: &str = "2018-01-02T00:00:00";

/// The folder of The Complete Journey that the set-up fetches.
#[expect(clippy::disallowed_methods, reason = "tests find the demo data as the kernel does")]
pub(crate) fn complete_journey() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let base = variable("SYNTHBOOK_DATA_DIR").unwrap_or_else(|| {
        let home = || variable("HOME").map(|home| home.join(".local/share"));
        variable("XDG_DATA_HOME").or_else(home).expect("a home folder").join("synthbook")
    });
    let folder = base.join("data/complete_journey");
    let needed = folder.join("transactions.parquet");
    assert!(needed.is_file(), "the demo data is missing, run cargo xtask test, which fetches it: {}", needed.display());
    folder
}

/// A small part of the demo data as files of their own: some households, their products, three of which the catalogue lacks.
pub(crate) fn small(folder: &Path) -> Source {
    let from = |name: &str| format!("'{}'", complete_journey().join(name).display());
    let to = |name: &str| format!("'{}' (FORMAT parquet)", folder.join(name).display());
    let bench = DuckDb::in_memory().unwrap();
    run(
        &bench,
        &format!(
            "CREATE TABLE t AS FROM read_parquet({}) WHERE household_id <= 30;
         CREATE TABLE p AS FROM read_parquet({}) WHERE product_id IN (SELECT product_id FROM t) OR product_id % 500 = 1;
         DELETE FROM p WHERE product_id IN (SELECT product_id FROM t ORDER BY product_id LIMIT 3);
         CREATE TABLE d AS FROM read_parquet({}) WHERE household_id <= 30",
            from("transactions.parquet"),
            from("products.parquet"),
            from("demographics.parquet")
        ),
    );
    for (table, file) in [("t", "transactions.parquet"), ("p", "products.parquet"), ("d", "demographics.parquet")] {
        run(&bench, &format!("COPY {table} TO {}", to(file)));
    }
    Source::folder(folder)
}

/// Writes one of the small files anew.
pub(crate) fn rewrite(folder: &Path, file: &str, query: &str) {
    let bench = DuckDb::in_memory().unwrap();
    let path = folder.join(file);
    run(&bench, &format!("CREATE TABLE t AS FROM read_parquet('{}')", path.display()));
    run(&bench, &format!("COPY ({query}) TO '{}' (FORMAT parquet)", path.display()));
}

pub(crate) fn load(warehouse: &dyn Warehouse, source: &Source) -> Result<RunReport, EtlError> {
    load_at(warehouse, source, LOADED)
}

pub(crate) fn load_at(warehouse: &dyn Warehouse, source: &Source, moment: &str) -> Result<RunReport, EtlError> {
    retail::run(warehouse, source, &Options::default().as_of(moment.parse().unwrap()), &Progress::silent())
}

pub(crate) fn run(warehouse: &dyn Warehouse, script: &str) {
    let sql = check(Sql::new(script), &Guard::write()).unwrap();
    preview(warehouse, &sql, &Request::default(), 1).unwrap_or_else(|error| panic!("{script}: {error:?}"));
}

/// The cells of a result as text.
pub(crate) fn cells(warehouse: &dyn Warehouse, query: &str) -> Vec<Vec<String>> {
    let sql = check(Sql::new(query), &Guard::write()).unwrap();
    let shown =
        preview(warehouse, &sql, &Request::default(), 10_000).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let text = |row: usize, column: usize| {
        let array = shown.batch.column(column);
        arrow_cast::display::array_value_to_string(array, row).unwrap()
    };
    (0..shown.batch.num_rows())
        .map(|row| (0..shown.batch.num_columns()).map(|column| text(row, column)).collect())
        .collect()
}

/// The single cell of a result.
pub(crate) fn cell(warehouse: &dyn Warehouse, query: &str) -> String {
    cells(warehouse, query)[0][0].clone()
}

/// What every table of the star holds, as one number a table.
pub(crate) fn digest(warehouse: &dyn Warehouse) -> Vec<(String, String)> {
    let tables = [
        "STAGING_CUSTOMER",
        "STAGING_PRODUCT",
        "STAGING_STORE",
        "STAGING_CHANNEL",
        "STAGING_SALESHEADER",
        "STAGING_SALESDETAIL",
        "STAGING_TARGETDATAPRODUCT",
        "DIM_CUSTOMER",
        "DIM_PRODUCT",
        "DIM_DATE",
        "DIM_STORE",
        "DIM_CHANNEL",
        "FACT_SALESACTUAL",
        "FACT_SALESTARGET",
    ];
    let of = |table: &str| {
        let query = format!("SELECT count(*) || ':' || coalesce(bit_xor(hash(t::VARCHAR)), 0) FROM {table} t");
        (table.to_owned(), cell(warehouse, &query))
    };
    tables.iter().map(|table| of(table)).collect()
}
