//! How long something has gone on: "the average number of years that the conservators have been employed".

use super::count::Number;
use super::cursor::Cursor;
use super::filter::of;
use crate::plan::{Aggregate, Measure, Quantity, Unit, Value};

impl Cursor<'_> {
    /// The time since the rows of a thing began what a verb says; "number of years" was just read.
    pub(super) fn service(
        &mut self,
        at: usize,
        function: Option<Aggregate>,
        unit: Unit,
        near: &[String],
    ) -> Option<Number> {
        self.tried(|cursor| {
            cursor.eat_any(&["that", "for which", "which"]).then_some(())?;
            let mut np = cursor.head(near).ok()?;
            cursor.settle(&mut np, near);
            let table = cursor.table_of(&np).filter(|_| np.is_thing())?;
            cursor.eat_any(&["have been", "has been", "have", "has", "are", "is"]).then_some(())?;
            cursor.eat_any(&["currently", "already"]);
            let stem = cursor.token(0)?.stem.clone();
            let start = cursor.time_hint(&table, &stem).filter(|time| time.table == table)?;
            // What may have ended since is not counted until today.
            if cursor.stretch(&table).is_some() {
                return None;
            }
            cursor.at += 1;
            cursor.eat_any(&["currently", "so far", "to date", "until today", "until now", "as of today", "up to now"]);
            let to = Box::new(Value::Date { date: cursor.calendar.today });
            let value = Value::Elapsed { unit, from: Box::new(of(&start)), to };
            let function = function.unwrap_or(Aggregate::Average);
            let measure = Measure::new(Quantity::Aggregate { function, value, within: None });
            Some(Number { at, measure, table, field: None, filters: np.filters, plural: false })
        })
    }
}
