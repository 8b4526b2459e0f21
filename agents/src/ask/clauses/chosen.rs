//! What is said behind a list of what is asked for: of which rows it is ("for the 3 bills that took the longest to pass", ",
//! for bills introduced in 2024"), and of what else it is counted ("the numbers of bills and members").

use super::count::{HIGH, LOW, Rank};
use super::cursor::{Cursor, Reads};
use super::draft::Draft;
use super::phrase::Group;
use super::schema::Kind;
use super::vocabulary::DETERMINERS;
use crate::plan::{Filter, Grain, Quantity, Value};

impl Cursor<'_> {
    /// "for the 3 bills that took the longest to pass", "of the 5 rooms with the highest rate".
    pub(super) fn for_those(&mut self, draft: &mut Draft) -> bool {
        if draft.rank.is_some() {
            return false;
        }
        let read = self.tried(|cursor| {
            cursor.eat_any(&["only for", "for", "of"]).then_some(())?;
            let said = cursor.articles();
            let count = cursor.token(0).and_then(|token| token.number).filter(|number| !number.ordinal)?.count()?;
            said.then_some(())?;
            cursor.at += 1;
            let (len, tables) = cursor.schema.table_at(&cursor.tokens, cursor.at)?;
            let near = draft.tables(cursor);
            let table = tables.into_iter().find(|table| near.contains(table))?;
            cursor.at += len;
            let (mut rank, known) = cursor.longest(draft).or_else(|| {
                cursor
                    .eat_any(&["with", "having", "that have", "that had", "who have", "who had", "that has"])
                    .then_some(())?;
                let rank = cursor.rank(&table, &mut Vec::new()).ok()??;
                Some((rank, Vec::new()))
            })?;
            rank.count = Some(count);
            Some((rank, known))
        });
        let Some((rank, known)) = read else { return false };
        draft.limit = rank.count;
        draft.filters.extend(known);
        draft.filters.extend(rank.by.filters.clone());
        draft.rank = Some(rank);
        true
    }

    /// "that took the longest to pass": by the time that is asked for, where it is known.
    fn longest(&mut self, draft: &Draft) -> Option<(Rank, Vec<Filter>)> {
        self.tried(|cursor| {
            cursor.eat_any(&["that", "which", "who"]);
            cursor.eat_any(&["took", "take", "takes", "lasted", "last", "needed", "ran", "stayed"]).then_some(())?;
            cursor.articles();
            let low = cursor.is(&LOW);
            if !low && !cursor.is(&HIGH) {
                return None;
            }
            cursor.at += 1;
            cursor.eat_any(&["time", "amount of time", "days"]);
            if cursor.eat("to") {
                cursor.at += 1;
                cursor.eat("up");
            }
            let mut lasting = draft.numbers.iter().filter(|number| {
                matches!(&number.measure.of, Quantity::Aggregate { value: Value::Elapsed { .. }, .. })
                    && number.field.is_some()
            });
            let (by, None) = (lasting.next()?.clone(), lasting.next()) else { return None };
            let Quantity::Aggregate { value: Value::Elapsed { from, to, .. }, .. } = &by.measure.of else {
                return None;
            };
            let known = [from, to].map(|end| Filter::Null { value: (**end).clone(), negated: true }).to_vec();
            Some((Rank { ascending: low, count: None, by }, known))
        })
    }

    /// ", for bills introduced in 2024": what is said of the rows behind what is asked for.
    pub(super) fn of_those(&mut self, draft: &mut Draft) -> bool {
        let near = draft.tables(self);
        let read = self.tried(|cursor| {
            (cursor.is(&[","]) && cursor.is_at(1, &["for", "among", "considering"])).then_some(())?;
            cursor.at += 2;
            cursor.eat("only");
            if cursor.is(&["each", "every"]) {
                return None;
            }
            let np = cursor.phrase(&near, &mut Vec::new()).ok()?;
            let table = cursor.table_of(&np)?;
            let plain = np.is_thing() && np.plural && np.rank.is_none() && np.both.is_empty() && !np.filters.is_empty();
            (plain && near.contains(&table) && (cursor.done() || cursor.is(&[",", "."]))).then_some((table, np.filters))
        });
        let Some((table, filters)) = read else { return false };
        draft.filters.extend(filters);
        draft.scope.push(table);
        true
    }

    /// "the numbers of bills and sponsoring members", "the number of claims and consignments": more that is counted.
    pub(super) fn more_counts(&mut self, draft: &mut Draft, near: &[String]) -> Reads<()> {
        loop {
            let from = self.at;
            let at = from + 1;
            if !self.eat_any(&["and", ","]) || self.is(&DETERMINERS) {
                self.at = from;
                return Ok(());
            }
            let read = self.phrase(near, &mut draft.groups);
            match read {
                Ok(np) if np.is_thing() && np.plural && np.rank.is_none() => {
                    let number = self.counted_number(np, at, false)?;
                    draft.numbers.push(number);
                }
                _ => {
                    self.at = from;
                    return Ok(());
                }
            }
        }
    }

    /// Whether rows are in such steps already: by the year that a column holds.
    pub(super) fn stepped(&self, groups: &[Group], grain: Grain) -> bool {
        let yearly = |group: &Group| match group {
            Group::Step(known) | Group::Moment(known, _) => *known == grain,
            Group::Noun(np) => {
                grain == Grain::Year
                    && matches!(np.fields.as_slice(), [only] if self.schema.kind(only) == Kind::Time && only.name == "year")
            }
        };
        groups.iter().any(yearly)
    }

    /// "a term that ends within 6 months", where a row has a `term_end`.
    pub(super) fn stage(&mut self, table: &str) -> Option<Filter> {
        self.tried(|cursor| {
            let noun = cursor.token(0).filter(|token| !token.mark && !token.quoted)?.stem.clone();
            cursor.at += 1;
            cursor.eat_any(&["that", "which"]);
            cursor.eat_any(&["is", "are", "was", "were", "will", "has", "have", "had", "is due to", "are due to"]);
            let verb = cursor.token(0).filter(|token| !token.mark && !token.quoted)?.stem.clone();
            cursor.at += 1;
            let says = |name: &str, stem: &str| super::elapsed::speaks(name, stem);
            let times = cursor.schema.of_kind(table, Kind::Time);
            let mut found = times.filter(|field| says(&field.name, &noun) && says(&field.name, &verb) && noun != verb);
            let (time, None) = (found.next()?.clone(), found.next()) else { return None };
            match cursor.time() {
                Some(when) => cursor.timed(table, &when, Some(&time)).ok(),
                None => cursor.lag(table, Some(&time)),
            }
        })
    }
}
