//! How well a learner did: the area under the ROC curve, the share of variance explained, and folds to ask it on.

use crate::Seed;

/// The area under the ROC curve: the chance that a row of the class scores above one that is not of it, ties half
/// (Hanley, 1982); none when one of the two is missing.
pub(crate) fn auc(scores: &[f64], positive: &[bool]) -> Option<f64> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| scores[a as usize].total_cmp(&scores[b as usize]));
    let positives = positive.iter().filter(|&&one| one).count();
    let negatives = positive.len() - positives;
    let (mut ranks, mut at) = (0.0, 0);
    while at < order.len() {
        let value = scores[order[at] as usize];
        let tied = order[at..].iter().take_while(|&&row| scores[row as usize].total_cmp(&value).is_eq()).count();
        let rank = at as f64 + f64::midpoint(tied as f64, 1.0);
        ranks += rank * order[at..at + tied].iter().filter(|&&row| positive[row as usize]).count() as f64;
        at += tied;
    }
    let (p, n) = (positives as f64, negatives as f64);
    (positives > 0 && negatives > 0).then(|| (ranks - p * (p + 1.0) / 2.0) / (p * n))
}

/// The standard error of an area under the ROC curve near one half: √((p + n + 1) / 12pn), as of the rank-sum statistic.
pub(crate) fn auc_error(positives: usize, negatives: usize) -> f64 {
    let (p, n) = (positives.max(1) as f64, negatives.max(1) as f64);
    ((p + n + 1.0) / (12.0 * p * n)).sqrt()
}

/// R² = 1 - Σ(y - ŷ)² / Σ(y - ȳ)²; none when the truth does not vary.
pub(crate) fn r_squared(truth: &[f64], found: &[f64]) -> Option<f64> {
    let mean = truth.iter().sum::<f64>() / truth.len().max(1) as f64;
    let total: f64 = truth.iter().map(|y| (y - mean).powi(2)).sum();
    let left: f64 = truth.iter().zip(found).map(|(y, found)| (y - found).powi(2)).sum();
    (total > 0.0 && total.is_finite()).then(|| 1.0 - left / total)
}

/// `count` of `total` rows without repetition, in an order of chance; all of them when there are no more.
pub(crate) fn shuffled(seed: Seed, total: usize, count: usize) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..total as u32).collect();
    let mut draws = seed.draws();
    let count = count.min(total);
    for at in 0..count {
        let other = at + ((u128::from(draws.bits()) * (total - at) as u128) >> 64) as usize;
        rows.swap(at, other);
    }
    rows.truncate(count);
    rows
}

/// The fold of each row, in 0..folds, so that each class is spread evenly over the folds.
pub(crate) fn stratified(seed: Seed, positive: &[bool], folds: usize) -> Vec<usize> {
    let mut fold = vec![0; positive.len()];
    let mut dealt = [0, 0];
    for row in shuffled(seed, positive.len(), positive.len()) {
        let class = usize::from(positive[row as usize]);
        fold[row as usize] = dealt[class] % folds.max(1);
        dealt[class] += 1;
    }
    fold
}

/// The value below which a share of these lies, between neighbours in proportion; none when there are none.
pub(crate) fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = share * (sorted.len().checked_sub(1)?) as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(low + (high - low) * (at - at.floor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_count_half() {
        assert_eq!(auc(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]), Some(0.75));
        assert_eq!(auc(&[1.0, 1.0, 1.0], &[true, false, false]), Some(0.5));
        assert_eq!(auc(&[1.0, 2.0], &[true, true]), None);
        assert_eq!(auc(&[], &[]), None);
    }

    #[test]
    fn a_shuffle_is_a_permutation_and_folds_are_even() {
        let mut rows = shuffled(Seed::new(1), 100, 200);
        assert_ne!(rows[..5], [0, 1, 2, 3, 4]);
        rows.sort_unstable();
        assert_eq!(rows, (0..100).collect::<Vec<u32>>());
        let positive: Vec<bool> = (0..100).map(|row| row % 4 == 0).collect();
        let fold = stratified(Seed::new(2), &positive, 5);
        for one in 0..5 {
            assert_eq!((0..100).filter(|&row| fold[row] == one && positive[row]).count(), 5);
        }
    }

    #[test]
    fn variance_explained_and_quantiles() {
        assert_eq!(r_squared(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]), Some(1.0));
        assert_eq!(r_squared(&[1.0, 2.0, 3.0], &[2.0, 2.0, 2.0]), Some(0.0));
        assert_eq!(r_squared(&[2.0, 2.0], &[1.0, 3.0]), None);
        assert_eq!(quantile(&[3.0, 1.0, 2.0, 4.0], 0.5), Some(2.5));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
