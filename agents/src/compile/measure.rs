//! Measures as expressions over leaves: metrics of the model, aggregates, counts and what is reckoned from them.

use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, Expr, Ident, VisitMut, VisitorMut};

use crate::compile::cells::{Calc, Cells, Given};
use crate::compile::expr::{AggregateCall, aggregate, parse, resolve};
use crate::compile::path;
use crate::compile::scope::{Scope, Thing, unknown};
use crate::compile::source::{Call, Leaf};
use crate::compile::value::{fields, value};
use crate::compile::{CompileError, sql};
use crate::plan::{Aggregate, Field, Grain, Grouping, Measure, Operator, Quantity, Value};
use crate::semantic::{Additivity, FieldRef, Format, LogicalTable, Metric, TableRole, same};

/// How deep metrics may be made of metrics.
const DEEPEST: usize = 16;

impl<'a> Cells<'a> {
    /// A measure under its own conditions and those given.
    pub(super) fn measure(&mut self, measure: &Measure, given: &Given) -> Result<Calc, CompileError> {
        let mut given = given.clone();
        given.filters.extend(measure.filters.iter().cloned());
        if measure.period.is_some() {
            given.period.clone_from(&measure.period);
        }
        let mut calc = self.quantity(&measure.of, &given)?;
        if let Some(label) = &measure.label {
            calc.name.clone_from(label);
        }
        Ok(calc)
    }

    fn quantity(&mut self, of: &Quantity, given: &Given) -> Result<Calc, CompileError> {
        match of {
            Quantity::Metric { metric } => {
                let (table, found) = self.named_metric(metric)?;
                self.metric(table, found, given, 0)
            }
            Quantity::Aggregate { function, value, within } => {
                self.aggregated(*function, value, within.as_deref(), given)
            }
            Quantity::Rows { table } => {
                let table = self.context.table(table)?;
                let sql = self.leaf(table, given, Call::new("COUNT", None), true)?;
                Ok(count_calc(sql, &format!("{} rows", table.name), true))
            }
            Quantity::Entities { entity, within } => self.entities(entity, within.as_deref(), given),
            Quantity::Arithmetic { operator, left, right, percent } => {
                self.reckoned(*operator, left, right, *percent, given)
            }
            Quantity::Number { number } => Ok(Calc {
                sql: sql::number(*number)?,
                level: 0,
                additive: false,
                name: "number".to_owned(),
                format: Format::Plain,
                unit: None,
            }),
            _ => self.over_rows(of, given),
        }
    }

    fn named_metric(&self, name: &str) -> Result<(Option<&'a LogicalTable>, &'a Metric), CompileError> {
        let model = self.context.model;
        model.metric(name).ok_or_else(|| {
            let of_tables = model.tables.iter().flat_map(|table| &table.metrics);
            let names: Vec<&str> = model.metrics.iter().chain(of_tables).map(|metric| metric.name.as_str()).collect();
            unknown("metric", name, names.into_iter())
        })
    }

    /// An aggregate over the rows of a table.
    pub(super) fn leaf(
        &mut self,
        base: &'a LogicalTable,
        given: &Given,
        call: Call,
        zero: bool,
    ) -> Result<String, CompileError> {
        let source = self.source(base, given)?;
        let conditions = self.leaf_conditions(source, given)?;
        Ok(self.add_leaf(source, Leaf { alias: String::new(), call, conditions, zero }))
    }

    fn metric(
        &mut self,
        table: Option<&'a LogicalTable>,
        metric: &'a Metric,
        given: &Given,
        depth: usize,
    ) -> Result<Calc, CompileError> {
        if depth > DEEPEST {
            let message = "metrics are made of each other in a circle".to_owned();
            return Err(CompileError::Expression { name: metric.name.clone(), message });
        }
        let mut expr = parse(self.context.dialect, &metric.name, &metric.expr)?;
        let mut rewrite = Rewrite { cells: self, table, metric, given, depth, parts: Vec::new() };
        if let ControlFlow::Break(error) = expr.visit(&mut rewrite) {
            return Err(error);
        }
        let parts = rewrite.parts;
        let level = parts.iter().map(|part| part.level).max().unwrap_or(0);
        let single = matches!(expr, Expr::Identifier(_));
        Ok(Calc {
            sql: expr.to_string(),
            level,
            additive: metric.extension.additivity == Additivity::Additive
                && (single || parts.iter().all(|part| part.additive)),
            name: metric.name.clone(),
            format: metric.extension.format,
            unit: metric.extension.unit.clone(),
        })
    }

