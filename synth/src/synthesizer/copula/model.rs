//! The fitted Gaussian copula: sampling in blocks that each have their own stream of chance, saving and loading.

use std::path::Path;

use ndarray::Array2;
use polars::prelude::{Column, DataFrame};
use rayon::prelude::*;

use super::NAME;
use super::latent::Latent;
use crate::{
    Archive, Batches, Encoded, FittedTransform, Metadata, Model, Progress, Rows, SampleRequest, Section, Seed,
    SynthError, transforms,
};

/// Rows that are drawn from one stream of chance. Samples depend on it: changing it is a new file format.
const BLOCK: usize = 2048;
/// Blocks that are made between two looks at the progress.
const GROUP: usize = 32;

/// A fitted Gaussian copula.
#[derive(Debug)]
pub(super) struct CopulaModel {
    metadata: Metadata,
    rows: usize,
    columns: Vec<ColumnModel>,
    latents: Vec<Latent>,
    /// Lower-triangular; one row per latent.
    loadings: Array2<f64>,
}

#[derive(Debug)]
struct ColumnModel {
    transform: Box<dyn FittedTransform>,
    /// Which latent decides the value, and which its absence; none where there is nothing to decide.
    value: Option<usize>,
    absence: Option<usize>,
}

impl CopulaModel {
    pub(super) fn new(
        metadata: Metadata,
        rows: usize,
        transforms: Vec<Box<dyn FittedTransform>>,
        latents: Vec<Latent>,
        loadings: Array2<f64>,
    ) -> Self {
        let find = |column, absence| {
            latents.iter().position(|latent: &Latent| latent.column == column && latent.absence == absence)
        };
        let columns = transforms
            .into_iter()
            .enumerate()
            .map(|(at, transform)| ColumnModel { transform, value: find(at, false), absence: find(at, true) })
            .collect();
        Self { metadata, rows, columns, latents, loadings }
    }

    /// So many rows from the beginning of a block on.
    fn generate(&self, block: u64, rows: usize, seed: Seed) -> Result<DataFrame, SynthError> {
        let draws = seed.named("rows");
        let parts: Vec<Vec<Encoded>> = (0..rows.div_ceil(BLOCK))
            .into_par_iter()
            .map(|part| {
                let latents = self.latent_block(draws.numbered(block + part as u64));
                let rows = BLOCK.min(rows - part * BLOCK);
                self.columns.iter().map(|column| column.encode(&latents, &self.latents, rows)).collect()
            })
            .collect();
        let first = block * BLOCK as u64;
        let columns = self
            .columns
            .par_iter()
            .enumerate()
            .map(|(at, column)| {
                let mut encoded = Encoded::default();
                for part in &parts {
                    encoded.pieces.extend_from_slice(&part[at].pieces);
                    encoded.positions.extend_from_slice(&part[at].positions);
                }
                let rows = Rows { first, seed: seed.named("column").numbered(at as u64) };
                column.transform.inverse(&encoded, rows).map(Column::from)
            })
            .collect::<Result<Vec<_>, SynthError>>()?;
        Ok(DataFrame::new(rows, columns)?)
    }

    /// One block of latent values: a row per row, a column per latent. Always whole, so that a shorter sample is the
    /// beginning of a longer one to the last bit.
    fn latent_block(&self, seed: Seed) -> Array2<f64> {
        let mut draws = seed.draws();
        let independent = Array2::from_shape_simple_fn((BLOCK, self.latents.len()), || draws.normal());
        independent.dot(&self.loadings.t())
    }

    fn archive(&self) -> Result<Archive, SynthError> {
        let mut archive = Archive::new(NAME);
        let mut model = archive.section("model");
        model.put("metadata", &self.metadata.to_json())?;
        model.put("rows", &self.rows)?;
        model.put("columns", &self.columns.len())?;
        let loadings: Vec<f64> = self.loadings.iter().copied().collect();
        model.put_floats("loadings", &loadings);
        for (at, column) in self.columns.iter().enumerate() {
            let mut part = model.section(&format!("column.{at}"));
            part.put("transform", &column.transform.name())?;
            if let Some(latent) = column.value.map(|value| &self.latents[value]).filter(|latent| !latent.ordered) {
                part.put("order", &latent.order)?;
            }
            column.transform.save(&mut part)?;
        }
        Ok(archive)
    }

