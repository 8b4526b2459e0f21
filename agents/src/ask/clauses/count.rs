//! Numbers: counts, totals, averages and ratios; and the highest or lowest by one.

use super::cursor::{Cursor, Look, Reads, Stuck};
use super::phrase::{Group, Np};
use super::schema::Kind;
use crate::ask::grammar::measured;
use crate::plan::{Aggregate, Field, Filter, GroupFunction, Grouping, Measure, Operator, Quantity, Value};
use crate::semantic::{Additivity, FieldRef, shortens};

/// A number that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    pub(super) at: usize,
    pub(super) measure: Measure,
    /// The table over whose rows it is taken.
    pub(super) table: String,
    /// A column of the rows themselves; nothing says how many rows become one.
    pub(super) field: Option<Field>,
    /// Conditions on the rows.
    pub(super) filters: Vec<Filter>,
    pub(super) plural: bool,
}

impl Number {
    /// What it is in each row, where nothing says how many rows become one.
    pub(super) fn row(&self) -> Option<Grouping> {
        let field = self.field.as_ref()?;
        match &self.measure.of {
            Quantity::Aggregate { value: value @ Value::Elapsed { .. }, .. } => {
                Some(Grouping::Value { value: value.clone() })
            }
            _ => Some(Grouping::Column { field: field.clone() }),
        }
    }
}

/// The highest or lowest by a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rank {
    pub(super) ascending: bool,
    pub(super) count: Option<u64>,
    pub(super) by: Number,
}

pub(super) const HIGH: [&str; 9] =
    ["most", "highest", "largest", "greatest", "biggest", "maximum", "max", "top", "longest"];
pub(super) const LOW: [&str; 8] = ["least", "fewest", "lowest", "smallest", "minimum", "min", "bottom", "shortest"];

