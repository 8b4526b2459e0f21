//! A synthetic table as a folder that a training job can take: three Parquet files, what the columns mean, a data card
//! and, where the table was evaluated, the report.

mod card;
mod origin;
mod split;

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, ParquetWriter};
use sha2::{Digest, Sha256};

use crate::{Evaluation, Metadata, Progress, Report, Seed, SynthError, find_rules};

pub use card::Card;
pub use origin::Origin;
pub use split::{Shares, Splits, split};

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackagedFile {
    /// Its name in the folder.
    pub name: String,
    /// How many rows it holds, for a table.
    pub rows: Option<usize>,
    /// Its size in bytes.
    pub bytes: u64,
    /// The SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

/// A package that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Packaged {
    /// The folder.
    pub folder: PathBuf,
    /// What is in it.
    pub files: Vec<PackagedFile>,
    /// How the table compares with the real one, where that was given.
    pub report: Option<Report>,
}

/// What goes into a package, and what its card tells.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Metadata, Package, Progress, Seed};
///
/// # let root = tempfile::tempdir()?;
/// # let folder = root.path().join("ages");
/// let table = df!("age" => 20..80, "member" => (0..60).map(|n| n % 3 == 0).collect::<Vec<bool>>())?;
/// let metadata = Metadata::detect(&table)?;
/// let package = Package { target: Some("member"), ..Package::new("ages", &table, &metadata) };
/// let written = package.write(&folder, Seed::new(1), &Progress::silent())?;
/// assert!(folder.join("train.parquet").is_file() && folder.join("card.md").is_file());
/// assert_eq!(written.files.iter().filter_map(|file| file.rows).sum::<usize>(), 60);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Package<'a> {
    /// The data set's name.
    pub name: &'a str,
    /// The synthetic table.
    pub table: &'a DataFrame,
    /// What its columns mean.
    pub metadata: &'a Metadata,
    /// The column that a model is to predict; the parts are balanced by it.
    pub target: Option<&'a str>,
    /// How the table is divided.
    pub shares: Shares,
    /// Where the model comes from that made the table.
    pub origin: Option<&'a Origin>,
    /// The number behind the seed of the sample, where the table was sampled for this package.
    pub sample_seed: Option<u64>,
    /// The condition that every row of the sample satisfies.
    pub condition: Option<String>,
    /// The real table: the package is evaluated against it, and its rules are looked for.
    pub real: Option<&'a DataFrame>,
    /// Real rows that no model has seen: privacy and usefulness are measured on them.
    pub holdout: Option<&'a DataFrame>,
    /// What the data are meant for, in the words of the person who made them.
    pub intended_use: Option<String>,
}

impl<'a> Package<'a> {
    /// A table of which nothing more is known.
    #[must_use]
    pub fn new(name: &'a str, table: &'a DataFrame, metadata: &'a Metadata) -> Self {
        Self {
            name,
            table,
            metadata,
            target: None,
            shares: Shares::default(),
            origin: None,
            sample_seed: None,
            condition: None,
            real: None,
            holdout: None,
            intended_use: None,
        }
    }

    /// Evaluates the table where there is a real one, and writes the folder: under another name first, so that it is whole
    /// or not there.
    ///
    /// # Errors
    /// As [`split`] and [`Evaluation::run`]; [`SynthError::Io`] when the folder is there already and not empty, or can't be
    /// written, and [`SynthError::Cancelled`].
    pub fn write(&self, folder: &Path, seed: Seed, progress: &Progress) -> Result<Packaged, SynthError> {
        let fail = |source| SynthError::Io { action: "write the package", path: folder.to_owned(), source };
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
            return Err(fail(io::Error::new(io::ErrorKind::AlreadyExists, "it is there already")));
        }
        let splits = split(self.table, self.target, self.shares, seed)?;
        let report = self.evaluate(seed, progress)?;
        let rules = find_rules(self.real.unwrap_or(self.table), self.table, self.metadata, progress)?;
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(fail)?;
        let room = tempfile::Builder::new().prefix(".synthbook-").tempdir_in(parent).map_err(fail)?;
        let place = room.path().join("package");
        fs::create_dir(&place).map_err(fail)?;
        let parts = [("train", &splits.train), ("validation", &splits.validation), ("test", &splits.test)];
        let mut files = Vec::new();
        for (at, (name, part)) in parts.into_iter().enumerate() {
            progress.check()?;
            progress.report(Some((at + 1) as f64 / 6.0), &format!("Writing {name}.parquet"));
            let name = format!("{name}.parquet");
            write_table(part, &place.join(&name))?;
            files.push(file(&place, &name, Some(part.height())).map_err(fail)?);
        }
        let mut texts = vec![("metadata.json", self.metadata.to_json())];
        if let Some(report) = &report {
            texts.push(("report.json", format!("{:#}\n", report.to_json())));
            texts.push(("report.html", report.to_html()));
        }
        progress.check()?;
        progress.report(Some(0.8), "Writing the card");
        for (name, text) in texts {
            files.push(written(&place, name, &text).map_err(fail)?);
        }
        let card = Card::of(self, report.as_ref(), &rules.rules, &files);
        for (name, text) in [("card.json", format!("{:#}\n", card.to_json())), ("card.md", card.to_markdown())] {
            files.push(written(&place, name, &text).map_err(fail)?);
        }
        progress.check()?;
        fs::rename(&place, folder).map_err(fail)?;
        progress.report(Some(1.0), "Packaged");
        Ok(Packaged { folder: folder.to_owned(), files, report })
    }

    fn evaluate(&self, seed: Seed, progress: &Progress) -> Result<Option<Report>, SynthError> {
        let Some(real) = self.real else { return Ok(None) };
        let mut evaluation = Evaluation::new(real, self.table, self.metadata).seed(seed);
        if let Some(holdout) = self.holdout {
            evaluation = evaluation.holdout(holdout);
        }
        if let Some(target) = self.target {
            evaluation = evaluation.target(target);
        }
        evaluation.run(progress).map(Some)
    }
}