    /// An aggregate call of a metric, as a leaf.
    fn metric_leaf(
        &mut self,
        table: &'a LogicalTable,
        metric: &'a Metric,
        given: &Given,
        call: AggregateCall,
    ) -> Result<(String, bool), CompileError> {
        self.semi_additive(metric.extension.additivity, &call.function, call.distinct, &metric.name)?;
        let source = self.source(table, given)?;
        let mut conditions = self.leaf_conditions(source, given)?;
        let scope = &mut self.sources[source].scope;
        let alias = scope.base_alias();
        for (at, filter) in metric.extension.filters.iter().enumerate() {
            let name = format!("{}: filter {}", metric.name, at + 1);
            conditions.push(scope.condition(&alias, &name, filter)?);
        }
        let argument = match call.argument {
            Some(mut argument) => {
                metric_argument(scope, table, metric, &mut argument)?;
                Some(argument.to_string())
            }
            None => None,
        };
        let zero = matches!(call.function.as_str(), "COUNT" | "SUM");
        let additive = zero && !call.distinct;
        let call = Call { function: call.function, distinct: call.distinct, argument, fraction: None };
        Ok((self.add_leaf(source, Leaf { alias: String::new(), call, conditions, zero }), additive))
    }

    /// Stocks may not be summed over time.
    fn semi_additive(
        &self,
        additivity: Additivity,
        function: &str,
        distinct: bool,
        name: &str,
    ) -> Result<(), CompileError> {
        if additivity != Additivity::Semi || function != "SUM" || distinct {
            return Ok(());
        }
        let by_day = self
            .plan
            .dimensions
            .iter()
            .any(|dimension| matches!(&dimension.by, Grouping::Time { grain: Grain::Day | Grain::Hour, .. }));
        let one_day = self.plan.period.as_ref().is_some_and(|period| match (period.from, period.until) {
            (Some(from), Some(until)) => from.tomorrow().is_ok_and(|next| next == until),
            _ => false,
        });
        if by_day || one_day {
            return Ok(());
        }
        Err(CompileError::NotAdditive { what: name.to_owned(), why: "it is a level at one time, not an amount" })
    }

    fn aggregated(
        &mut self,
        function: Aggregate,
        of: &Value,
        within: Option<&str>,
        given: &Given,
    ) -> Result<Calc, CompileError> {
        let mut named = Vec::new();
        fields(of, &mut named);
        let base = self.aggregate_base(&named, within)?;
        let found = match of {
            Value::Field { field } => Some(self.context.field(field)?.1),
            _ => None,
        };
        if let Some(FieldRef::Fact(fact)) = found {
            if function == Aggregate::Sum && fact.extension.additivity == Additivity::None {
                return Err(CompileError::NotAdditive { what: fact.name.clone(), why: "it is a rate, not an amount" });
            }
            let name = if function == Aggregate::Sum { "SUM" } else { "" };
            self.semi_additive(fact.extension.additivity, name, false, &fact.name)?;
        }
        let source = self.source(base, given)?;
        let conditions = self.leaf_conditions(source, given)?;
        let argument = value(&mut self.sources[source].scope, of)?.0;
        let (word, call, zero) = aggregate_call(function, &argument);
        let sql = self.add_leaf(source, Leaf { alias: String::new(), call, conditions, zero });
        let about = found.map_or_else(|| "value".to_owned(), |field| field.name().to_owned());
        let (mut format, mut unit) = match found {
            Some(FieldRef::Fact(fact)) => (fact.extension.format, fact.extension.unit.clone()),
            Some(FieldRef::Dimension(dimension)) => (dimension.extension.format, dimension.extension.unit.clone()),
            Some(FieldRef::Time(_)) => (Format::Date, None),
            None => (Format::Plain, None),
        };
        if matches!(function, Aggregate::Count | Aggregate::CountDistinct) {
            (format, unit) = (Format::Integer, None);
        } else if format == Format::Integer && !matches!(function, Aggregate::Sum | Aggregate::Min | Aggregate::Max) {
            format = Format::Decimal;
        }
        let additive = matches!(function, Aggregate::Sum | Aggregate::Count);
        Ok(Calc { sql, level: 0, additive, name: format!("{word}_{about}"), format, unit })
    }

