//! Relations that comments speak of: `finder_id`, "staff member who made the find".

use std::collections::BTreeSet;

use super::relations::{relationship, role_words};
use super::ways::counts_none;
use crate::analyzer::TableAnalysis;
use crate::semantic::words::{singular, split};
use crate::semantic::{Relationship, SemanticModel, same};
use crate::warehouse::{CatalogTable, Warehouse};

/// Tables of more rows are not compared.
const LARGE: u64 = 1_000_000;

/// Relations of columns whose comment names another table first, and whose values are all keys of it.
///
/// None where the two tables have another way to each other over one between them: then it is the one that is meant.
pub(super) fn told(
    model: &SemanticModel,
    read: &[(&CatalogTable, &TableAnalysis)],
    warehouse: &dyn Warehouse,
) -> Vec<Relationship> {
    let mut taken: BTreeSet<String> = model.relationships.iter().map(|known| known.name.to_lowercase()).collect();
    let mut made = Vec::new();
    for ((table, found), left) in read.iter().zip(&model.tables) {
        for column in &table.columns {
            let points = split(&column.name).last().is_some_and(|last| matches!(last.as_str(), "id" | "fk" | "ref"));
            let known = left.primary_key.as_ref().is_some_and(|key| key.columns == [column.sql.clone()])
                || model.relationships.iter().any(|relation| {
                    same(&relation.left_table, &left.name)
                        && relation.relationship_columns.iter().any(|pair| pair.left_column == column.sql)
                });
            let Some(comment) = column.comment.as_deref().filter(|_| points && !known) else { continue };
            let words: Vec<String> =
                comment.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(singular).collect();
            let mut targets: Vec<(usize, usize)> = Vec::new();
            for (at, ((other, _), right)) in read.iter().zip(&model.tables).enumerate() {
                let subject = singular(&right.name.replace('_', " "));
                let said: Vec<&str> = subject.split(' ').collect();
                let place = words.windows(said.len()).position(|window| window.iter().eq(said.iter()));
                let key = right.primary_key.as_ref().and_then(|key| match key.columns.as_slice() {
                    [only] => other.columns.iter().find(|candidate| candidate.sql == *only),
                    _ => None,
                });
                let fits = key.is_some_and(|key| key.data_type == column.data_type) && right.name != left.name;
                targets.extend(place.filter(|_| fits).map(|place| (place, at)));
            }
            let Some((_, at)) = targets.iter().min() else { continue };
            let ((other, of_other), right) = (&read[*at], &model.tables[*at]);
            let Some([key]) = right.primary_key.as_ref().map(|key| key.columns.as_slice()) else { continue };
            let missing = format!(
                "SELECT COUNT(*) FROM {0} WHERE {1} IS NOT NULL AND {1} NOT IN (SELECT {2} FROM {3} WHERE {2} IS NOT NULL)",
                table.sql, column.sql, key, other.sql
            );
            let small = found.rows.max(of_other.rows) <= LARGE;
            if bridged(model, &left.name, &right.name) || !small || !counts_none(warehouse, &missing) {
                continue;
            }
            let role = role_words(table, std::slice::from_ref(&column.name));
            let pairs = std::iter::once((column.sql.clone(), key.clone()));
            made.push(relationship(&mut taken, &left.name, &right.name, role, pairs));
        }
    }
    made
}

/// Whether the rows of a third table point at both.
fn bridged(model: &SemanticModel, left: &str, right: &str) -> bool {
    let points = |from: &str, to: &str| {
        model.relationships.iter().any(|it| same(&it.left_table, from) && same(&it.right_table, to))
    };
    model.tables.iter().any(|table| points(&table.name, left) && points(&table.name, right)) || points(left, right)
}
