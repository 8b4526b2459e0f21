//! Every synthesizer, augmenter, metric and transform with its settings, as text, JSON, tables and the page
//! `docs/catalogue.md`: read off the registries.

use std::fmt::Write as _;

use polars::prelude::{DataFrame, df};
use serde_json::{Value, json};
use synthbook_synth::{Family, Goal, MetricSpec, Setting, augmenters, metrics, synthesizers, transforms};

use crate::error::KernelError;

/// The synthesizer where none is named.
pub const DEFAULT_METHOD: &str = "auto";

const HEAD: &str = "\
# Catalogue

This page is generated from the registries by `synthbook docs`; do not edit it. [synthetic_data.md](synthetic_data.md)
says how to choose.

";

/// A method with its settings: a synthesizer or an augmenter.
struct Method {
    name: &'static str,
    about: &'static str,
    settings: &'static [Setting],
}

/// The page as Markdown.
#[must_use]
pub fn page() -> String {
    let mut text = HEAD.to_owned();
    let first = "Fitted by `%synth fit FRAME --method NAME` or `synthbook synth fit DATA --method NAME`; settings are given \
                 as `key=value` in the notebook and as `--set key=value` on the command line.";
    section(&mut text, "Synthesizers", first, &fitting());
    let second = "Run by `%synth augment FRAME --method NAME` or `synthbook synth augment DATA --method NAME`.";
    section(&mut text, "Augmenters", second, &augmenting());
    text.push_str("\n## Metrics\n\nOf a report (`%synth evaluate`, `synthbook synth evaluate`).\n");
    for family in Family::ALL {
        let specs: Vec<MetricSpec> = of_family(family);
        if specs.is_empty() {
            continue;
        }
        let _ = write!(text, "\n### {}\n\n{}\n\n", capital(family.name()), family.question());
        text.push_str("| metric | what it says | good | source |\n| --- | --- | --- | --- |\n");
        for spec in specs {
            let (about, source) = (cell(spec.about), cell(spec.source));
            let _ = writeln!(text, "| {} | {about} | {} | {source} |", spec.name, good(&spec));
        }
    }
    text.push_str("\n## Transforms\n\nHow each kind of column becomes pieces of a distribution, and back: ");
    let names: Vec<String> = transforms().iter().map(|transform| format!("`{}`", transform.name())).collect();
    let _ = writeln!(text, "{}.", names.join(", "));
    text
}

/// The methods for a terminal.
#[must_use]
pub fn text() -> String {
    let mut text = String::new();
    for (title, methods) in [("Synthesizers", fitting()), ("Augmenters", augmenting())] {
        let _ = writeln!(text, "{title}");
        for method in methods {
            let _ = writeln!(text, "  {}: {}", method.name, method.about);
            for setting in method.settings {
                let (name, default) = (setting.name, setting.default);
                let _ = writeln!(text, "    {name}={default}  {}; {}", setting.about, setting.kind);
            }
        }
    }
    let _ = writeln!(text, "Metrics");
    for family in Family::ALL {
        for spec in of_family(family) {
            let _ = writeln!(text, "  {} ({}): {}; good: {}", spec.name, family.name(), spec.about, good(&spec));
        }
    }
    text
}

/// The methods as a document.
#[must_use]
pub fn json() -> Value {
    let methods = |methods: Vec<Method>| -> Vec<Value> {
        methods
            .iter()
            .map(|method| {
                let settings: Vec<Value> = method
                    .settings
                    .iter()
                    .map(|one| {
                        json!({
                            "name": one.name,
                            "about": one.about,
                            "takes": one.kind.to_string(),
                            "default": one.default,
                        })
                    })
                    .collect();
                json!({ "name": method.name, "about": method.about, "settings": settings })
            })
            .collect()
    };
    let metrics: Vec<MetricSpec> = metrics().iter().map(|metric| metric.spec()).collect();
    json!({ "synthesizers": methods(fitting()), "augmenters": methods(augmenting()), "metrics": metrics })
}

/// The methods and their settings as a table.
///
/// # Errors
/// `data::compute` when the table can't be made.
pub fn table() -> Result<DataFrame, KernelError> {
    let mut lines: Vec<[String; 4]> = Vec::new();
    for (kind, methods) in [("synthesizer", fitting()), ("augmenter", augmenting())] {
        for method in methods {
            let settings: Vec<String> =
                method.settings.iter().map(|one| format!("{}={}", one.name, one.default)).collect();
            lines.push([method.name.to_owned(), kind.to_owned(), method.about.to_owned(), settings.join(" ")]);
        }
    }
    for spec in metrics().iter().map(|metric| metric.spec()) {
        let kind = format!("metric of {}", spec.family.name());
        lines.push([spec.name.to_owned(), kind, spec.about.to_owned(), format!("good: {}", good(&spec))]);
    }
    let column = |at: usize| lines.iter().map(|line| line[at].clone()).collect::<Vec<String>>();
    Ok(df!("name" => column(0), "kind" => column(1), "what it does" => column(2), "settings" => column(3))?)
}

fn fitting() -> Vec<Method> {
    synthesizers().iter().map(|one| Method { name: one.name(), about: one.about(), settings: one.settings() }).collect()
}

fn augmenting() -> Vec<Method> {
    augmenters().iter().map(|one| Method { name: one.name(), about: one.about(), settings: one.settings() }).collect()
}

fn of_family(family: Family) -> Vec<MetricSpec> {
    metrics().iter().map(|metric| metric.spec()).filter(|spec| spec.family == family).collect()
}

fn section(text: &mut String, title: &str, lead: &str, methods: &[Method]) {
    let _ = write!(text, "\n## {title}\n\n{lead}\n");
    for method in methods {
        let _ = write!(text, "\n### {}\n\n{}.\n", method.name, capital(method.about));
        if method.settings.is_empty() {
            continue;
        }
        text.push_str("\n| setting | what it does | takes | default |\n| --- | --- | --- | --- |\n");
        for setting in method.settings {
            let (about, takes) = (cell(setting.about), cell(&setting.kind.to_string()));
            let _ = writeln!(text, "| `{}` | {about} | {takes} | {} |", setting.name, cell(setting.default));
        }
    }
}

/// Which scores are good, in words.
fn good(spec: &MetricSpec) -> String {
    match spec.goal {
        Goal::Maximize => "high".to_owned(),
        Goal::Minimize => "low".to_owned(),
        Goal::Near(value) => format!("near {value}"),
    }
}

/// A text that can't break the table that it stands in.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_listed_everywhere() {
        let (page, text, json, table) = (page(), text(), json().to_string(), table().unwrap());
        let names: Vec<&str> =
            synthesizers().iter().map(|one| one.name()).chain(augmenters().iter().map(|one| one.name())).collect();
        assert_eq!(table.height(), names.len() + metrics().len());
        for name in names.into_iter().chain(metrics().iter().map(|metric| metric.spec().name)) {
            assert!(page.contains(name) && text.contains(name) && json.contains(name), "{name}");
        }
        assert!(synthesizers().iter().any(|one| one.name() == DEFAULT_METHOD));
    }
}
