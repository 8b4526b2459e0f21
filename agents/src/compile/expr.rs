//! SQL expressions of the semantic model: parsed, their names resolved, and printed again for a query.

use std::ops::ControlFlow;

use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, visit_expressions,
    visit_expressions_mut,
};
use sqlparser::dialect::{DuckDbDialect, SnowflakeDialect};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use crate::compile::CompileError;
use crate::warehouse::Dialect;

/// Parses one expression, without sub-queries.
pub(crate) fn parse(dialect: Dialect, name: &str, sql: &str) -> Result<Expr, CompileError> {
    let failed = |message: String| CompileError::Expression { name: name.to_owned(), message };
    let parser = match dialect {
        Dialect::Snowflake => Parser::new(&SnowflakeDialect),
        Dialect::DuckDb => Parser::new(&DuckDbDialect {}),
    };
    let mut parser = parser.try_with_sql(sql).map_err(|error| failed(error.to_string()))?;
    let expr = parser.parse_expr().map_err(|error| failed(error.to_string()))?;
    if parser.peek_token().token != Token::EOF {
        return Err(failed(format!("there is more than an expression: {sql}")));
    }
    let query = visit_expressions(&expr, |part| match part {
        Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    if query.is_break() {
        return Err(failed("it has a query inside".to_owned()));
    }
    Ok(expr)
}

/// Replaces every name by what `resolve` makes of it. It gets the parts of a name, each with its quotes.
pub(super) fn resolve(
    expr: &mut Expr,
    mut resolve: impl FnMut(&[Ident]) -> Result<Expr, CompileError>,
) -> Result<(), CompileError> {
    let outcome = visit_expressions_mut(expr, |part| {
        let parts = match part {
            Expr::Identifier(ident) => vec![ident.clone()],
            Expr::CompoundIdentifier(parts) => parts.clone(),
            _ => return ControlFlow::Continue(()),
        };
        match resolve(&parts) {
            Ok(made) => {
                *part = made;
                ControlFlow::Continue(())
            }
            Err(error) => ControlFlow::Break(error),
        }
    });
    match outcome {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

/// An aggregate call of a metric.
#[derive(Debug, Clone)]
pub(super) struct AggregateCall {
    pub(super) function: String,
    pub(super) distinct: bool,
    /// None for `COUNT(*)`.
    pub(super) argument: Option<Expr>,
}

/// The functions that aggregate.
const AGGREGATES: &[&str] = &[
    "APPROX_COUNT_DISTINCT",
    "AVG",
    "COUNT",
    "MAX",
    "MEDIAN",
    "MIN",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "SUM",
    "VAR_POP",
    "VAR_SAMP",
    "VARIANCE",
];

/// The call, when it is one of an aggregate function.
pub(super) fn aggregate(name: &str, function: &Function) -> Result<Option<AggregateCall>, CompileError> {
    let called = function.name.to_string().to_ascii_uppercase();
    if !AGGREGATES.contains(&called.as_str()) {
        return Ok(None);
    }
    let failed = |message: &str| CompileError::Expression { name: name.to_owned(), message: message.to_owned() };
    if function.over.is_some() || function.filter.is_some() || !function.within_group.is_empty() {
        return Err(failed("an aggregate may have no OVER, FILTER or WITHIN GROUP"));
    }
    let FunctionArguments::List(list) = &function.args else {
        return Err(failed("an aggregate needs one argument"));
    };
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    let argument = match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))] => Some(argument.clone()),
        [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)] if called == "COUNT" => None,
        _ => return Err(failed("an aggregate needs one argument")),
    };
    Ok(Some(AggregateCall { function: called, distinct, argument }))
}

/// Whether an expression aggregates.
pub(crate) fn aggregates(expr: &Expr) -> bool {
    visit_expressions(expr, |part| match part {
        Expr::Function(function) if AGGREGATES.contains(&function.name.to_string().to_ascii_uppercase().as_str()) => {
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}

/// The names in an expression, each with its parts.
pub(crate) fn names(expr: &Expr) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let _ = visit_expressions(expr, |part| {
        match part {
            Expr::Identifier(ident) => found.push(vec![ident.value.clone()]),
            Expr::CompoundIdentifier(parts) => found.push(parts.iter().map(|part| part.value.clone()).collect()),
            _ => {}
        }
        ControlFlow::<()>::Continue(())
    });
    found
}
