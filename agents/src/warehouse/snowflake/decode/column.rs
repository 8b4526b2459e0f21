//! A column of a result: its type in Snowflake and the type it is given in.

use arrow_schema::{DataType, Field, TimeUnit};

use crate::warehouse::snowflake::transport::RowType;

/// The widest decimal.
const WIDEST: u8 = 38;
/// Whole numbers of so many digits fit into 64 bits.
const NARROW: i64 = 18;

/// What a column is in Snowflake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Logical {
    Fixed,
    Real,
    Boolean,
    Date,
    Time,
    /// `TIMESTAMP_NTZ`.
    Wall,
    /// `TIMESTAMP_LTZ`.
    Instant,
    /// `TIMESTAMP_TZ`.
    Zoned,
    Binary,
    /// A number with its own exponent in each row.
    Decfloat,
    /// Text, JSON of variants, and all types that are not known here.
    Text,
}

/// A column, and what it becomes.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) logical: Logical,
    /// Digits after the point: of a number, or of a second.
    pub(super) scale: i8,
    pub(super) target: DataType,
}

impl Column {
    /// A column as it is announced, and as it comes in the first part where there is one; when that is the `whole`
    /// result, its widths hold for all rows.
    pub(super) fn of(row: &RowType, physical: Option<&DataType>, whole: bool) -> Self {
        let logical = logical(&row.kind);
        let scale = row.scale.unwrap_or(0).clamp(0, i64::from(WIDEST)) as i8;
        let target = match logical {
            Logical::Fixed if physical.is_some_and(DataType::is_floating) => DataType::Float64,
            Logical::Fixed => {
                // A decimal brings its own scale, which a stand-in may know better than its announcement.
                let scale = match physical {
                    Some(DataType::Decimal128(_, scale)) => (*scale).max(scale_of(row)),
                    _ => scale_of(row),
                };
                let fits = row.precision.is_some_and(|precision| precision <= NARROW)
                    || (whole && physical.is_some_and(DataType::is_signed_integer));
                let narrow = scale == 0 && fits;
                if narrow { DataType::Int64 } else { DataType::Decimal128(WIDEST, scale) }
            }
            Logical::Real => DataType::Float64,
            Logical::Boolean => DataType::Boolean,
            Logical::Date => match physical {
                // Some say a date and send a moment.
                Some(DataType::Struct(_)) => DataType::Timestamp(TimeUnit::Microsecond, None),
                _ => DataType::Date32,
            },
            Logical::Time => DataType::Time64(TimeUnit::Nanosecond),
            Logical::Wall => DataType::Timestamp(TimeUnit::Microsecond, None),
            Logical::Instant | Logical::Zoned => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Logical::Binary => DataType::Binary,
            Logical::Decfloat | Logical::Text => DataType::Utf8,
        };
        let scale = if let DataType::Decimal128(_, scale) = target { scale } else { scale };
        Self { logical, scale, target }
    }

    /// Whether it is a whole number that may be larger than 64 bits.
    pub(super) fn is_wide(&self) -> bool {
        matches!(self.target, DataType::Decimal128(_, 0))
    }

    /// Whether its rows' zones are not kept.
    pub(super) fn loses_offset(&self) -> bool {
        self.logical == Logical::Zoned
    }
}

fn scale_of(row: &RowType) -> i8 {
    row.scale.unwrap_or(0).clamp(0, i64::from(WIDEST)) as i8
}

fn logical(kind: &str) -> Logical {
    match kind.to_ascii_lowercase().as_str() {
        "fixed" => Logical::Fixed,
        "real" => Logical::Real,
        "boolean" => Logical::Boolean,
        "date" => Logical::Date,
        "time" => Logical::Time,
        "timestamp_ntz" => Logical::Wall,
        "timestamp_ltz" => Logical::Instant,
        "timestamp_tz" => Logical::Zoned,
        "binary" => Logical::Binary,
        "decfloat" => Logical::Decfloat,
        _ => Logical::Text,
    }
}

/// The announcement that an Arrow field makes of itself.
pub(super) fn announced(field: &Field) -> RowType {
    let number = |key: &str| field.metadata().get(key).and_then(|value| value.parse().ok());
    let kind = field.metadata().get("logicalType").cloned().unwrap_or_else(|| {
        let kind = match field.data_type() {
            DataType::Decimal128(..) => "FIXED",
            kind if kind.is_integer() => "FIXED",
            kind if kind.is_floating() => "REAL",
            DataType::Boolean => "BOOLEAN",
            DataType::Date32 | DataType::Date64 => "DATE",
            DataType::Binary | DataType::LargeBinary => "BINARY",
            _ => "TEXT",
        };
        kind.to_owned()
    });
    RowType {
        name: field.name().clone(),
        kind,
        precision: number("precision"),
        scale: number("scale"),
        nullable: Some(field.is_nullable()),
    }
}
