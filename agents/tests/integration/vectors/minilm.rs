//! The sentence model itself, as the set-up fetched it.

use std::path::PathBuf;
use std::sync::Arc;

use synthbook_agents::models::{ModelError, Models};
use synthbook_agents::vectors::{Document, Embedder, Index, IndexSettings, MiniLm, Mode, SearchRequest, VectorError};
use synthbook_synth::Progress;

/// The user's data folder, where the set-up put the models.
#[expect(clippy::disallowed_methods, reason = "tests find the models as the kernel does")]
fn models() -> Models {
    let set = std::env::var_os("SYNTHBOOK_DATA_DIR").map(PathBuf::from);
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".local/share/synthbook");
    Models::new(&set.unwrap_or_else(home))
}

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[test]
fn like_meanings_are_near_and_the_same_text_is_always_the_same_vector() {
    let model = MiniLm::load(&models()).unwrap();
    let texts = ["total revenue by region", "sales amount per area", "The cat sleeps on the sofa.", ""];
    let vectors = model.embed(&texts).unwrap();
    assert!(vectors.iter().all(|vector| vector.len() == 384 && (cosine(vector, vector) - 1.0).abs() < 1e-5));
    assert!(cosine(&vectors[0], &vectors[1]) > 0.6, "{}", cosine(&vectors[0], &vectors[1]));
    assert!(cosine(&vectors[0], &vectors[2]) < 0.2, "{}", cosine(&vectors[0], &vectors[2]));
    for (text, vector) in texts.iter().zip(&vectors) {
        assert_eq!(model.embed(&[text]).unwrap()[0], *vector, "{text}");
    }
    let many: Vec<String> = (0..70).map(|number| format!("{} {number}", "word ".repeat(number % 20))).collect();
    let mut mixed: Vec<&str> = many.iter().map(String::as_str).collect();
    mixed.insert(17, texts[0]);
    assert_eq!(model.embed(&mixed).unwrap()[17], vectors[0]);
    assert!(model.embed(&[]).unwrap().is_empty());
    // Only the first 256 tokens count.
    let long = "milk ".repeat(5000);
    let vectors = model.embed(&[&long, &format!("{long} and something else")]).unwrap();
    assert_eq!(vectors[0], vectors[1]);
    let tokens = model.embed_tokens(&["whole milk"]).unwrap().unwrap();
    assert_eq!((tokens[0].len(), tokens[0][0].len()), (4, 384));
}

#[test]
fn an_index_finds_by_meaning_what_words_do_not_find() {
    let folder = tempfile::tempdir().unwrap();
    let model = Arc::new(MiniLm::load(&models()).unwrap());
    let settings = IndexSettings { late_interaction: true, ..IndexSettings::default() };
    let index = Index::open_with(folder.path(), "shop", model, &settings, &Progress::silent()).unwrap();
    let texts = ["Whole milk, one gallon", "Rye bread, sliced", "Orange juice", "Dog food, beef", "Laundry detergent"];
    let documents = texts.iter().enumerate().map(|(number, text)| Document {
        key: number.to_string(),
        text: (*text).to_owned(),
        ..Document::default()
    });
    index.add(documents, &Progress::silent()).unwrap();
    let first =
        |text: &str, mode| index.search(&SearchRequest::new(text).mode(mode).limit(1)).unwrap().pop().unwrap().key;
    for mode in [Mode::Dense, Mode::Hybrid, Mode::LateInteraction] {
        assert_eq!(first("something to wash clothes", mode), "4", "{mode:?}");
        assert_eq!(first("pet nutrition", mode), "3", "{mode:?}");
    }
    assert!(index.search(&SearchRequest::new("pet nutrition").mode(Mode::Sparse)).unwrap().is_empty());
}

#[test]
fn a_missing_or_changed_model_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let missing = MiniLm::load(&Models::new(folder.path())).unwrap_err();
    assert!(matches!(missing, VectorError::Model(ModelError::Missing { .. })), "{missing:?}");
    let help = miette::Diagnostic::help(&missing).unwrap().to_string();
    assert!(help.contains("synthbook models pull "), "{help}");
    // One bit of a copy is turned.
    let real = models();
    let place = folder.path().join("models/all-minilm-l6-v2");
    std::fs::create_dir_all(&place).unwrap();
    for entry in std::fs::read_dir(real.folder().join("all-minilm-l6-v2")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, place.join(path.file_name().unwrap())).unwrap();
    }
    let copy = Models::new(folder.path());
    assert!(copy.read("all-minilm-l6-v2", "model.onnx").is_ok());
    let path = place.join("model.onnx");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[1_000_000] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let error = copy.read("all-minilm-l6-v2", "model.onnx").unwrap_err();
    assert!(matches!(error, ModelError::Damaged { .. }), "{error:?}");
}
