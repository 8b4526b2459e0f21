//! The data card: what a table is, how it was made, how close it came, what it gives away and what it is not for.
//!
//! After Gebru et al., Datasheets for Datasets (2021), and Pushkarna et al., Data Cards (2022). The Markdown begins with
//! the header by which data set libraries find the three parts.

use std::fmt::Write as _;

use polars::prelude::DataFrame;
use serde_json::{Value, json};

use super::{Package, PackagedFile};
use crate::{Family, FoundRule, MetricReport, Report};

/// What is said of a data set, for people and for programs.
#[derive(Debug, Clone, PartialEq)]
pub struct Card(Value);

impl Card {
    /// The card of a package with these files.
    pub(super) fn of(
        package: &Package<'_>,
        report: Option<&Report>,
        rules: &[FoundRule],
        files: &[PackagedFile],
    ) -> Self {
        let columns: Vec<Value> = package
            .metadata
            .columns()
            .map(|(name, about)| json!({ "name": name, "kind": about.kind.name() }))
            .collect();
        let files: Vec<Value> = files
            .iter()
            .map(|file| json!({ "name": file.name, "rows": file.rows, "bytes": file.bytes, "sha256": file.sha256 }))
            .collect();
        let shares = package.shares;
        Self(json!({
            "name": package.name,
            "made_by": format!("Synthbook {}", env!("CARGO_PKG_VERSION")),
            "rows": package.table.height(),
            "columns": columns,
            "target": package.target,
            "split": { "train": shares.train, "validation": shares.validation, "test": shares.test },
            "origin": package.origin,
            "sample": { "seed": package.sample_seed, "condition": package.condition },
            "rules": rules,
            "verdict": report.map(|report| report.verdict().to_string()),
            "quality": report.map(|report| &report.quality),
            "metrics": report.map_or_else(Vec::new, |report| report.metrics.iter().map(metric).collect()),
            "holdout_rows": package.holdout.map(DataFrame::height),
            "limits": limits(package, rules),
            "intended_use": intended_use(package),
            "files": files,
        }))
    }

    /// The card as a JSON document.
    #[must_use]
    pub fn to_json(&self) -> &Value {
        &self.0
    }

    /// The card as Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let card = &self.0;
        let mut text = String::from("---\nconfigs:\n- config_name: default\n  data_files:\n");
        for part in ["train", "validation", "test"] {
            let _ = writeln!(text, "  - split: {part}\n    path: {part}.parquet");
        }
        let what = if card["origin"].is_null() {
            "A table that was packaged as synthetic; how its rows were made is not known to this card."
        } else {
            "Synthetic data: every row was drawn from a model, none was taken from the real table."
        };
        let (rows, width) = (&card["rows"], list(&card["columns"]).len());
        let _ = write!(text, "---\n\n# {}\n\n{what} {rows} rows, {width} columns.\n", plain(&card["name"]));
        made(&mut text, card);
        notes(&mut text, card);
        files(&mut text, card);
        columns(&mut text, card);
        scores(&mut text, card);
        kept(&mut text, card);
        text.push_str("\n## Limits\n\n");
        for limit in list(&card["limits"]) {
            let _ = writeln!(text, "- {}", plain(limit));
        }
        let _ = write!(text, "\n## Intended use\n\n{}\n", plain(&card["intended_use"]));
        text
    }
}

fn metric(report: &MetricReport) -> Value {
    json!({
        "name": report.spec.name,
        "about": report.spec.about,
        "family": report.spec.family.name(),
        "goal": report.spec.goal,
        "mean": report.mean,
        "baseline": report.baseline,
        "floor": report.floor,
        "grade": report.grade,
        "scores": report.scores.len(),
    })
}

/// What a reader must not take the data for.
fn limits(package: &Package<'_>, rules: &[FoundRule]) -> Vec<String> {
    let mut limits = Vec::new();
    if let Some(origin) = package.origin.filter(|origin| origin.is_partial()) {
        limits.push(format!(
            "The model was fitted on {} rows, evenly spread by its seed, of the {} rows of the source.",
            origin.fitted_rows, origin.source_rows
        ));
    }
    if package.origin.is_none() {
        limits.push("How the table was made is not known to this card.".to_owned());
    }
    let unknown = match (package.real, package.holdout) {
        (None, _) => Some("It was not compared with real data: neither its quality nor its privacy is known."),
        (Some(_), None) => Some("It was compared without real rows kept back, so privacy was not measured by them."),
        _ => None,
    };
    limits.extend(unknown.map(str::to_owned));
    let broken = rules.iter().filter(|rule| rule.violations > 0).count();
    if broken > 0 {
        limits.push(format!("Some rows break {broken} of the rules that the real table keeps to."));
    }
    if let Some(condition) = &package.condition {
        limits.push(format!("Every row satisfies {condition}: the table says nothing of other rows."));
    }
    limits.push("It repeats what the real table says, its errors and its unfairness included.".to_owned());
    limits.push("The test part is synthetic as well: judge a finished model on real rows.".to_owned());
    limits.push("Privacy is measured here, not proven: no bound of differential privacy is claimed.".to_owned());
    limits
}

fn intended_use(package: &Package<'_>) -> String {
    package.intended_use.clone().unwrap_or_else(|| match package.target {
        Some(target) => format!("Training models that predict {target}, in place of the real table or beside it."),
        None => "Developing and testing software and models in place of the real table.".to_owned(),
    })
}

