//! One quick judgement of a synthetic table, for choosing among synthesizers: is it told apart, does it give its rows
//! away, is it of use.

use polars::prelude::{DataFrame, IdxCa, PlSmallStr};

use super::detection::{Learner, detect, rows_compared};
use super::exam::{Lesson, Trees, hold, task};
use super::proximity::Samples;
use super::{Aligned, Compared, Side};
use crate::learn::Features;
use crate::learn::measure::shuffled;
use crate::{Metadata, Progress, Seed, SynthError};

/// Trees that are boosted for usefulness.
const ROUNDS: usize = 100;

/// What a synthetic table is worth, on rows that its model never saw.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judgement {
    /// How well boosted trees tell it from the hold-out: 0.5 not at all, 1 always; 0.5 when nothing can be compared.
    pub(crate) detection: f64,
    /// The standard error of `detection` where it is 0.5; infinite when nothing was compared.
    pub(crate) detection_error: f64,
    /// The share of synthetic rows closer to a fitted row than to a row of the hold-out: 0.5 is best, 1 is copies.
    pub(crate) closest_share: f64,
    /// Its standard error.
    pub(crate) closest_error: f64,
    /// How well fitted rows are told from others by their distance to the synthetic ones: 0.5 is best.
    pub(crate) membership: f64,
    /// The same by the density of synthetic rows.
    pub(crate) density_membership: f64,
    /// The standard error of both.
    pub(crate) membership_error: f64,
    /// The score on the hold-out of a learner that saw the synthetic rows, when there is a target.
    pub(crate) usefulness: Option<f64>,
    /// The score of one that saw the real rows.
    pub(crate) real_usefulness: Option<f64>,
}

/// Judges a synthetic table by a hold-out, on at most `rows` rows of each.
///
/// # Errors
/// [`SynthError::MissingColumn`], [`SynthError::TypeMismatch`], [`SynthError::KindMismatch`],
/// [`SynthError::UnsupportedType`], [`SynthError::Cancelled`].
#[expect(clippy::too_many_arguments, reason = "three tables and what is known of them")]
pub(crate) fn judge(
    train: &DataFrame,
    holdout: &DataFrame,
    synthetic: &DataFrame,
    metadata: &Metadata,
    target: Option<&str>,
    rows: usize,
    seed: Seed,
    progress: &Progress,
) -> Result<Judgement, SynthError> {
    let (train, holdout) = (part("train", train, rows, seed)?, part("holdout", holdout, rows, seed)?);
    let synthetic = part("synthetic", synthetic, 2 * rows, seed)?;
    let aligned = Aligned::new(&train, &synthetic, Some(&holdout), metadata)?;
    let columns = &aligned.columns;
    let first = |side: Side, total: usize, count: usize| {
        Features::of(columns, side, &(0..total.min(count) as u32).collect::<Vec<u32>>())
    };
    let count = rows_compared(rows.min(holdout.height()).min(synthetic.height()), columns.len());
    let (real, made) =
        (first(Side::Holdout, holdout.height(), count), first(Side::Synthetic, synthetic.height(), count));
    let detection = detect(Learner::Boosted, &real, &made, seed.named("detection"), progress)?;
    let heights = [train.height(), synthetic.height(), holdout.height()];
    let samples = Samples::take(columns, heights, rows, seed.named("proximity"));
    let heights = [train.height(), synthetic.height().min(rows), holdout.height()];
    let [usefulness, real_usefulness] = useful(columns, target, heights, seed.named("usefulness"), progress)?;
    let closeness = samples.closeness(progress)?;
    let membership = samples.membership(progress)?;
    let none = f64::INFINITY;
    Ok(Judgement {
        detection: detection.as_ref().map_or(0.5, |one| one.auc),
        detection_error: detection.map_or(none, |one| one.error),
        closest_share: closeness.as_ref().map_or(0.5, |one| one.share),
        closest_error: closeness.map_or(none, |one| one.error),
        membership: membership.as_ref().map_or(0.5, |one| one.distance),
        density_membership: membership.as_ref().map_or(0.5, |one| one.density),
        membership_error: membership.map_or(none, |one| one.error),
        usefulness,
        real_usefulness,
    })
}

/// The scores on the hold-out, on at most `rows` rows of each table, of boosted trees that saw the synthetic rows and of
/// those that saw the real ones; none where the target can't be predicted.
///
/// # Errors
/// As [`judge`].
#[expect(clippy::too_many_arguments, reason = "three tables and what is known of them")]
pub(crate) fn usefulness(
    train: &DataFrame,
    holdout: &DataFrame,
    synthetic: &DataFrame,
    metadata: &Metadata,
    target: Option<&str>,
    rows: usize,
    seed: Seed,
    progress: &Progress,
) -> Result<[Option<f64>; 2], SynthError> {
    let (train, holdout) = (part("train", train, rows, seed)?, part("holdout", holdout, rows, seed)?);
    let synthetic = part("synthetic", synthetic, rows, seed)?;
    let aligned = Aligned::new(&train, &synthetic, Some(&holdout), metadata)?;
    let heights = [train.height(), synthetic.height(), holdout.height()];
    useful(&aligned.columns, target, heights, seed.named("usefulness"), progress)
}

