//! Words before a noun that a flag or a value is known by, and their denial: "active holders", "non-organic ingredients",
//! "unpaid invoices", "that are incomplete", and "private" where a comment says that of what is not public.

use super::cursor::{Cursor, Look, Values};
use super::filter::{not, one_of};
use super::schema::{Kind, Noun};
use crate::ask::words::{Token, tokenize};
use crate::plan::{Field, Filter};

/// What stands before a word and denies it.
const DENYING: [&str; 6] = ["non", "un", "in", "im", "ir", "dis"];

impl Cursor<'_> {
    /// The flag that a word speaks of: that of the thing right behind it, else any.
    pub(super) fn flag_before(&self, noun: &Noun) -> Option<Field> {
        let behind = self.schema.table_at(&self.tokens, self.at).map(|(_, tables)| tables).unwrap_or_default();
        let flags = || noun.fields.iter().filter(|field| self.schema.kind(field) == Kind::Flag);
        flags().find(|field| behind.contains(&field.table)).or_else(|| flags().next()).cloned()
    }

    /// "active holders", where a holder has a status and only a product a flag of that name: the status is meant.
    pub(super) fn said_of_behind(&self, at: usize, flag: &Field) -> Option<Values> {
        let (_, tables) = self.schema.table_at(&self.tokens, self.at)?;
        if tables.contains(&flag.table) {
            return None;
        }
        let words = self.tokens.get(at..self.at)?;
        let phrase = words.iter().map(|token| token.lemma.as_str()).collect::<Vec<_>>().join(" ");
        let typed = words.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
        let mut found = self.lexicon.whole_values(&phrase);
        found.retain(|(field, _)| tables.contains(&field.table));
        (!found.is_empty()).then_some(Values { len: words.len(), found, quoted: None, typed })
    }

    /// "non-organic ingredients", "unpaid invoices": a denied flag or value of the thing behind it.
    pub(super) fn denied(&mut self) -> Option<Filter> {
        self.tried(|cursor| {
            let token = cursor.token(0).filter(|token| !token.mark && !token.quoted)?.clone();
            let mut ahead = cursor.clone();
            let apart = token.is(&["non", "not"]);
            if apart {
                ahead.at += 1;
                ahead.eat("-");
            } else {
                if !matches!(cursor.look(), Look::Word) {
                    return None;
                }
                *ahead.tokens.get_mut(cursor.at)? = bare(&token)?;
            }
            let filter = match ahead.look() {
                Look::Noun(noun) if noun.tables.is_empty() => {
                    ahead.at += noun.len;
                    let flag = ahead.flag_before(&noun)?;
                    let (_, tables) = ahead.schema.table_at(&ahead.tokens, ahead.at)?;
                    tables.contains(&flag.table).then(|| ahead.schema.flagged(&flag, true))?
                }
                Look::Values(values) => {
                    ahead.at += values.len;
                    let (_, tables) = ahead.schema.table_at(&ahead.tokens, ahead.at)?;
                    let mut own = values.found.iter().filter(|(field, _)| tables.contains(&field.table));
                    let (field, found) = own.next()?;
                    own.next().is_none().then(|| not(one_of(field, found)))?
                }
                _ => return None,
            };
            cursor.at = ahead.at;
            Some(filter)
        })
    }

    /// The flag that the next words deny, and how many words they are.
    pub(super) fn denied_flag(&self, near: &[String]) -> Option<(usize, Field)> {
        let first = self.token(0).filter(|token| !token.quoted && !token.mark)?;
        if let Some(field) = self.flag(&self.schema.denied_by(&first.lemma), near) {
            return Some((1, field));
        }
        let (_, fields) = self.schema.column_at(&[bare(first)?], 0, &[])?;
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

/// The word without what denies it at its front: "organic" of "unorganic".
fn bare(token: &Token) -> Option<Token> {
    let rest = DENYING.iter().find_map(|front| token.norm.strip_prefix(front).filter(|rest| rest.len() > 3))?;
    tokenize(rest).into_iter().next()
}
