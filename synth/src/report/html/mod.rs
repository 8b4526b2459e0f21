//! A report as one HTML page: no script, no file from elsewhere, light and dark, fit to print.

mod chart;
mod text;

use std::fmt::Write;

use self::text::{escape, figure, percent};
use super::{Associations, FindingKind, Grade, MetricReport, Overlay, Report, Summary};
use crate::{Family, Goal, Grain, Score};

/// How the page looks.
const STYLE: &str = include_str!("style.css");
/// Scores of columns and pairs that are listed, at most.
const LISTED: usize = 12;
/// Overlays that are drawn, at most: those of the worst columns.
const DRAWN: usize = 120;

/// The whole page.
pub(super) fn page(report: &Report) -> String {
    let mut page = String::from("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    let _ = write!(page, "<title>Synthetic data report</title><style>{STYLE}</style></head><body><main>");
    page.push_str(&header(report));
    page.push_str(&verdict(report));
    page.push_str(&tiles(report));
    for family in Family::ALL {
        page.push_str(&section(report, family));
    }
    page.push_str(&worst(report));
    page.push_str(&overlays(&report.columns));
    if let Some(associations) = &report.associations {
        page.push_str(&maps(associations));
    }
    page.push_str(&notes(report));
    page + "</main></body></html>\n"
}

fn header(report: &Report) -> String {
    let rows = |count: usize, what: &str| format!("{} {what} rows", grouped(count));
    let mut about = vec![rows(report.rows.real, "real"), rows(report.rows.synthetic, "synthetic")];
    about.extend(report.rows.holdout.map(|count| rows(count, "held-out")));
    about.push(format!("{} columns compared", report.columns.len()));
    about.extend(report.target.as_ref().map(|target| format!("target {}", escape(target))));
    let mut links = String::new();
    for (place, name) in [("verdict", "Verdict"), ("metrics", "Metrics"), ("columns", "Columns"), ("pairs", "Pairs")] {
        let _ = write!(links, "<a href=\"#{place}\">{name}</a>");
    }
    format!("<h1>Synthetic data report</h1><p class=\"soft\">{}</p><nav>{links}</nav>", about.join(" · "))
}

fn verdict(report: &Report) -> String {
    let verdict = report.verdict();
    let mut part = format!(
        "<section id=\"verdict\"><p class=\"headline\">{}</p><ul class=\"findings card\">",
        escape(&verdict.headline)
    );
    for finding in &verdict.findings {
        let class = match finding.kind {
            FindingKind::Good => "good",
            FindingKind::Weak => "weak",
            FindingKind::Unknown | FindingKind::Advice => "soft",
        };
        let name = finding.kind.name();
        let _ = write!(
            part,
            "<li><span class=\"tag {class}\">{name}</span><span>{}</span></li>",
            escape(&sentence(&finding.text))
        );
    }
    part + "</ul></section>"
}

/// The figures that matter most: SDMetrics' three, and the first of each further family.
fn tiles(report: &Report) -> String {
    let mut part = String::from("<section class=\"tiles\" aria-label=\"Scores\">");
    let quality = &report.quality;
    for (name, summary) in [
        ("Quality", quality.score),
        ("Column shapes", quality.shapes),
        ("Pair trends", quality.pairs),
        ("Diagnostic", quality.diagnostic),
    ] {
        part.push_str(&tile(name, summary.score, None, &against(summary)));
    }
    for family in [Family::Detection, Family::Usefulness, Family::Privacy] {
        let first = report.metrics.iter().find(|one| one.spec.family == family && one.mean.is_some());
        if let Some(metric) = first {
            let ideal = match (metric.spec.goal, metric.baseline) {
                (_, Some(real)) => format!("real rows {real:.3}"),
                (Goal::Near(ideal), None) => format!("ideal {ideal}"),
                _ => String::new(),
            };
            part.push_str(&tile(metric.spec.name, metric.mean, metric.grade, &ideal));
        }
    }
    part + "</section>"
}

fn tile(name: &str, score: Option<f64>, grade: Option<Grade>, below: &str) -> String {
    let class = grade.map_or("", Grade::name);
    format!(
        "<div class=\"tile\">{}<b class=\"{class}\">{}</b><span class=\"soft small\">{}</span></div>",
        escape(name),
        figure(score),
        escape(below)
    )
}

fn against(summary: Summary) -> String {
    let mut parts = Vec::new();
    parts.extend(summary.ceiling.map(|real| format!("real rows {real:.3}")));
    parts.extend(summary.floor.map(|floor| format!("independent {floor:.3}")));
    parts.join(" · ")
}

fn section(report: &Report, family: Family) -> String {
    let metrics: Vec<&MetricReport> = report.metrics.iter().filter(|one| one.spec.family == family).collect();
    if metrics.is_empty() {
        return String::new();
    }
    let place = if family == Family::Validity { " id=\"metrics\"" } else { "" };
    let mut part = format!(
        "<section{place}><h2>{}</h2><p class=\"soft\">{}</p><div class=\"card scroll\"><table><thead><tr><th>Metric</th>\
         <th class=\"n\">Score</th><th class=\"n\">Real rows</th><th class=\"n\">Independent</th><th>Aim</th><th>Grade</th>\
         <th>What it says</th></tr></thead><tbody>",
        sentence(family.name()),
        family.question(),
    );
    for metric in metrics {
        let aim = match metric.spec.goal {
            Goal::Maximize => "high".to_owned(),
            Goal::Minimize => "low".to_owned(),
            Goal::Near(ideal) => format!("near {ideal}"),
        };
        let grade = metric.grade.map_or("–", Grade::name);
        let _ = write!(
            part,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{aim}</td>\
             <td class=\"{grade}\">{grade}</td><td>{}<br><span class=\"soft small\">{}</span>{}</td></tr>",
            escape(metric.spec.name),
            figure(metric.mean),
            figure(metric.baseline),
            figure(metric.floor),
            escape(metric.spec.about),
            escape(metric.spec.source),
            detail(metric),
        );
    }
    part + "</tbody></table></div></section>"
}

/// What lies behind a mean: the worst columns or pairs, or a metric's own words.
fn detail(metric: &MetricReport) -> String {
    let mut part = String::new();
    if metric.spec.grain == Grain::Table {
        for detail in metric.scores.iter().filter_map(|score| score.detail.as_ref()) {
            let _ = write!(part, "<br><span class=\"small\">{}</span>", escape(detail));
        }
        return part;
    }
    let mut scores: Vec<&Score> = metric.scores.iter().filter(|score| score.score.is_some()).collect();
    scores.sort_by(|a, b| short(metric, b).total_cmp(&short(metric, a)));
    let worst = scores.len().min(LISTED);
    let _ = write!(part, "<details><summary>the worst {worst} of {}</summary><table>", scores.len());
    for score in &scores[..worst] {
        let _ = write!(
            part,
            "<tr><td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
            escape(&score.subject()),
            figure(score.score),
            escape(score.detail.as_deref().filter(|_| metric.spec.grain != Grain::Rule).unwrap_or_default())
        );
    }
    part + "</table></details>"
}

/// How far a score is from where it should be.
fn short(metric: &MetricReport, score: &Score) -> f64 {
    let found = score.score.unwrap_or(0.0);
    match metric.spec.goal {
        Goal::Maximize => -found,
        Goal::Minimize => found,
        Goal::Near(ideal) => (found - ideal).abs(),
    }
}

/// The columns and pairs with the lowest scores, side by side.
fn worst(report: &Report) -> String {
    let mut columns: Vec<&Overlay> = report.columns.iter().filter(|one| one.score.is_some()).collect();
    columns.sort_by(|a, b| a.score.unwrap_or(1.0).total_cmp(&b.score.unwrap_or(1.0)));
    let pairs = report.metrics.iter().find(|metric| metric.spec.name == "AllPairTrends");
    let mut pairs: Vec<&Score> =
        pairs.into_iter().flat_map(|one| &one.scores).filter(|one| one.score.is_some()).collect();
    pairs.sort_by(|a, b| a.score.unwrap_or(1.0).total_cmp(&b.score.unwrap_or(1.0)));
    if columns.is_empty() {
        return String::new();
    }
    let mut part = String::from(
        "<section><h2>Worst columns and pairs</h2><div class=\"halves\"><div class=\"card\"><table><thead><tr>\
         <th>Column</th><th class=\"n\">Score</th><th>Where it is off most</th></tr></thead><tbody>",
    );
    for overlay in columns.iter().take(8) {
        let off = overlay.worst().map_or_else(String::new, |bar| {
            format!("{}: {} real, {} synthetic", bar.label, percent(bar.real), percent(bar.synthetic))
        });
        let (name, off) = (escape(&overlay.column), escape(&off));
        let _ = write!(part, "<tr><td>{name}</td><td class=\"n\">{}</td><td>{off}</td></tr>", figure(overlay.score));
    }
    part.push_str("</tbody></table></div>");
    if !pairs.is_empty() {
        part.push_str(
            "<div class=\"card\"><table><thead><tr><th>Pair</th><th class=\"n\">Score</th><th class=\"n\">Real rows</th>\
             <th class=\"n\">Independent</th></tr></thead><tbody>",
        );
        for score in pairs.iter().take(8) {
            let _ = write!(
                part,
                "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                escape(&score.columns.join(" and ")),
                figure(score.score),
                figure(score.baseline),
                figure(score.floor)
            );
        }
        part.push_str("</tbody></table></div>");
    }
    part + "</div></section>"
}

fn overlays(columns: &[Overlay]) -> String {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by(|&a, &b| columns[a].score.unwrap_or(1.0).total_cmp(&columns[b].score.unwrap_or(1.0)).then(a.cmp(&b)));
    order.truncate(DRAWN);
    order.sort_unstable();
    let mut part = String::from(
        "<section id=\"columns\"><h2>Every column</h2><p class=\"soft\"><span class=\"key real\"></span>real\
         <span class=\"key made\"></span>synthetic; shares of the rows</p>",
    );
    if columns.len() > DRAWN {
        let _ = write!(part, "<p class=\"soft\">The {DRAWN} worst of {} columns are drawn.</p>", columns.len());
    }
    part.push_str("<div class=\"columns\">");
    for overlay in order.into_iter().map(|at| &columns[at]) {
        let score = overlay.score.map(|score| format!(" · {score:.3}")).unwrap_or_default();
        let _ = write!(
            part,
            "<figure><figcaption><b>{}</b> · {}{score}</figcaption>{}",
            escape(&overlay.column),
            overlay.kind,
            chart::overlay(overlay)
        );
        part.push_str("<details><summary>as a table</summary><table><tr><th>Value</th><th class=\"n\">Real</th><th class=\"n\">Synthetic</th></tr>");
        for bar in &overlay.bars {
            let (real, synthetic) = (percent(bar.real), percent(bar.synthetic));
            let _ = write!(
                part,
                "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                escape(&bar.label),
                escape(&real),
                escape(&synthetic)
            );
        }
        part.push_str("</table></details></figure>");
    }
    part + "</div></section>"
}

fn maps(associations: &Associations) -> String {
    let names = &associations.columns;
    if names.len() < 2 {
        return String::new();
    }
    let mut part = String::from("<section id=\"pairs\"><h2>How columns go together</h2><p class=\"soft\">");
    part.push_str("Pearson's r of two measured columns, else Cramér's V. <span class=\"key real\"></span>above 0 <span class=\"key made\"></span>below 0");
    if associations.of > names.len() {
        let _ = write!(part, "; the {} of {} columns that go together most", names.len(), associations.of);
    }
    part.push_str("</p><div class=\"maps\">");
    let difference = associations.difference();
    for (what, cells, full) in [
        ("Real", &associations.real, 1.0),
        ("Synthetic", &associations.synthetic, 1.0),
        ("Difference, synthetic less real (five times as strong)", &difference, 0.2),
    ] {
        let _ = write!(
            part,
            "<figure><figcaption><b>{what}</b></figcaption>{}</figure>",
            chart::heat_map(what, names, cells, full)
        );
    }
    part + "</div></section>"
}

fn notes(report: &Report) -> String {
    let mut part = String::from("<section><h2>How to read this</h2><ul>");
    for text in [
        "Real rows: what rows score that no model has seen, in the synthetic table's place. No synthesizer is expected to do better than as many such rows; a small hold-out has noise of its own.",
        "Independent: what columns score that are right one by one and know nothing of each other. A score near it means that dependences are lost.",
        "The quality score alone can be high for a table that is of no use: read it with detection, usefulness and privacy.",
        "Privacy figures say what these attacks find; they prove nothing about others.",
    ] {
        let _ = write!(part, "<li>{text}</li>");
    }
    for note in &report.notes {
        let _ = write!(part, "<li>{}</li>", escape(&sentence(note)));
    }
    part + "</ul></section>"
}

/// Text that begins with a capital letter.
fn sentence(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

/// A number with its digits in groups of three.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
