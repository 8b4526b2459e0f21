//! Values that have an order which everybody knows: sizes, degrees, days, bands of numbers.

/// Scales, the least first; a column is on one when all its values are, and three or more of them.
const SCALES: [&[&str]; 14] = [
    &[
        "lowest",
        "very low",
        "low",
        "medium low",
        "moderate",
        "medium",
        "mid",
        "medium high",
        "high",
        "very high",
        "highest",
    ],
    &["tiny", "very small", "small", "medium", "large", "big", "very large", "huge"],
    &["xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"],
    &["never", "rarely", "seldom", "sometimes", "occasionally", "often", "usually", "always"],
    &["strongly disagree", "disagree", "neutral", "neither agree nor disagree", "agree", "strongly agree"],
    &["terrible", "very bad", "very poor", "bad", "poor", "fair", "average", "good", "very good", "great", "excellent"],
    &["very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"],
    &["none", "minor", "mild", "moderate", "major", "severe", "critical"],
    &["bronze", "silver", "gold", "platinum", "diamond"],
    &["beginner", "elementary", "intermediate", "advanced", "expert"],
    &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    &["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
    &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
];
/// More bands than this are codes.
const MOST_BANDS: usize = 40;

/// The distinct values in their order, when they have one.
pub(super) fn order(distinct: &[String]) -> Option<Vec<String>> {
    if distinct.len() < 3 || distinct.len() > MOST_BANDS {
        return None;
    }
    let plain: Vec<String> =
        distinct.iter().map(|value| value.trim().to_lowercase().replace(['_', '-'], " ")).collect();
    let on = |scale: &&[&str]| -> Option<Vec<usize>> {
        plain.iter().map(|value| scale.iter().position(|step| step == value)).collect()
    };
    if let Some(places) = SCALES.iter().find_map(on) {
        return Some(sorted(distinct, places));
    }
    let bands: Option<Vec<(f64, f64)>> = distinct.iter().map(|value| band(value)).collect();
    let bands = bands?;
    let mut keys = bands.clone();
    keys.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let rank = |band: &(f64, f64)| keys.iter().position(|key| key == band).unwrap_or(0);
    let apart = keys.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    apart.then(|| sorted(distinct, bands.iter().map(rank).collect()))
}

fn sorted(distinct: &[String], places: Vec<usize>) -> Vec<String> {
    let mut ranked: Vec<(usize, &String)> = places.into_iter().zip(distinct).collect();
    ranked.sort();
    ranked.into_iter().map(|(_, value)| value.clone()).collect()
}

/// The ends of a band: `18-24`, `$50,000 to $75,000`, `<25`, `under 25`, `65+`, `65 and over`.
fn band(value: &str) -> Option<(f64, f64)> {
    let lower = value.trim().to_lowercase();
    let mut numbers = Vec::new();
    let mut digits = String::new();
    let mut others = String::new();
    for sign in lower.chars().chain([' ']) {
        match sign {
            '0'..='9' => digits.push(sign),
            ',' if !digits.is_empty() => {}
            '.' if !digits.is_empty() && !digits.contains('.') => digits.push('.'),
            _ => {
                if !digits.is_empty() {
                    let thousands = if sign == 'k' {
                        1000.0
                    } else if sign == 'm' {
                        1e6
                    } else {
                        1.0
                    };
                    numbers.push(digits.parse::<f64>().ok()? * thousands);
                    digits.clear();
                    if thousands > 1.0 {
                        continue;
                    }
                }
                others.push(sign);
            }
        }
    }
    let plain = others.replace(['$', '€', '£'], " ");
    let words: Vec<&str> = plain.split_whitespace().collect();
    let says = |known: &[&str]| words.iter().any(|word| known.contains(word));
    match numbers[..] {
        [low, high] if low < high && says(&["-", "–", "to", "--"]) && words.len() <= 2 => Some((low, high)),
        [high] if says(&["<", "<=", "under", "below"]) && words.len() <= 2 => Some((f64::NEG_INFINITY, high)),
        [low] if says(&["+", ">", ">=", "over", "above"]) && words.len() <= 2 => Some((low, f64::INFINITY)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[&str]) -> Option<Vec<String>> {
        order(&values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn known_scales_and_bands_are_in_order() {
        for ordered in [
            vec!["Low", "Medium", "High"],
            vec!["S", "M", "L", "XL"],
            vec!["strongly_disagree", "neutral", "agree"],
            vec!["<25", "25-34", "35-44", "65+"],
            vec!["under 25k", "25k-50k", "over 100k"],
            vec!["$0 - $999", "$1,000 - $4,999", "$5,000+"],
        ] {
            let mut mixed = ordered.clone();
            mixed.sort_unstable();
            assert_eq!(found(&mixed).unwrap(), ordered);
        }
    }

    #[test]
    fn other_values_have_none() {
        for values in
            [["good", "bad", "ugly"], ["a", "b", "c"], ["1-2", "2-1", "3"], ["10", "20", "30"], ["", "low", "high"]]
        {
            assert_eq!(found(&values), None, "{values:?}");
        }
        assert_eq!(found(&["good", "bad"]), None);
    }
}
