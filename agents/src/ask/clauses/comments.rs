//! What the comment of a column calls it: "data volume in MB", "year of discovery", "type of object".

use std::collections::BTreeSet;

use super::vocabulary::GLUE;
use crate::ask::words::lemmas;

/// Words of comments that say more than a name.
const TELLING: [&str; 40] = [
    "which",
    "who",
    "that",
    "where",
    "when",
    "whether",
    "whose",
    "possible",
    "null",
    "unique",
    "identifier",
    "foreign",
    "indicate",
    "indicates",
    "id",
    "reference",
    "referencing",
    "key",
    "true",
    "false",
    "is",
    "are",
    "was",
    "were",
    "if",
    "or",
    "and",
    "to",
    "by",
    "with",
    "from",
    "given",
    "used",
    "yyyy",
    "mm",
    "see",
    "e",
    "maximum",
    "minimum",
    "average",
];
/// Words that end the name in a comment.
const ENDS: [&str; 6] = ["in", "as", "per", "since", "since_when", "until"];
/// The longest name that is taken from a comment.
const LONGEST: usize = 4;

/// The names that a comment gives its column, as lemmas without the little words between; `own` are the words of its table.
pub(super) fn names(comment: &str, own: &BTreeSet<String>) -> Vec<Vec<String>> {
    let head = comment.split(['.', ',', ';', ':', '(', '-', '/', '\'', '`']).next().unwrap_or_default().trim();
    if head.is_empty() || head.chars().any(|c| c.is_ascii_digit()) {
        return Vec::new();
    }
    let words = lemmas(head);
    let end = words.iter().skip(1).position(|word| ENDS.contains(&word.as_str())).map_or(words.len(), |at| at + 1);
    let words = &words[..end];
    if words.iter().any(|word| TELLING.contains(&word.as_str())) {
        return Vec::new();
    }
    let plain = |part: &[String]| -> Vec<String> {
        part.iter().filter(|word| !GLUE.contains(&word.as_str()) && *word != "each").cloned().collect()
    };
    let mut found = vec![plain(words)];
    if let [front, back] = words.split(|word| word == "of").collect::<Vec<_>>().as_slice() {
        let (front, back) = (plain(front), plain(back));
        found.push([back.clone(), front.clone()].concat());
        if !back.is_empty() && back.iter().all(|word| own.contains(word)) {
            found.push(front);
        }
    }
    found.retain(|name| !name.is_empty() && name.len() <= LONGEST && name.iter().any(|word| word.len() > 3));
    found.dedup();
    found
}

/// Words for what a flag denies: private, of "true for business customers, false for private ones".
pub(super) fn denied(comment: &str) -> Vec<String> {
    let lower = comment.to_lowercase();
    let fronts =
        ["false for ", "false if ", "false when ", "false means ", "false = ", "0 for ", "0 = ", "n = ", "no = "];
    let Some(said) = fronts.iter().find_map(|front| lower.split_once(front).map(|(_, said)| said)) else {
        return Vec::new();
    };
    let words = lemmas(said.split([',', ';', '.', ')']).next().unwrap_or_default());
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [one] | [one, "one"] if one.len() > 3 => vec![(*one).to_owned()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_name_their_columns() {
        assert_eq!(denied("true for business customers, false for private ones"), ["private"]);
        assert!(denied("false if the plan is not known").is_empty());
        let own = BTreeSet::from(["call".to_owned()]);
        let names = |comment: &str| names(comment, &own).iter().map(|name| name.join(" ")).collect::<Vec<_>>();
        assert_eq!(names("data volume in MB"), ["data volume"]);
        assert_eq!(names("The year of discovery"), ["year discovery", "discovery year"]);
        assert_eq!(names("Duration of a call in seconds"), ["duration call", "call duration", "duration"]);
        for comment in
            ["possible values: a, b", "ID of the member", "Whether it is open", "YYYY-MM-DD", "NULL if open", ""]
        {
            assert!(names(comment).is_empty(), "{comment}");
        }
    }
}
