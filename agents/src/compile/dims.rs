//! Dimensions in SQL: the columns that each has, and their expressions in a scope.

use crate::compile::scope::{Context, Scope};
use crate::compile::value::{Kind, kind_of, value};
use crate::compile::{CompileError, Role, cells, filter, sql, time};
use crate::plan::{Dimension, Field, Grain, Grouping, Measure, Plan, TimePart, Value};
use crate::semantic::{FieldRef, Format};

/// A column of a dimension.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// `d1`, `d2` …
    pub(super) alias: String,
    /// Its name in the answer.
    pub(super) name: String,
    pub(super) label: String,
    pub(super) shown: bool,
    pub(super) role: Role,
    pub(super) format: Format,
    pub(super) unit: Option<String>,
    pub(super) grain: Option<Grain>,
    pub(super) part: Option<TimePart>,
    pub(super) field: Option<Field>,
    pub(super) personal: bool,
    /// The values in their natural order.
    pub(super) order: Vec<String>,
}

/// The SQL of a dimension's columns, and conditions that it brings along.
#[derive(Debug, Clone, Default)]
pub(super) struct Rendered {
    pub(super) columns: Vec<String>,
    pub(super) conditions: Vec<String>,
}

/// The columns of all dimensions, for each dimension.
pub(super) fn columns(context: Context<'_>, dimensions: &[Dimension]) -> Result<Vec<Vec<Column>>, CompileError> {
    let mut number = 0;
    dimensions
        .iter()
        .map(|dimension| {
            let mut made = columns_of(context, dimension)?;
            for column in &mut made {
                number += 1;
                column.alias = format!("d{number}");
                column.shown &= !dimension.hidden;
            }
            if let (Some(label), Some(column)) = (&dimension.label, made.iter_mut().find(|column| column.shown)) {
                column.name.clone_from(label);
                column.label.clone_from(label);
            }
            Ok(made)
        })
        .collect()
}

fn plain(name: &str, role: Role) -> Column {
    Column {
        alias: String::new(),
        name: name.to_owned(),
        label: name.replace('_', " "),
        shown: true,
        role,
        format: Format::Plain,
        unit: None,
        grain: None,
        part: None,
        field: None,
        personal: false,
        order: Vec::new(),
    }
}

fn field_column(context: Context<'_>, field: &Field) -> Result<Column, CompileError> {
    let (table, found) = context.field(field)?;
    let mut column = plain(found.name(), Role::Dimension);
    column.field = Some(Field { table: table.name.clone(), name: found.name().to_owned(), via: field.via.clone() });
    match found {
        FieldRef::Dimension(dimension) => {
            column.format = dimension.extension.format;
            column.unit.clone_from(&dimension.extension.unit);
            column.order.clone_from(&dimension.extension.value_order);
            column.personal = dimension.extension.personal.is_some();
        }
        FieldRef::Time(time) => {
            column.role = Role::Time;
            if kind_of(FieldRef::Time(time)) == Kind::Date {
                column.format = Format::Date;
            }
        }
        FieldRef::Fact(fact) => {
            column.format = fact.extension.format;
            column.unit.clone_from(&fact.extension.unit);
        }
    }
    Ok(column)
}

