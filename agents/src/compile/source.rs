//! One SELECT that aggregates the rows of one table, each counted once, into the cells of an answer.

use crate::compile::scope::Scope;
use crate::compile::{CompileError, sql};

/// An aggregate over the rows of a source.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// `m1`, `m2` …
    pub(super) alias: String,
    pub(super) call: Call,
    /// Conditions for this one alone.
    pub(super) conditions: Vec<String>,
    /// Where there are no rows, it is zero rather than null.
    pub(super) zero: bool,
}

/// An aggregate call in SQL.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) function: String,
    pub(super) distinct: bool,
    /// None for every row.
    pub(super) argument: Option<String>,
    /// Of a percentile.
    pub(super) fraction: Option<f64>,
}

impl Call {
    pub(super) fn new(function: &str, argument: Option<String>) -> Self {
        Self { function: function.to_owned(), distinct: false, argument, fraction: None }
    }

    /// Whether a row that occurs twice changes nothing.
    fn repeatable(&self) -> bool {
        self.distinct || matches!(self.function.as_str(), "MIN" | "MAX" | "APPROX_COUNT_DISTINCT")
    }

    fn sums(&self) -> bool {
        self.function == "SUM" && !self.distinct
    }

    fn over(&self, argument: &str) -> Result<String, CompileError> {
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        Ok(match self.fraction {
            Some(fraction) if (0.0..=1.0).contains(&fraction) => {
                format!("PERCENTILE_CONT({}) WITHIN GROUP (ORDER BY {argument})", sql::number(fraction)?)
            }
            Some(fraction) => {
                return Err(CompileError::Unsupported {
                    what: format!("the percentile {fraction}; it is a fraction from 0 to 1"),
                });
            }
            None => format!("{}({distinct}{argument})", self.function),
        })
    }

    /// The argument, null where the conditions do not hold.
    fn conditional(&self, conditions: &[String]) -> Option<String> {
        if conditions.is_empty() {
            return self.argument.clone();
        }
        let value = self.argument.clone().unwrap_or_else(|| "1".to_owned());
        let otherwise = if self.sums() { " ELSE 0" } else { "" };
        Some(format!("CASE WHEN {} THEN {value}{otherwise} END", conditions.join(" AND ")))
    }
}

/// Where leaves come from.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) scope: Scope<'a>,
    /// The expressions of the dimensions' columns.
    pub(super) dimensions: Vec<String>,
    pub(super) conditions: Vec<String>,
    pub(super) leaves: Vec<Leaf>,
    /// Not to be shared with other measures.
    pub(super) private: bool,
    /// A query of its own instead, with the dimensions and its leaf under their aliases.
    pub(super) query: Option<String>,
}

/// A source, ready to be printed.
#[derive(Debug)]
pub(super) struct Parts {
    /// The aggregate of each leaf.
    pub(super) aggregates: Vec<String>,
    pub(super) from: String,
    pub(super) conditions: Vec<String>,
    pub(super) dimensions: Vec<String>,
}