impl Cursor<'_> {
    /// How many rows of a table there are.
    pub(super) fn count_of(&self, table: &str) -> Measure {
        match self.schema.entity(table) {
            Some(entity) => Measure::new(Quantity::Entities { entity: entity.to_owned(), within: None }),
            None => Measure::new(Quantity::Rows { table: table.to_owned() }),
        }
    }

    /// "the most transactions", "the highest number of citations", "highest population", "the lowest average score".
    pub(super) fn rank(&mut self, table: &str, groups: &mut Vec<Group>) -> Reads<Option<Rank>> {
        let from = self.at;
        self.articles();
        let (high, low) = (self.is(&HIGH), self.is(&LOW));
        if !high && !low {
            self.at = from;
            return Ok(None);
        }
        let at = from.checked_sub(1).and_then(|k| self.tokens.get(k)).is_some_and(|token| token.is(&["at"]));
        if self.is_at(1, &["of"]) || at && self.is(&["least", "most"]) {
            self.at = from;
            return Ok(None);
        }
        self.at += 1;
        let count = self.token(0).and_then(|token| token.number).filter(|number| !number.ordinal);
        let count = count.and_then(|number| number.count());
        if count.is_some() {
            self.at += 1;
        }
        let near = [table.to_owned()];
        let said = self.tokens[self.at - 1 - usize::from(count.is_some())].is(&["most", "least", "fewest"]);
        let mut by = self.ranked_by(&near, groups)?;
        if let Some(field) = by.field.clone()
            && by.table != table
            && !self.schema.to_one(table, &by.table)
        {
            // "the most money" is all of it, "the highest price" is of one row.
            let sum = said && self.usual(&field) == Aggregate::Sum;
            let extreme = if low { Aggregate::Min } else { Aggregate::Max };
            let function = if sum { Aggregate::Sum } else { extreme };
            by.measure = match by.measure.of {
                Quantity::Aggregate { value, .. } => {
                    Measure::new(Quantity::Aggregate { function, value, within: None })
                }
                _ => aggregate(function, &field),
            };
            by.field = None;
        }
        Ok(Some(Rank { ascending: low, count, by }))
    }

    fn ranked_by(&mut self, near: &[String], groups: &mut Vec<Group>) -> Reads<Number> {
        if let Some(number) = self.number_phrase(near, groups)? {
            return Ok(number);
        }
        let at = self.at;
        if matches!(self.look(), Look::Noun(noun) if noun.tables.is_empty()) {
            let mut np = self.head(near)?;
            self.settle(&mut np, near);
            return self.column_number(np, None, near, groups);
        }
        let np = self.phrase(near, groups)?;
        self.counted_number(np, at, false)
    }

    /// A number that is asked for, when one stands here: a count, an aggregate of a column, a ratio.
    pub(super) fn number_phrase(&mut self, near: &[String], groups: &mut Vec<Group>) -> Reads<Option<Number>> {
        let from = self.at;
        self.articles();
        let at = self.at;
        if self.eat_any(&["ratio of", "ratio between", "the ratio of"]) {
            return self.ratio(at, near, groups).map(Some);
        }
        if self.eat_any(&["percentage of", "percent of", "proportion of", "share of", "fraction of"]) {
            let behind = self.at;
            if let Some(number) = self.relative(at, near, groups) {
                return Ok(Some(number));
            }
            self.at = behind;
            return self.percentage(at, near, groups).map(Some);
        }
        if self.is(&["total"])
            && !(self.is_at(1, &["number", "count"]) && self.is_at(2, &["of"]))
            && let Some((len, fields)) = self.schema.column_at(&self.tokens, self.at, &self.known)
            && len > 1
            && fields.iter().all(|field| self.schema.kind(field) == Kind::Number)
        {
            let np = Np { at, fields, ..Np::default() };
            self.at += len;
            return self.column_number(np, Some(Aggregate::Sum), near, groups).map(Some);
        }
        let function = self.function();
        if let Some(number) = self.lapse(function, near, groups) {
            return Ok(Some(number));
        }
        if function == Some(Aggregate::Average) || function == Some(Aggregate::Sum) || function.is_none() {
            let number = self.at;
            if self.eat_any(&["number of", "count of", "no . of", "no of", "numbers of", "counts of"]) {
                if let Some(found) = self.verdict(function, near, groups)? {
                    return Ok(Some(found));
                }
                if let Some(found) = self.said_number(number, function, near, groups)? {
                    return Ok(Some(found));
                }
                return self.counted_phrase(at, function, near, groups).map(Some);
            }
        }
        let Some(function) = function else {
            self.at = from;
            return Ok(None);
        };
        self.articles();
        let Look::Noun(noun) = self.look() else {
            self.at = from;
            return Ok(None);
        };
        let columns: Vec<Field> = noun
            .fields
            .iter()
            .filter(|field| matches!(self.schema.kind(field), Kind::Number | Kind::Time))
            .cloned()
            .collect();
        if let (true, Some(field)) = (columns.is_empty(), self.namesake(&noun)) {
            let start = self.at;
            self.at += noun.len;
            let np = Np { at: start, fields: vec![field], ..Np::default() };
            return self.column_number(np, Some(function), near, groups).map(Some);
        }
        if columns.is_empty() {
            if function == Aggregate::Sum && noun.fields.is_empty() {
                return self.counted_phrase(at, None, near, groups).map(Some);
            }
            self.at = from;
            return Ok(None);
        }
        let start = self.at;
        self.at += noun.len;
        let np = Np { at: start, fields: columns, ..Np::default() };
        self.column_number(np, Some(function), near, groups).map(Some)
    }

    /// The number of a table that is called as the table is, in the unit that is said: `yld_t` for "yield in tonnes".
    fn namesake(&self, noun: &super::schema::Noun) -> Option<Field> {
        let [table] = noun.tables.as_slice() else { return None };
        let lemma = &self.tokens.get(self.at + noun.len - 1)?.lemma;
        let mut ahead = Self { at: self.at + noun.len, ..self.clone() };
        let unit = ahead.eat("in").then(|| ahead.token(0).map(|token| token.lemma.clone())).flatten()?;
        let mut found = self.schema.of_kind(table, Kind::Number).filter(|field| {
            let mut words = field.name.split('_');
            let named = words.next().is_some_and(|word| shortens(word, lemma));
            named && words.next().is_some_and(|word| shortens(word, &unit)) && words.next().is_none()
        });
        let first = found.next()?.clone();
        found.next().is_none().then_some(first)
    }

    /// The number whose name ends in a unit: `area_ha` for "per hectare".
    fn measured_in(&self, table: &str) -> Option<Field> {
        let lemma = &self.token(0).filter(|token| !token.mark && !token.quoted)?.lemma;
        let mut found = self.schema.of_kind(table, Kind::Number).filter(|field| {
            field
                .name
                .rsplit_once('_')
                .is_some_and(|(_, last)| last == lemma || last.len() < 4 && shortens(last, lemma))
        });
        let first = found.next()?.clone();
        found.next().is_none().then_some(first)
    }

    fn function(&mut self) -> Option<Aggregate> {
        let words: [(&[&str], Aggregate); 6] = [
            (&["total", "sum of the", "sum of", "combined", "overall", "cumulative", "sum"], Aggregate::Sum),
            (&["average", "avg", "mean"], Aggregate::Average),
            (&["median"], Aggregate::Median),
            (&["maximum", "max", "highest", "largest", "greatest", "latest", "most recent"], Aggregate::Max),
            (&["minimum", "min", "lowest", "smallest", "earliest"], Aggregate::Min),
            (&["standard deviation of", "standard deviation in"], Aggregate::Deviation),
        ];
        let found = words.into_iter().find_map(|(phrases, function)| self.eat_any(phrases).then_some(function))?;
        if !self.is_at(1, &["of"]) || !self.is(&["number", "count"]) {
            self.eat_any(&["of the", "of"]);
        }
        Some(found)
    }

    /// "number of citations" where a column holds it.
    fn said_number(
        &mut self,
        at: usize,
        function: Option<Aggregate>,
        near: &[String],
        groups: &mut Vec<Group>,
    ) -> Reads<Option<Number>> {
        let behind = self.at;
        let Some((len, fields)) = self.schema.column_at(&self.tokens, at, &self.known) else { return Ok(None) };
        let fields: Vec<Field> = fields.into_iter().filter(|f| self.schema.kind(f) == Kind::Number).collect();
        if at + len <= behind || fields.is_empty() {
            return Ok(None);
        }
        let rows = self.schema.table_at(&self.tokens, behind);
        let close = fields.iter().any(|field| near.contains(&field.table));
        if rows.is_some() && !close {
            return Ok(None);
        }
        self.at = at + len;
        let np = Np { at, fields, ..Np::default() };
        self.column_number(np, function, near, groups).map(Some)
    }

    /// A column, aggregated or not, and what is said of its rows.
    pub(super) fn column_number(
        &mut self,
        mut np: Np,
        function: Option<Aggregate>,
        near: &[String],
        groups: &mut Vec<Group>,
    ) -> Reads<Number> {
        let near = &self.with_owner(&np, near);
        self.settle(&mut np, near);
        let Some(field) = self.field(&np.fields, near) else { return Err(Stuck { at: np.at }) };
        if !matches!(self.schema.kind(&field), Kind::Number | Kind::Time) {
            return Err(Stuck { at: np.at });
        }
        np.fields = vec![field.clone()];
        np.tables.clear();
        self.modifiers(&mut np, near, groups, false)?;
        if np.rank.is_some() {
            return Err(Stuck { at: np.at });
        }
        let number = Number {
            at: np.at,
            measure: aggregate(function.unwrap_or_else(|| self.usual(&field)), &field),
            table: field.table.clone(),
            field: Some(field).filter(|_| function.is_none()),
            filters: np.filters,
            plural: false,
        };
        Ok(number)
    }

    /// What many values of a column become where nothing says it.
    pub(super) fn usual(&self, field: &Field) -> Aggregate {
        match self.schema.model.field(field) {
            Some((_, FieldRef::Fact(fact))) if fact.extension.additivity == Additivity::Additive => Aggregate::Sum,
            Some((_, FieldRef::Time(_))) => Aggregate::Max,
            _ => Aggregate::Average,
        }
    }

    fn counted_phrase(
        &mut self,
        at: usize,
        function: Option<Aggregate>,
        near: &[String],
        groups: &mut Vec<Group>,
    ) -> Reads<Number> {
        let mut inner = Vec::new();
        let mut np = self.head(near)?;
        self.settle(&mut np, near);
        self.modifiers(&mut np, near, &mut inner, true)?;
        if function == Some(Aggregate::Average) {
            return self.average_count(np, at, &inner);
        }
        groups.extend(inner);
        self.counted_number(np, at, false)
    }

    /// "average number of orders per customer".
    fn average_count(&mut self, np: Np, at: usize, groups: &[Group]) -> Reads<Number> {
        let [group] = groups else { return self.stuck() };
        let counted = self.counted_number(np, at, false)?;
        let per = vec![self.dimension(group, &[])?];
        let of = Some(Box::new(counted.measure));
        let groups = Quantity::Groups { per, of, having: Vec::new(), function: GroupFunction::Of(Aggregate::Average) };
        Ok(Number {
            measure: Measure::new(groups),
            ..Number { measure: Measure::new(Quantity::Number { number: 0.0 }), ..counted }
        })
    }

    /// How many of a thing, or how many values of a column.
    pub(super) fn counted_number(&self, np: Np, at: usize, _plain: bool) -> Reads<Number> {
        if np.rank.is_some() {
            return Err(Stuck { at });
        }
        let table = self.table_of(&np).ok_or(Stuck { at: np.at })?;
        let measure = if np.is_thing() {
            self.count_of(&table)
        } else {
            let field = np.fields.first().ok_or(Stuck { at: np.at })?;
            if self.schema.kind(field) == Kind::Number {
                return Err(Stuck { at: np.at });
            }
            if self.schema.kind(field) == Kind::Key {
                self.count_of(&table)
            } else {
                aggregate(Aggregate::CountDistinct, field)
            }
        };
        Ok(Number { at, measure, table, field: None, filters: np.filters, plural: np.plural })
    }

    /// One side of a ratio: a number, or a thing that is counted.
    fn side(&mut self, near: &[String], groups: &mut Vec<Group>) -> Reads<Number> {
        if let Some(number) = self.number_phrase(near, groups)? {
            return Ok(number);
        }
        self.articles();
        let at = self.at;
        match self.look() {
            Look::Noun(noun)
                if noun.tables.is_empty()
                    && noun.fields.iter().any(|field| matches!(self.schema.kind(field), Kind::Number | Kind::Time)) =>
            {
                let np = Np { at, fields: noun.fields.clone(), ..Np::default() };
                self.at += noun.len;
                self.column_number(np, None, near, groups)
            }
            _ => {
                let mut np = self.head(near)?;
                self.settle(&mut np, near);
                self.modifiers(&mut np, near, groups, false)?;
                self.counted_number(np, at, false)
            }
        }
    }

    fn ratio(&mut self, at: usize, near: &[String], groups: &mut Vec<Group>) -> Reads<Number> {
        let left = self.side(near, groups)?;
        if !self.eat_any(&["to", "and", "over", "per", "versus"]) {
            return self.stuck();
        }
        if self.at > 0
            && self.tokens[self.at - 1].is(&["per"])
            && let Some(field) = self.measured_in(&left.table)
        {
            self.at += 1;
            let table = left.table.clone();
            let measure = divide(with_filters(left), aggregate(self.usual(&field), &field), false);
            return Ok(Number { at, measure, table, field: None, filters: Vec::new(), plural: false });
        }
        let mut close = vec![left.table.clone()];
        close.extend(near.iter().cloned());
        let right = self.side(&close, groups)?;
        let table = left.table.clone();
        let measure = divide(with_filters(left), with_filters(right), false);
        Ok(Number { at, measure, table, field: None, filters: Vec::new(), plural: false })
    }

    /// "the proportion of each mission's cost relative to the budget": one number over another.
    fn relative(&mut self, at: usize, near: &[String], groups: &mut Vec<Group>) -> Option<Number> {
        self.tried_with(groups, |cursor, groups| {
            cursor.articles();
            if cursor.is(&["each", "every"]) && !near.is_empty() {
                cursor.at += 1;
            }
            let left = cursor.any_number(near, groups).ok()?;
            cursor.eat_any(&["relative to", "in relation to", "compared to", "compared with"]).then_some(())?;
            let mut close = vec![left.table.clone()];
            close.extend(near.iter().cloned());
            let behind = cursor.at;
            let right = cursor.any_number(&close, groups).ok().or_else(|| {
                cursor.at = behind;
                cursor.same_number(&left)
            })?;
            let table = left.table.clone();
            let measure = divide(with_filters(left), with_filters(right), false);
            Some(Number { at, measure, table, field: None, filters: Vec::new(), plural: false })
        })
    }

    fn percentage(&mut self, at: usize, near: &[String], groups: &mut Vec<Group>) -> Reads<Number> {
        let mut np = self.head(near)?;
        self.settle(&mut np, near);
        let before = np.filters.clone();
        self.modifiers(&mut np, near, groups, true)?;
        if np.filters.len() == before.len() {
            return self.stuck();
        }
        let whole = self.counted_number(Np { filters: before, ..np.clone() }, at, false)?;
        let part = self.counted_number(np, at, false)?;
        let table = part.table.clone();
        let measure = divide(with_filters(part), with_filters(whole), true);
        Ok(Number { at, measure, table, field: None, filters: Vec::new(), plural: false })
    }

    /// The column that an adjective speaks of: "longest" of rivers.
    pub(super) fn adjective(&self, table: &str) -> Option<(Field, bool)> {
        let word = self.word(0);
        if super::top::AGES.contains(&word) {
            let times: Vec<&Field> = self.schema.of_kind(table, Kind::Time).collect();
            let born = times.iter().find(|field| field.name.contains("birth") || field.name.contains("born"));
            let early = matches!(word, "oldest" | "earliest");
            if let Some(born) = born.filter(|_| matches!(word, "oldest" | "youngest")) {
                return Some(((*born).clone(), early));
            }
            return self
                .time_of(table)
                .filter(|time| time.table == table && word != "youngest")
                .map(|time| (time, early));
        }
        let (names, low) = measured(word).filter(|_| word.ends_with("est"))?;
        let field = names.iter().find_map(|name| {
            self.schema
                .of_kind(table, Kind::Number)
                .find(|field| field.name.split('_').any(|part| part == *name))
                .cloned()
        })?;
        Some((field, low))
    }
}

/// A measure with its own conditions.
pub(super) fn with_filters(number: Number) -> Measure {
    let mut measure = number.measure;
    measure.filters.extend(number.filters);
    measure
}

pub(super) fn aggregate(function: Aggregate, field: &Field) -> Measure {
    let value = super::filter::of(field);
    Measure::new(Quantity::Aggregate { function, value, within: None })
}

fn divide(left: Measure, right: Measure, percent: bool) -> Measure {
    let (left, right) = (Box::new(left), Box::new(right));
    Measure::new(Quantity::Arithmetic { operator: Operator::Divide, left, right, percent })
}
