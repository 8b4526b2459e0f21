//! From tokens to nodes: the longest reading wins, names before words of the grammar.

use super::node::{Kind, Node};
use crate::ask::instructions::{Instructions, slight};
use crate::ask::link::{ColumnKind, Lexicon, Named, Shape, Spoken, is_filler, shapes_at};
use crate::ask::time::{self, Calendar};
use crate::ask::words::{Token, ties};

/// A stretch that could be a node.
struct Span {
    at: usize,
    len: usize,
    rank: u8,
    kind: Kind,
    others: Vec<(crate::plan::Field, ColumnKind)>,
}

impl Span {
    fn new(at: usize, len: usize, rank: u8, kind: Kind) -> Self {
        Self { at, len, rank, kind, others: Vec::new() }
    }
}

/// The longest value that is looked up, in words.
const LONGEST: usize = 8;

/// The nodes of a question, in order.
pub(super) fn scan(tokens: &[Token], lexicon: &Lexicon, calendar: Calendar, instructions: &Instructions) -> Vec<Node> {
    let mut spans = Vec::new();
    for i in 0..tokens.len() {
        names(tokens, i, lexicon, &mut spans);
        missing(tokens, i, instructions, &mut spans);
        values(tokens, i, lexicon, &mut spans);
        grammar(tokens, i, calendar, lexicon, &mut spans);
        plain(tokens, i, &mut spans);
    }
    spans.sort_by_key(|span| (std::cmp::Reverse(span.len), span.rank, span.at));
    let mut taken = vec![false; tokens.len()];
    let mut nodes: Vec<Node> = Vec::new();
    for span in spans {
        if (span.at..span.at + span.len).any(|k| taken[k]) {
            continue;
        }
        (span.at..span.at + span.len).for_each(|k| taken[k] = true);
        nodes.push(node(tokens, span));
    }
    for (i, token) in tokens.iter().enumerate().filter(|(i, _)| !taken[*i]) {
        let kind = if token.mark && matches!(token.norm.as_str(), "." | "?" | "!" | ";") {
            Kind::Stop
        } else if token.mark {
            Kind::Shape(Shape::Mark)
        } else if is_filler(token) || slight(token) {
            Kind::Shape(Shape::Filler)
        } else if ties(&token.norm, &token.stem) {
            Kind::Verb
        } else if let Some(found) = part_value(token, lexicon) {
            Kind::Values(found)
        } else {
            Kind::Unknown
        };
        nodes.push(node(tokens, Span::new(i, 1, 9, kind)));
    }
    nodes.sort_by_key(|node| node.at);
    compounds(&mut nodes);
    said_before(tokens, &mut nodes);
    nodes
}

/// "population density": of two numbers of one table side by side the last is meant.
fn compounds(nodes: &mut Vec<Node>) {
    let numbers = |node: &Node| match &node.kind {
        Kind::Column(found) => {
            found.iter().filter(|(_, kind)| *kind == ColumnKind::Number).map(|(field, _)| field.table.clone()).collect()
        }
        _ => Vec::new(),
    };
    let mut k = 0;
    while k + 1 < nodes.len() {
        let (left, right): (Vec<String>, Vec<String>) = (numbers(&nodes[k]), numbers(&nodes[k + 1]));
        if right.iter().any(|table| left.contains(table)) {
            let first = nodes.remove(k);
            let head = &mut nodes[k];
            head.len += head.at - first.at;
            head.at = first.at;
            head.text = format!("{} {}", first.text, head.text);
        } else {
            k += 1;
        }
    }
}

/// Words that are some of those of a column that was named before: "PASI score" after "PASI score at day 100".
fn said_before(tokens: &[Token], nodes: &mut Vec<Node>) {
    let stems =
        |node: &Node| tokens[node.at..node.at + node.len].iter().map(|token| token.stem.clone()).collect::<Vec<_>>();
    let mut k = 0;
    while k < nodes.len() {
        let words = stems(&nodes[k]);
        let before = matches!(nodes[k].kind, Kind::Unknown)
            .then(|| {
                (0..k).rev().find(|&j| {
                    matches!(nodes[j].kind, Kind::Column(_)) && {
                        let known = stems(&nodes[j]);
                        words.iter().all(|word| known.contains(word))
                    }
                })
            })
            .flatten();
        if let Some(j) = before {
            nodes[k].kind = nodes[j].kind.clone();
            let joined =
                k > 0 && nodes[k - 1].kind == nodes[k].kind && nodes[k - 1].at + nodes[k - 1].len == nodes[k].at;
            if joined {
                let last = nodes.remove(k);
                nodes[k - 1].len += last.len;
                nodes[k - 1].text = format!("{} {}", nodes[k - 1].text, last.text);
                continue;
            }
        }
        k += 1;
    }
}

