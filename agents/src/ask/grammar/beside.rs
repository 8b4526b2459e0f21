//! What is in the basket besides: "when there are hot dogs in the basket, what else is in it most often".

use super::draft::Sought;
use super::filters::Meaning;
use super::members::opposite;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::plan::{Field, Filter, Member, Plan, Quantity};

impl Reading<'_> {
    /// The same as "together", in other words: "what else", "which other subcategories", "subcategories in baskets with".
    pub(super) fn in_the_basket(&mut self) -> Option<(Vec<Filter>, String)> {
        let basket = self.event()?;
        let within = self.entity_field(&basket)?.table;
        let mention = (0..self.len()).find(|&i| self.entity(i).as_deref() == Some(basket.as_str()));
        let else_at = (0..self.len()).find(|&i| matches!(self.text(i), "else" | "other" | "others" | "what else"));
        let choices = self.choices();
        let [with] = choices.as_slice() else { return None };
        let field = with.parts.first().and_then(Meaning::field)?.clone();
        if with.negation.is_some() || field.table == within {
            return None;
        }
        let counts = (0..self.len())
            .any(|i| self.is_any(i, &[Shape::HowMany, Shape::HowMuch, Shape::Share, Shape::Number, Shape::Average]));
        let sought = (0..self.len()).find(|&i| self.column_beside(i, &field, with.first()));
        let inside = mention.is_some_and(|at| {
            let within = self.before(at).is_some_and(|k| self.is(k, Shape::In));
            let contains = self.next(at).is_some_and(|k| self.is_any(k, &[Shape::With, Shape::Contains, Shape::That]));
            within && contains && with.first() > at && sought.is_some_and(|s| s < at)
        });
        let acted = mention.is_some() || (0..self.len()).any(|i| self.is_any(i, &[Shape::Deed, Shape::Contains]));
        if counts || !(inside || else_at.is_some() && acted) || !self.ranks() {
            return None;
        }
        let with = with.clone();
        let filter = self.filter(&with);
        let not = opposite(&filter);
        let entity = basket.clone();
        let member = Member { entity: entity.clone(), within, filters: vec![filter], ..Member::default() };
        self.take_all(&else_at.into_iter().collect::<Vec<_>>());
        for i in 0..self.len() {
            let scene = self.entity(i).is_some() && Some(i) != sought;
            let word = self.is_any(i, &[Shape::When, Shape::Contains, Shape::Also])
                || matches!(self.text(i), "when" | "else" | "put" | "often" | "frequently" | "too" | "people");
            if scene || word {
                self.take(i);
            }
        }
        self.beside = Some(field);
        Some((vec![not, Filter::Member { member: Box::new(member) }], entity))
    }

    /// Whether an item names a column of the table that the values are in: what else is sought.
    fn column_beside(&self, i: usize, field: &Field, value_at: usize) -> bool {
        let column = self.dimension(i).is_some_and(|other| other.table == field.table);
        let entity = self.entity(i).and_then(|e| self.entity_table(&e)).is_some_and(|t| t.name == field.table);
        i != value_at && (column || entity) && !self.is_value(i)
    }

    fn ranks(&self) -> bool {
        self.has_superlative()
            || (0..self.len()).any(|i| matches!(self.text(i), "often" | "frequently" | "else" | "other"))
    }

    /// "what is most often bought together with beer": things of the same kind as the beer.
    pub(super) fn sought_beside(&mut self) -> Option<Sought> {
        let field = self.beside.clone()?;
        let named = (0..self.len()).find(|&i| !self.used[i] && self.column_beside(i, &field, usize::MAX));
        let head = (0..self.len()).find(|&i| self.is_any(i, &[Shape::Which, Shape::List]));
        if let Some(at) = named {
            let count = self.before_but(at, &[Shape::Of]).and_then(|k| Some((k, self.items[k].number()?.count()?)));
            let noun = self.noun(at)?;
            self.take(at);
            self.take_all(&count.iter().map(|(k, _)| *k).collect::<Vec<_>>());
            return Some(Sought { at, noun, plural: self.plural(at), count: count.map(|(_, n)| n) });
        }
        let at = head?;
        self.take(at);
        Some(Sought { at, noun: Noun::Column(field), plural: true, count: None })
    }

    /// "of all our channels, the one with the highest revenue".
    pub(super) fn one_of_all(&mut self) -> Option<Sought> {
        let one = self.tokens.iter().any(|t| t.is(&["one", "ones", "winner", "who", "whichever"]));
        let skip = [Shape::Of, Shape::In, Shape::From, Shape::For, Shape::Total, Shape::Each];
        let at = (0..self.len()).find(|&i| {
            let named = matches!(self.noun(i), Some(Noun::Column(_) | Noun::Entity(_) | Noun::Grain(_)));
            let among = i.checked_sub(1).is_some_and(|_| {
                (0..i).rev().find(|&k| !self.is_any(k, &[Shape::Filler])).is_some_and(|k| self.is_any(k, &skip))
            });
            named && among && self.plural(i) && !self.used[i] && !self.is_value(i)
        })?;
        let lines = self.noun_table(&self.noun(at)?).is_some_and(|t| self.main_fact().is_some_and(|f| f.name == t));
        let noun = self.noun(at).filter(|_| one && !(lines && self.of_a_line()))?;
        self.take(at);
        for i in at..self.len() {
            if self.items[i].number().is_some_and(|n| n.count() == Some(1) && !n.ordinal) {
                self.take(i);
            }
        }
        Some(Sought { at, noun, plural: false, count: None })
    }

    /// "on a single line", "one of them": lines are no number then.
    pub(super) fn one_line(&mut self, plan: &mut Plan) {
        let counts = |metric: &str| self.model.metric(metric).is_some_and(|(_, found)| found.expr == "COUNT(*)");
        if plan.measures.len() > 1 {
            plan.measures.retain(|m| !matches!(&m.of, Quantity::Metric { metric } if counts(metric)));
        }
        let line = self.main_fact().and_then(|fact| fact.extension.entity.as_ref()).map(|e| e.singular.clone());
        for i in 0..self.len() {
            let lines = self.entity(i).is_some() && self.entity(i) == line;
            let one = self.items[i].number().is_some_and(|n| n.count() == Some(1))
                && self
                    .next(i)
                    .is_none_or(|k| self.entity(k) == line || self.is(k, Shape::Of) || self.is(k, Shape::That));
            if lines || one {
                self.take(i);
            }
        }
    }

    /// Whether a line of a receipt is spoken of.
    pub(super) fn of_a_line(&self) -> bool {
        let Some(fact) = self.main_fact() else { return false };
        let line = fact.extension.entity.as_ref().map(|entity| entity.singular.clone());
        (0..self.len()).any(|i| {
            let named = self.entity(i).is_some() && self.entity(i) == line;
            let row = matches!(self.text(i), "row" | "rows") && matches!(self.items[i].kind, Kind::Unknown);
            named || row
        })
    }
}
