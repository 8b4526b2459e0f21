//! The sentences of a text.

/// The sentences and lines of a text, in order, with their marks. A full stop ends one only before a capital, a quotation
/// mark or the end, so that "no. of" does not.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for (k, &(at, letter)) in chars.iter().enumerate() {
        let after = chars[k + 1..].iter().find(|(_, next)| !next.is_whitespace()).map(|(_, next)| *next);
        let spaced = chars.get(k + 1).is_none_or(|(_, next)| next.is_whitespace());
        let opens = after.is_none_or(|next| next.is_uppercase() || matches!(next, '"' | '\'' | '`'));
        // A single letter before the stop is an initial or an abbreviation.
        let initial = k >= 2 && chars[k - 1].1.is_uppercase() && !chars[k - 2].1.is_alphanumeric();
        // "e.g.", "i.e."
        let initial = initial || k >= 2 && chars[k - 2].1 == '.';
        let ends = letter == '\n'
            || matches!(letter, '?' | '!' | ';') && spaced
            || letter == '.' && spaced && opens && !initial;
        if ends {
            let end = at + letter.len_utf8();
            out.push(&text[start..end]);
            start = end;
        }
    }
    out.push(&text[start..]);
    out.retain(|piece| !piece.trim().is_empty());
    out
}
