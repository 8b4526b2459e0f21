//! A table of conditional chances that falls back on fewer conditions where rows are few.
//!
//! With conditions `u_1…u_K`, taken in the order of their worth, and counts n, the chance is
//! `P_k(x|u_1…u_k) = (n(u_1…u_k, x) + s_k·P_{k-1}(x|u_1…u_{k-1})) / (n(u_1…u_k) + s_k)`: a Dirichlet prior around the chance
//! without the last condition (Friedman and Goldszmidt 1996), whose strength `s_k` is chosen by leaving one row out.

/// The strengths of the prior that are tried.
pub(super) const STRENGTHS: [f64; 6] = [0.3, 1.0, 4.0, 16.0, 64.0, 256.0];

/// Chances of the values of one variable under conditions.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chain {
    /// How many outcomes each condition has, and how many values there are.
    sizes: Vec<usize>,
    values: usize,
    strengths: Vec<f64>,
    /// The cells that hold rows, ascending, and how many: the number of the conditions' outcomes, times the values, and
    /// the value.
    cells: Vec<(u64, u64)>,
    /// One more than there are conditions.
    levels: Vec<Level>,
}

/// The chances under the first so many conditions.
#[derive(Debug, Clone, PartialEq)]
struct Level {
    /// The combinations of outcomes that were seen, ascending.
    seen: Vec<u64>,
    /// Where each combination is among those, where there are few enough to list; `u32::MAX` for one not seen.
    places: Vec<u32>,
    /// The chance of each value, combination after combination.
    chances: Vec<f64>,
}

/// Combinations that are listed rather than searched.
const MOST_LISTED: u64 = 1 << 18;

impl Chain {
    /// The table of cells, with one strength per condition; none when the parts don't fit together.
    pub(super) fn new(sizes: Vec<usize>, values: usize, strengths: Vec<f64>, cells: Vec<(u64, u64)>) -> Option<Self> {
        let all = sizes.iter().try_fold(values as u64, |all, &size| all.checked_mul(size as u64))?;
        let sound = strengths.len() == sizes.len()
            && strengths.iter().all(|strength| *strength > 0.0 && strength.is_finite())
            && cells.windows(2).all(|pair| pair[0].0 < pair[1].0)
            && cells.last().is_some_and(|(last, _)| *last < all)
            && cells.iter().all(|(_, rows)| *rows > 0);
        if !sound {
            return None;
        }
        let mut made = Self { sizes, values, strengths, cells, levels: Vec::new() };
        for level in 0..=made.sizes.len() {
            made.levels.push(made.level(level));
        }
        Some(made)
    }

    pub(super) fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    pub(super) fn cells(&self) -> &[(u64, u64)] {
        &self.cells
    }

    /// The chance of each value under these outcomes of the conditions; without those of the last conditions that were
    /// never seen together.
    pub(super) fn chances(&self, outcomes: impl Iterator<Item = u32>) -> &[f64] {
        let (mut key, mut found) = (0, 0);
        let mut deepest = &self.levels[0];
        for ((outcome, size), level) in outcomes.zip(&self.sizes).zip(&self.levels[1..]) {
            key = key * *size as u64 + u64::from(outcome);
            let Some(place) = level.find(key) else { break };
            (deepest, found) = (level, place);
        }
        &deepest.chances[found * self.values..(found + 1) * self.values]
    }

    fn level(&self, level: usize) -> Level {
        let dropped: u64 = self.sizes[level..].iter().map(|&size| size as u64).product();
        let values = self.values as u64;
        let mut counted: Vec<(u64, u64)> =
            self.cells.iter().map(|&(cell, rows)| (cell / values / dropped * values + cell % values, rows)).collect();
        counted.sort_unstable();
        let mut seen: Vec<u64> = counted.iter().map(|(cell, _)| cell / values).collect();
        seen.dedup();
        let mut chances = vec![0.0; seen.len() * self.values];
        let mut at = 0;
        for (cell, rows) in counted {
            at += usize::from(seen[at] != cell / values);
            chances[at * self.values + (cell % values) as usize] += rows as f64;
        }
        for (at, counts) in chances.chunks_mut(self.values).enumerate() {
            let rows: f64 = counts.iter().sum();
            if level == 0 {
                for count in counts {
                    *count /= rows;
                }
                continue;
            }
            let strength = self.strengths[level - 1];
            let before = &self.levels[level - 1];
            let place = before.find(seen[at] / self.sizes[level - 1] as u64).unwrap_or(0) * self.values;
            for (count, prior) in counts.iter_mut().zip(&before.chances[place..]) {
                *count = (*count + strength * prior) / (rows + strength);
            }
        }
        let all: u64 = self.sizes[..level].iter().map(|&size| size as u64).product();
        let mut places = vec![u32::MAX; if all <= MOST_LISTED { all as usize } else { 0 }];
        if !places.is_empty() {
            for (place, key) in seen.iter().enumerate() {
                places[*key as usize] = place as u32;
            }
        }
        Level { seen, places, chances }
    }
}

impl Level {
    fn find(&self, key: u64) -> Option<usize> {
        if self.places.is_empty() {
            return self.seen.binary_search(&key).ok();
        }
        let place = *self.places.get(usize::try_from(key).ok()?)?;
        (place != u32::MAX).then_some(place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_fall_back_on_fewer_conditions() {
        // Two conditions of two outcomes each, two values; the combination (1, 1) was never seen.
        let cells = vec![(0, 8), (1, 2), (2, 1), (3, 9), (4, 5), (5, 5)];
        let chain = Chain::new(vec![2, 2], 2, vec![1.0, 1.0], cells).unwrap();
        let first = [(14.0 / 30.0 + 9.0) / 21.0, (16.0 / 30.0 + 11.0) / 21.0];
        let close = |made: &[f64], wanted: [f64; 2]| made.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close(chain.chances([].into_iter()), [14.0 / 30.0, 16.0 / 30.0]));
        assert!(close(chain.chances([0].into_iter()), first));
        assert!(close(chain.chances([0, 0].into_iter()), [(8.0 + first[0]) / 11.0, (2.0 + first[1]) / 11.0]));
        assert_eq!(chain.chances([1, 1].into_iter()), chain.chances([1].into_iter()));
        assert!(Chain::new(vec![2], 2, vec![1.0], vec![(4, 1)]).is_none());
        assert!(Chain::new(vec![2], 2, vec![], vec![(1, 1)]).is_none());
        assert!(Chain::new(vec![2], 2, vec![1.0], vec![]).is_none());
    }
}
