//! What is said as it is spoken or jotted down: "twenty seventeen", "q three", "july 17", "$ 500".

use crate::ask::link::Lexicon;
use crate::ask::time;
use crate::ask::words::{Number, Token, Unit};

/// Puts spoken years, quarters and amounts into figures; today's year is that of two figures after a month.
pub(super) fn spoken(tokens: &[Token], lexicon: &Lexicon, today: i16) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while i < tokens.len() {
        let found = year(tokens, i)
            .or_else(|| step(tokens, i))
            .or_else(|| amount(tokens, i))
            .or_else(|| short_year(tokens, i, today));
        if let Some(words) = plus(&tokens[i], lexicon) {
            out.extend(words);
            i += 1;
        } else if let Some((token, len)) = found {
            out.push(token);
            i += len;
        } else {
            out.push(tokens[i].clone());
            i += 1;
        }
    }
    out
}

fn word(tokens: &[Token], i: usize) -> &str {
    tokens.get(i).filter(|token| !token.quoted).map_or("", |token| token.norm.as_str())
}

fn number(tokens: &[Token], i: usize) -> Option<f64> {
    let token = tokens.get(i).filter(|token| !token.quoted)?;
    let number = token.number.filter(|n| n.unit == Unit::Plain && !n.ordinal)?;
    token.norm.starts_with(char::is_alphabetic).then_some(number.value)
}

/// "twenty seventeen", "two thousand and seventeen", "2k17": a year, unless a noun follows that it counts.
fn year(tokens: &[Token], i: usize) -> Option<(Token, usize)> {
    let first = number(tokens, i)?;
    let hyphen = usize::from(word(tokens, i + 1) == "-");
    let (value, len) = if (first - 20.0).abs() < 0.5 {
        let rest = number(tokens, i + 1 + hyphen).filter(|n| (10.0..=33.0).contains(n))?;
        (2000.0 + rest, 2 + hyphen)
    } else {
        let spoken = word(tokens, i).starts_with("two thousand") && (2010.0..=2033.0).contains(&first);
        (spoken.then_some(first)?, 1)
    };
    let counted = tokens.get(i + len).is_some_and(|next| !next.mark && next.norm != next.lemma);
    (!counted).then(|| {
        let year = format!("{value:.0}");
        (Token::said(&year, tokens[i].start, tokens[i + len - 1].end), len)
    })
}

/// "q three", "quarter three", "h one": a step of the year with its number.
fn step(tokens: &[Token], i: usize) -> Option<(Token, usize)> {
    let letter @ ("q" | "h") = word(tokens, i) else { return None };
    let which = tokens.get(i + 1).filter(|t| !t.quoted)?.number?.count()?;
    let most = if letter == "q" { 4 } else { 2 };
    (which <= most).then(|| (Token::said(&format!("{letter}{which}"), tokens[i].start, tokens[i + 1].end), 2))
}

/// "1,000+" and "50k+" are numbers and more, where no value is called so.
fn plus(token: &Token, lexicon: &Lexicon) -> Option<Vec<Token>> {
    let figures = token.norm.strip_suffix('+').filter(|_| !token.quoted && !lexicon.says(&token.lemma))?;
    let said = |word: &str| Token::said(word, token.start, token.end);
    let number = Some(said(figures)).filter(|number| number.number.is_some())?;
    Some(vec![number, said("or"), said("more")])
}

/// "$ 500", "USD 1,000": an amount in one word.
fn amount(tokens: &[Token], i: usize) -> Option<(Token, usize)> {
    let sign = matches!(word(tokens, i), "$" | "usd" | "us$" | "eur" | "\u{20ac}" | "\u{a3}");
    let next = tokens.get(i + 1).filter(|next| sign && !next.quoted && !next.mark)?;
    let number = next.number.filter(|n| !n.ordinal && n.unit != Unit::Percent)?;
    let mut token = next.clone();
    token.start = tokens[i].start;
    token.number = Some(Number { unit: Unit::Money, year: false, ..number });
    Some((token, 2))
}

/// "in july 17": the year where the figures are today's or the year's before, unless a day is said: "on july 17".
fn short_year(tokens: &[Token], i: usize, today: i16) -> Option<(Token, usize)> {
    let before = i.checked_sub(1).filter(|&k| tokens.get(k).is_some_and(|token| time::month(token).is_some()))?;
    let figures = tokens[i].norm.parse::<i16>().ok().filter(|_| tokens[i].norm.len() == 2)?;
    let on = before > 0
        && ["on", "until", "till", "before", "after", "since", "of", "to", "from", "and", "-", "through", "between"]
            .contains(&word(tokens, before - 1));
    let year = [today, today - 1].into_iter().find(|year| year % 100 == figures)?;
    let joined = matches!(word(tokens, i + 1), "-" | "to" | "and" | "through" | "until" | "till")
        && tokens.get(i + 2).is_some_and(|t| t.number.is_some() || time::month(t).is_some());
    let dated = tokens[i + 1..].iter().take(2).any(|t| t.number.is_some_and(|n| n.year));
    (!on && !joined && !dated).then(|| (Token::said(&year.to_string(), tokens[i].start, tokens[i].end), 1))
}
