//! Periods between two expressions: "from March to June", "since 2016", "before 5 May", "Q1 through Q3 2017".

use super::atom::{Atom, Reader, Said};
use super::calendar::{Calendar, Part, Period, moved};
use super::edge::Edge;
use crate::ask::words::Token;
use crate::plan::Grain;
use jiff::Span;

/// What a question says about time at one place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum When {
    /// A period.
    Period(Period),
    /// From the beginning of one to the end of another.
    Range(Period, Period),
    /// Two that are set against each other: the weeks before and after a day.
    Sides(Period, Period),
    /// A recurring part.
    Part(Part),
    /// All the time there is.
    Always,
}

/// The longest expression of time that begins at token `i`: how many tokens, and what it says.
pub(crate) fn parse(tokens: &[Token], i: usize, calendar: Calendar) -> Option<(usize, When)> {
    let reader = Reader { tokens, calendar };
    sides(&reader, i)
        .or_else(|| between(&reader, i))
        .or_else(|| open(&reader, i))
        .or_else(|| through(&reader, i))
        .or_else(|| plain(&reader, i))
}

/// "in the 10 days before and after Thanksgiving".
fn sides(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    let mut at = i + usize::from(reader.is(i, &["in", "during", "for", "over", "within"]));
    at += usize::from(reader.is(at, &["the"]));
    let (len, before, after) = reader.both_sides(at)?;
    Some((at + len - i, When::Sides(before, after)))
}

fn plain(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    let preposition =
        usize::from(reader.is(i, &["in", "during", "for", "over", "on", "within", "at", "throughout", "across", "of"]));
    let lead = if preposition == 0 { 0 } else { whole(reader, i + 1) };
    let atom = reader.atom(i + preposition + lead)?;
    let mut len = preposition + lead + atom.len;
    if atom.said != Said::Always {
        len += reader.any(i + len, &["so far", "up to now", "until now", "to date"]).unwrap_or(0);
    }
    Some((len, said(atom.said)))
}

/// "the whole of", "all of", "the entire", "both": words before a period that change nothing.
fn whole(reader: &Reader<'_>, i: usize) -> usize {
    let phrases = [
        "the whole of",
        "whole of",
        "all of",
        "the whole",
        "the entire",
        "the full",
        "the complete",
        "the entirety of",
        "the course of",
        "the months of",
        "the weeks of",
        "the month of",
        "the period of",
        "the period",
        "the year",
        "calendar year",
        "full year",
        "full - year",
        "all",
        "both",
        "the full year",
        "the whole year",
    ];
    let len = reader.any(i, &phrases).unwrap_or(0);
    let alone = reader.is(i, &["all", "both"]) && reader.is(i + 1, &["time", "years", "periods"]);
    // "the whole week" is said of the week.
    let own = len > 0 && reader.atom(i).is_some_and(|atom| atom.len >= len);
    if alone || own { 0 } else { len }
}

fn said(said: Said) -> When {
    match said {
        Said::Period { period, .. } => When::Period(period),
        Said::Part(part) => When::Part(part),
        Said::Always => When::Always,
    }
}

/// "between A and B", "from A to B", "A to B", "A through B".
fn between(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    let explicit = if reader.is(i, &["between"]) {
        1
    } else if reader.is(i, &["from"]) {
        2
    } else {
        0
    };
    // "the ratio of December to November" is no stretch.
    let back = |k: usize| i.checked_sub(k).map_or("", |at| reader.word(at));
    if back(1) == "ratio" || back(2) == "ratio" {
        return None;
    }
    let lead = usize::from(explicit > 0 || reader.is(i, &["in", "during", "for", "over"]));
    let first = point(reader, i + lead).or_else(|| reader.atom(i + lead)).or_else(|| reader.elided_first(i + lead))?;
    let a = first.said_period()?;
    let j = i + lead + first.len;
    let comma = usize::from(reader.is(j, &[","]));
    let up = usize::from(reader.is(j + comma, &["up"]));
    let joiner = if explicit == 1 {
        usize::from(reader.is(j, &["and", "to", "-"]))
    } else if reader.is(j + comma + up, &["to", "through", "until", "till", "thru", "-"]) {
        1 + comma + up
    } else {
        0
    };
    if joiner == 0 {
        return None;
    }
    let to_and = usize::from(reader.phrase(j + joiner, "and including").is_some()) * 2;
    let at = j + joiner + to_and;
    let today = reader.is(at, &["now", "today", "date", "present"]);
    let (len, b, b_dated) = if today {
        let today = reader.calendar.today;
        (1, Period::new(today, today, Some(Grain::Day)), false)
    } else {
        let second = point(reader, at).or_else(|| reader.atom(at)).or_else(|| reader.elided_second(at, &a))?;
        let is_dated = matches!(second.said, Said::Period { dated: true, .. });
        (second.len, second.said_period()?, is_dated)
    };
    let a_dated = matches!(first.said, Said::Period { dated: true, .. });
    let (mut a, mut b) = (a, b);
    if b_dated && !a_dated {
        a = in_year(reader.calendar, a, b)?;
    }
    if a_dated && !b_dated && !today {
        b = after(reader.calendar, b, a)?;
    }
    if a.start? > b.end? && !a_dated && !b_dated && a.grain == Some(Grain::Month) && b.grain == Some(Grain::Month) {
        let (first, last) = (a.start?.month(), b.start?.month());
        let months = (0..12)
            .map(|k| (first - 1 + k) % 12 + 1)
            .take(usize::try_from((last - first).rem_euclid(12) + 1).ok()?)
            .collect();
        return Some((at + len - i, When::Part(Part::Months(months))));
    }
    if a.start? > b.end? && !a_dated {
        a = reader.calendar.year_before(&a)?;
    }
    if b.end? < a.start? && a_dated && b_dated {
        return Some((at + len - i, When::Range(b, a)));
    }
    (a.start? <= b.end?).then_some((at + len - i, When::Range(a, b)))
}

