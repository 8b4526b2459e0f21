//! An honest part of a table that is larger than what is wanted of it: rows evenly spread over the whole, by a seed.
//!
//! The table is cut into as many stretches of equal length as rows are wanted, and of each stretch one row is drawn
//! (stratified systematic sampling; Cochran, Sampling Techniques, 1977, chapter 8). A large file is read stretch by
//! stretch, in the memory of the part that is kept.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{DataFrame, IdxCa, IdxSize, ParquetReader, PolarsError, PolarsResult, SerReader};
use synthbook_synth::Seed;

use super::compression::unpacking;
use super::csv::read_csv;
use super::dialect::sniff;
use super::format::Format;
use super::read::{LoadOptions, Loaded, guarded, load, read_json};
use super::source::Source;
use crate::error::KernelError;

/// A file of this many bytes is not read whole before rows of it are chosen.
const LARGE: u64 = 256 << 20;
/// How much of a text tells its delimiter and encoding.
const START: usize = 1 << 18;

/// A table, or a part of it.
#[derive(Debug)]
pub struct Excerpt {
    /// The rows, in the table's order.
    pub frame: DataFrame,
    /// Sentences on what was recognised, repaired or left out.
    pub notes: Vec<String>,
    /// How many rows the table has.
    pub total: usize,
}

impl Excerpt {
    /// That rows were left out, in a sentence; none when all are there.
    #[must_use]
    pub fn left_out(&self) -> Option<String> {
        left_out(self.frame.height(), self.total)
    }
}

/// That rows were left out of a table of so many.
pub(crate) fn left_out(rows: usize, total: usize) -> Option<String> {
    let (part, whole) = (crate::display::group_digits(rows), crate::display::group_digits(total));
    (rows < total).then(|| format!("{part} of {whole} rows are used, evenly spread by the seed"))
}

/// Reads a table, or at most so many rows evenly spread over it.
///
/// # Errors
/// As [`load`].
pub fn load_at_most(source: &Source, options: &LoadOptions, most: usize, seed: Seed) -> Result<Excerpt, KernelError> {
    load_parts(source, options, most, seed, LARGE)
}

/// At most so many rows of a table, evenly spread over it.
///
/// ```
/// use polars::prelude::df;
/// use synthbook_synth::Seed;
/// let frame = df!("n" => 0..1000).unwrap();
/// let part = synthbook_kernel::data::spread(&frame, 10, Seed::new(1)).unwrap();
/// assert_eq!(part.height(), 10);
/// assert_eq!(synthbook_kernel::data::spread(&frame, 5000, Seed::new(1)).unwrap().height(), 1000);
/// ```
///
/// # Errors
/// `data::compute` when the rows can't be taken.
pub fn spread(frame: &DataFrame, most: usize, seed: Seed) -> Result<DataFrame, KernelError> {
    if frame.height() <= most {
        return Ok(frame.clone());
    }
    Ok(taken(frame, &chosen(frame.height(), most, seed), 0)?)
}

fn load_parts(
    source: &Source,
    options: &LoadOptions,
    most: usize,
    seed: Seed,
    large: u64,
) -> Result<Excerpt, KernelError> {
    let size = std::fs::metadata(&source.path).map_or(0, |facts| facts.len());
    if size >= large && !source.path.is_dir() {
        let io = |error| KernelError::io("read", &source.path, error);
        let mut start = Vec::new();
        let mut text = unpacking(File::open(&source.path).map_err(io)?).map_err(io)?;
        text.by_ref().take(START as u64).read_to_end(&mut start).map_err(io)?;
        let format = options.format.or_else(|| Format::of_content(&start)).or_else(|| Format::of_path(&source.path));
        let found = match format {
            Some(Format::Parquet) => Some(parquet(&source.path, most, seed).map_err(|reason| damaged(source, reason))?),
            Some(format @ (Format::Csv | Format::Tsv | Format::JsonLines)) if is_plain(&start, options) => {
                text_rows(source, options, format, &start, most, seed)?
            }
            _ => None,
        };
        if let Some((loaded, total)) = found {
            return Ok(excerpt(loaded, total));
        }
    }
    let loaded = load(source, options)?;
    let total = loaded.frame.height();
    let frame = spread(&loaded.frame, most, seed)?;
    Ok(excerpt(Loaded { frame, notes: loaded.notes }, total))
}

