//! Relations between tables: those that are declared, and those that names, types and values speak for.
//!
//! A column may point to a key of another table when their types agree and either their names do or the column's values
//! are words that the key has. Then the values are compared: the share of the column's different values that the key has is
//! the inclusion. Small whole numbers are in any other column of small whole numbers, so numbers without a name for it are
//! never taken for a relation.

use std::collections::BTreeMap;

use super::analysis::{Analysis, ColumnAnalysis, End, Relation, TableAnalysis};
use super::names::{affinity, common_prefix, identifies, is_bare, pointing, subject};
use super::profile::Family;
use crate::AgentsError;
use crate::etl::rows::Desk;
use crate::warehouse::CatalogTable;

/// The least inclusion of a relation that nothing but names speaks for.
const INCLUDED: f64 = 0.9;
/// What counts as inclusion where there are no values.
const UNKNOWN: f64 = 0.3;
/// The least confidence that is reported.
const SURE: f64 = 0.5;
/// Words that only values speak for must have so many different ones.
const WORDS: u64 = 3;
/// Tables of more rows are not compared by words alone.
const LARGE: u64 = 5_000_000;

/// A pair of columns that may be related.
struct Candidate<'a> {
    from: (&'a TableAnalysis, &'a ColumnAnalysis),
    to: (&'a TableAnalysis, &'a ColumnAnalysis),
    named: f64,
    evidence: Vec<String>,
}

/// Finds relations between the tables of an analysis.
pub(super) fn find(
    desk: Desk<'_>,
    catalog: &[&CatalogTable],
    analysis: &mut Analysis,
    pairs: usize,
) -> Result<(), AgentsError> {
    let mut relations = declared(desk, catalog, analysis)?;
    let mut candidates = candidates(analysis);
    candidates.retain(|candidate| !relations.iter().any(|relation| candidate.repeats(relation)));
    candidates.sort_by(|a, b| b.named.total_cmp(&a.named));
    let left = candidates.len().saturating_sub(pairs);
    candidates.truncate(pairs);
    let mut found = Vec::new();
    for candidate in &candidates {
        match candidate.compare(desk) {
            Ok(relation) => found.extend(relation),
            Err(AgentsError::Cancelled) => return Err(AgentsError::Cancelled),
            // Values that can't be compared are no relation.
            Err(_) => {}
        }
    }
    if left > 0 {
        analysis.notes.push(format!("{left} more pairs of columns were not compared"));
    }
    relations.extend(best(found));
    relations
        .sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to))));
    analysis.relations = relations;
    Ok(())
}

fn declared(desk: Desk<'_>, catalog: &[&CatalogTable], analysis: &Analysis) -> Result<Vec<Relation>, AgentsError> {
    let mut relations = Vec::new();
    for table in catalog {
        for key in &table.foreign_keys {
            let Some((from, to)) = analysis.table(&table.name).zip(analysis.table(&key.table)) else { continue };
            let inclusion = match (key.columns.as_slice(), key.referenced.as_slice()) {
                ([one], [other]) => match from.column(one).zip(to.column(other)) {
                    // An engine that enforces it need not be asked; Snowflake does not.
                    Some((one, other)) if desk.warehouse.name() != "duckdb" => {
                        inclusion(desk, (from, one), (to, other))?.unwrap_or(1.0)
                    }
                    _ => 1.0,
                },
                _ => 1.0,
            };
            relations.push(Relation {
                from: End { table: from.name.clone(), columns: key.columns.clone() },
                to: End { table: to.name.clone(), columns: key.referenced.clone() },
                many_to_one: true,
                declared: true,
                inclusion,
                confidence: 1.0,
                evidence: vec!["declared as a foreign key".to_owned()],
            });
        }
    }
    Ok(relations)
}