/// A day at an end of a period as an end of a range: "from the end of March", "to mid June".
fn point(reader: &Reader<'_>, i: usize) -> Option<Atom> {
    if let Some((edge, period, len)) = reader.edge(i) {
        let day = if edge == Edge::Start { period.start? } else { period.end? };
        let said = Said::Period { period: Period::new(day, day, Some(Grain::Day)), dated: true };
        return Some(Atom { len, said });
    }
    let middle = reader.is(i, &["mid"]);
    let atom = reader.third(i).filter(|_| middle)?;
    let period = atom.said_period()?;
    let month = period.start?.first_of_month() == period.end?.first_of_month() && period.grain.is_none();
    let day = moved(period.start?.first_of_month(), Span::new().days(14));
    let said = Said::Period { period: Period::new(day, day, Some(Grain::Day)), dated: true };
    month.then_some(Atom { said, ..atom })
}

/// A period without a year, in the year of another that ends it.
fn in_year(calendar: Calendar, a: Period, b: Period) -> Option<Period> {
    let years = i64::from(b.start?.year()) - i64::from(a.start?.year());
    let moved = shift_years(calendar, a, years)?;
    if moved.start? > b.end? { shift_years(calendar, moved, -1) } else { Some(moved) }
}

fn after(calendar: Calendar, b: Period, a: Period) -> Option<Period> {
    let years = i64::from(a.start?.year()) - i64::from(b.start?.year());
    let moved = shift_years(calendar, b, years)?;
    if moved.end? < a.start? { shift_years(calendar, moved, 1) } else { Some(moved) }
}

fn shift_years(calendar: Calendar, period: Period, years: i64) -> Option<Period> {
    let start = calendar.shift(period.start?, Grain::Year, years);
    Some(match period.grain {
        Some(grain) => calendar.holding(start, grain),
        None => Period::new(start, calendar.shift(period.end?, Grain::Year, years), None),
    })
}

/// "since A", "after A", "before A", "until A", "from A on", "as of A".
fn open(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    let one = Span::new().days(1);
    let (lead, kind) = [
        ("on or after", 's'),
        ("since", 's'),
        ("starting from", 's'),
        ("starting in", 's'),
        ("starting", 's'),
        ("ever since", 's'),
        ("beginning in", 's'),
        ("after", 'a'),
        ("later than", 'a'),
        ("on or before", 'u'),
        ("up to and including", 'u'),
        ("up until", 'u'),
        ("until", 'u'),
        ("till", 'u'),
        ("up to", 'u'),
        ("no later than", 'u'),
        ("before", 'b'),
        ("prior to", 'b'),
        ("earlier than", 'b'),
        ("as of", 'p'),
        ("as at", 'p'),
        ("by", 'p'),
        ("as from", 's'),
        ("from", 'f'),
    ]
    .iter()
    .find_map(|(words, kind)| reader.phrase(i, words).map(|len| (len, *kind)))?;
    let edge = reader.edge(i + lead);
    if edge.is_none() && kind == 'p' {
        return None;
    }
    let (period, width) = if let Some((edge, period, width)) = edge {
        (at_edge(edge, period, kind)?, width)
    } else {
        let atom = reader.atom(i + lead)?;
        (atom.said_period()?, atom.len)
    };
    let mut len = lead + width;
    let on = reader
        .phrase(i + len, "onwards")
        .or_else(|| reader.phrase(i + len, "onward"))
        .or_else(|| reader.phrase(i + len, "on"))
        .or_else(|| reader.phrase(i + len, "and later"))
        .unwrap_or(0);
    let period = match kind {
        's' => Period { start: period.start, end: None, grain: None },
        'f' if edge.is_some() => Period { start: period.start, end: None, grain: None },
        'a' => Period { start: Some(moved(period.end?, one)), end: None, grain: None },
        'b' => Period { start: None, end: Some(moved(period.start?, Span::new().days(-1))), grain: None },
        'u' | 'p' => Period { start: None, end: period.end, grain: None },
        _ if on > 0 => Period { start: period.start, end: None, grain: None },
        _ => period,
    };
    if kind == 'f' {
        len += on;
    }
    Some((len, When::Period(period)))
}

/// The day at an end of a period: "since the end of September" begins with October, "until the end of" ends with it.
fn at_edge(edge: Edge, period: Period, kind: char) -> Option<Period> {
    let day = match edge {
        Edge::Start => period.start?,
        Edge::End if matches!(kind, 's' | 'f') => moved(period.end?, Span::new().days(1)),
        Edge::End => period.end?,
    };
    Some(Period::new(day, day, Some(Grain::Day)))
}

/// "through 2017" and "all through July": the whole of it.
fn through(reader: &Reader<'_>, i: usize) -> Option<(usize, When)> {
    let lead = [
        "all through",
        "through",
        "over the course of",
        "in the course of",
        "over the months of",
        "over the weeks of",
        "in the months of",
        "in the month of",
        "in the year",
        "for the year",
        "for the month of",
        "for the whole of",
        "in all of",
        "as of",
        "during the year",
        "in the middle of",
        "over all of",
        "for all of",
        "in calendar year",
    ]
    .iter()
    .filter_map(|words| reader.phrase(i, words))
    .max()?;
    let the = usize::from(reader.is(i + lead, &["the"]));
    let atom: Atom = reader.atom(i + lead + the)?;
    Some((lead + the + atom.len, said(atom.said)))
}
