//! Words: sentences are made anew by a chain that knows which word follows which, and how often.
//!
//! A Markov chain of the first order over words (Shannon, "A Mathematical Theory of Communication", 1948, section 3).
//! Every word made was in the column; a sentence as a whole need not have been.

use std::collections::BTreeMap;

use polars::prelude::Series;

use super::{Encoded, FittedTransform, Origin, Rows, Transform, open, presence};
use crate::values::{Values, extract, restore};
use crate::{ColumnKind, ColumnMetadata, Draws, Section, SynthError};

/// Makes new sentences of the old words.
pub(super) struct TextTransform;

#[derive(Debug)]
struct Fitted {
    origin: Origin,
    chain: Chain,
}

/// Words by number; the number after the last stands for both ends of a sentence.
#[derive(Debug, Clone, PartialEq)]
struct Chain {
    words: Vec<String>,
    /// Where the followers of each word begin; one entry more than there are words and ends.
    begins: Vec<usize>,
    /// The words that follow, and how many rows saw this follower or one before it.
    followers: Vec<(u32, u64)>,
    /// The most words that a row had.
    longest: usize,
}

impl Transform for TextTransform {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "sentences are made anew by a chain that knows which word follows which"
    }

    fn kinds(&self) -> &'static [ColumnKind] {
        &[ColumnKind::Text]
    }

    fn fit(
        &self,
        column: &Series,
        _about: &ColumnMetadata,
        _pieces: usize,
    ) -> Result<Box<dyn FittedTransform>, SynthError> {
        let (origin, values, _) = open(column)?;
        let Values::Text(values) = values else {
            return Err(SynthError::KindMismatch {
                column: origin.column,
                dtype: column.dtype().to_string(),
                kind: ColumnKind::Text.to_string(),
            });
        };
        Ok(Box::new(Fitted { origin, chain: Chain::learn(&values) }))
    }

    fn load(&self, part: &Section<'_>) -> Option<Box<dyn FittedTransform>> {
        let chain = Chain {
            words: part.get("words")?,
            begins: part.get("begins")?,
            followers: part.get("followers")?,
            longest: part.get("longest")?,
        };
        let origin = part.get("origin")?;
        chain.is_sound().then(|| Box::new(Fitted { origin, chain }) as Box<dyn FittedTransform>)
    }
}

impl FittedTransform for Fitted {
    fn name(&self) -> &'static str {
        TextTransform.name()
    }

    fn masses(&self) -> &[f64] {
        &[]
    }

    fn ordered(&self) -> bool {
        false
    }

    fn missing_rate(&self) -> f64 {
        self.origin.missing_rate()
    }

    fn forward(&self, column: &Series) -> Result<Encoded, SynthError> {
        self.origin.check(column)?;
        Ok(presence(&extract(column, &self.origin.dtype)?.missing))
    }

    fn inverse(&self, encoded: &Encoded, rows: Rows) -> Result<Series, SynthError> {
        let missing = self.origin.present(encoded, 1)?;
        let sentences = (rows.first..)
            .zip(&missing)
            .filter(|(_, gap)| !**gap)
            .map(|(row, _)| self.chain.sentence(&mut rows.seed.numbered(row).draws()))
            .collect();
        restore(&self.origin.column, &self.origin.dtype, Values::Text(sentences), &missing, false)
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("origin", &self.origin)?;
        part.put("words", &self.chain.words)?;
        part.put("begins", &self.chain.begins)?;
        part.put("followers", &self.chain.followers)?;
        part.put("longest", &self.chain.longest)
    }
}

impl Chain {
    fn learn(rows: &[String]) -> Self {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        for word in rows.iter().flat_map(|row| row.split_whitespace()) {
            numbers.insert(word, 0);
        }
        for (number, place) in numbers.values_mut().zip(0..) {
            *number = place;
        }
        let end = numbers.len() as u32;
        let mut counts: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        let mut longest = 0;
        for row in rows {
            let mut before = end;
            let mut length = 0;
            for word in row.split_whitespace() {
                let word = numbers[word];
                *counts.entry((before, word)).or_default() += 1;
                before = word;
                length += 1;
            }
            *counts.entry((before, end)).or_default() += 1;
            longest = longest.max(length);
        }
        let mut begins = vec![0; end as usize + 2];
        let mut followers = Vec::with_capacity(counts.len());
        let mut seen = (end, 0);
        for ((before, word), count) in counts {
            seen = if seen.0 == before { (before, seen.1 + count) } else { (before, count) };
            followers.push((word, seen.1));
            begins[before as usize + 1] = followers.len();
        }
        Self { words: numbers.into_keys().map(str::to_owned).collect(), begins, followers, longest }
    }

    fn sentence(&self, draws: &mut Draws) -> String {
        let end = self.words.len();
        let (mut sentence, mut word) = (String::new(), end);
        for _ in 0..self.longest {
            let followers = &self.followers[self.begins[word]..self.begins[word + 1]];
            let Some(&(_, total)) = followers.last() else { break };
            let ticket = (draws.uniform() * total as f64) as u64;
            let at = followers.partition_point(|(_, rows)| *rows <= ticket).min(followers.len() - 1);
            word = followers[at].0 as usize;
            if word == end {
                break;
            }
            if !sentence.is_empty() {
                sentence.push(' ');
            }
            sentence.push_str(&self.words[word]);
        }
        sentence
    }

    fn is_sound(&self) -> bool {
        self.begins.len() == self.words.len() + 2
            && self.begins.is_sorted()
            && self.begins.last().is_some_and(|&last| last == self.followers.len())
            && self.followers.iter().all(|(word, _)| (*word as usize) <= self.words.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn sentences_follow_the_words_they_were_learned_from() {
        let rows = ["the cat sat", "the dog ran off", "a cat ran"].map(str::to_owned);
        let chain = Chain::learn(&rows);
        assert!(chain.is_sound());
        let pairs = ["the cat", "cat sat", "the dog", "dog ran", "ran off", "a cat", "cat ran"];
        for row in 0..200 {
            let sentence = chain.sentence(&mut Seed::new(row).draws());
            let words: Vec<&str> = sentence.split(' ').collect();
            assert!(matches!(words[0], "the" | "a") && words.len() <= 4, "{sentence}");
            assert!(words.windows(2).all(|pair| pairs.contains(&pair.join(" ").as_str())), "{sentence}");
        }
        assert_eq!(Chain::learn(&[]).sentence(&mut Seed::new(1).draws()), "");
        assert_eq!(Chain::learn(&[String::new()]).sentence(&mut Seed::new(1).draws()), "");
    }
}