impl Source<'_> {
    /// Whether rows must be made distinct before they are aggregated.
    pub(super) fn repeats(&self) -> bool {
        self.scope.fans_out && self.leaves.iter().any(|leaf| !leaf.call.repeatable())
    }

    /// Conditions for all leaves, and for each alone.
    fn split(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let first = self.leaves.first().map_or(&[] as &[String], |leaf| leaf.conditions.as_slice());
        if self.leaves.iter().all(|leaf| leaf.conditions == first) {
            return (first.to_vec(), vec![Vec::new(); self.leaves.len()]);
        }
        let common: Vec<String> = first
            .iter()
            .filter(|condition| self.leaves.iter().all(|leaf| leaf.conditions.contains(condition)))
            .cloned()
            .collect();
        let own: Vec<Vec<String>> = self
            .leaves
            .iter()
            .map(|leaf| leaf.conditions.iter().filter(|it| !common.contains(it)).cloned().collect())
            .collect();
        let mut shared = common;
        if own.iter().all(|conditions| !conditions.is_empty()) {
            let mut any: Vec<String> = Vec::new();
            for conditions in &own {
                let one = format!("({})", conditions.join(" AND "));
                if !any.contains(&one) {
                    any.push(one);
                }
            }
            shared.push(if any.len() == 1 { any.remove(0) } else { format!("({})", any.join(" OR ")) });
        }
        (shared, own)
    }

    /// The parts of its SELECT.
    pub(super) fn parts(&mut self) -> Result<Parts, CompileError> {
        let mut conditions = self.conditions.clone();
        conditions.extend(self.scope.members_only()?);
        let (shared, own) = self.split();
        conditions.extend(shared);
        let mut seen: Vec<String> = Vec::new();
        conditions.retain(|condition| {
            let new = condition != "TRUE" && !seen.contains(condition);
            seen.push(condition.clone());
            new
        });
        if self.repeats() {
            return self.distinct_parts(&conditions, &own);
        }
        let aggregates = self
            .leaves
            .iter()
            .zip(&own)
            .map(|(leaf, own)| leaf.call.over(leaf.call.conditional(own).as_deref().unwrap_or("*")))
            .collect::<Result<_, _>>()?;
        Ok(Parts { aggregates, from: self.scope.tables(), conditions, dimensions: self.dimensions.clone() })
    }

    /// Over rows that are told apart by the base's primary key, because a join repeats them.
    fn distinct_parts(&mut self, conditions: &[String], own: &[Vec<String>]) -> Result<Parts, CompileError> {
        if let Some((to, through)) = self.scope.chasm.clone() {
            return Err(CompileError::Chasm { measure: self.scope.base.name.clone(), to, through });
        }
        let (alias, base) = (self.scope.base_alias(), self.scope.base);
        let key = Scope::primary_key(&alias, base)?;
        let mut items: Vec<String> =
            self.dimensions.iter().enumerate().map(|(at, dimension)| format!("{dimension} AS d{}", at + 1)).collect();
        items.push(format!("{key} AS row_key"));
        let mut aggregates = Vec::new();
        for (at, (leaf, own)) in self.leaves.iter().zip(own).enumerate() {
            let argument = leaf.call.conditional(own).unwrap_or_else(|| "1".to_owned());
            items.push(format!("{argument} AS a{}", at + 1));
            aggregates.push(leaf.call.over(&format!("a{}", at + 1))?);
        }
        let mut inner = format!("SELECT DISTINCT {}\n{}", items.join(", "), self.scope.tables());
        if !conditions.is_empty() {
            inner.push_str("\nWHERE ");
            inner.push_str(&conditions.join(" AND "));
        }
        let dimensions = (1..=self.dimensions.len()).map(|number| format!("d{number}")).collect();
        let from = format!("FROM (\n  {}\n) AS each_once", inner.replace('\n', "\n  "));
        Ok(Parts { aggregates, from, conditions: Vec::new(), dimensions })
    }

    /// The whole SELECT, with the dimensions as `d1` … and the leaves under their aliases.
    pub(super) fn select(&mut self) -> Result<String, CompileError> {
        if let Some(query) = &self.query {
            return Ok(query.clone());
        }
        let parts = self.parts()?;
        let mut items: Vec<String> =
            parts.dimensions.iter().enumerate().map(|(at, sql)| format!("{sql} AS d{}", at + 1)).collect();
        items.extend(parts.aggregates.iter().zip(&self.leaves).map(|(sql, leaf)| format!("{sql} AS {}", leaf.alias)));
        let mut out = format!("SELECT {}\n{}", items.join(", "), parts.from);
        if !parts.conditions.is_empty() {
            out.push_str("\nWHERE ");
            out.push_str(&parts.conditions.join(" AND "));
        }
        if !parts.dimensions.is_empty() {
            out.push_str("\nGROUP BY ");
            out.push_str(&parts.dimensions.join(", "));
        }
        Ok(out)
    }
}
