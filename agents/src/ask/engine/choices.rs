//! Asking back: what a person may have meant by words that could not be placed, or that mean several things.

use super::things::{spaced, things};
use super::{Engine, Question};
use crate::ask::choice::{self, Choice};
use crate::ask::link::{Target, is_filler};
use crate::ask::memory::Verdict;
use crate::ask::readings::{self, Other};
use crate::ask::words::{lemmas, tokenize};
use crate::ask::{Refusal, Understood};
use crate::compile::compile;
use crate::plan::{Field, Plan};

/// How many words of a question are replaced at a time.
const WORDS: usize = 2;
/// How many replacements of one word are tried.
const TRIED: usize = 6;
/// Words that say how something is asked.
const ASKING: &[&str] = &[
    "ago", "average", "both", "bottom", "by", "count", "each", "every", "how", "least", "less", "long", "many", "mean",
    "more", "most", "much", "not", "often", "per", "percent", "than", "top", "total", "versus", "vs", "when", "where",
    "which", "who", "without",
];
/// Refusals after which another wording may do.
const OPEN: &[&str] = &["ask::words_not_placed", "ask::unclear", "ask::no_question", "ask::not_in_data"];

impl Engine {
    /// Questions that may have been meant by one that was refused: remembered ones that say nearly the same, then the
    /// question itself with other words for those that could not be placed. Each is understood.
    pub(super) fn choices_for(&self, question: &Question, refusal: &Refusal) -> Vec<Choice> {
        if !OPEN.contains(&refusal.code.as_str()) {
            return Vec::new();
        }
        let open = |word: &&String| place(&question.text, word).is_some() && !is_grammar(word);
        let words: Vec<String> = refusal.words.iter().filter(open).take(WORDS).cloned().collect();
        // What is known not to be in the data is no slip of the pen, nor part of another name.
        let known = refusal.code == "ask::not_in_data";
        let wanted = super::nearby::Wanted {
            words: words.clone(),
            by_meaning_only: known,
            question: question.text.clone(),
            questions: self.same_slots(question),
        };
        let found = self.nearby.find(wanted, || things(&self.model, &self.lexicon));
        let mut candidates: Vec<String> = found.questions;
        candidates.extend(self.questions_of(refusal));
        let options: Vec<Vec<String>> = words
            .iter()
            .zip(found.phrases)
            .map(|(word, near)| {
                let mut options = if known { Vec::new() } else { self.lexicon.nearest(word, 3) };
                options.extend(near.into_iter().filter(|phrase| !phrase.eq_ignore_ascii_case(word)));
                options.truncate(TRIED);
                options
            })
            .collect();
        candidates.extend(rewritten(&question.text, &words, &options));
        self.understood(question, candidates, None)
    }

    /// The questions among the suggestions of a refusal: names and values that are spelt like a word are none.
    pub(super) fn questions_of(&self, refusal: &Refusal) -> Vec<String> {
        let near: Vec<String> = refusal.words.iter().flat_map(|word| self.lexicon.nearest(word, 3)).collect();
        refusal.suggestions.iter().filter(|text| text.contains(' ') && !near.contains(text)).cloned().collect()
    }

    /// How else a question can be read that was read as `plan`, where one of its words names several things.
    pub(super) fn choices_beside(&self, question: &Question, plan: &Plan) -> Vec<Choice> {
        let settings = self.settings(question);
        let others = readings::others(&question.text, &question.context, &self.model, &self.lexicon, settings, plan);
        let mut choices: Vec<Choice> = Vec::new();
        for other in &others {
            let says_so = |text: &String| {
                let understood = self.understand(text, question).ok()?;
                (understood.plan == other.plan).then(|| text.clone())
            };
            if let Some(text) = self.named(&question.text, other).iter().find_map(says_so) {
                choices.extend(self.understood(question, vec![text], Some(plan)));
            }
        }
        choices.truncate(choice::MOST);
        choices
    }