    /// The table over whose rows fields are aggregated: their own, or the one that has them all.
    fn aggregate_base(&self, named: &[Field], within: Option<&str>) -> Result<&'a LogicalTable, CompileError> {
        if let Some(within) = within.or(self.within.as_deref()) {
            let base = self.context.table(within)?;
            if named.iter().all(|field| path::to_one(self.context.model, &base.name, &field.table, &field.via)) {
                return Ok(base);
            }
        }
        let model = self.context.model;
        let fits = |table: &str| named.iter().all(|field| path::to_one(model, table, &field.table, &field.via));
        let own = named.iter().find(|field| fits(&field.table));
        let Some(own) = own.or(named.first()) else { return Err(CompileError::Empty) };
        let table = self.context.table(&own.table)?;
        if table.extension.role != TableRole::Calendar {
            return Ok(table);
        }
        let mut facts = model
            .tables
            .iter()
            .filter(|fact| fact.extension.role == TableRole::Fact && fits(&fact.name) && self.reaches_all(fact));
        match (facts.next(), facts.next()) {
            (Some(only), None) => Ok(only),
            (Some(one), Some(other)) => Err(CompileError::AmbiguousPath {
                from: table.name.clone(),
                to: "an event".to_owned(),
                paths: vec![one.name.clone(), other.name.clone()],
            }),
            _ => Ok(table),
        }
    }

    /// Whether a table reaches all dimensions and filters of the plan without repeating its rows.
    fn reaches_all(&self, table: &LogicalTable) -> bool {
        let mut named = Vec::new();
        for condition in &self.plan.filters {
            super::cells::filter_tables(condition, &mut named);
        }
        for column in self.columns.iter().flatten() {
            named.extend(column.field.as_ref().map(|field| field.table.clone()));
        }
        named.iter().all(|other| path::to_one(self.context.model, &table.name, other, &[]))
    }

    fn entities(&mut self, entity: &str, within: Option<&str>, given: &Given) -> Result<Calc, CompileError> {
        let thing = self.context.entity(entity)?;
        let base = match within.or(self.within.as_deref()) {
            Some(within) => self.context.table(within)?,
            None => self.entity_base(&thing, given)?,
        };
        let source = self.source(base, given)?;
        let conditions = self.leaf_conditions(source, given)?;
        let scope = &mut self.sources[source].scope;
        let own = std::ptr::eq(base, thing.table) && thing.rows;
        // Rows are the entity itself where nothing repeats them and old versions are left out.
        let countable =
            own && !scope.fans_out && (thing.key.is_none() || base.extension.current.is_some() || is_key(&thing));
        let call = if countable {
            Call::new("COUNT", None)
        } else {
            let key = scope.key(&thing, &[])?;
            Call { distinct: true, ..Call::new("COUNT", Some(key)) }
        };
        let sql = self.add_leaf(source, Leaf { alias: String::new(), call, conditions, zero: true });
        Ok(count_calc(sql, thing.plural, countable))
    }

    /// The table in which an entity is counted when none is named: its own, or with a time the fact that has one.
    fn entity_base(&self, thing: &Thing<'a>, given: &Given) -> Result<&'a LogicalTable, CompileError> {
        let period = given.period.as_ref().or(self.plan.period.as_ref());
        let timed = period.is_some_and(|it| it.time.is_none() && (it.from.is_some() || it.until.is_some()))
            || super::cells::uses_default_time(self.plan)
            || given.filters.iter().any(super::cells::filter_uses_default_time);
        if !timed || thing.table.extension.default_time.is_some() {
            return Ok(thing.table);
        }
        let model = self.context.model;
        let candidates: Vec<&LogicalTable> = model
            .tables
            .iter()
            .filter(|fact| {
                fact.extension.default_time.is_some() && path::to_one(model, &fact.name, &thing.table.name, &[])
            })
            .collect();
        let fitting: Vec<&LogicalTable> = candidates.iter().copied().filter(|fact| self.reaches_all(fact)).collect();
        let kind = |fact: &LogicalTable| {
            let time = fact.extension.default_time.as_ref().and_then(|field| model.field(field));
            time.is_some_and(|(_, found)| Scope::time_kind(found) != crate::semantic::TimeKind::Year)
        };
        let fine: Vec<&LogicalTable> = fitting.iter().copied().filter(|fact| kind(fact)).collect();
        match (fitting.as_slice(), fine.as_slice()) {
            ([only], _) | (_, [only]) => Ok(only),
            ([], _) => Err(CompileError::NoTime { table: thing.table.name.clone() }),
            (several, _) => Err(CompileError::AmbiguousPath {
                from: thing.plural.to_owned(),
                to: "a date".to_owned(),
                paths: several.iter().map(|fact| fact.name.clone()).collect(),
            }),
        }
    }

    fn reckoned(
        &mut self,
        operator: Operator,
        left: &Measure,
        right: &Measure,
        percent: bool,
        given: &Given,
    ) -> Result<Calc, CompileError> {
        let (left, right) = (self.measure(left, given)?, self.measure(right, given)?);
        let (a, b) = (sql::group(&left.sql), sql::group(&right.sql));
        let (mut made, name) = match operator {
            Operator::Add => (format!("{a} + {b}"), format!("{}_plus_{}", left.name, right.name)),
            Operator::Subtract => (format!("{a} - {b}"), format!("{}_minus_{}", left.name, right.name)),
            Operator::Multiply => (format!("{a} * {b}"), format!("{}_times_{}", left.name, right.name)),
            Operator::Divide if percent => (sql::percent(&a, &b), format!("{}_percent_of_{}", left.name, right.name)),
            Operator::Divide => (format!("1.0 * {a} / NULLIF({b}, 0)"), format!("{}_per_{}", left.name, right.name)),
        };
        if percent && operator != Operator::Divide {
            made = format!("100.0 * ({made})");
        }
        let divides = operator == Operator::Divide;
        let format = match (percent, divides) {
            (true, _) => Format::Percent,
            (false, true) if left.format == Format::Currency && right.format != Format::Currency => Format::Currency,
            (false, true) => Format::Decimal,
            (false, false) => left.format,
        };
        Ok(Calc {
            sql: made,
            level: left.level.max(right.level),
            additive: !divides && !percent && operator != Operator::Multiply && left.additive && right.additive,
            name,
            format,
            unit: if divides { None } else { left.unit },
        })
    }
}

