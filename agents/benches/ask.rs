//! How long questions in words take in a process that is warm, and where the time goes.
//!
//! `cargo bench -p synthbook-agents --bench ask -- DATABASE QUESTIONS` asks every question of a file of JSON lines
//! (`question`; optionally `context`, the questions before it, `instructions` and `as_of`) of a DuckDB file, twice, and
//! tells the second time; the first pays for what is read from the disk once.

use std::fs;
use std::time::Instant;

use serde_json::Value;
use synthbook_agents::ask::{Engine, EngineOptions, Outcome, Question, Timings};
use synthbook_agents::warehouse::{OpenOptions, open};

/// How many of the slowest questions are named.
const SLOWEST: usize = 10;

type Failure = Box<dyn std::error::Error>;

/// What one question took, in seconds.
struct Took {
    question: String,
    seconds: f64,
    /// Of an answer, its parts.
    parts: Option<Timings>,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [database, questions] = arguments.as_slice() else {
        println!("ask: give a DuckDB file and a file of questions (JSON lines)");
        return Ok(());
    };
    let questions = fs::read_to_string(questions)?.lines().map(read).collect::<Result<Vec<_>, Failure>>()?;
    println!("load before: {}", load());
    let begun = Instant::now();
    let warehouse = open(&format!("duckdb:{database}"), &OpenOptions { agent: true, ..OpenOptions::default() })?;
    let engine = Engine::open(warehouse, EngineOptions::default())?;
    println!("open the database: {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    for time in ["first time", "warm"] {
        let took = questions.iter().map(|question| ask(&engine, question)).collect::<Result<Vec<_>, _>>()?;
        report(time, took);
    }
    println!("load after: {}", load());
    Ok(())
}

fn read(line: &str) -> Result<Question, Failure> {
    let line: Value = serde_json::from_str(line)?;
    let mut text = line["question"].as_str().ok_or("a line without a question")?.to_owned();
    if let Some(instructions) = line["instructions"].as_str() {
        text = format!("{text}\n{instructions}");
    }
    let before = line["context"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let before: Vec<String> = before.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let today = line["as_of"].as_str().map(str::parse).transpose()?;
    Ok(Question::new(text).after(&before).as_of(today))
}

fn ask(engine: &Engine, question: &Question) -> Result<Took, Failure> {
    let begun = Instant::now();
    let outcome = engine.ask(question)?;
    let seconds = begun.elapsed().as_secs_f64();
    let parts = match outcome {
        Outcome::Answer(answer) => Some(answer.timings),
        Outcome::Refusal(_) => None,
    };
    Ok(Took { question: question.text.clone(), seconds, parts })
}

fn report(time: &str, mut took: Vec<Took>) {
    let refused = took.iter().filter(|took| took.parts.is_none()).count();
    println!("\n{time}: {} questions, {refused} of them refused", took.len());
    let answers = || took.iter().filter_map(|took| took.parts);
    line("all", took.iter().map(|took| took.seconds).collect());
    line("refusals", took.iter().filter(|took| took.parts.is_none()).map(|took| took.seconds).collect());
    line("answers: understanding", answers().map(|parts| parts.understand).collect());
    line("answers: database", answers().map(|parts| parts.compile + parts.run).collect());
    line("answers: telling", answers().map(|parts| parts.tell).collect());
    took.sort_by(|left, right| right.seconds.total_cmp(&left.seconds));
    println!("slowest (whole: understanding, database, telling):");
    for Took { question, seconds, parts } in took.iter().take(SLOWEST) {
        let of = parts.map_or_else(
            || "refused".to_owned(),
            |it| format!("{:.0}, {:.0}, {:.0}", it.understand * 1e3, (it.compile + it.run) * 1e3, it.tell * 1e3),
        );
        println!("  {:6.0} ms: {of}\t{}", seconds * 1e3, question.replace('\n', " "));
    }
}

fn line(what: &str, mut seconds: Vec<f64>) {
    if seconds.is_empty() {
        return;
    }
    seconds.sort_by(f64::total_cmp);
    let at = |percent: usize| seconds[(seconds.len() * percent / 100).min(seconds.len() - 1)] * 1e3;
    let (p50, p95, p99, max) = (at(50), at(95), at(99), at(100));
    println!("{what:24} p50 {p50:6.1} ms   p95 {p95:6.1} ms   p99 {p99:6.1} ms   max {max:6.1} ms");
}

/// How busy the machine is, where it says so.
fn load() -> String {
    fs::read_to_string("/proc/loadavg").map_or_else(|_| "not known".to_owned(), |text| text.trim().to_owned())
}
