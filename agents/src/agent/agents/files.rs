//! Files that a task wants loaded: agents read none, and say how it is done.

use super::super::{Failure, Words};

/// Words that such a task begins with.
const VERBS: &[&str] = &["import", "ingest", "load", "open", "read", "upload"];
/// The endings of files with tables.
const ENDINGS: &[&str] =
    &["arrow", "avro", "csv", "feather", "ipc", "json", "jsonl", "ndjson", "parquet", "tsv", "txt", "xls", "xlsx"];

/// A file that is to be a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The file as it was written; none when the task only speaks of one.
    file: Option<String>,
    /// What the table is to be called.
    name: Option<String>,
}

/// Whether a task wants a file loaded.
pub(super) fn meant(words: &Words) -> bool {
    let named = words.list().iter().any(|word| is_file(word));
    words.starts(VERBS) && (named || words.any(&["file", "files", "csv", "parquet", "spreadsheet"]))
}

/// The file that a task wants loaded.
pub(super) fn wanted(text: &str) -> Option<Wanted> {
    if !meant(&Words::of(text)) {
        return None;
    }
    let bare = |word: &str| -> String {
        let quotes = ['"', '\'', '`', '“', '”', '‘', '’'];
        word.trim_matches(quotes).trim_end_matches([',', ';', ':', '!', '?', '.']).trim_matches(quotes).to_owned()
    };
    let said: Vec<String> = text.split_whitespace().map(bare).collect();
    let at = said.iter().position(|word| is_file(word));
    let naming = |word: &String| matches!(word.to_lowercase().as_str(), "as" | "called" | "named");
    let name = said.iter().rposition(naming).filter(|place| at.is_none_or(|at| *place > at));
    let name =
        name.and_then(|place| said[place + 1..].iter().find(|word| !matches!(word.as_str(), "a" | "an" | "the")));
    let plain = |name: &&String| name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    Some(Wanted { file: at.map(|at| said[at].clone()), name: name.filter(plain).cloned() })
}

/// Whether a word is the name of a file with a table.
fn is_file(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && ENDINGS.contains(&end.to_lowercase().as_str()))
}

impl Wanted {
    /// Why it is not done, and what to do instead.
    pub(super) fn refused(&self) -> Failure {
        let file = self.file.as_deref().unwrap_or("FILE");
        // A path with a blank is one word in quotes.
        let file = if file.contains(' ') { format!("'{file}'") } else { file.to_owned() };
        let name = self.name.as_ref().map(|name| format!(" --as {name}")).unwrap_or_default();
        let help = format!(
            "Load it with %load {file}{name} in the notebook, or give it to synthbook agent with --data {file}."
        );
        let what = self.file.as_deref().unwrap_or("a file");
        Failure::new("agents::file", format!("Agents read no files, so {what} was not loaded"), help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(Option<String>, Option<String>)> {
        wanted(text).map(|wanted| (wanted.file, wanted.name))
    }

    #[test]
    fn a_file_and_its_name_are_found() {
        let both = |file: &str, name: &str| Some((Some(file.to_owned()), Some(name.to_owned())));
        assert_eq!(parts("load the file data/Sales.csv as orders"), both("data/Sales.csv", "orders"));
        assert_eq!(parts("please import \"people.parquet\" as the guests."), both("people.parquet", "guests"));
        assert_eq!(parts("Load people.csv"), Some((Some("people.csv".to_owned()), None)));
        assert_eq!(parts("load a file"), Some((None, None)));
    }

    #[test]
    fn other_loads_are_none() {
        for text in
            ["load the warehouse", "reload the data", "how did the last load go?", "read the tables", "sales.csv"]
        {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn the_help_is_the_command() {
        let failure = wanted("load x.csv as y").unwrap().refused();
        assert_eq!(failure.code, "agents::file");
        assert!(failure.help.unwrap().contains("%load x.csv --as y"));
    }
}