    /// The model in an archive, or none when its parts don't fit together.
    pub(super) fn load(mut archive: Archive) -> Option<Self> {
        let mut model = archive.section("model");
        let metadata = Metadata::from_json(&model.get::<String>("metadata")?).ok()?;
        let rows = model.get("rows")?;
        let mut fitted = Vec::new();
        let mut orders = Vec::new();
        for at in 0..model.get::<usize>("columns")? {
            let part = model.section(&format!("column.{at}"));
            let transform = load_transform(&part)?;
            orders.push(part.get::<Vec<u32>>("order").map(|order| sound_order(order, transform.masses().len())));
            fitted.push(transform);
        }
        let mut latents = super::latents(&fitted);
        for latent in latents.iter_mut().filter(|latent| !latent.ordered) {
            let order = orders[latent.column].take()??;
            *latent = latent.arranged(order);
        }
        let loadings = model.floats("loadings").filter(|loadings| loadings.iter().all(|entry| entry.is_finite()))?;
        let loadings = Array2::from_shape_vec((latents.len(), latents.len()), loadings).ok()?;
        Some(Self::new(metadata, rows, fitted, latents, loadings))
    }
}

fn load_transform(part: &Section<'_>) -> Option<Box<dyn FittedTransform>> {
    let name: String = part.get("transform")?;
    let transform = transforms().iter().find(|transform| transform.name() == name)?.load(part)?;
    transform.masses().iter().all(|mass| mass.is_finite() && *mass > 0.0).then_some(transform)
}

/// The order, when it names each piece once.
fn sound_order(order: Vec<u32>, pieces: usize) -> Option<Vec<u32>> {
    let mut sorted = order.clone();
    sorted.sort_unstable();
    (sorted.len() == pieces && sorted.iter().zip(0..).all(|(piece, at)| *piece == at)).then_some(order)
}

impl ColumnModel {
    /// The first `rows` rows of a block, in pieces and positions.
    fn encode(&self, block: &Array2<f64>, latents: &[Latent], rows: usize) -> Encoded {
        let always = if self.transform.missing_rate() < 1.0 { 0 } else { Encoded::MISSING };
        let mut encoded = Encoded { pieces: vec![always; rows], positions: vec![0.5; rows] };
        if let Some(value) = self.value {
            let entries = encoded.pieces.iter_mut().zip(&mut encoded.positions);
            for ((piece, position), &z) in entries.zip(block.column(value)) {
                (*piece, *position) = latents[value].place(z);
            }
        }
        if let Some(absence) = self.absence {
            for (piece, &z) in encoded.pieces.iter_mut().zip(block.column(absence)) {
                if latents[absence].place(z).0 == 1 {
                    *piece = Encoded::MISSING;
                }
            }
        }
        encoded
    }
}

impl Model for CopulaModel {
    fn synthesizer(&self) -> &'static str {
        NAME
    }

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn empty(&self) -> Result<DataFrame, SynthError> {
        self.generate(0, 0, Seed::default())
    }

    fn stream<'a>(
        &'a self,
        request: &SampleRequest,
        seed: Seed,
        progress: &Progress,
        batch_rows: usize,
    ) -> Batches<'a> {
        Box::new(Stream {
            model: self,
            seed,
            progress: progress.clone(),
            rows: request.rows,
            made: 0,
            given: 0,
            batch: batch_rows.max(1),
            pending: None,
        })
    }

    fn save(&self, path: &Path) -> Result<(), SynthError> {
        self.archive()?.write(path)
    }
}

/// A sample on its way: groups of blocks are made as they are needed and handed out in batches.
struct Stream<'a> {
    model: &'a CopulaModel,
    seed: Seed,
    progress: Progress,
    rows: usize,
    made: usize,
    given: usize,
    batch: usize,
    pending: Option<DataFrame>,
}

impl Stream<'_> {
    fn batch(&mut self) -> Result<DataFrame, SynthError> {
        let wanted = self.batch.min(self.rows - self.given);
        let mut ready = self.pending.take();
        while ready.as_ref().is_none_or(|ready| ready.height() < wanted) {
            self.progress.check()?;
            let short = wanted - ready.as_ref().map_or(0, DataFrame::height);
            let rows = (short.div_ceil(BLOCK).min(GROUP) * BLOCK).min(self.rows - self.made);
            let more = self.model.generate((self.made / BLOCK) as u64, rows, self.seed)?;
            self.made += rows;
            self.progress.report(Some(self.made as f64 / self.rows as f64), "Sampling");
            ready = Some(match ready {
                Some(ready) => ready.vstack(&more)?,
                None => more,
            });
        }
        let mut ready = match ready {
            Some(ready) => ready,
            None => self.model.empty()?,
        };
        if ready.height() > wanted {
            self.pending = Some(ready.slice(wanted as i64, usize::MAX));
            ready = ready.slice(0, wanted);
        }
        self.given += wanted;
        Ok(ready)
    }
}

impl Iterator for Stream<'_> {
    type Item = Result<DataFrame, SynthError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.given >= self.rows {
            return None;
        }
        let batch = self.batch();
        if batch.is_err() {
            self.rows = 0;
        }
        Some(batch)
    }
}
