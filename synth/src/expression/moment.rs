//! Dates, times and lengths of time as they are typed: `2024-01-31`, `2024-01-31 12:30`, `12:30:05.25`, `3 days`.

const SECOND: i64 = 1_000_000;

/// Days since 1970 of a day such as `2024-01-31`, in the proleptic Gregorian calendar.
pub(crate) fn date(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !(1..=6).contains(&year.len()) {
        return None;
    }
    let (year, month, day) = (sign * number(year)?, number(month)?, number(day)?);
    let days = days_since_1970(year, month, day);
    let next = if month == 12 { days_since_1970(year + 1, 1, 1) } else { days_since_1970(year, month + 1, 1) };
    let exists = (1..=12).contains(&month) && day >= 1 && days < next;
    exists.then(|| i32::try_from(days).ok()).flatten()
}

/// Microseconds since 1970 of a day with or without a time of day.
pub(super) fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    let (day, clock) = text.split_once([' ', 'T']).map_or((text, None), |(day, clock)| (day, Some(clock)));
    let midnight = i64::from(date(day)?) * 86_400 * SECOND;
    Some(midnight + clock.map_or(Some(0), time)? / 1000)
}

/// Nanoseconds since midnight of a time of day.
pub(super) fn time(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('Z');
    let mut parts = text.split(':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let (second, fraction) = match parts.next().map(|second| second.split_once('.').unwrap_or((second, ""))) {
        Some((second, fraction)) => (number(second)?, fraction),
        None => (0, ""),
    };
    let digits = fraction.len();
    let billionths = if digits == 0 { 0 } else { number(fraction)? };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 || digits > 9 {
        return None;
    }
    let billionths = billionths * 10_i64.pow(9 - digits as u32);
    Some(((hour * 60 + minute) * 60 + second) * 1_000_000_000 + billionths)
}

/// Microseconds of a length such as `3 days`, `1.5 hours` or `1 day 12 hours`.
pub(super) fn length(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (pairs, rest) = words.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return None;
    }
    pairs.iter().try_fold(0_i64, |sum, [count, unit]| {
        let unit = match unit.to_lowercase().trim_end_matches('s') {
            "week" => 7 * 86_400 * SECOND,
            "day" => 86_400 * SECOND,
            "hour" => 3600 * SECOND,
            "minute" => 60 * SECOND,
            "second" => SECOND,
            "millisecond" => 1000,
            "microsecond" => 1,
            _ => return None,
        };
        let length = count.parse::<f64>().ok()? * unit as f64;
        (length.abs() < 9e18).then_some(length as i64).and_then(|length| sum.checked_add(length))
    })
}

fn number(text: &str) -> Option<i64> {
    text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Hinnant's algorithm (2013): years begin in March, eras have 400 years.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(date("1970-01-01"), Some(0));
        assert_eq!(date("2000-02-29"), Some(11_016));
        assert_eq!(date("1969-12-31"), Some(-1));
        for wrong in ["2023-02-29", "2024-13-01", "2024-00-01", "2024-01", "yesterday", "", "2024-01-01-01"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_and_lengths_are_read() {
        assert_eq!(time("12:30"), Some(45_000_000_000_000));
        assert_eq!(time("00:00:00.25"), Some(250_000_000));
        assert_eq!(time("24:00"), None);
        assert_eq!(moment("1970-01-02T00:00:01"), Some(86_401_000_000));
        assert_eq!(moment("1970-01-02"), Some(86_400_000_000));
        assert_eq!(length("1 day 12 hours"), Some(36 * 3600 * SECOND));
        assert_eq!(length("3 fortnights"), None);
        assert_eq!(length("day"), None);
    }
}
