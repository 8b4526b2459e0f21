//! The file a model is saved in: safetensors, with one JSON document in its header.
//!
//! The header's metadata has one key, `synthbook`, whose JSON text holds `format`, `version`, `synthesizer`, `state` and
//! `digest`, the SHA-256 of the state and of every tensor. Numbers that must come back bit by bit are tensors.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::SynthError;

const FORMAT: &str = "synthbook-model";
const VERSION: u64 = 1;
const KEY: &str = "synthbook";

/// What a saved model holds: small things as JSON, arrays of numbers as tensors, each under a dotted key.
#[derive(Debug, Clone, PartialEq)]
pub struct Archive {
    synthesizer: String,
    state: BTreeMap<String, Value>,
    tensors: BTreeMap<String, Tensor>,
}

/// The part of an archive whose keys begin with a prefix: a transform knows nothing of its neighbours.
#[derive(Debug)]
pub struct Section<'a> {
    archive: &'a mut Archive,
    prefix: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Archive {
    /// An empty archive for a model of this synthesizer.
    #[must_use]
    pub fn new(synthesizer: &str) -> Self {
        Self { synthesizer: synthesizer.to_owned(), state: BTreeMap::new(), tensors: BTreeMap::new() }
    }

    /// The synthesizer whose model this is.
    #[must_use]
    pub fn synthesizer(&self) -> &str {
        &self.synthesizer
    }

    /// The part under `prefix`, to write to or to read from.
    pub fn section(&mut self, prefix: &str) -> Section<'_> {
        Section { prefix: prefix.to_owned(), archive: self }
    }

    /// Writes the archive to a temporary file beside `path`, then renames it: the file is whole or not there.
    ///
    /// # Errors
    /// [`SynthError::Io`] when the file can't be written, [`SynthError::UnsavableModel`] when the format can't hold it.
    pub fn write(&self, path: &Path) -> Result<(), SynthError> {
        let bytes = self.to_bytes()?;
        let fail = |source| SynthError::Io { action: "write the model", path: path.to_owned(), source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".synthbook-").tempfile_in(folder).map_err(fail)?;
        file.write_all(&bytes).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        file.persist(path).map_err(|error| fail(error.error))?;
        Ok(())
    }

    /// Reads an archive and checks that it is whole.
    ///
    /// # Errors
    /// [`SynthError::Io`], [`SynthError::ForeignModel`], [`SynthError::DamagedModel`] or [`SynthError::NewerModel`].
    pub fn read(path: &Path) -> Result<Self, SynthError> {
        let bytes = std::fs::read(path).map_err(|source| SynthError::Io {
            action: "read the model",
            path: path.to_owned(),
            source,
        })?;
        Self::from_bytes(&bytes, path)
    }

    fn to_bytes(&self) -> Result<Vec<u8>, SynthError> {
        let unsavable = |reason: &dyn std::fmt::Display| SynthError::UnsavableModel { reason: reason.to_string() };
        let state = serde_json::to_string(&self.state).map_err(|error| unsavable(&error))?;
        let document = json!({
            "format": FORMAT,
            "version": VERSION,
            "synthesizer": self.synthesizer,
            "digest": digest(&self.synthesizer, &state, &self.tensors),
            "state": state,
        });
        let header = HashMap::from([(KEY.to_owned(), document.to_string())]);
        let views = self
            .tensors
            .iter()
            .map(|(key, tensor)| Ok((key, TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes)?)))
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
            .map_err(|error| unsavable(&error))?;
        serialize(views, Some(header)).map_err(|error| unsavable(&error))
    }

    fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, SynthError> {
        let foreign = || SynthError::ForeignModel { path: path.to_owned() };
        let damaged = |reason: &str| SynthError::DamagedModel { path: path.to_owned(), reason: reason.to_owned() };
        let ours = bytes.windows(FORMAT.len()).take(1 << 20).any(|window| window == FORMAT.as_bytes());
        let whole = SafeTensors::deserialize(bytes)
            .map_err(|_| if ours { damaged("it was cut short or its header was altered") } else { foreign() })?;
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|_| foreign())?;
        let document = header.metadata().as_ref().and_then(|keys| keys.get(KEY)).ok_or_else(foreign)?;
        let document: Value = serde_json::from_str(document).map_err(|_| damaged("its header is no JSON"))?;
        if document["format"] != FORMAT {
            return Err(foreign());
        }
        let version = document["version"].as_u64().ok_or_else(|| damaged("its version is missing"))?;
        if version > VERSION {
            return Err(SynthError::NewerModel { path: path.to_owned(), found: version, supported: VERSION });
        }
        let text = |key: &str| document[key].as_str().ok_or_else(|| damaged("its header is incomplete"));
        let (synthesizer, state) = (text("synthesizer")?, text("state")?);
        let mut tensors = BTreeMap::new();
        for (key, view) in whole.tensors() {
            let tensor = Tensor { dtype: view.dtype(), shape: view.shape().to_vec(), bytes: view.data().to_vec() };
            tensors.insert(key, tensor);
        }
        if digest(synthesizer, state, &tensors) != text("digest")? {
            return Err(damaged("its contents do not match its digest"));
        }
        let state = serde_json::from_str(state).map_err(|_| damaged("its state is no JSON"))?;
        Ok(Self { synthesizer: synthesizer.to_owned(), state, tensors })
    }
}

