//! What is in a table, column by column.

use polars::prelude::{
    ChunkAgg, ChunkQuantile, ChunkVar, Column, DataFrame, DataType, Float64Chunked, PolarsResult, QuantileMethod,
    Series, SeriesMethods,
};

use crate::error::KernelError;

/// How many frequent values are named.
const TOP: usize = 3;

/// A table with a row for each column: type, count, nulls, unique values, moments and quartiles of numbers, ends of
/// dates, frequent values of texts and booleans. Not-a-number counts as a number and is left out of the moments.
///
/// # Errors
/// `data::compute` when a column can't be aggregated.
///
/// ```
/// use polars::prelude::*;
/// let frame = df!("x" => [Some(1.0), None, Some(3.0)]).unwrap();
/// let facts = synthbook_kernel::data::describe(&frame).unwrap();
/// assert_eq!(facts.column("mean").unwrap().f64().unwrap().get(0), Some(2.0));
/// assert_eq!(facts.column("nulls").unwrap().u64().unwrap().get(0), Some(1));
/// ```
pub fn describe(frame: &DataFrame) -> Result<DataFrame, KernelError> {
    let mut facts = Facts::default();
    for column in frame.columns() {
        facts.add(column)?;
    }
    Ok(facts.into_frame()?)
}

#[derive(Default)]
struct Facts {
    names: Vec<String>,
    types: Vec<String>,
    counts: Vec<u64>,
    nulls: Vec<u64>,
    unique: Vec<Option<u64>>,
    moments: [Vec<Option<f64>>; 2],
    ends: [Vec<Option<String>>; 2],
    quartiles: [Vec<Option<f64>>; 3],
    top: Vec<Option<String>>,
}

impl Facts {
    fn add(&mut self, column: &Column) -> PolarsResult<()> {
        let series = column.as_materialized_series();
        let nulls = series.null_count();
        self.names.push(series.name().to_string());
        self.types.push(series.dtype().to_string());
        self.counts.push((series.len() - nulls) as u64);
        self.nulls.push(nulls as u64);
        self.unique.push(unique(series));
        let numbers = numbers(series);
        self.moments[0].push(numbers.as_ref().and_then(ChunkAgg::mean));
        self.moments[1].push(numbers.as_ref().and_then(deviation));
        for (at, share) in [0.25, 0.5, 0.75].into_iter().enumerate() {
            let value = numbers.as_ref().map(|numbers| numbers.quantile(share, QuantileMethod::Linear)).transpose()?;
            self.quartiles[at].push(value.flatten());
        }
        for (at, end) in ends(series, numbers.as_ref()).into_iter().enumerate() {
            self.ends[at].push(end);
        }
        self.top.push(top(series));
        Ok(())
    }

    fn into_frame(self) -> PolarsResult<DataFrame> {
        let [mean, deviation] = self.moments;
        let [least, most] = self.ends;
        let [first, median, third] = self.quartiles;
        let columns = vec![
            Column::new("column".into(), self.names),
            Column::new("type".into(), self.types),
            Column::new("count".into(), self.counts),
            Column::new("nulls".into(), self.nulls),
            Column::new("unique".into(), self.unique),
            Column::new("mean".into(), mean),
            Column::new("std".into(), deviation),
            Column::new("min".into(), least),
            Column::new("25%".into(), first),
            Column::new("50%".into(), median),
            Column::new("75%".into(), third),
            Column::new("max".into(), most),
            Column::new("top".into(), self.top),
        ];
        DataFrame::new_infer_height(columns)
    }
}

/// Different values besides missing ones; none for nested types, which can't be compared.
fn unique(series: &Series) -> Option<u64> {
    let count = series.n_unique().ok()?;
    Some((count - usize::from(series.null_count() > 0 && count > 0)) as u64)
}

/// A column of numbers as floats without not-a-number.
fn numbers(series: &Series) -> Option<Float64Chunked> {
    let kind = series.dtype();
    if !(kind.is_numeric() || matches!(kind, DataType::Decimal(..))) {
        return None;
    }
    let floats = series.cast(&DataType::Float64).ok()?;
    let floats = floats.f64().ok()?;
    Some(floats.iter().map(|value| value.filter(|value| !value.is_nan())).collect())
}

/// The sample standard deviation; none below two values.
fn deviation(numbers: &Float64Chunked) -> Option<f64> {
    numbers.std(1)
}

/// The least and the greatest value in words: of numbers and of times.
fn ends(series: &Series, numbers: Option<&Float64Chunked>) -> [Option<String>; 2] {
    let kind = series.dtype();
    if let Some(numbers) = numbers.filter(|_| kind.is_float()) {
        return [numbers.min(), numbers.max()].map(|end| end.map(crate::display::float));
    }
    if numbers.is_none() && !kind.is_temporal() {
        return [None, None];
    }
    [series.min_reduce(), series.max_reduce()].map(|end| {
        let value = end.ok()?.into_value();
        (!value.is_null()).then(|| value.to_string())
    })
}

/// The most frequent values of texts, categories and booleans with their counts, ties in order of the value.
fn top(series: &Series) -> Option<String> {
    let kind = series.dtype();
    let worded = kind.is_string() || kind.is_bool() || kind.is_categorical() || kind.is_enum();
    if !worded || series.len() == series.null_count() {
        return None;
    }
    let values = series.drop_nulls().with_name("value".into());
    let counted = values.value_counts(false, false, "count".into(), false).ok()?;
    let texts = counted.column("value").ok()?.cast(&DataType::String).ok()?;
    let counts = counted.column("count").ok()?.cast(&DataType::UInt64).ok()?;
    let pairs = texts.str().ok()?.iter().zip(counts.u64().ok()?.iter());
    let mut pairs: Vec<(u64, &str)> = pairs.filter_map(|(text, count)| Some((count?, text?))).collect();
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let shown = pairs.iter().take(TOP).map(|(count, text)| {
        let short: String = text.chars().take(24).collect();
        format!("{short} ({count})")
    });
    Some(shown.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::display::{TableOptions, table_text};
    use crate::testing::people;

    #[test]
    fn every_kind_of_column() {
        insta::assert_snapshot!(table_text(
            &describe(&people()).unwrap(),
            &TableOptions { quotes: false, ..TableOptions::default() }
        ));
    }

    #[test]
    fn odd_columns_do_no_harm() {
        let lists = Series::new("l".into(), [Series::new("".into(), [1i64, 2])]);
        for frame in [
            DataFrame::empty(),
            people().head(Some(0)),
            people().head(Some(1)),
            DataFrame::new_infer_height(vec![lists.into()]).unwrap(),
            df!("n" => [f64::NAN, f64::INFINITY]).unwrap(),
            DataFrame::new_infer_height(vec![Series::full_null("z".into(), 3, &DataType::Null).into()]).unwrap(),
        ] {
            let facts = describe(&frame).unwrap();
            assert_eq!(facts.height(), frame.width());
        }
    }
}
