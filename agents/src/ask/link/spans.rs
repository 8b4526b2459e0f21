//! From tokens to items: the longest phrases win, and what is left is looked up in values and mended.

use std::collections::BTreeSet;

use super::item::{Item, Kind, Target};
use super::values::Found;
use super::{Lexicon, Shape, shapes, typo};
use crate::ask::plain;
use crate::ask::time::{self, Calendar, Part, When};
use crate::ask::words::{Token, lemma};

/// A question with its items.
#[derive(Debug, Clone)]
pub(crate) struct Linked {
    pub(crate) tokens: Vec<Token>,
    pub(crate) items: Vec<Item>,
    /// Words read as others, for the interpretation: as typed, as read.
    pub(crate) mended: Vec<(String, String)>,
}

/// A stretch that could be an item.
#[derive(Debug, Clone)]
struct Span {
    at: usize,
    len: usize,
    rank: u8,
    kind: Kind,
    distance: u8,
}

/// Everyday words that stand for no value just because they occur in one.
const NO_NAMES: [&str; 50] = [
    "supply",
    "supplies",
    "common",
    "long",
    "short",
    "far",
    "close",
    "near",
    "new",
    "old",
    "young",
    "big",
    "real",
    "true",
    "free",
    "full",
    "good",
    "great",
    "nice",
    "bad",
    "early",
    "late",
    "quick",
    "slow",
    "rare",
    "typical",
    "normal",
    "middle",
    "square",
    "foot",
    "feet",
    "point",
    "next",
    "time",
    "size",
    "way",
    "first",
    "last",
    "high",
    "low",
    "fast",
    "frequent",
    "loyal",
    "popular",
    "important",
    "success",
    "successful",
    "person",
    "thing",
    "place",
];

/// The longest phrase that is looked up.
const LONGEST: usize = 8;

/// Gives every token of a question a meaning, as far as there is one.
pub(crate) fn link(tokens: Vec<Token>, lexicon: &Lexicon, calendar: Calendar) -> Linked {
    let year = calendar.today.year();
    let mut tokens = plain::plain(tokens, lexicon, year);
    let mended = mend(&mut tokens, lexicon);
    if !mended.is_empty() {
        tokens = plain::plain(tokens, lexicon, year);
    }
    let words: Vec<usize> = (0..tokens.len()).filter(|&i| !tokens[i].mark).collect();
    let mut spans = Vec::new();
    for i in 0..tokens.len() {
        spans.extend(grammar(&tokens, i, calendar));
    }
    for from in 0..words.len() {
        spans.extend(names(&tokens, &words[from..], lexicon));
    }
    spans.retain(|span| !misread(&tokens, span, lexicon) && !goes_on(&tokens, span));
    spans.sort_by_key(|span| (std::cmp::Reverse(span.len), span.rank, span.at));
    let mut taken = vec![false; tokens.len()];
    let mut items = Vec::new();
    for span in spans {
        if (span.at..span.at + span.len).any(|i| taken[i]) {
            continue;
        }
        (span.at..span.at + span.len).for_each(|i| taken[i] = true);
        items.push(item(&tokens, span));
    }
    leftovers(&tokens, &mut taken, lexicon, &mut items);
    items.sort_by_key(|item| item.at);
    Linked { tokens, items, mended }
}

fn item(tokens: &[Token], span: Span) -> Item {
    let text = tokens[span.at..span.at + span.len].iter().map(|t| t.norm.as_str()).collect::<Vec<_>>().join(" ");
    Item { at: span.at, len: span.len, text, kind: span.kind, distance: span.distance }
}

/// Time, grains, numbers and words of the grammar from token `i`.
fn grammar(tokens: &[Token], i: usize, calendar: Calendar) -> Vec<Span> {
    let mut out = Vec::new();
    let token = &tokens[i];
    if token.quoted {
        return out;
    }
    let mut add = |len: usize, rank: u8, kind: Kind| out.push(Span { at: i, len, rank, kind, distance: 0 });
    if let Some((len, when)) = time::parse(tokens, i, calendar) {
        let holiday = matches!(when, When::Part(Part::Holiday(_)));
        add(len, if holiday { 3 } else { 0 }, Kind::Time(when));
    }
    if let Some((len, part)) = time::part_phrase(tokens, i) {
        add(len, 0, Kind::TimePart(part));
    }
    if let Some((len, grain)) = time::grain_phrase(tokens, i) {
        add(len, 1, Kind::Grain(grain));
    }
    for (len, shape) in shapes::at(tokens, i) {
        add(len, 4, Kind::Shape(shape));
    }
    if let Some(number) = token.number {
        add(1, 3, Kind::Number(number));
    }
    out
}

