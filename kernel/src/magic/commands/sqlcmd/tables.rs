//! `%sqlcmd tables`: the tables of a connection.

use polars::prelude::df;
use synthbook_agents::warehouse::{CatalogTable, TableKind};

use super::{connection, show};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

/// Lists them.
pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let connection = connection(arguments, context)?;
    let catalog = connection.warehouse.catalog().map_err(KernelError::foreign)?;
    let schema = arguments.text("--schema|-s");
    let tables: Vec<&CatalogTable> = catalog
        .tables
        .iter()
        .filter(|table| schema.is_none_or(|schema| table.schema.eq_ignore_ascii_case(schema)))
        .collect();
    let column = |read: fn(&CatalogTable) -> &str| tables.iter().map(|table| read(table)).collect::<Vec<_>>();
    let list = df!(
        "schema" => column(|table| &table.schema),
        "name" => column(|table| &table.name),
        "kind" => column(|table| kind(table.kind)),
        "rows" => tables.iter().map(|table| table.rows).collect::<Vec<_>>(),
        "columns" => tables.iter().map(|table| table.columns.len() as u64).collect::<Vec<_>>(),
        "comment" => tables.iter().map(|table| table.comment.as_deref()).collect::<Vec<_>>(),
    )?;
    show(&list, arguments, call, context)
}

fn kind(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Frame => "frame",
        TableKind::View => "view",
        _ => "table",
    }
}
