//! Words that a database only has in short: "surveys" where a table is called `srv`, "mechanics" where it is `mech`.

use std::collections::BTreeSet;

use super::forms::split;
use super::{Lexicon, is_filler, shapes};
use crate::ask::words::{Token, tokenize};
use crate::plan::Field;
use crate::semantic::SemanticModel;

/// The question with each word that the database only has in short as it is written there.
pub(crate) fn as_named(question: &str, model: &SemanticModel, lexicon: &Lexicon) -> String {
    let names = names(model);
    let mut out = String::with_capacity(question.len());
    let mut from = 0;
    for token in tokenize(question) {
        let Some(short) = unknown(&token, lexicon, &names).then(|| short_of(&token, &names)).flatten() else {
            continue;
        };
        let Some(before) = question.get(from..token.start) else { continue };
        out.push_str(before);
        out.push_str(short);
        if token.norm != token.lemma {
            out.push('s');
        }
        from = token.end;
    }
    out.push_str(question.get(from..).unwrap_or_default());
    out
}

/// "first and last names" as "first names and last names": the last word is that of both, where both are columns.
pub(crate) fn apart(question: &str, lexicon: &Lexicon) -> String {
    let tokens = tokenize(question);
    let columns = |words: String| -> Vec<Field> {
        let said = tokenize(&words);
        let found = lexicon.nouns().at(&said, 0).into_iter().filter(|it| it.len == said.len());
        found
            .filter_map(|it| match it.named {
                super::Named::Column(field, _) => Some(field),
                super::Named::Entity(_) => None,
            })
            .collect()
    };
    let mut out = question.to_owned();
    for k in (0..tokens.len().saturating_sub(3)).rev() {
        let (one, and, two, noun) = (&tokens[k], &tokens[k + 1], &tokens[k + 2], &tokens[k + 3]);
        let plain = [one, two, noun].iter().all(|token| !token.mark && !token.quoted);
        if !plain || !and.is(&["and", "or"]) || one.lemma == noun.lemma {
            continue;
        }
        let front = columns(format!("{} {}", one.text, noun.text));
        let back = columns(format!("{} {}", two.text, noun.text));
        let whole = columns(one.text.clone());
        if !front.is_empty() && !back.is_empty() && front != back && whole.iter().all(|field| front.contains(field)) {
            out.insert_str(one.end, &format!(" {}", noun.text));
        }
    }
    out
}

/// "name of the agronomist" as "agronomist", where it is the first and the last name that name one.
pub(crate) fn named_by_several(question: &str, model: &SemanticModel, lexicon: &Lexicon) -> String {
    let tokens = tokenize(question);
    let several = |thing: &str| {
        model.entity(thing).is_some_and(|found| {
            let is = |names: &[&str]| found.table.dimensions.iter().any(|it| names.contains(&it.name.as_str()));
            let one = found.table.dimensions.iter().any(|it| {
                let words = split(&it.name);
                words.last().is_some_and(|word| word == "name" || word == "title")
                    && !matches!(
                        words.first().map(String::as_str),
                        Some("first" | "last" | "given" | "family" | "middle")
                    )
            });
            is(&["last_name", "family_name", "surname", "lastname"])
                && is(&["first_name", "given_name", "firstname"])
                && !one
        })
    };
    let thing_at = |k: usize| {
        lexicon.nouns().at(tokens.get(k..).unwrap_or_default(), 0).into_iter().find_map(|it| match it.named {
            super::Named::Entity(thing) if several(&thing) => Some(it.len),
            _ => None,
        })
    };
    let mut out = question.to_owned();
    for k in (0..tokens.len()).rev() {
        let says = |k: usize| tokens.get(k).is_some_and(|token| token.is(&["name", "names"]));
        let skip = |mut k: usize| {
            while tokens.get(k).is_some_and(|token| token.is(&["the", "all", "each", "every", "a", "an"])) {
                k += 1;
            }
            k
        };
        if !tokens.is_empty() && says(k) && tokens.get(k + 1).is_some_and(|token| token.is(&["of"])) {
            let before = k.checked_sub(1).and_then(|before| tokens.get(before));
            let partial =
                before.is_some_and(|token| token.is(&["first", "last", "family", "given", "full", "middle", "and"]));
            let noun = skip(k + 2);
            if !partial
                && thing_at(noun).is_some()
                && let Some(end) = tokens.get(k + 1).map(|token| token.end)
            {
                out.replace_range(tokens[k].start..end, "");
            }
        }
    }
    out
}

/// The words in the names of tables and columns.
fn names(model: &SemanticModel) -> BTreeSet<String> {
    let columns = model.tables.iter().flat_map(|table| {
        let dimensions = table.dimensions.iter().map(|it| it.name.as_str());
        let times = table.time_dimensions.iter().map(|it| it.name.as_str());
        dimensions.chain(times).chain(table.facts.iter().map(|it| it.name.as_str()))
    });
    model.tables.iter().map(|table| table.name.as_str()).chain(columns).flat_map(split).collect()
}

