//! Privacy by attack: whether one who knows all but one column of a row learns the last one from the synthetic table.
//!
//! The attack of Anonymeter (Giomi et al., 2023): the guess is what the nearest synthetic row holds, by the distance of
//! Gower over the other columns; a number is guessed when it is within 5 % of the real range. What is learned of anybody
//! is no leak: the score is (a - c) / (1 - c), a the share guessed right of rows that the model saw, c of rows of the
//! hold-out. At most 1,000 rows of each (fewer of wide tables), 4,000 synthetic rows and the first 40 columns, by seed.

use super::proximity::Samples;
use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Role, Score, Tables};
use crate::SynthError;
use crate::nearest::{Points, nearest_without};

const MOST_COLUMNS: usize = 40;
/// How near a number is guessed, in ranges.
const NEAR: f32 = 0.05;
/// Above this share of right guesses for the hold-out, the rest is too little to measure by.
const EASY: f64 = 0.95;

/// What the synthetic table gives away of single columns.
pub(super) struct AttributeDisclosure;

impl Metric for AttributeDisclosure {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "AttributeDisclosure",
            about: "how much better a column is guessed from the others for rows the model saw than for rows it did not",
            family: Family::Privacy,
            goal: Goal::Minimize,
            range: (f64::NEG_INFINITY, 1.0),
            grain: Grain::Column,
            source: "Giomi et al. 2023, A Unified Framework for Quantifying Privacy Risk in Synthetic Data",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        if tables.holdout.is_none() {
            return Ok(Vec::new());
        }
        let samples = Samples::of(tables);
        let columns = samples.train.columns();
        if columns < 2 || samples.synthetic.rows == 0 || samples.train.rows == 0 {
            return Ok(Vec::new());
        }
        let most = (60_000 / columns).clamp(100, 1000);
        let (members, others) = (samples.train.first(most), samples.holdout.first(most));
        let secrets = columns.min(MOST_COLUMNS);
        let attack = |rows: &Points| -> Result<Vec<(usize, usize)>, SynthError> {
            let places = nearest_without(rows, &samples.synthetic, secrets, tables.progress)?;
            Ok((0..secrets).map(|secret| guessed(rows, &samples.synthetic, secret, &places)).collect())
        };
        let (seen, unseen) = (attack(&members)?, attack(&others)?);
        let measured = tables.columns.iter().filter(|column| column.is_measured());
        let categories = tables.columns.iter().filter(|column| column.role() == Role::Category);
        let name = |column: &Compared| column.name.clone();
        let names: Vec<String> = measured.chain(categories).map(name).collect();
        let mut scores: Vec<Score> = names
            .iter()
            .zip(seen.into_iter().zip(unseen))
            .map(|(name, (seen, unseen))| risk(name, seen, unseen))
            .collect();
        let place = |score: &Score| tables.columns.iter().position(|column| score.columns.contains(&column.name));
        scores.sort_by_key(place);
        Ok(scores)
    }
}

/// The score of a column, from how many rows were guessed right and how many have a value.
fn risk(name: &str, seen: (usize, usize), unseen: (usize, usize)) -> Score {
    let share = |(right, all): (usize, usize)| (all > 0).then(|| right as f64 / all as f64);
    let Some((attack, control)) = share(seen).zip(share(unseen)) else {
        return Score::of([name], None).detail("no row has a value");
    };
    if control > EASY {
        let detail =
            format!("{:.1} % of rows that the model never saw are guessed right: too many to tell", 100.0 * control);
        return Score::of([name], None).detail(detail);
    }
    let spread = |share: f64, all: usize| share * (1.0 - share) / all as f64;
    let error = (spread(attack, seen.1) + spread(control, unseen.1)).sqrt() / (1.0 - control);
    let detail = format!(
        "guessed right for {:.1} % of {} rows the model saw and {:.1} % of {} it did not; standard error {:.3}",
        100.0 * attack,
        seen.1,
        100.0 * control,
        unseen.1,
        error
    );
    let risk = (attack - control) / (1.0 - control);
    Score::of([name], Some(risk)).detail(detail)
}

/// How many rows are guessed right, and of how many.
fn guessed(rows: &Points, synthetic: &Points, secret: usize, places: &[Vec<u32>]) -> (usize, usize) {
    let (mut right, mut all) = (0, 0);
    for (row, places) in places.iter().enumerate() {
        let twin = places[secret] as usize;
        let hit = match rows.numbers.get(secret) {
            Some(column) if column[row].is_nan() => continue,
            Some(column) => (column[row] - synthetic.numbers[secret][twin]).abs() <= NEAR,
            None => {
                let code = secret - rows.numbers.len();
                rows.codes[code][row] == synthetic.codes[code][twin]
            }
        };
        all += 1;
        right += usize::from(hit);
    }
    (right, all)
}
