//! Each of several things, said by their name: "department by department", "how much do our departments take in", "the
//! highest amount one of them reached".

use super::asked::noun;
use super::pattern::ends;
use crate::ask::link::Lexicon;
use crate::ask::time;
use crate::ask::words::Token;

/// Says "each" or the thing itself there.
pub(super) fn each(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    members_made(tokens, lexicon);
    one_by_one(tokens, lexicon);
    one_of_them(tokens, lexicon);
}

/// "how much do our departments take in": each of them, where they are the values of a column.
fn members_made(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    const EARNS: &[&str] =
        &["make", "made", "earn", "earned", "take", "taken", "took", "bring", "brought", "gross", "sell"];
    let [how, much, does, ..] = tokens.as_slice() else { return };
    if !(how.is(&["how"]) && much.is(&["much"]) && does.is(&["do", "did", "have"])) {
        return;
    }
    let quiet = ["the", "our", "all", "different", "various", "individual", "single", "respective", "of"];
    let at = 3 + tokens[3..].iter().take_while(|token| token.is(&quiet)).count();
    let Some(width) = noun(tokens, at, lexicon) else { return };
    let words = tokens[at..at + width].iter().map(|t| t.lemma.as_str()).collect::<Vec<_>>().join(" ");
    let last = &tokens[at + width - 1];
    let apart = tokens[3..at].iter().any(|t| t.is(&quiet[3..8]));
    let members = lexicon.column(&words).is_some() && last.norm != last.lemma;
    let earns = tokens.get(at + width).is_some_and(|t| t.is(EARNS));
    if (members || apart) && earns {
        let said = Token::said("each", tokens[at].start, tokens[at].end);
        tokens.splice(3..at, [said]);
    }
}

/// "department by department", "store after store": for each of them.
fn one_by_one(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let mut i = 0;
    while i < tokens.len() {
        let Some(width) = noun(tokens, i, lexicon).filter(|_| time::grain_word(&tokens[i]).is_none()) else {
            i += 1;
            continue;
        };
        let marks = tokens.get(i + width).map_or(0, |token| usize::from(token.norm == "-"));
        let joint = i + width + marks;
        let other = joint + 1 + marks;
        let joined = tokens.get(joint).is_some_and(|t| t.is(&["by", "after"]));
        let again = joined
            && noun(tokens, other, lexicon) == Some(width)
            && (0..width).all(|k| tokens[i + k].lemma == tokens[other + k].lemma && !tokens[other + k].quoted);
        if again {
            let (start, end) = (tokens[i].start, tokens[i].end);
            let from = i - usize::from(i > 0 && tokens[i - 1].is(&[",", "-"]));
            let said = [Token::said("for", start, end), Token::said("each", start, end)];
            tokens.splice(from..other, said);
            i = from + 2;
        }
        i += width;
    }
}

/// "of all the lines we ever sold, the highest amount one of them reached": the highest amount of a line.
fn one_of_them(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    const REACHES: &[&str] = &[
        "reached", "reaches", "had", "has", "made", "makes", "got", "achieved", "brought", "took", "earned", "saw",
        "attained", "hit", "came", "fetched",
    ];
    let quiet = |token: &Token| token.is(&["of", "out", "among", "amongst", "all", "the", "our", "from"]);
    let lead = tokens.iter().take_while(|token| quiet(token)).count();
    if lead == 0 || !tokens[0].is(&["of", "out", "among", "amongst"]) {
        return;
    }
    let Some(width) = noun(tokens, lead, lexicon) else { return };
    let Some(comma) = (lead + width..tokens.len()).find(|&i| ends(&tokens[i])) else { return };
    let told =
        ["we", "ever", "that", "were", "sold", "have", "recorded", "booked", "rung", "up", "had", "there", "are"];
    if !tokens[lead + width..comma].iter().all(|token| token.is(&told)) {
        return;
    }
    let Some(one) = (comma..tokens.len()).find(|&i| {
        tokens[i].is(&["one", "any"])
            && tokens.get(i + 1).is_some_and(|t| t.is(&["of"]))
            && tokens.get(i + 2).is_some_and(|t| t.is(&["them", "these", "those"]))
    }) else {
        return;
    };
    let verb = one + 3 + usize::from(tokens.get(one + 3).is_some_and(|t| t.is(&["ever"])));
    if !tokens.get(verb).is_some_and(|t| t.is(REACHES)) {
        return;
    }
    let after = verb + 1 + usize::from(tokens.get(verb + 1).is_some_and(|t| t.is(&["to", "in"])));
    let (start, end) = (tokens[one].start, tokens[one].end);
    let mut said = vec![Token::said("of", start, end), Token::said("a", start, end)];
    said.extend(tokens[lead..lead + width].iter().map(|t| Token::said(&t.lemma, t.start, t.end)));
    tokens.splice(one..after.min(tokens.len()), said);
    tokens.drain(..=comma);
}
