//! What each column is for, from its type, its name, its values and the relations it has.

use std::collections::BTreeSet;

use super::analysis::{Analysis, ColumnAnalysis, Role};
use super::names::{identifies, words};
use super::profile::Family;

/// Texts with at most so many different values, or so small a share of the rows, are categories.
const CATEGORIES: u64 = 60;
const SHARE: f64 = 0.05;
/// Whole numbers that are named so are labels: they are not summed.
const LABELS: [&str; 16] = [
    "year", "month", "day", "week", "quarter", "hour", "minute", "zip", "postcode", "phone", "level", "grade", "rank",
    "class", "semester", "version",
];

/// Gives every column its role.
pub(super) fn assign(analysis: &mut Analysis) {
    let pointing: BTreeSet<(String, String)> = analysis
        .relations
        .iter()
        .flat_map(|relation| {
            relation.from.columns.iter().map(|column| (relation.from.table.clone(), column.to_lowercase()))
        })
        .collect();
    for table in &mut analysis.tables {
        let composite: Vec<String> = table.keys.first().filter(|key| key.len() > 1).cloned().unwrap_or_default();
        for column in &mut table.columns {
            let points = pointing.contains(&(table.name.clone(), column.name.to_lowercase()));
            let part = composite.contains(&column.name);
            column.role = role(column, table.rows, points, part);
        }
    }
}

fn role(column: &ColumnAnalysis, rows: u64, points: bool, part: bool) -> Role {
    let family = Family::of(&column.data_type);
    let identifier = identifies(&column.name);
    if column.is_key && (identifier || !points) {
        return Role::Key;
    }
    if points {
        return Role::ForeignKey;
    }
    match family {
        Family::Time => Role::Time,
        Family::Flag => Role::Flag,
        _ if is_flag(column) => Role::Flag,
        Family::Text => match column.used_as.as_deref() {
            Some("DATE" | "TIMESTAMP") => Role::Time,
            _ if identifier && part => Role::Key,
            _ if column.distinct <= CATEGORIES || (column.distinct as f64) < rows as f64 * SHARE => Role::Category,
            _ => Role::Text,
        },
        Family::Whole if identifier => {
            if part {
                Role::Key
            } else {
                Role::Category
            }
        }
        Family::Whole if words(&column.name).last().is_some_and(|last| LABELS.contains(&last.as_str())) => {
            Role::Category
        }
        Family::Whole | Family::Number => Role::Measure,
        Family::Clock => Role::Category,
        Family::Other => Role::Text,
    }
}

/// Two values that mean yes and no.
fn is_flag(column: &ColumnAnalysis) -> bool {
    let pair = |value: &Option<String>| value.as_deref().map(str::to_lowercase);
    let named =
        words(&column.name).first().is_some_and(|first| matches!(first.as_str(), "is" | "has" | "allow" | "flag"));
    column.distinct == 2
        && match (pair(&column.min).as_deref(), pair(&column.max).as_deref()) {
            (Some("f" | "false"), Some("t" | "true")) | (Some("n" | "no"), Some("y" | "yes")) => true,
            (Some("0"), Some("1")) => named || Family::of(&column.data_type) == Family::Text,
            _ => false,
        }
}
