//! What an expression is made of.

use polars::prelude::DataType;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Column(String),
    Literal(Literal),
    Negate(Box<Self>),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
    Arithmetic { operator: Arithmetic, left: Box<Self>, right: Box<Self> },
    Compare { comparison: Comparison, left: Box<Self>, right: Box<Self> },
    In { value: Box<Self>, list: Vec<Self> },
    Like { value: Box<Self>, pattern: String, any_case: bool },
    IsNull(Box<Self>),
    Case { arms: Vec<(Self, Self)>, otherwise: Option<Box<Self>> },
    Cast { value: Box<Self>, target: Target },
    Call { function: &'static str, arguments: Vec<Self> },
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Whole(i64),
    Float(f64),
    Text(String),
    /// Days since 1970.
    Date(i32),
    /// Microseconds since 1970.
    Moment(i64),
    /// Nanoseconds since midnight.
    Time(i64),
    /// Microseconds.
    Duration(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What `CAST` makes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Whole,
    Float,
    Text,
    Boolean,
    Date,
    Moment,
    Time,
}

/// The kinds of value that an expression can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Missing, whatever it would be.
    Null,
    Boolean,
    Number,
    Text,
    Date,
    Moment,
    Time,
    Duration,
}

impl Kind {
    /// The kind of a column of this type, or none for one that expressions can't use.
    pub(crate) fn of(dtype: &DataType) -> Option<Self> {
        Some(match dtype {
            DataType::Null => Self::Null,
            DataType::Boolean => Self::Boolean,
            DataType::String | DataType::Categorical(..) | DataType::Enum(..) => Self::Text,
            DataType::Date => Self::Date,
            DataType::Datetime(..) => Self::Moment,
            DataType::Time => Self::Time,
            DataType::Duration(_) => Self::Duration,
            DataType::Decimal(..) => Self::Number,
            other if other.is_primitive_numeric() => Self::Number,
            _ => return None,
        })
    }

    /// The kind in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Boolean => "a truth value",
            Self::Number => "a number",
            Self::Text => "text",
            Self::Date => "a date",
            Self::Moment => "a date and time",
            Self::Time => "a time of day",
            Self::Duration => "a length of time",
        }
    }
}

impl Node {
    /// The parts that it is made of.
    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Column(_) | Self::Literal(_) => Vec::new(),
            Self::Negate(one) | Self::Not(one) | Self::IsNull(one) => vec![one],
            Self::Cast { value, .. } | Self::Like { value, .. } => vec![value],
            Self::All(parts) | Self::Any(parts) | Self::Call { arguments: parts, .. } => parts.iter().collect(),
            Self::Arithmetic { left, right, .. } | Self::Compare { left, right, .. } => vec![left, right],
            Self::In { value, list } => std::iter::once(value.as_ref()).chain(list).collect(),
            Self::Case { arms, otherwise } => {
                arms.iter().flat_map(|(test, value)| [test, value]).chain(otherwise.as_deref()).collect()
            }
        }
    }

    /// Adds the columns that it names.
    pub(super) fn columns(&self, found: &mut Vec<String>) {
        if let Self::Column(name) = self
            && !found.contains(name)
        {
            found.push(name.clone());
        }
        self.children().into_iter().for_each(|child| child.columns(found));
    }

    /// Adds the columns that it names other than to ask whether they are missing.
    pub(super) fn valued_columns(&self, found: &mut Vec<String>) {
        match self {
            Self::Column(_) => self.columns(found),
            Self::IsNull(one) if matches!(**one, Self::Column(_)) => {}
            _ => self.children().into_iter().for_each(|child| child.valued_columns(found)),
        }
    }

    /// Whether columns stand in it only beside a constant: compared with it, sought in a list, asked whether missing.
    pub(super) fn is_piecewise(&self) -> bool {
        let is_column = |node: &Self| matches!(node, Self::Column(_));
        match self {
            Self::Column(_) | Self::Literal(_) => true,
            Self::Not(one) => one.is_piecewise(),
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_piecewise),
            Self::Compare { left, right, .. } => {
                is_column(left) && right.is_constant() || left.is_constant() && is_column(right)
            }
            Self::In { value, list } => is_column(value) && list.iter().all(Self::is_constant),
            Self::IsNull(value) => is_column(value),
            _ => self.is_constant(),
        }
    }

    /// Adds the constants that columns are compared with.
    pub(super) fn constants<'a>(&'a self, found: &mut Vec<&'a Self>) {
        match self {
            Self::Compare { left, right, .. } => {
                found.extend([left, right].into_iter().map(AsRef::as_ref).filter(|side| side.is_constant()));
            }
            Self::In { list, .. } => found.extend(list.iter().filter(|one| one.is_constant())),
            _ => self.children().into_iter().for_each(|child| child.constants(found)),
        }
    }

    fn is_constant(&self) -> bool {
        !matches!(self, Self::Column(_)) && self.children().into_iter().all(Self::is_constant)
    }

    /// The part in a few words, for messages.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Column(name) => format!("column '{name}'"),
            Self::Literal(Literal::Text(text)) => format!("'{text}'"),
            Self::Literal(Literal::Whole(number)) => number.to_string(),
            Self::Literal(Literal::Float(number)) => number.to_string(),
            Self::Call { function, .. } => format!("{function}(…)"),
            _ => "what it is used with".to_owned(),
        }
    }
}
