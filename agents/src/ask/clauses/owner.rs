//! Whose column is meant where several tables have one of its name: "the names and areas of the sites".

use super::count::{Number, aggregate};
use super::cursor::{Cursor, Look};
use super::phrase::Np;
use super::schema::Kind;
use crate::plan::{Quantity, Value};

impl Cursor<'_> {
    /// The tables nearby; before them the one whose rows stand behind a column that several tables have.
    pub(super) fn with_owner(&self, np: &Np, near: &[String]) -> Vec<String> {
        let several = np.fields.iter().any(|field| field.table != np.fields[0].table);
        let owner = if np.tables.is_empty() && several { self.owner() } else { None };
        owner.into_iter().chain(near.iter().cloned()).collect()
    }

    /// The thing that the columns before are of: "of the sites", "and areas of each of the sites".
    fn owner(&self) -> Option<String> {
        let mut ahead = self.clone();
        for _ in 0..5 {
            if ahead.eat_any(&["of", "for"]) {
                ahead.articles();
                ahead.eat_any(&["each of", "each", "every"]);
                let np = ahead.head(&[]).ok()?;
                return match np.tables.as_slice() {
                    [only] => Some(only.clone()),
                    _ => None,
                };
            }
            let from = ahead.at;
            while ahead.is(&[","]) {
                ahead.at += 1;
            }
            ahead.eat("and");
            if ahead.at == from {
                return None;
            }
            ahead.articles();
            let Look::Noun(noun) = ahead.look() else { return None };
            let said = &ahead.tokens[ahead.at..ahead.at + noun.len];
            let first = noun.fields.first().filter(|_| noun.tables.is_empty())?;
            if said.iter().any(|token| token.is(&["of"])) && noun.fields.iter().all(|field| field.table == first.table)
            {
                return Some(first.table.clone());
            }
            ahead.at += noun.len;
        }
        None
    }

    /// "over all tournaments", "across all of the shops": everything there is, which changes nothing.
    pub(super) fn over_all(&mut self, np: &Np) -> bool {
        let from = self.at;
        let said = self.eat_any(&["over all of", "over all", "across all of", "across all", "among all", "in all of"]);
        if said && let Some(table) = self.table_of(np) {
            self.articles();
            if let Look::Noun(noun) = self.look()
                && let [other] = noun.tables.as_slice()
                && self.plural_in(self.at, noun.len)
                && self.schema.to_one(&table, other)
            {
                self.at += noun.len;
                if self.done() || self.token(0).is_some_and(|token| token.mark) || self.is(&["and"]) {
                    return true;
                }
            }
        }
        self.at = from;
        false
    }

    /// "relative to the trench": the number of the same name of what a row leads to.
    pub(super) fn same_number(&mut self, known: &Number) -> Option<Number> {
        let Quantity::Aggregate { value: Value::Field { field }, .. } = &known.measure.of else { return None };
        let at = self.at;
        self.articles();
        let Look::Noun(noun) = self.look() else { return None };
        let [other] = noun.tables.as_slice() else { return None };
        let near = *other != field.table && self.schema.to_one(&field.table, other);
        let theirs = self.schema.of_kind(other, Kind::Number).find(|theirs| near && theirs.name == field.name)?.clone();
        self.at += noun.len;
        let measure = aggregate(self.usual(&theirs), &theirs);
        Some(Number { at, measure, table: other.clone(), field: Some(theirs), filters: Vec::new(), plural: false })
    }
}