fn columns_of(context: Context<'_>, dimension: &Dimension) -> Result<Vec<Column>, CompileError> {
    Ok(match &dimension.by {
        Grouping::Column { field } => vec![field_column(context, field)?],
        Grouping::Value { .. } => vec![plain("value", Role::Dimension)],
        Grouping::Entity { entity, show, .. } => {
            let thing = context.entity(entity)?;
            let labels = show
                .as_ref()
                .map_or_else(|| thing.labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>(), Clone::clone);
            let mut key = plain(&format!("{} key", thing.singular), Role::Dimension);
            key.shown = false;
            let mut made = vec![key];
            for label in labels {
                made.push(field_column(context, &Field::new(&thing.table.name, label))?);
            }
            made
        }
        Grouping::Time { grain, time } => {
            let mut column = plain(grain_name(*grain), Role::Time);
            column.grain = Some(*grain);
            column.field.clone_from(time);
            if !matches!(grain, Grain::Year | Grain::FiscalYear) {
                column.format = Format::Date;
            }
            vec![column]
        }
        Grouping::Part { part, time } => {
            let mut column = plain(part_name(*part), Role::Time);
            column.part = Some(*part);
            column.field.clone_from(time);
            vec![column]
        }
        Grouping::Buckets { buckets, otherwise } => {
            let mut column = plain("bucket", Role::Dimension);
            column.order = buckets.iter().map(|bucket| bucket.label.clone()).chain(otherwise.clone()).collect();
            vec![column]
        }
        Grouping::Steps { value, width } => {
            if !width.is_finite() || *width <= 0.0 {
                return Err(CompileError::Unsupported { what: format!("steps of the width {width}") });
            }
            let name = match value {
                Value::Field { field } => format!("{}_from", field.name),
                _ => "from".to_owned(),
            };
            vec![plain(&name, Role::Dimension)]
        }
        Grouping::Attained { grain, .. } => {
            let name = if grain.is_some() { "since" } else { "amount" };
            let mut column = plain(name, if grain.is_some() { Role::Time } else { Role::Dimension });
            column.grain = *grain;
            vec![column]
        }
    })
}

fn grain_name(grain: Grain) -> &'static str {
    match grain {
        Grain::FiscalYear => "fiscal_year",
        Grain::FiscalQuarter => "fiscal_quarter",
        Grain::FiscalMonth => "fiscal_month",
        Grain::Hour => "hour",
        Grain::Day => "day",
        Grain::Week => "week",
        Grain::Month => "month",
        Grain::Quarter => "quarter",
        Grain::Year => "year",
    }
}

fn part_name(part: TimePart) -> &'static str {
    match part {
        TimePart::Year => "year",
        TimePart::Quarter => "quarter",
        TimePart::Month => "month",
        TimePart::Week => "week",
        TimePart::DayOfMonth => "day_of_month",
        TimePart::DayOfYear => "day_of_year",
        TimePart::Weekday => "weekday",
        TimePart::Hour => "hour",
        TimePart::Weekend => "is_weekend",
        TimePart::FiscalYear => "fiscal_year",
        TimePart::FiscalQuarter => "fiscal_quarter",
        TimePart::FiscalMonth => "fiscal_month",
        TimePart::FiscalWeek => "fiscal_week",
    }
}

/// The expressions of a dimension's columns, in the order of [`columns`].
pub(super) fn render(scope: &mut Scope<'_>, dimension: &Dimension) -> Result<Rendered, CompileError> {
    let one = |sql: String| Rendered { columns: vec![sql], conditions: Vec::new() };
    Ok(match &dimension.by {
        Grouping::Column { field } => one(scope.field(field)?),
        Grouping::Value { value: of } => one(value(scope, of)?.0),
        Grouping::Entity { entity, show, via } => entity_columns(scope, entity, show.as_deref(), via)?,
        Grouping::Time { time: on, grain } => {
            let at = time::reach(scope, on.as_ref())?;
            let sql = at.grain(*grain)?;
            one(at.grouped(scope, grain_name(*grain), sql))
        }
        Grouping::Part { time: on, part } => {
            let at = time::reach(scope, on.as_ref())?;
            let sql = at.part(*part)?;
            one(at.grouped(scope, part_name(*part), sql))
        }
        Grouping::Buckets { buckets, otherwise } => {
            let (mut cases, mut conditions) = (Vec::new(), Vec::new());
            for bucket in buckets {
                let condition = filter::all(scope, &bucket.filters)?.join(" AND ");
                let condition = if condition.is_empty() { "TRUE".to_owned() } else { condition };
                cases.push(format!("WHEN {condition} THEN {}", sql::text(scope.context.dialect, &bucket.label)?));
                conditions.push(format!("({condition})"));
            }
            if cases.is_empty() {
                return Err(CompileError::Empty);
            }
            match otherwise {
                Some(label) => {
                    let label = sql::text(scope.context.dialect, label)?;
                    one(format!("CASE {} ELSE {label} END", cases.join(" ")))
                }
                None => Rendered {
                    columns: vec![format!("CASE {} END", cases.join(" "))],
                    conditions: vec![format!("({})", conditions.join(" OR "))],
                },
            }
        }
        Grouping::Steps { value: of, width } => {
            let of = sql::group(&value(scope, of)?.0);
            one(stepped(&of, *width)?)
        }
        Grouping::Attained { entity, of, grain, width } => one(attained(scope, entity, of, *grain, *width)?),
    })
}

