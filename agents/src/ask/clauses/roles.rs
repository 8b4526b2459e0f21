//! Several ways between two tables, told apart by what the pointing columns are called: the origin and the destination of
//! a flight, the sender and the receiver of a payment, home and away teams.

use super::cursor::{Cursor, Look};
use super::filter::one_of;
use super::names::Column;
use super::phrase::Np;
use crate::ask::words::{lemmas, stem};
use crate::plan::{Field, Filter, Value};
use crate::semantic::{Relationship, SemanticModel, same};

/// One of several ways from a table to another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Way {
    /// The table that it leads to.
    pub(super) to: String,
    /// The relationship's name.
    pub(super) relationship: String,
}

/// Words for where something comes from, and for where it goes to.
const FROM: [&str; 12] =
    ["from", "origin", "source", "sender", "departure", "start", "depart", "giver", "payer", "seller", "home", "old"];
const TO: [&str; 12] =
    ["to", "destination", "target", "receiver", "recipient", "arrival", "end", "dest", "payee", "buyer", "away", "new"];

/// The ways that have a twin: another relationship between the same two tables; each with the words of its role.
fn twins(model: &SemanticModel) -> Vec<(&Relationship, Vec<String>)> {
    let known = &model.relationships;
    known
        .iter()
        .filter(|one| {
            known.iter().filter(|two| two.left_table == one.left_table && two.right_table == one.right_table).count()
                > 1
        })
        .filter_map(|one| {
            let entity = model.table(&one.right_table)?.extension.entity.as_ref();
            let own: Vec<String> = entity
                .iter()
                .flat_map(|entity| lemmas(&entity.singular))
                .chain(lemmas(&one.right_table.replace('_', " ")))
                .collect();
            let said = one.extension.roles.first().map(|role| lemmas(&role.replace('_', " "))).unwrap_or_default();
            let words: Vec<String> = said
                .into_iter()
                .filter(|word| !own.contains(word) && !matches!(word.as_str(), "id" | "key" | "code" | "number" | "by"))
                .collect();
            (!words.is_empty()).then_some((one, words))
        })
        .collect()
}

/// Columns by the role of their table: "destination region", "home team name".
pub(super) fn columns(model: &SemanticModel, columns: &[Column]) -> Vec<Column> {
    let mut out = Vec::new();
    for (way, words) in twins(model) {
        for column in columns.iter().filter(|column| same(&column.field.table, &way.right_table)) {
            out.push(column.in_role(&words, &way.name));
        }
    }
    out
}

impl Cursor<'_> {
    /// The way that a verb speaks of: `sender_id` for "sent", `approved_by` for "approved".
    pub(super) fn way_of(&self, table: &str, stem_of: &str) -> Option<Way> {
        let is = |word: &String| {
            let known = stem(word);
            known == stem_of
                || known.len() > 3 && stem_of.len() > 3 && (known.starts_with(stem_of) || stem_of.starts_with(&known))
        };
        let mut found = twins(self.schema.model)
            .into_iter()
            .filter(|(way, words)| same(&way.left_table, table) && words.iter().any(is));
        let (way, _) = found.next()?;
        found.next().is_none().then(|| Way { to: way.right_table.clone(), relationship: way.name.clone() })
    }

    /// "from Boston", "to Denver", where a row has an origin and a destination.
    pub(super) fn directed(&mut self, np: &mut Np) -> bool {
        let Some(table) = self.table_of(np) else { return false };
        let words: &[&str] = if self.is(&["from"]) { &FROM } else { &TO };
        let mut ahead = self.clone();
        ahead.at += 1;
        ahead.articles();
        let Look::Values(values) = ahead.look() else { return false };
        let found: Vec<(Field, Vec<String>)> = twins(self.schema.model)
            .into_iter()
            .filter(|(way, said)| {
                same(&way.left_table, &table) && said.iter().any(|word| words.contains(&word.as_str()))
            })
            .flat_map(|(way, _)| {
                let to = way.right_table.clone();
                let of = values.found.iter().filter(move |(field, _)| same(&field.table, &to));
                of.map(|(field, values)| (Field { via: vec![way.name.clone()], ..field.clone() }, values.clone()))
            })
            .collect();
        let [(field, values)] = found.as_slice() else { return false };
        np.filters.push(one_of(field, values));
        self.at = ahead.at + ahead.values().map_or(1, |values| values.len);
        true
    }

    /// A condition on the rows of the table that the verb's way leads to.
    pub(super) fn on_way(&self, mut filter: Filter) -> Filter {
        if let Some(way) = &self.way {
            go(&mut filter, way);
        }
        filter
    }
}

fn go(filter: &mut Filter, way: &Way) {
    let put = |value: &mut Value| {
        if let Value::Field { field } = value
            && same(&field.table, &way.to)
            && field.via.is_empty()
        {
            field.via = vec![way.relationship.clone()];
        }
    };
    match filter {
        Filter::Compare { left, right, .. } => {
            put(left);
            put(right);
        }
        Filter::OneOf { value, .. }
        | Filter::Between { value, .. }
        | Filter::Null { value, .. }
        | Filter::Text { value, .. } => {
            put(value);
        }
        Filter::Flag { field, .. } if same(&field.table, &way.to) && field.via.is_empty() => {
            field.via = vec![way.relationship.clone()];
        }
        Filter::All { of } | Filter::Any { of } => of.iter_mut().for_each(|one| go(one, way)),
        Filter::Not { filter } => go(filter, way),
        _ => {}
    }
}
