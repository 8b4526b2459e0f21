//! Asking back: what is offered for words that could not be placed or that mean several things, and picking of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use synthbook_agents::ask::memory::Memory;
use synthbook_agents::ask::{EmbedderSource, Engine, EngineOptions, Outcome, Question, Refusal};
use synthbook_agents::vectors::{Embedder, HashedWords, VectorError};

use super::retail::engine;
use super::{answer, refusal};

/// A model that knows one thing: boodle is revenue.
struct Slang(HashedWords);

impl Embedder for Slang {
    fn name(&self) -> &'static str {
        "slang"
    }

    fn dimension(&self) -> usize {
        self.0.dimension()
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, VectorError> {
        let plain: Vec<String> = texts.iter().map(|text| text.to_lowercase().replace("boodle", "revenue")).collect();
        self.0.embed(&plain.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

fn options(folder: &Path, model: bool) -> EngineOptions {
    let source: EmbedderSource = Arc::new(|| Ok(Arc::new(Slang(HashedWords::new(256)))));
    EngineOptions {
        cache: Some(folder.to_owned()),
        database: "retail".to_owned(),
        memory: Some(Arc::new(Memory::open(folder, "ada", "retail"))),
        embedder: model.then_some(source),
        ..EngineOptions::default()
    }
}

/// Asks until the words were indexed, which goes on beside the questions.
fn patiently(engine: &Engine, question: &str) -> Refusal {
    for _ in 0..300 {
        let refused = refusal(engine, question);
        if !refused.choices.is_empty() {
            return refused;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{question}: nothing was offered");
}

#[test]
fn a_word_is_found_by_its_meaning_picked_and_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let one = engine(options(folder.path(), true));
    let refused = patiently(&one, "total boodle by state");
    assert_eq!(refused.code, "ask::words_not_placed");
    assert_eq!(refused.choices[0].question, "total revenue by state");
    assert_eq!(refused.suggestions[0], "total revenue by state");
    let json = serde_json::to_value(Outcome::Refusal(refused)).unwrap();
    assert_eq!(json["refusal"]["choices"][0]["number"], 1);
    // Another process of the same user knows the choices by what was asked last.
    drop(one);
    let other = engine(options(folder.path(), true));
    let picked = answer(&other, "1");
    assert_eq!((picked.question.as_str(), picked.batch.num_rows()), ("total revenue by state", 2));
    let again = answer(&other, "total boodle by state");
    assert_eq!(again.source.name(), "memory");
    assert!(again.notes.iter().any(|note| note.contains("total revenue by state")), "{:?}", again.notes);
}

#[test]
fn what_is_offered_is_understood_and_nothing_far_is() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(options(folder.path(), false));
    for question in ["what is the rain in March?", "stock price", "how many employees are there?", "weather by state"] {
        let refused = refusal(&engine, question);
        assert!(refused.choices.is_empty(), "{question}: {:?}", refused.choices);
        assert!((1..=3).contains(&refused.suggestions.len()), "{question}: {:?}", refused.suggestions);
        for suggestion in &refused.suggestions {
            assert!(matches!(engine.ask(&Question::new(suggestion)).unwrap(), Outcome::Answer(_)), "{suggestion}");
        }
    }
    assert_eq!(refusal(&engine, "9").choices, []);
}

#[test]
fn no_value_is_offered_where_a_column_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(options(folder.path(), false));
    let offered = |question: &str| -> Vec<String> {
        refusal(&engine, question).choices.into_iter().map(|choice| choice.question).collect()
    };
    assert_eq!(offered("units sld of grocrey"), ["units sold of grocrey"]);
    assert_eq!(offered("units sld by grocrey"), Vec::<String>::new());
    assert_eq!(offered("units sld by brnad"), ["units sold by brand"]);
}

#[test]
fn a_value_of_two_columns_is_answered_and_the_other_offered() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(options(folder.path(), false));
    let first = answer(&engine, "sales in Texas");
    let offered: Vec<&str> = first.choices.iter().map(|choice| choice.question.as_str()).collect();
    assert!(!offered.is_empty(), "{}", first.interpretation);
    let second = answer(&engine, "1");
    assert_eq!(second.question, offered[0]);
    assert_ne!(second.plan, first.plan);
    let again = answer(&engine, "sales in Texas");
    assert_eq!((again.source.name(), &again.plan), ("memory", &second.plan));
}

#[test]
fn a_question_in_other_words_with_the_same_names_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(options(folder.path(), true));
    answer(&engine, "total revenue of stores in Ohio");
    engine.accept(None).unwrap();
    let refused = patiently(&engine, "the grand boodle of stores in Ohio");
    assert_eq!(refused.choices[0].question, "total revenue of stores in Ohio");
    let other = refusal(&engine, "the grand boodle of stores in Texas");
    assert!(other.choices.iter().all(|choice| !choice.question.contains("Ohio")), "{:?}", other.choices);
}
