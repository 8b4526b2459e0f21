//! Usefulness: trained on synthetic rows, tested on real ones (TSTR; Esteban, Hyland and Rätsch, 2017), beside trained on
//! real rows (TRTR), for the column that is the target; and what synthetic rows add to real ones.
//!
//! Classes are scored by the area under the ROC curve (mean of one against the rest), numbers and dates by R². The test
//! is the hold-out; without one it is a fifth of the real table, by seed, and the real learner sees the other four.

use super::classic::{Bag, Linear, MOST_ROWS};
use super::exam::{Lesson, MOST_CLASSES, Pupil, Task, Trees, hold, task};
use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Score, Side, Tables};
use crate::SynthError;
use crate::learn::measure::shuffled;

/// Rows that boosted trees see at most.
const MOST_BOOSTED: usize = 50_000;
const ROUNDS: usize = 200;

/// Trained on synthetic rows, tested on real ones.
pub(super) struct Tstr {
    name: &'static str,
    about: &'static str,
    learner: Learner,
}

/// What synthetic rows add.
pub(super) struct AugmentationGain;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Learner {
    Boosted,
    Linear,
    Bag,
}

/// By boosted trees.
pub(super) const BOOSTED: Tstr = Tstr {
    name: "TSTRBoosted",
    about: "how well boosted trees that saw the synthetic rows predict the target of real ones",
    learner: Learner::Boosted,
};

/// By linfa's logistic or ridge regression.
pub(super) const LINEAR: Tstr = Tstr {
    name: "TSTRLinear",
    about: "how well a linear model that saw the synthetic rows predicts the target of real ones",
    learner: Learner::Linear,
};

/// By a bag of linfa's decision trees.
pub(super) const BAG: Tstr = Tstr {
    name: "TSTRBaggedTrees",
    about: "how well bagged decision trees that saw the synthetic rows predict the class of real ones",
    learner: Learner::Bag,
};

impl Metric for Tstr {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: self.name,
            about: self.about,
            family: Family::Usefulness,
            goal: Goal::Maximize,
            range: (f64::NEG_INFINITY, 1.0),
            grain: Grain::Column,
            source: "Esteban, Hyland and Rätsch 2017, Real-Valued (Medical) Time Series Generation",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let Some(exam) = Exam::of(tables, self.learner) else { return Ok(Vec::new()) };
        if self.learner == Learner::Bag && exam.task == Task::Numbers {
            return Ok(Vec::new());
        }
        let found = exam.score(&exam.synthetic)?;
        let real = exam.score(&exam.real)?;
        let detail = match found {
            Some(_) => exam.words(),
            None => exam.why(),
        };
        Ok(vec![Score::of([exam.target], found).baseline(real).detail(detail)])
    }
}

impl Metric for AugmentationGain {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "AugmentationGain",
            about: "what boosted trees predict better with as many synthetic rows beside the real ones",
            family: Family::Usefulness,
            goal: Goal::Maximize,
            range: (f64::NEG_INFINITY, f64::INFINITY),
            grain: Grain::Column,
            source: "SDMetrics BinaryClassifierPrecisionEfficacy, as a difference of scores",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let Some(exam) = Exam::of(tables, Learner::Boosted) else { return Ok(Vec::new()) };
        let with = exam.score(&exam.real.stack(&exam.synthetic.first(exam.real.rows())))?;
        let without = exam.score(&exam.real)?;
        let gain = with.zip(without).map(|(with, without)| with - without);
        let detail = match with.zip(without) {
            Some((with, without)) => format!("{with:.4} with, {without:.4} without; {}", exam.words()),
            None => exam.why(),
        };
        Ok(vec![Score::of([exam.target], gain).detail(detail)])
    }
}

/// What is taught and what is asked.
struct Exam<'a> {
    target: &'a str,
    task: Task,
    learner: Learner,
    synthetic: Lesson,
    real: Lesson,
    asked: Lesson,
    held_out: bool,
    tables: &'a Tables<'a>,
}

impl<'a> Exam<'a> {
    /// None without a target, or when it is a key or words.
    fn of(tables: &'a Tables<'a>, learner: Learner) -> Option<Self> {
        let target: &Compared = tables.columns.iter().find(|column| Some(column.name.as_str()) == tables.target)?;
        let task = task(target)?;
        let seed = tables.seed.named("usefulness");
        let most = if learner == Learner::Boosted { MOST_BOOSTED } else { MOST_ROWS };
        let lesson = |side: Side, rows: &[u32]| Lesson::of(tables.columns, target, side, rows);
        let whole = shuffled(seed.named("real"), tables.real.height(), usize::MAX);
        let (asked, real) = if tables.holdout.is_some() {
            let rows = shuffled(seed.named("holdout"), tables.height(Side::Holdout), most);
            (lesson(Side::Holdout, &rows), whole.as_slice())
        } else {
            let (asked, real) = whole.split_at(whole.len() / 5);
            (lesson(Side::Real, asked), real)
        };
        let synthetic = shuffled(seed.named("synthetic"), tables.synthetic.height(), most);
        Some(Self {
            target: &target.name,
            task,
            learner,
            synthetic: lesson(Side::Synthetic, &synthetic),
            real: lesson(Side::Real, &real[..real.len().min(most)]),
            asked,
            held_out: tables.holdout.is_some(),
            tables,
        })
    }

    fn score(&self, taught: &Lesson) -> Result<Option<f64>, SynthError> {
        let (seen, asked) = (&taught.features, &self.asked.features);
        let progress = self.tables.progress;
        let pupil: Box<dyn Pupil + '_> = match self.learner {
            Learner::Boosted => Box::new(Trees::new(seen, asked, ROUNDS, progress)),
            Learner::Linear => Box::new(Linear::new(seen, asked, progress)),
            Learner::Bag => Box::new(Bag::new(seen, asked, progress)),
        };
        hold(pupil.as_ref(), &taught.truth, &self.asked.truth, self.tables.seed.named("learner"))
    }

    fn words(&self) -> String {
        let measure = match self.task {
            Task::Classes => format!("area under the ROC curve, of at most {MOST_CLASSES} classes"),
            Task::Numbers => "R²".to_owned(),
        };
        let test = if self.held_out { "the hold-out" } else { "a fifth of the real table, which the model saw" };
        format!(
            "{measure}; {} synthetic and {} real rows learned from, tested on {} of {test}",
            self.synthetic.rows(),
            self.real.rows(),
            self.asked.rows()
        )
    }

    fn why(&self) -> String {
        format!(
            "needs ten rows to learn from and a target that varies; there are {} synthetic, {} real and {} test rows, and \
             a linear model takes a few hundred weights at most",
            self.synthetic.rows(),
            self.real.rows(),
            self.asked.rows()
        )
    }
}