/// Whether an entity's key is the primary key, so that rows are members.
fn is_key(thing: &Thing<'_>) -> bool {
    let columns = thing.table.primary_key.as_ref().map_or(&[] as &[String], |key| key.columns.as_slice());
    let key = thing.key.and_then(|name| thing.table.field(name)).map(|field| field.expr());
    matches!((columns, key), ([column], Some(key)) if same(column, key))
}

fn count_calc(sql: String, name: &str, additive: bool) -> Calc {
    Calc { sql, level: 0, additive, name: name.replace(' ', "_"), format: Format::Integer, unit: None }
}

/// The word for an aggregate in a column's name, its call, and whether no rows give zero.
pub(super) fn aggregate_call(function: Aggregate, argument: &str) -> (&'static str, Call, bool) {
    let plain = |name: &str| Call::new(name, Some(argument.to_owned()));
    match function {
        Aggregate::Sum => ("total", plain("SUM"), true),
        Aggregate::Average => ("average", plain("AVG"), false),
        Aggregate::Min => ("lowest", plain("MIN"), false),
        Aggregate::Max => ("highest", plain("MAX"), false),
        Aggregate::Median => ("median", plain("MEDIAN"), false),
        Aggregate::Percentile(fraction) => ("percentile", Call { fraction: Some(fraction), ..plain("") }, false),
        Aggregate::Deviation => ("deviation", plain("STDDEV_SAMP"), false),
        Aggregate::Count => ("count", plain("COUNT"), true),
        Aggregate::CountDistinct => ("distinct", Call { distinct: true, ..plain("COUNT") }, true),
    }
}

