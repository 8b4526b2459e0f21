//! Opens DuckDB with limits, without downloads, and with the frames' functions.

use std::path::Path;
use std::sync::Arc;

use duckdb::{Config, Connection};

use super::Settings;
use super::scan::{FrameScan, FrameTable, SCAN};
use crate::AgentsError;
use crate::warehouse::names::quoted;

/// The attached database that holds a view for each frame.
const FRAMES: &str = "frames";

/// Opens a database and prepares it: the session's connection, a spare one, and the name of the frames' catalogue.
pub(super) fn open(
    path: Option<&Path>,
    settings: &Settings,
    frames: &Arc<FrameTable>,
) -> Result<(Connection, Connection, String), AgentsError> {
    let shown = path.unwrap_or_else(|| Path::new(":memory:"));
    let failed = |error: duckdb::Error| AgentsError::DatabaseOpen {
        path: shown.to_owned(),
        reason: super::fault::clean(&super::fault::text(&error)),
    };
    let config = config(settings).map_err(failed)?;
    let main = match path {
        Some(path) => Connection::open_with_flags(path, config),
        None => Connection::open_in_memory_with_flags(config),
    }
    .map_err(failed)?;
    main.register_table_function::<FrameScan>(SCAN).map_err(failed)?;
    let own: String = main.query_row("SELECT current_database()", [], |row| row.get(0)).map_err(failed)?;
    let catalog = if own == FRAMES { "session_frames" } else { FRAMES };
    main.execute_batch(&format!(
        "ATTACH ':memory:' AS {catalog};
         CREATE MACRO {catalog}.main.frame(name) AS TABLE SELECT * FROM {SCAN}({}, name);",
        frames.id()
    ))
    .map_err(failed)?;
    prepare(&main, catalog).map_err(failed)?;
    let spare = main.try_clone().map_err(failed)?;
    prepare(&spare, catalog).map_err(failed)?;
    Ok((main, spare, catalog.to_owned()))
}

/// Sets what belongs to one connection: where names are looked up, and UTC.
pub(super) fn prepare(connection: &Connection, catalog: &str) -> Result<(), duckdb::Error> {
    connection.execute_batch("SET TimeZone = 'UTC'")?;
    look_up_frames(connection, catalog)
}

/// Puts the frames' catalogue at the end of the search path, where everything of the user's comes before it.
pub(super) fn look_up_frames(connection: &Connection, catalog: &str) -> Result<(), duckdb::Error> {
    let read = "SELECT current_setting('search_path'), current_database(), current_schema()";
    let (path, database, schema): (String, String, String) =
        connection.query_row(read, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let frames = format!("{catalog}.main");
    if path.split(',').any(|entry| entry.trim() == frames) {
        return Ok(());
    }
    let base = if path.is_empty() { format!("{}.{}", quoted(&database), quoted(&schema)) } else { path };
    let both = format!("{base},{frames}").replace('\'', "''");
    connection.execute_batch(&format!("SET search_path = '{both}'"))
}

/// The memory that this process may use, in bytes: the machine's, or less in a container that has a limit.
pub(super) fn machine_memory() -> Option<u64> {
    let limit = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    match (whole_memory(), limit) {
        (Some(whole), Some(limit)) => Some(whole.min(limit)),
        (whole, limit) => whole.or(limit),
    }
}

fn whole_memory() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn config(settings: &Settings) -> Result<Config, duckdb::Error> {
    let mut config = Config::default()
        .enable_autoload_extension(false)?
        .custom_user_agent("synthbook")?
        .with("temp_directory", settings.spill.to_string_lossy())?
        .with("arrow_large_buffer_size", "true")?;
    if let Some(bytes) = settings.memory {
        config = config.max_memory(&format!("{bytes}B"))?;
    }
    if let Some(threads) = settings.threads {
        config = config.threads(threads.max(1) as i64)?;
    }
    Ok(config)
}
