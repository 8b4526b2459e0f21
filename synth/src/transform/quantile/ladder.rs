//! Levels of rounding: grids of ever rounder values, each a part of the one before.
//!
//! People write 1 200 rather than 1 203, a quarter to nine rather than 8:47, the first of a month. How round a value is,
//! is the coarsest grid of a ladder that it lies on.

use serde::{Deserialize, Serialize};

use crate::types::{ColumnType, Unit};

/// Evenly spaced values, or the first days of months or years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Grid {
    /// The multiples of `step`, less `shift`.
    Steps { step: u64, shift: u64 },
    /// The first day of each month; a day has this many units.
    Months { day: u64 },
    /// The first day of each year; a day has this many units.
    Years { day: u64 },
}

impl Grid {
    /// Every `step`-th value, of which `value` is one.
    pub(super) fn through(value: i128, step: u64) -> Self {
        Self::Steps { step, shift: (-value).rem_euclid(i128::from(step)) as u64 }
    }

    pub(super) fn is_sound(self) -> bool {
        match self {
            Self::Steps { step, shift } => step > 0 && shift < step,
            Self::Months { day } | Self::Years { day } => (1..1 << 50).contains(&day),
        }
    }

    /// The number of the last point that is not above the value.
    pub(super) fn number(self, value: i128) -> i128 {
        match self {
            Self::Steps { step, shift } => divide(value + i128::from(shift), step),
            Self::Months { day } => month_of(divide(value, day)),
            Self::Years { day } => month_of(divide(value, day)).div_euclid(12),
        }
    }

    /// The point of a number.
    pub(super) fn point(self, number: i128) -> i128 {
        match self {
            Self::Steps { step, shift } => number * i128::from(step) - i128::from(shift),
            Self::Months { day } => first_day(number) * i128::from(day),
            Self::Years { day } => first_day(number * 12) * i128::from(day),
        }
    }

    pub(super) fn holds(self, value: i128) -> bool {
        match self {
            Self::Steps { step, shift } => {
                let from = value + i128::from(shift);
                divide(from, step) * i128::from(step) == from
            }
            _ => self.point(self.number(value)) == value,
        }
    }

    /// How many points lie from `low` to `high`.
    pub(super) fn count(self, low: i128, high: i128) -> i128 {
        if high < low { 0 } else { self.number(high) - self.number(low - 1) }
    }

    /// Whether every point of a coarser grid is a point of this one, and not the other way round.
    fn contains(self, coarser: Self) -> bool {
        match (self, coarser) {
            (Self::Steps { step, shift }, Self::Steps { step: wide, shift: other }) => {
                wide > step && wide % step == 0 && other % step == shift
            }
            (Self::Steps { step, shift }, Self::Months { day } | Self::Years { day }) => day % step == 0 && shift == 0,
            (Self::Months { .. }, Self::Years { .. }) => true,
            _ => false,
        }
    }

    /// How many of this grid's points there are for one of a coarser grid, and the number here of its point 0; none when
    /// that is not always the same.
    fn ratio(self, coarser: Self) -> Option<(i128, i128)> {
        match (self, coarser) {
            (Self::Steps { step, shift }, Self::Steps { step: wide, shift: other }) => {
                Some((i128::from(wide / step), (i128::from(shift) - i128::from(other)).div_euclid(i128::from(step))))
            }
            (Self::Months { .. }, Self::Years { .. }) => Some((12, 0)),
            _ => None,
        }
    }
}

/// The points of a grid that are on no coarser one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub(super) grid: Grid,
    pub(super) coarser: Option<Grid>,
}

impl Level {
    /// How many of its points lie at or below the value, counted from the same far point for every value.
    fn below(&self, value: i128) -> i128 {
        self.grid.number(value) - self.coarser.map_or(0, |coarser| coarser.number(value))
    }

    /// How many of its points lie from `low` to `high`.
    pub(super) fn count(&self, low: i128, high: i128) -> i128 {
        if high < low { 0 } else { self.below(high) - self.below(low - 1) }
    }

