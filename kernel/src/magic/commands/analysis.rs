//! What the schema analyzer found, as tables to show.

use polars::prelude::{DataFrame, df};
use synthbook_agents::analyzer::{
    Analysis, ColumnAnalysis, End, Grain, Options, Relation, Role, TableAnalysis, TimeAnalysis, analyze,
};
use synthbook_agents::warehouse::{Catalog, CatalogTable};

use crate::display::group_digits;
use crate::error::KernelError;
use crate::magic::Context;
use crate::session::Connection;

/// Looks at tables of a connection under a bar that an interrupt stops.
pub(super) fn look(
    connection: &Connection,
    tables: Vec<CatalogTable>,
    relations: bool,
    context: &Context<'_>,
) -> Result<Analysis, KernelError> {
    let bar = context.progress("Looking");
    let mut options = Options::default().progress(bar.handle());
    options.relations = relations;
    let found = analyze(connection.warehouse.as_ref(), &Catalog { tables }, &options);
    bar.finish_with(&found);
    found.map_err(KernelError::foreign)
}

/// The columns of a table, a row each; `declared` is what the catalogue says of it.
pub(super) fn columns(table: &TableAnalysis, declared: &CatalogTable) -> Result<DataFrame, KernelError> {
    let is_foreign = |name: &str| declared.foreign_keys.iter().any(|key| key.columns.iter().any(|one| one == name));
    let role = |column: &ColumnAnalysis| if is_foreign(&column.name) { Role::ForeignKey } else { column.role };
    let column = |read: fn(&ColumnAnalysis) -> &str| table.columns.iter().map(read).collect::<Vec<_>>();
    let percent = |column: &ColumnAnalysis| {
        if table.rows == 0 { 0.0 } else { (1000.0 * column.nulls as f64 / table.rows as f64).round() / 10.0 }
    };
    let distinct = |column: &ColumnAnalysis| {
        format!("{}{}", if column.approximate { "≈ " } else { "" }, group_digits(size(column.distinct)))
    };
    Ok(df!(
        "column" => column(|column| &column.name),
        "type" => column(|column| &column.data_type),
        "role" => table.columns.iter().map(|column| role_name(role(column))).collect::<Vec<_>>(),
        "nulls" => table.columns.iter().map(|column| column.nulls).collect::<Vec<_>>(),
        "null %" => table.columns.iter().map(percent).collect::<Vec<_>>(),
        "distinct" => table.columns.iter().map(distinct).collect::<Vec<_>>(),
        "min" => table.columns.iter().map(|column| column.min.as_deref()).collect::<Vec<_>>(),
        "max" => table.columns.iter().map(|column| column.max.as_deref()).collect::<Vec<_>>(),
        "note" => table.columns.iter().map(note).collect::<Vec<_>>(),
    )?)
}

/// The tables, a row each.
pub(super) fn tables(analysis: &Analysis) -> Result<DataFrame, KernelError> {
    let all = &analysis.tables;
    let time =
        |read: fn(&TimeAnalysis) -> String| all.iter().map(|table| table.time.as_ref().map(read)).collect::<Vec<_>>();
    Ok(df!(
        "table" => all.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(),
        "rows" => all.iter().map(|table| table.rows).collect::<Vec<_>>(),
        "columns" => all.iter().map(|table| table.columns.len() as u64).collect::<Vec<_>>(),
        "keys" => all.iter().map(|table| keys(&table.keys)).collect::<Vec<_>>(),
        "time" => time(|time| time.column.clone()),
        "from" => time(|time| time.first.clone()),
        "to" => time(|time| time.last.clone()),
        "gaps" => all.iter().map(|table| table.time.as_ref().map(gaps)).collect::<Vec<_>>(),
        "problem" => all.iter().map(|table| table.problem.as_deref()).collect::<Vec<_>>(),
    )?)
}

/// The relations, a row each, the surest first.
pub(super) fn relations(relations: &[Relation]) -> Result<DataFrame, KernelError> {
    Ok(df!(
        "from" => relations.iter().map(|relation| end(&relation.from)).collect::<Vec<_>>(),
        "to" => relations.iter().map(|relation| end(&relation.to)).collect::<Vec<_>>(),
        "kind" => relations.iter().map(|one| if one.many_to_one { "many to one" } else { "many to many" }).collect::<Vec<_>>(),
        "declared" => relations.iter().map(|relation| relation.declared).collect::<Vec<_>>(),
        "values found %" => relations.iter().map(|one| (one.inclusion * 1000.0).round() / 10.0).collect::<Vec<_>>(),
        "confidence" => relations.iter().map(|one| (one.confidence * 100.0).round() / 100.0).collect::<Vec<_>>(),
        "because" => relations.iter().map(|relation| relation.evidence.join("; ")).collect::<Vec<_>>(),
    )?)
}

/// The keys and the time of a table, in lines.
pub(super) fn said(table: &TableAnalysis) -> Vec<String> {
    let mut lines =
        vec![format!("{}: {} rows, {} columns", table.name, group_digits(size(table.rows)), table.columns.len())];
    if let Some(problem) = &table.problem {
        lines.push(format!("It can't be read: {problem}"));
    }
    if !table.keys.is_empty() {
        lines.push(format!("Rows are told apart by {}", keys(&table.keys)));
    }
    if let Some(time) = &table.time {
        lines.push(format!("{} goes from {} to {}, {}", time.column, time.first, time.last, gaps(time)));
        for gap in time.gaps.iter().take(5) {
            lines.push(format!("- nothing between {} and {}", gap.after, gap.before));
        }
    }
    lines
}

fn gaps(time: &TimeAnalysis) -> String {
    let period = match time.grain {
        Grain::Week => "week",
        Grain::Month => "month",
        Grain::Quarter => "quarter",
        Grain::Year => "year",
        Grain::Moment | Grain::Day => "day",
        _ => return "without a period of its own".to_owned(),
    };
    match time.missing {
        0 => format!("no {period} missing"),
        1 => format!("1 {period} missing"),
        missing => format!("{} {period}s missing", group_digits(size(missing))),
    }
}

fn note(column: &ColumnAnalysis) -> String {
    let mut parts = Vec::new();
    if column.is_key {
        parts.push("key".to_owned());
    }
    if column.constant {
        parts.push("constant".to_owned());
    }
    if let Some(used_as) = &column.used_as {
        parts.push(format!("holds {used_as}"));
    }
    parts.join(", ")
}

fn keys(keys: &[Vec<String>]) -> String {
    keys.iter().take(3).map(|key| key.join(" + ")).collect::<Vec<_>>().join(" or ")
}

fn end(end: &End) -> String {
    format!("{}.{}", end.table, end.columns.join(" + "))
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Key => "key",
        Role::ForeignKey => "foreign key",
        Role::Measure => "measure",
        Role::Category => "category",
        Role::Time => "time",
        Role::Flag => "flag",
        _ => "text",
    }
}

fn size(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}
