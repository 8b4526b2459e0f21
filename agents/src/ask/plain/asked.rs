//! Where a question says last what others say first: "the region that earned the most", "customers who own their home:
//! how many?", "… and give me the first ten".

use super::each;
use super::pattern::{ends, names};
use crate::ask::link::{Lexicon, Shape, is_filler, shapes_at};
use crate::ask::time;
use crate::ask::words::Token;

/// Puts it first.
pub(super) fn first(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    made(tokens, lexicon);
    who_did(tokens, lexicon);
    events(tokens);
    each::each(tokens, lexicon);
    of_all(tokens, lexicon);
    how_many(tokens, lexicon);
    asked_late(tokens, lexicon);
    chosen(tokens, lexicon);
    which(tokens, lexicon);
}

fn shape(tokens: &[Token], i: usize) -> Option<Shape> {
    shapes_at(tokens, i).first().map(|(_, shape)| *shape)
}

fn says(tokens: &[Token], shapes: &[Shape]) -> bool {
    (0..tokens.len()).any(|i| shape(tokens, i).is_some_and(|found| shapes.contains(&found)))
}

/// How many tokens the name of something to group by takes from here.
pub(super) fn noun(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<usize> {
    let step = |words: &str| tokens[i].lemma == words && time::grain_word(&tokens[i]).is_some();
    names(tokens, i, &|words| lexicon.names_noun(words) || step(words)).first().copied()
}

fn metric(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    !names(tokens, i, &|words| lexicon.metric_named(words).is_some()).is_empty()
}

/// "what do the Ohio stores make": how much, where no metric is named and nobody is spoken of who buys.
fn made(tokens: &mut [Token], lexicon: &Lexicon) {
    let [what, does, ..] = tokens else { return };
    if !what.is(&["what"]) || !does.is(&["do", "does", "did", "have", "has"]) {
        return;
    }
    let makes = |token: &Token| {
        token.is(&[
            "make", "made", "earn", "earned", "take", "taken", "gross", "grossed", "turn", "turned", "ring", "rung",
        ])
    };
    let (start, end) = (what.start, what.end);
    let done = does.is(&["have", "has"]);
    let spends = |token: &Token| token.is(&["spend", "spent", "pay", "paid"]);
    let named = (2..tokens.len())
        .any(|i| !spends(&tokens[i]) && metric(tokens, i, lexicon) && noun(tokens, i, lexicon).is_none());
    let buyers = tokens.iter().any(|token| lexicon.buys(&token.lemma));
    let pays = tokens.iter().rposition(spends).is_some_and(|at| {
        let behind = &tokens[at + 1..];
        !behind.iter().any(|token| token.is(&["most", "least", "for"])) && !behind.last().is_some_and(|t| t.is(&["on"]))
    });
    if pays && !named && !done {
        tokens[0] = Token::said("how", start, end);
        tokens[1] = Token::said("much", start, end);
        return;
    }
    let last = tokens.iter().rposition(makes).is_some_and(|at| {
        !tokens[at + 1..].iter().any(|token| token.is(&["of", "up"]))
            || tokens.get(at + 1).is_some_and(|t| t.is(&["up"]))
    });
    if last && !named && !buyers {
        tokens[0] = Token::said("how", start, end);
        tokens[1] = Token::said("much", start, end);
    }
}

/// "receipts above $100 per store format": how many, as nobody wants them listed one by one.
fn events(tokens: &mut Vec<Token>) {
    const NAMES: &[&str] =
        &["baskets", "receipts", "orders", "transactions", "tickets", "trips", "visits", "purchases", "carts"];
    let Some(first) = tokens.first().filter(|token| token.is(NAMES)) else { return };
    let (start, end) = (first.start, first.end);
    let limits = [Shape::MoreThan, Shape::LessThan, Shape::AtLeast, Shape::AtMost, Shape::Between];
    let asks = [Shape::HowMany, Shape::HowMuch, Shape::Which, Shape::Number, Shape::Share, Shape::Most, Shape::Average];
    let limited = (1..tokens.len().min(7)).any(|i| {
        let number = tokens[i + 1..].iter().take(3).any(|token| token.number.is_some_and(|n| !n.year && !n.ordinal));
        shape(tokens, i).is_some_and(|found| limits.contains(&found)) && number
    });
    if limited && !says(tokens, &asks) {
        tokens.splice(..0, [Token::said("number", start, start), Token::said("of", start, end)]);
    }
}

/// "bought in March but not in May: how many customers is that?": who they are, before what they did.
fn who_did(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    const AFTER: &[&str] =
        &["is", "are", "that", "there", "they", "it", "were", "was", "those", "these", "this", "did"];
    let did = tokens.first().is_some_and(|token| {
        token.is(&["bought", "shopped", "purchased", "ordered", "visited", "used", "spent", "came"])
    });
    let Some(at) = (1..tokens.len().saturating_sub(2)).rev().find(|&i| tokens[i].is(&["how"])) else { return };
    let Some(width) = noun(tokens, at + 2, lexicon) else { return };
    let quiet = tokens[at + 2 + width..].iter().all(|token| token.mark || token.is(AFTER));
    if !(did && tokens[at - 1].mark && tokens[at + 1].is(&["many"]) && quiet) {
        return;
    }
    let mut said: Vec<Token> = tokens[at..at + 2 + width].to_vec();
    said.push(Token::said("who", tokens[at].start, tokens[at].end));
    tokens.truncate(at - 1);
    tokens.splice(..0, said);
}

/// "Of all our regions, which one …", "among the channels, I want to know the one that …": which region, which channel.
fn of_all(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let quiet = |token: &Token| token.is(&["of", "out", "among", "amongst", "all", "the", "our", "from"]);
    let lead = tokens.iter().take_while(|token| quiet(token)).count();
    if lead == 0 || !tokens[0].is(&["of", "out", "among", "amongst"]) || lead >= tokens.len() {
        return;
    }
    let Some(width) = noun(tokens, lead, lexicon) else { return };
    let after = lead + width;
    let one = (after..tokens.len()).find(|&i| {
        let chosen = tokens[i].is(&["one", "ones"]) && tokens[i - 1].is(&["which", "what", "the"]);
        let links = tokens.get(i + 1).is_some_and(|t| t.is(&["that", "which", "with", "who", "where"]));
        chosen && (tokens[i - 1].is(&["which", "what"]) || links)
    });
    let Some(one) = one else { return };
    let between = after..one - 1;
    let shaped = |k: usize| tokens[k].mark || is_filler(&tokens[k]) || shape(tokens, k) == Some(Shape::List);
    if !between.clone().all(shaped) {
        return;
    }
    let (start, end) = (tokens[one].start, tokens[one].end);
    let mut said = vec![Token::said("which", start, end)];
    let alone = tokens[one].is(&["one"]);
    let word = |token: &Token| {
        if alone { Token::said(&token.lemma, token.start, token.end) } else { token.clone() }
    };
    said.extend(tokens[lead..after].iter().map(word));
    tokens.splice(..=one, said);
}

/// "what kinds of stores do we run, format-wise": a list of formats, where nothing is measured or counted.
pub(super) fn wise(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let Some(at) = (1..tokens.len()).find(|&i| tokens[i].is(&["wise"]) && tokens.get(i + 1).is_none_or(ends)) else {
        return;
    };
    let named = |i: usize| metric(tokens, i, lexicon) && noun(tokens, i, lexicon).is_none();
    let asks = [Shape::HowMany, Shape::HowMuch, Shape::Number, Shape::Share, Shape::Average, Shape::Sell, Shape::Most];
    if (0..tokens.len()).any(named) || says(tokens, &asks) {
        return;
    }
    let hyphen = usize::from(tokens[at - 1].norm == "-");
    let last = at - hyphen;
    let Some(from) = (0..last).find(|&k| noun(tokens, k, lexicon).is_some_and(|width| k + width == last)) else {
        return;
    };
    let column: Vec<Token> = tokens[from..last].to_vec();
    let words = column.iter().map(|t| t.lemma.as_str()).collect::<Vec<_>>().join(" ");
    let owner = |token: &Token| lexicon.owns(&token.lemma, &words);
    let head =
        |token: &Token| token.is(&["what", "which", "kinds", "kind", "types", "type", "show", "list", "me", "sorts"]);
    let mut rest: Vec<Token> = tokens[..from].iter().filter(|t| !owner(t) && !head(t) && !t.mark).cloned().collect();
    let (start, end) = (tokens[from].start, tokens[at].end);
    rest.extend(tokens.split_off(at + 1));
    tokens.clear();
    tokens.push(Token::said("list", start, end));
    tokens.extend(column);
    tokens.extend(rest);
}

/// "customers who own their home - how many?": asked before what is counted.
fn how_many(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    const AFTER: &[&str] = &["is", "are", "that", "there", "they", "it", "were", "was", "of", "them", "those", "these"];
    let Some(at) = (1..tokens.len().saturating_sub(1)).rev().find(|&i| tokens[i].is(&["how"])) else { return };
    let mark = tokens[at - 1].mark || tokens[at - 1].is(&["and"]);
    let many = tokens[at + 1].is(&["many"]);
    let quiet = tokens[at + 2..].iter().all(|token| token.mark || token.is(AFTER));
    let before = &tokens[..at];
    if !(mark && many && quiet)
        || says(before, &[Shape::HowMany, Shape::HowMuch, Shape::Which, Shape::Number, Shape::Most, Shape::Least])
    {
        return;
    }
    let Some(place) = (0..at).find(|&i| noun(tokens, i, lexicon).is_some()) else { return };
    let (start, end) = (tokens[at].start, tokens[at + 1].end);
    let different = usize::from(place > 0 && tokens[place - 1].is(&["distinct", "different", "unique"]));
    let place = place - different;
    let from = place - usize::from(place > 0 && tokens[place - 1].is(&["the", "our", "of"]));
    tokens.truncate(at);
    while tokens.last().is_some_and(|token| token.mark || token.is(&["and"])) {
        tokens.pop();
    }
    tokens.splice(from..place, [Token::said("how", start, end), Token::said("many", start, end)]);
    if tokens[..from]
        .iter()
        .all(|token| is_filler(token) || token.mark || shapes_at(tokens, 0).iter().any(|s| s.1 == Shape::List))
    {
        tokens.drain(..from);
    }
}

/// "the pastry department contains how many products?", "we sold how many units in May?": asked in the middle.
fn asked_late(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    const HOLDS: &[&str] = &["has", "have", "had", "contains", "contain", "holds", "includes", "comprises", "counts"];
    let Some(at) = (1..tokens.len().saturating_sub(2)).find(|&i| tokens[i].is(&["how"]) && tokens[i + 1].is(&["many"]))
    else {
        return;
    };
    let plain = |token: &Token| !token.mark && !token.is(&["and", "or", "but", "show", "tell", "know", "by", "see"]);
    let different = usize::from(tokens[at + 2].is(&["different", "distinct", "unique"]));
    let asks = [Shape::HowMany, Shape::HowMuch, Shape::Which, Shape::List, Shape::By, Shape::When, Shape::Who];
    let begins = tokens[0].is(&["the", "our", "we", "they", "i"])
        || !names(tokens, 0, &|words| lexicon.names_value(words)).is_empty();
    let before = &tokens[..at];
    if at > 6 || !begins || !before.iter().all(plain) || says(before, &asks) {
        return;
    }
    if noun(tokens, at + 2 + different, lexicon).is_none() {
        return;
    }
    let mut said = tokens.split_off(at);
    let held = tokens.last().is_some_and(|token| token.is(HOLDS));
    let subject = !tokens[0].is(&["we", "they", "i"]);
    if held
        && subject
        && let Some(verb) = tokens.pop()
    {
        tokens.insert(0, Token::said("in", verb.start, verb.end));
    }
    let end = said.iter().position(ends).unwrap_or(said.len());
    let rest = said.split_off(end);
    let lead = std::mem::take(tokens);
    tokens.extend(said.into_iter().chain(lead).chain(rest));
}

/// "which departments earn the most? The top ten", "rank the cities by sales and give me the first ten": how many are
/// wanted stands with what they are.
fn chosen(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let Some(at) = (1..tokens.len().saturating_sub(1)).find(|&i| {
        let count = tokens[i + 1].number.is_some_and(|n| !n.ordinal && !n.year && n.count().is_some());
        let again = tokens.get(i + 2).is_some_and(|_| {
            noun(tokens, i + 2, lexicon).is_some_and(|width| {
                tokens[i + 2..].iter().skip(width).all(|t| t.mark || t.is(&["please", "pls", "only", "thanks"]))
            })
        });
        tokens[i].is(&["top"]) && count && (tokens.get(i + 2).is_none_or(ends) || again && ends(&tokens[i - 1]))
    }) else {
        return;
    };
    let who = tokens[0].is(&["who"]);
    let Some(place) = (0..at).find(|&i| noun(tokens, i, lexicon).is_some()).or(who.then_some(0)) else { return };
    if who && noun(tokens, at + 2, lexicon).is_some() {
        let rest = tokens.split_off(at + 1);
        tokens.truncate(at);
        tokens.splice(..1, std::iter::once(Token::said("which", rest[0].start, rest[0].end)).chain(rest));
        return;
    }
    if tokens[..place].iter().any(|token| token.number.is_some()) {
        return;
    }
    let ranked =
        tokens[..place].iter().position(|token| token.is(&["rank", "sort", "order", "arrange", "list", "sorted"]));
    let superlative = says(&tokens[..at], &[Shape::Most, Shape::Least, Shape::Popular, Shape::Unpopular]);
    let joint = noun(tokens, place, lexicon).and_then(|width| tokens.get(place + width));
    let by = joint.is_some_and(|token| token.is(&["on", "by", "according", "for", "in"]));
    if !(superlative || by && ranked.is_some()) {
        return;
    }
    let chosen: Vec<Token> = tokens[at..at + 2].to_vec();
    let begins =
        (0..at).rev().take_while(|&k| tokens[k].mark || tokens[k].is(&["and", "then", "just", "only", "the"])).last();
    let rest = tokens.split_off(at + 2);
    tokens.truncate(begins.unwrap_or(at));
    tokens.extend(rest);
    if superlative {
        tokens.insert(place, chosen[1].clone());
        return;
    }
    let width = noun(tokens, place, lexicon).unwrap_or(1);
    let by = tokens.get(place + width).filter(|token| token.is(&["on", "by", "according", "for", "in"])).cloned();
    if let (Some(_), Some(by)) = (ranked, by) {
        let to = place + width + 1 + usize::from(by.is(&["according"]));
        tokens.splice(place + width..to, [Token::said("by", by.start, by.end)]);
        tokens.splice(..place, chosen);
    }
}

/// "the ten cities with the highest sales", "I'd like to know the region that earned the most": which ones they are.
fn which(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    const LINKS: &[&str] = &[
        "with",
        "having",
        "that",
        "who",
        "which",
        "whose",
        "where",
        "making",
        "earning",
        "bringing",
        "selling",
        "taking",
        "generating",
        "showing",
        "achieving",
        "posting",
        "grossing",
        "buying",
        "spending",
    ];
    let asks = [Shape::HowMany, Shape::HowMuch, Shape::When, Shape::Share, Shape::Number, Shape::Why, Shape::Average];
    let lead = group_said_first(tokens, lexicon);
    let mut i = lead;
    while i < tokens.len() {
        let quiet = is_filler(&tokens[i]) || tokens[i].mark || shape(tokens, i) == Some(Shape::List);
        let asked = matches!(tokens[i].norm.as_str(), "which" | "who" | "how" | "when" | "where");
        let number = tokens[i].number.is_some_and(|n| !n.ordinal && !n.year);
        if asked || !quiet && !number {
            break;
        }
        if number || noun(tokens, i, lexicon).is_some() {
            break;
        }
        i += 1;
    }
    let at = i + usize::from(tokens.get(i).is_some_and(|t| t.number.is_some_and(|n| !n.ordinal && !n.year)));
    let Some(width) = tokens.get(at).and_then(|_| noun(tokens, at, lexicon)) else { return };
    let rest = &tokens[at + width..];
    let superlative = says(rest, &[Shape::Most, Shape::Least, Shape::Popular, Shape::Unpopular]);
    let against = says(rest, &[Shape::Missed, Shape::Met]);
    let of = rest.first().is_some_and(|token| token.is(&["of", "in", "during", "from"]));
    let timed =
        rest.iter().skip(1).take_while(|t| t.number.is_some_and(|n| n.year) || time::month(t).is_some()).count();
    let skipped = if of && timed > 0 { 1 + timed } else { 0 };
    let missed =
        rest.first().is_some_and(|token| !token.mark) && matches!(shape(rest, 0), Some(Shape::Missed | Shape::Met));
    let linked = rest.get(skipped).is_some_and(|token| token.is(LINKS)) || missed;
    let asked = says(&tokens[..at + width], &asks) || says(rest, &asks[..asks.len() - 1]);
    if linked && (superlative || against) && !asked {
        let (start, end) = (tokens[i].start, tokens[i].end);
        tokens.splice(lead..i, [Token::said("which", start, end)]);
    }
}

/// How many tokens "for each region," takes at the start.
fn group_said_first(tokens: &[Token], lexicon: &Lexicon) -> usize {
    let each = tokens.len() > 3
        && tokens[0].is(&["for", "in", "within", "from"])
        && tokens[1].is(&["each", "every"])
        && !tokens[2].mark;
    let at = 2 + usize::from(each && tokens[2].is(&["of"])) + usize::from(each && tokens[3].is(&["our", "the"]));
    let width = if each { noun(tokens, at, lexicon).unwrap_or(0) } else { 0 };
    let comma = tokens.get(at + width).is_some_and(|token| token.norm == ",");
    if width > 0 && comma { at + width + 1 } else { 0 }
}
