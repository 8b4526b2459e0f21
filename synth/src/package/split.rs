//! A table in three parts for training, validation and testing, each with the target's distribution of the whole.
//!
//! Stratified systematic sampling (Cochran, Sampling Techniques, 1977, 5A and 8): rows are shuffled within the classes of
//! the target and dealt out in that order, each row to the part that is furthest behind its share, so that every part
//! has its share of every class to within a row or two, and of the whole table to within one.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, DataType, IdxCa, IdxSize, Series};

use crate::{Draws, Seed, SynthError};

/// Numbers with more values than this are put into classes of equal size.
const MOST_CLASSES: usize = 20;
const BANDS: usize = 10;

/// How a table is divided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// The part that a model is trained on.
    pub train: f64,
    /// The part that its settings are chosen on.
    pub validation: f64,
    /// The part that it is judged on.
    pub test: f64,
}

impl Default for Shares {
    fn default() -> Self {
        Self { train: 0.8, validation: 0.1, test: 0.1 }
    }
}

impl Shares {
    /// Reads three numbers in the order train, validation, test: `0.8,0.1,0.1` or `80/10/10`.
    ///
    /// # Errors
    /// [`SynthError::InvalidSetting`] unless they are three numbers from 0 with a positive sum.
    pub fn parse(typed: &str) -> Result<Self, SynthError> {
        let numbers: Option<Vec<f64>> = typed.split([',', '/', ':']).map(|share| share.trim().parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[train, validation, test]) => Self { train, validation, test }.checked(typed),
            _ => Err(invalid(typed)),
        }
    }

    fn checked(self, text: &str) -> Result<Self, SynthError> {
        let shares = self.parts();
        let sum: f64 = shares.iter().sum();
        if sum.is_finite() && sum > 0.0 && shares.iter().all(|share| *share >= 0.0) {
            Ok(Self { train: self.train / sum, validation: self.validation / sum, test: self.test / sum })
        } else {
            Err(invalid(text))
        }
    }

    fn parts(&self) -> [f64; 3] {
        [self.train, self.validation, self.test]
    }
}

fn invalid(text: &str) -> SynthError {
    SynthError::InvalidSetting {
        name: "split".to_owned(),
        expected: "three shares such as 0.8,0.1,0.1".to_owned(),
        value: text.to_owned(),
    }
}

/// A table in three parts; each keeps the rows in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Splits {
    /// The part that a model is trained on.
    pub train: DataFrame,
    /// The part that its settings are chosen on.
    pub validation: DataFrame,
    /// The part that it is judged on.
    pub test: DataFrame,
}

