//! Texts within names, and values that are missing: "whose first name starts with Z", "with CHOCOLATE in their name",
//! "products without a list price".

use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::plan::{Field, Filter, TextMatch, Value};

/// Words at which a text that is looked for ends.
const ENDS: [&str; 22] = [
    "and", "or", "by", "in", "for", "from", "with", "that", "which", "who", "how", "per", "sorted", "ordered", "but",
    "of", "did", "do", "does", "are", "is", "were",
];

impl Reading<'_> {
    /// Conditions on the columns of things, wherever they stand.
    pub(super) fn own_conditions(&mut self) {
        self.banded_values();
        self.bands();
        self.texts();
    }

    /// Conditions on names and on what is missing.
    fn texts(&mut self) {
        for i in 0..self.len() {
            if self.used[i] {
                continue;
            }
            if let Some((filter, items)) =
                self.text_at(i).or_else(|| self.within_name(i)).or_else(|| self.missing_at(i))
            {
                self.take_all(&items);
                self.said.push(filter);
            }
        }
    }

    /// "name starts with X", "contain the word X".
    fn text_at(&self, i: usize) -> Option<(Filter, Vec<usize>)> {
        let matches = match self.shape(i)? {
            Shape::StartsWith => TextMatch::StartsWith,
            Shape::EndsWith => TextMatch::EndsWith,
            Shape::Contains => TextMatch::Contains,
            Shape::With if self.text(i) == "containing" => TextMatch::Contains,
            _ => return None,
        };
        let after = self.items.get(i + 1)?;
        let said = ["word", "words", "letter", "letters", "text", "string"];
        let worded = said.iter().any(|word| self.text(i).split(' ').any(|part| part == *word))
            || said.contains(&self.next_text(i));
        let quoted = self.tokens.get(after.at).is_some_and(|t| t.quoted);
        let skip = [Shape::With, Shape::That, Shape::Who, Shape::List, Shape::Which, Shape::In, Shape::Of];
        let mut before = self.before_but(i, &skip)?;
        while self.is_value(before) && self.noun(before).is_none() {
            before = self.before_but(before, &skip)?;
        }
        let column = self.dimension(before).filter(|_| self.entity(before).is_none());
        let named = (before..i).any(|k| matches!(self.text(k), "name" | "names" | "title" | "titles"))
            || self.text(i).contains("name");
        if matches == TextMatch::Contains && !(worded || quoted || column.is_some() || named) {
            return None;
        }
        let calendar = matches!(after.kind, Kind::Time(_) | Kind::Grain(_))
            || self.next(i).is_some_and(|k| self.is_any(k, &[Shape::Most, Shape::Least]));
        if calendar && !quoted {
            return None;
        }
        let (text, mut items) = self.text_after(i)?;
        items.push(i);
        if let Some(field) = column {
            let alone = before.checked_sub(1).is_some_and(|k| self.is(k, Shape::With) || self.is(k, Shape::That));
            let owner = self.before_but(before, &skip).is_some_and(|k| {
                let table = self.entity(k).and_then(|e| self.entity_table(&e)).map(|t| t.name.clone());
                table.as_deref() == Some(field.table.as_str())
            });
            if alone || owner {
                items.push(before);
            }
            return Some((text_filter(field, matches, text), items));
        }
        Some((self.name_filter(before, matches, text)?, items))
    }

    /// "with CHOCOLATE in the name".
    fn within_name(&self, i: usize) -> Option<(Filter, Vec<usize>)> {
        let name = matches!(self.text(i), "name" | "names" | "title" | "titles");
        let column = self.dimension(i).filter(|field| field.name.ends_with("name"));
        if !name && column.is_none() {
            return None;
        }
        let preposition = self.before_but(i, &[Shape::That])?;
        if !self.is(preposition, Shape::In) {
            return None;
        }
        let mut from = preposition;
        let with = loop {
            from = from.checked_sub(1)?;
            if self.is_any(from, &[Shape::With, Shape::Contains, Shape::That, Shape::Also])
                || matches!(self.text(from), "have" | "has" | "had" | "having")
            {
                break from;
            }
            if preposition - from > 4 || self.is(from, Shape::Mark) {
                return None;
            }
        };
        let mut first = with + 1;
        while matches!(self.text(first), "the" | "word" | "a" | "an" | "text" | "have" | "has") {
            first += 1;
        }
        if first >= preposition {
            return None;
        }
        let text = self.raw(first, preposition)?;
        let items: Vec<usize> = (with..=i).collect();
        if let Some(field) = column {
            return Some((text_filter(field, TextMatch::Contains, text), items));
        }
        let thing = (0..with).rev().find(|&k| self.noun(k).is_some())?;
        Some((self.name_filter(thing, TextMatch::Contains, text)?, items))
    }

    /// The names of a thing; a person's begins with the first and ends with the last.
    fn name_filter(&self, thing: usize, matches: TextMatch, text: String) -> Option<Filter> {
        match self.noun(thing)? {
            Noun::Column(field) => Some(text_filter(field, matches, text)),
            Noun::Entity(entity) => {
                let found = self.model.entity(&entity)?;
                let names: Vec<Field> = found
                    .entity
                    .labels
                    .iter()
                    .filter(|label| label.ends_with("name"))
                    .map(|label| Field::new(&found.table.name, label))
                    .collect();
                let (first, last) = (names.first()?.clone(), names.last()?.clone());
                Some(match (matches, names.len()) {
                    (_, 1) | (TextMatch::StartsWith, _) => text_filter(first, matches, text),
                    (TextMatch::EndsWith, _) => text_filter(last, matches, text),
                    _ => Filter::Any {
                        of: names.into_iter().map(|field| text_filter(field, matches, text.clone())).collect(),
                    },
                })
            }
            _ => None,
        }
    }

    fn next_text(&self, i: usize) -> &str {
        let mut k = i + 1;
        while matches!(self.text(k), "the" | "a" | "an") {
            k += 1;
        }
        self.text(k)
    }

    /// The text after an item, as typed.
    fn text_after(&self, i: usize) -> Option<(String, Vec<usize>)> {
        let mut first = i + 1;
        let skip = ["the", "word", "words", "letter", "letters", "text", "string", ":", "an"];
        while first + 1 < self.len() && skip.contains(&self.text(first)) {
            first += 1;
        }
        let quoted = self.tokens.get(self.items.get(first)?.at).is_some_and(|t| t.quoted);
        let mut end = first + 1;
        while !quoted
            && end < self.len()
            && !ENDS.contains(&self.text(end).split(' ').next().unwrap_or_default())
            && !self.mark_between(end)
        {
            end += 1;
        }
        let text = self.raw(first, end)?;
        Some((text, (i + 1..end).collect()))
    }

    fn mark_between(&self, i: usize) -> bool {
        self.is(i, Shape::Mark) && !matches!(self.text(i), "-" | "/" | "&" | "'")
    }

    /// Items as they were typed.
    fn raw(&self, from: usize, to: usize) -> Option<String> {
        let last = self.items.get(to.checked_sub(1)?)?;
        let tokens = self.tokens.get(self.items.get(from)?.at..last.at + last.len)?;
        let text = tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        let text = text.trim_matches(|c: char| c == '\'' || c == '"').to_owned();
        text.contains(char::is_alphanumeric).then_some(text)
    }

    /// "no list price", "missing prices", "we do not know the income", "have a list price".
    fn missing_at(&self, i: usize) -> Option<(Filter, Vec<usize>)> {
        let field = self.fact(i).or_else(|| self.dimension(i)).or_else(|| {
            self.targets(i).iter().find_map(|t| match t {
                Target::Time(field) => Some(field.clone()),
                _ => None,
            })
        })?;
        let table = self.table(&field.table)?;
        if self.is_value(i) || table.extension.role != crate::semantic::TableRole::Entity {
            return None;
        }
        let lacks = |k: usize| {
            self.is(k, Shape::Missing)
                || matches!(
                    self.text(k),
                    "missing" | "lack" | "lacks" | "lacking" | "unknown" | "undisclosed" | "unavailable" | "absent"
                )
        };
        let skip = [Shape::With, Shape::That, Shape::Of, Shape::Ever];
        let before = self.before_but(i, &skip);
        let after = self.next_but(i, &skip);
        if let Some(k) = [before, after].into_iter().flatten().find(|&k| lacks(k)) {
            return Some((self.unknown_filter(&field, false)?, vec![i, k]));
        }
        let before = before?;
        let told = ["know", "tell", "told", "disclose", "disclosed", "state", "stated", "give", "given", "gave", "say"];
        let known = self.is(before, Shape::Known);
        let verb = (before + 1..i).any(|k| told.contains(&self.text(k))) || known || told.contains(&self.text(before));
        let said = known || told.contains(&self.text(before));
        let negation = if said { self.before_but(before, &skip)? } else { before };
        let denies = self.is_any(negation, &[Shape::Not, Shape::Except, Shape::Never]);
        let direct = matches!(self.text(negation), "no" | "without" | "not have" | "without any");
        let has = (negation + 1..i).any(|k| matches!(self.text(k), "have" | "has" | "had"));
        if denies && (verb || direct || has) {
            return Some((self.unknown_filter(&field, false)?, vec![i, negation, before]));
        }
        let price = self.fact(i).is_some() && after.is_none_or(|k| self.is(k, Shape::Known));
        let thing = self.entity(before).is_some_and(|e| self.entity_table(&e).is_some_and(|t| t.name == field.table));
        let possessed =
            thing && (before + 1..i).any(|k| matches!(self.text(k), "have" | "has") || self.is(k, Shape::With));
        let counted = self
            .before_but(before, &[Shape::Of, Shape::Total])
            .is_some_and(|k| self.is_any(k, &[Shape::HowMany, Shape::Number]));
        (price && possessed && counted).then(|| Some((self.unknown_filter(&field, true)?, vec![i])))?
    }

    /// Missing, or one of the values that say so.
    fn unknown_filter(&self, field: &Field, negated: bool) -> Option<Filter> {
        let table = self.table(&field.table)?;
        let dimension = table.dimensions.iter().find(|d| d.name == field.name);
        Some(match dimension.map(|d| &d.extension.unknown_values).filter(|values| !values.is_empty()) {
            Some(values) => Reading::one_of(field, values, negated),
            None => Filter::Null { value: Value::Field { field: field.clone() }, negated },
        })
    }
}

fn text_filter(field: Field, matches: TextMatch, text: String) -> Filter {
    Filter::Text { value: Value::Field { field }, matches, text, negated: false }
}
