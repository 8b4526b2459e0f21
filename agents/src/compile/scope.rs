//! The tables of one SELECT: a base and what is joined to it, each reached along relationships once.

use std::collections::BTreeSet;

use sqlparser::ast::{Expr, Ident};

use crate::compile::expr::{parse, resolve};
use crate::compile::path::{self, Hop};
use crate::compile::{CompileError, sql};
use crate::plan::Field;
use crate::semantic::{BaseTable, EntityRef, FieldRef, JoinType, LogicalTable, SemanticModel, TimeKind, same};
use crate::warehouse::Dialect;

/// What every part of a compilation needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) model: &'a SemanticModel,
    pub(super) dialect: Dialect,
    /// How deep queries may lie in each other before it is called off.
    pub(super) depth: usize,
}

impl<'a> Context<'a> {
    pub(super) fn table(&self, name: &str) -> Result<&'a LogicalTable, CompileError> {
        self.model
            .table(name)
            .ok_or_else(|| unknown("table", name, self.model.tables.iter().map(|table| table.name.as_str())))
    }

    pub(super) fn field(&self, field: &Field) -> Result<(&'a LogicalTable, FieldRef<'a>), CompileError> {
        let table = self.table(&field.table)?;
        let found = table.field(&field.name).ok_or_else(|| {
            let dimensions = table.dimensions.iter().map(|item| item.name.as_str());
            let times = table.time_dimensions.iter().map(|item| item.name.as_str());
            let facts = table.facts.iter().map(|item| item.name.as_str());
            unknown("field", &format!("{}.{}", field.table, field.name), dimensions.chain(times).chain(facts))
        })?;
        Ok((table, found))
    }

    /// An entity by name, or the values of `table.field`.
    pub(super) fn entity(&self, name: &str) -> Result<Thing<'a>, CompileError> {
        if let Some(found) = self.model.entity(name) {
            return Ok(Thing::of(found));
        }
        if let Some((table, field)) = name.split_once('.') {
            let (table, field) = self.field(&Field::new(table, field))?;
            let name = field.name();
            return Ok(Thing { table, key: Some(name), labels: vec![name], singular: name, plural: name, rows: false });
        }
        let names: Vec<&str> = self.model.entities().map(|entity| entity.entity.singular.as_str()).collect();
        Err(unknown("entity", name, names.into_iter()))
    }

    pub(super) fn deeper(mut self) -> Result<Self, CompileError> {
        let Some(depth) = self.depth.checked_sub(1) else {
            let what = "the conditions lie too deep in each other".to_owned();
            return Err(CompileError::Unsupported { what });
        };
        self.depth = depth;
        Ok(self)
    }
}

/// An entity, ready to be counted.
#[derive(Debug, Clone)]
pub(super) struct Thing<'a> {
    pub(super) table: &'a LogicalTable,
    /// The field that tells them apart; none for the primary key.
    pub(super) key: Option<&'a str>,
    pub(super) labels: Vec<&'a str>,
    pub(super) singular: &'a str,
    pub(super) plural: &'a str,
    /// Whether each row of its table is one.
    pub(super) rows: bool,
}

impl<'a> Thing<'a> {
    fn of(found: EntityRef<'a>) -> Self {
        let entity = found.entity;
        let key = entity.key.as_deref().or(found.dimension.map(|dimension| dimension.name.as_str()));
        let mut labels: Vec<&str> = entity.labels.iter().map(String::as_str).collect();
        if labels.is_empty() {
            labels.extend(key);
        }
        Self {
            table: found.table,
            key,
            labels,
            singular: &entity.singular,
            plural: if entity.plural.is_empty() { &entity.singular } else { &entity.plural },
            rows: found.dimension.is_none(),
        }
    }
}

pub(super) fn unknown<'b>(kind: &'static str, name: &str, known: impl Iterator<Item = &'b str>) -> CompileError {
    let lower = name.to_lowercase();
    let near = known
        .map(|candidate| (strsim::jaro_winkler(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0).then(right.1.cmp(left.1)));
    let help = near.map(|(_, candidate)| format!("Did you mean {candidate}?"));
    CompileError::UnknownName { kind, name: name.to_owned(), help }
}

