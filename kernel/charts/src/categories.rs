//! Categories as indices: the largest few by name, the rest as one.

use std::collections::{BTreeMap, HashMap, HashSet};

use polars::prelude::Float64Chunked;

use crate::bins;
use crate::column::{ColumnKind, Data};
use crate::error::Result;
use crate::format::{self, clean, count};
use crate::number::small;
use crate::palette::GROUPS;

/// The groups of a colour channel: their names and each row's group.
pub(crate) struct Groups {
    pub(crate) labels: Vec<String>,
    pub(crate) of_row: Vec<u32>,
}

impl Groups {
    /// One unnamed group of all rows.
    pub(crate) fn none(rows: usize) -> Self {
        Self { labels: Vec::new(), of_row: vec![0; rows] }
    }

    /// Groups rows by a column: the most frequent categories, numbers by value, many numbers by range.
    pub(crate) fn read(color: Option<&Data>, rows: usize) -> Result<Self> {
        match color {
            None => Ok(Self::none(rows)),
            Some(data) if data.kind == ColumnKind::Category => Self::by_text(data),
            Some(data) => Self::by_number(data),
        }
    }

    fn by_text(data: &Data) -> Result<Self> {
        let texts = data.texts()?;
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for text in texts.iter().flatten() {
            *counts.entry(text).or_default() += 1;
        }
        let mut ranked: Vec<(&str, usize)> = counts.into_iter().collect();
        // The map's order is by name and the sort is stable: ties stay in the order of their names.
        ranked.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        let kept = room(ranked.len(), texts.null_count() > 0);
        let named: HashMap<&str, usize> =
            ranked.iter().take(kept).enumerate().map(|(at, (text, _))| (*text, at)).collect();
        let labels = ranked.iter().take(kept).map(|(text, _)| label(text)).collect();
        let groups = texts.iter().map(|text| text.map(|text| named.get(text).copied().unwrap_or(kept)));
        Ok(Self::finish(labels, ranked.len() - kept, groups))
    }

    fn by_number(data: &Data) -> Result<Self> {
        let numbers = data.floats()?;
        if let Some(distinct) = few(numbers) {
            let labels = distinct.iter().map(|value| shown(data.kind, &data.title, *value)).collect();
            let groups =
                numbers.iter().map(|value| value.map(|value| distinct.partition_point(|known| *known < value)));
            return Ok(Self::finish(labels, 0, groups));
        }
        let edges = match data.kind {
            ColumnKind::Time => bins::time_edges(numbers, Some(4)),
            _ => bins::number_edges(numbers, false, Some(4))?,
        };
        let labels = edges.windows(2).map(|pair| {
            format!("{} – {}", shown(data.kind, &data.title, pair[0]), shown(data.kind, &data.title, pair[1]))
        });
        let groups = numbers.iter().map(|value| value.map(|value| bins::bin(&edges, value)));
        Ok(Self::finish(labels.collect(), 0, groups))
    }

    fn finish(mut labels: Vec<String>, others: usize, groups: impl Iterator<Item = Option<usize>>) -> Self {
        if others > 0 {
            labels.push(other(others));
        }
        let missing = labels.len();
        let mut any_missing = false;
        let of_row = groups
            .map(|group| {
                any_missing |= group.is_none();
                small(group.unwrap_or(missing))
            })
            .collect();
        if any_missing {
            labels.push("(missing)".to_owned());
        }
        Self { labels: unique(labels), of_row }
    }
}

/// The distinct numbers in order, when there are few enough for a colour each.
pub(crate) fn few(numbers: &Float64Chunked) -> Option<Vec<f64>> {
    let mut distinct: Vec<f64> = Vec::new();
    for number in numbers.iter().flatten().map(|number| number + 0.0) {
        if let Err(at) = distinct.binary_search_by(|known| known.total_cmp(&number)) {
            distinct.insert(at, number);
        }
        if distinct.len() > GROUPS {
            return None;
        }
    }
    (distinct.len() <= room(distinct.len(), numbers.null_count() > 0)).then_some(distinct)
}

/// The label of categories that were joined.
pub(crate) fn other(categories: usize) -> String {
    format!("other ({} more)", count(categories))
}

/// A category's name as shown: an empty text is made visible.
pub(crate) fn label(text: &str) -> String {
    let text = clean(text);
    if text.trim().is_empty() { format!("\"{text}\"") } else { text }
}

/// A number or moment of a column of that title as a label.
pub(crate) fn shown(kind: ColumnKind, title: &str, value: f64) -> String {
    match kind {
        ColumnKind::Time => format::moment(value),
        _ => format::value_of(title, value),
    }
}

/// Makes labels that became equal different again, so that no two bands or groups are drawn as one.
pub(crate) fn unique(labels: Vec<String>) -> Vec<String> {
    let mut seen: HashSet<String> = HashSet::new();
    labels
        .into_iter()
        .map(|label| {
            let numbered = (2..).map(|number| format!("{label} ({number})"));
            let free = std::iter::once(label.clone()).chain(numbered).find(|name| !seen.contains(name));
            let name = free.unwrap_or(label);
            seen.insert(name.clone());
            name
        })
        .collect()
}

/// How many of `groups` keep their own colour: all that fit, or one fewer than fit to leave room for the rest.
fn room(groups: usize, missing: bool) -> usize {
    let colours = GROUPS - usize::from(missing);
    groups.min(colours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stay_apart() {
        let labels = ["a", "a", "a (2)", "b"].map(str::to_owned).to_vec();
        assert_eq!(unique(labels), ["a", "a (2)", "a (2) (2)", "b"]);
        assert_eq!(label(" "), "\" \"");
        assert_eq!(label("a\tb"), "a b");
    }
}
