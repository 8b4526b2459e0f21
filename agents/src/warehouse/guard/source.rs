//! What a query reads: allowed tables, sub-queries, and the few table functions that make rows from values.

use std::ops::ControlFlow;

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    Expr, FunctionArg, GroupByExpr, Ident, JoinConstraint, JoinOperator, ObjectName, PivotValueSource, Query, Select,
    SelectFlavor, SelectItem, SetExpr, Spanned, TableAlias, TableFactor, TableSample, TableSampleKind, TableWithJoins,
    VisitMut, VisitorMut, WildcardAdditionalOptions,
};
use sqlparser::tokenizer::Span;

use super::functions;
use super::refuse;
use super::scope::{Step, Walk, stop};
use crate::warehouse::Dialect;

impl Walk<'_> {
    /// A table and what is joined to it.
    pub(super) fn joined(&mut self, table: &mut TableWithJoins) -> Step {
        self.factor(&mut table.relation)?;
        for join in &mut table.joins {
            self.never(join.global, "GLOBAL JOIN", join.relation.span())?;
            self.factor(&mut join.relation)?;
            let near = join.relation.span();
            self.operator(&mut join.join_operator, near)?;
        }
        ControlFlow::Continue(())
    }

    fn operator(&mut self, operator: &mut JoinOperator, near: Span) -> Step {
        use JoinOperator as J;
        match operator {
            J::Join(on)
            | J::Inner(on)
            | J::Left(on)
            | J::LeftOuter(on)
            | J::Right(on)
            | J::RightOuter(on)
            | J::FullOuter(on)
            | J::CrossJoin(on)
            | J::Semi(on)
            | J::LeftSemi(on)
            | J::RightSemi(on)
            | J::Anti(on)
            | J::LeftAnti(on)
            | J::RightAnti(on) => self.constraint(on),
            J::AsOf { match_condition, constraint } => {
                self.expression(match_condition)?;
                self.constraint(constraint)
            }
            J::CrossApply
            | J::OuterApply
            | J::StraightJoin(_)
            | J::ArrayJoin
            | J::LeftArrayJoin
            | J::InnerArrayJoin => self.refuse("this kind of join", near),
        }
    }

    fn constraint(&mut self, constraint: &mut JoinConstraint) -> Step {
        match constraint {
            JoinConstraint::On(condition) => self.expression(condition),
            JoinConstraint::Using(columns) => {
                for column in columns {
                    self.object(column)?;
                }
                ControlFlow::Continue(())
            }
            JoinConstraint::Natural | JoinConstraint::None => ControlFlow::Continue(()),
        }
    }

    fn factor(&mut self, factor: &mut TableFactor) -> Step {
        self.deeper(|walk| walk.factor_here(factor))
    }

    fn factor_here(&mut self, factor: &mut TableFactor) -> Step {
        let span = factor.span();
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
            } => {
                self.never(!with_hints.is_empty() || !index_hints.is_empty(), "hints for a table", span)?;
                self.never(version.is_some(), "an earlier state of a table", span)?;
                self.never(*with_ordinality, "WITH ORDINALITY", span)?;
                self.never(!partitions.is_empty() || json_path.is_some(), "parts of a table", span)?;
                self.alias(alias.as_ref())?;
                self.sample(sample, span)?;
                match args {
                    Some(args) => {
                        self.never(args.settings.is_some(), "SETTINGS", span)?;
                        self.rows_function(name, &mut args.args)
                    }
                    None => self.table(name),
                }
            }
            TableFactor::Derived { lateral: _, subquery, alias, sample } => {
                self.alias(alias.as_ref())?;
                self.sample(sample, span)?;
                self.query(subquery)
            }
            TableFactor::TableFunction { expr: Expr::Function(function), alias } => {
                self.alias(alias.as_ref())?;
                self.table_of(function)
            }
            TableFactor::Function { lateral: _, name, args, with_ordinality, alias } => {
                self.never(*with_ordinality, "WITH ORDINALITY", span)?;
                self.alias(alias.as_ref())?;
                self.rows_function(name, args)
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset, with_offset_alias, with_ordinality } => {
                self.never(*with_offset || with_offset_alias.is_some() || *with_ordinality, "WITH OFFSET", span)?;
                self.alias(alias.as_ref())?;
                self.expressions(array_exprs)
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                self.alias(alias.as_ref())?;
                self.joined(table_with_joins)
            }
            TableFactor::Pivot { table, aggregate_functions, value_column, value_source, default_on_null, alias } => {
                self.alias(alias.as_ref())?;
                self.factor(table)?;
                for aggregate in aggregate_functions {
                    self.named(&mut aggregate.expr, aggregate.alias.as_ref())?;
                }
                self.expressions(value_column)?;
                self.pivoted(value_source)?;
                self.optional(default_on_null.as_mut())
            }
            TableFactor::Unpivot { table, value, name, columns, null_inclusion: _, alias } => {
                self.alias(alias.as_ref())?;
                self.factor(table)?;
                self.expression(value)?;
                self.ident(name)?;
                for column in columns {
                    self.named(&mut column.expr, column.alias.as_ref())?;
                }
                ControlFlow::Continue(())
            }
            // Named one by one, so that a kind that a later parser adds does not pass unseen.
            TableFactor::TableFunction { .. }
            | TableFactor::JsonTable { .. }
            | TableFactor::OpenJsonTable { .. }
            | TableFactor::MatchRecognize { .. }
            | TableFactor::XmlTable { .. }
            | TableFactor::SemanticView { .. } => {
                stop(refuse::construct("this kind of table", span, "Name a table, or put a query in parentheses."))
            }
        }
    }

    fn pivoted(&mut self, source: &mut PivotValueSource) -> Step {
        match source {
            PivotValueSource::List(values) => {
                for value in values {
                    self.named(&mut value.expr, value.alias.as_ref())?;
                }
                ControlFlow::Continue(())
            }
            PivotValueSource::Any(order) => self.ordered(order),
            PivotValueSource::Subquery(query) => self.query(query),
        }
    }

    fn named(&mut self, expression: &mut Expr, alias: Option<&Ident>) -> Step {
        if let Some(alias) = alias {
            self.ident(alias)?;
        }
        self.expression(expression)
    }

    fn alias(&mut self, alias: Option<&TableAlias>) -> Step {
        alias.map_or(ControlFlow::Continue(()), |alias| self.table_alias(alias))
    }

    fn sample(&mut self, sample: &mut Option<TableSampleKind>, near: Span) -> Step {
        let Some(TableSampleKind::BeforeTableAlias(sample) | TableSampleKind::AfterTableAlias(sample)) = sample else {
            return ControlFlow::Continue(());
        };
        let TableSample { modifier: _, name: _, quantity, seed, bucket, offset } = sample.as_mut();
        self.never(bucket.is_some() || offset.is_some(), "a sample by buckets", near)?;
        if let Some(seed) = seed {
            self.value(&mut seed.value)?;
        }
        self.optional(quantity.as_mut().map(|quantity| &mut quantity.value))
    }

    /// A function that makes rows, such as `range(10)`.
    fn rows_function(&mut self, name: &ObjectName, arguments: &mut [FunctionArg]) -> Step {
        if !functions::makes_rows(self.dialect, name) {
            let help = functions::rows_help(self.dialect);
            return stop(refuse::function(name, help));
        }
        for argument in arguments {
            self.argument(argument)?;
        }
        ControlFlow::Continue(())
    }

    /// Snowflake's `TABLE(FLATTEN(…))`.
    fn table_of(&mut self, function: &mut sqlparser::ast::Function) -> Step {
        if self.dialect != Dialect::Snowflake || !functions::makes_rows(self.dialect, &function.name) {
            return stop(refuse::function(&function.name, functions::rows_help(self.dialect)));
        }
        self.call(function)
    }

    /// Puts a sub-query of the allowed columns in the place of every table of which not all may be read.
    pub(super) fn fence(&self, query: &mut Query) {
        if self.guard.tables().iter().any(|table| table.columns.is_some()) {
            let _ = query.visit(&mut Fence { walk: self });
        }
    }

    /// The fenced form of a table; none when all of it may be read.
    fn fenced(&self, factor: &TableFactor) -> Option<TableFactor> {
        let TableFactor::Table { name, alias, args: None, sample, .. } = factor else { return None };
        let parts = self.parts(name)?;
        let columns = self.allowed(&parts)?.columns.as_ref()?;
        let alias = alias.clone().unwrap_or_else(|| TableAlias {
            explicit: true,
            name: name.0.last().and_then(|part| part.as_ident()).cloned().unwrap_or_else(|| Ident::new("fenced")),
            columns: Vec::new(),
            at: None,
        });
        let mut inner = factor.clone();
        if let TableFactor::Table { alias, sample, .. } = &mut inner {
            *alias = None;
            *sample = None;
        }
        let mut items: Vec<SelectItem> = columns
            .iter()
            .map(|column| SelectItem::UnnamedExpr(Expr::Identifier(Ident::with_quote('"', column.clone()))))
            .collect();
        if items.is_empty() {
            // A table that may be counted and not looked at.
            let null = Expr::Value(sqlparser::ast::Value::Null.into());
            items.push(SelectItem::ExprWithAlias { expr: null, alias: Ident::new("hidden") });
        }
        let subquery = Box::new(selecting(items, inner));
        Some(TableFactor::Derived { lateral: false, subquery, alias: Some(alias), sample: sample.clone() })
    }
}

