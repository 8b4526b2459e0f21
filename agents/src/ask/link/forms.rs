//! The words of names, and the forms in which each may be said.

use crate::ask::words::{fold, stem};

/// Other forms of words in names.
const FORMS: &[(&str, &[&str])] = &[
    ("number", &["num", "no", "count", "nr"]),
    ("count", &["cnt", "number"]),
    ("amount", &["amt"]),
    ("quantity", &["qty"]),
    ("transaction", &["tx", "txn"]),
    ("date", &["dt", "day"]),
    ("description", &["desc"]),
    ("department", &["dept"]),
    ("identifier", &["id"]),
    ("grade point average", &["gpa"]),
    ("average", &["avg", "mean"]),
    ("maximum", &["max"]),
    ("minimum", &["min", "minute"]),
    ("telephone", &["phone"]),
    ("birth", &["born"]),
    ("zip", &["postal"]),
    ("currency", &["ccy"]),
    ("category", &["type", "kind"]),
    ("type", &["kind"]),
    ("close", &["closing"]),
    ("close", &["closest"]),
    ("open", &["opening"]),
    ("gender", &["sex"]),
    ("medication", &["meds"]),
];

/// Units that a name may end in, and how they are said.
pub(super) const UNITS: &[(&str, &[&str])] = &[
    ("cm", &["centimeter", "centimetre", "cm"]),
    ("kg", &["kilogram", "kilo", "kg"]),
    ("km", &["kilometer", "kilometre", "km"]),
    ("m", &["meter", "metre"]),
    ("mm", &["millimeter", "millimetre", "mm"]),
    ("lb", &["pound", "lb"]),
    ("lbs", &["pound", "lb"]),
    ("g", &["gram"]),
    ("mg", &["milligram", "mg"]),
    ("ml", &["milliliter", "ml"]),
    ("usd", &["dollar", "usd"]),
    ("eur", &["euro", "eur"]),
    ("pct", &["percent"]),
    ("hours", &["hour"]),
    ("hrs", &["hour"]),
    ("minutes", &["minute"]),
    ("mins", &["minute"]),
    ("seconds", &["second"]),
    ("secs", &["second"]),
    ("ms", &["millisecond"]),
    ("days", &["day"]),
    ("ha", &["hectare", "ha"]),
    ("t", &["tonne", "ton"]),
    ("l", &["liter", "litre"]),
    ("kwh", &["kwh", "kilowatt"]),
    ("ft", &["foot", "feet", "ft"]),
    ("mi", &["mile", "mi"]),
    ("acres", &["acre"]),
    ("hectares", &["hectare"]),
    ("gbp", &["pound", "gbp"]),
    ("chf", &["franc", "chf"]),
    ("percent", &["percent", "percentage"]),
    ("sqft", &["square", "foot", "feet"]),
    ("sqm", &["square", "meter"]),
    ("sqkm", &["square", "kilometer"]),
];

/// The words of a name: letters and digits apart, glued ones too.
pub(super) fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for letter in fold(&super::nouns::spaced(name)).chars() {
        let apart = before.is_none_or(|last| last.is_ascii_digit() != letter.is_ascii_digit());
        if !letter.is_alphanumeric() {
            before = None;
            continue;
        }
        if apart {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter);
        }
        before = Some(letter);
    }
    words.into_iter().flat_map(|word| unglued(&word)).collect()
}

/// `firstname` is two words.
fn unglued(word: &str) -> Vec<String> {
    const FRONTS: &[&str] = &["first", "last", "full", "middle", "user", "family", "file", "nick", "sur"];
    for front in FRONTS {
        if let Some(rest) = word.strip_prefix(front)
            && rest == "name"
        {
            return vec![(*front).to_owned(), rest.to_owned()];
        }
    }
    vec![word.to_owned()]
}

/// The same with the word itself before its stems: things are nouns, and "offer" is no offering.
pub(super) fn typed_forms(words: &[String]) -> Vec<Vec<String>> {
    forms_of(words)
        .into_iter()
        .zip(words)
        .map(|(forms, word)| std::iter::once(crate::ask::words::lemma(word)).chain(forms).collect())
        .collect()
}

/// Each word as the stems in which it may be said.
pub(super) fn forms_of(words: &[String]) -> Vec<Vec<String>> {
    words
        .iter()
        .map(|word| {
            // The key of a domain is no form of "to do".
            let short = word.len() <= 4 && word.ends_with("id");
            let mut forms = vec![if short { word.clone() } else { stem(word) }];
            for (long, short) in FORMS {
                if long == word {
                    forms.extend(short.iter().map(|form| stem(form)));
                }
                if short.contains(&word.as_str()) {
                    forms.push(stem(long));
                }
            }
            if let Some((_, said)) = UNITS.iter().find(|(unit, _)| unit == word) {
                forms.extend(said.iter().map(|form| stem(form)));
            }
            forms.dedup();
            forms
        })
        .collect()
}
