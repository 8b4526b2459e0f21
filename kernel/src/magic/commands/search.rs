//! `%search`: finds texts of the indexes by meaning and by words.

use polars::prelude::{AnyValue, DataFrame, NamedFrom, PlSmallStr, Series};
use serde_json::Value;
use synthbook_agents::vectors::{Filter, Mode, SearchHit, SearchRequest, parse_filter};

use super::index::unknown;
use crate::display::{TableOptions, table_bundle};
use crate::error::KernelError;
use crate::indexes;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct Search;

const SPEC: MagicSpec = MagicSpec {
    name: "search",
    kind: MagicKind::Line,
    summary: "Finds texts of the search indexes by meaning and by words.",
    arguments: &[
        Argument::required("QUERY…", ValueKind::Words, "What to look for, in any words."),
        Argument::optional("--in|-i", ValueKind::Index, "The index; all of them without it."),
        Argument::optional(
            "--where|-w",
            ValueKind::Text,
            "A condition on what goes along with the texts, as in SQL: \"price < 3 AND brand = 'Private'\".",
        ),
        Argument::optional(
            "--mode|-m",
            ValueKind::Choice(&["hybrid", "dense", "sparse", "late-interaction"]),
            "By meaning and words (hybrid, without it), by meaning only, by words only, or word by word.",
        ),
        Argument::optional("--limit|-k", ValueKind::Integer, "How many to show at most; 10 without it."),
        Argument::optional("--as", ValueKind::NewFrame, "Keeps what was found as a frame too."),
    ],
    examples: &[
        "%index people --text city --model words\n%search Rome --in people -k 3",
        "%index people --text city --model words\n%search Oslo --where \"age > 30\" --mode sparse --as found",
    ],
};

/// The most texts that are shown.
const MOST: usize = 1000;

impl Magic for Search {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let paths = context.session.paths();
        let names = indexes::names(paths);
        let chosen = match arguments.get("--in|-i") {
            Some(word) if names.contains(&word.text) => vec![word.text.clone()],
            Some(word) => return Err(unknown(&word.text, &names).at(word.span.clone())),
            None if names.is_empty() => return Err(unknown("to search", &names).at(call.name_span.clone())),
            None => names,
        };
        let words: Vec<&str> = arguments.all("QUERY…").into_iter().map(|word| word.text.as_str()).collect();
        let request = SearchRequest {
            text: words.join(" "),
            mode: arguments.text("--mode|-m").and_then(Mode::from_name).unwrap_or_default(),
            filter: filter(&arguments)?,
            limit: arguments.integer("--limit|-k")?.unwrap_or(10).clamp(1, MOST),
        };
        let bar = context.progress("Searching");
        let mut found = Vec::new();
        for name in &chosen {
            context.check()?;
            let index = context.session.embedders().open(name, paths, &bar.handle());
            let hits = index.and_then(|index| index.search(&request).map_err(KernelError::foreign));
            match hits {
                Ok(hits) => found.push((name.clone(), hits)),
                Err(error) if chosen.len() == 1 => return Err(error),
                Err(error) => context.say(&format!("note: {name} was left out: {error}")),
            }
        }
        let table = table(&merged(found, request.limit))?;
        if table.height() == 0 {
            context.say("Nothing was found");
            return Ok(());
        }
        if let Some(name) = arguments.text("--as") {
            context.session.frames.publish(name, &table, &call.title())?;
        }
        let options = TableOptions { rows: MOST, quotes: false, text: 120, ..context.session.settings().table() };
        context.out.display(table_bundle(&table, &options));
        Ok(())
    }
}

fn filter(arguments: &Arguments) -> Result<Option<Filter>, KernelError> {
    let read = |word: &crate::magic::Word| {
        parse_filter(&word.text).map_err(|error| KernelError::foreign(error).at(word.span.clone()))
    };
    arguments.get("--where|-w").map(read).transpose()
}

/// Scores of different indexes can't be compared, so their hits are taken by turns, by rank.
fn merged(found: Vec<(String, Vec<SearchHit>)>, limit: usize) -> Vec<(String, SearchHit)> {
    let mut ranked: Vec<(usize, usize, String, SearchHit)> = Vec::new();
    for (order, (name, hits)) in found.into_iter().enumerate() {
        ranked.extend(hits.into_iter().enumerate().map(|(rank, hit)| (rank, order, name.clone(), hit)));
    }
    ranked.sort_by_key(|(rank, order, ..)| (*rank, *order));
    ranked.into_iter().take(limit).map(|(_, _, name, hit)| (name, hit)).collect()
}

