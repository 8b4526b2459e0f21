//! Where a model comes from: what a data card tells and a law does not hold. It is kept in the model's file.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Archive, Model, SynthError, load};

const SECTION: &str = "origin";
const KEY: &str = "fit";

/// The data, the method and the seed that a model was fitted with.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Metadata, Origin, Progress, Seed, find};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ages.synth");
/// let table = df!("age" => [31, 45, 27, 60, 38])?;
/// let model = find("gaussian_copula")?.fit(&table, &Metadata::detect(&table)?, Seed::new(7), &Progress::silent())?;
/// let origin = Origin { source: "ages.csv".into(), source_rows: 5, seed: 7, ..Origin::of(model.as_ref()) };
/// origin.save(model.as_ref(), &path)?;
/// let (again, known) = Origin::load(&path)?;
/// assert_eq!((again.rows(), known), (5, Some(origin)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// The name of the real table, as the person who fitted knows it.
    pub source: String,
    /// How many rows the real table has.
    pub source_rows: usize,
    /// How many of them the model was fitted on.
    pub fitted_rows: usize,
    /// The synthesizer that was asked for.
    pub method: String,
    /// The synthesizer that was fitted: the chosen one where `auto` was asked for.
    pub synthesizer: String,
    /// The synthesizer's settings that were given, as they were typed.
    pub settings: BTreeMap<String, String>,
    /// The number behind the seed of the fit.
    pub seed: u64,
    /// What is worth knowing about the fit: why a method was chosen, what was left out.
    pub notes: Vec<String>,
    /// The version of this program.
    pub version: String,
}

impl Origin {
    /// What a model itself tells of its origin.
    #[must_use]
    pub fn of(model: &dyn Model) -> Self {
        Self {
            source_rows: model.rows(),
            fitted_rows: model.rows(),
            method: model.synthesizer().to_owned(),
            synthesizer: model.synthesizer().to_owned(),
            notes: model.notes().to_vec(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Self::default()
        }
    }

    /// Whether the model was fitted on a part of the real table.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.fitted_rows < self.source_rows
    }

    /// Writes a model with its origin to a file that [`load`] and [`Origin::load`] read, whole or not at all.
    ///
    /// # Errors
    /// As [`Model::save`].
    pub fn save(&self, model: &dyn Model, path: &Path) -> Result<(), SynthError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let fail = |source| SynthError::Io { action: "write the model", path: path.to_owned(), source };
        let bare = tempfile::Builder::new().prefix(".synthbook-").tempdir_in(folder).map_err(fail)?;
        let bare = bare.path().join("model");
        model.save(&bare)?;
        let mut archive = Archive::read(&bare)?;
        archive.section(SECTION).put(KEY, self)?;
        archive.write(path)
    }

    /// Reads a model and its origin, if that was saved with it.
    ///
    /// # Errors
    /// As [`load`].
    pub fn load(path: &Path) -> Result<(Box<dyn Model>, Option<Self>), SynthError> {
        let model = load(path)?;
        let origin = Archive::read(path)?.section(SECTION).get(KEY);
        Ok((model, origin))
    }
}
