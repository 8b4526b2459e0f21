//! Checks that DuckDB's library is loaded and answers.

use super::check::{Check, Finding};
use crate::frames::read_frame;
use synthbook_agents::warehouse::{DuckDb, Guard, Request, Sql, check, query_to_ipc};

const HELP: &str = "run `cargo xtask setup` in the Synthbook checkout, or build with the feature `bundled`";

/// libduckdb, tried by a query.
pub(super) struct DuckDbLibrary;

impl Check for DuckDbLibrary {
    fn name(&self) -> &'static str {
        "duckdb"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn look(&self) -> Finding {
        let place = loaded_from().unwrap_or_else(|| "linked into this program".to_owned());
        match version() {
            Ok(version) => Finding::ok(format!("{version}, {place}")),
            Err(reason) => Finding::missing(format!("{reason}, {place}"), HELP),
        }
    }
}

fn version() -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = folder.path().join("version.arrow");
    let database = DuckDb::in_memory().map_err(|error| error.to_string())?;
    let sql = check(Sql::new("SELECT version() AS version"), &Guard::write()).map_err(|error| error.to_string())?;
    query_to_ipc(&database, &sql, &Request::default(), &path).map_err(|error| error.to_string())?;
    let answer = read_frame("version", &path).map_err(|error| error.to_string())?;
    let value = answer.column("version").and_then(|column| column.get(0)).map_err(|error| error.to_string())?;
    Ok(value.str_value().into_owned())
}

/// The file that the library was loaded from, as the system tells it.
fn loaded_from() -> Option<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let line = maps.lines().find(|line| line.contains("libduckdb"))?;
    line.find('/').map(|start| line[start..].to_owned())
}
