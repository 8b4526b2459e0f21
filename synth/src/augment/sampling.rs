//! How many rows each class is to have: as many as the largest, a share of it, or a number said for each.

use std::collections::BTreeMap;

use super::classes::Classes;
use crate::{Setting, SettingKind, SynthError};

/// What `sampling` is, for methods that add rows.
pub(super) const OVER: Setting = Setting {
    name: "sampling",
    about: "auto raises every class to the largest; a number to that share of it; else rows for each class",
    kind: SettingKind::Text("auto, a number from 0 to 1, or CLASS=ROWS pairs separated by commas"),
    default: "auto",
};

/// What `sampling` is, for methods that take rows away.
pub(super) const UNDER: Setting = Setting {
    about: "auto cuts every class to the smallest; a number until the smallest is that share; else rows for each class",
    ..OVER
};

/// How many rows each class is to have.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Sampling {
    /// As many as the largest class has; of under-sampling, as the smallest.
    #[default]
    Balanced,
    /// The share of the smaller classes in the larger, from 0 to 1.
    Share(f64),
    /// Rows after the work, by label.
    Rows(BTreeMap<String, usize>),
}

impl Sampling {
    /// Reads `auto`, `0.5`, or `yes=200, no=300`; a label may hold commas and equal signs.
    pub(super) fn parse(setting: &Setting, value: &str) -> Result<Self, SynthError> {
        let text = value.trim();
        if text == "auto" {
            return Ok(Self::Balanced);
        }
        if let Ok(share) = text.parse::<f64>() {
            let allowed = share > 0.0 && share <= 1.0;
            return if allowed { Ok(Self::Share(share)) } else { Err(setting.invalid(value)) };
        }
        let mut rows = BTreeMap::new();
        let mut label = String::new();
        for piece in text.split(',') {
            label.push_str(piece);
            let pair = label.rsplit_once('=').and_then(|(name, rows)| Some((name, rows.trim().parse().ok()?)));
            if let Some((name, count)) = pair {
                if rows.insert(name.trim().to_owned(), count).is_some() {
                    return Err(setting.invalid(value));
                }
                label.clear();
            } else {
                label.push(',');
            }
        }
        if label.is_empty() && !rows.is_empty() { Ok(Self::Rows(rows)) } else { Err(setting.invalid(value)) }
    }

    /// How many rows are to be made in each class: those missing to the share of the largest class, rounded down.
    pub(super) fn over(&self, classes: &Classes) -> Result<Vec<usize>, SynthError> {
        let counts = classes.counts();
        let largest = counts.iter().copied().max().unwrap_or(0);
        match self {
            Self::Rows(rows) => {
                let wanted = wanted(rows, classes)?;
                let more = |(wanted, count): (Option<usize>, usize)| wanted.unwrap_or(count).checked_sub(count);
                let more = wanted.into_iter().zip(counts).map(more).collect::<Option<Vec<_>>>();
                more.ok_or_else(|| said(rows, "at least the rows that each class has"))
            }
            _ if counts.len() < 2 => Err(one_class(classes)),
            Self::Balanced => Ok(counts.iter().map(|count| largest - count).collect()),
            Self::Share(share) => {
                let wanted = (largest as f64 * share) as usize;
                Ok(counts.iter().map(|count| wanted.saturating_sub(*count)).collect())
            }
        }
    }

    /// How many rows of each class are to be kept.
    pub(super) fn under(&self, classes: &Classes) -> Result<Vec<usize>, SynthError> {
        let counts = classes.counts();
        let smallest = counts.iter().copied().min().unwrap_or(0);
        match self {
            Self::Rows(rows) => {
                let wanted = wanted(rows, classes)?;
                let kept = |(wanted, count): (Option<usize>, usize)| {
                    let wanted = wanted.unwrap_or(count);
                    (wanted <= count).then_some(wanted)
                };
                let kept = wanted.into_iter().zip(counts).map(kept).collect::<Option<Vec<_>>>();
                kept.ok_or_else(|| said(rows, "at most the rows that each class has"))
            }
            _ if counts.len() < 2 => Err(one_class(classes)),
            Self::Balanced => Ok(vec![smallest; counts.len()]),
            Self::Share(share) => {
                let wanted = (smallest as f64 / share) as usize;
                Ok(counts.iter().map(|count| wanted.min(*count)).collect())
            }
        }
    }
}

fn one_class(classes: &Classes) -> SynthError {
    SynthError::OneClass { column: classes.column.clone(), found: classes.labels.len() }
}

/// The rows said for each class.
fn wanted(rows: &BTreeMap<String, usize>, classes: &Classes) -> Result<Vec<Option<usize>>, SynthError> {
    let mut wanted = vec![None; classes.labels.len()];
    for (label, &count) in rows {
        let class = classes.named(label).ok_or_else(|| said(rows, "labels that the target has"))?;
        wanted[class] = Some(count);
    }
    Ok(wanted)
}

fn said(rows: &BTreeMap<String, usize>, expected: &str) -> SynthError {
    let value = rows.iter().map(|(label, rows)| format!("{label}={rows}")).collect::<Vec<_>>().join(",");
    SynthError::InvalidSetting { name: OVER.name.to_owned(), expected: expected.to_owned(), value }
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    fn read(text: &str) -> Option<Sampling> {
        Sampling::parse(&OVER, text).ok()
    }

    #[test]
    fn labels_may_hold_commas_and_equal_signs() {
        let rows = |pairs: &[(&str, usize)]| {
            Some(Sampling::Rows(pairs.iter().map(|(label, rows)| ((*label).to_owned(), *rows)).collect()))
        };
        assert_eq!(read("auto"), Some(Sampling::Balanced));
        assert_eq!(read(" 0.5 "), Some(Sampling::Share(0.5)));
        assert_eq!(read("yes=20, no=30"), rows(&[("yes", 20), ("no", 30)]));
        assert_eq!(read("<=50K=20,a, b=7"), rows(&[("<=50K", 20), ("a, b", 7)]));
        for wrong in ["", "0", "1.5", "-1", "NaN", "yes", "yes=", "yes=-1", "a=1,b", "a=1,a=2", ",", "inf"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn classes_are_raised_and_cut() {
        let table = df!("a" => ["x", "x", "x", "x", "y", "y", "z"]).unwrap();
        let classes = Classes::of(&table, &["a"]).unwrap();
        let over = |text: &str| read(text).unwrap().over(&classes).ok();
        let under = |text: &str| read(text).unwrap().under(&classes).ok();
        assert_eq!(over("auto"), Some(vec![0, 2, 3]));
        assert_eq!(over("0.7"), Some(vec![0, 0, 1]));
        assert_eq!(over("y=5,z=1"), Some(vec![0, 3, 0]));
        assert_eq!((over("y=1"), over("q=9")), (None, None));
        assert_eq!(under("auto"), Some(vec![1, 1, 1]));
        assert_eq!(under("0.4"), Some(vec![2, 2, 1]));
        assert_eq!(under("x=3"), Some(vec![3, 2, 1]));
        assert_eq!(under("x=5"), None);
    }
}