    /// How many of its points lie from `low` to just before the value.
    pub(super) fn rank(&self, low: i128, value: i128) -> i128 {
        self.below(value - 1) - self.below(low - 1)
    }

    /// Its point of this rank among those from `low` to `high`.
    pub(super) fn at(&self, low: i128, high: i128, rank: i128) -> i128 {
        let Some(coarser) = self.coarser else {
            return self.grid.point(self.grid.number(low - 1) + 1 + rank);
        };
        let wanted = self.below(low - 1) + rank + 1;
        if let Some((many, first)) = self.grid.ratio(coarser) {
            // Point `i` of the grid is on the coarser one where `i - first` is a multiple of `many`.
            let others = wanted - 1 - first;
            let number = others.div_euclid(many - 1) * many + others.rem_euclid(many - 1) + 1 + first;
            return self.grid.point(number);
        }
        let (mut from, mut to) = (self.grid.number(low - 1), self.grid.number(high));
        while to - from > 1 {
            let middle = from + (to - from) / 2;
            if self.below(self.grid.point(middle)) >= wanted { to = middle } else { from = middle }
        }
        self.grid.point(to)
    }
}

/// The levels of a ladder of grids, the finest first.
pub(super) fn levels(grids: &[Grid]) -> Vec<Level> {
    let coarser = grids.iter().skip(1).copied().map(Some).chain([None]);
    grids.iter().zip(coarser).map(|(&grid, coarser)| Level { grid, coarser }).collect()
}

/// Whether each grid holds the next.
pub(super) fn is_ladder(grids: &[Grid]) -> bool {
    !grids.is_empty()
        && grids.iter().all(|grid| grid.is_sound())
        && grids.windows(2).all(|pair| pair[0].contains(pair[1]))
}

/// The ladders that people round by, above the grid that every value of a column lies on.
pub(super) fn candidates(base: Grid, dtype: &ColumnType) -> Vec<Vec<Grid>> {
    let even = |step: u64| Grid::Steps { step, shift: 0 };
    let clock = |second: u64| {
        let fractions =
            (0..9).map(|digits| 10_u64.pow(digits)).filter(move |unit| *unit < second && second.is_multiple_of(*unit));
        let with = move |spans: &[u64]| {
            fractions
                .clone()
                .chain([second])
                .chain(spans.iter().map(|span| span * second))
                .map(even)
                .collect::<Vec<_>>()
        };
        vec![with(&[60, 300, 900, 1800, 3600, 86_400]), with(&[60, 600, 1800, 3600, 86_400])]
    };
    let calendar = |day: u64| {
        let months = vec![even(day), Grid::Months { day }, Grid::Years { day }];
        let weeks = (0..7).map(|first| vec![even(day), Grid::Steps { step: 7 * day, shift: first * day }]);
        std::iter::once(months).chain(weeks).collect::<Vec<_>>()
    };
    let second = |unit: &Unit| match unit {
        Unit::Nanoseconds => 1_000_000_000,
        Unit::Microseconds => 1_000_000,
        Unit::Milliseconds => 1000,
    };
    let all = match dtype {
        ColumnType::Date => calendar(1),
        ColumnType::Datetime { unit, .. } => {
            clock(second(unit)).into_iter().chain(calendar(86_400 * second(unit))).collect()
        }
        ColumnType::Duration { unit } => clock(second(unit)),
        ColumnType::Time => clock(1_000_000_000),
        _ => decimal(),
    };
    let mut ladders: Vec<Vec<Grid>> = Vec::new();
    for rungs in all {
        let mut ladder = vec![base];
        for rung in rungs {
            if ladder.last().is_some_and(|last| last.contains(rung)) {
                ladder.push(rung);
            }
        }
        if ladder.len() > 1 && !ladders.contains(&ladder) {
            ladders.push(ladder);
        }
    }
    ladders
}

