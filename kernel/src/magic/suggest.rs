//! "Did you mean": the names nearest to one that is not known.

/// The most names listed in a help line.
const LISTED: usize = 8;

/// The names within a few letters of `name`, nearest first.
pub(crate) fn near<'a>(name: &str, names: &[&'a str]) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let mut scored: Vec<(usize, &str)> = names
        .iter()
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + wanted.chars().count().min(candidate.chars().count()) / 3)
        .collect();
    scored.sort_unstable();
    scored.dedup();
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// A help line: the near names, else the first of all names. `what` is the plural of the thing.
pub(crate) fn did_you_mean(name: &str, names: &[&str], what: &str) -> String {
    let near = near(name, names);
    if !near.is_empty() {
        return format!("did you mean {}?", near.join(" or "));
    }
    if names.is_empty() {
        return format!("there are no {what}");
    }
    let more = if names.len() > LISTED { ", …" } else { "" };
    format!("the {what} are {}{more}", names[..names.len().min(LISTED)].join(", "))
}

/// Damerau-Levenshtein distance, restricted to neighbouring swaps, in characters.
fn distance(a: &str, b: &str) -> usize {
    if b.starts_with(a) && a.chars().count() > 2 {
        return 1;
    }
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let mut best = (last[j] + usize::from(a[i] != b[j])).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_cost_one() {
        assert_eq!(distance("slaes", "sales"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("größe", "grösse"), 2);
    }

    #[test]
    fn near_names_come_first_and_far_ones_not_at_all() {
        assert_eq!(near("shwo", &["load", "show", "save"]), ["show"]);
        assert!(near("xyz", &["load", "show"]).is_empty());
        assert_eq!(did_you_mean("Laod", &["load", "show"], "magics"), "did you mean load?");
        assert_eq!(did_you_mean("q", &["aaaa"], "frames"), "the frames are aaaa");
    }
}