/// Replaces tables by their fenced form. No named sub-query has such a table's name: the walk refuses it.
struct Fence<'a, 'b> {
    walk: &'a Walk<'b>,
}

impl VisitorMut for Fence<'_, '_> {
    type Break = ();

    fn post_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        if let Some(fenced) = self.walk.fenced(factor) {
            *factor = fenced;
        }
        ControlFlow::Continue(())
    }
}

/// `SELECT * FROM (query) AS name`.
pub(super) fn wrapped(query: Query, name: Ident) -> Query {
    let alias = Some(TableAlias { explicit: true, name, columns: Vec::new(), at: None });
    let all = SelectItem::Wildcard(WildcardAdditionalOptions::default());
    selecting(vec![all], TableFactor::Derived { lateral: false, subquery: Box::new(query), alias, sample: None })
}

fn selecting(projection: Vec<SelectItem>, relation: TableFactor) -> Query {
    let select = Select {
        select_token: AttachedToken::empty(),
        optimizer_hints: Vec::new(),
        distinct: None,
        select_modifiers: None,
        top: None,
        top_before_distinct: false,
        projection,
        exclude: None,
        into: None,
        from: vec![TableWithJoins { relation, joins: Vec::new() }],
        lateral_views: Vec::new(),
        prewhere: None,
        selection: None,
        connect_by: Vec::new(),
        group_by: GroupByExpr::Expressions(Vec::new(), Vec::new()),
        cluster_by: Vec::new(),
        distribute_by: Vec::new(),
        sort_by: Vec::new(),
        having: None,
        named_window: Vec::new(),
        qualify: None,
        window_before_qualify: false,
        value_table_mode: None,
        flavor: SelectFlavor::Standard,
    };
    Query {
        with: None,
        body: Box::new(SetExpr::Select(Box::new(select))),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    }
}
