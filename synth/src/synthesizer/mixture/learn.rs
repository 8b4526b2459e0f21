//! How many components, how smooth and how long: what rows that were held out find likeliest.

use super::Config;
use super::em::{Em, Groups, Rows};
use super::leaf::Leaf;
use crate::{Progress, Seed, SynthError};

/// Rows for each component at the most components that are tried, and how many that can be.
const ROWS_EACH: usize = 12;
const MOST: usize = 2000;
/// Shares that are kept for all cells and components together.
const SHARES: usize = 12_000_000;
/// Below so many rows, more numbers of components are tried.
const LADDER_ROWS: usize = 20_000;
/// Below so many rows, stronger smoothing is tried as well, and each size on several tenths.
const FOLD_ROWS: usize = 5000;
const FOLDS: usize = 5;
/// Rows of its group that are added to each component: the default, and what is tried on few rows.
const SMOOTHING: f64 = 3.0;
const STRONGER: [f64; 2] = [SMOOTHING, 8.0];
/// Rows for each group of components, the rows of the whole table that are added to it, and the passes over the rows in
/// which the groups are found.
const GROUP_ROWS: usize = 200;
const GROUP_SMOOTHING: f64 = 4.0;
const COARSE_PASSES: usize = 8;
/// Passes over all rows after some were held out.
const LAST: usize = 2;
/// A better score is better by so much; passes without one after which a fit is over.
const BETTER: f64 = 1e-3;
const PATIENCE: usize = 2;
/// Rounds in which the components' shares are fitted to the margins.
const RAKES: usize = 40;

/// A mixture that was learned.
#[derive(Debug, Clone)]
pub(super) struct Learned {
    /// The weight of each component.
    pub(super) weights: Vec<f64>,
    /// The share of each cell in each component: cell after cell, one entry per component.
    pub(super) shares: Vec<f32>,
}

/// A way to fit a mixture, and how well it did.
#[derive(Debug, Clone, Copy)]
struct Trial {
    components: usize,
    smoothing: f64,
    /// The mean log-likelihood of a held-out row, and the passes after which it was best.
    score: f64,
    passes: f64,
}

/// Rows to learn from, and how.
struct Task<'a> {
    rows: &'a Rows,
    /// The rows in the order in which they are looked at.
    order: &'a [u32],
    config: &'a Config,
    seed: Seed,
    progress: &'a Progress,
}

/// Learns a mixture of these rows, which are in the order in which they are looked at.
pub(super) fn learn(
    rows: &Rows,
    order: &[u32],
    config: &Config,
    seed: Seed,
    progress: &Progress,
) -> Result<Learned, SynthError> {
    if rows.width() == 0 {
        return Ok(Learned { weights: vec![1.0], shares: Vec::new() });
    }
    let task = Task { rows, order, config, seed, progress };
    let trials = task.trials();
    if order.len() < ROWS_EACH || trials.iter().all(|trial| trial.components == 1) {
        return task.finish(trials[0]);
    }
    if let [trial] = trials[..] {
        return task.at_once(trial);
    }
    let mut best: Option<Trial> = None;
    for (at, &trial) in trials.iter().enumerate() {
        let found = task.compare(trial, at as f64 / trials.len() as f64, 1.0 / trials.len() as f64)?;
        if best.is_none_or(|best| found.score > best.score) {
            best = Some(found);
        }
    }
    task.finish(best.unwrap_or(trials[0]))
}

