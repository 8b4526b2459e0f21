//! Reads the summaries of test runners and adds them up into the last line: "N passed, N failed".

use std::fmt;

/// How many passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Passed.
    pub(crate) passed: u64,
    /// Failed, timed out or could not be run.
    pub(crate) failed: u64,
}

impl Summary {
    /// Adds another's counts.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads a line that sums up a run of cargo-nextest, of `cargo test` or of pytest; other lines give nothing.
    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let line = without_colour(line);
        let line = line.trim();
        if let Some(counts) = line.strip_prefix("test result:") {
            return Some(Self::count(counts));
        }
        if line.starts_with("Summary [") {
            return line.split_once(" run:").map(|(_, counts)| Self::count(counts));
        }
        let inner = line.trim_matches('=').trim();
        let is_pytest = line.starts_with('=') && line.ends_with('=') && inner.contains(" in ");
        is_pytest.then(|| Self::count(inner))
    }

    fn count(text: &str) -> Self {
        let mut summary = Self::default();
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric() && c != '.').filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u64>() else { continue };
            match pair[1] {
                "passed" => summary.passed += number,
                "failed" | "error" | "errors" | "timed" | "exec" => summary.failed += number,
                _ => {}
            }
        }
        summary
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The text without the terminal's colour codes.
fn without_colour(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // A code ends with its first letter.
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(u64, u64)> {
        Summary::from_line(line).map(|summary| (summary.passed, summary.failed))
    }

    #[test]
    fn the_runners_summaries_are_read() {
        assert_eq!(read("     Summary [   0.012s] 12 tests run: 12 passed, 0 skipped"), Some((12, 0)));
        assert_eq!(
            read(
                "\u{1b}[31;1m     Summary\u{1b}[0m [   2.0s] 10 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 1 exec failed, 3 skipped"
            ),
            Some((6, 4))
        );
        assert_eq!(read("     Summary [ 2.0s] 10/12 tests run: 9 passed, 1 failed, 0 skipped"), Some((9, 1)));
        assert_eq!(
            read("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s"),
            Some((3, 0))
        );
        assert_eq!(read("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured"), Some((1, 2)));
        assert_eq!(read("=========== 1 failed, 4 passed, 1 error in 0.12s ==========="), Some((4, 2)));
        assert_eq!(read("======== no tests ran in 0.01s ========"), Some((0, 0)));
    }

    #[test]
    fn other_lines_are_no_summary() {
        for line in ["=== FAILURES ===", "12 passed", "running 3 tests", "", "Summary of the data: 3 passed"] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn the_last_line_is_plain() {
        let mut sum = Summary::default();
        sum.add(Summary { passed: 3, failed: 0 });
        sum.add(Summary { passed: 2, failed: 1 });
        assert_eq!(sum.to_string(), "5 passed, 1 failed");
    }
}