/// A joined table.
#[derive(Debug, Clone)]
struct Joined<'a> {
    hops: Vec<Hop<'a>>,
    alias: String,
    table: &'a LogicalTable,
    /// `JOIN` or `LEFT JOIN`.
    join: &'static str,
    on: String,
    /// Columns that are reckoned before the join: their names and expressions.
    reckoned: Vec<(String, String)>,
}

impl Joined<'_> {
    fn sql(&self) -> String {
        let (join, alias, on) = (self.join, &self.alias, &self.on);
        let table = table_sql(&self.table.base_table);
        if self.reckoned.is_empty() {
            return format!("{join} {table} AS {alias} ON {on}");
        }
        let reckoned: Vec<String> = self.reckoned.iter().map(|(name, sql)| format!("{sql} AS {name}")).collect();
        format!("{join} (SELECT *, {} FROM {table} AS {alias}) AS {alias} ON {on}", reckoned.join(", "))
    }
}

/// The tables of one SELECT.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    pub(super) context: Context<'a>,
    pub(super) base: &'a LogicalTable,
    alias: String,
    joined: Vec<Joined<'a>>,
    extra: Vec<String>,
    names: BTreeSet<String>,
    /// Whether a row of the base may occur several times.
    pub(super) fans_out: bool,
    /// A table reached over one that it only shares with the base: its name and the shared one's.
    pub(super) chasm: Option<(String, String)>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(context: Context<'a>, base: &'a LogicalTable) -> Self {
        let mut scope = Self {
            context,
            base,
            alias: String::new(),
            joined: Vec::new(),
            extra: Vec::new(),
            names: BTreeSet::new(),
            fans_out: false,
            chasm: None,
        };
        scope.alias = scope.fresh(&base.name);
        scope
    }

    /// An alias that nothing else has.
    pub(super) fn fresh(&mut self, name: &str) -> String {
        let mut stem = sql::snake(name);
        if sql::identifier(&stem) != stem {
            // `date` would need quotes, `dates` does not.
            stem = if stem.is_ascii() { format!("{stem}s") } else { "t".to_owned() };
            if sql::identifier(&stem) != stem {
                "t".clone_into(&mut stem);
            }
        }
        let mut alias = stem.clone();
        let mut number = 2;
        while !self.names.insert(alias.clone()) {
            alias = format!("{stem}_{number}");
            number += 1;
        }
        alias
    }

    /// The alias of a table, joined when it is not there yet.
    pub(super) fn reach(&mut self, table: &str, via: &[String]) -> Result<String, CompileError> {
        let path = path::find(self.context.model, &self.base.name, table, via)?;
        if let Some(through) = path::chasm(&path) {
            self.chasm.get_or_insert((table.to_owned(), through.to_owned()));
        }
        self.join(&path)
    }

    fn join(&mut self, path: &[Hop<'a>]) -> Result<String, CompileError> {
        let mut at = self.alias.clone();
        for end in 1..=path.len() {
            let part = &path[..end];
            let known = self.joined.iter().find(|joined| same_path(&joined.hops, part)).map(|it| it.alias.clone());
            at = match known {
                Some(alias) => alias,
                None => self.add(&at, part)?,
            };
        }
        Ok(at)
    }

    fn add(&mut self, from: &str, part: &[Hop<'a>]) -> Result<String, CompileError> {
        let Some(hop) = part.last() else { return Ok(from.to_owned()) };
        let target = self.context.table(hop.to())?;
        let alias = self.fresh(&target.name);
        let conditions: Vec<String> = hop
            .relationship
            .relationship_columns
            .iter()
            .map(|pair| {
                let (near, far) = if hop.forward {
                    (&pair.left_column, &pair.right_column)
                } else {
                    (&pair.right_column, &pair.left_column)
                };
                format!("{alias}.{} = {from}.{}", sql::identifier(far), sql::identifier(near))
            })
            .collect();
        if conditions.is_empty() {
            let message = "it names no columns".to_owned();
            return Err(CompileError::Expression { name: hop.relationship.name.clone(), message });
        }
        let outer = hop.relationship.join_type == JoinType::LeftOuter && !hop.fans_out();
        let join = if outer { "LEFT JOIN" } else { "JOIN" };
        self.fans_out |= hop.fans_out();
        self.joined.push(Joined {
            hops: part.to_vec(),
            alias: alias.clone(),
            table: target,
            join,
            on: conditions.join(" AND "),
            reckoned: Vec::new(),
        });
        Ok(alias)
    }

    /// An expression over the columns of one joined table as a column of it: DuckDB then reckons it for each row of that
    /// table, and not for each row that the join makes of it. What is a column already stays as it is.
    pub(super) fn reckoned(&mut self, alias: &str, name: &str, sql: String) -> String {
        let column = format!("its_{name}");
        let joined = self.joined.iter_mut().find(|joined| joined.alias == alias);
        let Some(joined) = joined.filter(|_| self.context.dialect == Dialect::DuckDb && sql.contains('(')) else {
            return sql;
        };
        let table = joined.table;
        let names = table.dimensions.iter().map(|item| &item.expr).chain(table.facts.iter().map(|item| &item.expr));
        let known = joined.reckoned.iter().find(|(known, _)| *known == column);
        // A column of this name would be another one.
        if known.is_some_and(|(_, known)| *known != sql)
            || names.chain(table.time_dimensions.iter().map(|item| &item.expr)).any(|name| same(name, &column))
        {
            return sql;
        }
        if known.is_none() {
            joined.reckoned.push((column.clone(), sql));
        }
        format!("{alias}.{column}")
    }

    /// Another join, after those along relationships.
    pub(super) fn add_extra(&mut self, join: String) {
        self.extra.push(join);
    }

    /// `FROM … JOIN …`.
    pub(super) fn tables(&self) -> String {
        let mut out = format!("FROM {} AS {}", table_sql(&self.base.base_table), self.alias);
        for join in self.joined.iter().map(Joined::sql).chain(self.extra.iter().cloned()) {
            out.push_str("\n  ");
            out.push_str(&join);
        }
        out
    }

    /// A field of the model.
    pub(super) fn field(&mut self, field: &Field) -> Result<String, CompileError> {
        let (table, found) = self.context.field(field)?;
        let alias = self.reach(&table.name, &field.via)?;
        Ok(self.field_at(&alias, table, found)?.to_string())
    }

    pub(super) fn field_at(
        &mut self,
        alias: &str,
        table: &'a LogicalTable,
        field: FieldRef<'a>,
    ) -> Result<Expr, CompileError> {
        self.expression(alias, &format!("{}.{}", table.name, field.name()), field.expr())
    }

    /// SQL of the model over the columns of a base table.
    pub(super) fn expression(&mut self, alias: &str, name: &str, text: &str) -> Result<Expr, CompileError> {
        let mut expr = parse(self.context.dialect, name, text)?;
        resolve(&mut expr, |parts| match parts {
            [column] => Ok(qualified(alias, column)),
            [table, column] if self.context.model.table(&table.value).is_some() => {
                self.foreign(&table.value, &column.value, name)
            }
            _ => {
                Err(CompileError::Expression { name: name.to_owned(), message: "a name has too many parts".to_owned() })
            }
        })?;
        Ok(expr)
    }

    /// `table.field` in an expression of another table.
    pub(super) fn foreign(&mut self, table: &str, field: &str, within: &str) -> Result<Expr, CompileError> {
        let (table, found) = self.context.field(&Field::new(table, field))?;
        let alias = self.reach(&table.name, &[])?;
        let mut expr = parse(self.context.dialect, within, found.expr())?;
        resolve(&mut expr, |parts| match parts {
            [column] => Ok(qualified(&alias, column)),
            _ => Err(CompileError::Expression {
                name: within.to_owned(),
                message: format!("{}.{} is itself made of another table", table.name, found.name()),
            }),
        })?;
        Ok(if matches!(expr, Expr::CompoundIdentifier(_)) { expr } else { Expr::Nested(Box::new(expr)) })
    }

    /// A condition of the model over the columns of a reached table.
    pub(super) fn condition(&mut self, alias: &str, name: &str, text: &str) -> Result<String, CompileError> {
        Ok(sql::group(&self.expression(alias, name, text)?.to_string()))
    }

    /// What tells an entity's members apart, from the foreign key where that is the same.
    pub(super) fn key(&mut self, thing: &Thing<'a>, via: &[String]) -> Result<String, CompileError> {
        let path = path::find(self.context.model, &self.base.name, &thing.table.name, via)?;
        if let (Some(column), Some(last)) = (key_column(thing), path.last())
            && !path.iter().any(Hop::fans_out)
            && let [pair] = last.relationship.relationship_columns.as_slice()
        {
            let (near, far) = if last.forward {
                (&pair.left_column, &pair.right_column)
            } else {
                (&pair.right_column, &pair.left_column)
            };
            if same(far, column) {
                let alias = self.join(&path[..path.len() - 1])?;
                return Ok(format!("{alias}.{}", sql::identifier(near)));
            }
        }
        let alias = self.reach(&thing.table.name, via)?;
        self.key_at(&alias, thing)
    }

    /// The same in a table that was reached.
    pub(super) fn key_at(&mut self, alias: &str, thing: &Thing<'a>) -> Result<String, CompileError> {
        if let Some(name) = thing.key {
            let (table, field) = self.context.field(&Field::new(&thing.table.name, name))?;
            return Ok(self.field_at(alias, table, field)?.to_string());
        }
        Self::primary_key(alias, thing.table)
    }

    /// The primary key of a reached table as one value.
    pub(super) fn primary_key(alias: &str, table: &LogicalTable) -> Result<String, CompileError> {
        let columns = table.primary_key.as_ref().map_or(&[] as &[String], |key| key.columns.as_slice());
        let one = |column: &String| format!("{alias}.{}", sql::identifier(column));
        match columns {
            [] => Err(CompileError::FanOut { table: table.name.clone() }),
            [column] => Ok(one(column)),
            several => {
                let parts: Vec<String> =
                    several.iter().map(|column| format!("CAST({} AS VARCHAR)", one(column))).collect();
                Ok(parts.join(" || '|' || "))
            }
        }
    }

    /// The alias of the base.
    pub(super) fn base_alias(&self) -> String {
        self.alias.clone()
    }

    /// Conditions that leave out unknown members and old versions of the base.
    pub(super) fn members_only(&mut self) -> Result<Vec<String>, CompileError> {
        let (alias, table) = (self.base_alias(), self.base);
        let mut conditions = Vec::new();
        if let Some(unknown) = &table.extension.unknown {
            let condition = self.expression(&alias, &format!("{}: unknown", table.name), unknown)?;
            conditions.push(format!("NOT ({condition})"));
        }
        // What an old version of a thing did counts too, so only things that are looked at alone are the current ones.
        if let Some(current) = table.extension.current.as_ref().filter(|_| !self.fans_out) {
            conditions.push(self.condition(&alias, &format!("{}: current", table.name), current)?);
        }
        Ok(conditions)
    }

    /// The time meant where none is named.
    pub(super) fn default_time(&self) -> Result<Field, CompileError> {
        let time = self.base.extension.default_time.clone();
        time.ok_or_else(|| CompileError::NoTime { table: self.base.name.clone() })
    }

    /// What a field's time gives.
    pub(super) fn time_kind(found: FieldRef<'_>) -> TimeKind {
        match found {
            FieldRef::Time(time) => time.extension.kind,
            _ if found.data_type().is_some_and(|kind| kind.to_ascii_uppercase().starts_with("TIMESTAMP")) => {
                TimeKind::Timestamp
            }
            _ => TimeKind::Date,
        }
    }
}

/// The physical column that an entity's key is, when it is one.
fn key_column<'a>(thing: &Thing<'a>) -> Option<&'a str> {
    match thing.key {
        Some(name) => thing.table.field(name).map(|field| field.expr()),
        None => match thing.table.primary_key.as_ref()?.columns.as_slice() {
            [column] => Some(column),
            _ => None,
        },
    }
}

fn same_path(left: &[Hop<'_>], right: &[Hop<'_>]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| left.forward == right.forward && std::ptr::eq(left.relationship, right.relationship))
}

fn qualified(alias: &str, column: &Ident) -> Expr {
    let mut column = column.clone();
    if column.quote_style.is_none() && sql::identifier(&column.value) != column.value {
        column.quote_style = Some('"');
    }
    Expr::CompoundIdentifier(vec![Ident::new(alias), column])
}

/// A table of the warehouse.
pub(super) fn table_sql(base: &BaseTable) -> String {
    let parts = base.database.iter().chain(&base.schema).chain([&base.table]);
    parts.map(|part| sql::identifier(part)).collect::<Vec<_>>().join(".")
}
