//! The whole model: a logical table for each table, their relationships, and what each is to the others.

use std::collections::{BTreeMap, BTreeSet};

use super::names::unique;
use super::relations::{defaults, guessed, relationships};
use super::table::Maker;
use super::told::told;
use super::ways::agreeing;
use crate::analyzer::{Analysis, Role, TableAnalysis};
use crate::plan::Field;
use crate::semantic::words::{apart, prefix, spelt_out, split, subject, without};
use crate::semantic::{ModelExtension, PrimaryKey, SemanticError, SemanticModel, TableRole, same};
use crate::warehouse::{Catalog, CatalogTable, Warehouse, may_be_quoted};

/// Makes a first model of a database.
///
/// Each table becomes a logical table: what an analysis calls a measure becomes a fact with a total and an average, a day a
/// time dimension, other columns dimensions with their values where there are few; each table can be counted. Names are
/// split into words and spelt out. It is meant to be saved with [`SemanticModel::write`] and edited.
///
/// # Errors
/// [`SemanticError::NoTables`], and what the warehouse fails with when it is asked for values.
pub fn from_catalog(
    name: &str,
    warehouse: &dyn Warehouse,
    catalog: &Catalog,
    analysis: &Analysis,
) -> Result<SemanticModel, SemanticError> {
    let read: Vec<(&CatalogTable, &TableAnalysis)> = catalog
        .tables
        .iter()
        // The guard of agents lets no other names pass.
        .filter(|table| may_be_quoted(&table.name))
        .filter_map(|table| {
            let found = analysis.tables.iter().find(|found| found.sql == table.sql && found.problem.is_none())?;
            Some((table, found))
        })
        .collect();
    if read.is_empty() {
        return Err(SemanticError::NoTables);
    }
    let common = prefix(&read.iter().map(|(table, _)| split(&table.name)).collect::<Vec<_>>());
    let mut maker = Maker { warehouse, analysis, metrics: BTreeSet::new(), nouns: BTreeSet::new() };
    let mut model = SemanticModel { name: name.to_owned(), ..SemanticModel::default() };
    let mut names = BTreeSet::new();
    for (table, found) in &read {
        let columns: Vec<Vec<String>> = table.columns.iter().map(|column| split(&column.name)).collect();
        let words = subject(apart(without(&split(&table.name), &common), &columns));
        let said = spelt_out(&words);
        let logical = unique(&mut names, &said.replace(' ', "_"));
        model.tables.push(maker.table(&logical, &said, table, found)?);
    }
    let by_name: BTreeMap<String, String> = read
        .iter()
        .zip(&model.tables)
        .map(|((table, _), logical)| (table.name.to_lowercase(), logical.name.clone()))
        .collect();
    model.relationships = relationships(analysis, catalog, &by_name);
    let more = guessed(&model, &read);
    model.relationships.extend(more);
    let more = told(&model, &read, warehouse);
    model.relationships.extend(more);
    defaults(&mut model.relationships);
    agreeing(&mut model, &read, warehouse);
    for relationship in &model.relationships {
        // What is pointed at is told apart by what is pointed with, when nothing else says so.
        if let Some(table) = model.tables.iter_mut().find(|table| table.name == relationship.right_table)
            && table.primary_key.is_none()
        {
            let columns = relationship.relationship_columns.iter().map(|pair| pair.right_column.clone()).collect();
            table.primary_key = Some(PrimaryKey { columns });
        }
    }
    let biggest = roles(&mut model, &read);
    model.extension = ModelExtension {
        default_metric: biggest.and_then(|at| model.tables[at].extension.default_metric.clone()),
        ..ModelExtension::default()
    };
    Ok(model)
}

/// Says what each table is to the others; gives the place of the largest fact.
fn roles(model: &mut SemanticModel, read: &[(&CatalogTable, &TableAnalysis)]) -> Option<usize> {
    let mut biggest: Option<(u64, usize)> = None;
    for (at, (_, found)) in read.iter().enumerate() {
        let out: Vec<String> = model
            .relationships
            .iter()
            .filter(|relationship| same(&relationship.left_table, &model.tables[at].name))
            .flat_map(|relationship| relationship.relationship_columns.iter().map(|pair| pair.left_column.clone()))
            .collect();
        let table = &mut model.tables[at];
        let only_keys = found
            .columns
            .iter()
            .all(|column| out.contains(&column.sql) || matches!(column.role, Role::Key | Role::ForeignKey));
        table.extension.role = if out.len() >= 2 && only_keys && table.facts.is_empty() {
            TableRole::Link
        } else if !out.is_empty() && (!table.facts.is_empty() || !table.time_dimensions.is_empty()) {
            TableRole::Fact
        } else {
            TableRole::Entity
        };
        let main = found.time.as_ref().map(|time| time.column.as_str());
        let named = |wanted: &str| table.time_dimensions.iter().find(|time| time.expr.trim_matches('"') == wanted);
        let time = main.and_then(named).or_else(|| match table.time_dimensions.as_slice() {
            [only] => Some(only),
            several if table.extension.role == TableRole::Fact => several.first(),
            _ => None,
        });
        if let Some(time) = time.map(|time| time.name.clone()) {
            table.extension.default_time = Some(Field::new(&table.name, time));
        }
        if table.extension.role == TableRole::Fact && biggest.is_none_or(|(rows, _)| found.rows > rows) {
            biggest = Some((found.rows, at));
        }
    }
    biggest.map(|(_, at)| at)
}