fn candidates(analysis: &Analysis) -> Vec<Candidate<'_>> {
    let prefix = common_prefix(analysis.tables.iter().map(|table| table.name.as_str()));
    let subjects: BTreeMap<&str, Vec<String>> =
        analysis.tables.iter().map(|table| (table.name.as_str(), subject(&table.name, &prefix))).collect();
    let about = |table: &TableAnalysis| subjects.get(table.name.as_str()).cloned().unwrap_or_default();
    // Which keys there are to point to: of each table those that are meant as its own.
    let targets: Vec<(&TableAnalysis, &ColumnAnalysis, f64)> = analysis
        .tables
        .iter()
        .flat_map(|table| {
            let about = about(table);
            let prefix = &prefix;
            table.columns.iter().filter(|column| column.is_key).map(move |column| {
                let own = if table.keys.first().is_some_and(|key| key == std::slice::from_ref(&column.name)) {
                    0.2
                } else {
                    0.0
                };
                (table, column, affinity(&column.name, &about, prefix) + own)
            })
        })
        .collect();
    let mut found = Vec::new();
    for table in &analysis.tables {
        for column in &table.columns {
            for (other, key, affine) in &targets {
                let itself = std::ptr::eq(table, *other);
                if itself && (column.is_key || column.name == key.name) {
                    continue;
                }
                let context =
                    Context { prefix: &prefix, own: &about(table), subject: &about(other), affine: *affine, itself };
                found.extend(candidate((table, column), (other, key), &context));
            }
        }
    }
    found
}

struct Context<'a> {
    prefix: &'a [String],
    /// What the table of the column is about.
    own: &'a [String],
    /// What the table of the key is about.
    subject: &'a [String],
    /// How well the key's name fits as the key of its table.
    affine: f64,
    itself: bool,
}

fn candidate<'a>(
    from: (&'a TableAnalysis, &'a ColumnAnalysis),
    to: (&'a TableAnalysis, &'a ColumnAnalysis),
    context: &Context<'_>,
) -> Option<Candidate<'a>> {
    let (column, key) = (from.1, to.1);
    let (one, other) = (Family::of(&column.data_type), Family::of(&key.data_type));
    if one != other || !matches!(one, Family::Whole | Family::Text | Family::Time) {
        return None;
    }
    let (points, target) = (pointing(&column.name, context.prefix), pointing(&key.name, context.prefix));
    let mut evidence = Vec::new();
    let direct = affinity(&column.name, context.subject, context.prefix);
    let own = affinity(&column.name, context.own, context.prefix);
    // The key of its own table points nowhere by a name that is its own.
    let named = if is_bare(&points) {
        0.0
    } else if points == target && context.affine >= 0.5 && !context.itself {
        evidence.push(format!("both are named {}", key.name));
        if column.is_key && own >= direct && own > 0.5 { 0.0 } else { 0.66 + 0.2 * context.affine.min(1.2) }
    } else if points.len() > target.len() && points.ends_with(&target) && !is_bare(&target) && context.affine >= 0.5 {
        evidence.push(format!("{} ends with {}", column.name, key.name));
        0.56 + 0.2 * context.affine.min(1.2)
    } else if direct >= 0.75 && (!column.is_key || direct > own) && context.affine >= 0.5 && identifies(&key.name) {
        evidence.push(format!("{} names {}", column.name, to.0.name));
        0.6 + 0.2 * direct
    } else if points == context.subject && !column.is_key && context.affine >= 0.5 && identifies(&key.name) {
        evidence.push(format!("{} is named as {}", column.name, to.0.name));
        0.75
    } else if named_after(&points, context)
        && context.affine >= 0.5
        && identifies(&key.name)
        && identifies(&column.name)
    {
        evidence.push(format!("{} names {}", column.name, to.0.name));
        0.7
    } else {
        0.0
    };
    let by_words = one == Family::Text
        && named == 0.0
        && context.affine >= 0.5
        && !context.itself
        && column.distinct >= WORDS
        && !column.is_key
        && from.0.rows.max(to.0.rows) <= LARGE;
    (named > 0.0 || by_words).then_some(Candidate { from, to, named, evidence })
}

/// Whether the column's name ends with what the other table is about and a word for identifiers: `manager_employee_id` of
/// employees.
fn named_after(points: &[String], context: &Context<'_>) -> bool {
    let Some((_, front)) = points.split_last() else { return false };
    !context.subject.is_empty() && front.len() > context.subject.len() && front.ends_with(context.subject)
}

