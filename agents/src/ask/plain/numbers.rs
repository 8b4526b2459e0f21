//! Numbers and time as people say them where patterns of words do not reach: "takings a day", "January first",
//! "Departments: revenue", "the top ten" behind a question.

use super::pattern::names;
use crate::ask::link::Lexicon;
use crate::ask::time;
use crate::ask::words::Token;
use crate::plan::Grain;

/// Puts them into plain words.
pub(super) fn say(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    a_day(tokens);
    in_time_order(tokens);
    topic(tokens, lexicon);
    who_of_them(tokens, lexicon);
    by_people(tokens, lexicon);
}

/// "the second largest state by customers": by how many.
fn by_people(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let ranks =
        ["top", "best", "most", "largest", "biggest", "highest", "smallest", "lowest", "fewest", "rank", "bottom"];
    let Some(at) = (1..tokens.len()).find(|&i| {
        let people = lexicon.buys(&tokens[i].lemma) && tokens[i].norm != tokens[i].lemma;
        let ends = tokens.get(i + 1).is_none_or(|next| next.mark || next.is(&["in", "for", "during", "please"]));
        people && ends && tokens[i - 1].is(&["by"])
    }) else {
        return;
    };
    let ranked = tokens[..at].iter().any(|token| token.is(&ranks));
    let measured = (0..at).any(|i| !names(tokens, i, &|words| lexicon.metric_named(words).is_some()).is_empty());
    if ranked && !measured {
        let words = [said("number", &tokens[at]), said("of", &tokens[at])];
        tokens.splice(at..at, words);
    }
}

fn said(word: &str, at: &Token) -> Token {
    Token::said(word, at.start, at.end)
}

fn step(token: &Token) -> Option<Grain> {
    time::grain_word(token).filter(|_| !time::grain_adverb(token))
}

/// "How many baskets a day", "what do we take in a week on average": per day, per week.
fn a_day(tokens: &mut Vec<Token>) {
    const BEFORE: &[&str] = &[
        "on", "of", "for", "as", "is", "was", "such", "what", "within", "once", "twice", "times", "time", "at",
        "during", "after", "before", "than", "half", "quite", "makes", "from", "to", "since", "by", "every", "with",
        "without", "or", "and", "that", "which", "if", "when", "until", "over", "only", "just", "like", "about", "are",
        "were",
    ];
    const BEHIND: &[&str] = &[
        "ago", "earlier", "later", "before", "that", "where", "when", "with", "without", "which", "back", "old", "off",
        "like", "such", "has", "have", "is", "was", "by", "in",
    ];
    let averaged = tokens
        .iter()
        .any(|token| token.is(&["average", "averages", "averaged", "avg", "mean", "typical", "typically"]));
    let mut i = 2;
    while i < tokens.len() {
        let alone = step(&tokens[i]).is_some() && tokens[i].norm == tokens[i].lemma && !tokens[i].quoted;
        let behind = tokens.get(i + 1).is_some_and(|next| next.is(BEHIND));
        if !alone || behind || !tokens[i - 1].is(&["a", "an"]) || tokens[i - 2].mark {
            i += 1;
            continue;
        }
        let at = tokens[i - 1].clone();
        let placed = tokens[i - 2].is(&["in"]);
        if placed && averaged || !placed && !tokens[i - 2].is(BEFORE) {
            tokens[i - 1] = said("per", &at);
            if !averaged && grain_of_days(&tokens[i]) {
                tokens.splice(i + 1..=i, [said("on", &at), said("average", &at)]);
            }
            if placed {
                tokens.remove(i - 2);
            }
        }
        i += 1;
    }
}

fn grain_of_days(token: &Token) -> bool {
    step(token) == Some(Grain::Day)
}

/// "for every month of 2017, January first", "beginning with January", "sorted from January to December", "oldest week
/// first": the order of the calendar, or its reverse.
fn in_time_order(tokens: &mut Vec<Token>) {
    let series = tokens.iter().any(|token| time::grain_word(token).is_some() || token.is(&["weekday", "weekdays"]));
    if !series {
        return;
    }
    let months = tokens.iter().any(|token| time::grain_word(token) == Some(Grain::Month));
    let mut i = 0;
    while i < tokens.len() {
        let Some((len, reverse)) = order_at(tokens, i, months) else {
            i += 1;
            continue;
        };
        let at = tokens[i].clone();
        let mut words = vec![said("in", &at), said("calendar", &at), said("order", &at)];
        if reverse {
            words.push(said("descending", &at));
        }
        let new = words.len();
        tokens.splice(i..i + len, words);
        i += new;
    }
}