fn node(tokens: &[Token], span: Span) -> Node {
    let inside = &tokens[span.at..span.at + span.len];
    let text = inside.iter().map(|token| token.norm.as_str()).collect::<Vec<_>>().join(" ");
    let last = &inside[inside.len() - 1];
    let plural = last.norm != last.lemma || last.is(&["people", "data"]);
    let verbal = inside.iter().any(|token| {
        let irregular =
            ["taken", "written", "taught", "made", "given", "held", "born", "begun", "began", "left", "sold"];
        token.norm.ends_with("ed") || token.norm.ends_with("ing") || token.is(&irregular)
    });
    Node { at: span.at, len: span.len, kind: span.kind, others: span.others, text, plural, verbal }
}

/// Things and columns from a token.
fn names(tokens: &[Token], i: usize, lexicon: &Lexicon, spans: &mut Vec<Span>) {
    if tokens[i].quoted || tokens[i].mark {
        return;
    }
    let mut found = lexicon.nouns().at(tokens, i);
    // "number of employees" counts them, though each has a number.
    let counts = tokens[i].is(&["number"]) && tokens.get(i + 1).is_some_and(|token| token.is(&["of"]));
    found.retain(|spoken| {
        let last = &tokens[i + spoken.len - 1];
        !(counts
            && spoken.len > 1
            && matches!(spoken.named, Named::Column(_, ColumnKind::Key))
            && last.norm != last.lemma)
    });
    for spoken in &found {
        if let Named::Entity(thing) = &spoken.named {
            spans.push(Span::new(i, spoken.len, 1, Kind::Thing(thing.clone())));
        }
    }
    let columns = || found.iter().filter(|spoken| matches!(spoken.named, Named::Column(..)));
    let Some(best) = columns().next() else { return };
    let mut listed: Vec<(crate::plan::Field, ColumnKind)> = Vec::new();
    let table = |spoken: &Spoken| match &spoken.named {
        Named::Column(field, _) => field.table.clone(),
        Named::Entity(_) => String::new(),
    };
    let all = || columns().filter(|spoken| spoken.said == best.said && spoken.len == best.len);
    for spoken in all() {
        // "acting score" is the score for acting, and no number of acts.
        if all().any(|other| other.core > spoken.core && table(other) == table(spoken)) {
            continue;
        }
        if let Named::Column(field, kind) = &spoken.named
            && !listed.iter().any(|(known, _)| known == field)
        {
            listed.push((field.clone(), *kind));
        }
    }
    // A name that is said with the words of its table is that table's.
    if best.owned {
        let owned: Vec<_> = columns()
            .filter(|spoken| spoken.said == best.said && spoken.owned)
            .filter_map(|spoken| match &spoken.named {
                Named::Column(field, _) => Some(field.clone()),
                Named::Entity(_) => None,
            })
            .collect();
        listed.retain(|(field, _)| owned.contains(field));
    }
    let rest_is_verb = |len: usize| {
        tokens[i + len..i + best.len].iter().all(|token| is_filler(token) || ties(&token.norm, &token.stem))
    };
    let others: Vec<(crate::plan::Field, ColumnKind)> = columns()
        .filter(|spoken| spoken.len <= best.len && rest_is_verb(spoken.len))
        .filter_map(|spoken| match &spoken.named {
            Named::Column(field, kind) => Some((field.clone(), *kind)),
            Named::Entity(_) => None,
        })
        .collect();
    spans.push(Span { others, ..Span::new(i, best.len, 2, Kind::Column(listed)) });
}

/// What an instruction says about missing values.
fn missing(tokens: &[Token], i: usize, instructions: &Instructions, spans: &mut Vec<Span>) {
    for known in &instructions.missing {
        let mut k = i;
        let mut all = true;
        for stem in &known.stems {
            while k > i && k < tokens.len() && slight(&tokens[k]) {
                k += 1;
            }
            all &= tokens.get(k).is_some_and(|token| token.stem == *stem);
            k += 1;
        }
        if all {
            let kind = Kind::Missing { field: known.field.clone(), missing: known.absent };
            spans.push(Span::new(i, k - i, 0, kind));
        }
    }
}

