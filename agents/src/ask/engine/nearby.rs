//! What comes near to words that could not be placed: by meaning where there is a model for it, by shared words always.
//!
//! It is only ever offered, never taken for what was said. The texts of the semantic model and the values of small
//! columns are in a search index in the cache, made the first time that something could not be placed and again when
//! they change. It is made beside the question that wants it: who comes too early gets what shared words say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};
use synthbook_synth::{Progress, ProgressSink};

use super::options::EmbedderSource;
use super::things::Thing;
use crate::ask::words::lemmas;
use crate::vectors::{
    Document, Embedder, Index, IndexSettings, Mode, Payload, SearchHit, SearchRequest, VectorError, indexes,
};

/// How near a text must be to be offered (cosine); unrelated words of everyday life come up to 0.45.
const NEAR: f32 = 0.5;
/// How near a whole question must be.
const SAME: f32 = 0.7;
/// How long a question waits for it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many texts are indexed at a time, so that little is lost when the process ends.
const CHUNK: usize = 128;
/// How many are found for a word.
const MOST: usize = 4;
/// How much of its words a question must share with another, without a model.
const SHARED: f64 = 0.6;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// Words that could not be placed.
    pub(super) words: Vec<String>,
    /// Whether what only shares words with them is out of the question.
    pub(super) by_meaning_only: bool,
    /// The whole question, and those that may mean the same.
    pub(super) question: String,
    /// Questions with known answers that name the same numbers, days and values.
    pub(super) questions: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Nearest {
    /// For each word what to type instead, the nearest first.
    pub(super) phrases: Vec<Vec<String>>,
    /// The questions that mean nearly the same, the nearest first.
    pub(super) questions: Vec<String>,
}

/// Finds what is near.
pub(super) struct Nearby {
    shared: Arc<Shared>,
    embedder: Option<EmbedderSource>,
    folder: Option<PathBuf>,
    database: String,
    /// What there is to find, once something was looked for.
    known: OnceLock<Arc<Known>>,
    /// The search under way, which is waited for at the end: a model must not be torn down while it computes.
    running: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    busy: AtomicBool,
    stop: Arc<AtomicBool>,
    loaded: Mutex<Option<Arc<dyn Embedder>>>,
    /// Why it can't be done here; said once to the log.
    failed: OnceLock<String>,
}

struct Silent;

impl ProgressSink for Silent {
    fn update(&self, _fraction: Option<f64>, _message: &str) {}
}

impl Nearby {
    pub(super) fn new(embedder: Option<EmbedderSource>, folder: Option<&Path>, database: &str) -> Self {
        Self {
            shared: Arc::default(),
            embedder,
            folder: folder.map(|folder| folder.join("words")),
            database: database.to_owned(),
            known: OnceLock::new(),
            running: Mutex::default(),
        }
    }

    /// What is near to words among `things`, which are always the same, and to the question among others.
    pub(super) fn find(&self, wanted: Wanted, things: impl FnOnce() -> Vec<Thing>) -> Nearest {
        let known = self.known.get_or_init(|| Arc::new(Known::new(things())));
        let by_words = by_words(&wanted, known);
        let (Some(embedder), Some(folder)) = (&self.embedder, &self.folder) else { return by_words };
        if self.shared.failed.get().is_some() || self.shared.busy.swap(true, Ordering::SeqCst) {
            return by_words;
        }
        let (send, receive) = sync_channel(1);
        let job = Job {
            shared: Arc::clone(&self.shared),
            embedder: Arc::clone(embedder),
            folder: folder.clone(),
            database: self.database.clone(),
        };
        let known = Arc::clone(known);
        let started = std::thread::Builder::new().name("synthbook-nearby".to_owned()).spawn(move || {
            let found = job.find(&wanted, &known.things);
            job.shared.busy.store(false, Ordering::SeqCst);
            if let Err(error) = &found
                && !matches!(error, VectorError::Busy { .. } | VectorError::Cancelled)
            {
                tracing::info!(%error, "words are not searched by meaning here");
                // It is told once and not tried again.
                let _ = job.shared.failed.set(error.to_string());
            }
            // Who asked may have gone on without it.
            let _ = send.send(found.ok());
        });
        let Ok(handle) = started else {
            self.shared.busy.store(false, Ordering::SeqCst);
            return by_words;
        };
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        receive.recv_timeout(PATIENCE).ok().flatten().map_or(by_words.clone(), |found| joined(found, by_words))
    }
}