impl Task<'_> {
    /// What is tried, the most components first.
    fn trials(&self) -> Vec<Trial> {
        let count = self.order.len();
        let fits = (SHARES / self.rows.all_cells().max(1)).max(1);
        let most = (count / ROWS_EACH).clamp(1, MOST).min(fits);
        let mut sizes: Vec<usize> = match self.config.components {
            Some(components) => vec![components.min(fits).min(count)],
            None if count > LADDER_ROWS => [1, 8, 64].iter().map(|part| (most / part).max(1)).collect(),
            None => [1, 2, 4, 8, 16, 32, 64].iter().map(|part| (most / part).max(1)).collect(),
        };
        sizes.dedup();
        let strengths: &[f64] = match &self.config.smoothing {
            Some(smoothing) => std::slice::from_ref(smoothing),
            None if count < FOLD_ROWS => &STRONGER,
            None => &[SMOOTHING],
        };
        let trial = |&components: &usize, &smoothing: &f64| Trial { components, smoothing, score: 0.0, passes: 2.0 };
        sizes.iter().flat_map(|size| strengths.iter().map(move |strength| trial(size, strength))).collect()
    }

    /// Tries out one way on some of the rows; `begin` and `share` say where that lies in the whole work.
    fn compare(&self, trial: Trial, begin: f64, share: f64) -> Result<Trial, SynthError> {
        let folds = if self.order.len() < FOLD_ROWS { FOLDS } else { 1 };
        let mut found = Trial { passes: 0.0, ..trial };
        for fold in 0..folds {
            let (rest, held) = self.split(fold * self.order.len() / folds);
            let mut em = self.start(&rest, trial, self.seed.named("fold").numbered(fold as u64))?;
            let begin = begin + share * fold as f64 / folds as f64;
            let (score, passes) = self.climb(&mut em, &rest, &held, begin, share / folds as f64)?;
            found.score += score / folds as f64;
            found.passes += passes as f64 / folds as f64;
        }
        Ok(found)
    }

    /// Fits until rows that are held out are no longer likelier, and then to all rows.
    fn at_once(&self, trial: Trial) -> Result<Learned, SynthError> {
        let (rest, held) = self.split(0);
        let mut em = self.start(&rest, trial, self.seed)?;
        self.climb(&mut em, &rest, &held, 0.0, 1.0)?;
        for _ in 0..LAST {
            self.progress.report(Some(0.9), "Learning from all rows");
            em.pass(self.order, self.progress)?;
        }
        em.close_below(self.config.least_rows);
        Ok(raked(self.rows, em))
    }

    /// Fits to all rows for as long as was best.
    fn finish(&self, trial: Trial) -> Result<Learned, SynthError> {
        let message = format!("Learning {} components from all rows", trial.components);
        let mut em = self.start(self.order, trial, self.seed)?;
        for pass in 1..=(trial.passes.round() as usize).max(LAST) {
            self.progress.report(Some(0.9), &message);
            em.pass(self.order, self.progress)?;
            if pass > LAST {
                em.close_below(self.config.least_rows);
            }
        }
        Ok(raked(self.rows, em))
    }

    /// All rows but a tenth from a place on, and that tenth.
    fn split(&self, begin: usize) -> (Vec<u32>, Vec<u32>) {
        let count = self.order.len();
        let tenth = count.div_ceil(10);
        let row = |at: usize| self.order[(begin + at) % count];
        ((tenth..count).map(row).collect(), (0..tenth).map(row).collect())
    }

    /// A mixture around rows chosen at random, in groups that a coarser mixture finds.
    fn start(&self, among: &[u32], trial: Trial, seed: Seed) -> Result<Em<'_>, SynthError> {
        let mut order = among.to_vec();
        let mut draws = seed.named("start").draws();
        let components = trial.components.min(order.len()).max(1);
        for at in 0..components {
            let other = at + (draws.uniform() * (order.len() - at) as f64) as usize;
            order.swap(at, other);
        }
        let chosen = &order[..components];
        let count = (among.len() / GROUP_ROWS).min(components / 2);
        if count < 2 {
            return Ok(Em::new(self.rows, chosen, Groups::none(components, trial.smoothing)));
        }
        let mut coarse = Em::new(self.rows, &chosen[..count], Groups::none(count, GROUP_SMOOTHING));
        for _ in 0..COARSE_PASSES {
            coarse.pass(among, self.progress)?;
        }
        let groups = Groups {
            of: coarse.likeliest(chosen),
            count,
            inner: trial.smoothing as f32,
            outer: GROUP_SMOOTHING as f32,
        };
        Ok(Em::new(self.rows, chosen, groups))
    }

    /// Passes over the rows until those held out are no longer likelier; the best mean log-likelihood and its pass.
    fn climb(
        &self,
        em: &mut Em<'_>,
        rest: &[u32],
        held: &[u32],
        begin: f64,
        share: f64,
    ) -> Result<(f64, usize), SynthError> {
        let mut best = (f64::NEG_INFINITY, 0);
        for pass in 1..=self.config.passes {
            let done = (pass - 1) as f64 / self.config.passes as f64;
            let message = format!("Learning {} components, pass {pass}", em.components());
            self.progress.report(Some(0.2 + 0.7 * (begin + share * done)), &message);
            em.pass(rest, self.progress)?;
            if pass > LAST {
                em.close_below(self.config.least_rows);
            }
            let score = em.score(held);
            if score > best.0 + BETTER {
                best = (score, pass);
            } else if pass >= best.1 + PATIENCE {
                break;
            }
        }
        Ok(best)
    }
}

/// The mixture with its margins made those of the rows.
fn raked(rows: &Rows, em: Em<'_>) -> Learned {
    let (weights, mut shares) = em.finish();
    let mut left = shares.as_mut_slice();
    for leaf in &rows.leaves {
        let (column, rest) = left.split_at_mut(leaf.cells() * weights.len());
        rake(leaf, &weights, column);
        left = rest;
    }
    Learned { weights, shares }
}

/// Scales shares by cell and then within each component, in turn, until the margin is that of the rows (Deming and Stephan,
/// "On a least squares adjustment of a sampled frequency table", 1940).
fn rake(leaf: &Leaf, weights: &[f64], shares: &mut [f32]) {
    let components = weights.len();
    for _ in 0..RAKES {
        let mut off = 0.0_f64;
        for (cell, &wanted) in shares.chunks_exact_mut(components).zip(leaf.margin()) {
            let found: f64 = cell.iter().zip(weights).map(|(&share, weight)| f64::from(share) * weight).sum();
            let factor = (wanted / found.max(1e-300)).clamp(0.1, 10.0);
            off = off.max((found - wanted).abs());
            for share in cell {
                *share = (f64::from(*share) * factor) as f32;
            }
        }
        let mut totals = vec![0.0_f32; components];
        for cell in shares.chunks_exact(components) {
            totals.iter_mut().zip(cell).for_each(|(total, share)| *total += share);
        }
        for cell in shares.chunks_exact_mut(components) {
            cell.iter_mut().zip(&totals).for_each(|(share, total)| *share /= total.max(1e-30));
        }
        if off < 1e-6 {
            break;
        }
    }
}
