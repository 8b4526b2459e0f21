//! The fitted Gaussian copula: one multivariate normal law and what each column reads off it.

use ndarray::Array2;

use super::latent::Latent;
use crate::synthesizer::table::{BLOCK, Given, Law};
use crate::{Encoded, FittedTransform, Section, Seed, SynthError};

/// A fitted Gaussian copula.
#[derive(Debug)]
pub(super) struct CopulaLaw {
    columns: Vec<ColumnLaw>,
    latents: Vec<Latent>,
    /// Lower-triangular; one row per latent.
    loadings: Array2<f64>,
}

#[derive(Debug)]
struct ColumnLaw {
    /// Whether no row has a value.
    empty: bool,
    /// Which latent decides the value, and which its absence; none where there is nothing to decide.
    value: Option<usize>,
    absence: Option<usize>,
}

impl CopulaLaw {
    pub(super) fn new(transforms: &[Box<dyn FittedTransform>], latents: Vec<Latent>, loadings: Array2<f64>) -> Self {
        let find = |column, absence| {
            latents.iter().position(|latent: &Latent| latent.column == column && latent.absence == absence)
        };
        let columns = (0..transforms.len())
            .map(|at| ColumnLaw {
                empty: transforms[at].missing_rate() >= 1.0,
                value: find(at, false),
                absence: find(at, true),
            })
            .collect();
        Self { columns, latents, loadings }
    }

    /// The law in a section, or none when its parts don't fit together.
    pub(super) fn load(part: &mut Section<'_>, transforms: &[Box<dyn FittedTransform>]) -> Option<Box<dyn Law>> {
        let mut latents = super::latents(transforms);
        for latent in latents.iter_mut().filter(|latent| !latent.ordered) {
            let order = part.get::<Vec<u32>>(&format!("order.{}", latent.column))?;
            *latent = latent.arranged(sound_order(order, latent.pieces())?);
        }
        let loadings = part.floats("loadings").filter(|loadings| loadings.iter().all(|entry| entry.is_finite()))?;
        let loadings = Array2::from_shape_vec((latents.len(), latents.len()), loadings).ok()?;
        Some(Box::new(Self::new(transforms, latents, loadings)))
    }
}

/// The order, when it names each piece once.
fn sound_order(order: Vec<u32>, pieces: usize) -> Option<Vec<u32>> {
    let mut sorted = order.clone();
    sorted.sort_unstable();
    (sorted.len() == pieces && sorted.iter().zip(0..).all(|(piece, at)| *piece == at)).then_some(order)
}

impl ColumnLaw {
    fn encode(&self, block: &Array2<f64>, latents: &[Latent]) -> Encoded {
        let always = if self.empty { Encoded::MISSING } else { 0 };
        let mut encoded = Encoded { pieces: vec![always; BLOCK], positions: vec![0.5; BLOCK] };
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

impl Law for CopulaLaw {
    /// A block is always made whole, so that a shorter sample is the beginning of a longer one to the last bit.
    fn draw(&self, _given: &Given, seed: Seed) -> Vec<Encoded> {
        let mut draws = seed.draws();
        let independent = Array2::from_shape_simple_fn((BLOCK, self.latents.len()), || draws.normal());
        let block = independent.dot(&self.loadings.t());
        self.columns.iter().map(|column| column.encode(&block, &self.latents)).collect()
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        for latent in self.latents.iter().filter(|latent| !latent.ordered) {
            part.put(&format!("order.{}", latent.column), &latent.order)?;
        }
        let loadings: Vec<f64> = self.loadings.iter().copied().collect();
        part.put_floats("loadings", &loadings);
        Ok(())
    }
}
