//! Numbers of columns whose values are numbers or ranges of them: "household size 5+", "3 or more kids", "aged 25 to 34".

use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::plan::{Comparison, Field};

/// The numbers that are wanted, both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Wanted {
    low: f64,
    high: f64,
}

impl Reading<'_> {
    /// Conditions on such columns, wherever they stand.
    pub(super) fn bands(&mut self) {
        for i in 0..self.len() {
            let Some(field) = self.banded(i).filter(|_| !self.used[i]) else { continue };
            let years = self.before(i).is_some_and(|k| self.years(k));
            let said = if years { self.before(i).and_then(|k| self.before(k)) } else { self.before(i) };
            if said.is_some_and(|k| {
                self.targets(k).iter().any(|t| matches!(t, Target::Values { field: other, .. } if *other == field))
            }) {
                self.take(i);
                self.take_all(&self.before(i).filter(|_| years).into_iter().collect::<Vec<_>>());
                continue;
            }
            let Some((wanted, mut items)) = self.wanted_after(i).or_else(|| self.wanted_before(i)) else { continue };
            let Some(values) = self.values_in(&field, wanted) else { continue };
            items.push(i);
            self.take_all(&items);
            self.said.push(Reading::one_of(&field, &values, false));
        }
    }

    /// The column of ranges that an item names; "aged" and "years old" name that of ages.
    fn banded(&self, i: usize) -> Option<Field> {
        let named = self.targets(i).iter().find_map(|t| match t {
            Target::Dimension(field) => Some(field.clone()),
            _ => None,
        });
        let age = || {
            let said = matches!(self.text(i), "aged" | "old" | "olds" | "year-olds");
            let column = said.then(|| self.lexicon.column("age")).flatten()?;
            column.into_iter().find_map(|t| match t {
                Target::Dimension(field) => Some(field),
                _ => None,
            })
        };
        let field = named.or_else(age)?;
        let dimension = self.table(&field.table)?.dimensions.iter().find(|d| d.name == field.name)?;
        let ranges = dimension.sample_values.iter().filter(|value| range_of(value).is_some()).count();
        (dimension.is_enum && ranges >= 3).then_some(field)
    }

    /// "size 5+", "age between 25 and 34", "kids: at least 2".
    fn wanted_after(&self, i: usize) -> Option<(Wanted, Vec<usize>)> {
        let skip = [Shape::Of, Shape::In, Shape::With, Shape::That];
        let k = self.next_but(i, &skip)?;
        if k > i + 3 {
            return None;
        }
        self.wanted(k)
    }

    /// "3 or more kids", "between 25 and 34 years old".
    fn wanted_before(&self, i: usize) -> Option<(Wanted, Vec<usize>)> {
        (i.saturating_sub(7)..i).find_map(|k| {
            let (wanted, items) = self.wanted(k)?;
            let last = *items.iter().max()?;
            let quiet = (last + 1..i).all(|j| self.is(j, Shape::Filler) || self.text(j) == "-" || self.years(j));
            let mut items = items;
            items.extend((last + 1..i).filter(|&j| self.years(j)));
            quiet.then_some((wanted, items))
        })
    }

    fn years(&self, j: usize) -> bool {
        matches!(self.text(j), "year" | "years")
    }

    /// The numbers from an item on.
    fn wanted(&self, k: usize) -> Option<(Wanted, Vec<usize>)> {
        let text = self.text(k);
        if let Some((low, high)) = range_of(text).filter(|_| text.starts_with(|c: char| c.is_ascii_digit())) {
            let plain = self.items[k].number().is_some() && (high - low).abs() < f64::EPSILON;
            if !plain {
                return Some((Wanted { low, high }, vec![k]));
            }
        }
        let is = match self.shape(k) {
            Some(Shape::MoreThan) => Some(Comparison::Greater),
            Some(Shape::AtLeast | Shape::Between) => Some(Comparison::AtLeast),
            Some(Shape::LessThan) => Some(Comparison::Less),
            Some(Shape::AtMost) => Some(Comparison::AtMost),
            Some(Shape::Exactly | Shape::Only | Shape::From) => Some(Comparison::Equal),
            _ => None,
        };
        let at = if is.is_some() { self.next(k)? } else { k };
        let number = self.items.get(at)?.number().filter(|n| !n.ordinal && !n.year)?.value;
        let mut items = vec![k, at];
        let joint = self.next(at).filter(|&a| self.is_any(a, &[Shape::And, Shape::To]) || self.text(a) == "-");
        if let Some(and) = joint
            && let Some(high) = self.next(and).and_then(|to| Some((to, self.items[to].number()?)))
            && (self.is(k, Shape::Between) || !self.is(and, Shape::And))
        {
            items.extend([and, high.0]);
            return Some((Wanted { low: number, high: high.1.value }, items));
        }
        let more = self.next(at).filter(|&a| self.is_any(a, &[Shape::OrMore, Shape::OrLess]));
        items.extend(more);
        let is = match more.map(|a| self.is(a, Shape::OrMore)) {
            Some(true) => Comparison::AtLeast,
            Some(false) => Comparison::AtMost,
            None => is.unwrap_or(Comparison::Equal),
        };
        let wanted = match is {
            Comparison::Greater => Wanted { low: number + 1.0, high: f64::INFINITY },
            Comparison::AtLeast => Wanted { low: number, high: f64::INFINITY },
            Comparison::Less => Wanted { low: 0.0, high: number - 1.0 },
            Comparison::AtMost => Wanted { low: 0.0, high: number },
            _ => Wanted { low: number, high: number },
        };
        Some((wanted, items))
    }

    /// The values inside of what is wanted; none where one of them is only in part.
    fn values_in(&self, field: &Field, wanted: Wanted) -> Option<Vec<String>> {
        let dimension = self.table(&field.table)?.dimensions.iter().find(|d| d.name == field.name)?;
        let mut out = Vec::new();
        for value in &dimension.sample_values {
            let Some((low, high)) = range_of(value) else { continue };
            // "over 45" where a range begins with 45.
            let edge = high > low && wanted.high.is_infinite() && (wanted.low - 1.0 - low).abs() < f64::EPSILON;
            if low >= wanted.low && high <= wanted.high || edge {
                out.push(value.clone());
            } else if high >= wanted.low && low <= wanted.high {
                return None;
            }
        }
        (!out.is_empty()).then_some(out)
    }

    /// "19-24s", "households of size 2": values said as nouns, or with a part of their column's name.
    pub(super) fn banded_values(&mut self) {
        for i in 0..self.len() {
            let text = self.text(i).to_owned();
            let plural = matches!(self.items[i].kind, Kind::Unknown)
                .then(|| text.strip_suffix('s'))
                .flatten()
                .filter(|bare| bare.ends_with(|c: char| c.is_ascii_digit() || c == '+'));
            if let Some(bare) = plural {
                let found = self.lexicon.whole_values(&crate::ask::words::lemmas(bare).join(" "));
                let targets: Vec<Target> =
                    found.into_iter().map(|(field, values)| Target::Values { field, values }).collect();
                if !targets.is_empty() {
                    self.items[i].kind = Kind::Link(targets);
                }
                continue;
            }
            let Some((word, number)) = text.split_once(' ').filter(|_| self.is_value(i)) else { continue };
            let Some((low, high)) = range_of(number) else { continue };
            let owner = self
                .before_but(i, &[Shape::Of, Shape::With, Shape::In])
                .and_then(|k| self.entity(k))
                .and_then(|e| self.entity_table(&e));
            let Some(table) = owner else { continue };
            let column = table.dimensions.iter().find(|d| d.is_enum && d.name.ends_with(&format!("_{word}")));
            let Some(field) = column.map(|d| Field::new(&table.name, &d.name)) else { continue };
            if let Some(values) = self.values_in(&field, Wanted { low, high }) {
                self.items[i].kind = Kind::Link(vec![Target::Values { field, values }]);
            }
        }
    }
}

