//! What only says again what was said: "discounts (retail plus coupon)", "discount rate: discounts in percent of sales
//! before discounts".

use crate::ask::link::{Item, Kind, Lexicon, Linked, Shape, Target};
use crate::semantic::SemanticModel;

/// What stands in brackets after a measure or a time and only says it again: "discounts (retail plus coupon)".
pub(super) fn explained(linked: &mut Linked, model: &SemanticModel, lexicon: &Lexicon) {
    spelt_out(linked, model);
    let opens: Vec<usize> = (0..linked.items.len()).filter(|&k| linked.items[k].text == "(").collect();
    for open in opens {
        explained_at(linked, lexicon, open);
    }
}

fn explained_at(linked: &mut Linked, lexicon: &Lexicon, open: usize) {
    let Some(close) = linked.items.iter().skip(open).position(|item| item.text == ")").map(|k| k + open) else {
        return;
    };
    let Some(before) = open.checked_sub(1).and_then(|k| linked.items.get(k)) else { return };
    let metric = before.targets().iter().any(|t| matches!(t, Target::Metric(_)));
    let again = |item: &Item| {
        let words = linked.tokens.get(item.at..item.at + item.len).unwrap_or_default();
        item.shape().is_some() || words.iter().all(|t| lexicon.in_metric(&t.lemma))
    };
    let season = matches!(before.kind, Kind::Time(_));
    let times =
        linked.items[open + 1..close].iter().all(|item| item.shape().is_some() || matches!(item.kind, Kind::Time(_)));
    if metric && linked.items[open + 1..close].iter().all(again) || season && times {
        for item in &mut linked.items[open..=close] {
            item.kind = Kind::Shape(Shape::Mark);
        }
    }
}

/// "discount rate by department: retail and coupon discounts in percent of sales before discounts": a formula behind a
/// mark, of the measures that the one named first is made of.
fn spelt_out(linked: &mut Linked, model: &SemanticModel) {
    let said = |item: &Item| item.targets().iter().find_map(|t| metric(t).map(str::to_owned));
    let Some((first, name)) = linked.items.iter().enumerate().find_map(|(k, item)| Some((k, said(item)?))) else {
        return;
    };
    let parts = parts(&name, model);
    let mark = |item: &Item| {
        matches!(item.text.as_str(), ":" | "," | "-" | "." | ";") || item.text == "meaning" || item.text == "i.e."
    };
    let Some(from) = (first + 1..linked.items.len()).find(|&k| matches!(linked.items[k].text.as_str(), ":" | ";"))
    else {
        return;
    };
    let tail = linked.items.get(from + 1..).unwrap_or_default();
    let until = tail.iter().position(|item| matches!(item.text.as_str(), "." | ";")).unwrap_or(tail.len());
    let tail = &tail[..until];
    let ratio = [Shape::InPercent, Shape::AsShareOf, Shape::Share, Shape::Ratio];
    let joins = [Shape::And, Shape::Of, Shape::Total, Shape::By, Shape::Together, Shape::To, Shape::Per, Shape::In];
    let quiet = |item: &Item| {
        item.shape().is_some_and(|shape| {
            ratio.contains(&shape) || joins.contains(&shape) || matches!(shape, Shape::Filler | Shape::Mark)
        }) || mark(item)
            || matches!(
                item.text.as_str(),
                "plus" | "added" | "together" | "combined" | "taken" | "jointly" | "expressed"
            )
    };
    let of_it = |item: &Item| {
        let metrics: Vec<&str> = item.targets().iter().filter_map(metric).collect();
        !metrics.is_empty() && metrics.iter().any(|found| *found != name && parts.iter().any(|part| part == found))
    };
    // "retail and coupon discounts": the first of them is said in short.
    let short = |k: usize| {
        let joined = tail.get(k + 1).is_some_and(|next| next.shape() == Some(Shape::And) || next.text == "plus");
        joined && tail.get(k + 2).is_some_and(of_it)
    };
    let fits = |k: usize| quiet(&tail[k]) || of_it(&tail[k]) || short(k);
    let over = tail.iter().any(|item| item.shape().is_some_and(|shape| ratio.contains(&shape)));
    if over && tail.iter().filter(|item| of_it(item)).count() > 1 && (0..tail.len()).all(fits) {
        for item in &mut linked.items[from..=from + until] {
            item.kind = Kind::Shape(Shape::Mark);
        }
    }
}

fn metric(target: &Target) -> Option<&str> {
    match target {
        Target::Metric(name) => Some(name),
        _ => None,
    }
}

/// The metrics and columns in the formula of a metric, and in theirs.
fn parts(name: &str, model: &SemanticModel) -> Vec<String> {
    let mut out: Vec<String> = vec![name.to_owned()];
    let mut at = 0;
    while at < out.len() {
        let Some((_, metric)) = model.metric(&out[at]) else {
            at += 1;
            continue;
        };
        let words = metric.expr.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        for word in words {
            if model.metric(word).is_some() && !out.iter().any(|known| known == word) {
                out.push(word.to_owned());
            }
        }
        at += 1;
    }
    out
}
