//! What is to be compared: the tables, a hold-out, a target and a seed, and the run over the metrics.

use polars::prelude::DataFrame;

use super::quality::SHAPES;
use super::{Associations, MetricReport, Overlay, Quality, Report, TableRows, Verdict};
use crate::metric::{Aligned, Tables};
use crate::{Family, Metadata, Metric, Progress, Score, Seed, SynthError, metrics};

/// An evaluation of a synthetic table, and all it may take into account.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Evaluation, Metadata, Progress, Seed};
///
/// let real = df!("age" => [23, 45, 31, 62], "member" => [true, false, true, true])?;
/// let synthetic = df!("age" => [24, 44, 33, 60], "member" => [true, true, true, false])?;
/// let unseen = df!("age" => [29, 51, 38, 40], "member" => [false, true, true, true])?;
/// let metadata = Metadata::detect(&real)?;
/// let report = Evaluation::new(&real, &synthetic, &metadata)
///     .holdout(&unseen)
///     .target("member")
///     .seed(Seed::new(1))
///     .run(&Progress::silent())?;
/// assert!(report.overall.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Evaluation<'a> {
    real: &'a DataFrame,
    synthetic: &'a DataFrame,
    metadata: &'a Metadata,
    holdout: Option<&'a DataFrame>,
    target: Option<&'a str>,
    seed: Seed,
    families: &'a [Family],
}

impl<'a> Evaluation<'a> {
    /// Of a synthetic table against the real one, by every metric.
    #[must_use]
    pub fn new(real: &'a DataFrame, synthetic: &'a DataFrame, metadata: &'a Metadata) -> Self {
        let (holdout, target, seed) = (None, None, Seed::default());
        Self { real, synthetic, metadata, holdout, target, seed, families: &Family::ALL }
    }

    /// With real rows that no model has seen: privacy and usefulness are measured on them.
    #[must_use]
    pub fn holdout(mut self, table: &'a DataFrame) -> Self {
        self.holdout = Some(table);
        self
    }

    /// With the column that a model trained on the table is to predict.
    #[must_use]
    pub fn target(mut self, column: &'a str) -> Self {
        self.target = Some(column);
        self
    }

    /// With what decides every draw.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// By the metrics of these families only.
    #[must_use]
    pub fn families(mut self, families: &'a [Family]) -> Self {
        self.families = families;
        self
    }

    /// Scores the table by one metric.
    ///
    /// # Errors
    /// As for [`Evaluation::run`].
    pub fn score(&self, metric: &dyn Metric, progress: &Progress) -> Result<Vec<Score>, SynthError> {
        let aligned = self.align()?;
        metric.score(&self.tables(&aligned, progress))
    }

    /// Scores the table by every metric of the families.
    ///
    /// # Errors
    /// [`SynthError::MissingColumn`] for a column or a target that is not there, [`SynthError::TypeMismatch`],
    /// [`SynthError::KindMismatch`], [`SynthError::UnsupportedType`], [`SynthError::Cancelled`].
    pub fn run(&self, progress: &Progress) -> Result<Report, SynthError> {
        progress.report(Some(0.0), "bringing the tables into line");
        let aligned = self.align()?;
        let tables = self.tables(&aligned, progress);
        let wanted: Vec<&dyn Metric> =
            metrics().iter().copied().filter(|metric| self.families.contains(&metric.spec().family)).collect();
        let mut reports = Vec::new();
        for (at, metric) in wanted.iter().enumerate() {
            progress.check()?;
            let spec = metric.spec();
            progress.report(Some(at as f64 / wanted.len() as f64), spec.name);
            let scores = metric.score(&tables)?;
            if !scores.is_empty() {
                reports.push(MetricReport::new(spec, scores));
            }
        }
        progress.report(Some(1.0), "done");
        let quality = Quality::of(&reports);
        let rows = TableRows {
            real: self.real.height(),
            synthetic: self.synthetic.height(),
            holdout: self.holdout.map(DataFrame::height),
        };
        let mut columns = Overlay::all(&tables);
        for overlay in &mut columns {
            let shapes = reports.iter().filter(|one| SHAPES.contains(&one.spec.name)).flat_map(|one| &one.scores);
            overlay.score = shapes.filter(|score| score.columns == [overlay.column.as_str()]).find_map(|one| one.score);
        }
        let fidelity = self.families.contains(&Family::Fidelity);
        let mut report = Report {
            overall: quality.score.score,
            quality,
            rows,
            target: self.target.map(str::to_owned),
            notes: notes(&reports),
            metrics: reports,
            columns,
            associations: if fidelity { Some(Associations::of(&tables)?) } else { None },
            verdict: Verdict::default(),
        };
        report.verdict = Verdict::of(&report, self.families);
        Ok(report)
    }

    /// The quality score alone, by no more metrics than it takes.
    pub(crate) fn quality(&self, progress: &Progress) -> Result<Quality, SynthError> {
        let aligned = self.align()?;
        let tables = self.tables(&aligned, progress);
        let mut reports = Vec::new();
        for metric in metrics().iter().filter(|metric| Quality::NAMES.contains(&metric.spec().name)) {
            let scores = metric.score(&tables)?;
            reports.push(MetricReport::new(metric.spec(), scores));
        }
        Ok(Quality::of(&reports))
    }

    fn align(&self) -> Result<Aligned, SynthError> {
        if let Some(target) = self.target.filter(|target| self.real.column(target).is_err()) {
            return Err(SynthError::MissingColumn { place: "real table", column: target.to_owned() });
        }
        Aligned::new(self.real, self.synthetic, self.holdout, self.metadata)
    }

    fn tables<'b>(&'b self, aligned: &'b Aligned, progress: &'b Progress) -> Tables<'b> {
        Tables {
            real: &aligned.real,
            synthetic: &aligned.synthetic,
            holdout: aligned.holdout.as_ref(),
            target: self.target,
            metadata: self.metadata,
            seed: self.seed,
            progress,
            columns: &aligned.columns,
            form: &aligned.form,
            shared: &aligned.shared,
        }
    }
}

/// What metrics say in words about how they were taken.
fn notes(reports: &[MetricReport]) -> Vec<String> {
    let spoken = |report: &MetricReport| {
        let silent = report.scores.iter().filter(|score| score.columns.is_empty() && score.score.is_none());
        let words: Vec<String> = silent.filter_map(|score| score.detail.clone()).collect();
        words.into_iter().map(|detail| format!("{}: {detail}", report.spec.name)).collect::<Vec<_>>()
    };
    reports.iter().flat_map(spoken).collect()
}

/// Scores a synthetic table against the real one for validity and fidelity, which takes no hold-out and little time.
///
/// # Errors
/// As for [`Evaluation::run`].
pub fn evaluate(real: &DataFrame, synthetic: &DataFrame, metadata: &Metadata) -> Result<Report, SynthError> {
    let families = [Family::Validity, Family::Fidelity];
    Evaluation::new(real, synthetic, metadata).families(&families).run(&Progress::silent())
}
