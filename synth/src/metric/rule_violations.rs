//! How often what always holds does not: the share of rows that break each rule which every real row keeps to.
//!
//! Rules are those found in the real table or declared in the metadata: dependences, inequalities, sums and their like.

use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables};
use crate::SynthError;
use crate::rules::Rules;

/// The share of rows that break each rule of the real table.
pub(super) struct RuleViolations;

impl Metric for RuleViolations {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "RuleViolations",
            about: "The share of rows that break a rule which every real row keeps to",
            family: Family::Validity,
            goal: Goal::Minimize,
            range: (0.0, 1.0),
            grain: Grain::Rule,
            source: "Share of rows that break the rules found or declared",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        if tables.real.height() == 0 {
            return Ok(Vec::new());
        }
        let rules = Rules::find(tables.real, tables.metadata, tables.progress)?;
        let broken = rules.violations(tables.synthetic)?;
        let unseen = tables.holdout.map(|table| rules.violations(table)).transpose()?;
        let share = |count: usize, rows: usize| (rows > 0).then(|| count as f64 / rows as f64);
        let score = |(at, (sentence, count)): (usize, (String, usize))| {
            let baseline =
                unseen.as_ref().zip(tables.holdout).and_then(|(all, table)| share(all.get(at)?.1, table.height()));
            Score::table(share(count, tables.synthetic.height())).baseline(baseline).detail(sentence)
        };
        Ok(broken.into_iter().enumerate().map(score).collect())
    }
}
