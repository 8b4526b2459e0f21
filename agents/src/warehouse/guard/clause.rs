//! Clauses that queries and functions share: order, limit, windows.

use std::ops::ControlFlow;

use sqlparser::ast::{
    LimitClause, OrderBy, OrderByExpr, OrderByKind, Spanned, WindowFrameBound, WindowSpec, WindowType,
};
use sqlparser::tokenizer::Span;

use super::scope::{Step, Walk};

impl Walk<'_> {
    pub(super) fn order_by(&mut self, order_by: &mut OrderBy, near: Span) -> Step {
        self.never(order_by.interpolate.is_some(), "INTERPOLATE", near)?;
        match &mut order_by.kind {
            OrderByKind::All(_) => ControlFlow::Continue(()),
            OrderByKind::Expressions(columns) => self.ordered(columns),
        }
    }

    pub(super) fn ordered(&mut self, columns: &mut [OrderByExpr]) -> Step {
        for column in columns {
            self.never(column.with_fill.is_some(), "WITH FILL", column.expr.span())?;
            self.expression(&mut column.expr)?;
        }
        ControlFlow::Continue(())
    }

    pub(super) fn limit(&mut self, clause: &mut LimitClause, near: Span) -> Step {
        match clause {
            LimitClause::LimitOffset { limit, offset, limit_by } => {
                self.never(!limit_by.is_empty(), "LIMIT BY", near)?;
                self.optional(limit.as_mut())?;
                self.optional(offset.as_mut().map(|offset| &mut offset.value))
            }
            LimitClause::OffsetCommaLimit { .. } => self.refuse("LIMIT with a comma", near),
        }
    }

    pub(super) fn over(&mut self, over: &mut WindowType) -> Step {
        match over {
            WindowType::WindowSpec(window) => self.window(window),
            WindowType::NamedWindow(name) => self.ident(name),
        }
    }

    pub(super) fn window(&mut self, window: &mut WindowSpec) -> Step {
        let WindowSpec { window_name, partition_by, order_by, window_frame } = window;
        if let Some(name) = window_name {
            self.ident(name)?;
        }
        self.expressions(partition_by)?;
        self.ordered(order_by)?;
        let Some(frame) = window_frame else { return ControlFlow::Continue(()) };
        for bound in [Some(&mut frame.start_bound), frame.end_bound.as_mut()].into_iter().flatten() {
            if let WindowFrameBound::Preceding(Some(distance)) | WindowFrameBound::Following(Some(distance)) = bound {
                self.expression(distance)?;
            }
        }
        ControlFlow::Continue(())
    }
}
