//! Names of frames and of their files.

use crate::error::KernelError;

/// The most characters of a frame's name.
const LONGEST: usize = 60;
const SUFFIX: &str = ".arrow";

/// Checks that a text can name a frame: a letter or `_`, then letters, digits and `_`, of any script.
///
/// # Errors
/// `frames::bad_name`.
///
/// ```
/// assert!(synthbook_kernel::frames::check_name("größen_2024").is_ok());
/// assert!(synthbook_kernel::frames::check_name("../etc").is_err());
/// ```
pub fn check_name(name: &str) -> Result<(), KernelError> {
    let mut characters = name.chars();
    let first = characters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let rest = characters.all(|c| c.is_alphanumeric() || c == '_');
    if first && rest && name.chars().count() <= LONGEST {
        return Ok(());
    }
    let shown: String = name.chars().take(LONGEST).collect();
    Err(KernelError::BadFrameName { name: shown })
}

/// Makes a valid name out of any text, such as a file's stem.
pub(crate) fn name_from(text: &str) -> String {
    let mut name: String =
        text.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).take(LONGEST - 1).collect();
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        name.insert(0, '_');
    }
    name
}

/// The file's name of a generation of a frame. Capitals are marked, so that `Sales` and `sales` stay apart on disks
/// that fold case.
pub(super) fn file_name(name: &str, generation: u64) -> String {
    let mut file = String::with_capacity(name.len() + 16);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            file.push('^');
        }
        file.push(c);
    }
    format!("{file}.{generation}{SUFFIX}")
}

/// Name and generation of a frame's file; `None` for any other file.
pub(super) fn parse_file_name(file: &str) -> Option<(String, u64)> {
    let (name, generation) = file.strip_suffix(SUFFIX)?.rsplit_once('.')?;
    let name = name.replace('^', "");
    check_name(&name).ok()?;
    Some((name, generation.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names() {
        for good in ["a", "_", "sales_2024", "größe", "表", "данные"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "1a", "a b", "a.b", "a/b", "..", "a-b", "a\0", "😀", &"x".repeat(61)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        assert_eq!(name_from("my file (2).csv"), "my_file__2__csv");
        assert_eq!(name_from("2024"), "_2024");
    }

    proptest! {
        #[test]
        fn file_names_read_back(name in "[A-Za-z_äß表][A-Za-z0-9_ÄЯ]{0,50}", generation: u64) {
            prop_assert_eq!(parse_file_name(&file_name(&name, generation)), Some((name, generation)));
        }

        #[test]
        fn any_text_becomes_a_name(text in ".*") {
            prop_assert!(check_name(&name_from(&text)).is_ok());
        }

        #[test]
        fn any_file_name_is_harmless(text in ".*") {
            let _ = parse_file_name(&text);
        }
    }
}
