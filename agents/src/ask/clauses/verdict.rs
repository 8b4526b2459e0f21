//! Numbers of people who said something of a thing, where a column holds how many they were: "the number of spectators who
//! found the production funny", "students who would take the course again".

use super::count::Number;
use super::cursor::{Cursor, Look, Reads};
use super::phrase::{Group, Np};
use super::schema::Kind;
use crate::ask::words::Token;
use crate::plan::{Aggregate, Field};

/// Verbs of a verdict, and words beside them that add nothing.
const LIGHT: [&str; 26] = [
    "found",
    "find",
    "finds",
    "thought",
    "think",
    "considered",
    "consider",
    "rated",
    "called",
    "tagged",
    "marked",
    "said",
    "say",
    "felt",
    "the",
    "a",
    "an",
    "as",
    "was",
    "is",
    "were",
    "are",
    "to",
    "be",
    "that",
    "would",
];
/// Words for what the verdict is of.
const OBJECTS: [&str; 4] = ["it", "them", "him", "her"];

impl Cursor<'_> {
    /// A number of people by what they said; "number of" was just read.
    pub(super) fn verdict(
        &mut self,
        function: Option<Aggregate>,
        near: &[String],
        groups: &mut Vec<Group>,
    ) -> Reads<Option<Number>> {
        let from = self.at;
        let Some((len, fields)) = self.verdict_here() else {
            self.at = from;
            return Ok(None);
        };
        self.at += len;
        let np = Np { at: from, fields, ..Np::default() };
        self.column_number(np, Some(function.unwrap_or(Aggregate::Sum)), near, groups).map(Some)
    }

    fn verdict_here(&mut self) -> Option<(usize, Vec<Field>)> {
        self.articles();
        // People who are a table of their own are counted there.
        let people = matches!(self.look(), Look::Word) && self.token(0).is_some_and(|token| token.norm != token.lemma);
        (people && self.is_at(1, &["who", "that"])).then_some(())?;
        self.at += 2;
        let rest: Vec<(usize, Token)> = self.tokens[self.at..]
            .iter()
            .take(10)
            .enumerate()
            .filter(|(_, token)| !token.is(&OBJECTS))
            .map(|(k, token)| (k, token.clone()))
            .collect();
        let words: Vec<Token> = rest.iter().map(|(_, token)| token.clone()).collect();
        let mut spoke = false;
        let mut k = 0;
        while k < words.len() {
            if let Some((len, fields)) = self.schema.column_at(&words, k, &[])
                && fields.iter().all(|field| self.schema.kind(field) == Kind::Number)
                && (spoke || len > 1)
            {
                return Some((rest[k + len - 1].0 + 1, fields));
            }
            if words[k].is(&LIGHT) {
                spoke |= !words[k].is(&["the", "a", "an"]);
                k += 1;
            } else if let Some((len, _)) = self.schema.table_at(&words, k) {
                k += len;
            } else {
                return None;
            }
        }
        None
    }
}
