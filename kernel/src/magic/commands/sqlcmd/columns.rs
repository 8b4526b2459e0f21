//! `%sqlcmd columns`: the columns of a table with their types, keys and comments.

use polars::prelude::df;
use synthbook_agents::warehouse::CatalogTable;

use super::{connection, show, table, table_word};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

/// Lists them.
pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let word = table_word(arguments, call)?;
    let table = table(&connection(arguments, context)?, word)?;
    let keys: Vec<String> = table.columns.iter().map(|column| key(&table, &column.name)).collect();
    let list = df!(
        "name" => table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
        "type" => table.columns.iter().map(|column| column.data_type.as_str()).collect::<Vec<_>>(),
        "nullable" => table.columns.iter().map(|column| column.nullable).collect::<Vec<_>>(),
        "key" => keys,
        "comment" => table.columns.iter().map(|column| column.comment.as_deref()).collect::<Vec<_>>(),
    )?;
    show(&list, arguments, call, context)
}

/// What a column is to the table's keys: `primary`, `→ table.column`, both or nothing.
fn key(table: &CatalogTable, column: &str) -> String {
    let mut parts = Vec::new();
    if table.primary_key.iter().any(|name| name == column) {
        parts.push("primary".to_owned());
    }
    for foreign in &table.foreign_keys {
        let at = foreign.columns.iter().position(|name| name == column);
        if let Some(referenced) = at.and_then(|at| foreign.referenced.get(at)) {
            parts.push(format!("→ {}.{referenced}", foreign.table));
        }
    }
    parts.join(", ")
}