impl Drop for Nearby {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(handle) = running {
            // A panic in it was told when it happened; nothing is lost here.
            let _ = handle.join();
        }
    }
}

/// What there is to find, and which of it has a word.
struct Known {
    things: Vec<Thing>,
    /// How many words each has.
    lengths: Vec<usize>,
    /// Those that have a word, by its stem.
    holders: BTreeMap<String, BTreeSet<usize>>,
}

impl Known {
    fn new(things: Vec<Thing>) -> Self {
        let (mut lengths, mut holders) = (Vec::new(), BTreeMap::<String, BTreeSet<usize>>::new());
        for (place, thing) in things.iter().enumerate() {
            let words = lemmas(&thing.text);
            lengths.push(words.len());
            // A value with another word besides is something else; a value that is the word was found before.
            for word in words.into_iter().filter(|_| thing.kind != "value") {
                holders.entry(word).or_default().insert(place);
            }
        }
        Self { things, lengths, holders }
    }
}

/// One search in a thread of its own.
struct Job {
    shared: Arc<Shared>,
    embedder: EmbedderSource,
    folder: PathBuf,
    database: String,
}

impl Job {
    fn find(&self, wanted: &Wanted, things: &[Thing]) -> Result<Nearest, VectorError> {
        let embedder = self.loaded()?;
        let index = self.index(Arc::clone(&embedder), things)?;
        let phrases =
            wanted.words.iter().map(|word| phrases(&index, word, wanted.by_meaning_only)).collect::<Result<_, _>>()?;
        drop(index);
        Ok(Nearest { phrases, questions: questions(embedder.as_ref(), wanted)? })
    }

    /// The model; loading it takes a moment, once.
    fn loaded(&self) -> Result<Arc<dyn Embedder>, VectorError> {
        let mut loaded = self.shared.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(embedder) = &*loaded {
            return Ok(Arc::clone(embedder));
        }
        let embedder = (self.embedder)()?;
        *loaded = Some(Arc::clone(&embedder));
        Ok(embedder)
    }

    /// The index of these things: opened, completed when it was left half made, others of the same database removed.
    fn index(&self, embedder: Arc<dyn Embedder>, things: &[Thing]) -> Result<Index, VectorError> {
        let database = short(&[self.database.as_bytes()]);
        let texts =
            things.iter().flat_map(|thing| [thing.kind.as_bytes(), thing.phrase.as_bytes(), thing.text.as_bytes()]);
        let parts: Vec<&[u8]> = std::iter::once(embedder.name().as_bytes()).chain(texts).collect();
        let prefix = format!("words-{database}-");
        let name = format!("{prefix}{}", short(&parts));
        let progress = Progress::new(Arc::new(Silent), Arc::clone(&self.shared.stop));
        let settings = IndexSettings::default();
        let index = Index::open_with(&self.folder, &name, embedder, &settings, &progress)?;
        if index.info()?.documents < things.len() as u64 {
            for (chunk, part) in things.chunks(CHUNK).enumerate() {
                index.add(
                    part.iter().enumerate().map(|(place, thing)| document(chunk * CHUNK + place, thing)),
                    &progress,
                )?;
            }
        }
        for other in indexes(&self.folder)?.iter().filter(|other| other.starts_with(&prefix) && **other != name) {
            // One that is in use elsewhere is removed another time.
            let _ = Index::remove(&self.folder, other);
        }
        Ok(index)
    }
}

fn document(place: usize, thing: &Thing) -> Document {
    let payload = [("kind", thing.kind), ("phrase", thing.phrase.as_str())];
    Document {
        key: format!("{place:06}"),
        text: thing.text.clone(),
        payload: payload.map(|(name, value)| (name.to_owned(), Value::from(value))).into_iter().collect(),
        source: "model".to_owned(),
    }
}

/// What is near to a word by meaning, and what shares it (BM25), fused by rank.
fn phrases(index: &Index, word: &str, by_meaning_only: bool) -> Result<Vec<String>, VectorError> {
    let request = SearchRequest::new(word).limit(MOST * 4);
    let mut dense = index.search(&request.clone().mode(Mode::Dense))?;
    dense.retain(|hit| hit.score >= NEAR);
    let sparse = if by_meaning_only { Vec::new() } else { index.search(&request.mode(Mode::Sparse))? };
    let phrase = |payload: &Payload| payload.get("phrase").and_then(Value::as_str).map(str::to_owned);
    let ranked = |hits: Vec<SearchHit>| hits.iter().filter_map(|hit| phrase(&hit.payload)).collect();
    Ok(fused(vec![ranked(sparse), ranked(dense)]))
}

