//! What a question says, apart from how it is written.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words that change nothing wherever they stand. Prepositions, negations and question words that choose between
/// meanings (how many, how much, which, who) are not among them.
const SILENT: &[&str] = &[
    "a", "an", "and", "can", "could", "did", "display", "do", "does", "for", "get", "give", "have", "i", "is",
    "kindly", "let", "me", "my", "now", "of", "our", "please", "pls", "show", "tell", "thanks", "that", "the", "there",
    "was", "we", "were", "what", "whats", "would", "you", "your",
];

/// A key that two questions share when they say the same: their words in order, in lower case and without accents,
/// plurals, punctuation or words of politeness.
///
/// ```
/// use synthbook_agents::ask::memory::meaning;
/// assert_eq!(meaning("What were the sales by region?"), meaning("sales by regions, please"));
/// assert_ne!(meaning("sales from March to June"), meaning("sales from June to March"));
/// assert_ne!(meaning("sales in 2016"), meaning("sales in 2017"));
/// ```
#[must_use]
pub fn meaning(question: &str) -> String {
    let stemmer = Stemmer::create(Algorithm::English);
    let folded: String = question.nfkd().filter(|letter| !is_combining_mark(*letter)).collect();
    let mut words: Vec<String> = Vec::new();
    for written in words_of(&folded) {
        let word = written.to_lowercase();
        // A capital letter alone is a name: category A.
        if written == "A" {
            words.push(written);
        } else if SILENT.binary_search(&word.as_str()).is_err() {
            words.push(if word.chars().all(char::is_alphabetic) { stemmer.stem(&word).into_owned() } else { word });
        }
    }
    words.join(" ")
}

/// Words, numbers with their points and signs, and the signs that change a number's meaning.
fn words_of(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (place, &letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| letters[place]);
        let after = letters.get(place + 1).copied();
        let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
        let inside = matches!(letter, '.' | ',' | '-' | '/' | ':') && digit(before) && digit(after);
        let sign = letter == '-' && !digit(before) && digit(after);
        if letter.is_alphanumeric() || inside || sign {
            word.push(letter);
        } else if matches!(letter, '\'' | '\u{2019}') {
            // What's and whats are the same word.
        } else {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
            if matches!(letter, '%' | '$' | '€' | '£' | '<' | '>' | '=' | '+' | '!' | '*') {
                words.push(letter.to_string());
            }
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    // Exclamation marks at the end are no negation.
    while words.last().is_some_and(|word| word == "!") {
        words.pop();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silent_words_are_in_order() {
        assert!(SILENT.is_sorted());
    }

    #[test]
    fn the_same_question_has_the_same_key() {
        for (one, other) in [
            ("Café sales?", "cafe SALES"),
            ("What's our total revenue in 2017?", "total revenue in 2017, please!"),
            ("Show me the top 5 stores by sales", "top 5 store by sale"),
        ] {
            assert_eq!(meaning(one), meaning(other));
        }
    }

    #[test]
    fn another_question_has_another_key() {
        for (one, other) in [
            ("top 5 stores", "top 50 stores"),
            ("sales not in Texas", "sales in Texas"),
            ("more than 5%", "more than 5"),
            ("price of 1.5", "price of 15"),
            ("sales above -5", "sales above 5"),
            ("sales in Texas or Ohio", "sales in Texas"),
            ("how many customers", "which customers"),
            ("sales before 2017-03-05", "sales before 2017-05-03"),
            ("amount > 5", "amount < 5"),
            ("sales of category A", "sales of category"),
        ] {
            assert_ne!(meaning(one), meaning(other));
        }
        assert_eq!(meaning("please"), "");
        assert_eq!(meaning("… ??"), "");
    }
}
