//! Queries and selects: every clause is looked at; one that is not known to be harmless is refused.

use std::ops::ControlFlow;

use sqlparser::ast::{
    Cte, Distinct, GroupByExpr, GroupByWithModifier, NamedWindowExpr, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, Spanned, TableAlias, Top, TopQuantity, WildcardAdditionalOptions, With,
};
use sqlparser::tokenizer::Span;

use super::refuse;
use super::scope::{Step, Walk, stop};
use crate::warehouse::Dialect;

impl Walk<'_> {
    /// A query with its named sub-queries, order and limit.
    pub(super) fn query(&mut self, query: &mut Query) -> Step {
        self.deeper(|walk| walk.query_here(query))
    }

    fn query_here(&mut self, query: &mut Query) -> Step {
        let span = query.span();
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        self.never(!locks.is_empty(), "FOR UPDATE and other locks", span)?;
        self.never(for_clause.is_some(), "FOR XML, FOR JSON and FOR BROWSE", span)?;
        self.never(settings.is_some(), "SETTINGS", span)?;
        self.never(format_clause.is_some(), "FORMAT", span)?;
        self.never(!pipe_operators.is_empty(), "the operator |>", span)?;
        let seen = self.seen();
        if let Some(with) = with {
            self.with(with)?;
        }
        self.body(body)?;
        if let Some(order_by) = order_by {
            self.order_by(order_by, span)?;
        }
        if let Some(clause) = limit_clause {
            self.limit(clause, span)?;
        }
        if let Some(fetch) = fetch
            && let Some(quantity) = &mut fetch.quantity
        {
            self.expression(quantity)?;
        }
        self.forget(seen);
        ControlFlow::Continue(())
    }

    fn with(&mut self, with: &mut With) -> Step {
        for cte in &mut with.cte_tables {
            let Cte { alias, query, from, materialized: _, closing_paren_token: _ } = cte;
            self.never(from.is_some(), "FROM after a named sub-query", alias.name.span)?;
            self.table_alias(alias)?;
            if with.recursive {
                self.recursive(alias, query)?;
            } else {
                self.query(query)?;
            }
            self.name(&alias.name)?;
        }
        ControlFlow::Continue(())
    }

    /// A sub-query that may name itself, but only on the right of its UNION: on the left, and without one, engines take
    /// the name for that of a table.
    fn recursive(&mut self, alias: &TableAlias, query: &mut Query) -> Step {
        let plain = query.with.is_none() && query.order_by.is_none() && query.limit_clause.is_none();
        let SetExpr::SetOperation { left, right, .. } = query.body.as_mut() else { return self.query(query) };
        if !plain || query.fetch.is_some() || !query.locks.is_empty() || !query.pipe_operators.is_empty() {
            return self.query(query);
        }
        let span = alias.name.span;
        self.never(
            query.for_clause.is_some() || query.settings.is_some() || query.format_clause.is_some(),
            "FOR",
            span,
        )?;
        self.deeper(|walk| {
            walk.body(left)?;
            let seen = walk.seen();
            walk.name(&alias.name)?;
            walk.body(right)?;
            walk.forget(seen);
            ControlFlow::Continue(())
        })
    }

    /// What a query selects.
    fn body(&mut self, body: &mut SetExpr) -> Step {
        match body {
            SetExpr::Select(select) => self.deeper(|walk| walk.select(select)),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, .. } => self.deeper(|walk| {
                walk.body(left)?;
                walk.body(right)
            }),
            SetExpr::Values(values) => {
                for row in &mut values.rows {
                    self.expressions(&mut row.content)?;
                }
                ControlFlow::Continue(())
            }
            SetExpr::Insert(inner) | SetExpr::Update(inner) | SetExpr::Delete(inner) | SetExpr::Merge(inner) => {
                stop(refuse::statement("a statement that changes rows inside a query", inner.span()))
            }
            SetExpr::Table(_) => {
                stop(refuse::construct("TABLE as a query", body.span(), "Write SELECT * FROM and the table's name."))
            }
        }
    }

    fn select(&mut self, select: &mut Select) -> Step {
        let span = select.span();
        let Select {
            select_token: _,
            optimizer_hints,
            distinct,
            select_modifiers,
            top,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from,
            lateral_views,
            prewhere,
            selection,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode,
            flavor: _,
        } = select;
        self.none(into.as_ref(), "SELECT INTO, which makes a table")?;
        self.never(!optimizer_hints.is_empty(), "hints to the optimizer", span)?;
        self.never(select_modifiers.is_some(), "MySQL's modifiers of SELECT", span)?;
        self.never(exclude.is_some(), "EXCLUDE after the columns", span)?;
        self.never(!lateral_views.is_empty(), "LATERAL VIEW", span)?;
        self.never(prewhere.is_some(), "PREWHERE", span)?;
        self.never(!connect_by.is_empty(), "CONNECT BY", span)?;
        self.never(!(cluster_by.is_empty() && distribute_by.is_empty() && sort_by.is_empty()), "SORT BY", span)?;
        self.never(value_table_mode.is_some(), "SELECT AS", span)?;
        let whole =
            |top: &Top| matches!(top.quantity, Some(TopQuantity::Constant(_))) && !top.percent && !top.with_ties;
        let plain = top.as_ref().is_none_or(|top| self.dialect == Dialect::Snowflake && whole(top));
        self.never(!plain, "TOP", span)?;
        // The tables first, so that a refusal names the table before anything else.
        for table in from {
            self.joined(table)?;
        }
        if let Some(Distinct::On(columns)) = distinct {
            self.expressions(columns)?;
        }
        for item in projection {
            self.item(item)?;
        }
        self.optional(selection.as_mut())?;
        self.group_by(group_by)?;
        self.optional(having.as_mut())?;
        for definition in named_window {
            self.ident(&definition.0)?;
            match &mut definition.1 {
                NamedWindowExpr::NamedWindow(name) => self.ident(name)?,
                NamedWindowExpr::WindowSpec(window) => self.window(window)?,
            }
        }
        self.optional(qualify.as_mut())
    }

    fn item(&mut self, item: &mut SelectItem) -> Step {
        match item {
            SelectItem::UnnamedExpr(expression) => self.expression(expression),
            SelectItem::ExprWithAlias { expr, alias } => {
                self.ident(alias)?;
                self.expression(expr)
            }
            SelectItem::ExprWithAliases { .. } => self.refuse("several names for one column", item.span()),
            SelectItem::QualifiedWildcard(kind, options) => {
                match kind {
                    SelectItemQualifiedWildcardKind::ObjectName(name) => self.object(name)?,
                    SelectItemQualifiedWildcardKind::Expr(expression) => self.expression(expression)?,
                }
                self.wildcard(options)
            }
            SelectItem::Wildcard(options) => self.wildcard(options),
        }
    }

    /// What follows a `*`.
    pub(super) fn wildcard(&mut self, options: &mut WildcardAdditionalOptions) -> Step {
        let span = options.span();
        let WildcardAdditionalOptions {
            wildcard_token: _,
            opt_ilike,
            opt_exclude: _,
            opt_except,
            opt_replace,
            opt_rename: _,
            opt_alias,
        } = options;
        self.never(opt_ilike.is_some(), "ILIKE after *", span)?;
        self.never(opt_except.is_some(), "EXCEPT after *", span)?;
        self.never(opt_alias.is_some(), "a name for *", span)?;
        for element in opt_replace.iter_mut().flat_map(|replace| &mut replace.items) {
            self.ident(&element.column_name)?;
            self.expression(&mut element.expr)?;
        }
        ControlFlow::Continue(())
    }

    fn group_by(&mut self, group_by: &mut GroupByExpr) -> Step {
        let (GroupByExpr::All(modifiers) | GroupByExpr::Expressions(_, modifiers)) = group_by;
        for modifier in modifiers {
            match modifier {
                GroupByWithModifier::Rollup | GroupByWithModifier::Cube => {}
                GroupByWithModifier::Totals => return self.refuse("WITH TOTALS", Span::empty()),
                GroupByWithModifier::GroupingSets(sets) => self.expression(sets)?,
            }
        }
        match group_by {
            GroupByExpr::All(_) => ControlFlow::Continue(()),
            GroupByExpr::Expressions(columns, _) => self.expressions(columns),
        }
    }

    /// A table's other name, with those of its columns.
    pub(super) fn table_alias(&mut self, alias: &TableAlias) -> Step {
        self.ident(&alias.name)?;
        self.never(alias.at.is_some(), "AT after a table's name", alias.name.span)?;
        for column in &alias.columns {
            self.ident(&column.name)?;
            if let Some(data_type) = &column.data_type {
                self.data_type(data_type, column.name.span)?;
            }
        }
        ControlFlow::Continue(())
    }
}