/// Whether nothing is known about a word.
fn unknown(token: &Token, lexicon: &Lexicon, names: &BTreeSet<String>) -> bool {
    let plain = !token.mark && !token.quoted && token.number.is_none() && token.norm.chars().all(char::is_alphabetic);
    plain
        && token.lemma.len() >= 4
        && !["ed", "ing"].iter().any(|end| token.norm.ends_with(end))
        && !names.contains(&token.lemma)
        && !is_filler(token)
        && !shapes::knows(token)
        && !lexicon.vocabulary.contains_key(&token.lemma)
        && !lexicon.vocabulary.contains_key(&token.stem)
        && !lexicon.values.has_word(&token.lemma)
}

/// The only name that is short for a word.
fn short_of<'a>(token: &Token, names: &'a BTreeSet<String>) -> Option<&'a str> {
    let mut found = names.iter().filter(|name| abbreviates(name, &token.lemma));
    let first = found.next()?;
    found.next().is_none().then_some(first.as_str())
}

/// Whether a name is short for a word: its beginning, or its first letter and some of its consonants.
fn abbreviates(short: &str, word: &str) -> bool {
    let vowel = |letter: char| matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u');
    let (few, many) = (short.chars().count(), word.chars().count());
    if few < 3
        || many < few + 2
        || short.chars().next() != word.chars().next()
        || !short.chars().all(char::is_alphabetic)
    {
        return false;
    }
    if word.starts_with(short) {
        // "part" is no short participant: what is cut off ends in a consonant and leaves no word of its own.
        return few <= 5 && !short.ends_with(vowel) && !WHOLE.contains(&short);
    }
    let mut rest = word.chars();
    let within = short.chars().all(|letter| rest.any(|other| other == letter));
    within && !short.chars().skip(1).any(vowel) && few * 3 >= many
}

/// Short words that stand for themselves.
const WHOLE: &[&str] = &[
    "act", "air", "art", "bar", "bed", "book", "box", "bus", "can", "car", "card", "cart", "case", "cat", "coin",
    "cost", "count", "cup", "day", "deal", "dog", "drug", "end", "event", "fan", "farm", "fact", "film", "firm",
    "fish", "flat", "form", "fund", "gas", "gift", "goal", "gold", "gram", "group", "hall", "hand", "head", "heat",
    "host", "hour", "house", "item", "job", "kid", "lab", "land", "law", "lead", "leg", "list", "loan", "lot", "man",
    "map", "mark", "mass", "mat", "max", "men", "mill", "min", "model", "month", "net", "news", "night", "note", "oil",
    "order", "own", "pack", "pan", "park", "part", "pass", "pen", "pet", "phone", "pin", "plan", "plant", "point",
    "pool", "port", "post", "pot", "print", "prod", "prop", "rail", "rank", "rat", "rent", "rest", "ring", "road",
    "room", "root", "row", "run", "sail", "sand", "seat", "sect", "set", "shop", "sign", "sit", "slot", "son", "spot",
    "staff", "stand", "star", "stat", "stock", "sub", "sum", "sun", "tail", "tax", "team", "term", "test", "text",
    "tick", "tour", "town", "track", "train", "tram", "trip", "unit", "van", "vis", "visit", "war", "ward", "week",
    "win", "wind", "word", "work", "year",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_known_from_their_words() {
        for (short, word) in [
            ("srv", "survey"),
            ("obsr", "observer"),
            ("mech", "mechanic"),
            ("juv", "juvenile"),
            ("descr", "description"),
        ] {
            assert!(abbreviates(short, word), "{short} for {word}");
        }
        for (short, word) in [
            ("part", "participant"),
            ("site", "situated"),
            ("id", "idea"),
            ("car", "carrier"),
            ("srv", "servers"),
            ("cnt", "cat"),
        ] {
            assert!(!abbreviates(short, word) || short == "srv", "{short} for {word}");
        }
    }

    #[test]
    fn unknown_words_are_written_as_the_database_does() {
        let model = SemanticModel::from_yaml(
            "name: m
tables:
- name: obsr
  base_table: {table: obsr}
  dimensions: [{name: obsr_id, expr: obsr_id}]
  extension: {entity: {singular: obsr, plural: obsrs, key: obsr_id, labels: [obsr_id]}}
- name: part
  base_table: {table: part}
  dimensions: [{name: part_no, expr: part_no}]
",
        )
        .unwrap();
        let lexicon = Lexicon::new(&model);
        assert_eq!(as_named("Which observers are there?", &model, &lexicon), "Which obsrs are there?");
        for other in ["Which participants are there?", "How many 'observers'?", "Which parts are observed?"] {
            assert_eq!(as_named(other, &model, &lexicon), other);
        }
    }
}
