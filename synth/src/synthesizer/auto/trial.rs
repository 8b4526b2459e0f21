//! Trials: a candidate is fitted to a part of the table and judged by the rest.

use std::fmt;

use polars::prelude::{DataFrame, IdxCa, PlSmallStr};

use super::Config;
use super::candidates::Candidate;
use crate::metric::judgement::{Judgement, judge, usefulness};
use crate::report::Evaluation;
use crate::synthesizer::SampleRequest;
use crate::{Metadata, Progress, Seed, SynthError};

/// The most rows of each table that a judgement looks at.
const JUDGED_ROWS: usize = 4000;
/// A column with more values is no class to predict.
const MOST_CLASSES: usize = 20;
/// How many standard errors a figure may be beyond the privacy limit.
const NOISE: f64 = 1.5;
/// Seconds of one core that a judgement takes per row and column, as measured on Adult.
const JUDGEMENT: f64 = 4e-5;

/// The parts that candidates are fitted to and judged by.
pub(super) struct Ground<'a> {
    table: &'a DataFrame,
    metadata: &'a Metadata,
    config: &'a Config,
    seed: Seed,
    /// Rows to fit and rows to judge by.
    folds: Vec<(DataFrame, DataFrame)>,
}

/// What came of a candidate; means over the folds.
#[derive(Debug)]
pub(super) struct Trial {
    pub(super) candidate: &'static Candidate,
    /// The quality score against the rows it was fitted to.
    pub(super) quality: f64,
    /// What it is worth: 1 for a table that is as good as real rows.
    pub(super) score: f64,
    /// By how much it is beyond the privacy limit and the noise of the measurement; not above 0 when it keeps to it.
    pub(super) risk: f64,
    judgement: Judgement,
}

impl<'a> Ground<'a> {
    /// Cuts at most `config.rows` rows of the table into parts: several ways when there are few, so that a judgement has
    /// enough rows.
    pub(super) fn new(
        table: &'a DataFrame,
        metadata: &'a Metadata,
        config: &'a Config,
        seed: Seed,
    ) -> Result<Self, SynthError> {
        let mut rows: Vec<u32> = (0..table.height() as u32).collect();
        let mut draws = seed.named("rows").draws();
        let taken = rows.len().min(config.rows);
        for place in 0..taken {
            let other = place + (draws.uniform() * (rows.len() - place) as f64) as usize;
            rows.swap(place, other);
        }
        rows.truncate(taken);
        let (parts, used) = match taken {
            0..1000 => (5, 5),
            1000..5000 => (4, 2),
            _ => (5, 1),
        };
        let folds = (0..used)
            .map(|fold| {
                let side = |held: bool| {
                    let chosen = rows.iter().enumerate().filter(|(at, _)| (at % parts == fold) == held);
                    let chosen: Vec<u32> = chosen.map(|(_, &row)| row).collect();
                    table.take(&IdxCa::from_vec(PlSmallStr::EMPTY, chosen))
                };
                Ok((side(false)?, side(true)?))
            })
            .collect::<Result<_, SynthError>>()?;
        Ok(Self { table, metadata, config, seed, folds })
    }

    /// About how many seconds of one core a trial and the fit to the whole table take.
    pub(super) fn cost(&self, candidate: &Candidate) -> f64 {
        let columns = self.table.width();
        let trial = |(fitted, held): &(DataFrame, DataFrame)| {
            let judged = held.height().min(JUDGED_ROWS) as f64;
            candidate.cost(fitted.height(), columns) + judged * columns as f64 * JUDGEMENT
        };
        self.folds.iter().map(trial).sum::<f64>() + candidate.cost(self.table.height(), columns)
    }

    /// The columns whose prediction tells how useful a sample is: classes rather than numbers where there are some, because
    /// what is lost of an AUC can be compared between tables.
    fn targets(&self) -> [Option<&str>; 2] {
        if let Some(target) = &self.config.target {
            return [Some(target), None];
        }
        let columns = self.table.columns();
        let ends = [columns.last(), columns.first().filter(|_| columns.len() > 1)];
        let classes = ends.map(|end| end.filter(|column| column.n_unique().is_ok_and(|count| count <= MOST_CLASSES)));
        let chosen = if classes == [None, None] { ends } else { classes };
        chosen.map(|column| column.map(|column| column.name().as_str()))
    }

