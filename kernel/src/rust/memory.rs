//! How much memory a cell's process may use.

/// The limit in bytes: `SYNTHBOOK_CELL_MEMORY` (a number with `KiB`, `MiB`, `GiB`, or `none`), else four fifths of
/// the machine's memory. A cell that wants more is stopped, and the kernel and its frames live on.
pub(crate) fn limit() -> Option<u64> {
    match crate::config::text("SYNTHBOOK_CELL_MEMORY") {
        Some(text) if text.eq_ignore_ascii_case("none") => None,
        Some(text) => parse(&text).or_else(machine),
        None => machine(),
    }
}

fn machine() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let kib: u64 =
        info.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.split_whitespace().next()?.parse().ok()?;
    Some(kib / 5 * 4 * 1024)
}

fn parse(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
    let unit = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return None,
    };
    digits.trim().parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!(parse("512MiB"), Some(512 << 20));
        assert_eq!(parse("2 g"), Some(2 << 30));
        assert_eq!(parse("100"), Some(100));
        assert_eq!(parse("lots"), None);
        assert!(machine().is_some_and(|bytes| bytes > 1 << 27));
    }
}