fn made(text: &mut String, card: &Value) {
    text.push_str("\n## How it was made\n\n| | |\n| --- | --- |\n");
    let _ = writeln!(text, "| made by | {} |", plain(&card["made_by"]));
    let origin = &card["origin"];
    if !origin.is_null() {
        let rows = (&origin["fitted_rows"], &origin["source_rows"]);
        let _ = writeln!(text, "| source | {} |", cell(&origin["source"]));
        let _ = writeln!(text, "| fitted on | {} of {} rows |", rows.0, rows.1);
        let (method, fitted) = (cell(&origin["method"]), cell(&origin["synthesizer"]));
        let chosen = if fitted.is_empty() || fitted == method { method } else { format!("{fitted}, by {method}") };
        let _ = writeln!(text, "| method | {chosen} |");
        let settings: Vec<String> = origin["settings"]
            .as_object()
            .map(|all| all.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect())
            .unwrap_or_default();
        let settings = if settings.is_empty() { "the defaults".to_owned() } else { settings.join(", ") };
        let _ = writeln!(text, "| settings | {} |", escape(&settings));
        let _ = writeln!(text, "| seed of the fit | {} |", origin["seed"]);
    }
    let sample = &card["sample"];
    if !sample["seed"].is_null() {
        let _ = writeln!(text, "| seed of the sample | {} |", sample["seed"]);
    }
    if !sample["condition"].is_null() {
        let _ = writeln!(text, "| condition | {} |", cell(&sample["condition"]));
    }
    if !card["target"].is_null() {
        let _ = writeln!(text, "| target | {} |", cell(&card["target"]));
    }
}

/// What was worth knowing about the fit.
fn notes(text: &mut String, card: &Value) {
    let notes = list(&card["origin"]["notes"]);
    if notes.is_empty() {
        return;
    }
    text.push('\n');
    for note in notes {
        let _ = writeln!(text, "- {}", plain(note));
    }
}

fn files(text: &mut String, card: &Value) {
    text.push_str("\n## Files\n\n| file | rows | bytes | SHA-256 |\n| --- | --- | --- | --- |\n");
    for file in list(&card["files"]) {
        let rows = if file["rows"].is_null() { String::new() } else { file["rows"].to_string() };
        let _ =
            writeln!(text, "| {} | {rows} | {} | `{}` |", plain(&file["name"]), file["bytes"], plain(&file["sha256"]));
    }
    text.push_str("\nThe three parts are balanced by the target where there is one.\n");
}

fn columns(text: &mut String, card: &Value) {
    text.push_str("\n## Columns\n\n| column | kind |\n| --- | --- |\n");
    for column in list(&card["columns"]) {
        let _ = writeln!(text, "| {} | {} |", cell(&column["name"]), plain(&column["kind"]));
    }
}

fn scores(text: &mut String, card: &Value) {
    let metrics = list(&card["metrics"]);
    if metrics.is_empty() {
        return;
    }
    let _ = write!(text, "\n## How close it came\n\n{}\n", plain(&card["verdict"]));
    for family in Family::ALL {
        let own: Vec<&Value> = metrics.iter().filter(|metric| metric["family"] == family.name()).collect();
        if own.is_empty() {
            continue;
        }
        let _ = write!(text, "\n### {}\n\n{}\n\n", capital(family.name()), family.question());
        text.push_str("| metric | score | real rows score | what it says |\n| --- | --- | --- | --- |\n");
        for metric in own {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                plain(&metric["name"]),
                score(&metric["mean"]),
                score(&metric["baseline"]),
                cell(&metric["about"])
            );
        }
    }
}

/// The rules, and how many rows break each.
fn kept(text: &mut String, card: &Value) {
    let rules = list(&card["rules"]);
    if rules.is_empty() {
        return;
    }
    text.push_str("\n## Rules\n\n| rule | rows that break it |\n| --- | --- |\n");
    for rule in rules {
        let _ = writeln!(text, "| {} | {} |", cell(&rule["sentence"]), rule["violations"]);
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A text that can't break the table that it stands in.
fn cell(value: &Value) -> String {
    escape(&plain(value))
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn score(value: &Value) -> String {
    value.as_f64().map_or_else(String::new, |number| format!("{number:.3}"))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::{Metadata, Origin};

    #[test]
    fn the_card_says_what_is_known_and_what_is_not() {
        let table = df!("a|b" => [1, 2, 3]).unwrap();
        let metadata = Metadata::detect(&table).unwrap();
        let origin = Origin {
            source: "big.parquet".into(),
            source_rows: 5_000_000,
            fitted_rows: 1_000_000,
            method: "marginals".into(),
            seed: 7,
            ..Origin::default()
        };
        let package = Package {
            origin: Some(&origin),
            condition: Some("a > 0".into()),
            ..Package::new("numbers", &table, &metadata)
        };
        let rule = FoundRule { sentence: "a|b >= 1".into(), violations: 2 };
        let card = Card::of(&package, None, &[rule], &[]);
        let text = card.to_markdown();
        for line in [
            "# numbers",
            "| fitted on | 1000000 of 5000000 rows |",
            "| a\\|b | integer |",
            "| a\\|b >= 1 | 2 |",
            "Some rows break 1 of the rules",
            "was not compared with real data",
            "evenly spread by its seed",
            "no bound of differential privacy",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert_eq!(card.to_json()["origin"]["seed"], 7);
        assert!(card.to_json()["verdict"].is_null());
    }
}
