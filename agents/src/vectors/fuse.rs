//! Orders hits the same way every time, and fuses two lists by rank.
//!
//! Reciprocal rank fusion: score(d) = Σ 1 / (k + rank(d)), k = 60, ranks from 1 (Cormack, Clarke and Büttcher,
//! SIGIR 2009). The stores' own fusion orders ties differently from run to run.

use std::collections::BTreeMap;

use super::Hit;

const K: f32 = 60.0;

/// How many more hits than asked are fetched, so that those of equal score at the end are chosen by their numbers.
pub(super) const SPARE: usize = 32;

/// How many hits of each list are fused.
pub(super) fn candidates(limit: usize) -> usize {
    limit.saturating_mul(4).max(100)
}

/// Best first, equal scores by their numbers, no more than asked.
pub(super) fn order(mut hits: Vec<Hit>, limit: usize, less_is_better: bool) -> Vec<Hit> {
    hits.sort_by(|left, right| {
        let by_score = right.score.total_cmp(&left.score);
        (if less_is_better { by_score.reverse() } else { by_score }).then(left.id.cmp(&right.id))
    });
    hits.truncate(limit);
    hits
}

/// The lists, each in order, as one. The second list's ties at its end are cut by their numbers.
pub(super) fn fuse(lists: Vec<Vec<Hit>>, limit: usize) -> Vec<Hit> {
    let mut fused: BTreeMap<u64, Hit> = BTreeMap::new();
    for list in lists {
        for (rank, hit) in list.into_iter().enumerate() {
            let part = 1.0 / (K + rank as f32 + 1.0);
            fused.entry(hit.id).or_insert(Hit { score: 0.0, ..hit }).score += part;
        }
    }
    order(fused.into_values().collect(), limit, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(ids: &[u64]) -> Vec<Hit> {
        ids.iter().map(|&id| Hit { id, score: 1.0, payload: serde_json::Map::new() }).collect()
    }

    #[test]
    fn what_both_lists_have_comes_first_and_ties_go_by_number() {
        let fused = fuse(vec![hits(&[3, 9, 1]), hits(&[9, 4, 2])], 10);
        let ids: Vec<u64> = fused.iter().map(|hit| hit.id).collect();
        assert_eq!(ids, [9, 3, 4, 1, 2]);
        assert!((fused[0].score - (1.0 / 62.0 + 1.0 / 61.0)).abs() < 1e-7);
        assert_eq!(fuse(vec![hits(&[2]), hits(&[1])], 1)[0].id, 1);
    }

    #[test]
    fn equal_scores_are_cut_by_number() {
        let ids: Vec<u64> = order(hits(&[5, 2, 7, 1]), 2, false).iter().map(|hit| hit.id).collect();
        assert_eq!(ids, [1, 2]);
        assert!(fuse(Vec::new(), 3).is_empty());
    }
}
