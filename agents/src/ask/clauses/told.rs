//! What was told of a missing value: "outlets that must prepay", where a credit limit is null for these.

use super::cursor::Cursor;
use super::filter::of;
use super::phrase::Np;
use crate::ask::instructions::{Missing, slight};
use crate::ask::words::Token;
use crate::plan::Filter;

impl Cursor<'_> {
    /// Words behind a noun that an instruction explains by a missing value.
    pub(super) fn told_missing(&mut self, np: &Np) -> Option<Filter> {
        let table = self.table_of(np)?;
        self.tried(|cursor| {
            let mut denied = false;
            while let Some(token) = cursor.token(0).filter(|token| beside(token)) {
                denied |= token.is(&["not", "never"]);
                cursor.at += 1;
            }
            let (missing, len) =
                cursor.said.missing.iter().find_map(|missing| Some((missing, cursor.told(missing)?)))?;
            cursor.at += len;
            let negated = missing.absent == denied;
            let filter = Filter::Null { value: of(&missing.field), negated };
            cursor.lifted(&table, &missing.field.table, filter)
        })
    }

    /// How many tokens from here on say what was told of a missing value.
    fn told(&self, missing: &Missing) -> Option<usize> {
        let mut k = 0;
        for stem in &missing.stems {
            while k > 0 && self.token(k).is_some_and(slight) {
                k += 1;
            }
            self.token(k).filter(|token| token.stem == *stem)?;
            k += 1;
        }
        Some(k)
    }
}

/// Whether a word between a noun and what was told of it adds nothing, or denies it.
fn beside(token: &Token) -> bool {
    slight(token)
        || token.is(&["who", "that", "which", ",", "not", "never", "do", "does", "did", "currently"])
        || token.is(&["must", "still", "was", "were", "be"])
}
