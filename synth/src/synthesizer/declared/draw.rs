//! Drawing a column from its declared law, row after row.

use polars::prelude::{Column, DataFrame, DataType, IntoSeries, NamedFrom, NewChunkedArray, Series, StringChunked};
use serde_json::Value;
use statrs::distribution::{Binomial, DiscreteCDF, Poisson};

use super::spec::{Choices, ColumnSpec, LawSpec};
use crate::expression::Expression;
use crate::metadata::round_to;
use crate::synthesizer::table::pick;
use crate::{Draws, Seed, SynthError};

/// Draws of a number before one outside its limits is moved to the nearer one.
const TRIES: usize = 200;

/// The day of a text such as `2024-01-31`, in days since 1970.
pub(super) fn day(text: &str) -> Option<i32> {
    crate::expression::date(text)
}

/// A column of so many rows, of which the first has this number in the whole sample; `earlier` holds the columns that it
/// takes values from.
pub(super) fn column(
    spec: &ColumnSpec,
    earlier: &DataFrame,
    first: u64,
    rows: usize,
    seed: Seed,
) -> Result<Series, SynthError> {
    let mut draws = seed.named(&spec.name).draws();
    let name = spec.name.as_str().into();
    let made = match &spec.law {
        LawSpec::Expression { expression } => {
            numbers_in_limits(spec, &Expression::parse(expression)?.evaluate(earlier)?)?
        }
        LawSpec::Bernoulli { chance } => {
            Series::new(name, (0..rows).map(|_| draws.uniform() < *chance).collect::<Vec<_>>())
        }
        LawSpec::Categorical(choices) => {
            StringChunked::from_iter_values(name, (0..rows).map(|_| choices.draw(&mut draws))).into_series()
        }
        LawSpec::Conditional { on, given, otherwise } => {
            let by = earlier.column(on)?.cast(&DataType::String)?;
            let chosen = by.str()?.iter().map(|value| {
                let choices = value.and_then(|value| given.get(value)).or(otherwise.as_ref());
                choices.map(|choices| choices.draw(&mut draws))
            });
            StringChunked::from_iter_options(name, chosen).into_series()
        }
        LawSpec::Date { first, last } => {
            let (first, last) = (day(first).unwrap_or(0), day(last).unwrap_or(0));
            let span = f64::from(last) - f64::from(first) + 1.0;
            let days: Vec<i32> = (0..rows).map(|_| first + (draws.uniform() * span) as i32).collect();
            Series::new(name, days).cast(&DataType::Date)?
        }
        LawSpec::Sequence { start, step } => {
            let value = |row: usize| start.wrapping_add(step.wrapping_mul((first + row as u64).cast_signed()));
            Series::new(name, (0..rows).map(value).collect::<Vec<_>>())
        }
        LawSpec::Identifier { pattern } => {
            let digits = pattern.chars().filter(|letter| *letter == '#').count() as u32;
            let capacity = 10_u128.checked_pow(digits).unwrap_or(u128::MAX);
            if u128::from(first) + rows as u128 > capacity {
                let rows = first + rows as u64;
                return Err(SynthError::IdentifiersExhausted { column: spec.name.clone(), capacity, rows });
            }
            let values = (0..rows).map(|row| numbered(pattern, first + row as u64, digits as usize));
            StringChunked::from_iter_values(name, values).into_series()
        }
        LawSpec::Constant { value } => match value {
            Value::Bool(truth) => Series::new(name, vec![*truth; rows]),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Series::new(name, vec![whole; rows]),
                None => Series::new(name, vec![number.as_f64().unwrap_or(f64::NAN); rows]),
            },
            Value::String(text) => Series::new(name, vec![text.as_str(); rows]),
            _ => Series::full_null(name, rows, &DataType::String),
        },
        _ => {
            let numbers: Vec<f64> = (0..rows).map(|_| number(spec, &mut draws)).collect();
            let whole =
                spec.decimals == Some(0) || matches!(spec.law, LawSpec::Poisson { .. } | LawSpec::Binomial { .. });
            let numbers = Series::new(name, numbers);
            if whole { numbers.cast(&DataType::Int64)? } else { numbers }
        }
    };
    Ok(made.with_name(spec.name.as_str().into()))
}

/// The column with so large a share of its values taken away.
pub(super) fn with_gaps(spec: &ColumnSpec, column: Series, seed: Seed) -> Result<Series, SynthError> {
    if spec.missing <= 0.0 {
        return Ok(column);
    }
    let mut draws = seed.named(&spec.name).named("missing").draws();
    let kept = (0..column.len()).map(|_| Some(draws.uniform() >= spec.missing));
    let kept = polars::prelude::BooleanChunked::from_iter_options("kept".into(), kept);
    Ok(column.zip_with(&kept, &Series::full_null(column.name().clone(), column.len(), column.dtype()))?)
}