/// Names and whole values from the first of these words.
fn names(tokens: &[Token], words: &[usize], lexicon: &Lexicon) -> Vec<Span> {
    let mut out = Vec::new();
    let at = words[0];
    if tokens[at].quoted {
        let found = ranked(lexicon, lexicon.values.whole(&tokens[at].lemma));
        let named = lexicon
            .named(&tokens[at].lemma)
            .iter()
            .filter(|t| matches!(t, Target::Values { .. }))
            .cloned()
            .collect::<Vec<_>>();
        let mut targets = named;
        targets.extend(found);
        let kind = if targets.is_empty() { Kind::Quoted(tokens[at].text.clone()) } else { Kind::Link(targets) };
        return vec![Span { at, len: 1, rank: 0, kind, distance: 0 }];
    }
    let mut phrase = String::new();
    for (k, &word) in words.iter().take(LONGEST).enumerate() {
        let token = &tokens[word];
        let apart = k > 0
            && tokens[words[k - 1] + 1..word]
                .iter()
                .any(|mark| !matches!(mark.norm.as_str(), "-" | "/" | "&" | "." | "'"));
        if token.quoted || apart {
            break;
        }
        if k > 0 {
            phrase.push(' ');
        }
        phrase.push_str(&token.lemma);
        let len = word - at + 1;
        let mut targets: Vec<Target> = lexicon.named(&phrase).to_vec();
        let by_name = !targets.is_empty();
        if worth(&tokens[at..=word]) {
            for target in ranked(lexicon, lexicon.values.whole(&phrase)) {
                if !targets.contains(&target) && !covered(&targets, &target) {
                    targets.push(target);
                }
            }
        }
        if !targets.is_empty() && targets.iter().all(|t| matches!(t, Target::Verb(_))) {
            if shapes::at(tokens, at).iter().all(|(width, _)| *width != len) {
                out.push(Span { at, len, rank: 4, kind: Kind::Shape(Shape::Deed), distance: 0 });
            }
            continue;
        }
        if !targets.is_empty() {
            out.push(Span { at, len, rank: if by_name { 2 } else { 3 }, kind: Kind::Link(targets), distance: 0 });
        }
    }
    out
}

/// Whether the values are already meant by a synonym of the same column.
fn covered(targets: &[Target], target: &Target) -> bool {
    let Target::Values { field, .. } = target else { return false };
    targets.iter().any(|known| matches!(known, Target::Values { field: other, .. } if other == field))
}

/// Whether words may be a value: not when they are only words of the grammar or bare numbers.
fn worth(tokens: &[Token]) -> bool {
    !tokens.iter().all(|t| {
        shapes::filler(t)
            || t.norm.chars().count() < 2
            || plain_number(t)
            || shapes::at(std::slice::from_ref(t), 0)
                .iter()
                .any(|(_, shape)| !matches!(shape, Shape::Deed | Shape::Sell | Shape::Order | Shape::Met))
            || time::grain_word(t).is_some()
    })
}

fn plain_number(token: &Token) -> bool {
    token.number.is_some() || token.norm.chars().all(|c| c.is_ascii_digit() || c == '+')
}

/// The columns that have a value, the coarsest first: with the fewest values, then the shortest name.
fn ranked(lexicon: &Lexicon, mut found: Vec<Found>) -> Vec<Target> {
    let count = |field: &crate::plan::Field| lexicon.values.fields().find(|(f, _)| *f == field).map_or(0, |(_, n)| n);
    found.sort_by_key(|f| (f.fit, count(&f.field), f.field.name.len()));
    found.into_iter().map(|f| Target::Values { field: f.field, values: f.values }).collect()
}

