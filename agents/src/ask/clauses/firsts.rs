//! The first or the last of the rows that each thing has: "the most recent batch (date and id) of brewers who were hired in
//! 2019", "each reader and their first loan".

use super::count::aggregate;
use super::cursor::{Cursor, Reads, Stuck};
use super::draft::Draft;
use super::schema::Kind;
use crate::plan::{Aggregate, Dimension, Field, Grouping, Measure, Plan, Top};

/// The first or the last row that each thing has.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Firsts {
    /// The table of the things.
    of: String,
    /// The date that the rows are ordered by.
    time: Field,
    last: bool,
    /// What is shown of the rows.
    shown: Vec<Field>,
}

impl Cursor<'_> {
    /// Such a row as something that is asked for.
    pub(super) fn firsts(&mut self, draft: &mut Draft) -> bool {
        let bare =
            draft.rank.is_none() && draft.numbers.is_empty() && draft.groups.is_empty() && draft.firsts.is_none();
        let near = draft.tables(self);
        let found = if draft.outputs.is_empty() || !bare { None } else { self.tried(|cursor| cursor.first_row(&near)) };
        let Some((firsts, filters)) = found else { return false };
        draft.scope.push(firsts.of.clone());
        draft.filters.extend(filters);
        draft.firsts = Some(firsts);
        true
    }

    fn first_row(&mut self, near: &[String]) -> Option<(Firsts, Vec<crate::plan::Filter>)> {
        self.articles();
        let last = self.eat_any(&["most recent", "latest", "last", "newest"]);
        if !last && !self.eat_any(&["very first", "first", "earliest", "oldest"]) {
            return None;
        }
        let (len, tables) = self.schema.table_at(&self.tokens, self.at)?;
        let column = self.schema.column_at(&self.tokens, self.at, &[]).is_some_and(|(wide, _)| wide > len);
        let ([table], false) = (tables.as_slice(), column) else { return None };
        self.at += len;
        if self.plural_before() {
            return None;
        }
        let time = self.time_of(table).filter(|time| time.table == *table)?;
        let shown = self.shown_in_brackets(table, &time);
        let shown = match shown {
            Some(shown) => shown,
            None => vec![time.clone(), self.schema.key(table)?],
        };
        let (of, filters) = if self.eat_any(&["made by", "of", "by", "for", "from"]) {
            let np = self.phrase(near, &mut Vec::new()).ok()?;
            let of = self.table_of(&np).filter(|_| np.is_thing() && np.rank.is_none() && np.both.is_empty())?;
            (of, np.filters)
        } else {
            (near.iter().find(|other| *other != table && self.schema.to_one(table, other))?.clone(), Vec::new())
        };
        if of == *table || !self.schema.to_one(table, &of) {
            return None;
        }
        Some((Firsts { of, time, last, shown }, filters))
    }

    /// "(date and id)": columns of the rows.
    fn shown_in_brackets(&mut self, table: &str, time: &Field) -> Option<Vec<Field>> {
        self.tried(|cursor| {
            cursor.eat("(").then_some(())?;
            let mut shown = Vec::new();
            loop {
                cursor.articles();
                if cursor.eat_any(&["date", "day", "time"]) && (cursor.is(&[",", ")", "and"])) {
                    shown.push(time.clone());
                } else if cursor.eat_any(&["id", "number"]) && (cursor.is(&[",", ")", "and"])) {
                    shown.push(cursor.schema.key(table)?);
                } else {
                    let (len, fields) = cursor.schema.column_at(&cursor.tokens, cursor.at, &[])?;
                    shown.push(fields.into_iter().find(|field| field.table == table)?);
                    cursor.at += len;
                }
                cursor.is(&[","]).then(|| cursor.at += 1);
                cursor.eat("and");
                if cursor.eat(")") {
                    return Some(shown);
                }
            }
        })
    }

    /// "more than 6 years ago": all time before that day.
    pub(super) fn long_ago(&mut self) -> Option<crate::ask::time::Period> {
        self.tried(|cursor| {
            cursor.eat_any(&["more than", "over", "longer than"]).then_some(())?;
            let count = cursor.token(0).and_then(|token| token.number).filter(|number| !number.ordinal)?.count()?;
            cursor.at += 1;
            let count = i64::try_from(count).ok().filter(|count| *count < 1_000)?;
            let span = jiff::Span::new();
            let span = match cursor.word(0) {
                "day" | "days" => span.days(count),
                "week" | "weeks" => span.weeks(count),
                "month" | "months" => span.months(count),
                "year" | "years" => span.years(count),
                _ => return None,
            };
            cursor.at += 1;
            cursor.eat("ago").then_some(())?;
            let before = cursor.calendar.today.checked_sub(span).ok()?.yesterday().ok()?;
            Some(crate::ask::time::Period { start: None, end: Some(before), grain: None })
        })
    }
}

impl Draft {
    /// The plan of the first or last rows of each thing.
    pub(super) fn first_rows(&self, cursor: &Cursor<'_>, plan: &mut Plan, firsts: &Firsts) -> Reads<()> {
        let rows = &firsts.time.table;
        let near = [firsts.of.clone(), rows.clone()];
        let alone = self.numbers.is_empty() && self.rank.is_none() && self.groups.is_empty();
        for np in &self.outputs {
            let fields = match np.tables.first() {
                Some(table) => cursor.schema.labels(table),
                None => cursor.field(&np.fields, &near).into_iter().collect(),
            };
            let own = |field: &Field| field.table == firsts.of || cursor.schema.to_one(&firsts.of, &field.table);
            if !alone || fields.is_empty() || !fields.iter().all(own) {
                return Err(Stuck { at: np.at });
            }
            for field in fields {
                add(plan, field, false);
            }
        }
        let key = cursor.schema.key(&firsts.of).ok_or(Stuck { at: 0 })?;
        add(plan, key, true);
        let within = (0..plan.dimensions.len()).collect();
        for field in &firsts.shown {
            add(plan, field.clone(), false);
        }
        let function = if firsts.last { Aggregate::Max } else { Aggregate::Min };
        plan.measures = vec![Measure { hidden: true, ..aggregate(function, &firsts.time) }];
        plan.top = Some(Top { n: 1, by: 0, ascending: !firsts.last, within, ..Top::default() });
        debug_assert_eq!(cursor.schema.kind(&firsts.time), Kind::Time, "rows are ordered by a date");
        Ok(())
    }
}

fn add(plan: &mut Plan, field: Field, hidden: bool) {
    let by = Grouping::Column { field };
    if plan.dimensions.iter().all(|known| known.by != by) {
        plan.dimensions.push(Dimension { hidden, ..Dimension::new(by) });
    }
}
