//! A column's values as plain numbers that can be added and compared, and back onto the grid that the column keeps to.
//!
//! Numbers are themselves; moments, times of day and lengths of time are microseconds. A column whose values would not
//! survive that (whole numbers past 2^53, odd nanoseconds) is no measure.

use polars::prelude::{DataType, Series};
use serde::{Deserialize, Serialize};

use crate::metadata::round_to;
use crate::types::{ColumnType, Domain, Unit};
use crate::values::{Values, restore};
use crate::{ColumnMetadata, Section, SynthError};

/// Whole numbers up to here are exact.
const EXACT: f64 = (1_u64 << 53) as f64;
const DAY: f64 = 86_400e6;

/// What can be compared with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Class {
    Number,
    Moment,
    Length,
    Clock,
}

/// How a column's values are numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    pub(super) class: Class,
    pub(super) dtype: ColumnType,
    /// Digits after the point; none when there are any number of them, or when the values are on a lattice.
    pub(super) decimals: Option<u8>,
    missing_is_nan: bool,
    /// The lattice: a value on it and the step; the step is 0 where there is none.
    lattice: [f64; 2],
}

/// Which neighbour on the grid is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Toward {
    Nearest,
    Up,
    Down,
}

impl Measure {
    /// How a column is measured, and its values with NaN for a missing one; none when it is not.
    pub(super) fn of(column: &Series, dtype: &ColumnType, about: &ColumnMetadata) -> Option<(Self, Vec<f64>)> {
        use ColumnType as Type;
        let class = match dtype {
            Type::Date | Type::Datetime { .. } => Class::Moment,
            Type::Duration { .. } => Class::Length,
            Type::Time => Class::Clock,
            Type::Null | Type::Boolean | Type::String | Type::Categorical { .. } | Type::Enum { .. } => return None,
            _ => Class::Number,
        };
        let mut found = Self {
            class,
            dtype: dtype.clone(),
            decimals: about.decimals,
            missing_is_nan: column.null_count() == 0,
            lattice: [0.0; 2],
        };
        let values = found.read(column).ok()?;
        if dtype.domain() == Domain::Whole && !matches!(dtype, Type::Decimal { .. }) {
            if values.iter().any(|value| !value.is_nan() && (value.abs() > EXACT || value.fract() != 0.0)) {
                return None;
            }
            found.decimals = None;
            found.lattice = lattice(&values);
        }
        Some((found, values))
    }

    /// The numbers of a column of the same type, NaN where one is missing.
    pub(super) fn read(&self, column: &Series) -> Result<Vec<f64>, SynthError> {
        let scale = |unit: Unit| match unit {
            Unit::Nanoseconds => 1e-3,
            Unit::Microseconds => 1.0,
            Unit::Milliseconds => 1e3,
        };
        let factor = match &self.dtype {
            ColumnType::Date => DAY,
            ColumnType::Datetime { unit, .. } | ColumnType::Duration { unit } => scale(*unit),
            ColumnType::Time => 1e-3,
            ColumnType::Decimal { scale, .. } => {
                let divisor = 10_f64.powi(*scale as i32);
                let numbers = column.decimal()?.physical().iter();
                return Ok(numbers.map(|value| value.map_or(f64::NAN, |value| value as f64 / divisor)).collect());
            }
            _ => {
                let wide = column.cast(&DataType::Float64)?;
                return Ok(wide.f64()?.iter().map(|value| value.map_or(f64::NAN, |value| value + 0.0)).collect());
            }
        };
        let whole = column.to_physical_repr().cast(&DataType::Int64)?;
        let number = |value: Option<i64>| match value {
            None => f64::NAN,
            Some(value) if factor < 1.0 && value % 1000 == 0 => (value / 1000) as f64,
            Some(value) => value as f64 * factor,
        };
        Ok(whole.i64()?.iter().map(number).collect())
    }

    /// A column of these numbers; NaN is a missing value.
    pub(super) fn write(&self, name: &str, numbers: &[f64]) -> Result<Series, SynthError> {
        let missing: Vec<bool> = numbers.iter().map(|value| value.is_nan()).collect();
        let present = numbers.iter().copied().filter(|value| !value.is_nan());
        let values = match &self.dtype {
            dtype if dtype.domain() == Domain::Float => Values::Float(present.collect()),
            dtype => {
                let native = |value: f64| match dtype {
                    ColumnType::Date => (value / DAY).round() as i128,
                    ColumnType::Datetime { unit: Unit::Nanoseconds, .. }
                    | ColumnType::Duration { unit: Unit::Nanoseconds }
                    | ColumnType::Time => value as i128 * 1000,
                    ColumnType::Datetime { unit: Unit::Milliseconds, .. }
                    | ColumnType::Duration { unit: Unit::Milliseconds } => (value / 1e3).round() as i128,
                    ColumnType::Decimal { scale, .. } => (value * 10_f64.powi(*scale as i32)).round() as i128,
                    _ => value.round() as i128,
                };
                Values::Whole(present.map(native).collect())
            }
        };
        restore(name, &self.dtype, values, &missing, self.missing_is_nan && self.dtype.domain() == Domain::Float)
    }

