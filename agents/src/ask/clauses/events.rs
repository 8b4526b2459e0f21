//! Time until now or until the first of something: "how many days since the last performance", "days from joining to
//! their first booking", "length in minutes" of what has a number of minutes.

use super::count::{Number, aggregate};
use super::cursor::{Cursor, Look};
use super::filter::of;
use super::phrase::{Group, Np};
use super::schema::Kind;
use crate::plan::{Aggregate, Dimension, Field, GroupFunction, Measure, Quantity, Unit, Value};

/// The words that a number of a unit of time is called by.
const UNITS: [(Unit, &[&str]); 3] = [
    (Unit::Minute, &["minutes", "minute", "mins", "min", "minimum"]),
    (Unit::Hour, &["hours", "hour", "hrs", "hr"]),
    (Unit::Day, &["days", "day"]),
];

impl Cursor<'_> {
    /// "has it been in days since the last performance": from the last such day until today; "how long" or "how many
    /// days" was just read.
    pub(super) fn since(&mut self, mut unit: Option<Unit>) -> Option<Number> {
        self.tried(|cursor| {
            let at = cursor.at;
            cursor.eat_any(&[
                "has it been",
                "is it",
                "have passed",
                "has passed",
                "have elapsed",
                "have gone by",
                "ago was",
                "have there been",
                "has been",
            ]);
            unit = unit.or_else(|| cursor.in_unit());
            cursor.eat("since").then_some(())?;
            cursor.articles();
            let function = cursor.which_of()?;
            let mut np = cursor.head(&[]).ok()?;
            cursor.settle(&mut np, &[]);
            let field = match np.fields.as_slice() {
                [field] if !np.is_thing() && cursor.schema.kind(field) == Kind::Time => field.clone(),
                _ if np.is_thing() => {
                    let table = cursor.table_of(&np)?;
                    let verb = cursor.token(0).and_then(|token| cursor.time_hint(&table, &token.stem));
                    cursor.at += usize::from(verb.is_some());
                    let time = verb.or_else(|| cursor.time_of(&table)).filter(|time| time.table == table)?;
                    cursor.modifiers(&mut np, &[], &mut Vec::new(), false).ok()?;
                    time
                }
                _ => return None,
            };
            if np.rank.is_some() || !np.both.is_empty() {
                return None;
            }
            unit = unit.or_else(|| cursor.in_unit());
            let to = Box::new(Value::Date { date: cursor.calendar.today });
            let value = Value::Elapsed { unit: unit.unwrap_or(Unit::Day), from: Box::new(of(&field)), to };
            let measure = Measure::new(Quantity::Aggregate { function, value, within: None });
            Some(Number { at, measure, table: field.table, field: None, filters: np.filters, plural: false })
        })
    }

    /// "first", "last": of the times that lie back, the longest and the shortest.
    fn which_of(&mut self) -> Option<Aggregate> {
        if self.eat_any(&["last", "latest", "most recent"]) {
            return Some(Aggregate::Min);
        }
        self.eat_any(&["first", "earliest"]).then_some(Aggregate::Max)
    }

    /// "from joining to their first booking": a date of a row, and the first of the rows that lead to it.
    pub(super) fn until_event(
        &mut self,
        function: Option<Aggregate>,
        unit: Option<Unit>,
        near: &[String],
        groups: &mut Vec<Group>,
    ) -> Option<Number> {
        self.tried_with(groups, |cursor, groups| {
            let at = cursor.at;
            let between = cursor.eat("between");
            (between || cursor.eat("from")).then_some(())?;
            let starts = cursor.moments();
            let joint: &[&str] = if between { &["and"] } else { &["to", "until", "till"] };
            cursor.eat_any(joint).then_some(())?;
            cursor.articles();
            let which = match cursor.which_of()? {
                Aggregate::Max => Aggregate::Min,
                _ => Aggregate::Max,
            };
            let events = cursor.event_times();
            let pair = |start: &&Field, end: &&Field| {
                start.table != end.table && cursor.schema.to_one(&end.table, &start.table)
            };
            let mut found = starts
                .iter()
                .flat_map(|start| events.iter().filter(move |end| pair(&start, end)).map(move |end| (start, end)));
            let (start, end) = found.next()?;
            if found.next().is_some() {
                return None;
            }
            let value =
                Value::Elapsed { unit: unit.unwrap_or(Unit::Day), from: Box::new(of(start)), to: Box::new(of(end)) };
            let each = Measure::new(Quantity::Aggregate { function: which, value, within: None });
            let entity = cursor.schema.entity(&start.table)?.to_owned();
            let shown = near.contains(&start.table);
            let grouped = groups.iter().any(|group| match group {
                Group::Noun(np) => cursor.table_of(np).as_ref() == Some(&start.table),
                Group::Step(_) | Group::Moment(..) => false,
            });
            let measure = match function {
                Some(function) => Measure::new(Quantity::Groups {
                    per: vec![Dimension::entity(&entity)],
                    of: Some(Box::new(each)),
                    having: Vec::new(),
                    function: GroupFunction::Of(function),
                }),
                None if shown || grouped => each,
                None => {
                    groups.push(Group::Noun(Np { at, tables: vec![start.table.clone()], ..Np::default() }));
                    each
                }
            };
            Some(Number { at, measure, table: end.table.clone(), field: None, filters: Vec::new(), plural: false })
        })
    }

    /// The dates of what a noun or a verb names: "booking", "booked".
    fn event_times(&mut self) -> Vec<Field> {
        if let Look::Noun(noun) = self.look()
            && let [table] = noun.tables.as_slice()
            && let Some(time) = self.time_of(table).filter(|time| time.table == *table)
        {
            self.at += noun.len;
            return vec![time];
        }
        self.moments()
    }

    /// "average length in minutes", "how long": the only number of a table nearby that is counted in a unit of time.
    pub(super) fn lasting(&self, unit: Option<Unit>, near: &[String]) -> Option<Field> {
        let counted = |field: &&Field| {
            let words: Vec<&str> = field.name.split('_').collect();
            let named = |words_of: &[&str]| words.last().is_some_and(|word| words_of.contains(word));
            let short = named(&["milliseconds", "ms", "seconds", "secs"]);
            let long = words.iter().all(|word| {
                matches!(*word, "duration" | "length" | "running" | "run" | "time" | "total" | "run_time")
                    || matches!(*word, "milliseconds" | "ms" | "seconds" | "secs")
                    || UNITS.iter().any(|(_, known)| known.contains(word))
            });
            let counted = UNITS.iter().any(|(known, names)| unit.is_none_or(|unit| unit == *known) && named(names));
            long && (counted || unit.is_none() && short)
        };
        let table = near.iter().find(|table| self.schema.of_kind(table, Kind::Number).any(|field| counted(&field)))?;
        let mut found = self.schema.of_kind(table, Kind::Number).filter(counted);
        let first = found.next()?.clone();
        found.next().is_none().then_some(first)
    }

    /// The number that says how long a row lasts, as one that is asked for.
    pub(super) fn lasting_number(
        &mut self,
        at: usize,
        function: Option<Aggregate>,
        unit: Option<Unit>,
        (row, near): (Option<&Np>, &[String]),
    ) -> Option<Number> {
        let field = self.lasting(unit, near)?;
        let filters = row.map_or_else(Vec::new, |np| np.filters.clone());
        let own = row.and_then(|np| self.table_of(np));
        let lifted = filters.into_iter().map(|filter| match &own {
            Some(own) => self.lifted(&field.table, own, filter),
            None => Some(filter),
        });
        let filters = lifted.collect::<Option<Vec<_>>>()?;
        Some(Number {
            at,
            measure: aggregate(function.unwrap_or(Aggregate::Average), &field),
            table: field.table.clone(),
            field: Some(field).filter(|_| function.is_none()),
            filters,
            plural: false,
        })
    }
}