fn write_table(table: &DataFrame, path: &Path) -> Result<(), SynthError> {
    let fail = |source| SynthError::Io { action: "write the package", path: path.to_owned(), source };
    let file = File::create(path).map_err(fail)?;
    ParquetWriter::new(BufWriter::new(&file)).finish(&mut table.clone())?;
    file.sync_all().map_err(fail)
}

fn written(place: &Path, name: &str, text: &str) -> io::Result<PackagedFile> {
    let mut out = File::create(place.join(name))?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all())?;
    file(place, name, None)
}

fn file(place: &Path, name: &str, rows: Option<usize>) -> io::Result<PackagedFile> {
    let mut content = File::open(place.join(name))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = content.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        bytes += read as u64;
    }
    let sha256 = hash.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    Ok(PackagedFile { name: name.to_owned(), rows, bytes, sha256 })
}

#[cfg(test)]
mod tests {
    use polars::prelude::{ParquetReader, SerReader, df};

    use super::*;

    struct Nobody;

    impl crate::ProgressSink for Nobody {
        fn update(&self, _: Option<f64>, _: &str) {}
    }

    fn table() -> DataFrame {
        let label: Vec<&str> = (0..100).map(|n| if n % 5 == 0 { "yes" } else { "no" }).collect();
        df!("n" => 0..100, "label" => label).unwrap()
    }

    #[test]
    fn a_package_is_whole_and_the_same_again() {
        let (table, root) = (table(), tempfile::tempdir().unwrap());
        let metadata = Metadata::detect(&table).unwrap();
        let package = Package { target: Some("label"), ..Package::new("labels", &table, &metadata) };
        let first = package.write(&root.path().join("a"), Seed::new(1), &Progress::silent()).unwrap();
        let again = package.write(&root.path().join("deep/b"), Seed::new(1), &Progress::silent()).unwrap();
        assert_eq!(first.files, again.files);
        let train = ParquetReader::new(File::open(root.path().join("a/train.parquet")).unwrap()).finish().unwrap();
        assert_eq!(train.schema(), table.schema());
        assert_eq!(train.height(), 80);
        let card: serde_json::Value =
            serde_json::from_slice(&fs::read(root.path().join("a/card.json")).unwrap()).unwrap();
        assert_eq!(card["name"], "labels");
        assert_eq!(card["files"][0]["sha256"], first.files[0].sha256.as_str());
        assert_eq!(Metadata::read(&root.path().join("a/metadata.json")).unwrap(), metadata);
    }

    #[test]
    fn the_card_tells_what_was_measured() {
        let (table, root) = (table(), tempfile::tempdir().unwrap());
        let metadata = Metadata::detect(&table).unwrap();
        let (real, unseen) = (table.head(Some(70)), table.tail(Some(30)));
        let package =
            Package { real: Some(&real), holdout: Some(&unseen), ..Package::new("labels", &table, &metadata) };
        let packaged = package.write(&root.path().join("a"), Seed::new(1), &Progress::silent()).unwrap();
        let report = packaged.report.unwrap();
        let text = fs::read_to_string(root.path().join("a/card.md")).unwrap();
        assert!(text.contains(&report.verdict().headline) && text.contains("### Fidelity"), "{text}");
        for file in ["report.html", "report.json"] {
            assert!(packaged.files.iter().any(|one| one.name == file), "{file}");
        }
    }

    #[test]
    fn nothing_is_overwritten_and_a_stop_leaves_nothing() {
        let (table, root) = (table(), tempfile::tempdir().unwrap());
        let metadata = Metadata::detect(&table).unwrap();
        let package = Package::new("labels", &table, &metadata);
        let folder = root.path().join("a");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("mine.txt"), "mine").unwrap();
        let error = package.write(&folder, Seed::new(1), &Progress::silent()).unwrap_err();
        assert!(matches!(error, SynthError::Io { .. }), "{error}");
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        let stopped = Progress::new(std::sync::Arc::new(Nobody), stop);
        let error = package.write(&root.path().join("b"), Seed::new(1), &stopped).unwrap_err();
        assert!(matches!(error, SynthError::Cancelled));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }
}