/// Divides a table by chance, with the same distribution of `target` in every part.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Seed, Shares, split};
///
/// let table = df!("n" => 0..1000, "rare" => (0..1000).map(|n| n % 50 == 0).collect::<Vec<bool>>())?;
/// let parts = split(&table, Some("rare"), Shares::default(), Seed::new(1))?;
/// assert_eq!((parts.train.height(), parts.validation.height(), parts.test.height()), (800, 100, 100));
/// assert_eq!(parts.test.column("rare")?.bool()?.sum(), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SynthError::MissingColumn`] when there is no such target, [`SynthError::TooFewRows`] below 3 rows, and
/// [`SynthError::InvalidSetting`] for shares that are none.
pub fn split(table: &DataFrame, target: Option<&str>, shares: Shares, seed: Seed) -> Result<Splits, SynthError> {
    let shares = shares.checked(&format!("{},{},{}", shares.train, shares.validation, shares.test))?;
    if table.height() < 3 {
        return Err(SynthError::TooFewRows { needed: 3, found: table.height() });
    }
    let classes = match target {
        None => vec![(0..table.height()).collect()],
        Some(target) => {
            let column = table
                .column(target)
                .map_err(|_| SynthError::MissingColumn { place: "table", column: target.to_owned() })?;
            classes(column.as_materialized_series())?
        }
    };
    let mut draws = seed.named("split").draws();
    let mut parts: [Vec<IdxSize>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    let mut dealt = 0_usize;
    for mut class in classes {
        shuffle(&mut class, &mut draws);
        for row in class {
            dealt += 1;
            let behind = |part: usize| shares.parts()[part] * dealt as f64 - parts[part].len() as f64;
            let most = (0..3).max_by(|&a, &b| behind(a).total_cmp(&behind(b)).then(b.cmp(&a))).unwrap_or(0);
            parts[most].push(row as IdxSize);
        }
    }
    let [train, validation, test] = parts.map(|mut rows| {
        rows.sort_unstable();
        table.take(&IdxCa::from_vec("rows".into(), rows))
    });
    Ok(Splits { train: train?, validation: validation?, test: test? })
}

/// The rows of each class of a column, those without a value last.
fn classes(column: &Series) -> Result<Vec<Vec<usize>>, SynthError> {
    let numeric = column.dtype().is_primitive_numeric() || column.dtype().is_temporal();
    if numeric && column.n_unique()? > MOST_CLASSES {
        let numbers = column.to_physical_repr().cast(&DataType::Float64)?;
        let numbers: Vec<Option<f64>> = numbers.f64()?.iter().collect();
        let (mut known, missing): (Vec<usize>, Vec<usize>) =
            (0..numbers.len()).partition(|&row| numbers[row].is_some());
        known.sort_by(|&a, &b| numbers[a].unwrap_or(0.0).total_cmp(&numbers[b].unwrap_or(0.0)));
        let band = known.len().div_ceil(BANDS).max(1);
        return Ok(known.chunks(band).map(<[usize]>::to_vec).chain([missing]).collect());
    }
    let texts = column.cast(&DataType::String)?;
    let mut found: BTreeMap<(bool, String), Vec<usize>> = BTreeMap::new();
    for (row, text) in texts.str()?.iter().enumerate() {
        found.entry((text.is_none(), text.unwrap_or_default().to_owned())).or_default().push(row);
    }
    Ok(found.into_values().collect())
}

/// The shuffle of Fisher and Yates (Durstenfeld 1964).
fn shuffle(rows: &mut [usize], draws: &mut Draws) {
    for last in (1..rows.len()).rev() {
        rows.swap(last, (draws.uniform() * (last + 1) as f64) as usize);
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    #[test]
    fn every_row_is_in_one_part_and_classes_keep_their_share() {
        let label: Vec<Option<&str>> =
            (0..997).map(|n| [Some("a"), Some("b"), None][usize::from(n % 10 > 6) + usize::from(n % 10 > 8)]).collect();
        let table = df!("n" => 0..997, "label" => label).unwrap();
        let parts = split(&table, Some("label"), Shares::parse("70/20/10").unwrap(), Seed::new(3)).unwrap();
        let mut seen: Vec<i32> = [&parts.train, &parts.validation, &parts.test]
            .iter()
            .flat_map(|part| part.column("n").unwrap().i32().unwrap().iter().flatten().collect::<Vec<i32>>())
            .collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..997).collect::<Vec<i32>>());
        for (part, share) in [(&parts.train, 0.7), (&parts.validation, 0.2), (&parts.test, 0.1)] {
            assert!((part.height() as f64 - share * 997.0).abs() <= 1.0);
            let a = part.column("label").unwrap().str().unwrap().iter().filter(|one| *one == Some("a")).count();
            let whole = table.column("label").unwrap().str().unwrap().iter().filter(|one| *one == Some("a")).count();
            assert!((a as f64 - share * whole as f64).abs() <= 2.0, "{a} of {whole}");
        }
    }

    #[test]
    fn a_number_is_balanced_by_its_size() {
        let table = df!("x" => (0..500).map(|n| f64::from(n * n)).collect::<Vec<f64>>()).unwrap();
        let parts = split(&table, Some("x"), Shares::default(), Seed::new(1)).unwrap();
        let low = parts.test.column("x").unwrap().f64().unwrap().iter().flatten().filter(|x| *x < 2500.0).count();
        assert_eq!(low, 5);
    }

    #[test]
    fn odd_requests_are_coded_errors() {
        let table = df!("x" => [1, 2, 3]).unwrap();
        assert!(matches!(
            split(&table, Some("y"), Shares::default(), Seed::new(1)),
            Err(SynthError::MissingColumn { .. })
        ));
        assert!(matches!(
            split(&table.head(Some(2)), None, Shares::default(), Seed::new(1)),
            Err(SynthError::TooFewRows { needed: 3, found: 2 })
        ));
        for text in ["", "1", "0,0,0", "-1,1,1", "a,b,c", "1,2,3,4", "inf,1,1", "nan,1,1"] {
            assert!(matches!(Shares::parse(text), Err(SynthError::InvalidSetting { .. })), "{text}");
        }
    }
}
