//! What a report comes to, in words that a reader can act on.

use std::fmt;

use serde::Serialize;

use super::{Grade, MetricReport, Report, Summary};
use crate::{Family, Goal, Grain, Score};

/// Below this score a column's shape or a pair is named as weak.
const WEAK: f64 = 0.95;
/// How many columns or pairs are named, at most.
const NAMED: usize = 4;

/// What a report comes to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Verdict {
    /// It all, in a sentence.
    pub headline: String,
    /// What is behind it, family by family.
    pub findings: Vec<Finding>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What it is about, and how good it is.
    pub kind: FindingKind,
    /// The statement, in whole sentences.
    pub text: String,
}

/// What a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// Something that is as it should be.
    Good,
    /// Something that is not.
    Weak,
    /// What was not measured, and what it would take.
    Unknown,
    /// Something to try.
    Advice,
}

impl FindingKind {
    /// The kind in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "Good",
            Self::Weak => "Weak",
            Self::Unknown => "Not measured",
            Self::Advice => "Try",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.headline)?;
        self.findings.iter().try_for_each(|finding| write!(out, "\n- {}: {}", finding.kind.name(), finding.text))
    }
}

impl Verdict {
    pub(super) fn of(report: &Report, families: &[Family]) -> Self {
        let mut verdict = Self { headline: headline(report), findings: Vec::new() };
        if families.contains(&Family::Validity) {
            verdict.validity(report);
        }
        if families.contains(&Family::Fidelity) {
            verdict.shapes(report);
            verdict.pairs(report);
            verdict.places(report);
        }
        for family in [Family::Detection, Family::Usefulness, Family::Privacy] {
            verdict.family(report, family);
        }
        verdict
    }

    fn say(&mut self, kind: FindingKind, text: impl Into<String>) {
        self.findings.push(Finding { kind, text: text.into() });
    }

    fn validity(&mut self, report: &Report) {
        let mut broken = Vec::new();
        for metric in report.metrics.iter().filter(|one| one.spec.family == Family::Validity) {
            if metric.spec.name == "MissingValueSimilarity" {
                continue;
            }
            let ideal = if metric.spec.goal == Goal::Minimize { 0.0 } else { 1.0 };
            let mut off: Vec<&Score> =
                metric.scores.iter().filter(|score| score.score.is_some_and(|s| (s - ideal).abs() > 1e-12)).collect();
            off.sort_by(|a, b| far(b, ideal).total_cmp(&far(a, ideal)));
            let named: Vec<String> = off.iter().take(NAMED).map(|score| place(score, metric.spec.grain)).collect();
            if !off.is_empty() {
                broken.push(format!("{}: {}", metric.spec.name, list(&named, off.len())));
            }
        }
        let rules =
            report.metrics.iter().find(|one| one.spec.name == "RuleViolations").map_or(0, |one| one.scores.len());
        if broken.is_empty() {
            let kept = match rules {
                0 => String::new(),
                1 => ", and the one rule found is kept in every row".to_owned(),
                rules => format!(", and all {rules} rules found are kept in every row"),
            };
            let text = format!("every value lies within the real bounds and categories, keys are unique{kept}.");
            self.say(FindingKind::Good, text);
        } else {
            self.say(FindingKind::Weak, format!("not every row could be real ({}).", broken.join("; ")));
            self.say(
                FindingKind::Advice,
                "declare bounds, keys and rules in the metadata: a fitted model keeps them by construction.",
            );
        }
    }

    fn shapes(&mut self, report: &Report) {
        let mut weak: Vec<_> =
            report.columns.iter().filter_map(|one| Some((one, one.score.filter(|&score| score < WEAK)?))).collect();
        weak.sort_by(|a, b| a.1.total_cmp(&b.1));
        let shapes = report.quality.shapes;
        if weak.is_empty() {
            if let Some(score) = shapes.score {
                let real = shapes.ceiling.map(|real| format!(" (real rows: {real:.3})")).unwrap_or_default();
                let text = format!("each column's distribution is kept: {score:.3} of 1 on average{real}.");
                self.say(FindingKind::Good, text);
            }
            return;
        }
        let name = |(overlay, score): &(&super::Overlay, f64)| match overlay.worst() {
            Some(bar) => format!(
                "{} ({score:.2}: '{}' has {} of the real rows and {} of the synthetic ones)",
                overlay.column,
                bar.label,
                percent(bar.real),
                percent(bar.synthetic)
            ),
            None => format!("{} ({score:.2})", overlay.column),
        };
        let named: Vec<String> = weak.iter().take(NAMED).map(name).collect();
        self.say(FindingKind::Weak, format!("these columns' distributions are off: {}.", list(&named, weak.len())));
        self.say(
            FindingKind::Advice,
            "look at the overlays of these columns; correct their kinds in the metadata where they are wrong \
             (a code read as a number, a date read as text), and let `auto` pick the method.",
        );
    }

