//! Which points a search may find.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Payload, VectorError};

/// The limits of a range; none is open.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bound {
    /// More than.
    pub gt: Option<f64>,
    /// At least.
    pub gte: Option<f64>,
    /// Less than.
    pub lt: Option<f64>,
    /// At most.
    pub lte: Option<f64>,
}

/// Which points a search may find, by their payload.
///
/// A field that a point lacks, or that is null, equals nothing and is in no range; `Not` of that holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// The field has this value: text, a number or a truth value.
    Equals(String, Value),
    /// The field has one of these values.
    In(String, Vec<Value>),
    /// The field is a number in this range.
    Range(String, Bound),
    /// The field is missing, null or an empty list.
    Missing(String),
    /// The filter does not hold.
    Not(Box<Filter>),
    /// All hold. None at all: everything.
    And(Vec<Filter>),
    /// One holds. None at all: nothing.
    Or(Vec<Filter>),
}

impl Filter {
    /// The field has this value.
    #[must_use]
    pub fn equals(field: &str, value: impl Into<Value>) -> Self {
        Self::Equals(field.to_owned(), value.into())
    }

    /// The filter does not hold.
    #[must_use]
    pub fn negate(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Whether it holds of a payload. Stores answer this themselves; this is what their answers mean.
    #[must_use]
    pub fn matches(&self, payload: &Payload) -> bool {
        match self {
            Self::Equals(field, value) => any_value(payload, field, |found| same(found, value)),
            Self::In(field, values) => any_value(payload, field, |found| values.iter().any(|value| same(found, value))),
            Self::Range(field, bound) => {
                any_value(payload, field, |found| found.as_f64().is_some_and(|found| bound.holds(found)))
            }
            Self::Missing(field) => match payload.get(field) {
                None | Some(Value::Null) => true,
                Some(Value::Array(list)) => list.is_empty(),
                Some(_) => false,
            },
            Self::Not(inner) => !inner.matches(payload),
            Self::And(all) => all.iter().all(|inner| inner.matches(payload)),
            Self::Or(any) => any.iter().any(|inner| inner.matches(payload)),
        }
    }

    /// Whether a store can be asked it.
    pub(crate) fn check(&self) -> Result<(), VectorError> {
        let wrong = |what: String| Err(VectorError::Filter { what });
        match self {
            Self::Equals(field, value) => check_field(field).and_then(|()| check_value(value)),
            Self::In(field, values) => {
                check_field(field)?;
                values.iter().try_for_each(check_value)
            }
            Self::Range(field, bound) => {
                check_field(field)?;
                let limits = [bound.gt, bound.gte, bound.lt, bound.lte];
                match limits.iter().flatten().find(|limit| !limit.is_finite()) {
                    Some(limit) => wrong(format!("the limit of a range is not finite: {limit}")),
                    None => Ok(()),
                }
            }
            Self::Missing(field) => check_field(field),
            Self::Not(inner) => inner.check(),
            Self::And(all) | Self::Or(all) => all.iter().try_for_each(Self::check),
        }
    }
}

impl Bound {
    /// Whether a number is in the range.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        self.gt.is_none_or(|limit| value > limit)
            && self.gte.is_none_or(|limit| value >= limit)
            && self.lt.is_none_or(|limit| value < limit)
            && self.lte.is_none_or(|limit| value <= limit)
    }

    /// The one value.
    #[must_use]
    pub fn exactly(value: f64) -> Self {
        Self { gte: Some(value), lte: Some(value), ..Self::default() }
    }
}

/// A list matches where one of its members does, as in Qdrant.
fn any_value(payload: &Payload, field: &str, holds: impl Fn(&Value) -> bool) -> bool {
    match payload.get(field) {
        Some(Value::Array(list)) => list.iter().any(holds),
        Some(value) => holds(value),
        None => false,
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || left.as_f64().partial_cmp(&right.as_f64()) == Some(Ordering::Equal)
        }
        _ => left == right,
    }
}

fn check_field(field: &str) -> Result<(), VectorError> {
    if field.is_empty() {
        return Err(VectorError::Filter { what: "a field has no name".to_owned() });
    }
    // Qdrant's paths have no way to write these.
    if field.contains(['"', '\\']) {
        return Err(VectorError::Filter { what: format!("a field's name can't hold \" or \\: {field}") });
    }
    Ok(())
}

fn check_value(value: &Value) -> Result<(), VectorError> {
    match value {
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Ok(()),
        other => Err(VectorError::Filter { what: format!("a field can't be compared with {other}") }),
    }
}