    /// Whether the values are on a lattice: whole numbers, moments.
    pub(super) fn is_whole(&self) -> bool {
        self.lattice[1] > 0.0
    }

    /// The nearest number that the column could hold, or the nearest that is not below, or not above.
    pub(super) fn onto_grid(&self, value: f64, toward: Toward) -> f64 {
        let [base, step] = self.lattice;
        if !value.is_finite() {
            return value;
        }
        if step > 0.0 {
            let steps = (value - base) / step;
            let steps = match toward {
                Toward::Nearest => steps.round(),
                Toward::Up => steps.ceil(),
                Toward::Down => steps.floor(),
            };
            return base + steps * step;
        }
        let tidy = |value: f64| {
            let value = self.decimals.map_or(value, |digits| round_to(value, digits));
            if self.dtype == ColumnType::Float32 { f64::from(value as f32) } else { value }
        };
        let near = tidy(value);
        let unit = self.decimals.map_or(0.0, |digits| 10_f64.powi(-i32::from(digits)));
        match toward {
            Toward::Up if near < value => up(&tidy, near, unit, self.dtype == ColumnType::Float32),
            Toward::Down if near > value => -up(&|value| -tidy(-value), -near, unit, self.dtype == ColumnType::Float32),
            _ => near,
        }
    }

    /// A computed number as the column would hold it, on a lattice or not.
    pub(super) fn tidy(&self, value: f64) -> f64 {
        if self.is_whole() { value.round() } else { self.onto_grid(value, Toward::Nearest) }
    }

    /// Half a unit of the last digit that the column has; 0 when it has any number of digits.
    pub(super) fn half_unit(&self) -> f64 {
        match self.decimals {
            _ if self.is_whole() => 0.5,
            Some(digits) => 0.5 * 10_f64.powi(-i32::from(digits)),
            None => 0.0,
        }
    }

    /// Whether a computed number is the one that the column holds, as far as its rounding tells; `scale` is the size of
    /// what was added up.
    pub(super) fn agrees(&self, computed: f64, held: f64, scale: f64) -> bool {
        if computed.is_nan() || held.is_nan() {
            return computed.is_nan() && held.is_nan();
        }
        let precision = if self.dtype == ColumnType::Float32 { 1e-6 } else { 1e-9 };
        let half = self.half_unit();
        let slack = if half > 0.0 { half * 1e-6 + scale * 1e-14 } else { scale.max(held.abs()) * precision };
        (computed - held).abs() <= half + slack
    }

    /// The smallest number on the grid that is greater.
    pub(super) fn above(&self, value: f64) -> f64 {
        let [_, step] = self.lattice;
        let at = self.onto_grid(value, Toward::Up);
        if at > value {
            return at;
        }
        let unit = self.decimals.map_or(0.0, |digits| 10_f64.powi(-i32::from(digits)));
        if step > 0.0 { at + step } else { self.onto_grid((at + unit).max(at.next_up()), Toward::Up) }
    }

    /// The greatest number on the grid that is smaller.
    pub(super) fn below(&self, value: f64) -> f64 {
        let [_, step] = self.lattice;
        let at = self.onto_grid(value, Toward::Down);
        if at < value {
            return at;
        }
        let unit = self.decimals.map_or(0.0, |digits| 10_f64.powi(-i32::from(digits)));
        if step > 0.0 { at - step } else { self.onto_grid((at - unit).min(at.next_down()), Toward::Down) }
    }

    /// Writes it.
    pub(super) fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("class", &self.class)?;
        part.put("type", &self.dtype)?;
        part.put("decimals", &self.decimals)?;
        part.put("missing_is_nan", &self.missing_is_nan)?;
        part.put_floats("lattice", &self.lattice);
        Ok(())
    }

    /// Reads what [`Measure::save`] wrote.
    pub(super) fn load(part: &Section<'_>) -> Option<Self> {
        let lattice = <[f64; 2]>::try_from(part.floats("lattice")?).ok()?;
        Some(Self {
            class: part.get("class")?,
            dtype: part.get("type")?,
            decimals: part.get("decimals")?,
            missing_is_nan: part.get("missing_is_nan")?,
            lattice: lattice.iter().all(|value| value.is_finite()).then_some(lattice)?,
        })
    }
}

/// The next number of the grid, found past the rounding of single precision.
fn up(tidy: &dyn Fn(f64) -> f64, near: f64, unit: f64, single: bool) -> f64 {
    let next = tidy((near + unit).max(near.next_up()));
    if next > near || !single { next } else { f64::from((near as f32).next_up()) }
}

/// The smallest value and the greatest step that leads from it to all others.
fn lattice(values: &[f64]) -> [f64; 2] {
    let present = || values.iter().copied().filter(|value| !value.is_nan());
    let base = present().fold(f64::INFINITY, f64::min);
    if base.is_infinite() {
        return [0.0, 1.0];
    }
    let mut step = 0_u64;
    for value in present() {
        let (mut a, mut b) = (step, (value - base) as u64);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        step = a;
        if step == 1 {
            break;
        }
    }
    [base, step.max(1) as f64]
}