fn excerpt(loaded: Loaded, total: usize) -> Excerpt {
    let mut notes = loaded.notes;
    notes.extend(left_out(loaded.frame.height(), total));
    Excerpt { frame: loaded.frame, notes, total }
}

/// The chosen rows of `total`, ascending: one of each of `most` stretches.
fn chosen(total: usize, most: usize, seed: Seed) -> Vec<usize> {
    let mut draws = seed.named("rows to fit").draws();
    let cut = |at: usize| (at as u128 * total as u128 / most as u128) as usize;
    (0..most)
        .map(|at| {
            let (first, end) = (cut(at), cut(at + 1));
            first + ((draws.uniform() * (end - first) as f64) as usize).min(end - first - 1)
        })
        .collect()
}

/// Rows of a table that begins with row `first` of the whole.
fn taken(frame: &DataFrame, rows: &[usize], first: usize) -> PolarsResult<DataFrame> {
    let rows: Vec<IdxSize> = rows.iter().map(|row| (row - first) as IdxSize).collect();
    frame.take(&IdxCa::from_vec("rows".into(), rows))
}

/// The chosen rows of a Parquet file, a row group at a time; none when they are all wanted.
fn parquet(path: &Path, most: usize, seed: Seed) -> Result<(Loaded, usize), String> {
    let open = || File::open(path).map(ParquetReader::new).map_err(|error| error.to_string());
    let mut reader = open()?;
    let facts = catch_unwind(AssertUnwindSafe(|| reader.get_metadata().cloned()))
        .map_err(|_| "the reader gave up on its content".to_owned())?
        .map_err(|error: PolarsError| error.to_string())?;
    let total = facts.num_rows;
    let wanted = if total <= most { (0..total).collect() } else { chosen(total, most, seed) };
    let mut whole: Option<DataFrame> = None;
    let (mut first, mut next) = (0, 0);
    for group in &facts.row_groups {
        let rows = group.num_rows();
        let end = next + wanted[next..].partition_point(|row| *row < first + rows);
        if end > next || whole.is_none() {
            let mut reader = open()?.with_slice(Some((first, rows)));
            reader.set_metadata(facts.clone());
            let part = guarded(|| taken(&reader.finish()?, &wanted[next..end], first))?;
            match &mut whole {
                Some(whole) => {
                    whole.vstack_mut_owned(part).map_err(|error| error.to_string())?;
                }
                none => *none = Some(part),
            }
        }
        (first, next) = (first + rows, end);
    }
    let frame = match whole {
        Some(frame) => frame,
        None => guarded(|| open().map_err(|reason| PolarsError::ComputeError(reason.into()))?.finish())?,
    };
    Ok((Loaded { frame, notes: Vec::new() }, total))
}

/// The chosen records of a text, in two passes; none when its records can't be told apart one by one.
fn text_rows(
    source: &Source,
    options: &LoadOptions,
    format: Format,
    start: &[u8],
    most: usize,
    seed: Seed,
) -> Result<Option<(Loaded, usize)>, KernelError> {
    if format == Format::JsonLines && start.trim_ascii_start().first() != Some(&b'{') || !start.contains(&b'\n') {
        return Ok(None);
    }
    let delimiter = match format {
        Format::JsonLines => None,
        Format::Tsv => Some(options.delimiter.unwrap_or(b'\t')),
        _ => Some(options.delimiter.unwrap_or_else(|| sniff(start, b'"'))),
    };
    let header = delimiter.is_some() && options.header;
    let io = |error| KernelError::io("read", &source.path, error);
    let open = || -> std::io::Result<Records<BufReader<Box<dyn Read>>>> {
        let text = unpacking(File::open(&source.path)?)?;
        Ok(Records { text: BufReader::with_capacity(1 << 20, text), delimiter })
    };
    let mut record = Vec::new();
    let mut records = open().map_err(io)?;
    let mut total = 0;
    while records.next(&mut record).map_err(io)? {
        total += 1;
    }
    total -= usize::from(header && total > 0);
    let wanted = if total <= most { (0..total).collect() } else { chosen(total, most, seed) };
    let mut kept = Vec::new();
    let mut records = open().map_err(io)?;
    if header && records.next(&mut record).map_err(io)? {
        kept.extend_from_slice(&record);
    }
    let mut wanted = wanted.into_iter().peekable();
    let mut at = 0;
    while wanted.peek().is_some() && records.next(&mut record).map_err(io)? {
        if wanted.next_if_eq(&at).is_some() {
            kept.extend_from_slice(&record);
            if !record.ends_with(b"\n") {
                kept.push(b'\n');
            }
        }
        at += 1;
    }
    let loaded = match format {
        Format::JsonLines => read_json(kept, format, &source.name, options)?,
        _ => read_csv(kept, format, &source.name, options)?,
    };
    Ok(Some((loaded, total)))
}

