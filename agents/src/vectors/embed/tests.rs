//! The embedder that needs no model; the sentence model is tested where the set-up has fetched it.

use super::*;

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[test]
fn texts_that_share_words_are_near() {
    let embedder = HashedWords::new(256);
    let vectors = embedder.embed(&["whole milk", "Milk: WHOLE!", "low fat milk", "rye bread", ""]).unwrap();
    assert_eq!(vectors[0], vectors[1]);
    assert!(cosine(&vectors[0], &vectors[2]) > 0.2);
    assert!(cosine(&vectors[0], &vectors[3]).abs() < 0.2);
    assert!(vectors.iter().all(|vector| (cosine(vector, vector) - 1.0).abs() < 1e-5));
    assert_eq!(embedder.name(), "hashed-words-256");
}

#[test]
fn a_text_has_a_vector_for_each_word() {
    let embedder = HashedWords::new(8);
    let tokens = embedder.embed_tokens(&["a b c", "  "]).unwrap().unwrap();
    assert_eq!(tokens.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(HashedWords::new(0).dimension(), 8);
}