/// Whether a phrase that names something means something else where it stands.
fn misread(tokens: &[Token], span: &Span, lexicon: &Lexicon) -> bool {
    let Kind::Link(targets) = &span.kind else { return false };
    let inside = &tokens[span.at..span.at + span.len];
    let rest = inside.iter().skip(1).map(|t| t.lemma.as_str()).collect::<Vec<_>>().join(" ");
    let metric = |list: &[Target]| list.iter().any(|t| matches!(t, Target::Metric(_)));
    let by_step = time::grain_adverb(&inside[0]) && metric(targets) && metric(lexicon.named(&rest));
    let clause = inside.iter().any(|t| t.norm == "who") && metric(targets) && span.at + span.len < tokens.len();
    if by_step
        || clause
        || set_against_average(tokens, span)
        || of_several(tokens, span, targets, lexicon)
        || did(tokens, span, targets, lexicon)
    {
        return true;
    }
    let values = targets.iter().all(|t| matches!(t, Target::Values { .. } | Target::Named { .. }));
    let bare = inside.last().is_some_and(|t| t.number.is_some()) && inside.len() > 1;
    if values && bare && !shapes::at(tokens, span.at).is_empty() && !spoken_of(tokens, span.at, targets, lexicon) {
        return true;
    }
    let number = tokens[span.at..span.at + span.len].iter().any(|t| t.number.is_some());
    let Some(next) = tokens.get(span.at + span.len) else { return false };
    let following = lexicon.named(&next.lemma);
    if values && number && !shapes::at(tokens, span.at).is_empty() {
        let counted = following.iter().any(|t| matches!(t, Target::Metric(_) | Target::Entity(_)));
        let amount = next.is(&["dollars", "dollar", "units", "percent"]);
        if counted || amount {
            return true;
        }
    }
    if values && span.len == 1 && !tokens[span.at].quoted && shapes::filler(&tokens[span.at]) {
        let word = |k: Option<usize>, list: &[&str]| k.and_then(|k| tokens.get(k)).is_some_and(|t| t.is(list));
        // "not a single order" counts, "are single" describes.
        if word(span.at.checked_sub(1), &["a", "any", "each", "every", "one"]) {
            return true;
        }
        if word(span.at.checked_sub(1), &["are", "is", "were", "was"]) && tokens[span.at].is(&["single"]) {
            return false;
        }
        let of_noun = |target: &Target| {
            let table = match target {
                Target::Values { field, .. } => &field.table,
                Target::Named { table, .. } => table,
                _ => return false,
            };
            following.iter().any(|t| match t {
                Target::Entity(entity) => table == entity || lexicon.entity_table(entity) == Some(table.as_str()),
                _ => false,
            })
        };
        return !targets.iter().any(of_noun);
    }
    false
}

/// Whether the "average" of a name belongs to the words before: "above average basket value".
fn set_against_average(tokens: &[Token], span: &Span) -> bool {
    let before = (0..span.at).rev().map(|k| &tokens[k]).find(|t| !t.is(&["the", "our", "overall", "company", "-"]));
    tokens[span.at].is(&["average", "avg", "mean"])
        && span.len > 1
        && before.is_some_and(|t| t.is(&["above", "below", "than", "over", "under", "exceed", "exceeds", "exceeded"]))
}

/// Whether a noun and its verb name a date together: "stores opened" are stores, and what they did.
fn did(tokens: &[Token], span: &Span, targets: &[Target], lexicon: &Lexicon) -> bool {
    let [noun, verb] = &tokens[span.at..span.at + span.len] else { return false };
    let dates = targets.iter().all(|t| matches!(t, Target::Time(_)));
    let entity = lexicon.named(&noun.lemma).iter().any(|t| matches!(t, Target::Entity(_)));
    let acts = verb.norm.ends_with("ed") || verb.is(&["open", "opens", "start", "starts", "join", "joins"]);
    dates && entity && acts && lexicon.named(&verb.lemma).iter().any(|t| targets.contains(t))
}

/// Whether a value that begins with a preposition is just that and a noun: "in stores in Texas" is no "in store".
fn of_several(tokens: &[Token], span: &Span, targets: &[Target], lexicon: &Lexicon) -> bool {
    let inside = &tokens[span.at..span.at + span.len];
    let (Some(first), Some(last)) = (inside.first(), inside.last()) else { return false };
    let values = targets.iter().all(|t| matches!(t, Target::Values { .. }));
    let noun = lexicon.named(&last.lemma).iter().any(|t| matches!(t, Target::Entity(_)));
    let goes_on = tokens.get(span.at + span.len).is_some_and(|t| {
        !t.mark
            && !t.is(&["and", "or", "vs", "versus", "compared", "against", "rather", "instead", "than", "by", "per"])
    });
    let plural = last.norm != last.lemma && goes_on;
    let numbered = tokens.get(span.at + span.len).is_some_and(|t| t.number.is_some_and(|n| !n.year));
    values && noun && span.len > 1 && first.is(&["in", "at", "on"]) && (plural || numbered)
}

/// Whether "and more" goes on with "than" and begins a comparison of its own.
fn goes_on(tokens: &[Token], span: &Span) -> bool {
    matches!(span.kind, Kind::Shape(Shape::OrMore | Shape::OrLess))
        && tokens.get(span.at + span.len).is_some_and(|t| t.is(&["than"]))
}