impl Section<'_> {
    /// The part under a longer prefix.
    pub fn section(&mut self, name: &str) -> Section<'_> {
        Section { prefix: format!("{}.{name}", self.prefix), archive: self.archive }
    }

    /// Keeps something small as JSON.
    ///
    /// # Errors
    /// [`SynthError::UnsavableModel`] when it has no JSON form.
    pub fn put<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), SynthError> {
        let value =
            serde_json::to_value(value).map_err(|error| SynthError::UnsavableModel { reason: error.to_string() })?;
        self.archive.state.insert(self.key(name), value);
        Ok(())
    }

    /// Keeps numbers, bit by bit.
    pub fn put_floats(&mut self, name: &str, values: &[f64]) {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(name, Tensor { dtype: Dtype::F64, shape: vec![values.len()], bytes });
    }

    /// Keeps whole numbers; those that fit as 64-bit integers, others as 16 bytes each.
    pub fn put_wholes(&mut self, name: &str, values: &[i128]) {
        let narrow: Result<Vec<i64>, _> = values.iter().map(|&value| i64::try_from(value)).collect();
        let tensor = if let Ok(narrow) = narrow {
            let bytes = narrow.iter().flat_map(|value| value.to_le_bytes()).collect();
            Tensor { dtype: Dtype::I64, shape: vec![values.len()], bytes }
        } else {
            let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            Tensor { dtype: Dtype::U8, shape: vec![values.len(), 16], bytes }
        };
        self.tensor(name, tensor);
    }

    /// Keeps numbers of pieces, nodes or rows, in as few bytes each as the largest needs.
    pub fn put_codes(&mut self, name: &str, codes: &[u32]) {
        let most = codes.iter().copied().max().unwrap_or(0);
        let (dtype, bytes) = if u8::try_from(most).is_ok() {
            (Dtype::U8, codes.iter().map(|&code| code as u8).collect())
        } else if u16::try_from(most).is_ok() {
            (Dtype::U16, codes.iter().flat_map(|&code| (code as u16).to_le_bytes()).collect())
        } else {
            (Dtype::U32, codes.iter().flat_map(|code| code.to_le_bytes()).collect())
        };
        self.tensor(name, Tensor { dtype, shape: vec![codes.len()], bytes });
    }

    /// What [`Section::put`] kept, or none when it is missing or of another form.
    #[must_use]
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.archive.state.get(&self.key(name))?).ok()
    }

    /// What [`Section::put_floats`] kept, or none.
    #[must_use]
    pub fn floats(&self, name: &str) -> Option<Vec<f64>> {
        let tensor = self.archive.tensors.get(&self.key(name)).filter(|tensor| tensor.dtype == Dtype::F64)?;
        Some(tensor.bytes.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect())
    }

    /// What [`Section::put_wholes`] kept, or none.
    #[must_use]
    pub fn wholes(&self, name: &str) -> Option<Vec<i128>> {
        let tensor = self.archive.tensors.get(&self.key(name))?;
        match tensor.dtype {
            Dtype::I64 => {
                Some(tensor.bytes.as_chunks().0.iter().map(|&bytes| i64::from_le_bytes(bytes).into()).collect())
            }
            Dtype::U8 => Some(tensor.bytes.as_chunks().0.iter().map(|&bytes| i128::from_le_bytes(bytes)).collect()),
            _ => None,
        }
    }

    /// What [`Section::put_codes`] kept, or none.
    #[must_use]
    pub fn codes(&self, name: &str) -> Option<Vec<u32>> {
        let tensor = self.archive.tensors.get(&self.key(name))?;
        match tensor.dtype {
            Dtype::U8 => Some(tensor.bytes.iter().map(|&byte| byte.into()).collect()),
            Dtype::U16 => {
                Some(tensor.bytes.as_chunks().0.iter().map(|&bytes| u16::from_le_bytes(bytes).into()).collect())
            }
            Dtype::U32 => Some(tensor.bytes.as_chunks().0.iter().map(|&bytes| u32::from_le_bytes(bytes)).collect()),
            _ => None,
        }
    }

    fn tensor(&mut self, name: &str, tensor: Tensor) {
        self.archive.tensors.insert(self.key(name), tensor);
    }

    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }
}

fn digest(synthesizer: &str, state: &str, tensors: &BTreeMap<String, Tensor>) -> String {
    let mut hash = Sha256::new().chain_update(synthesizer).chain_update([0]).chain_update(state);
    for (key, tensor) in tensors {
        hash.update(format!("\0{key}\0{:?}{:?}\0", tensor.dtype, tensor.shape));
        hash.update(&tensor.bytes);
    }
    hash.finalize().iter().fold(String::new(), |digest, byte| format!("{digest}{byte:02x}"))
}
