//! Texts to vectors: one trait, a sentence model on ONNX Runtime, and one that needs no model.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use fastembed::{InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel};
use ort::environment::Environment;

use super::VectorError;
use crate::models::Models;

/// Makes a vector of a text, so that texts of like meaning have near vectors.
///
/// The same text has the same vector in every run on one machine, whatever is embedded beside it. Vectors have the
/// length 1; a text without words gets the vector of the empty text.
///
/// ```
/// use synthbook_agents::vectors::{Embedder, HashedWords};
///
/// let embedder = HashedWords::new(64);
/// let vectors = embedder.embed(&["whole milk", "milk, whole"])?;
/// assert_eq!(vectors[0].len(), embedder.dimension());
/// assert_eq!(vectors[0], vectors[1]);
/// # Ok::<(), synthbook_agents::vectors::VectorError>(())
/// ```
pub trait Embedder: Send + Sync {
    /// Its name; vectors of models of different names must not be compared.
    fn name(&self) -> &str;

    /// How many numbers a vector has.
    fn dimension(&self) -> usize;

    /// A vector for each text.
    ///
    /// # Errors
    ///
    /// When the model fails.
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, VectorError>;

    /// A vector for each token of each text, for late interaction; none when the model can't.
    ///
    /// # Errors
    ///
    /// When the model fails.
    fn embed_tokens(&self, _texts: &[&str]) -> Result<Option<Vec<Vec<Vec<f32>>>>, VectorError> {
        Ok(None)
    }
}

/// How many tokens of a text count: those after are left out, as the model was trained.
const LONGEST: usize = 256;
/// How many numbers its vectors have.
const DIMENSION: usize = 384;
const NAME: &str = "all-minilm-l6-v2";

/// The sentence model all-MiniLM-L6-v2 (Wang et al., 2020; Reimers and Gurevych, 2019): mean of
/// the last layer over the tokens, 384 numbers, int8 weights.
///
/// Each text runs by itself, on one thread; several run at a time. A batch would have to be padded, which made it slower
/// on product names, and one that is not padded needs no proof that its neighbours don't change it.
pub struct MiniLm {
    models: Models,
    first: Mutex<TextEmbedding>,
    /// Loaded when there are many texts at once.
    others: OnceLock<Vec<Mutex<TextEmbedding>>>,
}

/// From how many texts on several sessions share the work.
const MANY: usize = 64;

impl MiniLm {
    /// Loads it, and ONNX Runtime once a process, from the fetched models; every file is hashed first.
    ///
    /// # Errors
    ///
    /// When a model is missing or damaged, or ONNX Runtime can't be loaded.
    pub fn load(models: &Models) -> Result<Self, VectorError> {
        Ok(Self { models: models.clone(), first: session(models)?, others: OnceLock::new() })
    }

    /// The sessions for so many texts.
    fn sessions(&self, texts: usize) -> Result<Vec<&Mutex<TextEmbedding>>, VectorError> {
        let mut sessions = vec![&self.first];
        if texts < MANY {
            return Ok(sessions);
        }
        if self.others.get().is_none() {
            let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
            let others = (1..threads).map(|_| session(&self.models)).collect::<Result<_, _>>()?;
            // Another thread may have been quicker; its sessions are as good.
            let _ = self.others.set(others);
        }
        sessions.extend(self.others.get().into_iter().flatten());
        Ok(sessions)
    }

