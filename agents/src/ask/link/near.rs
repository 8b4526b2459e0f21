//! What a word that could not be placed may be a slip for: names and values that are spelt nearly the same.

use super::Lexicon;

/// How sure a likeness must be where the first letters differ (Winkler's measure, 1 is the same word).
const SURE: f64 = 0.92;

impl Lexicon {
    /// The refusal that names words nothing was made of, with what they may be slips of.
    pub(crate) fn unplaced(&self, words: Vec<String>) -> crate::ask::refusal::Refusal {
        let mut suggestions: Vec<String> = Vec::new();
        for word in &words {
            for near in self.nearest(word, 3) {
                if !suggestions.contains(&near) && near != *word {
                    suggestions.push(near);
                }
            }
        }
        suggestions.truncate(5);
        crate::ask::refusal::Refusal::unplaced(words).suggest(suggestions)
    }

    /// The names and values nearest to a word in spelling, the nearest first.
    pub(crate) fn nearest(&self, word: &str, limit: usize) -> Vec<String> {
        let word = word.to_lowercase();
        let mut found: Vec<(usize, String)> = self
            .names_for_suggestions()
            .into_iter()
            .filter_map(|name| Some((slips(name, &word)?, name.to_owned())))
            .collect();
        found.extend(self.values.near(&word, limit).into_iter().map(|(far, value)| (far, value.to_owned())));
        found.sort();
        found.dedup_by(|one, other| one.1.eq_ignore_ascii_case(&other.1));
        found.into_iter().map(|(_, text)| text).take(limit).collect()
    }
}

/// Which letters a word has: enough to see quickly that two words are far from each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    set: u64,
    count: usize,
}

impl Letters {
    pub(super) fn of(word: &str) -> Self {
        let (mut set, mut count) = (0, 0);
        for letter in word.chars() {
            set |= 1_u64 << (u32::from(letter) % 64);
            count += 1;
        }
        Self { set, count }
    }

    /// A number of slips that two words are at least apart: one slip brings in one letter at most, and takes out one.
    pub(super) fn apart(self, other: Self) -> usize {
        let strange = (self.set & !other.set).count_ones().max((other.set & !self.set).count_ones());
        self.count.abs_diff(other.count).max(strange as usize)
    }
}

/// How many slips two words are apart, when that few are a likely error of somebody who meant the other: one in a word
/// of up to seven letters, two up to eleven, three beyond; words of up to four letters must begin and end the same.
pub(super) fn slips(known: &str, word: &str) -> Option<usize> {
    let (length, other) = (word.chars().count(), known.chars().count());
    let shorter = length.min(other);
    let most = match shorter {
        0..=2 => return None,
        3..=7 => 1,
        8..=11 => 2,
        _ => 3,
    };
    if length.abs_diff(other) > most || Letters::of(known).apart(Letters::of(word)) > most {
        return None;
    }
    let far = strsim::damerau_levenshtein(known, word);
    if far == 0 || far > most {
        return None;
    }
    let same_start = known.chars().next() == word.chars().next();
    let same_end = known.chars().next_back() == word.chars().next_back();
    let likely =
        if shorter <= 4 { same_start && same_end } else { same_start || strsim::jaro_winkler(known, word) >= SURE };
    likely.then_some(far)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_never_say_more_slips_than_there_are() {
        let words = ["", "a", "revenue", "reveneu", "custmers", "customers", "stroe", "store", "köln", "kolen", "aab"];
        for (one, other) in words.iter().flat_map(|one| words.map(|other| (one, other))) {
            let least = Letters::of(one).apart(Letters::of(other));
            assert!(least <= strsim::damerau_levenshtein(one, other), "{one} {other}");
        }
        assert!(Letters::of("revenue").apart(Letters::of("customers")) > 2);
    }

    #[test]
    fn slips_are_told_from_other_words() {
        for (word, known) in [
            ("reveneu", "revenue"),
            ("custmers", "customers"),
            ("cupon", "coupon"),
            ("departement", "department"),
            ("stroe", "store"),
        ] {
            assert!(slips(known, word).is_some(), "{word} is a slip of {known}");
        }
        for (word, known) in [
            ("rain", "pain"),
            ("rain", "grain"),
            ("profit", "prophet"),
            ("wage", "age"),
            ("cat", "category"),
            ("weather", "leather"),
            ("salary", "celery"),
            ("of", "or"),
            ("store", "store"),
        ] {
            assert_eq!(slips(known, word), None, "{word} is no slip of {known}");
        }
    }
}