    fn pairs(&mut self, report: &Report) {
        let pairs = ["CorrelationSimilarity", "ContingencySimilarity"];
        let mut weak: Vec<(&Score, f64)> = report
            .metrics
            .iter()
            .filter(|metric| pairs.contains(&metric.spec.name))
            .flat_map(|metric| &metric.scores)
            .filter_map(|one| Some((one, one.score.filter(|&s| s < one.baseline.unwrap_or(1.0).min(1.0) - 0.05)?)))
            .collect();
        weak.sort_by(|a, b| a.1.total_cmp(&b.1));
        let Summary { score: Some(score), ceiling, floor } = report.quality.pairs else {
            let text = "no two columns go together strongly, so the quality score says nothing of dependences; \
                        AllPairTrends and detection do.";
            return self.say(FindingKind::Unknown, text);
        };
        let mut scale = format!("{score:.3} of 1");
        if let Some(floor) = floor {
            scale = format!("{scale}; independent columns would have {floor:.3}");
        }
        if let Some(real) = ceiling {
            scale = format!("{scale}, real rows have {real:.3}");
        }
        if weak.is_empty() {
            return self.say(FindingKind::Good, format!("columns go together as they should ({scale})."));
        }
        let named: Vec<String> =
            weak.iter().take(NAMED).map(|(one, score)| format!("{} ({score:.2})", one.columns.join(" and "))).collect();
        self.say(
            FindingKind::Weak,
            format!("some columns do not go together as they should ({scale}): {}.", list(&named, weak.len())),
        );
        self.say(
            FindingKind::Advice,
            "fit a method that learns dependences beyond correlation (sequential trees, a Bayesian network, a mixture), \
             or declare the rule between these columns.",
        );
    }

    /// Whether rows lie where real rows do.
    fn places(&mut self, report: &Report) {
        let names = ["Precision", "Recall", "Density", "Coverage", "AlphaPrecision", "BetaRecall"];
        let found: Vec<&MetricReport> = report.metrics.iter().filter(|one| names.contains(&one.spec.name)).collect();
        let off: Vec<String> = found
            .iter()
            .filter(|one| one.grade.is_some_and(|grade| grade > Grade::Good))
            .map(|one| figure(one))
            .collect();
        if !off.is_empty() {
            let text = format!("taken whole, rows do not lie quite where real rows do: {}.", off.join("; "));
            self.say(FindingKind::Weak, text);
        } else if !found.is_empty() {
            self.say(FindingKind::Good, "taken whole, rows lie where real rows do, and real rows are all represented.");
        }
    }

    fn family(&mut self, report: &Report, family: Family) {
        let metrics: Vec<&MetricReport> = report.metrics.iter().filter(|one| one.spec.family == family).collect();
        if metrics.iter().all(|metric| metric.mean.is_none()) {
            let text = match family {
                Family::Detection => "whether a classifier can tell the rows from real ones.",
                Family::Usefulness => {
                    "what a model trained on the table is worth: name a target column, and real rows kept aside."
                }
                _ => "privacy: give real rows that the model has not seen (a hold-out) to compare with.",
            };
            return self.say(FindingKind::Unknown, text);
        }
        let graded = |wanted: fn(Grade) -> bool| {
            let some = metrics.iter().filter(|metric| metric.grade.is_some_and(wanted));
            some.map(|metric| figure(metric)).collect::<Vec<_>>()
        };
        let (off, good) = (graded(|grade| grade > Grade::Good), graded(|grade| grade == Grade::Good));
        let worst = metrics.iter().filter_map(|metric| metric.grade).max().unwrap_or(Grade::Good);
        let opening = opening(family, worst);
        let text = match (off.is_empty(), good.is_empty()) {
            (true, _) => format!("{opening}: {}.", good.join("; ")),
            (false, true) => format!("{opening}: {}.", off.join("; ")),
            (false, false) => format!("{opening}: {}. As they should be: {}.", off.join("; "), good.join("; ")),
        };
        self.say(if off.is_empty() { FindingKind::Good } else { FindingKind::Weak }, text);
        if !off.is_empty() {
            self.say(FindingKind::Advice, advice(family));
        }
    }
}

