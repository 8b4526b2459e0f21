//! The name that was meant: the nearest by the number of letters to change, insert, drop or swap (Damerau 1964).

/// The candidate that a mistyped name is nearest to, when one is near; case counts for nothing.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    let score = |candidate: &'a str| {
        let letters: Vec<char> = candidate.to_lowercase().chars().collect();
        let begins = wanted.len() >= 3 && letters.starts_with(&wanted);
        (if begins { 1 } else { distance(&wanted, &letters) }, candidate)
    };
    let (changes, candidate) = candidates.into_iter().map(score).min_by_key(|(changes, _)| *changes)?;
    (changes <= 1 + wanted.len() / 4).then_some(candidate)
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["age", "marital-status", "income"];
        assert_eq!(nearest("Age", known), Some("age"));
        assert_eq!(nearest("agee", known), Some("age"));
        assert_eq!(nearest("incmoe", known), Some("income"));
        assert_eq!(nearest("marital", known), Some("marital-status"));
        assert_eq!(nearest("weather", known), None);
        assert_eq!(nearest("x", []), None);
    }
}