/// Whether a text is UTF-8 or another encoding in which line ends and quotes are single bytes.
fn is_plain(start: &[u8], options: &LoadOptions) -> bool {
    options.encoding.is_none() && options.rows.is_none() && !start.contains(&0)
}

fn damaged(source: &Source, reason: String) -> KernelError {
    KernelError::Format {
        action: "read",
        name: source.name.clone(),
        reason,
        help: "the file is not sound Parquet, or a kind of it that is not supported".to_owned(),
    }
}

/// The records of a text: lines, or with a delimiter lines whose quoted fields may hold line ends.
struct Records<R> {
    text: R,
    delimiter: Option<u8>,
}

impl<R: BufRead> Records<R> {
    /// Reads the next record that is not blank; false at the end.
    fn next(&mut self, record: &mut Vec<u8>) -> std::io::Result<bool> {
        loop {
            record.clear();
            let mut quoted = false;
            let mut from = 0;
            while self.text.read_until(b'\n', record)? > 0 {
                let Some(delimiter) = self.delimiter else { break };
                quoted = ends_quoted(&record[from..], delimiter, quoted);
                from = record.len();
                if !quoted {
                    break;
                }
            }
            if record.is_empty() {
                return Ok(false);
            }
            if !record.iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
                return Ok(true);
            }
        }
    }
}

/// Whether a quoted field is open at the end of a line, given whether one was at its beginning.
fn ends_quoted(line: &[u8], delimiter: u8, mut quoted: bool) -> bool {
    let mut field_start = !quoted;
    let mut before = None;
    for &byte in line {
        if quoted {
            quoted = byte != b'"';
        } else if byte == b'"' && (field_start || before == Some(b'"')) {
            quoted = true;
        }
        field_start = !quoted && byte == delimiter;
        before = Some(byte);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::data::save;

    fn wide() -> DataFrame {
        let text: Vec<String> = (0..5000).map(|n| format!("line {n}\nwith a \"quote\", and more")).collect();
        df!("n" => 0..5000i64, "text" => text).unwrap()
    }

    #[test]
    fn a_large_file_gives_the_rows_that_the_whole_table_gives() {
        let folder = tempfile::tempdir().unwrap();
        let whole = wide();
        let expected = spread(&whole, 100, Seed::new(4)).unwrap();
        for name in ["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz", "a.jsonl.zst", "a.arrow", "a.json"] {
            let path = folder.path().join(name);
            save(&whole, &path, None).unwrap();
            for large in [0, u64::MAX] {
                let part = load_parts(&Source::file(&path), &LoadOptions::default(), 100, Seed::new(4), large).unwrap();
                assert_eq!(part.total, 5000, "{name}");
                assert!(part.frame.equals(&expected), "{name} {large}");
                assert_eq!(part.notes, ["100 of 5,000 rows are used, evenly spread by the seed"]);
            }
            let all = load_parts(&Source::file(&path), &LoadOptions::default(), 9000, Seed::new(4), 0).unwrap();
            assert!(all.frame.equals(&whole) && all.notes.is_empty(), "{name}");
        }
    }

    #[test]
    fn one_row_of_every_stretch() {
        let rows = chosen(1003, 10, Seed::new(1));
        for (at, row) in rows.iter().enumerate() {
            assert!((at * 1003 / 10..(at + 1) * 1003 / 10).contains(row), "{rows:?}");
        }
        assert_eq!(chosen(3, 3, Seed::new(1)), [0, 1, 2]);
        assert_ne!(chosen(1003, 10, Seed::new(1)), chosen(1003, 10, Seed::new(2)));
    }

    #[test]
    fn damage_is_a_coded_error() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in
            [("a.parquet", &b"PAR1 nothing else PAR1"[..]), ("b.csv", b""), ("c.csv", b"\x00\x01\x02")]
        {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            let error = load_parts(&Source::file(&path), &LoadOptions::default(), 10, Seed::new(1), 0).unwrap_err();
            assert!(crate::error::code_of(&error).starts_with("data::"), "{name}: {error}");
        }
    }
}