/// How many tokens from here say an order in time, and whether the last comes first.
fn order_at(tokens: &[Token], i: usize, months: bool) -> Option<(usize, bool)> {
    let month = |k: usize| tokens.get(k).and_then(time::month).filter(|_| months);
    let ends = |k: usize| tokens.get(k).is_none_or(|t| t.mark || t.is(&["and", "please", "pls", "then"]));
    let is = |k: usize, words: &[&str]| tokens.get(k).is_some_and(|token| token.is(words));
    let end = |m: i8| match m {
        1 => Some(false),
        12 => Some(true),
        _ => None,
    };
    let dated = i > 0 && tokens[i - 1].is(&["on", "since", "from", "until", "till", "before", "after", "to", "by"]);
    // "January first and December last"
    if let Some(reverse) = month(i).and_then(end).filter(|_| is(i + 1, &["first"]) && !dated) {
        let and = usize::from(is(i + 2, &["and", ","]));
        let last = month(i + 2 + and).is_some() && is(i + 3 + and, &["last"]);
        let len = if last { 4 + and } else { 2 };
        return ends(i + len).then_some((len, reverse));
    }
    let opens = is(i, &["q1", "monday", "mon"]) && is(i + 1, &["first"]);
    if opens && !dated && ends(i + 2) {
        return Some((2, false));
    }
    let begins = is(i, &["beginning", "starting", "begin", "start", "begins", "starts", "started"]);
    if begins && is(i + 1, &["with", "in", "at", "from"]) {
        let year = tokens.iter().any(|token| token.number.is_some_and(|n| n.year));
        let the = usize::from(is(i + 2, &["the"]));
        if let Some(reverse) = month(i + 2).and_then(end) {
            let through =
                is(i + 3, &["and", "through", "to", "until"]) && month(i + 4).or_else(|| month(i + 5)).is_some();
            return (year && !through && ends(i + 3)).then_some((3, reverse));
        }
        let end = if is(i + 2 + the, &["earliest", "oldest", "first"]) {
            Some(false)
        } else {
            is(i + 2 + the, &["latest", "newest"]).then_some(true)
        };
        if let Some(reverse) = end {
            let step = usize::from(tokens.get(i + 3 + the).and_then(step).is_some());
            return ends(i + 3 + the + step).then_some((3 + the + step, reverse));
        }
    }
    // "sorted from January to December"
    let sorted = is(i, &["sorted", "ordered", "order", "sort", "arranged", "listed", "running", "going", "starting"]);
    let from = usize::from(is(i + 1, &["from"]));
    if sorted
        && let (Some(first), Some(last)) = (month(i + 1 + from), month(i + 3 + from))
        && is(i + 2 + from, &["to", "through", "until", "till", "-"])
        && let (Some(reverse), Some(other)) = (end(first), end(last))
        && reverse != other
        && ends(i + 4 + from)
    {
        return Some((4 + from, reverse));
    }
    // "oldest month first", "the latest week first"
    let the = usize::from(is(i, &["the"]));
    let reverse = is(i + the, &["latest", "newest"]);
    let named = reverse || is(i + the, &["earliest", "oldest"]);
    let grain = usize::from(tokens.get(i + the + 1).and_then(step).is_some());
    (named && is(i + the + 1 + grain, &["first"]) && ends(i + the + 2 + grain)).then_some((the + 2 + grain, reverse))
}

/// "Store formats: share of baskets in percent": by what the headline names.
fn topic(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let noun = |i: usize| names(tokens, i, &|words| lexicon.names_noun(words)).first().copied();
    let metric = |i: usize| !names(tokens, i, &|words| lexicon.metric_named(words).is_some()).is_empty();
    let lead = usize::from(tokens.first().is_some_and(|token| token.is(&["our", "the", "all"])));
    let Some(width) = tokens.get(lead).and_then(|_| noun(lead)) else { return };
    let colon = lead + width;
    let dash = |token: &Token| token.norm == "-" && tokens[colon - 1].end < token.start;
    if metric(lead) || !tokens.get(colon).is_some_and(|token| token.norm == ":" || dash(token)) {
        return;
    }
    let asks = ["which", "who", "by", "per", "each", "every", "top", "how", "when", "where", "rank", "sort", "list"];
    let rest = colon + 1..tokens.len();
    if !rest.clone().any(metric) || rest.clone().any(|i| tokens[i].is(&asks)) {
        return;
    }
    let mut words: Vec<Token> = tokens[rest].to_vec();
    let marks = words.iter().rev().take_while(|token| token.mark).count();
    let by = std::iter::once(said("by", &tokens[lead])).chain(tokens[lead..colon].iter().cloned());
    let place = words.len() - marks;
    words.splice(place..place, by);
    *tokens = words;
}

/// "Who got the most discount? Top ten customers": which ten customers got it.
fn who_of_them(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    if !tokens.first().is_some_and(|token| token.is(&["who", "which", "what"])) {
        return;
    }
    let Some(at) = (2..tokens.len().saturating_sub(1)).find(|&i| {
        let count = tokens[i + 1].number.is_some_and(|n| !n.ordinal && !n.year && n.count().is_some());
        tokens[i].is(&["top", "best"]) && count && tokens[..i].iter().any(|token| token.mark)
    }) else {
        return;
    };
    let Some(width) =
        tokens.get(at + 2).and_then(|_| names(tokens, at + 2, &|w| lexicon.names_noun(w)).first().copied())
    else {
        return;
    };
    let end = at + 2 + width;
    let lead =
        tokens[..at].iter().rev().take_while(|token| token.mark || token.is(&["just", "only", "the", "give", "me"]));
    let from = at - lead.count();
    let polite = |token: &Token| token.mark || token.is(&["please", "pls", "plz", "only", "thanks", "thx"]);
    if tokens[end..].iter().any(|token| !polite(token)) || tokens[..from].iter().any(|token| token.number.is_some()) {
        return;
    }
    let head = if tokens[0].is(&["who"]) {
        1
    } else {
        match names(tokens, 1, &|words| lexicon.names_noun(words)).first() {
            Some(own) => 1 + own,
            None => return,
        }
    };
    let chosen: Vec<Token> = tokens[at + 1..end].to_vec();
    let which = said("which", &tokens[0]);
    tokens.truncate(from);
    tokens.splice(..head, std::iter::once(which).chain(chosen));
}
