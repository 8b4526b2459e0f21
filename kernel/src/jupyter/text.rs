//! Positions in text: Jupyter counts Unicode code points, Rust counts bytes.

/// The byte offset of a code point; past the end, the end.
pub(crate) fn byte_offset(text: &str, code_points: usize) -> usize {
    text.char_indices().nth(code_points).map_or(text.len(), |(offset, _)| offset)
}

/// The number of code points before a byte offset; inside a character, those before it.
pub(crate) fn code_points(text: &str, offset: usize) -> usize {
    text.char_indices().take_while(|(start, character)| start + character.len_utf8() <= offset).count()
}

/// How many bytes at the end are the beginning of a character whose rest has not come yet.
pub(crate) fn unfinished(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        let length = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf => continue,
            _ => return 0,
        };
        return if length > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn offsets_count_code_points() {
        let text = "s=\"\u{1F600}e\u{301}\"; x";
        assert_eq!(byte_offset(text, 4), 7);
        assert_eq!(code_points(text, 7), 4);
        assert_eq!(code_points(text, 5), 3);
        assert_eq!(byte_offset(text, 999), text.len());
        assert_eq!(code_points(text, text.len()), text.chars().count());
    }

    proptest! {
        #[test]
        fn offsets_go_there_and_back(text in "\\PC*", at in 0_usize..40) {
            let at = at.min(text.chars().count());
            prop_assert_eq!(code_points(&text, byte_offset(&text, at)), at);
        }

        #[test]
        fn a_cut_character_is_found(text in "\\PC+", cut in 0_usize..200) {
            let bytes = text.as_bytes();
            let cut = cut.min(bytes.len());
            let whole = cut - unfinished(&bytes[..cut]);
            prop_assert!(text.is_char_boundary(whole));
            prop_assert!(cut - whole < 4);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_not_held_back() {
        assert_eq!(unfinished(b"\xff"), 0);
        assert_eq!(unfinished(b"\x80\x80\x80\x80"), 0);
        assert_eq!(unfinished(b"a\xe2\x82"), 2);
        assert_eq!(unfinished(b""), 0);
    }
}
