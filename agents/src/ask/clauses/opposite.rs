//! Words for what a flag denies: "that are incomplete", and "private" where its comment says so.

use super::cursor::{Cursor, Look};
use super::schema::Kind;
use crate::ask::words::Token;
use crate::plan::Field;

/// What stands before a word and denies it.
const DENYING: [&str; 6] = ["non", "un", "in", "im", "ir", "dis"];

impl Cursor<'_> {
    /// The flag that the next words deny, and how many words they are.
    pub(super) fn denied_flag(&self, near: &[String]) -> Option<(usize, Field)> {
        let first = self.token(0).filter(|token| !token.quoted && !token.mark)?;
        if let Some(field) = self.flag(&self.schema.denied_by(&first.lemma), near) {
            return Some((1, field));
        }
        let prefix =
            DENYING.iter().find(|prefix| first.norm.len() > prefix.len() + 3 && first.norm.starts_with(**prefix))?;
        let rest = &first.norm[prefix.len()..];
        let bare = Token {
            norm: rest.to_owned(),
            text: rest.to_owned(),
            lemma: crate::ask::words::lemma(rest),
            stem: crate::ask::words::stem(rest),
            ..first.clone()
        };
        let (_, fields) = self.schema.column_at(&[bare], 0, &[])?;
        self.flag(&fields, near).map(|field| (1, field))
    }

    /// The only flag of some columns; of several that of a table nearby or of the thing that follows.
    fn flag(&self, fields: &[Field], near: &[String]) -> Option<Field> {
        let flags: Vec<Field> = fields
            .iter()
            .filter(|field| self.schema.kind(field) == Kind::Flag && field.via.is_empty())
            .cloned()
            .collect();
        let mut close = near.to_vec();
        let ahead = Self { at: self.at + 1, ..self.clone() };
        if let Look::Noun(noun) = ahead.look() {
            close.splice(0..0, noun.tables);
        }
        if flags.is_empty() { None } else { self.field(&flags, &close) }
    }
}
