//! The ways between tables: relations that were declared or found, and those that names say.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::belongs;
use super::names::unique;
use crate::analyzer::{Analysis, Relation, TableAnalysis};
use crate::semantic::words::{prefix, singular, spelt_out, split, without};
use crate::semantic::{ColumnPair, Relationship, RelationshipExtension, RelationshipType, SemanticModel, same};
use crate::warehouse::{Catalog, CatalogTable};

/// Relations that are less sure are left out.
const SURE: f64 = 0.5;

pub(super) fn relationships(
    analysis: &Analysis,
    catalog: &Catalog,
    names: &BTreeMap<String, String>,
) -> Vec<Relationship> {
    let mut made: Vec<Relationship> = Vec::new();
    let mut taken = BTreeSet::new();
    let typed = |table: &str, columns: &[String]| -> Option<Vec<String>> {
        let table = catalog.tables.iter().find(|known| same(&known.name, table))?;
        columns.iter().map(|name| table.column(name).map(|column| column.sql.clone())).collect()
    };
    let good = |relation: &&Relation| {
        relation.many_to_one
            && (relation.declared || relation.confidence >= SURE)
            && !same(&relation.from.table, &relation.to.table)
    };
    for relation in analysis.relations.iter().filter(good) {
        let ends = (names.get(&relation.from.table.to_lowercase()), names.get(&relation.to.table.to_lowercase()));
        let (Some(left), Some(right)) = ends else { continue };
        let columns =
            (typed(&relation.from.table, &relation.from.columns), typed(&relation.to.table, &relation.to.columns));
        let (Some(from), Some(to)) = columns else { continue };
        // The surest use of a column is the one meant.
        let again = made.iter().any(|known| {
            known.left_table == *left && known.relationship_columns.iter().map(|pair| &pair.left_column).eq(&from)
        });
        // The same pair the other way round; a doctor's department and a department's head are two.
        let back = made.iter().any(|known| {
            known.left_table == *right
                && known.right_table == *left
                && known
                    .relationship_columns
                    .iter()
                    .map(|pair| (&pair.right_column, &pair.left_column))
                    .eq(from.iter().zip(&to))
        });
        if again || back {
            continue;
        }
        let table = catalog.tables.iter().find(|known| same(&known.name, &relation.from.table));
        let bare = table.map_or_else(String::new, |table| role_words(table, &relation.from.columns));
        made.push(relationship(&mut taken, left, right, bare, from.into_iter().zip(to)));
    }
    made
}

/// What a foreign key says of the rows it points at: `sbTxCustId` is customer.
pub(super) fn role_words(table: &CatalogTable, columns: &[String]) -> String {
    let common = prefix(&table.columns.iter().map(|column| split(&column.name)).collect::<Vec<_>>());
    let words: Vec<String> = columns.iter().flat_map(|column| without(&split(column), &common)).collect();
    spelt_out(&words).trim_end_matches(" id").trim_end_matches(" key").to_owned()
}

pub(super) fn relationship(
    taken: &mut BTreeSet<String>,
    left: &str,
    right: &str,
    role: String,
    columns: impl Iterator<Item = (String, String)>,
) -> Relationship {
    Relationship {
        name: unique(taken, &format!("{left}_{}", role.replace(' ', "_"))),
        left_table: left.to_owned(),
        right_table: right.to_owned(),
        relationship_columns: columns
            .map(|(left_column, right_column)| ColumnPair { left_column, right_column })
            .collect(),
        relationship_type: RelationshipType::ManyToOne,
        extension: RelationshipExtension { roles: vec![role], default: false },
        ..Relationship::default()
    }
}

/// Relations that the data can't show, because there is too little of it, but names do: a column that is called as the
/// only key of another table, or as that table itself.
pub(super) fn guessed(model: &SemanticModel, read: &[(&CatalogTable, &TableAnalysis)]) -> Vec<Relationship> {
    let mut taken: BTreeSet<String> = model.relationships.iter().map(|known| known.name.to_lowercase()).collect();
    let mut made: Vec<Relationship> = Vec::new();
    for ((table, _), left) in read.iter().zip(&model.tables) {
        let common = prefix(&table.columns.iter().map(|column| split(&column.name)).collect::<Vec<_>>());
        for column in &table.columns {
            let only_key = left.primary_key.as_ref().is_some_and(|key| key.columns == [column.sql.clone()]);
            let own = only_key && belongs(&column.name, &table.name);
            let known = model.relationships.iter().chain(&made).any(|relationship| {
                relationship.left_table == left.name
                    && relationship.relationship_columns.iter().any(|pair| pair.left_column == column.sql)
            });
            if own || known {
                continue;
            }
            let mut targets = read.iter().zip(&model.tables).filter(|((other, _), right)| {
                let key = right.primary_key.as_ref().map(|key| key.columns.as_slice());
                let Some([key]) = key else { return false };
                let Some(target) = other.columns.iter().find(|candidate| candidate.sql == *key) else { return false };
                let subject = singular(&right.name.replace('_', " "));
                // `wid` in two tables, the key of one of them alone, whatever it is short for.
                let short = split(&target.name);
                let code =
                    matches!(short.as_slice(), [word] if word.len() > 2 && word.len() <= 5 && word.ends_with("id"));
                let called = same(&target.name, &column.name) && (code || belongs(&target.name, &other.name));
                let itself = singular(&spelt_out(&split(&column.name))) == subject;
                // `blCuId` for `cuId`, where all columns begin with the letters of their table.
                let fronted = !common.is_empty()
                    && split(&column.name).strip_prefix(common.as_slice()) == Some(split(&target.name).as_slice());
                let pointed = points_at(&column.name, &subject) || fronted;
                right.name != left.name
                    && target.data_type == column.data_type
                    && (called || pointed || (itself && target.data_type.to_ascii_uppercase().contains("INT")))
            });
            if let (Some((_, right)), None) = (targets.next(), targets.next())
                && let Some(key) = &right.primary_key
            {
                let pairs = key.columns.iter().map(|to| (column.sql.clone(), to.clone()));
                let role = role_words(table, std::slice::from_ref(&column.name));
                made.push(relationship(&mut taken, &left.name, &right.name, role, pairs));
            }
        }
    }
    made
}

/// Whether a column is called as a table with a word for its key: `guest_fk` for guests.
fn points_at(column: &str, subject: &str) -> bool {
    let words = split(column);
    let Some((last, front)) = words.split_last() else { return false };
    matches!(last.as_str(), "fk" | "id" | "key" | "ref" | "code" | "cd")
        && !front.is_empty()
        && singular(&spelt_out(front)) == subject
}

/// Of several ways between two tables, the one whose column is called as the key is the one meant.
pub(super) fn defaults(made: &mut [Relationship]) {
    for at in 0..made.len() {
        let (left, right) = (made[at].left_table.clone(), made[at].right_table.clone());
        let several = made.iter().filter(|other| other.left_table == left && other.right_table == right).count() > 1;
        let called = made[at].relationship_columns.iter().all(|pair| same(&pair.left_column, &pair.right_column));
        made[at].extension.default = several && called;
    }
}
