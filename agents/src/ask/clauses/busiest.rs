//! The step of time that has most of something: "what month were most students admitted", "in which year did we sell the
//! most tickets".

use super::count::{Number, Rank};
use super::cursor::{Cursor, Look};
use super::draft::Draft;
use super::phrase::Group;

impl Cursor<'_> {
    /// A question for the step of time that has most or fewest of something.
    pub(super) fn busiest(&mut self, draft: &mut Draft) -> bool {
        self.tried(|cursor| cursor.busiest_step(draft)).is_some()
    }

    fn busiest_step(&mut self, draft: &mut Draft) -> Option<()> {
        self.eat_any(&["in", "on", "during"]);
        self.eat_any(&["what", "which"]).then_some(())?;
        let count = self.token(0).and_then(|token| token.number).and_then(|number| number.count());
        self.at += usize::from(count.is_some());
        let Look::Grain(len, grain) = self.look() else { return None };
        self.at += len;
        let when = self.time();
        self.eat_any(&["did", "were", "was", "had", "has", "have", "saw", "is", "are", "do", "does"]).then_some(())?;
        let mut verbs: Vec<String> = Vec::new();
        if self.eat_any(&["we", "they", "people", "our", "you"]) {
            verbs.push(self.token(0)?.stem.clone());
            self.at += 1;
        }
        self.articles();
        let low = self.is(&["fewest", "least", "lowest", "smallest"]);
        if !low && !self.is(&["most", "highest", "largest", "greatest"]) {
            return None;
        }
        self.at += 1;
        self.eat_any(&["number of", "amount of", "count of"]);
        let at = self.at;
        let mut np = self.head(&[]).ok()?;
        self.settle(&mut np, &[]);
        let table = self.table_of(&np).filter(|_| np.is_thing())?;
        self.eat_any(&["being", "get", "be", "been"]);
        if self.token(0).is_some_and(|token| !token.mark) && self.time_hint(&table, &self.token(0)?.stem).is_some() {
            verbs.push(self.token(0)?.stem.clone());
            self.at += 1;
        }
        let hinted = verbs.iter().find_map(|stem| self.time_hint(&table, stem));
        let time = hinted.or_else(|| self.time_of(&table))?;
        self.modifiers(&mut np, &[], &mut Vec::new(), true).ok()?;
        if let Some(when) = when.or_else(|| self.time()) {
            np.filters.push(self.timed(&table, &when, Some(&time)).ok()?);
        }
        let by = Number { at, measure: self.count_of(&table), table, field: None, filters: np.filters, plural: false };
        draft.groups.push(Group::Moment(grain, time));
        draft.limit = Some(count.unwrap_or(1));
        draft.filters.extend(by.filters.clone());
        draft.rank = Some(Rank { ascending: low, count: draft.limit, by: Number { filters: Vec::new(), ..by } });
        Some(())
    }
}