/// A number of the law within the column's limits and decimals: one outside is drawn again.
fn number(spec: &ColumnSpec, draws: &mut Draws) -> f64 {
    let (minimum, maximum) = (spec.minimum.unwrap_or(f64::NEG_INFINITY), spec.maximum.unwrap_or(f64::INFINITY));
    let mut value = f64::NAN;
    for _ in 0..TRIES {
        value = once(&spec.law, draws);
        value = spec.decimals.map_or(value, |decimals| round_to(value, decimals));
        if (minimum..=maximum).contains(&value) {
            return value;
        }
    }
    value.max(minimum).min(maximum)
}

fn once(law: &LawSpec, draws: &mut Draws) -> f64 {
    match law {
        LawSpec::Uniform { low, high } => low + (high - low) * draws.uniform(),
        LawSpec::Normal { mean, sd } => mean + sd * draws.normal(),
        LawSpec::Lognormal { mu, sigma } => (mu + sigma * draws.normal()).exp(),
        LawSpec::Exponential { rate } => -(1.0 - draws.uniform()).ln() / rate,
        LawSpec::Poisson { mean } => {
            let most = (mean + 40.0 * mean.sqrt() + 60.0) as u64;
            Poisson::new(*mean).map_or(f64::NAN, |law| least(most, draws.uniform(), |count| law.cdf(count)) as f64)
        }
        LawSpec::Binomial { chance, .. } if *chance <= 0.0 => 0.0,
        LawSpec::Binomial { trials, chance } if *chance >= 1.0 => *trials as f64,
        LawSpec::Binomial { trials, chance } => Binomial::new(*chance, *trials)
            .map_or(f64::NAN, |law| least(*trials, draws.uniform(), |count| law.cdf(count)) as f64),
        _ => f64::NAN,
    }
}

/// The least count up to `most` whose distribution function is above `chance`.
fn least(most: u64, chance: f64, distribution: impl Fn(u64) -> f64) -> u64 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if distribution(middle) > chance { high = middle } else { low = middle + 1 }
    }
    low
}

/// What an expression gave, within the column's limits and decimals where these are numbers.
fn numbers_in_limits(spec: &ColumnSpec, made: &Series) -> Result<Series, SynthError> {
    let limited = spec.minimum.is_some() || spec.maximum.is_some() || spec.decimals.is_some();
    if !limited || !made.dtype().is_primitive_numeric() {
        return Ok(made.clone());
    }
    let wide = made.cast(&DataType::Float64)?;
    let limit = |value: f64| {
        let value = spec.decimals.map_or(value, |decimals| round_to(value, decimals));
        value.max(spec.minimum.unwrap_or(f64::NEG_INFINITY)).min(spec.maximum.unwrap_or(f64::INFINITY))
    };
    let numbers: Vec<Option<f64>> = wide.f64()?.iter().map(|value| value.map(limit)).collect();
    let numbers = Series::new(made.name().clone(), numbers);
    let whole = spec.decimals == Some(0) || made.dtype().is_integer();
    Ok(if whole { numbers.cast(&DataType::Int64)? } else { numbers })
}

fn numbered(pattern: &str, row: u64, digits: usize) -> String {
    let number = format!("{row:0digits$}");
    let mut digits = number.chars();
    pattern.chars().map(|letter| if letter == '#' { digits.next().unwrap_or('0') } else { letter }).collect()
}

impl Choices {
    fn draw(&self, draws: &mut Draws) -> &str {
        let at = match &self.weights {
            Some(weights) => pick(weights, draws),
            None => (draws.uniform() * self.values.len() as f64) as usize,
        };
        self.values[at.min(self.values.len() - 1)].as_str()
    }
}

/// The column with the values that are known in their place.
pub(super) fn keep_known(made: Series, known: Option<&Column>) -> Result<Series, SynthError> {
    let Some(known) = known.map(Column::as_materialized_series) else { return Ok(made) };
    if known.dtype() != made.dtype() {
        return Err(SynthError::TypeMismatch {
            column: made.name().to_string(),
            expected: made.dtype().to_string(),
            found: known.dtype().to_string(),
        });
    }
    let there = match known.is_not_nan() {
        Ok(numbers) => numbers & known.is_not_null(),
        Err(_) => known.is_not_null(),
    };
    Ok(known.zip_with(&there, &made)?)
}