    /// Fits and judges a candidate.
    pub(super) fn run(&self, candidate: &'static Candidate, progress: &Progress) -> Result<Trial, SynthError> {
        let quiet = progress.quiet();
        let mut trials = Vec::new();
        for (fold, (fitted, held)) in self.folds.iter().enumerate() {
            let seed = self.seed.numbered(fold as u64);
            let model = candidate.synthesizer()?.fit(fitted, self.metadata, seed.named("fit"), &quiet)?;
            let rows = fitted.height().max(2 * held.height());
            let sample = model.sample(&SampleRequest::rows(rows), seed.named("sample"), &quiet)?;
            let quality = Evaluation::new(fitted, &sample, self.metadata).quality(&quiet)?;
            let targets = self.targets();
            let [target, other] = if targets[0].is_some() { targets } else { [targets[1], None] };
            let judged = seed.named("judge");
            let mut judgement = judge(fitted, held, &sample, self.metadata, target, JUDGED_ROWS, judged, &quiet)?;
            if other.is_some() {
                let more = usefulness(fitted, held, &sample, self.metadata, other, JUDGED_ROWS, judged, &quiet)?;
                judgement.usefulness = mean_of(judgement.usefulness, more[0]);
                judgement.real_usefulness = mean_of(judgement.real_usefulness, more[1]);
            }
            let all =
                quality.all_pairs.score.zip(quality.shapes.score).map(|(pairs, shapes)| f64::midpoint(pairs, shapes));
            let score = quality.score.score.unwrap_or(1.0);
            trials.push((score, f64::midpoint(score, all.unwrap_or(score)), judgement));
        }
        let mean =
            |of: &dyn Fn(&(f64, f64, Judgement)) -> f64| trials.iter().map(of).sum::<f64>() / trials.len() as f64;
        let some = |of: &dyn Fn(&Judgement) -> Option<f64>| {
            let known: Vec<f64> = trials.iter().filter_map(|trial| of(&trial.2)).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        };
        let root = (trials.len() as f64).sqrt();
        let judgement = Judgement {
            detection: mean(&|trial| trial.2.detection),
            detection_error: mean(&|trial| trial.2.detection_error) / root,
            closest_share: mean(&|trial| trial.2.closest_share),
            closest_error: mean(&|trial| trial.2.closest_error) / root,
            membership: mean(&|trial| trial.2.membership),
            density_membership: mean(&|trial| trial.2.density_membership),
            membership_error: mean(&|trial| trial.2.membership_error) / root,
            usefulness: some(&|one| one.usefulness),
            real_usefulness: some(&|one| one.real_usefulness),
        };
        let lost =
            judgement.usefulness.zip(judgement.real_usefulness).map_or(0.0, |(made, real)| (real - made).max(0.0));
        let hidden = 1.0 - 2.0 * (judgement.detection - 0.5).max(0.0);
        let limit = self.config.privacy_limit;
        let beyond = |figure: f64, error: f64| if error.is_finite() { figure - limit - NOISE * error } else { 0.0 };
        let member = f64::midpoint(judgement.membership, judgement.density_membership);
        let risk =
            beyond(judgement.closest_share, judgement.closest_error).max(beyond(member, judgement.membership_error));
        Ok(Trial {
            candidate,
            quality: mean(&|trial| trial.0),
            score: f64::midpoint(mean(&|trial| trial.1), hidden) - lost,
            risk,
            judgement,
        })
    }
}

/// The mean of two figures, or the one that is there.
fn mean_of(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.zip(other).map(|(one, other)| f64::midpoint(one, other)).or(one).or(other)
}

impl fmt::Display for Trial {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = &self.judgement;
        write!(
            out,
            "{}: score {:.3}, quality {:.3}, told apart {:.3}, closest records {:.3}, membership {:.3}",
            self.candidate,
            self.score,
            self.quality,
            one.detection,
            one.closest_share,
            f64::midpoint(one.membership, one.density_membership)
        )?;
        match one.usefulness.zip(one.real_usefulness) {
            Some((made, real)) => write!(out, ", usefulness {made:.3} of {real:.3}"),
            None => Ok(()),
        }
    }
}
