//! Draws charts: of a table that a step made, or of one of the session's by its name.

use polars::prelude::DataFrame;
use serde_json::json;
use synthbook_charts::{Channel, ChartSpec, prepare};

use super::super::steps::named;
use super::super::{Agent, AgentSpec, Failure, Health, Report, Task, Words, Work};

/// The visualization agent.
pub(super) struct Visualization;

/// Verbs for drawing.
const VERBS: &[&str] = &["plot", "draw", "chart", "graph", "visualize", "visualise"];
/// Nouns for what is drawn.
const NOUNS: &[&str] =
    &["chart", "plot", "graph", "diagram", "histogram", "scatter", "scatterplot", "line", "lines", "bar", "bars"];
/// Words around a subject that say nothing about it.
const FILLERS: &[&str] = &[
    "a", "an", "the", "of", "as", "in", "with", "me", "show", "please", "it", "that", "this", "them", "result",
    "results", "and", "then", "answer", "make", "create", "give", "to", "into", "using", "for", "can", "you", "could",
];

impl Agent for Visualization {
    fn spec(&self) -> AgentSpec {
        AgentSpec {
            name: "visualization",
            summary: "Draws a chart of an answer or of one of the session's tables.",
            tools: &["ask_question"],
            examples: &[
                "Plot sales by month in 2017",
                "show me a bar chart of units by department",
                "Visualise revenue by region as a bar chart",
                "draw a histogram of age",
            ],
            patience: 60,
        }
    }

    fn claim(&self, words: &Words) -> u8 {
        let pairs = [
            "line chart",
            "bar chart",
            "column chart",
            "scatter plot",
            "scatter chart",
            "line graph",
            "bar graph",
            "line plot",
            "bar plot",
        ];
        let of = [
            "chart of",
            "plot of",
            "graph of",
            "histogram of",
            "diagram of",
            "as a chart",
            "as a graph",
            "as a plot",
            "as a histogram",
        ];
        if words.starts(VERBS) {
            85
        } else if pairs.iter().chain(&of).any(|phrase| words.phrase(phrase)) || words.any(&["histogram", "scatterplot"])
        {
            80
        } else {
            0
        }
    }

    fn run(&self, task: &Task, work: &Work<'_>) -> Result<Report, Failure> {
        let words = Words::of(&task.text);
        let frame = match &task.input {
            Some(frame) => frame.clone(),
            None => session_frame(&words, work)?,
        };
        (work.progress)(None, "drawing");
        let spec = spec(&words, &frame);
        let chart = prepare(&frame, &spec).map_err(|error| Failure::of(&error))?;
        let text = format!("Drawn: {}.", chart.title);
        let data = json!({ "kind": chart.kind, "title": chart.title });
        Ok(Report { chart: Some(chart), data, frame: Some(frame), ..Report::said(text) })
    }

    fn health(&self, _work: &Work<'_>) -> Health {
        Health::default().tried("draw a chart", || {
            let column = polars::prelude::Column::new("n".into(), [1_i64, 2, 3]);
            let frame = DataFrame::new(3, vec![column]).map_err(|error| failed(&error))?;
            prepare(&frame, &ChartSpec::default()).map(|_| ()).map_err(|error| Failure::of(&error))
        })
    }
}

fn failed(error: &polars::prelude::PolarsError) -> Failure {
    Failure::new("agents::frame", error.to_string(), "Please report it.")
}

/// The frame that a task names, or the only one there is.
fn session_frame(words: &Words, work: &Work<'_>) -> Result<DataFrame, Failure> {
    let frames = work.services.frames()?;
    let names = frames.names();
    let name = named(words, &names).or(names.first().filter(|_| names.len() == 1));
    let nothing = || {
        let help = if names.is_empty() {
            "Load a table first.".to_owned()
        } else {
            format!("Name one of {}.", names.join(", "))
        };
        Failure::new("agents::nothing_to_draw", "The task names no table to draw", help)
    };
    frames.get(name.ok_or_else(nothing)?)?.ok_or_else(nothing)
}