    /// The question with a word called by the full name of what it is taken for.
    fn named(&self, question: &str, other: &Other) -> Vec<String> {
        let column = |field: &Field| {
            let table = self.model.tables.iter().find(|table| table.name == field.table);
            let noun = table.and_then(|table| table.extension.entity.as_ref()).map(|entity| entity.singular.clone());
            let name = spaced(&field.name);
            let mut names = vec![name.clone(), format!("{} {name}", spaced(&field.table))];
            names.extend(noun.map(|noun| format!("{noun} {name}")));
            names
        };
        let phrases: Vec<String> = match &other.target {
            // That a place is somebody's name too is no fair meaning.
            Target::Values { field, .. } if super::facts::is_personal(field, &self.model) => Vec::new(),
            // A word out of longer values, such as names of products, is no other thing that was meant.
            Target::Values { values, .. } if values.iter().all(|value| is_part(&other.word, value)) => Vec::new(),
            Target::Values { field, .. } => {
                column(field).into_iter().map(|column| format!("{column} {}", other.word)).collect()
            }
            Target::Dimension(field) | Target::Fact(field) | Target::Time(field) => column(field),
            Target::Metric(name) => vec![spaced(name)],
            Target::Entity(entity) => {
                self.model.entity(entity).map(|found| found.entity.plural.clone()).into_iter().collect()
            }
            _ => Vec::new(),
        };
        phrases.iter().filter_map(|phrase| with(question, &other.word, phrase)).collect()
    }

    /// Those of some questions that are understood and can be reckoned, each with another meaning.
    fn understood(&self, question: &Question, candidates: Vec<String>, not: Option<&Plan>) -> Vec<Choice> {
        let mut plans: Vec<Plan> = not.into_iter().cloned().collect();
        let mut choices = Vec::new();
        for text in candidates {
            if choices.len() == choice::MOST {
                break;
            }
            let meant = self.settled(&text, question).or_else(|| self.understand(&text, question).ok());
            let Some(Understood { plan, interpretation, .. }) = meant else { continue };
            // A word for a measure beside another measure makes two of one that was asked for.
            let shown = plan.measures.iter().filter(|measure| !measure.hidden).count();
            // "Sales by frozen bread" is no breakdown: a value stands where a column was asked for.
            let broken_down = !plan.dimensions.is_empty() || !says_by(&text);
            let fits = (shown < 2 || question.text.contains(" and "))
                && broken_down
                && !plans.contains(&plan)
                && self.personal_data(&plan).is_none()
                && compile(&plan, &self.model, self.warehouse.dialect()).is_ok();
            if fits {
                plans.push(plan);
                choices.push(Choice { question: text, reading: interpretation });
            }
        }
        choices
    }

    /// What a question means that a person settled, or that the model has an answer for.
    fn settled(&self, text: &str, question: &Question) -> Option<Understood> {
        let asked = Question { text: text.to_owned(), ..question.clone() };
        let meaning = self.verified(&asked).or_else(|| self.learned(&asked, &mut Vec::new()))?;
        Some(Understood { plan: meaning.plan, interpretation: meaning.interpretation, notes: meaning.notes })
    }

    /// Questions with an answer that somebody said is right, which name the same numbers, days and values.
    fn same_slots(&self, question: &Question) -> Vec<String> {
        let settings = self.settings(question);
        let slots = |text: &str| readings::slots(text, &self.model, &self.lexicon, settings);
        let wanted = slots(&question.text);
        let verified = self.model.verified_queries.iter().filter(|query| query.extension.plan.is_some());
        let mut all: Vec<String> = verified.map(|query| query.question.clone()).collect();
        let records = self.options.memory.as_ref().and_then(|memory| memory.list().ok()).unwrap_or_default();
        let judged = records.into_iter().rev().filter(|record| record.context.is_empty() && record.verdict.is_some());
        let judged =
            judged.filter(|record| record.plan.is_some() || matches!(record.verdict, Some(Verdict::Corrected { .. })));
        all.extend(judged.map(|record| record.question));
        all.retain(|text| *text != question.text && slots(text) == wanted);
        all
    }
}

