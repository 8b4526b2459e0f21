//! How fast texts are embedded and vectors are searched, and how many of the true neighbours are found.
//!
//! `agents/benches/vectors.py` makes the texts and vectors, measures Python's libraries on them and starts this program;
//! by itself it measures vectors of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use synthbook_agents::models::Models;
use synthbook_agents::vectors::{EdgeStore, Embedder, MiniLm, Point, Query, Schema, Search, VectorStore};

const DIMENSION: usize = 384;
const BATCH: usize = 1000;
const NEIGHBOURS: usize = 10;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let folder = arguments.next().map(PathBuf::from);
    if let Some(data) = arguments.next() {
        let folder = folder.as_deref().ok_or("a folder is wanted")?;
        let texts = fs::read_to_string(folder.join("texts.txt"))?;
        embed(&Models::new(Path::new(&data)), &texts.lines().collect::<Vec<_>>())?;
    }
    let (vectors, queries) = match &folder {
        Some(folder) => (read(&folder.join("vectors.f32"))?, read(&folder.join("queries.f32"))?),
        None => (made(10_000, 1), made(100, 2)),
    };
    let work = match &folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    search(work.path(), &vectors, &queries)
}

fn embed(models: &Models, texts: &[&str]) -> Result<(), Failure> {
    let begun = Instant::now();
    let model = MiniLm::load(models)?;
    report("load the sentence model, hashes checked", begun.elapsed().as_secs_f64() * 1e3, "ms");
    model.embed(&texts[..texts.len().min(50)])?;
    let begun = Instant::now();
    model.embed(texts)?;
    report("embed", texts.len() as f64 / begun.elapsed().as_secs_f64(), "texts/s");
    let mut times = Vec::new();
    for text in texts.iter().take(100) {
        let begun = Instant::now();
        model.embed(&[text])?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    report("embed one text, median", median(&mut times), "ms");
    Ok(())
}

fn search(folder: &Path, vectors: &[f32], queries: &[f32]) -> Result<(), Failure> {
    let store = EdgeStore::open(folder)?;
    store.create("bench", &Schema::dense(DIMENSION))?;
    let begun = Instant::now();
    for (batch, chunk) in vectors.chunks(BATCH * DIMENSION).enumerate() {
        let point = |(row, vector): (usize, &[f32])| Point {
            id: (batch * BATCH + row) as u64,
            dense: Some(vector.to_vec()),
            ..Point::default()
        };
        let points: Vec<Point> = chunk.chunks_exact(DIMENSION).enumerate().map(point).collect();
        store.upsert("bench", &points)?;
    }
    let count = vectors.len() / DIMENSION;
    report("vectors", count as f64, "");
    report("put in, each batch of 1000 flushed", count as f64 / begun.elapsed().as_secs_f64(), "vectors/s");
    let truth: Vec<Vec<u64>> = queries.chunks_exact(DIMENSION).map(|query| nearest(vectors, query)).collect();
    ask(&store, queries, &truth, "one by one")?;
    let begun = Instant::now();
    store.optimize("bench")?;
    report("build the graph", begun.elapsed().as_secs_f64(), "s");
    ask(&store, queries, &truth, "graph")
}

fn ask(store: &EdgeStore, queries: &[f32], truth: &[Vec<u64>], how: &str) -> Result<(), Failure> {
    let (mut times, mut found) = (Vec::new(), 0);
    for (query, truth) in queries.chunks_exact(DIMENSION).zip(truth) {
        let query = Query::new(Search::Dense(query.to_vec())).limit(NEIGHBOURS);
        let begun = Instant::now();
        let hits = store.search("bench", &query)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        found += hits.iter().filter(|hit| truth.contains(&hit.id)).count();
    }
    let recall = found as f64 / (truth.len() * NEIGHBOURS) as f64;
    report(&format!("search, {how}: recall@10"), recall, "");
    report(&format!("search, {how}: median"), median(&mut times), "ms");
    report(&format!("search, {how}: 95 of 100 within"), times[times.len() * 95 / 100], "ms");
    Ok(())
}

/// The true neighbours by cosine.
fn nearest(vectors: &[f32], query: &[f32]) -> Vec<u64> {
    let length = |vector: &[f32]| vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    let score = |vector: &[f32]| vector.iter().zip(query).map(|(x, y)| x * y).sum::<f32>() / length(vector);
    let mut scores: Vec<(f32, u64)> = vectors.chunks_exact(DIMENSION).map(score).zip(0..).collect();
    scores.sort_by(|left, right| right.0.total_cmp(&left.0));
    scores.into_iter().take(NEIGHBOURS).map(|(_, id)| id).collect()
}

fn read(path: &Path) -> Result<Vec<f32>, Failure> {
    let bytes = fs::read(path)?;
    let (numbers, _) = bytes.as_chunks::<4>();
    Ok(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
}

/// Vectors around a hundred centres, the same in every run.
fn made(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    };
    let centre = |of: usize, place: usize| ((of * 31 + place * 17) % 101) as f32 / 101.0 - 0.5;
    (0..count * DIMENSION).map(|place| centre(place / DIMENSION % 100, place % DIMENSION) + next() * 0.8).collect()
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn report(what: &str, value: f64, unit: &str) {
    println!("synthbook\t{what}\t{value:.4}\t{unit}");
}
