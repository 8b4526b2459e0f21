//! What learns a table's joint law and what samples it: two traits, a registry of the methods, and loading.

pub(crate) mod auto;
pub(crate) mod bayesian;
pub(crate) mod copula;
pub(crate) mod declared;
pub(crate) mod marginals;
pub(crate) mod mixture;
mod settings;
pub(crate) mod table;
pub(crate) mod trees;

use std::fmt;
use std::path::Path;

use polars::prelude::DataFrame;

use crate::{Archive, Condition, Metadata, Progress, Seed, SynthError};

pub use registry::{find, load, synthesizers};
pub use settings::{Setting, SettingKind};

/// A method that learns a table's joint law, with its settings. What it learned is a [`Model`].
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Metadata, Progress, Seed, find};
///
/// let mut copula = find("gaussian_copula")?;
/// copula.set("pieces", "200")?;
/// assert!(copula.set("peices", "200").is_err());
/// let table = df!("height" => [1.62, 1.75, 1.81, 1.68], "weight" => [58.0, 71.5, 84.0, 66.5])?;
/// let model = copula.fit(&table, &Metadata::detect(&table)?, Seed::new(1), &Progress::silent())?;
/// assert_eq!(model.rows(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Synthesizer: fmt::Debug + Send + Sync {
    /// Its name, as it is typed.
    fn name(&self) -> &'static str;

    /// What it does, in a sentence.
    fn about(&self) -> &'static str;

    /// The settings that it takes, each with its default.
    fn settings(&self) -> &'static [Setting];

    /// Gives a setting a value, as it is typed: `shrinkage`, `0.1`.
    ///
    /// # Errors
    /// [`SynthError::UnknownSetting`] or [`SynthError::InvalidSetting`].
    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError>;

    /// Learns the joint law of `table`, whose columns mean what `metadata` says.
    ///
    /// # Errors
    /// [`SynthError::NoColumns`], [`SynthError::TooFewRows`], [`SynthError::MissingColumn`],
    /// [`SynthError::UnsupportedType`], [`SynthError::KindMismatch`], [`SynthError::InvalidSetting`], and
    /// [`SynthError::Cancelled`] when `progress` asks to stop.
    fn fit(
        &self,
        table: &DataFrame,
        metadata: &Metadata,
        seed: Seed,
        progress: &Progress,
    ) -> Result<Box<dyn Model>, SynthError>;

    /// The model that an archive of this synthesizer holds, or none when it does not hold one.
    fn load(&self, archive: Archive) -> Option<Box<dyn Model>>;
}

/// What is asked of a model.
///
/// ```
/// use synthbook_synth::SampleRequest;
/// let request = SampleRequest::rows(1_000_000).shard(3, 64)?;
/// assert!(SampleRequest::rows(10).shard(0, 4).is_err());
/// # Ok::<(), synthbook_synth::SynthError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SampleRequest {
    /// How many rows the whole sample has.
    pub rows: usize,
    /// What every row must satisfy.
    pub condition: Option<Condition>,
    /// Which part of the sample is made, counted from 1, and of how many; all shards after each other are the sample.
    pub shard: Option<(usize, usize)>,
}

impl SampleRequest {
    /// So many rows.
    #[must_use]
    pub fn rows(rows: usize) -> Self {
        Self { rows, condition: None, shard: None }
    }

    /// Only rows that satisfy the condition. They have the model's law under that condition.
    #[must_use]
    pub fn given(self, condition: Condition) -> Self {
        Self { condition: Some(condition), ..self }
    }

    /// Only one of `shards` parts of the sample, counted from 1. Some are empty when there are few rows.
    ///
    /// # Errors
    /// [`SynthError::InvalidShard`].
    pub fn shard(self, shard: usize, shards: usize) -> Result<Self, SynthError> {
        if shard == 0 || shard > shards {
            return Err(SynthError::InvalidShard { shard, shards });
        }
        Ok(Self { shard: Some((shard, shards)), ..self })
    }

    /// The first row of the shard and the one after its last; shards are cut between blocks of rows.
    pub(crate) fn range(&self, block: usize) -> (usize, usize) {
        let Some((shard, shards)) = self.shard else { return (0, self.rows) };
        let blocks = self.rows.div_ceil(block) as u128;
        let cut = |at: usize| ((blocks * at as u128 / shards as u128) as usize * block).min(self.rows);
        (cut(shard - 1), cut(shard))
    }
}

/// A sample as it is made, a batch of rows at a time.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<DataFrame, SynthError>> + Send + 'a>;

/// A table's joint law as a synthesizer learned it.
pub trait Model: fmt::Debug + Send + Sync {
    /// The name of the synthesizer that fitted it.
    fn synthesizer(&self) -> &str;

    /// What the columns mean.
    fn metadata(&self) -> &Metadata;

    /// How many rows it was fitted on.
    fn rows(&self) -> usize;

