//! Comparisons: "more than 3", "at least 100 square kilometers", "between 5 and 10", "starts with".

use super::cursor::{Cursor, Look, Reads};
use super::filter::of;
use super::schema::Kind;
use super::vocabulary::{PEOPLE, UNITS};
use crate::plan::{Comparison, Field, Filter, Literal, TextMatch, Value};

/// A comparison with a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bound {
    pub(super) is: Comparison,
    pub(super) value: f64,
    /// The other end of a range.
    pub(super) upper: Option<f64>,
}

pub(super) const WORDS: &[(&str, Comparison)] = &[
    ("more than or equal to", Comparison::AtLeast),
    ("greater than or equal to", Comparison::AtLeast),
    ("less than or equal to", Comparison::AtMost),
    ("no less than", Comparison::AtLeast),
    ("no fewer than", Comparison::AtLeast),
    ("not less than", Comparison::AtLeast),
    ("no more than", Comparison::AtMost),
    ("not more than", Comparison::AtMost),
    ("at least", Comparison::AtLeast),
    ("at most", Comparison::AtMost),
    ("more than", Comparison::Greater),
    ("greater than", Comparison::Greater),
    ("higher than", Comparison::Greater),
    ("larger than", Comparison::Greater),
    ("bigger than", Comparison::Greater),
    ("longer than", Comparison::Greater),
    ("older than", Comparison::Greater),
    ("less than", Comparison::Less),
    ("fewer than", Comparison::Less),
    ("lower than", Comparison::Less),
    ("smaller than", Comparison::Less),
    ("shorter than", Comparison::Less),
    ("younger than", Comparison::Less),
    ("up to", Comparison::AtMost),
    ("exactly", Comparison::Equal),
    ("equal to", Comparison::Equal),
    ("equals", Comparison::Equal),
    ("exceeding", Comparison::Greater),
    ("exceeds", Comparison::Greater),
    ("over", Comparison::Greater),
    ("above", Comparison::Greater),
    ("under", Comparison::Less),
    ("below", Comparison::Less),
    ("of at least", Comparison::AtLeast),
    ("of at most", Comparison::AtMost),
    ("of more than", Comparison::Greater),
    ("of less than", Comparison::Less),
    ("of over", Comparison::Greater),
    ("of under", Comparison::Less),
    ("of exactly", Comparison::Equal),
];