impl Candidate<'_> {
    fn repeats(&self, relation: &Relation) -> bool {
        let is = |end: &End, (table, column): (&TableAnalysis, &ColumnAnalysis)| {
            end.table == table.name && end.columns.iter().any(|name| name.eq_ignore_ascii_case(&column.name))
        };
        (is(&relation.from, self.from) && is(&relation.to, self.to))
            || (is(&relation.from, self.to) && is(&relation.to, self.from))
            // A column that is declared to point somewhere points nowhere else.
            || (relation.declared && is(&relation.from, self.from))
    }

    /// Compares the values, and says what comes of it.
    fn compare(&self, desk: Desk<'_>) -> Result<Option<Relation>, AgentsError> {
        let (column, key) = (self.from.1, self.to.1);
        let mut evidence = self.evidence.clone();
        let compared = inclusion(desk, self.from, self.to)?;
        let inclusion = compared.unwrap_or(0.0);
        evidence.push(match compared {
            Some(share) => format!("{:.0} % of {} different values are there", share * 100.0, column.distinct),
            None => "there are no values to compare".to_owned(),
        });
        let confidence = if self.named > 0.0 {
            // A name that is sure outweighs values that are gone; a weak one needs them.
            let values = match compared {
                Some(inclusion) if inclusion >= INCLUDED => inclusion,
                Some(inclusion) => inclusion * 0.7,
                None => UNKNOWN,
            };
            self.named * (0.45 + 0.55 * values) + if inclusion >= 1.0 { 0.05 } else { 0.0 }
        } else if inclusion >= 1.0 {
            let many = (column.distinct as f64 / 20.0).min(1.0);
            let part = (column.distinct as f64 / key.distinct.max(1) as f64).min(1.0);
            0.5 + 0.2 * many + 0.1 * part
        } else {
            0.0
        };
        if confidence < SURE {
            return Ok(None);
        }
        let end = |(table, column): (&TableAnalysis, &ColumnAnalysis)| End {
            table: table.name.clone(),
            columns: vec![column.name.clone()],
        };
        let (from, to) = (end(self.from), end(self.to));
        Ok(Some(Relation {
            from,
            to,
            many_to_one: key.is_key,
            declared: false,
            inclusion,
            confidence: (confidence.min(0.99) * 1000.0).round() / 1000.0,
            evidence,
        }))
    }
}

/// The share of a column's different values that a key has; none where there are no values.
fn inclusion(
    desk: Desk<'_>,
    (table, column): (&TableAnalysis, &ColumnAnalysis),
    (other, key): (&TableAnalysis, &ColumnAnalysis),
) -> Result<Option<f64>, AgentsError> {
    let query = format!(
        "SELECT COUNT(*), COUNT(B.K) FROM (SELECT DISTINCT {0} AS K FROM {1} WHERE {0} IS NOT NULL) A
         LEFT JOIN (SELECT DISTINCT {2} AS K FROM {3} WHERE {2} IS NOT NULL) B ON A.K = B.K",
        column.sql, table.sql, key.sql, other.sql
    );
    let rows = desk.run(&query)?;
    let (all, found) = (rows.count(0, 0), rows.count(0, 1));
    Ok((all > 0).then(|| found as f64 / all as f64))
}

/// Where a column may point to several tables, the surest; a table that is nearly as sure stays, unless only words speak for it.
/// Of two relations that are each other's reverse the surer one stays.
fn best(mut found: Vec<Relation>) -> Vec<Relation> {
    const NEAR: f64 = 0.03;
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut kept: Vec<Relation> = Vec::new();
    for relation in found {
        let reverse = |other: &&Relation| other.from == relation.to && other.to == relation.from;
        let same = |other: &&Relation| other.from == relation.from;
        let worse = |other: &Relation| relation.confidence < other.confidence - NEAR || relation.evidence.len() < 2;
        if kept.iter().find(reverse).is_none() && !kept.iter().filter(same).any(worse) {
            kept.push(relation);
        }
    }
    kept
}
