//! What tells the rows of a table apart, and its name in SQL.

use super::columns::{Kind, identifies, kind};
use crate::analyzer::{Role, TableAnalysis};
use crate::semantic::words::{singular, spelt_out, split, subject};
use crate::semantic::{BaseTable, same};
use crate::warehouse::CatalogTable;

/// The columns that tell rows apart, as typed in SQL: the declared ones, else the likeliest that were found.
pub(super) fn key(table: &CatalogTable, found: &TableAnalysis) -> Option<Vec<String>> {
    let typed = |names: &[String]| {
        names.iter().map(|name| table.column(name).map(|column| column.sql.clone())).collect::<Option<Vec<_>>>()
    };
    if !table.primary_key.is_empty() {
        return typed(&table.primary_key);
    }
    let all: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    if all.len() > 1
        && all.iter().all(|name| identifies(&split(name)))
        && found.columns.iter().all(|it| it.role != Role::Measure)
    {
        // A table of pairs: that one side occurs once may be chance.
        let own = found.keys.iter().find(|key| key.len() == 1 && belongs(&key[0], &table.name));
        return typed(own.unwrap_or(&all));
    }
    // Numbers that happen to differ are no keys, nor are days alone.
    let real = |key: &&Vec<String>| {
        key.iter().all(|name| {
            found.column(name).is_some_and(|column| match kind(column) {
                Kind::Number(_) => false,
                Kind::Time(..) => key.len() > 1,
                _ => true,
            })
        })
    };
    let single = || found.keys.iter().filter(real).filter(|key| key.len() == 1 && belongs(&key[0], &table.name));
    let own = single().find(|key| identifies(&split(&key[0]))).or_else(|| single().next());
    let several = || found.keys.iter().filter(real).find(|key| key.len() > 1);
    typed(own.or_else(several).or_else(|| found.keys.iter().find(real))?)
}

/// Whether a column's name says that it tells the rows of this table apart, not those of another.
pub(super) fn belongs(column: &str, table: &str) -> bool {
    let (mut words, mut table) = (split(column), split(table));
    // `blId` of `blBill` is the id of a bill.
    if words.len() > 1 && table.len() > 1 && words[0] == table[0] && words[0].len() <= 3 {
        words.remove(0);
        table.remove(0);
    }
    let said = spelt_out(&words);
    let one = singular(&spelt_out(&subject(table)));
    let bare =
        said.trim_end_matches(" id").trim_end_matches(" key").trim_end_matches(" code").trim_end_matches(" name");
    let letter = |word: &str| {
        word.len() <= 3 && !one.contains(' ') && word.strip_suffix("id").is_some_and(|rest| one.starts_with(rest))
    };
    matches!(said.as_str(), "id" | "key" | "code" | "name")
        || bare == one
        || one.split(' ').next_back() == Some(bare)
        || (words.len() == 1 && letter(&words[0]))
}

/// The names of a table as typed in SQL. One that is on the search path is named alone.
pub(super) fn base_table(table: &CatalogTable) -> BaseTable {
    let alone = BaseTable { database: None, schema: None, table: table.sql.clone() };
    if same(table.sql.trim_matches('"'), &table.name) {
        return alone;
    }
    BaseTable { database: Some(table.database.clone()), schema: Some(table.schema.clone()), table: table.name.clone() }
}