/// The numbers that a value stands for: `5+`, `19-24`, `Under 15K`, `2`.
fn range_of(value: &str) -> Option<(f64, f64)> {
    let text = value.trim().to_lowercase();
    let thousands = text.trim_end_matches('+').ends_with('k');
    let scale = if thousands { 1000.0 } else { 1.0 };
    let number = |part: &str| part.trim().trim_end_matches(['+', 'k']).parse::<f64>().ok();
    let top = |high: f64| if thousands { (high + 1.0) * scale - 1.0 } else { high };
    if let Some(rest) = text.strip_prefix("under ") {
        return Some((0.0, number(rest)? * scale - 1.0));
    }
    if text.ends_with('+') {
        return Some((number(&text)? * scale, f64::INFINITY));
    }
    if let Some((low, high)) = text.split_once('-') {
        return Some((number(low)? * scale, top(number(high)?)));
    }
    let alone = number(&text)?;
    Some((alone * scale, top(alone)))
}

#[cfg(test)]
mod tests {
    use super::range_of;

    #[test]
    fn values_stand_for_numbers() {
        assert_eq!(range_of("5+"), Some((5.0, f64::INFINITY)));
        assert_eq!(range_of("19-24"), Some((19.0, 24.0)));
        assert_eq!(range_of("Under 15K"), Some((0.0, 14_999.0)));
        assert_eq!(range_of("100-124K"), Some((100_000.0, 124_999.0)));
        assert_eq!(range_of("2"), Some((2.0, 2.0)));
        assert_eq!(range_of("Unknown"), None);
    }
}
