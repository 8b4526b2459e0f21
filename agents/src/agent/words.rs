//! A task as words, for the rules that say whose it is.

/// The words of a task in lower case, without punctuation and without words of politeness at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<String>);

/// What people say before they say what to do.
const POLITE: &[&str] = &[
    "a", "can", "could", "did", "go", "hey", "hi", "i", "i'd", "kindly", "let's", "like", "me", "need", "now", "okay",
    "please", "pls", "then", "to", "want", "we", "would", "you",
];

impl Words {
    /// Splits a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '\'' | '_' | '-' | '.' | '%');
        let words =
            text.split(|other: char| !letter(other)).map(|word| word.trim_matches(['.', '-', '\'']).to_lowercase());
        let mut words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
        let polite = words.iter().take_while(|word| POLITE.contains(&word.as_str())).count();
        // A task of polite words only keeps them.
        if polite < words.len() {
            words.drain(..polite);
        }
        Self(words)
    }

    /// The words.
    #[must_use]
    pub fn list(&self) -> &[String] {
        &self.0
    }

    /// Whether one of them is there.
    #[must_use]
    pub fn any(&self, wanted: &[&str]) -> bool {
        self.0.iter().any(|word| wanted.contains(&word.as_str()))
    }

    /// Whether the first word is one of them.
    #[must_use]
    pub fn starts(&self, wanted: &[&str]) -> bool {
        self.0.first().is_some_and(|word| wanted.contains(&word.as_str()))
    }

    /// Whether words stand in it one after the other.
    #[must_use]
    pub fn phrase(&self, phrase: &str) -> bool {
        let wanted: Vec<&str> = phrase.split(' ').collect();
        self.0.windows(wanted.len()).any(|part| part.iter().map(String::as_str).eq(wanted.iter().copied()))
    }

    /// The first whole number, also in words and with `k`.
    #[must_use]
    pub fn number(&self) -> Option<usize> {
        self.0.iter().find_map(|word| number(word))
    }
}

fn number(word: &str) -> Option<usize> {
    const NAMED: &[(&str, usize)] =
        &[("hundred", 100), ("thousand", 1000), ("million", 1_000_000), ("dozen", 12), ("ten", 10)];
    if let Some((_, number)) = NAMED.iter().find(|(name, _)| *name == word) {
        return Some(*number);
    }
    let plain = word.replace(['_', '\''], "");
    match plain.strip_suffix('k') {
        Some(thousands) => thousands
            .parse::<f64>()
            .ok()
            .filter(|number| (0.0..1e9).contains(number))
            .map(|number| (number * 1000.0) as usize),
        None => plain.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_matters() {
        let words = Words::of("Could you please PLOT the sales, by month?");
        assert_eq!(words.list(), ["plot", "the", "sales", "by", "month"]);
        assert!(words.starts(&["plot"]) && words.phrase("by month") && !words.phrase("month by"));
        assert_eq!(Words::of("please").list(), ["please"]);
        assert!(Words::of(" …?! ").list().is_empty());
        assert!(!Words::of("").phrase("a b c"));
    }

    #[test]
    fn numbers_are_read() {
        for (text, wanted) in [
            ("generate 500 rows", Some(500)),
            ("10k rows", Some(10_000)),
            ("a thousand rows", Some(1000)),
            ("rows", None),
        ] {
            assert_eq!(Words::of(text).number(), wanted, "{text}");
        }
        assert_eq!(Words::of("99999999999999999999999 rows").number(), None);
    }
}
