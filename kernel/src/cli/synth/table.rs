//! What the subcommands of `synth` share: reading a table and its metadata, and a bar that Ctrl-C stops.

use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;
use synthbook_synth::{Metadata, Progress, Seed};

use crate::cli::error::CliError;
use crate::cli::interrupt;
use crate::data::{Excerpt, LoadOptions, find_source, load_at_most};
use crate::display::TerminalProgress;
use crate::session::Paths;

/// The most rows that are read of a table unless `--max-rows` says otherwise.
pub(super) const MOST_ROWS: usize = 1_000_000;

/// Reads a table, or `most` rows evenly spread over it. What its reader should know goes to standard error, unless
/// `quiet`.
///
/// # Errors
/// The reader's, with their codes.
pub(super) fn read(name: &Path, most: usize, seed: Seed, quiet: bool) -> Result<Excerpt, CliError> {
    let source = find_source(&name.to_string_lossy(), &Paths::from_environment(), |path| PathBuf::from(path))?;
    let excerpt = load_at_most(&source, &LoadOptions::default(), most, seed)?;
    if !quiet {
        excerpt.notes.iter().for_each(|note| eprintln!("note: {note}"));
    }
    Ok(excerpt)
}

/// The metadata of a file, or what is read off the table.
///
/// # Errors
/// When the file can't be read, or a column can't be modelled.
pub(super) fn metadata(file: Option<&Path>, table: &DataFrame) -> Result<Metadata, CliError> {
    file.map_or_else(|| Metadata::detect(table), Metadata::read).map_err(CliError::foreign)
}

/// Runs long work under a bar on the terminal; Ctrl-C asks it to stop.
///
/// # Errors
/// The work's.
pub(super) fn work<T, E>(title: &str, run: impl FnOnce(&Progress) -> Result<T, E>) -> Result<T, E> {
    let bar = TerminalProgress::new(title);
    let result = run(&bar.handle(interrupt::flag()));
    bar.finish();
    result
}

/// Reads a number of rows: `1000000` or `1_000_000`.
///
/// # Errors
/// When it is no whole number.
pub(super) fn rows(word: &str) -> Result<usize, String> {
    word.replace('_', "").parse().map_err(|_| "write a whole number, such as 1000 or 1_000_000".to_owned())
}

/// Reads a number of rows to keep, at least one.
///
/// # Errors
/// When it is no whole number from 1.
pub(super) fn most_rows(word: &str) -> Result<usize, String> {
    rows(word).and_then(|rows| if rows == 0 { Err("at least 1 row is needed".to_owned()) } else { Ok(rows) })
}

/// Reads `I/N`, a part counted from 1 and the number of parts.
///
/// # Errors
/// When it is not two whole numbers.
pub(super) fn shard(word: &str) -> Result<(usize, usize), String> {
    let parts = word.split_once('/').and_then(|(one, all)| Some((one.trim().parse().ok()?, all.trim().parse().ok()?)));
    parts.ok_or_else(|| "write I/N, such as 3/64".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_or_refused() {
        assert_eq!(rows("1_000"), Ok(1000));
        assert!(rows("-1").is_err() && rows("many").is_err());
        assert!(most_rows("0").is_err());
        assert_eq!(shard("3/64"), Ok((3, 64)));
        for word in ["3", "3/", "/64", "a/b", "1/2/3", "-1/2"] {
            assert!(shard(word).is_err(), "{word}");
        }
    }
}