    /// Runs the texts, each by itself, over the sessions.
    fn run<T: Send>(
        &self,
        texts: &[&str],
        one: impl Fn(&mut TextEmbedding, &str) -> Result<T, VectorError> + Sync,
    ) -> Result<Vec<T>, VectorError> {
        let sessions = self.sessions(texts.len())?;
        let each = texts.len().div_ceil(sessions.len()).max(1);
        let part = |session: &Mutex<TextEmbedding>, texts: &[&str]| {
            let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
            texts.iter().map(|text| one(&mut session, text)).collect::<Result<Vec<T>, VectorError>>()
        };
        if let [session] = sessions.as_slice() {
            return part(session, texts);
        }
        let parts: Vec<_> = std::thread::scope(|scope| {
            let part = &part;
            let jobs: Vec<_> = sessions
                .into_iter()
                .zip(texts.chunks(each))
                .map(|(session, texts)| scope.spawn(move || part(session, texts)))
                .collect();
            jobs.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        let mut vectors = Vec::with_capacity(texts.len());
        for part in parts {
            vectors.extend(part.map_err(|_| VectorError::Embed { reason: "it stopped".to_owned() })??);
        }
        Ok(vectors)
    }
}

impl Embedder for MiniLm {
    fn name(&self) -> &str {
        NAME
    }

    fn dimension(&self) -> usize {
        DIMENSION
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, VectorError> {
        self.run(texts, |session, text| {
            let vectors = session.embed([text], None).map_err(|error| failed(&error))?;
            let mut vector = vectors.into_iter().next().unwrap_or_default();
            normalize(&mut vector);
            fits(vector)
        })
    }

    fn embed_tokens(&self, texts: &[&str]) -> Result<Option<Vec<Vec<Vec<f32>>>>, VectorError> {
        let tokens = self.run(texts, |session, text| {
            let output = session.transform([text], None).map_err(|error| failed(&error))?;
            let mut tokens = Vec::new();
            for batch in output.into_raw() {
                let (_, tensor) = batch.outputs.first().ok_or_else(|| none("it gave nothing"))?;
                let (_, numbers) = tensor.try_extract_tensor::<f32>().map_err(|error| none(&error.to_string()))?;
                tokens.extend(numbers.chunks_exact(DIMENSION).map(<[f32]>::to_vec));
            }
            for token in &mut tokens {
                normalize(token);
            }
            tokens.into_iter().map(fits).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Some(tokens))
    }
}

impl fmt::Debug for MiniLm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MiniLm").finish_non_exhaustive()
    }
}

/// The model, ready to run on one thread.
fn session(models: &Models) -> Result<Mutex<TextEmbedding>, VectorError> {
    let environment = runtime(models)?;
    let tokenizer = TokenizerFiles {
        tokenizer_file: models.read(NAME, "tokenizer.json")?,
        config_file: models.read(NAME, "config.json")?,
        special_tokens_map_file: models.read(NAME, "special_tokens_map.json")?,
        tokenizer_config_file: models.read(NAME, "tokenizer_config.json")?,
    };
    let onnx = models.read(NAME, "model.onnx")?;
    let model = UserDefinedEmbeddingModel::new(onnx, tokenizer).with_pooling(Pooling::Mean);
    let options =
        InitOptionsUserDefined::new().with_environment(environment).with_max_length(LONGEST).with_intra_threads(1);
    TextEmbedding::try_new_from_user_defined(model, options).map(Mutex::new).map_err(|error| failed(&error))
}

/// ONNX Runtime in this process: there can only be one, and it stays.
fn runtime(models: &Models) -> Result<Environment, VectorError> {
    static LOADED: OnceLock<Environment> = OnceLock::new();
    static ONCE: Mutex<()> = Mutex::new(());
    let _held = ONCE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = LOADED.get() {
        return Ok(environment.clone());
    }
    let path = models.path("onnxruntime", "libonnxruntime")?;
    let builder = ort::init_from(&path).map_err(|error| VectorError::Runtime { reason: error.to_string() })?;
    let environment = builder
        .with_name("synthbook")
        .with_telemetry(false)
        .build()
        .map_err(|error| VectorError::Runtime { reason: error.to_string() })?;
    Ok(LOADED.get_or_init(|| environment).clone())
}

/// A vector for each word, by its hash, summed (Weinberger et al., Feature Hashing, 2009). No model, no meaning: texts
/// are near that share words. For tests, and where no model was fetched.
#[derive(Debug, Clone)]
pub struct HashedWords {
    name: String,
    dimension: usize,
}

impl HashedWords {
    /// Of so many numbers, at least 8.
    #[must_use]
    pub fn new(dimension: usize) -> Self {
        let dimension = dimension.max(8);
        Self { name: format!("hashed-words-{dimension}"), dimension }
    }

    fn vector(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0; self.dimension];
        for word in words(text) {
            for (index, sign) in self.places(&word) {
                vector[index] += sign;
            }
        }
        if vector.iter().all(|value| *value == 0.0) {
            vector[0] = 1.0;
        }
        normalize(&mut vector);
        vector
    }

    /// Four places of a word, each with a sign.
    fn places(&self, word: &str) -> [(usize, f32); 4] {
        [1, 2, 3, 4].map(|round| {
            let hash = fnv(word.as_bytes(), round);
            ((hash >> 1) as usize % self.dimension, if hash & 1 == 0 { 1.0 } else { -1.0 })
        })
    }
}

impl Embedder for HashedWords {
    fn name(&self) -> &str {
        &self.name
    }

    fn dimension(&self) -> usize {
        self.dimension
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, VectorError> {
        Ok(texts.iter().map(|text| self.vector(text)).collect())
    }

    fn embed_tokens(&self, texts: &[&str]) -> Result<Option<Vec<Vec<Vec<f32>>>>, VectorError> {
        let tokens = |text: &&str| {
            let tokens: Vec<_> = words(text).map(|word| self.vector(&word)).collect();
            if tokens.is_empty() { vec![self.vector("")] } else { tokens }
        };
        Ok(Some(texts.iter().map(tokens).collect()))
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// FNV-1a, with the round in front, and its bits mixed.
fn fnv(bytes: &[u8], round: u8) -> u64 {
    let hash = std::iter::once(&round)
        .chain(bytes)
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 7
}

fn normalize(vector: &mut [f32]) {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    if length > 0.0 {
        for value in vector.iter_mut() {
            *value = (f64::from(*value) / length) as f32;
        }
    }
}

fn fits(vector: Vec<f32>) -> Result<Vec<f32>, VectorError> {
    if vector.len() == DIMENSION && vector.iter().all(|value| value.is_finite()) {
        return Ok(vector);
    }
    Err(none("it gave no vector of 384 numbers"))
}

fn failed(error: &fastembed::Error) -> VectorError {
    none(&error.to_string())
}

fn none(reason: &str) -> VectorError {
    VectorError::Embed { reason: reason.lines().next().unwrap_or_default().to_owned() }
}

#[cfg(test)]
mod tests;