/// At most so many rows, drawn by the seed.
fn part(name: &str, table: &DataFrame, rows: usize, seed: Seed) -> Result<DataFrame, SynthError> {
    let rows = IdxCa::from_vec(PlSmallStr::EMPTY, shuffled(seed.named(name), table.height(), rows));
    Ok(table.take(&rows)?)
}

/// The scores on the hold-out of boosted trees that saw the synthetic and the real rows.
fn useful(
    columns: &[Compared],
    target: Option<&str>,
    heights: [usize; 3],
    seed: Seed,
    progress: &Progress,
) -> Result<[Option<f64>; 2], SynthError> {
    let target = target.and_then(|name| columns.iter().find(|column| column.name == name));
    let Some(target) = target.filter(|column| task(column).is_some()) else { return Ok([None, None]) };
    let lesson =
        |side: Side, height: usize| Lesson::of(columns, target, side, &(0..height as u32).collect::<Vec<u32>>());
    let asked = lesson(Side::Holdout, heights[2]);
    let score = |taught: &Lesson| {
        let trees = Trees::new(&taught.features, &asked.features, ROUNDS, progress);
        hold(&trees, &taught.truth, &asked.truth, seed)
    };
    Ok([score(&lesson(Side::Synthetic, heights[1]))?, score(&lesson(Side::Real, heights[0]))?])
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    /// Two numbers that hang together and a class that hangs on both.
    fn table(seed: u64, rows: usize) -> DataFrame {
        let mut draws = Seed::new(seed).draws();
        let (mut x, mut y, mut class) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rows {
            let one = draws.normal();
            let other = one + draws.normal();
            class.push(if one * other + 0.3 * draws.normal() > 0.5 { "high" } else { "low" });
            x.push(one);
            y.push(other);
        }
        df!("x" => x, "y" => y, "class" => class).unwrap()
    }

    fn judged(synthetic: &DataFrame) -> Judgement {
        let (train, holdout) = (table(1, 900), table(2, 600));
        let metadata = Metadata::detect(&train).unwrap();
        judge(&train, &holdout, synthetic, &metadata, Some("class"), 800, Seed::new(7), &Progress::silent()).unwrap()
    }

    #[test]
    fn rows_of_the_law_pass_copies_give_themselves_away_and_noise_is_told_apart() {
        let fair = judged(&table(3, 900));
        assert!((fair.detection - 0.5).abs() < 4.0 * fair.detection_error, "{fair:?}");
        assert!((fair.closest_share - 0.5).abs() < 4.0 * fair.closest_error, "{fair:?}");
        assert!((fair.membership - 0.5).abs() < 4.0 * fair.membership_error, "{fair:?}");
        assert!(fair.usefulness.unwrap() > 0.9 && fair.real_usefulness.unwrap() > 0.9, "{fair:?}");
        let copied = judged(&table(1, 900));
        assert!(copied.closest_share > 0.8 && copied.membership > 0.9 && copied.density_membership > 0.7, "{copied:?}");
        let mut shuffled = table(3, 900);
        let y = table(4, 900).column("y").unwrap().clone();
        shuffled.with_column(y).unwrap();
        let told = judged(&shuffled);
        assert!(told.detection > 0.65 && told.usefulness.unwrap() < 0.9, "{told:?}");
        assert_eq!(told, judged(&shuffled));
    }

    #[test]
    fn tables_with_nothing_to_judge_are_borne() {
        let bare = |real: &DataFrame, rows: usize| {
            let metadata = Metadata::detect(real).unwrap();
            let target = real.get_column_names()[0].to_string();
            judge(real, real, &real.head(Some(rows)), &metadata, Some(&target), 10, Seed::new(1), &Progress::silent())
        };
        let one = df!("a" => [1.0], "b" => ["x"]).unwrap();
        assert!(bare(&one, 1).unwrap().detection_error.is_infinite());
        assert!(bare(&one, 0).unwrap().closest_error.is_infinite());
        let gaps = df!("a" => [None::<f64>, None, None], "b" => [None::<&str>, None, None]).unwrap();
        assert!(bare(&gaps, 3).unwrap().usefulness.is_none());
        let endless = df!("a" => [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e308, -1e308]).unwrap();
        assert!(bare(&endless, 5).unwrap().closest_share.is_finite());
    }
}
