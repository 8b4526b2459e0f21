//! Expressions: every kind is listed, and those that are not known to be harmless are refused.

use std::ops::ControlFlow;

use sqlparser::ast::{
    AccessExpr, BinaryOperator, CeilFloorKind, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, Ident, JsonPathElem, LambdaFunctionParameter, ListAggOnOverflow, Spanned, Subscript,
    UnaryOperator, Value,
};
use sqlparser::tokenizer::Span;

use super::scope::{Step, Walk, stop};
use super::{functions, refuse};
use crate::warehouse::{Dialect, names};

/// Words that are functions without parentheses in one of the engines, and tell of the session.
const SESSION_WORDS: &[&str] = &[
    "current_account",
    "current_catalog",
    "current_database",
    "current_region",
    "current_role",
    "current_schema",
    "current_session",
    "current_statement",
    "current_user",
    "current_warehouse",
    "session_user",
    "user",
];

impl Walk<'_> {
    pub(super) fn expressions(&mut self, expressions: &mut [Expr]) -> Step {
        expressions.iter_mut().try_for_each(|expression| self.expression(expression))
    }

    pub(super) fn optional(&mut self, expression: Option<&mut Expr>) -> Step {
        expression.map_or(ControlFlow::Continue(()), |expression| self.expression(expression))
    }

    pub(super) fn expression(&mut self, expression: &mut Expr) -> Step {
        self.deeper(|walk| walk.expression_here(expression))
    }

    fn both(&mut self, first: &mut Expr, second: &mut Expr) -> Step {
        self.expression(first)?;
        self.expression(second)
    }

    /// Two signs in a row are printed as one comment, so the inner one gets parentheses.
    fn spaced(expression: &mut Expr) {
        if let Expr::UnaryOp { op: UnaryOperator::Plus | UnaryOperator::Minus, expr } = expression
            && matches!(expr.as_ref(), Expr::UnaryOp { .. })
        {
            let inner = std::mem::replace(expr.as_mut(), Expr::Tuple(Vec::new()));
            **expr = Expr::Nested(Box::new(inner));
        }
    }

    #[expect(clippy::too_many_lines, reason = "one line a kind of expression, so that none can be forgotten")]
    fn expression_here(&mut self, expression: &mut Expr) -> Step {
        use Expr as E;
        Self::spaced(expression);
        match expression {
            E::Identifier(name) => self.column(name),
            E::CompoundIdentifier(parts) => {
                if let (Dialect::Snowflake, Some(last)) = (self.dialect, parts.last())
                    && last.value.eq_ignore_ascii_case("nextval")
                {
                    return stop(refuse::word(last));
                }
                parts.iter().try_for_each(|part| self.ident(part))
            }
            E::CompoundFieldAccess { root, access_chain } => {
                self.expression(root)?;
                access_chain.iter_mut().try_for_each(|access| match access {
                    AccessExpr::Dot(field) => self.expression(field),
                    AccessExpr::Subscript(subscript) => self.subscript(subscript),
                })
            }
            E::JsonAccess { value, path } => {
                self.expression(value)?;
                path.path.iter_mut().try_for_each(|element| self.json(element))
            }
            E::IsFalse(inner)
            | E::IsNotFalse(inner)
            | E::IsTrue(inner)
            | E::IsNotTrue(inner)
            | E::IsNull(inner)
            | E::IsNotNull(inner)
            | E::IsUnknown(inner)
            | E::IsNotUnknown(inner)
            | E::Nested(inner)
            | E::Extract { field: _, syntax: _, expr: inner }
            | E::UnaryOp {
                op: UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not | UnaryOperator::BitwiseNot,
                expr: inner,
            } => self.expression(inner),
            E::IsDistinctFrom(left, right)
            | E::IsNotDistinctFrom(left, right)
            | E::AtTimeZone { timestamp: left, time_zone: right }
            | E::Position { expr: left, r#in: right }
            | E::RLike { negated: _, expr: left, pattern: right, regexp: _ } => self.both(left, right),
            E::InList { expr, list, negated: _ } => {
                self.expression(expr)?;
                self.expressions(list)
            }
            E::InSubquery { expr, subquery, negated: _ } => {
                self.expression(expr)?;
                self.query(subquery)
            }
            E::Between { expr, negated: _, low, high } => {
                self.expression(expr)?;
                self.both(low, high)
            }
            E::Like { negated: _, any: _, expr, pattern, escape_char }
            | E::ILike { negated: _, any: _, expr, pattern, escape_char }
            | E::SimilarTo { negated: _, expr, pattern, escape_char } => {
                if let Some(escape) = escape_char {
                    self.value(escape)?;
                }
                self.both(expr, pattern)
            }
            E::BinaryOp { left, op, right }
            | E::AnyOp { left, compare_op: op, right, is_some: _ }
            | E::AllOp { left, compare_op: op, right } => {
                Self::binary(op, left.span())?;
                self.both(left, right)
            }
            E::Cast { kind: _, expr, data_type, array, format } => {
                let near = expr.span();
                self.never(*array || format.is_some(), "CAST with ARRAY or FORMAT", near)?;
                self.data_type(data_type, near)?;
                self.expression(expr)
            }
            E::Ceil { expr, field } | E::Floor { expr, field } => {
                if let CeilFloorKind::Scale(scale) = field {
                    self.value(scale)?;
                }
                self.expression(expr)
            }
            E::Substring { expr, substring_from, substring_for, special: _, shorthand: _ } => {
                self.expression(expr)?;
                self.optional(substring_from.as_deref_mut())?;
                self.optional(substring_for.as_deref_mut())
            }
            E::Trim { trim_where: _, trim_what, expr, trim_characters } => {
                self.expression(expr)?;
                self.optional(trim_what.as_deref_mut())?;
                self.expressions(trim_characters.as_deref_mut().unwrap_or_default())
            }
            E::Value(value) => self.value(value),
            E::TypedString(text) => {
                let near = text.value.span;
                self.never(text.uses_odbc_syntax, "{d '…'}", near)?;
                self.data_type(&text.data_type, near)?;
                self.value(&mut text.value)
            }
            E::Function(function) => self.call(function),
            E::Case { case_token: _, end_token: _, operand, conditions, else_result } => {
                self.optional(operand.as_deref_mut())?;
                for when in conditions {
                    self.both(&mut when.condition, &mut when.result)?;
                }
                self.optional(else_result.as_deref_mut())
            }
            E::Exists { subquery, negated: _ } | E::Subquery(subquery) => self.query(subquery),
            E::GroupingSets(sets) | E::Cube(sets) | E::Rollup(sets) => {
                sets.iter_mut().try_for_each(|set| self.expressions(set))
            }
            E::Tuple(values) => self.expressions(values),
            E::Dictionary(fields) => fields.iter_mut().try_for_each(|field| {
                self.key(&field.key)?;
                self.expression(&mut field.value)
            }),
            E::Map(map) => map.entries.iter_mut().try_for_each(|entry| self.both(&mut entry.key, &mut entry.value)),
            E::Array(array) => self.expressions(&mut array.elem),
            E::Interval(interval) => self.expression(&mut interval.value),
            E::Lambda(lambda) => {
                let parameter = |parameter: &LambdaFunctionParameter| {
                    self.never(parameter.data_type.is_some(), "a typed parameter", parameter.name.span)?;
                    self.ident(&parameter.name)
                };
                lambda.params.iter().try_for_each(parameter)?;
                self.expression(&mut lambda.body)
            }
            // Named one by one, so that a kind that a later parser adds does not pass unseen.
            E::IsNormalized { .. }
            | E::InUnnest { .. }
            | E::UnaryOp { .. }
            | E::Convert { .. }
            | E::Collate { .. }
            | E::Overlay { .. }
            | E::Prefixed { .. }
            | E::Struct { .. }
            | E::Named { .. }
            | E::MatchAgainst { .. }
            | E::Wildcard(_)
            | E::QualifiedWildcard(..)
            | E::OuterJoin(_)
            | E::Prior(_)
            | E::MemberOf(_) => {
                let shown: String = expression.to_string().chars().take(40).collect();
                stop(refuse::construct(format!("the expression {shown}"), expression.span(), ""))
            }
        }
    }

    fn column(&self, name: &Ident) -> Step {
        self.ident(name)?;
        if name.quote_style.is_none() && names::is_reserved(&name.value.to_ascii_lowercase()) {
            let help = "To name a column of that name, put it in double quotes.";
            return stop(refuse::construct(format!("the word {} here", name.value), name.span, help));
        }
        let of_session = SESSION_WORDS.binary_search(&name.value.to_ascii_lowercase().as_str()).is_ok();
        if of_session && name.quote_style.is_none() { stop(refuse::word(name)) } else { ControlFlow::Continue(()) }
    }

    /// A key of `{key: value}`, which may be a text.
    fn key(&self, key: &Ident) -> Step {
        let plain = key.value.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | ' '));
        if key.quote_style == Some('\'') && plain && !key.value.is_empty() {
            return ControlFlow::Continue(());
        }
        self.ident(key)
    }

    fn subscript(&mut self, subscript: &mut Subscript) -> Step {
        match subscript {
            Subscript::Index { index } => self.expression(index),
            Subscript::Slice { lower_bound, upper_bound, stride } => {
                self.optional(lower_bound.as_mut())?;
                self.optional(upper_bound.as_mut())?;
                self.optional(stride.as_mut())
            }
        }
    }

    fn json(&mut self, element: &mut JsonPathElem) -> Step {
        match element {
            JsonPathElem::Dot { key, quoted } => {
                self.ident(&Ident { value: key.clone(), quote_style: quoted.then_some('"'), span: Span::empty() })
            }
            JsonPathElem::Bracket { key } | JsonPathElem::ColonBracket { key } => self.expression(key),
        }
    }

    fn binary(operator: &BinaryOperator, near: Span) -> Step {
        use BinaryOperator as B;
        match operator {
            B::Plus
            | B::Minus
            | B::Multiply
            | B::Divide
            | B::Modulo
            | B::StringConcat
            | B::Gt
            | B::Lt
            | B::GtEq
            | B::LtEq
            | B::Eq
            | B::NotEq
            | B::And
            | B::Or
            | B::BitwiseOr
            | B::BitwiseAnd
            | B::DuckIntegerDivide
            | B::PGBitwiseShiftLeft
            | B::PGBitwiseShiftRight
            | B::PGExp
            | B::PGRegexMatch
            | B::PGRegexNotMatch
            | B::PGLikeMatch
            | B::PGILikeMatch
            | B::PGNotLikeMatch
            | B::PGNotILikeMatch
            | B::PGStartsWith
            | B::Arrow
            | B::LongArrow
            | B::PGOverlap
            | B::AtArrow
            | B::ArrowAt
            | B::Regexp => ControlFlow::Continue(()),
            other => stop(refuse::construct(format!("the operator {other}"), near, "")),
        }
    }

    /// A function that is known to be harmless, with its arguments.
    pub(super) fn call(&mut self, function: &mut Function) -> Step {
        let span = function.span();
        let Function { name, uses_odbc_syntax, parameters, args, filter, null_treatment: _, over, within_group } =
            function;
        if !functions::is_harmless(self.dialect, name) && !functions::makes_rows(self.dialect, name) {
            return stop(refuse::function(name, functions::help(name)));
        }
        self.never(*uses_odbc_syntax, "{fn …}", span)?;
        self.never(!matches!(parameters, FunctionArguments::None), "parameters before a function's arguments", span)?;
        match args {
            FunctionArguments::None => {}
            FunctionArguments::Subquery(query) => self.query(query)?,
            FunctionArguments::List(list) => {
                let sizes = functions::sizes(name).iter().filter_map(|place| list.args.get(*place));
                for size in sizes {
                    self.never(
                        !is_small(size),
                        "a size that is not a small number, in a function that makes long values",
                        span,
                    )?;
                }
                list.args.iter_mut().try_for_each(|argument| self.argument(argument))?;
                list.clauses.iter_mut().try_for_each(|clause| self.clause(clause, span))?;
            }
        }
        self.optional(filter.as_deref_mut())?;
        if let Some(over) = over {
            self.over(over)?;
        }
        self.ordered(within_group)
    }

    pub(super) fn argument(&mut self, argument: &mut FunctionArg) -> Step {
        let value = match argument {
            FunctionArg::Named { name, arg, operator: _ } => {
                self.ident(name)?;
                arg
            }
            FunctionArg::ExprNamed { name, arg, operator: _ } => {
                self.expression(name)?;
                arg
            }
            FunctionArg::Unnamed(arg) => arg,
        };
        match value {
            FunctionArgExpr::Expr(expression) => self.expression(expression),
            FunctionArgExpr::QualifiedWildcard(name) => self.object(name),
            FunctionArgExpr::Wildcard => ControlFlow::Continue(()),
            FunctionArgExpr::WildcardWithOptions(options) => self.wildcard(options),
        }
    }

    fn clause(&mut self, clause: &mut FunctionArgumentClause, near: Span) -> Step {
        match clause {
            FunctionArgumentClause::IgnoreOrRespectNulls(_)
            | FunctionArgumentClause::OnOverflow(ListAggOnOverflow::Error) => ControlFlow::Continue(()),
            FunctionArgumentClause::OrderBy(columns) => self.ordered(columns),
            FunctionArgumentClause::Limit(count) => self.expression(count),
            FunctionArgumentClause::OnOverflow(_)
            | FunctionArgumentClause::Having(_)
            | FunctionArgumentClause::Separator(_)
            | FunctionArgumentClause::JsonNullClause(_)
            | FunctionArgumentClause::JsonReturningClause(_) => {
                self.refuse("this clause in a function's arguments", near)
            }
        }
    }
}

/// Whether an argument is a number that can be seen and is small.
fn is_small(argument: &FunctionArg) -> bool {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) = argument else { return false };
    let inner = match expression {
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => expr.as_ref(),
        other => other,
    };
    matches!(inner, Expr::Value(value) if matches!(&value.value, Value::Number(number, _)
        if number.parse::<u64>().is_ok_and(|number| number <= functions::LARGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order() {
        assert!(SESSION_WORDS.is_sorted());
    }
}
