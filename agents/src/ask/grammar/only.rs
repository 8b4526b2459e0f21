//! "only" before a value that is a filter anyhow: "revenue by state, only private brands".

use super::reading::Reading;
use crate::ask::link::{Kind, Shape};

impl Reading<'_> {
    /// Takes it where it begins a clause of its own; "customers who bought only beer" says more.
    pub(super) fn only_filters(&mut self) {
        for i in 0..self.len() {
            if self.used[i] || !self.is(i, Shape::Only) {
                continue;
            }
            let begins = i == 0
                || self.items[i].at.checked_sub(1).is_some_and(|t| self.tokens[t].mark)
                || self.before(i).is_some_and(|k| self.is_any(k, &[Shape::And, Shape::But, Shape::For, Shape::In]));
            let skip = [Shape::For, Shape::In, Shape::From, Shape::Of, Shape::With];
            let filter = self
                .next_but(i, &skip)
                .is_some_and(|k| self.used[k] && (self.is_value(k) || matches!(self.items[k].kind, Kind::Time(_))));
            if begins && filter {
                self.take(i);
            }
        }
    }
}
