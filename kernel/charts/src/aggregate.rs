//! How many rows become one value: the `agg` option of bars and lines.

use polars::prelude::{DataFrame, Expr, IntoLazy, col, len};

use crate::error::{ChartError, Result};
use crate::kind::OptionInfo;
use crate::spec::ChartSpec;

/// The option as chart kinds list it.
pub(crate) const OPTION: OptionInfo = OptionInfo {
    name: "agg",
    values: &["mean", "sum", "median", "min", "max", "count"],
    summary: "How rows with the same x become one value; mean unless said otherwise.",
};

/// A way to make one value of many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    Mean,
    Sum,
    Median,
    Min,
    Max,
    Count,
}

impl Aggregate {
    /// Reads the option: without it the mean, or the count where there is no column to average.
    pub(crate) fn read(spec: &ChartSpec, has_value: bool) -> Result<Self> {
        let Some(word) = spec.options.get(OPTION.name) else {
            return Ok(if has_value { Self::Mean } else { Self::Count });
        };
        let invalid =
            |help: String| ChartError::InvalidOption { option: OPTION.name.to_owned(), value: word.clone(), help };
        let aggregate = match word.to_lowercase().as_str() {
            "mean" | "avg" | "average" => Self::Mean,
            "sum" | "total" => Self::Sum,
            "median" => Self::Median,
            "min" => Self::Min,
            "max" => Self::Max,
            "count" => Self::Count,
            _ => {
                return Err(invalid(format!("agg is one of {}", OPTION.values.join(", "))));
            }
        };
        if has_value || aggregate == Self::Count {
            Ok(aggregate)
        } else {
            Err(invalid(format!("name the column to take the {} of, such as y=price", aggregate.word())))
        }
    }

    /// The word for it in titles.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Sum => "sum",
            Self::Median => "median",
            Self::Min => "minimum",
            Self::Max => "maximum",
            Self::Count => "rows",
        }
    }

    /// The title of an axis of such values of a column.
    pub(crate) fn axis_title(self, column: Option<&str>) -> String {
        match column {
            Some(column) if self != Self::Count => format!("{} of {column}", self.word()),
            _ => self.word().to_owned(),
        }
    }

    /// Whether the values of groups add up to the value of them all.
    pub(crate) fn adds_up(self) -> bool {
        matches!(self, Self::Sum | Self::Count)
    }

    /// Aggregates the column `value` over each combination of `keys`, into `value` and `rows`, sorted by the keys.
    pub(crate) fn over(self, frame: DataFrame, keys: &[&str]) -> Result<DataFrame> {
        let keys: Vec<Expr> = keys.iter().map(|key| col(*key)).collect();
        let value = match self {
            Self::Mean => col("value").mean(),
            Self::Sum => col("value").sum(),
            Self::Median => col("value").median(),
            Self::Min => col("value").min(),
            Self::Max => col("value").max(),
            Self::Count => len().cast(polars::prelude::DataType::Float64),
        };
        let totals = frame
            .lazy()
            .group_by(keys.clone())
            .agg([value.alias("value"), len().alias("rows")])
            .sort_by_exprs(keys, polars::prelude::SortMultipleOptions::default());
        Ok(totals.collect()?)
    }
}
