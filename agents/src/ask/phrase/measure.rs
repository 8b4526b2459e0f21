//! Measures: counts of things, and numbers under an aggregate.

use super::draft::{Draft, Measured};
use super::node::Kind;
use crate::ask::link::{ColumnKind, Shape};
use crate::ask::refusal::Refusal;
use crate::plan::{Aggregate, Field, Filter, Measure, Quantity, Value};
use crate::semantic::Additivity;

/// Words between a measure's first word and what is measured.
const BETWEEN: &[Shape] = &[Shape::Distinct, Shape::Of, Shape::Total, Shape::Number];

impl Draft<'_> {
    /// All measures that the question names, in order.
    ///
    /// # Errors
    /// A column that several tables have.
    pub(super) fn find_measures(&mut self) -> Result<(), Refusal> {
        for i in 0..self.len() {
            if self.used[i] {
                continue;
            }
            if self.since(i)? {
                continue;
            }
            if self.counted_again(i) {
                self.take(i);
                continue;
            }
            if self.parted(i)? {
                continue;
            }
            if let Some((measured, places)) = self.measure_at(i)? {
                let again = places.iter().any(|&place| self.says_again(place));
                let last = places.iter().copied().max().unwrap_or(i);
                self.take_all(places);
                if !again && !self.measures.iter().any(|known| known.measure == measured.measure) {
                    self.measures.push(measured);
                }
                self.counted_too(i, last);
            }
        }
        Ok(())
    }

    /// "How long has it been in days since the last admitted student": from the last such day until today.
    fn since(&mut self, i: usize) -> Result<bool, Refusal> {
        let words = |k: usize, word: &str| self.tokens.get(k).is_some_and(|token| token.is(&[word]));
        let at = self.nodes[i].at;
        if !(words(at, "how") && (words(at + 1, "long") || words(at + 1, "many")) || words(at, "long")) {
            return Ok(false);
        }
        let Some(since) = (i..self.len()).find(|&k| self.text(k) == "since") else { return Ok(false) };
        let Some(column) = (since..self.len()).find(|&k| self.column_is(k, &[ColumnKind::Time])) else {
            return Ok(false);
        };
        let Some((field, _)) = self.pick(column, &[ColumnKind::Time])? else { return Ok(false) };
        let first = (since..column).any(|k| matches!(self.text(k), "first" | "earliest"));
        let last = (since..column).any(|k| matches!(self.text(k), "last" | "latest" | "recent" | "most recent"));
        let unit = (0..since).find_map(|k| match self.kind(k) {
            Kind::Grain(crate::plan::Grain::Day) => Some(crate::plan::Unit::Day),
            Kind::Grain(crate::plan::Grain::Month) => Some(crate::plan::Unit::Month),
            Kind::Grain(crate::plan::Grain::Year) => Some(crate::plan::Unit::Year),
            _ => None,
        });
        let (Some(unit), true) = (unit, first != last) else { return Ok(false) };
        let value = Value::Elapsed {
            unit,
            from: Box::new(Value::Field { field: field.clone() }),
            to: Box::new(Value::Date { date: self.today }),
        };
        // The last day is the one that lies back least.
        let function = if last { Aggregate::Min } else { Aggregate::Max };
        let measure = Measure::new(Quantity::Aggregate { function, value, within: None });
        let end = (column + 1..self.len())
            .take_while(|&k| self.nodes[k].silent() || matches!(self.kind(k), Kind::Thing(_) | Kind::Verb))
            .last()
            .unwrap_or(column);
        self.take_all(i..=end);
        self.measures.push(Measured { at: i, table: field.table, measure });
        Ok(true)
    }

    /// "show the genre and the count": of what was counted before.
    fn counted_again(&self, i: usize) -> bool {
        let last = self.next(i).is_none_or(|k| self.is(k, &[Shape::And]));
        let sentence = (0..i).any(|k| matches!(self.kind(k), Kind::Stop));
        let word = matches!(self.text(i), "count" | "counts" | "number" | "total" | "the number" | "how many");
        word && last && sentence && !self.measures.is_empty()
    }

    /// "numbers of publications and journals": the second is counted as well.
    fn counted_too(&mut self, i: usize, last: usize) {
        let counted = self.is(i, &[Shape::Number]) && self.thing(last).is_some() && self.nodes[last].plural;
        if let Some(and) = self.next(last).filter(|&k| counted && self.is(k, &[Shape::And]))
            && let Some(noun) = self.next(and).filter(|&k| self.nodes[k].plural && !self.used[k])
            && let Some(thing) = self.thing(noun).map(str::to_owned)
            && let Some(measured) = self.count(noun, &thing)
        {
            self.take_all([and, noun]);
            if !self.measures.iter().any(|known| known.measure == measured.measure) {
                self.measures.push(measured);
            }
        }
    }

    /// "How many have a final exam and how many do not": both, by the flag.
    fn parted(&mut self, i: usize) -> Result<bool, Refusal> {
        if !self.is(i, &[Shape::HowMany]) {
            return Ok(false);
        }
        let Some(second) = (i + 1..self.len()).find(|&k| self.is(k, &[Shape::HowMany])) else { return Ok(false) };
        let not = (second + 1..self.len()).find(|&k| !self.nodes[k].silent()).filter(|&k| self.is(k, &[Shape::Not]));
        let flag = (i + 1..second).find(|&k| self.column_is(k, &[ColumnKind::Flag]));
        let thing = (i + 1..second).find(|&k| self.thing(k).is_some());
        let (Some(not), Some(flag), Some(thing)) = (not, flag, thing) else { return Ok(false) };
        let (Some((field, _)), Some(name)) =
            (self.pick(flag, &[ColumnKind::Flag])?, self.thing(thing).map(str::to_owned))
        else {
            return Ok(false);
        };
        let rest = (second + 1..self.len()).filter(|&k| !self.nodes[k].silent() && !matches!(self.kind(k), Kind::Stop));
        if rest.count() > 1 {
            return Ok(false);
        }
        self.take_all([i, second, not, flag, thing]);
        self.groups.push(super::draft::Wanted { at: flag, want: super::draft::Want::Column(field) });
        self.measures.extend(self.count(i, &name));
        Ok(true)
    }

    /// The measure that begins at a node, and the nodes that say it.
    ///
    /// # Errors
    /// A column that several tables have.
    pub(super) fn measure_at(&self, i: usize) -> Result<Option<(Measured, Vec<usize>)>, Refusal> {
        if self.is(i, &[Shape::HowMany, Shape::Number]) {
            return self.count_at(i);
        }
        if let Some(measured) = self.total_column(i)? {
            return Ok(Some((measured, vec![i])));
        }
        let function = match self.nodes[i].shape() {
            Some(Shape::Average) => Some(Aggregate::Average),
            Some(Shape::Median) => Some(Aggregate::Median),
            Some(Shape::Deviation) => Some(Aggregate::Deviation),
            Some(Shape::Most) => Some(Aggregate::Max),
            Some(Shape::Least) => Some(Aggregate::Min),
            Some(Shape::Total) => None,
            _ => return Ok(None),
        };
        let Some(k) = self.next_but(i, BETWEEN) else { return Ok(None) };
        if let Some(measured) = function.and_then(|function| self.age(i, k, function)) {
            return Ok(Some((measured, vec![i, k])));
        }
        let mut places: Vec<usize> = (i..=k).filter(|&j| self.is(j, BETWEEN) || j == i || j == k).collect();
        let counted = (i..k).any(|j| self.is(j, &[Shape::Number]));
        if let Some((field, _)) = self.pick(k, &[ColumnKind::Number])?.filter(|(field, _)| !(counted && rate(field))) {
            let function = function.unwrap_or(Aggregate::Sum);
            let measure = self.aggregate(&field, function);
            return Ok(Some((Measured { at: i, table: field.table, measure }, places)));
        }
        if self.is(i, &[Shape::Total])
            && let Some(thing) = self.thing(k).filter(|_| self.nodes[k].plural)
        {
            return Ok(self.count(i, thing).map(|measured| (measured, places)));
        }
        if let (Some(function @ (Aggregate::Max | Aggregate::Min)), Some((field, ColumnKind::Time))) =
            (function, self.pick(k, &[ColumnKind::Time])?)
        {
            let measure = self.aggregate(&field, function);
            places.dedup();
            return Ok(Some((Measured { at: i, table: field.table, measure }, places)));
        }
        Ok(None)
    }

    /// "total drug amount" as the name of a column: summed where rows are not its own.
    fn total_column(&self, i: usize) -> Result<Option<Measured>, Refusal> {
        if !self.text(i).starts_with("total ") || !self.column_is(i, &[ColumnKind::Number]) {
            return Ok(None);
        }
        let Some((field, _)) = self.pick(i, &[ColumnKind::Number])? else { return Ok(None) };
        let other =
            self.wants.iter().chain(&self.groups).any(|it| self.want_table(&it.want).as_ref() != Some(&field.table));
        let measure = self.aggregate(&field, Aggregate::Sum);
        Ok(other.then_some(Measured { at: i, table: field.table, measure }))
    }

    /// "average age" where there is a date of birth.
    fn age(&self, at: usize, k: usize, function: Aggregate) -> Option<Measured> {
        if self.text(k) != "age" || !matches!(self.kind(k), Kind::Unknown) {
            return None;
        }
        let born = |table: &String| {
            let found = self.model.table(table)?.time_dimensions.iter().find(|time| {
                time.name.split('_').any(|word| matches!(word, "birth" | "birthday" | "birthdate" | "dob" | "born"))
            })?;
            Some(Field::new(table, &found.name))
        };
        let field = self.tables_near(k).iter().find_map(born)?;
        let value = Value::Elapsed {
            unit: crate::plan::Unit::Year,
            from: Box::new(Value::Field { field: field.clone() }),
            to: Box::new(Value::Date { date: self.today }),
        };
        let measure = Measure::new(Quantity::Aggregate { function, value, within: None });
        Some(Measured { at, table: field.table, measure })
    }

    /// "how many rivers", "number of enrolled students", "number of citations".
    fn count_at(&self, i: usize) -> Result<Option<(Measured, Vec<usize>)>, Refusal> {
        let mut k = i;
        let noun = loop {
            let Some(next) = self.next_but(k, BETWEEN) else { return Ok(None) };
            if !matches!(self.kind(next), Kind::Values(_)) && !(self.column_is(next, &[ColumnKind::Flag])) {
                break next;
            }
            k = next;
        };
        // "how many times" counts what the verb says.
        if self.text(noun) == "times" {
            return Ok(None);
        }
        let mut places: Vec<usize> = (i..noun).filter(|&j| self.is(j, BETWEEN) || j == i).collect();
        places.push(noun);
        if let Some(thing) = self.thing(noun) {
            if let Some((column, field)) = self.counted_already(noun, thing)? {
                places.extend([column]);
                let measure = self.aggregate(&field, Aggregate::Sum);
                return Ok(Some((Measured { at: i, table: field.table, measure }, places)));
            }
            return Ok(self.count(i, thing).map(|measured| (measured, places)));
        }
        if let Some((field, _)) = self.pick(noun, &[ColumnKind::Number])?.filter(|(field, _)| !rate(field)) {
            places.extend(self.counted_thing(noun, &field));
            let measure = self.aggregate(&field, Aggregate::Sum);
            return Ok(Some((Measured { at: i, table: field.table, measure }, places)));
        }
        if let Some((field, kind)) = self.pick(noun, &[ColumnKind::Text, ColumnKind::Key])? {
            if kind == ColumnKind::Key
                && let Some(thing) = self.thing_of(&field.table)
            {
                return Ok(self.count(i, &thing).map(|measured| (measured, places)));
            }
            let value = Value::Field { field: field.clone() };
            let of = Quantity::Aggregate { function: Aggregate::CountDistinct, value, within: None };
            return Ok(Some((Measured { at: i, table: field.table, measure: Measure::new(of) }, places)));
        }
        Ok(None)
    }

    /// "enrolled students": the thing that a column has counted.
    pub(super) fn counted_thing(&self, column: usize, field: &Field) -> Option<usize> {
        let next = self.next(column).filter(|_| self.nodes[column].verbal)?;
        let table = self.thing_table(self.thing(next)?)?;
        (table.name != field.table).then_some(next)
    }

    /// How many of a thing there are.
    pub(super) fn count(&self, at: usize, thing: &str) -> Option<Measured> {
        let table = self.thing_table(thing)?.name.clone();
        let of = Quantity::Entities { entity: thing.to_owned(), within: None };
        Some(Measured { at, table, measure: Measure::new(of) })
    }

    /// "students enrolled in each course", "students who participated actively": a column of another table that has the
    /// number already.
    fn counted_already(&self, noun: usize, thing: &str) -> Result<Option<(usize, Field)>, Refusal> {
        let own = self.thing_table(thing).map(|table| table.name.clone());
        let skip = [Shape::That, Shape::Who, Shape::With];
        let mut k = noun;
        while let Some(next) = self.next_but(k, &skip) {
            if self.is(next, &[Shape::By, Shape::Per, Shape::Each, Shape::And, Shape::OrderBy, Shape::In, Shape::To]) {
                return Ok(None);
            }
            let other = self
                .columns(next)
                .iter()
                .any(|(field, kind)| *kind == ColumnKind::Number && Some(&field.table) != own.as_ref());
            let holds = other && !self.used[next] && (self.nodes[next].verbal || next > noun + 1);
            if holds && !self.next(next).is_some_and(|after| self.compares(after)) {
                return Ok(self.pick(next, &[ColumnKind::Number])?.map(|(field, _)| (next, field)));
            }
            if !matches!(self.kind(next), Kind::Verb | Kind::Thing(_)) {
                return Ok(None);
            }
            k = next;
        }
        Ok(None)
    }

    /// Whether a node compares with a number.
    pub(super) fn compares(&self, i: usize) -> bool {
        self.is(i, &[Shape::MoreThan, Shape::LessThan, Shape::AtLeast, Shape::AtMost, Shape::Exactly, Shape::Between])
    }

    /// A number under an aggregate.
    #[expect(clippy::unused_self, reason = "a draft's method, like its neighbours")]
    pub(super) fn aggregate(&self, field: &Field, function: Aggregate) -> Measure {
        Measure::new(Quantity::Aggregate { function, value: Value::Field { field: field.clone() }, within: None })
    }

    /// Whether a number may be summed.
    pub(super) fn sums(&self, field: &Field) -> bool {
        self.model
            .table(&field.table)
            .and_then(|table| table.facts.iter().find(|fact| fact.name == field.name))
            .is_some_and(|fact| fact.extension.additivity == Additivity::Additive)
    }

    /// A measure that counts only some rows.
    pub(super) fn filtered(mut measured: Measured, filters: Vec<Filter>) -> Measured {
        measured.measure.filters.extend(filters);
        measured
    }
}

/// Whether a number is a rate or a price, of which nothing is counted: "number of nights" is no nightly rate.
fn rate(field: &Field) -> bool {
    let last = field.name.rsplit('_').next().unwrap_or_default();
    matches!(
        last,
        "rate" | "price" | "percent" | "pct" | "ratio" | "share" | "cost" | "fee" | "amount" | "salary" | "wage"
    )
}