/// Fives and tens, quarters, twos and tens; and prices one unit below a round one.
fn decimal() -> Vec<Vec<Grid>> {
    const DECADES: u32 = 16;
    let of = |factors: &[u64], shift: u64| -> Vec<Grid> {
        (0..DECADES)
            .flat_map(|decade| factors.iter().map(move |factor| factor * 10_u64.pow(decade)))
            .filter(|step| *step > shift)
            .map(|step| Grid::Steps { step, shift })
            .collect()
    };
    let mut quarters = vec![1, 5, 25, 50];
    quarters.extend((2..DECADES).flat_map(|decade| [10_u64.pow(decade), 5 * 10_u64.pow(decade)]));
    let quarters = quarters.into_iter().map(|step| Grid::Steps { step, shift: 0 }).collect();
    vec![of(&[1, 5], 0), of(&[1, 2], 0), quarters, of(&[5, 25], 0), of(&[1], 1)]
}

fn divide(value: i128, by: u64) -> i128 {
    match (i64::try_from(value), i64::try_from(by)) {
        (Ok(value), Ok(by)) => i128::from(value.div_euclid(by)),
        _ => value.div_euclid(i128::from(by)),
    }
}

/// The month of a day since 1970-01-01, counted from January of year 0 (Hinnant, "chrono-compatible low-level date
/// algorithms": years begin in March, so that the leap day is the last).
fn month_of(day: i128) -> i128 {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let in_era = shifted.rem_euclid(146_097);
    let year = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year + year / 4 - year / 100);
    let month = (5 * in_year + 2) / 153;
    (era * 400 + year) * 12 + month + 2
}

/// The first day of a month that is counted from January of year 0, in days since 1970-01-01.
fn first_day(month: i128) -> i128 {
    let shifted = month - 2;
    let (year, month) = (shifted.div_euclid(12), shifted.rem_euclid(12));
    let (era, in_era) = (year.div_euclid(400), year.rem_euclid(400));
    era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + (153 * month + 2) / 5 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(step: u64) -> Grid {
        Grid::Steps { step, shift: 0 }
    }

    #[test]
    fn points_of_a_level_are_counted_and_found() {
        let ladders = [
            vec![even(1), even(5), even(10), even(100)],
            vec![even(1), even(7)],
            vec![even(1), Grid::Steps { step: 10, shift: 1 }, Grid::Steps { step: 100, shift: 1 }],
            vec![Grid::Steps { step: 3, shift: 2 }],
            vec![even(1), Grid::Months { day: 1 }, Grid::Years { day: 1 }],
        ];
        for grids in ladders {
            assert!(is_ladder(&grids));
            for (at, level) in levels(&grids).into_iter().enumerate() {
                for (low, high) in [(-1234, 1000), (-5, 3), (7, 7), (99, 460)] {
                    let exact = |value: &i128| grids.iter().rposition(|grid| grid.holds(*value)) == Some(at);
                    let points: Vec<i128> = (low..=high).filter(exact).collect();
                    assert_eq!(level.count(low, high), points.len() as i128, "{level:?}");
                    for (rank, &point) in points.iter().enumerate() {
                        assert_eq!(level.at(low, high, rank as i128), point, "{level:?} {rank} from {low}");
                        assert_eq!(level.rank(low, point), rank as i128);
                    }
                }
            }
        }
    }

    #[test]
    fn months_begin_on_their_first_day() {
        for (year, month, day) in [(1970, 1, 0), (1970, 2, 31), (2000, 3, 11_017), (1969, 12, -31), (1600, 1, -135_140)]
        {
            assert_eq!(first_day(year * 12 + month - 1), day);
            assert_eq!((month_of(day), month_of(day - 1)), (year * 12 + month - 1, year * 12 + month - 2));
        }
    }

    #[test]
    fn ladders_stand_on_the_columns_own_grid() {
        let steps = |grid: &Grid| if let Grid::Steps { step, .. } = grid { *step } else { 0 };
        for ladder in candidates(Grid::through(500, 250), &ColumnType::Int64) {
            assert!(is_ladder(&ladder) && ladder.iter().all(|grid| steps(grid) % 250 == 0));
        }
        assert!(candidates(Grid::through(3, 7), &ColumnType::Int64).is_empty());
        assert_eq!(candidates(even(1), &ColumnType::Date).len(), 8);
        assert!(candidates(even(1), &ColumnType::Time).iter().all(|ladder| is_ladder(ladder)));
    }
}