fn headline(report: &Report) -> String {
    let Some(score) = report.overall else {
        return "There was nothing to compare: no column has values in both tables.".to_owned();
    };
    let worst = report.metrics.iter().filter_map(|metric| metric.grade).max();
    let word = match (score, worst) {
        (0.97.., Some(Grade::Good) | None) => "is hard to tell from the real one by any measure taken",
        (0.97.., _) => "is close to the real one, with exceptions named below",
        (0.9.., _) => "follows the real one in the main, and is off in places",
        _ => "differs from the real one",
    };
    let Summary { ceiling, floor, .. } = report.quality.score;
    let mut scale = Vec::new();
    scale.extend(floor.map(|floor| format!("independent columns would have {floor:.3}")));
    scale.extend(ceiling.map(|real| format!("real rows have {real:.3}")));
    let scale = if scale.is_empty() { String::new() } else { format!(" ({})", scale.join(", ")) };
    format!("The synthetic table {word}: quality {score:.3}{scale}.")
}

fn opening(family: Family, grade: Grade) -> &'static str {
    match (family, grade) {
        (Family::Detection, Grade::Good) => "a classifier does little better than guess",
        (Family::Detection, Grade::Fair) => "a classifier can tell some rows from real ones",
        (Family::Detection, Grade::Weak) => "a classifier tells many rows from real ones",
        (Family::Usefulness, Grade::Good) => "a model trained on it does its work on real rows",
        (Family::Usefulness, Grade::Fair) => "a model trained on it does its work on real rows, though not as well",
        (Family::Usefulness, Grade::Weak) => "a model trained on it does its work on real rows much worse",
        (Family::Privacy, Grade::Good) => "no sign that rows were copied or that members can be told",
        (Family::Privacy, Grade::Fair) => "a slight sign that the rows learned from show through",
        (Family::Privacy, Grade::Weak) => "the rows learned from show through",
        (_, Grade::Good) => "as it should be",
        (_, _) => "not as it should be",
    }
}

fn advice(family: Family) -> &'static str {
    match family {
        Family::Detection => {
            "look for what gives it away: rounded or heaped values, rare combinations, broken rules; columns with a low \
             score are the first suspects."
        }
        Family::Usefulness => {
            "make sure that the target goes together with its predictors (pairs with the target above)."
        }
        _ => {
            "before giving the table away, fit with stronger smoothing or a larger floor on leaves, fit a mixture, or learn \
             from more rows; remove rows that are exact copies of rare real ones."
        }
    }
}

/// A metric's figure with what it is measured against.
fn figure(metric: &MetricReport) -> String {
    let against = match (metric.baseline, metric.spec.goal) {
        (Some(real), _) => format!(" (real rows: {real:.3})"),
        (None, Goal::Near(ideal)) => format!(" (ideal: {ideal})"),
        (None, _) => String::new(),
    };
    format!(
        "{} {}{against}",
        metric.spec.name,
        metric.mean.map_or_else(|| "none".to_owned(), |mean| format!("{mean:.3}"))
    )
}

fn far(score: &Score, ideal: f64) -> f64 {
    score.score.map_or(0.0, |score| (score - ideal).abs())
}

fn place(score: &Score, grain: Grain) -> String {
    let figure = score.score.map(|score| format!("{score:.4}")).unwrap_or_default();
    match (grain, &score.detail) {
        (Grain::Table, Some(detail)) => detail.clone(),
        (Grain::Table, None) => figure,
        (Grain::Rule, Some(rule)) => format!("{rule} ({} of the rows)", percent(score.score.unwrap_or(0.0))),
        _ => format!("{} ({figure})", score.columns.join(", ")),
    }
}

/// Some names, and how many there are beyond them.
fn list(named: &[String], all: usize) -> String {
    let more = all - named.len();
    let text = named.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
