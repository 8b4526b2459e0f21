//! Orders: "ordered by … in descending order", "from highest to lowest", "alphabetically".

use super::count::LOW;
use super::cursor::{Cursor, Look, Reads};
use super::draft::{Draft, OrderBy, Sorting};

impl Cursor<'_> {
    /// "ordered by the number of publications in descending order", "from highest to lowest", "alphabetically".
    pub(super) fn sorting(&mut self, draft: &mut Draft) -> Reads<bool> {
        let from = self.at;
        while self.is(&[",", "and", "then", "with"]) {
            self.at += 1;
        }
        let told = self.eat_any(&["order the results", "sort the results", "order them", "sort them", "rank them"]);
        self.eat_any(&["results should be", "the results"]);
        let said = self.eat_any(&["ordered", "sorted", "order", "sort", "ranked", "arranged", "listed"]) || told;
        self.eat_any(&["alphabetically by", "in alphabetical order by"]);
        let by = said && self.eat_any(&["by", "based on", "according to"]);
        let mut sorting = Sorting::default();
        if by {
            self.articles();
            let low = self.is(&LOW) && !matches!(self.word(0), "minimum" | "min");
            let high = self.is(&["highest", "largest", "greatest", "most"]);
            if low || high {
                sorting.descending = Some(high);
                self.at += 1;
            }
            if !self.is(&["from", "in"]) {
                sorting.by = Some(self.sorted_by(draft)?);
                if sorting.descending.is_some() {
                    // "by highest average amount first": said already.
                    self.eat("first");
                }
            }
        }
        let found = self.direction(draft);
        let direction = found.as_ref().map(|found| found.descending);
        if let Some(by) = found.and_then(|found| found.by).filter(|_| sorting.by.is_none()) {
            sorting.by = Some(by);
        }
        if !said && direction.is_none() || said && !by && direction.is_none() {
            self.at = from;
            return Ok(false);
        }
        sorting.descending = direction.or(sorting.descending);
        if sorting.by.is_none() && self.eat_any(&["of the", "of", "by the", "by"]) {
            sorting.by = Some(self.sorted_by(draft)?);
        } else if sorting.by.is_none() && direction.is_some() {
            // "from highest to lowest participants": the number again.
            let near = draft.tables(self);
            let mut ahead = self.clone();
            if matches!(ahead.look(), Look::Noun(_)) && ahead.head(&near).is_ok() && ahead.end().is_ok() {
                self.at = ahead.at;
            }
        }
        draft.sorting.push(sorting);
        Ok(true)
    }

    fn sorted_by(&mut self, draft: &Draft) -> Reads<OrderBy> {
        let near = draft.tables(self);
        let mut groups = Vec::new();
        let from = self.at;
        if let Some(number) = self.number_phrase(&near, &mut groups)? {
            return Ok(OrderBy::Number(Box::new(number)));
        }
        self.at = from;
        let mut np = self.head(&near)?;
        self.settle(&mut np, &near);
        self.eat("'");
        if let Some(field) = self.field(&np.fields, &near) {
            return Ok(OrderBy::Column(field));
        }
        self.stuck()
    }
}