/// What was found as a table: the text, its score, where it is, and what goes along with it.
fn table(hits: &[(String, SearchHit)]) -> Result<DataFrame, KernelError> {
    let mut fields: Vec<&String> = Vec::new();
    for (_, hit) in hits {
        for field in hit.payload.keys() {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
    }
    let texts: Vec<&str> = hits.iter().map(|(_, hit)| hit.text.as_str()).collect();
    let scores: Vec<f64> = hits.iter().map(|(_, hit)| (f64::from(hit.score) * 10_000.0).round() / 10_000.0).collect();
    let indexes: Vec<&str> = hits.iter().map(|(name, _)| name.as_str()).collect();
    let keys: Vec<&str> = hits.iter().map(|(_, hit)| hit.key.as_str()).collect();
    let mut columns = vec![
        Series::new("text".into(), texts).into(),
        Series::new("score".into(), scores).into(),
        Series::new("index".into(), indexes).into(),
        Series::new("key".into(), keys).into(),
    ];
    for field in fields {
        let name = if ["text", "score", "index", "key"].contains(&field.as_str()) {
            format!("{field}_")
        } else {
            field.clone()
        };
        let values: Vec<AnyValue<'_>> =
            hits.iter().map(|(_, hit)| hit.payload.get(field).map_or(AnyValue::Null, value)).collect();
        let series = Series::from_any_values(PlSmallStr::from_str(&name), &values, false)?;
        columns.push(series.into());
    }
    Ok(DataFrame::new(hits.len(), columns)?)
}

fn value(value: &Value) -> AnyValue<'_> {
    match value {
        Value::Null => AnyValue::Null,
        Value::Bool(flag) => AnyValue::Boolean(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => AnyValue::Int64(whole),
            (None, Some(number)) => AnyValue::Float64(number),
            (None, None) => AnyValue::Null,
        },
        Value::String(text) => AnyValue::String(text),
        other => AnyValue::StringOwned(other.to_string().into()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn rows_are_found_filtered_and_kept() {
        let kernel = TestSession::with_examples();
        let made = kernel.text("%index people --text city --model words");
        assert!(made.contains("60 texts, 60 new"), "{made}");
        assert!(kernel.text("%index people --text city").contains("60 texts;"), "nothing has changed");
        let found = kernel.text("%search Rome -k 5 --where \"age > 40\" --as found");
        assert!(found.contains("Rome") && !found.contains("Oslo"), "{found}");
        let ages = kernel.text("%sql SELECT count(*) FILTER (age <= 40) AS young, count(*) AS n FROM found");
        assert!(ages.contains('5') && ages.contains('0'), "{ages}");
        assert!(kernel.text("%index").contains("hashed-words"));
        assert!(kernel.text("%search xyzzy --mode sparse").contains("Nothing was found"));
    }

    #[test]
    fn schemas_and_cells_are_found() {
        let kernel = TestSession::with_examples();
        let _ = kernel.text("%index tables --schema --model words");
        assert!(kernel.text("%search income --in tables -k 1").contains("people"));
        let _ = kernel.text("let violet = 1;");
        let _ = kernel.text("%index past --cells --model words");
        assert!(kernel.text("%search violet --in past -k 1").contains("let violet"));
    }

    #[test]
    fn mistakes_are_coded_and_placed() {
        let kernel = TestSession::with_examples();
        assert_eq!(kernel.error("%search x").ename, "magic::unknown_name");
        let _ = kernel.text("%index people --text city --model words");
        for (cell, code) in [
            ("%search", "magic::missing_argument"),
            ("%search x --in poeple", "magic::unknown_name"),
            ("%search x --where \"age >\"", "vectors::filter"),
            ("%index people", "magic::usage"),
            ("%index people --text city --schema", "magic::usage"),
            ("%index people --text citty", "frames::unknown_column"),
            ("%index poeple --text city", "frames::unknown"),
            ("%index people --text age --model words", "vectors::document"),
            ("%index nothing --drop", "magic::unknown_name"),
        ] {
            let error = kernel.error(cell);
            assert_eq!(error.ename, code, "{cell}: {}", error.traceback.join("\n"));
            assert!(error.traceback.join("\n").contains('^'), "{cell}");
        }
        let missing = kernel.error("%index other --from people --text city");
        assert!(missing.traceback.join("\n").contains("synthbook models pull"), "{}", missing.traceback.join("\n"));
    }
}
