//! What every fitted model of one table shares: transforms, rules, conditions, blocks, imputing, saving and loading.
//!
//! A synthesizer only has to learn a [`Law`]: the joint law of the columns' pieces. [`prepare`] takes the table apart for
//! it, and [`TableModel`] does all the rest.

mod allowed;
mod impute;
mod law;
mod outcomes;
mod prepare;
mod sequential;
mod stream;

use std::path::Path;

use polars::prelude::{Column, DataFrame};
use rayon::prelude::*;

pub(crate) use self::law::{Given, Law, pick};
pub(crate) use self::outcomes::Outcomes;
pub(crate) use self::prepare::{Prepared, prepare, spread_rows};
pub(crate) use self::sequential::{Sequential, complete_rows, draw_rows};
use super::{Batches, Model, SampleRequest};
use crate::rules::Rules;
use crate::{Archive, Encoded, FittedTransform, Metadata, Progress, Rows, Section, Seed, SynthError, transforms};

/// Rows that are drawn from one stream of chance. Samples depend on it: changing it is a new file format.
pub(crate) const BLOCK: usize = 2048;

/// A law with what is needed to turn its rows into a table.
#[derive(Debug)]
pub(crate) struct TableModel {
    synthesizer: String,
    metadata: Metadata,
    rows: usize,
    rules: Rules,
    transforms: Vec<Box<dyn FittedTransform>>,
    law: Box<dyn Law>,
    notes: Vec<String>,
}

/// Reads a law that [`Law::save`] wrote, for columns with these transforms; none when the section does not hold one.
pub(crate) type LoadLaw = fn(&mut Section<'_>, &[Box<dyn FittedTransform>]) -> Option<Box<dyn Law>>;

impl TableModel {
    /// The model of a table that was prepared, with the law that was learned of it.
    pub(crate) fn new(synthesizer: &str, prepared: Prepared, law: Box<dyn Law>) -> Self {
        Self {
            synthesizer: synthesizer.to_owned(),
            metadata: prepared.metadata,
            rows: prepared.rows,
            rules: prepared.rules,
            transforms: prepared.transforms,
            law,
            notes: Vec::new(),
        }
    }

    /// The model in an archive, or none when its parts don't fit together.
    pub(crate) fn load(mut archive: Archive, law: LoadLaw) -> Option<Self> {
        let synthesizer = archive.synthesizer().to_owned();
        let mut model = archive.section("model");
        let metadata = Metadata::from_json(&model.get::<String>("metadata")?).ok()?;
        let rows = model.get("rows")?;
        let transforms = (0..model.get::<usize>("columns")?)
            .map(|at| load_transform(&model.section(&format!("column.{at}"))))
            .collect::<Option<Vec<_>>>()?;
        let rules = Rules::load(&mut model.section("rules"))?;
        let law = law(&mut model.section("law"), &transforms)?;
        let notes = model.get("notes")?;
        Some(Self { synthesizer, metadata, rows, rules, transforms, law, notes })
    }

    fn archive(&self) -> Result<Archive, SynthError> {
        let mut archive = Archive::new(&self.synthesizer);
        let mut model = archive.section("model");
        model.put("metadata", &self.metadata.to_json())?;
        model.put("rows", &self.rows)?;
        model.put("notes", &self.notes)?;
        model.put("columns", &self.transforms.len())?;
        for (at, transform) in self.transforms.iter().enumerate() {
            let mut part = model.section(&format!("column.{at}"));
            part.put("transform", &transform.name())?;
            transform.save(&mut part)?;
        }
        self.rules.save(&mut model.section("rules"))?;
        self.law.save(&mut model.section("law"))?;
        Ok(archive)
    }

    /// The table that encoded rows stand for; the first of them has this number in the whole sample.
    fn decode(&self, encoded: &[Encoded], first: u64, seed: Seed) -> Result<DataFrame, SynthError> {
        let rows = encoded.first().map_or(0, |column| column.pieces.len());
        let columns = self
            .transforms
            .par_iter()
            .zip(encoded)
            .enumerate()
            .map(|(at, (transform, encoded))| {
                let rows = Rows { first, seed: column_seed(transform.as_ref(), at, seed) };
                transform.inverse(encoded, rows).map(Column::from)
            })
            .collect::<Result<Vec<_>, SynthError>>()?;
        self.rules.restore(DataFrame::new(rows, columns)?)
    }
}

/// The stream of chance of a column.
fn column_seed(transform: &dyn FittedTransform, at: usize, seed: Seed) -> Seed {
    if transform.shares_chance() { seed.named(transform.name()) } else { seed.named("column").numbered(at as u64) }
}

fn load_transform(part: &Section<'_>) -> Option<Box<dyn FittedTransform>> {
    let name: String = part.get("transform")?;
    let transform = transforms().iter().find(|transform| transform.name() == name)?.load(part)?;
    transform.masses().iter().all(|mass| mass.is_finite() && *mass > 0.0).then_some(transform)
}

impl Model for TableModel {
    fn synthesizer(&self) -> &str {
        &self.synthesizer
    }

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn empty(&self) -> Result<DataFrame, SynthError> {
        self.decode(&vec![Encoded::default(); self.transforms.len()], 0, Seed::default())
    }

    fn stream<'a>(
        &'a self,
        request: &SampleRequest,
        seed: Seed,
        progress: &Progress,
        batch_rows: usize,
    ) -> Batches<'a> {
        Box::new(stream::Stream::new(self, request, seed, progress.clone(), batch_rows))
    }

    fn impute(&self, table: &DataFrame, seed: Seed, progress: &Progress) -> Result<DataFrame, SynthError> {
        self.fill(table, seed, progress)
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    fn save(&self, path: &Path) -> Result<(), SynthError> {
        self.archive()?.write(path)
    }
}