fn stepped(of: &str, width: f64) -> Result<String, CompileError> {
    let width = sql::number(width)?;
    Ok(format!("FLOOR({of} / {width}) * {width}"))
}

fn entity_columns(
    scope: &mut Scope<'_>,
    entity: &str,
    show: Option<&[String]>,
    via: &[String],
) -> Result<Rendered, CompileError> {
    let thing = scope.context.entity(entity)?;
    let labels: Vec<String> =
        show.map_or_else(|| thing.labels.iter().map(|label| (*label).to_owned()).collect(), <[String]>::to_vec);
    let key = scope.key(&thing, via)?;
    let mut columns = vec![key.clone()];
    if labels.is_empty() {
        return Ok(Rendered { columns, conditions: Vec::new() });
    }
    let mut alias = scope.reach(&thing.table.name, via)?;
    // Old versions of a thing have the same key but may have other names: it is shown under its current ones.
    if let Some(current) =
        thing.table.extension.current.as_ref().filter(|_| alias != scope.base_alias() && thing.key.is_some())
    {
        let now = scope.fresh(&format!("{}_now", thing.table.name));
        let at = scope.key_at(&now, &thing)?;
        let is_current = scope.condition(&now, &format!("{}: current", thing.table.name), current)?;
        let table = crate::compile::scope::table_sql(&thing.table.base_table);
        scope.add_extra(format!("JOIN {table} AS {now} ON {at} = {key} AND {is_current}"));
        alias = now;
    }
    for label in labels {
        let (table, found) = scope.context.field(&Field::new(&thing.table.name, label))?;
        columns.push(scope.field_at(&alias, table, found)?.to_string());
    }
    Ok(Rendered { columns, conditions: Vec::new() })
}

/// What an entity has come to: a query of its own, joined by the entity's key.
fn attained(
    scope: &mut Scope<'_>,
    entity: &str,
    of: &Measure,
    grain: Option<Grain>,
    width: Option<f64>,
) -> Result<String, CompileError> {
    let context = scope.context.deeper()?;
    let thing = context.entity(entity)?;
    let plan = Plan {
        dimensions: vec![Dimension {
            by: Grouping::Entity { entity: entity.to_owned(), show: Some(Vec::new()), via: Vec::new() },
            label: None,
            hidden: true,
        }],
        measures: vec![of.clone()],
        ..Plan::default()
    };
    let raw = cells::raw(context, &plan, None)?;
    let key = scope.key(&thing, &[])?;
    let alias = scope.fresh("attained");
    let (Some(column), Some(amount)) = (raw.dimensions.first().and_then(|it| it.first()), raw.values.first()) else {
        return Err(CompileError::Empty);
    };
    let inner = raw.sql.replace('\n', "\n    ");
    scope.add_extra(format!("JOIN (\n    {inner}) AS {alias} ON {alias}.{column} = {key}"));
    let amount = format!("{alias}.{amount}");
    match (grain, width) {
        (Some(Grain::Year), _) => Ok(format!("EXTRACT(year FROM {amount})")),
        (Some(Grain::FiscalYear | Grain::FiscalQuarter | Grain::FiscalMonth), _) => {
            Err(CompileError::Unsupported { what: "fiscal steps of a date that is reckoned".to_owned() })
        }
        (Some(Grain::Day), _) => Ok(format!("CAST({amount} AS DATE)")),
        (Some(grain), _) => {
            let unit = match grain {
                Grain::Hour => "hour",
                Grain::Week => "week",
                Grain::Quarter => "quarter",
                _ => "month",
            };
            Ok(format!("CAST(DATE_TRUNC('{unit}', {amount}) AS DATE)"))
        }
        (None, Some(width)) if width.is_finite() && width > 0.0 => stepped(&amount, width),
        (None, Some(width)) => Err(CompileError::Unsupported { what: format!("steps of the width {width}") }),
        (None, None) => Ok(amount),
    }
}