/// Whether "over 65" or "under 50K" is said of the things that have such a column: "customers over 65", "earn over".
fn spoken_of(tokens: &[Token], at: usize, targets: &[Target], lexicon: &Lexicon) -> bool {
    let Some(before) = (0..at)
        .rev()
        .map(|k| &tokens[k])
        .find(|t| !t.is(&["are", "is", "who", "were", "with", "an", "a", "of", "that", "have"]))
    else {
        return false;
    };
    let said =
        ["earn", "earns", "earning", "income", "incomes", "make", "making", "age", "aged", "ages", "old", "salary"];
    let owner = |target: &Target| match target {
        Target::Values { field, .. } => lexicon
            .named(&before.lemma)
            .iter()
            .any(|t| matches!(t, Target::Entity(e) if lexicon.entity_table(e) == Some(field.table.as_str()))),
        _ => false,
    };
    before.is(&said) || targets.iter().any(owner)
}

/// Fillers, parts of values and unknown words for what no phrase took.
fn leftovers(tokens: &[Token], taken: &mut [bool], lexicon: &Lexicon, items: &mut Vec<Item>) {
    let mut i = 0;
    while i < tokens.len() {
        if taken[i] {
            i += 1;
            continue;
        }
        let word = &tokens[i];
        if word.mark || shapes::filler(word) {
            taken[i] = true;
            items.push(item(
                tokens,
                Span {
                    at: i,
                    len: 1,
                    rank: 9,
                    kind: Kind::Shape(if word.mark { Shape::Mark } else { Shape::Filler }),
                    distance: 0,
                },
            ));
            i += 1;
            continue;
        }
        let mut run: usize = 1;
        while i + run < tokens.len()
            && run < 4
            && !taken[i + run]
            && !tokens[i + run].mark
            && !shapes::filler(&tokens[i + run])
        {
            run += 1;
        }
        let (width, kind, distance) = partial(tokens, i, run, lexicon).unwrap_or((1, Kind::Unknown, 0));
        (i..i + width).for_each(|k| taken[k] = true);
        items.push(item(tokens, Span { at: i, len: width, rank: 9, kind, distance }));
        i += width;
    }
}

/// The values that have the words among theirs, most words first.
fn partial(tokens: &[Token], i: usize, run: usize, lexicon: &Lexicon) -> Option<(usize, Kind, u8)> {
    for len in (1..=run).rev() {
        let words: Vec<&str> = tokens[i..i + len].iter().map(|t| t.lemma.as_str()).collect();
        if words.iter().all(|w| w.len() < 3 || NO_NAMES.contains(w)) {
            continue;
        }
        let mut found = lexicon.values.part(&words);
        let count =
            |field: &crate::plan::Field| lexicon.values.fields().find(|(f, _)| *f == field).map_or(0, |(_, n)| n);
        found.retain(|f| f.values.len() <= 12 && (len > 1 || count(&f.field) <= 600));
        if !found.is_empty() {
            return Some((len, Kind::Link(ranked(lexicon, found)), 2));
        }
    }
    None
}

/// Mends typing errors in words that nothing knows.
fn mend(tokens: &mut [Token], lexicon: &Lexicon) -> Vec<(String, String)> {
    let mut mended = Vec::new();
    let known: BTreeSet<usize> =
        (0..tokens.len()).filter(|&i| is_known(tokens, i, lexicon) && !rather_a_slip(&tokens[i], lexicon)).collect();
    for (i, token) in tokens.iter_mut().enumerate() {
        if known.contains(&i) || token.quoted || token.mark || token.number.is_some() {
            continue;
        }
        let Some(word) = typo::mend(lexicon, &token.norm, &token.lemma) else { continue };
        let word = word.to_owned();
        mended.push((token.text.clone(), word.clone()));
        token.lemma = lemma(&word);
        token.stem = crate::ask::words::stem(&word);
        token.norm = word;
        crate::ask::words::read_number(token);
    }
    mended
}

/// Whether a word in small letters is only in names of people: more likely a typing error where a word is near.
fn rather_a_slip(token: &Token, lexicon: &Lexicon) -> bool {
    let ours = shapes::filler(token)
        || shapes::knows(token)
        || plain::knows(token)
        || time::knows(token)
        || lexicon.vocabulary.contains_key(&token.lemma);
    !ours && token.text.chars().all(char::is_lowercase) && lexicon.values.only_in_names(&token.lemma)
}

fn is_known(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    let token = &tokens[i];
    shapes::filler(token)
        || shapes::knows(token)
        || time::knows(token)
        || plain::knows(token)
        || lexicon.vocabulary.contains_key(&token.lemma)
        || lexicon.values.has_word(&token.lemma)
}