/// The kind and the columns that a task names; the recommender fills in the rest.
fn spec(words: &Words, frame: &DataFrame) -> ChartSpec {
    let list = words.list();
    let kind = [
        ("histogram", "histogram"),
        ("distribution", "histogram"),
        ("scatter", "scatter"),
        ("scatterplot", "scatter"),
        ("line", "line"),
        ("lines", "line"),
        ("bar", "bar"),
        ("bars", "bar"),
        ("column", "bar"),
    ];
    let kind = kind.iter().find(|(word, _)| words.any(&[word])).map(|(_, kind)| (*kind).to_owned());
    let place = |name: &str| {
        let parts: Vec<String> = Words::of(&name.replace('_', " ")).list().to_vec();
        let whole = list.iter().position(|word| *word == name.to_lowercase());
        whole.or_else(|| (!parts.is_empty()).then(|| list.windows(parts.len()).position(|part| part == parts))?)
    };
    let mut found: Vec<(usize, String)> =
        frame.get_column_names().iter().filter_map(|name| Some((place(name.as_str())?, name.to_string()))).collect();
    found.sort();
    let mut names = found.into_iter().map(|(_, name)| name);
    let mut spec = ChartSpec { kind: kind.clone(), ..ChartSpec::default() };
    if kind.as_deref() == Some("histogram") {
        spec.x = names.next();
    } else {
        // Hours by education: what is measured comes first, what it is split by after it.
        match (names.next(), names.next()) {
            (first, Some(second)) => (spec.y, spec.x) = (first, Some(second)),
            (first, None) => spec.x = first,
        }
        spec.color = names.next();
    }
    fitting(spec, frame)
}

/// The spec without columns that can't be on their channel: the recommender chooses others.
fn fitting(spec: ChartSpec, frame: &DataFrame) -> ChartSpec {
    if prepare(frame, &spec).is_ok() {
        return spec;
    }
    let turned = ChartSpec { x: spec.y.clone(), y: spec.x.clone(), ..spec.clone() };
    if prepare(frame, &turned).is_ok() {
        return turned;
    }
    let kind_only = ChartSpec { kind: spec.kind.clone(), ..ChartSpec::default() };
    if Channel::ALL.iter().any(|channel| channel.of(&spec).is_some()) && prepare(frame, &kind_only).is_ok() {
        return kind_only;
    }
    spec
}

/// What a chart task asks about, without the words for drawing: a question for the data agent. None when nothing is
/// left, as in "plot it as a line chart".
pub(in crate::agent) fn subject(task: &str) -> Option<String> {
    let words: Vec<&str> = task.split_whitespace().collect();
    let plain = |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    let chart = |word: &str| VERBS.contains(&plain(word).as_str()) || NOUNS.contains(&plain(word).as_str());
    let filler = |word: &str| FILLERS.contains(&plain(word).as_str());
    let start = words.iter().position(|word| !chart(word) && !filler(word))?;
    // "… as a bar chart" at the end goes; a bar or a line elsewhere is the subject's.
    let mut end = words.len();
    if chart(words[end - 1]) {
        while end > start && (chart(words[end - 1]) || filler(words[end - 1])) {
            end -= 1;
        }
    }
    Some(words[start..end].join(" ").trim_end_matches([',', '.', '?', '!']).to_owned())
        .filter(|subject| !subject.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_is_what_is_asked_about() {
        for (task, wanted) in [
            ("Plot sales by month in 2017", Some("sales by month in 2017")),
            ("show me a bar chart of units by department.", Some("units by department")),
            ("Visualise revenue by region as a bar chart", Some("revenue by region")),
            ("plot it as a line chart", None),
            ("draw", None),
            ("", None),
        ] {
            assert_eq!(subject(task).as_deref(), wanted, "{task}");
        }
    }
}