/// Whether a question asks for a breakdown.
fn says_by(text: &str) -> bool {
    tokenize(text).iter().any(|token| token.is(&["by"]))
}

/// Whether words are some of a value's, and not all of them.
fn is_part(words: &str, value: &str) -> bool {
    let (words, whole) = (lemmas(words), lemmas(value));
    !words.is_empty() && words.len() < whole.len() && whole.windows(words.len()).any(|part| part == words)
}

/// Whether words say how something is asked and not what: "how many", "by". Another word for them asks something else.
fn is_grammar(words: &str) -> bool {
    tokenize(words).iter().all(|token| is_filler(token) || token.number.is_some() || token.is(ASKING))
}

/// The question with each combination of replacements, those of the nearest words first.
fn rewritten(question: &str, words: &[String], options: &[Vec<String>]) -> Vec<String> {
    match (words, options) {
        ([word], [options]) => options.iter().filter_map(|option| with(question, word, option)).collect(),
        ([one, two], [first, second]) => {
            let joint = format!("{one} {two}");
            let together = first.iter().chain(second).filter_map(|option| with(question, &joint, option));
            let mut all: Vec<String> = together.collect();
            let mut pairs: Vec<(usize, String)> = Vec::new();
            for (rank, option) in first.iter().enumerate() {
                let Some(half) = with(question, one, option) else { continue };
                let whole = second.iter().enumerate();
                pairs.extend(whole.filter_map(|(other, option)| Some((rank + other, with(&half, two, option)?))));
            }
            pairs.sort_by_key(|(rank, _)| *rank);
            all.extend(pairs.into_iter().map(|(_, text)| text));
            all
        }
        _ => Vec::new(),
    }
}

/// The text with a word, or words, replaced where they first stand by themselves.
fn with(text: &str, word: &str, other: &str) -> Option<String> {
    let (from, to) = place(text, word)?;
    Some(format!("{}{other}{}", &text[..from], &text[to..]))
}

/// Where words first stand by themselves in a text, in any case.
fn place(text: &str, word: &str) -> Option<(usize, usize)> {
    if word.is_empty() {
        return None;
    }
    text.char_indices().map(|(at, _)| at).find_map(|at| {
        let end = at + word.len();
        let same = text.get(at..end).is_some_and(|part| part.eq_ignore_ascii_case(word));
        let apart = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
        (same && apart(text[..at].chars().next_back()) && apart(text[end..].chars().next())).then_some((at, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_replaced_where_they_stand_alone() {
        assert_eq!(with("Takings by shop", "takings", "revenue").as_deref(), Some("revenue by shop"));
        assert_eq!(with("age of pages", "age", "income").as_deref(), Some("income of pages"));
        assert_eq!(with("pages", "age", "income"), None);
        assert_eq!(with("Umsatz in Köln", "Köln", "Bonn").as_deref(), Some("Umsatz in Bonn"));
        assert_eq!(with("sales", "", "x"), None);
    }

    #[test]
    fn words_that_say_how_it_is_asked_are_not_replaced() {
        for words in ["how many", "by", "per", "average", "count"] {
            assert!(is_grammar(words), "{words}");
        }
        for words in ["trucks", "colour", "takings"] {
            assert!(!is_grammar(words), "{words}");
        }
    }

    #[test]
    fn a_word_out_of_a_longer_value_is_a_part_of_it() {
        assert!(is_part("digital", "Digital cameras") && is_part("fresh milk", "Low fat fresh milk"));
        assert!(!is_part("digital", "DIGITAL") && !is_part("", "milk") && !is_part("milk", "bread"));
    }

    #[test]
    fn two_words_are_replaced_together_or_each() {
        let options = [vec!["revenue".to_owned()], vec!["stores".to_owned(), "regions".to_owned()]];
        let words = ["takings".to_owned(), "outlets".to_owned()];
        let all = rewritten("takings of outlets", &words, &options);
        assert_eq!(all, ["revenue of stores", "revenue of regions"]);
        let all = rewritten("takings outlets in May", &words, &options);
        assert_eq!(all[0], "revenue in May");
    }
}