/// The argument of a metric's aggregate: fields of its table by name, else columns, else `table.field`.
fn metric_argument<'a>(
    scope: &mut Scope<'a>,
    table: &'a LogicalTable,
    metric: &Metric,
    argument: &mut Expr,
) -> Result<(), CompileError> {
    let alias = scope.base_alias();
    resolve(argument, |parts| match parts {
        [name] => match table.field(&name.value).filter(|_| name.quote_style.is_none()) {
            Some(field) => {
                let made = scope.field_at(&alias, table, field)?;
                Ok(if matches!(made, Expr::CompoundIdentifier(_)) { made } else { Expr::Nested(Box::new(made)) })
            }
            None => scope.expression(&alias, &metric.name, &name.to_string()),
        },
        [other, field] => scope.foreign(&other.value, &field.value, &metric.name),
        _ => {
            let message = "a name has too many parts".to_owned();
            Err(CompileError::Expression { name: metric.name.clone(), message })
        }
    })
}

/// Turns the aggregates and metrics of a metric's expression into columns of the cells.
struct Rewrite<'c, 'a> {
    cells: &'c mut Cells<'a>,
    table: Option<&'a LogicalTable>,
    metric: &'a Metric,
    given: &'c Given,
    depth: usize,
    parts: Vec<Calc>,
}

impl Rewrite<'_, '_> {
    fn replaced(&mut self, expr: &Expr) -> Result<Option<String>, CompileError> {
        match expr {
            Expr::Function(function) => {
                let Some(found) = aggregate(&self.metric.name, function)? else { return Ok(None) };
                let Some(table) = self.table else {
                    let message = "a metric over several tables is made of metrics, not of columns".to_owned();
                    return Err(CompileError::Expression { name: self.metric.name.clone(), message });
                };
                let (sql, additive) = self.cells.metric_leaf(table, self.metric, self.given, found)?;
                let name = self.metric.name.clone();
                let part = Calc { sql: sql.clone(), level: 0, additive, name, format: Format::Plain, unit: None };
                self.parts.push(part);
                Ok(Some(sql))
            }
            Expr::Identifier(ident) => self.of_metric(&ident.value).map(Some),
            Expr::CompoundIdentifier(words) => {
                let name: Vec<&str> = words.iter().map(|part| part.value.as_str()).collect();
                self.of_metric(&name.join(".")).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn of_metric(&mut self, name: &str) -> Result<String, CompileError> {
        // A name of the same table comes first.
        let own = self.table.and_then(|table| table.metrics.iter().find(|metric| same(&metric.name, name)));
        let (table, metric) = match own {
            Some(metric) => (self.table, metric),
            None => self.cells.named_metric(name).map_err(|_| CompileError::Expression {
                name: self.metric.name.clone(),
                message: format!("{name} is neither aggregated nor a metric"),
            })?,
        };
        let calc = self.cells.metric(table, metric, self.given, self.depth + 1)?;
        let sql = sql::group(&calc.sql);
        self.parts.push(calc);
        Ok(sql)
    }
}

impl VisitorMut for Rewrite<'_, '_> {
    type Break = CompileError;

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<CompileError> {
        if matches!(expr, Expr::Identifier(ident) if ident.value.contains('\u{1}')) {
            return ControlFlow::Continue(());
        }
        match self.replaced(expr) {
            Ok(Some(sql)) => *expr = Expr::Identifier(Ident::new(sql)),
            Ok(None) => {}
            Err(error) => return ControlFlow::Break(error),
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<CompileError> {
        if let Expr::BinaryOp { op: BinaryOperator::Divide, right, .. } = expr {
            let guarded = matches!(right.as_ref(), Expr::Value(_))
                || matches!(right.as_ref(), Expr::Function(function) if same(&function.name.to_string(), "NULLIF"));
            if !guarded {
                let guard = Expr::Identifier(Ident::new(format!("NULLIF({right}, 0)")));
                **right = guard;
            }
        }
        ControlFlow::Continue(())
    }
}