/// Whole values from a token.
fn values(tokens: &[Token], i: usize, lexicon: &Lexicon, spans: &mut Vec<Span>) {
    if tokens[i].quoted {
        let found = lexicon.whole_values(&tokens[i].lemma);
        let kind = if found.is_empty() { Kind::Quoted } else { Kind::Values(found) };
        spans.push(Span::new(i, 1, 0, kind));
        return;
    }
    if tokens[i].mark {
        return;
    }
    let mut phrase = String::new();
    for (k, token) in tokens[i..].iter().enumerate().take(LONGEST) {
        if token.quoted || token.mark && !matches!(token.norm.as_str(), "-" | "/" | "&" | "." | "'") {
            break;
        }
        if token.mark {
            continue;
        }
        if k > 0 {
            phrase.push(' ');
        }
        phrase.push_str(&token.lemma);
        let letter = k == 0
            && token.text == "A"
            && i > 0
            && tokens.get(i + 1).is_none_or(|next| next.mark || next.is(&["or", "and"]));
        let found = lexicon.whole_values(&phrase);
        let means = letter || worth(&tokens[i..=i + k]) || k == 0 && describes(tokens, i, &found, lexicon);
        if !means {
            continue;
        }
        if !found.is_empty() {
            let rank =
                if tokens[i..=i + k].iter().any(|token| token.capital && !sentence_start(tokens, i)) { 0 } else { 4 };
            spans.push(Span::new(i, k + 1, rank, Kind::Values(found)));
        }
    }
}

/// Whether a word is a value of the thing that it stands before: "sell transactions".
fn describes(tokens: &[Token], i: usize, found: &[(crate::plan::Field, Vec<String>)], lexicon: &Lexicon) -> bool {
    !found.is_empty()
        && i + 1 < tokens.len()
        && lexicon.nouns().at(tokens, i + 1).iter().any(|spoken| match &spoken.named {
            Named::Entity(thing) => {
                lexicon.table_of(thing).is_some_and(|table| found.iter().any(|(field, _)| field.table == table))
            }
            Named::Column(..) => false,
        })
}

fn sentence_start(tokens: &[Token], i: usize) -> bool {
    i == 0 || tokens[i - 1].mark && tokens[i - 1].norm != ","
}

/// Whether words may be a value: not when they are only words of the grammar or bare numbers.
fn worth(tokens: &[Token]) -> bool {
    let lone = |token: &Token| {
        token.norm.chars().count() < 2
            && !(token.capital && tokens.len() == 1 && token.norm != "i" && token.norm != "a")
    };
    !tokens.iter().all(|token| {
        token.mark
            || is_filler(token)
            || lone(token)
            || token.number.is_some()
            || !shapes_at(std::slice::from_ref(token), 0)
                .iter()
                .all(|(_, shape)| matches!(shape, Shape::Deed | Shape::Sell | Shape::Order | Shape::Met))
            || time::grain_word(token).is_some()
    })
}

/// Values of which a word is a part, or that are another form of it: "successful" for success.
fn part_value(token: &Token, lexicon: &Lexicon) -> Option<Vec<(crate::plan::Field, Vec<String>)>> {
    if token.norm.chars().count() < 3 {
        return None;
    }
    let found = if token.capital { lexicon.part_values(&[token.lemma.as_str()]) } else { Vec::new() };
    let found = if found.is_empty() { lexicon.whole_values(&token.stem) } else { found };
    // Addresses on the net have names in them, but nobody means them by it.
    let address = |values: &Vec<String>| {
        values.iter().all(|value| value.contains("www.") || value.contains("://") || value.contains('@'))
    };
    let named: Vec<_> = found.iter().filter(|(_, values)| !address(values)).cloned().collect();
    let found = if named.is_empty() { found } else { named };
    (!found.is_empty() && found.iter().all(|(_, values)| values.len() <= 12)).then_some(found)
}