    /// A table without rows that has the columns of every sample.
    ///
    /// # Errors
    /// [`SynthError::Table`] when a column's type can't be made.
    fn empty(&self) -> Result<DataFrame, SynthError>;

    /// Samples in batches of `batch_rows` rows, the last one smaller: memory stays that of a batch. The rows do not
    /// depend on the size of the batches, and a longer sample begins with the shorter one. A batch of 0 rows counts as 1.
    ///
    /// # Errors
    /// Each batch may be [`SynthError::Cancelled`] or [`SynthError::IdentifiersExhausted`]; none follows an error.
    fn stream<'a>(&'a self, request: &SampleRequest, seed: Seed, progress: &Progress, batch_rows: usize)
    -> Batches<'a>;

    /// Samples a whole table.
    ///
    /// # Errors
    /// As [`Model::stream`].
    fn sample(&self, request: &SampleRequest, seed: Seed, progress: &Progress) -> Result<DataFrame, SynthError> {
        const BATCH: usize = 1 << 17;
        let mut whole = self.empty()?;
        for (at, batch) in self.stream(request, seed, progress, BATCH).enumerate() {
            if at == 0 { whole = batch? } else { whole.vstack_mut_owned(batch?).map(drop)? }
        }
        Ok(whole)
    }

    /// Fills a table's gaps (nulls and NaN) with values drawn from the model's law under the condition of what the row
    /// holds. Every value that was there stays; a column that had no value at fit time stays empty.
    ///
    /// # Errors
    /// [`SynthError::MissingColumn`], [`SynthError::TypeMismatch`], [`SynthError::UnseenCategory`],
    /// [`SynthError::Cancelled`].
    fn impute(&self, table: &DataFrame, seed: Seed, progress: &Progress) -> Result<DataFrame, SynthError>;

    /// What is worth knowing about how it came to be: which method was chosen and why, how many rows of a larger table were
    /// taken. They are kept in its file.
    fn notes(&self) -> &[String] {
        &[]
    }

    /// Adds to what is worth knowing.
    fn note(&mut self, note: String);

    /// Writes the model to a file that [`load`] reads: safetensors with a versioned header, whole or not at all.
    ///
    /// # Errors
    /// [`SynthError::Io`], [`SynthError::UnsavableModel`].
    fn save(&self, path: &Path) -> Result<(), SynthError>;
}

mod registry {
    use super::auto::Auto;
    use super::bayesian::BayesianNetwork;
    use super::copula::GaussianCopula;
    use super::declared::Declared;
    use super::marginals::Marginals;
    use super::mixture::Mixture;
    use super::trees::Trees;
    use super::{Archive, Model, Path, SynthError, Synthesizer};

    static SYNTHESIZERS: &[fn() -> Box<dyn Synthesizer>] = &[
        make::<Auto>,
        make::<BayesianNetwork>,
        make::<GaussianCopula>,
        make::<Marginals>,
        make::<Mixture>,
        make::<Declared>,
        make::<Trees>,
    ];

    fn make<S: Synthesizer + Default + 'static>() -> Box<dyn Synthesizer> {
        Box::new(S::default())
    }

    /// Every synthesizer with its default settings, by name.
    #[must_use]
    pub fn synthesizers() -> Vec<Box<dyn Synthesizer>> {
        SYNTHESIZERS.iter().map(|make| make()).collect()
    }

    /// The synthesizer of this name, with its default settings.
    ///
    /// # Errors
    /// [`SynthError::UnknownSynthesizer`], which names those there are.
    pub fn find(name: &str) -> Result<Box<dyn Synthesizer>, SynthError> {
        let all = synthesizers();
        let known = all.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
        all.into_iter()
            .find(|one| one.name() == name)
            .ok_or_else(|| SynthError::UnknownSynthesizer { name: name.to_owned(), known })
    }

    /// Reads a model that [`Model::save`] wrote, of whichever synthesizer.
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use synthbook_synth::{Metadata, Progress, SampleRequest, Seed, find, load};
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("ages.synth");
    /// let table = df!("age" => [31, 45, 27, 60, 38])?;
    /// let model = find("gaussian_copula")?.fit(
    ///     &table, &Metadata::detect(&table)?, Seed::new(1), &Progress::silent())?;
    /// model.save(&path)?;
    /// let ask = |model: &dyn synthbook_synth::Model| {
    ///     model.sample(&SampleRequest::rows(50), Seed::new(2), &Progress::silent())
    /// };
    /// assert_eq!(ask(load(&path)?.as_ref())?, ask(model.as_ref())?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SynthError::Io`], [`SynthError::ForeignModel`], [`SynthError::DamagedModel`], [`SynthError::NewerModel`],
    /// [`SynthError::UnknownSynthesizer`].
    pub fn load(path: &Path) -> Result<Box<dyn Model>, SynthError> {
        let archive = Archive::read(path)?;
        find(archive.synthesizer())?.load(archive).ok_or_else(|| SynthError::DamagedModel {
            path: path.to_owned(),
            reason: "its parts do not fit together".to_owned(),
        })
    }
}
