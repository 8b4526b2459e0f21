//! Privacy as SDMetrics puts it: how far synthetic rows keep from real ones, in shares of what random rows do, and whether
//! more than half of them lie nearer to the rows that a model was fitted on.
//!
//! `DCRBaselineProtection` is min(1, median d(synthetic, real) / median d(random, real)), random rows drawn evenly from
//! the range, or the categories, of each column; `DCROverfittingProtection` is min(1, 2·(1 - share)), the share of rows
//! closer to the real table than to the hold-out, ties not counted, each distance by its table's own ranges: a hold-out of
//! narrower ranges makes all rows look farther from it, where `ClosestRecordShare` has one scale for both. At most 4,000
//! rows of each table, by seed.

use super::proximity::MOST_ROWS;
use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Role, Score, Side, Tables};
use crate::learn::Features;
use crate::learn::measure::{quantile, shuffled};
use crate::nearest::{Gower, Points, nearest};
use crate::values::Values;
use crate::{Draws, SynthError};

/// How far rows keep, against random rows.
pub(super) struct BaselineProtection;

/// Whether rows keep to those that were fitted.
pub(super) struct OverfittingProtection;

const SPEC: MetricSpec = MetricSpec {
    name: "DCRBaselineProtection",
    about: "how far synthetic rows keep from real ones, in shares of how far random rows do",
    family: Family::Privacy,
    goal: Goal::Maximize,
    range: (0.0, 1.0),
    grain: Grain::Table,
    source: "SDMetrics 0.32 DCRBaselineProtection",
};

impl Metric for BaselineProtection {
    fn spec(&self) -> MetricSpec {
        SPEC
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let seed = tables.seed.named("protection");
        let gower = Gower::of(tables.columns, Side::Real);
        let pick = |side: Side| {
            let rows = shuffled(seed.numbered(side as u64), tables.height(side), MOST_ROWS);
            gower.points(&Features::of(tables.columns, side, &rows))
        };
        let (real, synthetic) = (pick(Side::Real), pick(Side::Synthetic));
        let random = random(tables.columns, synthetic.rows, &mut seed.named("random").draws());
        let median = |rows: &Points| -> Result<Option<f64>, SynthError> {
            Ok(quantile(&nearest(rows, &real, 1, false, tables.progress)?.distances(0), 0.5))
        };
        let both = if real.columns() == 0 { None } else { median(&synthetic)?.zip(median(&random)?) };
        let unseen = match (tables.holdout, both) {
            (Some(_), Some(_)) => median(&pick(Side::Holdout))?,
            _ => None,
        };
        Ok(vec![match both {
            Some((found, random)) if random > 0.0 => {
                let detail = format!("median distance {found:.4}, of random rows {random:.4}");
                let real = unseen.map(|unseen| (unseen / random).min(1.0));
                Score::table(Some((found / random).min(1.0))).baseline(real).detail(detail)
            }
            _ => Score::table(None).detail("random rows are real rows too: there is nothing to measure by"),
        }])
    }
}

impl Metric for OverfittingProtection {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "DCROverfittingProtection",
            about: "1 unless more than half of the synthetic rows lie nearer to rows the model saw than to others",
            source: "SDMetrics 0.32 DCROverfittingProtection",
            ..SPEC
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        if tables.holdout.is_none() {
            return Ok(Vec::new());
        }
        let seed = tables.seed.named("protection");
        let few = tables.real.height().min(tables.height(Side::Holdout)).min(MOST_ROWS);
        let pick = |gower: &Gower, side: Side| {
            let most = if side == Side::Synthetic { MOST_ROWS } else { few };
            let rows = shuffled(seed.numbered(side as u64), tables.height(side), most);
            gower.points(&Features::of(tables.columns, side, &rows))
        };
        let distances = |side: Side| -> Result<Vec<f64>, SynthError> {
            let gower = Gower::of(tables.columns, side);
            let (rows, among) = (pick(&gower, Side::Synthetic), pick(&gower, side));
            if among.columns() == 0 {
                return Ok(Vec::new());
            }
            Ok(nearest(&rows, &among, 1, false, tables.progress)?.distances(0))
        };
        let (real, other) = (distances(Side::Real)?, distances(Side::Holdout)?);
        if real.is_empty() || other.is_empty() {
            return Ok(vec![Score::table(None).detail("needs rows in all three tables and a column to compare")]);
        }
        let closer = real.iter().zip(&other).filter(|(real, other)| real < other).count();
        let share = closer as f64 / real.len() as f64;
        let detail = format!("{:.1} % of the rows are closer to the real table", 100.0 * share);
        Ok(vec![Score::table(Some((2.0 * (1.0 - share)).min(1.0))).detail(detail)])
    }
}

/// Rows drawn evenly from the range of each column of the real table, or from its categories.
fn random(columns: &[Compared], rows: usize, draws: &mut Draws) -> Points {
    let mut points = Points { numbers: Vec::new(), codes: Vec::new(), rows };
    for column in columns {
        let height = column.codes(Side::Real).len().max(1);
        let gaps = column.missing(Side::Real) as f64 / height as f64;
        if column.is_measured() {
            let finite = || column.numbers(Side::Real).iter().copied().filter(|value| value.is_finite());
            let range = finite().fold(f64::NEG_INFINITY, f64::max) - finite().fold(f64::INFINITY, f64::min);
            let steps = matches!(column.levels, Values::Whole(_)) && column.role() == Role::Number;
            let place = |draws: &mut Draws| match draws.uniform() {
                at if steps && range.is_finite() && range > 0.0 => (at * (range + 1.0)).floor() / range,
                at if range > 0.0 => at,
                _ => 0.0,
            };
            let value = |_| if draws.uniform() < gaps { f32::NAN } else { place(draws) as f32 };
            points.numbers.push((0..rows).map(value).collect());
        } else if column.role() == Role::Category {
            let counts = column.counts(Side::Real);
            let known: Vec<u32> = (0..counts.len() as u32).filter(|&code| counts[code as usize] > 0).collect();
            let gap = counts.len() as u32;
            let value = |_| {
                let at = (draws.uniform() * known.len() as f64) as usize;
                if draws.uniform() < gaps { gap } else { known.get(at).copied().unwrap_or(gap) }
            };
            points.codes.push((0..rows).map(value).collect());
        }
    }
    points
}