impl Cursor<'_> {
    /// A comparison with a number, when one stands here; units behind it are read too.
    pub(super) fn bound(&mut self) -> Option<Bound> {
        self.tried(Self::bound_here)
    }

    /// A bound in what a number is kept in: 200 where "200 million" was said of millions.
    pub(super) fn scaled(&self, field: &Field, bound: Bound) -> Bound {
        let factor = self.said.scales.iter().find(|(known, _)| known == field).map(|(_, factor)| *factor);
        match factor.filter(|factor| bound.value.abs() >= *factor) {
            Some(factor) => {
                Bound { value: bound.value / factor, upper: bound.upper.map(|upper| upper / factor), ..bound }
            }
            None => bound,
        }
    }

    fn bound_here(&mut self) -> Option<Bound> {
        if self.eat("between") {
            let value = self.number()?;
            let upper = if self.eat_any(&["and", "to"]) { self.number() } else { None };
            self.units();
            return upper.map(|upper| Bound { is: Comparison::AtLeast, value, upper: Some(upper) });
        }
        for (words, is) in WORDS {
            if self.eat(words) {
                let value = self.number()?;
                self.units();
                return Some(Bound { is: *is, value, upper: None });
            }
        }
        for (marks, is) in [
            (">=", Comparison::AtLeast),
            ("<=", Comparison::AtMost),
            (">", Comparison::Greater),
            ("<", Comparison::Less),
            ("=", Comparison::Equal),
        ] {
            let spaced: Vec<String> = marks.chars().map(String::from).collect();
            if self.eat(&spaced.join(" ")) {
                let value = self.number()?;
                self.units();
                return Some(Bound { is, value, upper: None });
            }
        }
        self.eat("of");
        let value = self.number()?;
        self.units();
        let is =
            if self.eat_any(&["or more", "or higher", "or greater", "or above", "and above", "or older", "or later"]) {
                Comparison::AtLeast
            } else if self.eat_any(&["or less", "or fewer", "or lower", "or below", "or under"]) {
                Comparison::AtMost
            } else {
                return None;
            };
        Some(Bound { is, value, upper: None })
    }

    /// "longer than 300 meters": the number that an adjective speaks of.
    pub(super) fn adjective_test(&mut self, table: &str) -> Option<Filter> {
        let word = self.word(0);
        let base = word.strip_suffix("er").filter(|_| self.is_at(1, &["than"]))?;
        let spelt = base.strip_suffix('i').map_or_else(|| base.to_owned(), |front| format!("{front}y"));
        // "bigger", "larger".
        let mut letters = base.chars();
        letters.next_back();
        let doubled = letters.as_str();
        let silent = format!("{base}e");
        let (columns, low) =
            [base, spelt.as_str(), doubled, silent.as_str()].into_iter().find_map(crate::ask::grammar::measured)?;
        let field = columns.iter().find_map(|name| {
            self.schema
                .of_kind(table, Kind::Number)
                .find(|field| field.name.split('_').any(|part| part == *name))
                .cloned()
        });
        let lasting = || self.lasting(None, &[table.to_owned()]).filter(|_| matches!(base, "long" | "short"));
        let field = field.or_else(lasting)?;
        let from = self.at;
        self.at += 2;
        let Some(value) = self.number() else {
            self.at = from;
            return None;
        };
        self.units();
        let is = if low { Comparison::Less } else { Comparison::Greater };
        Some(bounded(of(&field), Bound { is, value, upper: None }))
    }

    pub(super) fn number(&mut self) -> Option<f64> {
        let token = self.token(0).filter(|token| !token.quoted)?;
        let number = token.number.filter(|number| !number.ordinal)?;
        self.at += 1;
        Some(number.value)
    }

    fn units(&mut self) {
        while let Some(token) = self.token(0)
            && !PEOPLE.contains(&token.lemma.as_str())
            && !token.quoted
            && !token.mark
            && UNITS.contains(&token.lemma.as_str())
            && !matches!(self.look(), Look::Noun(_))
        {
            self.at += 1;
        }
    }

    /// Units behind the name of a number: "in meters", "in people per square kilometer".
    pub(super) fn unit_phrase(&mut self) -> bool {
        let from = self.at;
        if self.is(&["("]) {
            self.at += 1;
        }
        let preposition = self.eat("in");
        let first = self.at;
        while self.token(0).is_some_and(|t| !t.quoted && UNITS.contains(&t.lemma.as_str()))
            || self.at > first && self.is(&["per"]) && self.token(1).is_some_and(|t| UNITS.contains(&t.lemma.as_str()))
        {
            self.at += 1;
        }
        let read = self.at > first && (preposition || self.at > from);
        if self.is(&[")"]) && read {
            self.at += 1;
        }
        if !read {
            self.at = from;
        }
        read
    }

    /// A condition on a column after its name: a comparison, a text, a value.
    pub(super) fn column_test(&mut self, table: &str, field: &Field) -> Reads<Option<Filter>> {
        let from = self.at;
        if self.is(&["that", "which"]) {
            self.at += 1;
        }
        let being = self.eat_any(&["that is", "that are", "is", "are", "was", "were", "being"]);
        let negated = self.eat_any(&["not", "never"]);
        let reckoned = self.schema.reckons(field);
        if let Some(bound) = if reckoned { self.bound() } else { None } {
            let filter = bounded(of(field), self.scaled(field, bound));
            return Ok(Some(if negated { super::filter::not(filter) } else { filter }));
        }
        if let Some(matches) = self.text_match() {
            self.eat_any(&["the letter", "letter", "the word", "the text", "the string", "the prefix"]);
            let Some(token) = self.token(0).filter(|token| !token.mark || token.quoted) else { return self.stuck() };
            let text = token.text.clone();
            self.at += 1;
            let filter = Filter::Text { value: of(field), matches, text, negated };
            return Ok(Some(filter));
        }
        if being || negated || self.eat_any(&["of", "as", "named", "called", "=", ":"]) {
            if self.eat_any(&["null", "missing", "empty", "unknown"]) {
                return Ok(Some(Filter::Null { value: of(field), negated }));
            }
            self.articles();
        }
        if let Some(values) =
            self.values().filter(|values| values.quoted.is_some() || values.found.iter().any(|(f, _)| f == field))
        {
            self.at += values.len;
            let mut made = vec![self.value_filter(table, &values, std::slice::from_ref(field))?];
            while let Some(filter) = self.or_value(table, field)? {
                made.push(filter);
            }
            let filter = if made.len() > 1 { Filter::Any { of: made } } else { made.remove(0) };
            return Ok(Some(if negated { super::filter::not(filter) } else { filter }));
        }
        let of_number = self.at > from && self.tokens[self.at - 1].is(&["of"]);
        if (being || of_number)
            && reckoned
            && let Some(value) = self.number()
        {
            self.units();
            let filter = bounded(of(field), Bound { is: Comparison::Equal, value, upper: None });
            return Ok(Some(if negated { super::filter::not(filter) } else { filter }));
        }
        if let Some(filter) = self.numbered(field) {
            return Ok(Some(if negated { super::filter::not(filter) } else { filter }));
        }
        self.at = from;
        Ok(None)
    }

    /// "seasons 1 or 2", "level 3": a grade, a round, a season by its number.
    fn numbered(&mut self, field: &Field) -> Option<Filter> {
        if self.schema.kind(field) != Kind::Number || !super::request::graded(field) {
            return None;
        }
        let mut values = vec![Literal::Number(self.number()?)];
        loop {
            let from = self.at;
            self.is(&[","]).then(|| self.at += 1);
            let more = self.eat_any(&["or", "and"]) || self.at > from;
            let Some(value) = self.number().filter(|_| more) else {
                self.at = from;
                return Some(Filter::OneOf { value: of(field), values, negated: false });
            };
            values.push(Literal::Number(value));
        }
    }

    /// "before 5pm": a time of day of a row, by the verb that names it.
    pub(super) fn clock(&mut self, table: &str, verb: &str) -> Option<Filter> {
        let is = match self.word(0) {
            "before" => Comparison::Less,
            "after" => Comparison::Greater,
            "at" => Comparison::Equal,
            "by" | "until" => Comparison::AtMost,
            "from" => Comparison::AtLeast,
            _ => return None,
        };
        let clock = crate::ask::phrase::clock(self.word(1))?;
        let table = self.schema.table(table)?;
        let mut found = table.dimensions.iter().filter(|dimension| {
            dimension.data_type.as_deref().is_some_and(|kind| kind.to_uppercase().starts_with("TIME"))
                && super::elapsed::speaks(&dimension.name, verb)
        });
        let only = found.next()?;
        if found.next().is_some() {
            return None;
        }
        self.at += 2;
        let left = of(&Field::new(&table.name, &only.name));
        Some(Filter::Compare { left, is, right: Value::Literal { literal: Literal::Text(clock) } })
    }

    fn or_value(&mut self, table: &str, field: &Field) -> Reads<Option<Filter>> {
        let from = self.at;
        while self.is(&[","]) {
            self.at += 1;
        }
        if self.eat("or") {
            self.articles();
            if let Some(values) =
                self.values().filter(|v| v.found.iter().any(|(f, _)| f == field) || v.quoted.is_some())
            {
                self.at += values.len;
                return self.value_filter(table, &values, std::slice::from_ref(field)).map(Some);
            }
        }
        self.at = from;
        Ok(None)
    }

    /// "starts with", "containing".
    pub(super) fn text_match(&mut self) -> Option<TextMatch> {
        if self.eat_any(&["starts with", "start with", "starting with", "begins with", "begin with", "beginning with"])
        {
            Some(TextMatch::StartsWith)
        } else if self.eat_any(&["ends with", "end with", "ending with", "ends in", "end in", "ending in"]) {
            Some(TextMatch::EndsWith)
        } else if self.eat_any(&["contains", "contain", "containing", "includes", "including", "like"]) {
            Some(TextMatch::Contains)
        } else {
            None
        }
    }
}

/// A value within a bound.
pub(super) fn bounded(value: Value, bound: Bound) -> Filter {
    match bound.upper {
        Some(upper) => {
            Filter::Between { value, from: Literal::Number(bound.value), to: Literal::Number(upper), negated: false }
        }
        None => Filter::Compare {
            left: value,
            is: bound.is,
            right: Value::Literal { literal: Literal::Number(bound.value) },
        },
    }
}
