//! The folder of the models that were fetched, and their files, hashed before they are used.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::manifest::{Model, ModelFile, manifest};
use super::{ModelError, digest};

/// The models in a data folder.
///
/// ```
/// use synthbook_agents::models::{Models, State};
///
/// let data = tempfile::tempdir()?;
/// let models = Models::new(data.path());
/// assert!(models.list()?.iter().all(|model| model.state != State::Ready));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Models {
    folder: PathBuf,
}

/// Whether a model can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum State {
    /// It is there, and its files are what they should be.
    Ready,
    /// It was not fetched.
    Missing,
    /// A file of it is missing, damaged or changed.
    Damaged,
    /// There is no build for this kind of machine.
    Unavailable,
}

/// A model and its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelState {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: super::ModelKind,
    /// What it is, in a line.
    pub about: String,
    /// Its licence.
    pub licence: String,
    /// Where it comes from.
    pub origin: String,
    /// Whether the set-up fetches it.
    pub default: bool,
    /// Whether it can be used.
    pub state: State,
    /// How much is fetched, in bytes.
    pub fetched_bytes: u64,
    /// How much of it is kept, in bytes.
    pub bytes: u64,
}

impl Models {
    /// Those in the folder `models` of a data folder.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join("models") }
    }

    /// Where they are kept.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every model of the manifest with its state; files are hashed for it.
    ///
    /// # Errors
    ///
    /// When the manifest or a file can't be read.
    pub fn list(&self) -> Result<Vec<ModelState>, ModelError> {
        manifest()?.iter().map(|model| self.describe(model)).collect()
    }

    /// One model with its state.
    ///
    /// # Errors
    ///
    /// When there is no such model, or a file can't be read.
    pub fn state(&self, name: &str) -> Result<ModelState, ModelError> {
        self.describe(Self::model(name)?)
    }

    /// The bytes of a file of a model, as the manifest wants them.
    ///
    /// # Errors
    ///
    /// When the model is unknown, missing or damaged.
    pub fn read(&self, name: &str, file: &str) -> Result<Vec<u8>, ModelError> {
        let model = Self::model(name)?;
        let entry = Self::entry(model, file)?;
        let path = self.place(model).join(&entry.name);
        let bytes = fs::read(&path).map_err(|error| self.absent(model, &path, &error))?;
        if digest::of(&bytes) != entry.sha256 {
            return Err(ModelError::Damaged { name: name.to_owned(), path });
        }
        Ok(bytes)
    }

    /// The path of a file of a model, whose bytes are as the manifest wants them now.
    ///
    /// # Errors
    ///
    /// When the model is unknown, missing or damaged.
    pub fn path(&self, name: &str, file: &str) -> Result<PathBuf, ModelError> {
        let model = Self::model(name)?;
        let entry = Self::entry(model, file)?;
        let path = self.place(model).join(&entry.name);
        let found = digest::of_file(&path).map_err(|error| self.absent(model, &path, &error))?;
        if found != entry.sha256 {
            return Err(ModelError::Damaged { name: name.to_owned(), path });
        }
        Ok(path)
    }

    pub(super) fn place(&self, model: &Model) -> PathBuf {
        self.folder.join(&model.name)
    }

    pub(super) fn model(name: &str) -> Result<&'static Model, ModelError> {
        let models = manifest()?;
        models.iter().find(|model| model.name == name).ok_or_else(|| {
            let names: Vec<_> = models.iter().map(|model| model.name.as_str()).collect();
            ModelError::Unknown { name: name.to_owned(), help: Some(format!("There are: {}", names.join(", "))) }
        })
    }

    pub(super) fn state_of(&self, model: &Model) -> Result<State, ModelError> {
        let Ok(files) = model.here() else { return Ok(State::Unavailable) };
        let place = self.place(model);
        if !place.is_dir() {
            return Ok(State::Missing);
        }
        for file in files {
            if !is_right(&place.join(&file.name), file)? {
                return Ok(State::Damaged);
            }
        }
        Ok(State::Ready)
    }

    fn describe(&self, model: &Model) -> Result<ModelState, ModelError> {
        let (fetched_bytes, bytes) = model.sizes();
        Ok(ModelState {
            name: model.name.clone(),
            kind: model.kind,
            about: model.about.clone(),
            licence: model.licence.clone(),
            origin: model.origin.clone(),
            default: model.default,
            state: self.state_of(model)?,
            fetched_bytes,
            bytes,
        })
    }

    fn entry<'a>(model: &'a Model, file: &str) -> Result<&'a ModelFile, ModelError> {
        let found = model.here()?.into_iter().find(|entry| entry.name == file);
        found.ok_or_else(|| ModelError::Manifest { reason: format!("{} has no file {file}", model.name) })
    }

    /// A file that is not there: the model was not fetched, or lost it.
    fn absent(&self, model: &Model, path: &Path, error: &std::io::Error) -> ModelError {
        let name = model.name.clone();
        match error.kind() {
            std::io::ErrorKind::NotFound if self.place(model).is_dir() => {
                ModelError::Damaged { name, path: path.to_owned() }
            }
            std::io::ErrorKind::NotFound => {
                ModelError::Missing { name, megabytes: model.sizes().0.div_ceil(1_000_000) }
            }
            _ => ModelError::files(path, error),
        }
    }
}

/// Whether the file is there and what the manifest says.
pub(super) fn is_right(path: &Path, file: &ModelFile) -> Result<bool, ModelError> {
    match fs::metadata(path) {
        Ok(data) if data.len() == file.bytes => {
            digest::of_file(path).map(|found| found == file.sha256).map_err(|error| ModelError::files(path, &error))
        }
        Ok(_) => Ok(false),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(ModelError::files(path, &error)),
    }
}