/// Time, steps of it, numbers and words of the grammar from a token.
fn grammar(tokens: &[Token], i: usize, calendar: Calendar, lexicon: &Lexicon, spans: &mut Vec<Span>) {
    let token = &tokens[i];
    if token.quoted {
        return;
    }
    let mut add = |len: usize, rank: u8, kind: Kind| spans.push(Span::new(i, len, rank, kind));
    if let Some(clock) = clock(&token.norm) {
        add(1, 0, Kind::Clock(clock));
    }
    let parsed = time::parse(tokens, i, calendar).filter(|(len, when)| {
        let weekday = matches!(when, time::When::Part(time::Part::Weekdays(_)));
        !(weekday && is_column(tokens, i + len - 1, lexicon))
    });
    if let Some((len, when)) = parsed {
        add(len, 0, Kind::Time(when));
    }
    if let Some((len, part)) = time::part_phrase(tokens, i) {
        add(len, 0, Kind::Part(part));
    }
    if let Some((len, grain)) = time::grain_phrase(tokens, i) {
        add(len, 3, Kind::Grain(grain));
    }
    for (len, shape) in shapes_at(tokens, i) {
        add(len, 5, Kind::Shape(shape));
    }
    if let Some(number) = token.number {
        add(1, 4, Kind::Number(number));
    }
}

/// Phrases that only tie things together, and units of measure that a column is in anyway.
fn plain(tokens: &[Token], i: usize, spans: &mut Vec<Span>) {
    const TIES: &[&str] = &[
        "part of",
        "member of",
        "members of",
        "made up of",
        "as a date",
        "as a number",
        "as well",
        "actively",
        "currently",
        "in relation to",
        "he / she",
        "his / her",
    ];
    const UNITS: &[&str] = &[
        "people per square kilometer",
        "people per square km",
        "people per square mile",
        "inhabitants per square kilometer",
        "square kilometers",
        "square kilometres",
        "square km",
        "square meters",
        "square metres",
        "square miles",
        "square feet",
        "meters",
        "metres",
        "kilometers",
        "kilometres",
        "km",
        "miles",
        "feet",
        "cm",
        "centimeters",
        "centimetres",
        "kg",
        "kilograms",
        "grams",
        "pounds",
        "dollars",
        "usd",
        "euros",
        "mm",
        "millimeters",
        "hectares",
        "ha",
        "acres",
        "tonnes",
        "tons",
        "liters",
        "litres",
        "minutes",
        "hours",
        "kwh",
    ];
    let phrase = |from: usize, words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        let fits = words
            .iter()
            .enumerate()
            .all(|(k, word)| tokens.get(from + k).is_some_and(|t| !t.quoted && t.norm == *word));
        fits.then_some(words.len())
    };
    if let Some(len) = TIES.iter().filter_map(|words| phrase(i, words)).max() {
        spans.push(Span::new(i, len, 0, Kind::Verb));
    }
    if let Some(len) = ["how does", "how do", "how did"].iter().find_map(|words| phrase(i, words)) {
        spans.push(Span::new(i, len, 0, Kind::Shape(Shape::List)));
    }
    if let Some(len) =
        ["combinations of", "combination of", "pairs of", "pair of"].iter().find_map(|words| phrase(i, words))
    {
        spans.push(Span::new(i, len, 0, Kind::Shape(Shape::Filler)));
    }
    let into = usize::from(tokens[i].is(&["in"]));
    let after_number = i > 0 && tokens[i - 1].number.is_some();
    if (into == 1 || after_number)
        && let Some(len) = UNITS.iter().filter_map(|words| phrase(i + into, words)).max()
    {
        spans.push(Span::new(i, into + len, 0, Kind::Shape(Shape::Filler)));
    }
}

/// Whether a token names a column.
fn is_column(tokens: &[Token], i: usize, lexicon: &Lexicon) -> bool {
    lexicon.nouns().at(tokens, i).iter().any(|spoken| matches!(spoken.named, Named::Column(..)))
}

/// "1pm", "13:00".
pub(super) fn clock(word: &str) -> Option<String> {
    let (digits, half) = match (word.strip_suffix("pm"), word.strip_suffix("am")) {
        (Some(digits), _) => (digits, Some(true)),
        (_, Some(digits)) => (digits, Some(false)),
        _ => (word, None),
    };
    let (hour, minute) = match digits.split_once(':') {
        Some((hour, minute)) => (hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?),
        None if half.is_some() => (digits.parse::<u8>().ok()?, 0),
        None => return None,
    };
    let hour = match half {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}:00"))
}