/// Several lists as one, by reciprocal rank.
fn fused(lists: Vec<Vec<String>>) -> Vec<String> {
    let mut scores: Vec<(String, f64)> = Vec::new();
    for mut list in lists {
        // Of several texts of one thing the best one counts.
        let mut seen = BTreeSet::new();
        list.retain(|text| seen.insert(text.clone()));
        for (rank, text) in list.into_iter().enumerate() {
            let part = 1.0 / (61.0 + rank as f64);
            match scores.iter_mut().find(|(known, _)| *known == text) {
                Some((_, score)) => *score += part,
                None => scores.push((text, part)),
            }
        }
    }
    scores.sort_by(|one, other| other.1.total_cmp(&one.1));
    scores.into_iter().map(|(text, _)| text).take(MOST).collect()
}

/// The questions that mean nearly the same.
fn questions(embedder: &dyn Embedder, wanted: &Wanted) -> Result<Vec<String>, VectorError> {
    if wanted.questions.is_empty() {
        return Ok(Vec::new());
    }
    let texts: Vec<&str> =
        std::iter::once(wanted.question.as_str()).chain(wanted.questions.iter().map(String::as_str)).collect();
    let vectors = embedder.embed(&texts)?;
    let Some((question, others)) = vectors.split_first() else { return Ok(Vec::new()) };
    let mut near: Vec<(f32, &String)> = others
        .iter()
        .zip(&wanted.questions)
        .map(|(vector, text)| (question.iter().zip(vector).map(|(one, other)| one * other).sum(), text))
        .filter(|(score, _)| *score >= SAME)
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0));
    Ok(near.into_iter().map(|(_, text)| text.clone()).collect())
}

/// What shares words: the texts that have most of a word's stems, the rarest counting most.
fn by_words(wanted: &Wanted, known: &Known) -> Nearest {
    let nearest = |text: &String| {
        let words: Vec<String> = lemmas(text).into_iter().filter(|word| word.chars().count() > 2).collect();
        let held: Vec<(&BTreeSet<usize>, f64)> = words
            .iter()
            .filter_map(|word| known.holders.get(word))
            .map(|holders| (holders, ((known.things.len() + 1) as f64 / (holders.len() + 1) as f64).ln()))
            .collect();
        let places: BTreeSet<usize> = held.iter().flat_map(|(holders, _)| holders.iter().copied()).collect();
        let mut found: Vec<(f64, usize)> = places
            .into_iter()
            .map(|place| {
                let shared = held.iter().filter(|(holders, _)| holders.contains(&place));
                // Of texts with the same words the shorter one says less else.
                let most = 1.0 + known.lengths[place] as f64 / 50.0;
                (shared.map(|(_, weight)| weight).sum::<f64>() / most, place)
            })
            .filter(|(score, _)| *score > 0.0)
            .collect();
        found.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut phrases: Vec<String> = Vec::new();
        for phrase in found.into_iter().map(|(_, place)| &known.things[place].phrase) {
            if phrases.len() == MOST {
                break;
            }
            if !phrases.contains(phrase) {
                phrases.push(phrase.clone());
            }
        }
        phrases
    };
    let none = |_: &String| Vec::new();
    let phrases = if wanted.by_meaning_only {
        wanted.words.iter().map(none).collect()
    } else {
        wanted.words.iter().map(nearest).collect()
    };
    let said = lemmas(&wanted.question);
    let mut questions: Vec<(f64, &String)> = wanted
        .questions
        .iter()
        .map(|text| {
            let other = lemmas(text);
            let shared = other.iter().filter(|word| said.contains(word)).count() as f64;
            (shared / (said.len() + other.len()).max(1) as f64 * 2.0, text)
        })
        .filter(|(share, _)| *share >= SHARED)
        .collect();
    questions.sort_by(|one, other| other.0.total_cmp(&one.0));
    Nearest { phrases, questions: questions.into_iter().map(|(_, text)| text.clone()).collect() }
}

/// What was found by meaning, then what was found by words.
fn joined(meaning: Nearest, words: Nearest) -> Nearest {
    let both = |mut first: Vec<String>, second: Vec<String>| {
        for text in second {
            if !first.contains(&text) {
                first.push(text);
            }
        }
        first
    };
    let phrases = meaning.phrases.into_iter().zip(words.phrases).map(|(first, second)| both(first, second)).collect();
    Nearest { phrases, questions: both(meaning.questions, words.questions) }
}

/// A short name for texts, another for other texts.
fn short(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(6).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
