//! Several ways from one table to another that lead each row to the same place: then any of them will do.

use crate::analyzer::TableAnalysis;
use crate::compile::in_role;
use crate::semantic::{Relationship, SemanticModel, same};
use crate::warehouse::{CatalogTable, Guard, Request, Sql, Warehouse, check};

/// The longest ways that are compared.
const LONGEST: usize = 3;
/// The most pairs of ways that are compared.
const MOST: usize = 24;
/// Tables of more rows are not compared.
const LARGE: u64 = 1_000_000;

/// Makes the first of several ways of the same length the usual one, where they agree in every row.
pub(super) fn agreeing(model: &mut SemanticModel, read: &[(&CatalogTable, &TableAnalysis)], warehouse: &dyn Warehouse) {
    let names: Vec<String> = model.tables.iter().map(|table| table.name.clone()).collect();
    let mut compared = 0;
    for (from, (table, found)) in names.iter().zip(read) {
        for to in names.iter().filter(|to| *to != from) {
            let ways = shortest(model, from, to);
            let default = |way: &Vec<usize>| way.iter().any(|&hop| model.relationships[hop].extension.default);
            let plain = |way: &&Vec<usize>| way.iter().all(|&hop| !in_role(model, &model.relationships[hop]));
            let mut plain: Vec<Vec<usize>> = ways.iter().filter(plain).cloned().collect();
            let open = plain.len() > 1 && !ways.iter().any(default) && plain.iter().all(|way| way.len() > 1);
            if !open || found.rows > LARGE || compared >= MOST {
                continue;
            }
            let place = |way: &Vec<usize>| {
                let pairs = &model.relationships[way[0]].relationship_columns;
                table.columns.iter().position(|column| pairs.iter().any(|pair| pair.left_column == column.sql))
            };
            plain.sort_by_key(place);
            let agree = plain[1..].iter().all(|other| {
                compared += 1;
                differing(model, read, &plain[0], other).is_some_and(|sql| counts_none(warehouse, &sql))
            });
            if agree && plain[0][0] != plain[1][0] {
                let first = plain[0][0];
                model.relationships[first].extension.default = true;
            }
        }
    }
}

/// Whether a query that counts rows counts none.
pub(super) fn counts_none(warehouse: &dyn Warehouse, sql: &str) -> bool {
    let Ok(checked) = check(Sql::new(sql.to_owned()), &Guard::read(warehouse.dialect())) else { return false };
    let Ok(batches) = warehouse.query(&checked, &Request::default()) else { return false };
    let mut none = false;
    for batch in batches {
        let Ok(batch) = batch else { return false };
        if batch.num_rows() == 0 {
            continue;
        }
        let options = arrow_cast::display::FormatOptions::default();
        let Ok(shown) = arrow_cast::display::ArrayFormatter::try_new(batch.column(0), &options) else { return false };
        none = shown.value(0).to_string() == "0";
    }
    none
}

/// The shortest ways that lead each row to one row, as places of relationships.
fn shortest(model: &SemanticModel, from: &str, to: &str) -> Vec<Vec<usize>> {
    let mut front: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..LONGEST {
        let mut next = Vec::new();
        for way in &front {
            let at = way.last().map_or(from, |&hop| model.relationships[hop].right_table.as_str());
            for (hop, relation) in model.relationships.iter().enumerate() {
                if same(&relation.left_table, at) && !way.contains(&hop) && next.len() < 256 {
                    next.push([way.as_slice(), &[hop]].concat());
                }
            }
        }
        let there = |way: &&Vec<usize>| way.last().is_some_and(|&hop| same(&model.relationships[hop].right_table, to));
        let found: Vec<Vec<usize>> = next.iter().filter(there).cloned().collect();
        if !found.is_empty() {
            return found;
        }
        front = next;
    }
    Vec::new()
}

/// A query that counts the rows that two ways lead to different places.
fn differing(
    model: &SemanticModel,
    read: &[(&CatalogTable, &TableAnalysis)],
    one: &[usize],
    two: &[usize],
) -> Option<String> {
    let sql = |name: &str| {
        let at = model.tables.iter().position(|table| same(&table.name, name))?;
        Some(read.get(at)?.0.sql.as_str())
    };
    let mut joins = format!("{} AS w", sql(&model.relationships[one[0]].left_table)?);
    let mut ends = Vec::new();
    for (side, way) in ["x", "y"].iter().zip([one, two]) {
        let mut at = "w".to_owned();
        for (step, &hop) in way.iter().enumerate() {
            let relation: &Relationship = &model.relationships[hop];
            let [pair] = relation.relationship_columns.as_slice() else { return None };
            if step + 1 == way.len() {
                ends.push(format!("{at}.{}", pair.left_column));
                break;
            }
            let next = format!("{side}{step}");
            let table = sql(&relation.right_table)?;
            joins = format!(
                "{joins} LEFT JOIN {table} AS {next} ON {at}.{} = {next}.{}",
                pair.left_column, pair.right_column
            );
            at = next;
        }
    }
    let [first, second] = ends.as_slice() else { return None };
    Some(format!("SELECT COUNT(*) FROM {joins} WHERE {first} IS DISTINCT FROM {second}"))
}
