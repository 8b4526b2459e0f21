//! Two-way tables: "for every combination of A and B", "A by B", "A in rows and B in columns".

use super::draft::Group;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};

impl Reading<'_> {
    /// Finds the groups of tables that no preposition introduces.
    pub(super) fn crossed(&mut self) {
        self.axes();
        self.table_of();
        self.one_column_each();
        self.each_of_many();
        self.in_each();
        self.or_not();
        let Some(at) = self.find(Shape::Combination) else {
            self.times();
            self.headed();
            self.titled();
            return;
        };
        let listed = self.next_but(at, &[Shape::Of, Shape::Each, Shape::Total]).filter(|&k| self.crossing(k).is_some());
        self.items[at].kind = Kind::Shape(if listed.is_some() { Shape::By } else { Shape::Filler });
        if listed.is_some() {
            let mut k = at;
            while let Some(next) = self.next(k) {
                if self.is(next, Shape::Versus) {
                    self.items[next].kind = Kind::Shape(Shape::And);
                }
                if self.is(next, Shape::By) && self.next(next).is_some_and(|n| self.metric(n).is_some()) {
                    self.items[next].kind = Kind::Shape(Shape::For);
                }
                k = next;
            }
            return;
        }
        self.pairs();
        self.times();
    }

    /// A noun that a table can have as one of its sides.
    fn crossing(&self, i: usize) -> Option<Noun> {
        let only_metric = self.metric(i).is_some() && self.entity(i).is_none();
        let noun = self.noun(i).filter(|_| !self.used[i] && !only_metric && !self.is_value(i))?;
        matches!(noun, Noun::Column(_) | Noun::Grain(_) | Noun::Part(_) | Noun::Entity(_) | Noun::Seasons)
            .then_some(noun)
    }

    fn group(&mut self, i: usize) {
        if let Some(noun) = self.crossing(i) {
            self.take(i);
            self.lists.groups.push(Group { at: i, noun, each: false });
        }
    }

    /// "stores in rows and quarters in columns".
    fn axes(&mut self) {
        for i in 1..self.len() {
            let words = [
                "in rows",
                "in the rows",
                "as rows",
                "down the side",
                "in columns",
                "in the columns",
                "as columns",
                "across the top",
                "along the top",
            ];
            if !words.contains(&self.text(i)) {
                continue;
            }
            let beside = self.before(i).map(|k| match self.items[k].kind {
                Kind::Time(_) => self.before_but(k, &[Shape::Of]).unwrap_or(k),
                _ => k,
            });
            if let Some(noun) = beside.filter(|&k| self.crossing(k).is_some()) {
                self.group(noun);
                self.items[i].kind = Kind::Shape(Shape::Filler);
            }
        }
    }

    /// "a table of the regions with their revenue": one row for each.
    fn table_of(&mut self) {
        let tables = ["table", "overview", "grid", "breakdown", "list", "summary"];
        for i in 1..self.len() {
            let of = self.is_any(i, &[Shape::Of, Shape::With, Shape::For, Shape::Also])
                && self.items[i].at.checked_sub(1).is_some_and(|k| self.tokens[k].is(&tables));
            let noun = self.next(i).filter(|&k| of && self.plural(k) && self.crossing(k).is_some());
            let measured = |k: usize| (k + 1..self.len()).any(|m| self.metric(m).is_some() && self.entity(m).is_none());
            if let Some(k) = noun.filter(|&k| measured(k)) {
                self.group(k);
            }
        }
    }

    /// "one with private brands, one with national brands": the columns that were announced.
    fn one_column_each(&mut self) {
        if !self.has(Shape::SideBySide) {
            return;
        }
        for i in 0..self.len() {
            let one = matches!(self.text(i), "one" | "the one" | "another" | "the other" | "second" | "first");
            let open = matches!(self.items[i].kind, Kind::Unknown | Kind::Number(_) | Kind::Shape(_));
            let member = self.next(i).is_some_and(|k| {
                self.is_any(k, &[Shape::With, Shape::For, Shape::Of, Shape::That, Shape::In, Shape::Also])
                    || self.metric(k).is_some()
                    || self.member(k)
            });
            if open && (one && member || matches!(self.text(i), "column" | "columns")) {
                self.items[i].kind = Kind::Shape(Shape::Filler);
            }
        }
    }

    /// "for all the regions separately": a noun in the plural whose members are kept apart.
    fn each_of_many(&mut self) {
        for i in 1..self.len() {
            if !self.is(i, Shape::Apart) {
                continue;
            }
            let grouped = self.next(i).is_some_and(|k| self.is_any(k, &[Shape::By, Shape::Per, Shape::Each]));
            let before = self.before(i).filter(|&k| !grouped && self.plural(k) && self.crossing(k).is_some());
            let after = self
                .next_but(i, &[Shape::For, Shape::In])
                .filter(|&k| self.plural(k) && self.crossing(k).is_some() && self.entity(k).is_none());
            if let Some(k) = before.or(after)
                && self.before(k).is_none_or(|b| {
                    !self.is_any(
                        b,
                        &[
                            Shape::By,
                            Shape::Per,
                            Shape::Each,
                            Shape::Which,
                            Shape::HowMany,
                            Shape::Number,
                            Shape::Most,
                            Shape::Least,
                        ],
                    )
                })
            {
                self.group(k);
            }
        }
    }

    /// "married or not": by what the value is of.
    fn or_not(&mut self) {
        for i in 0..self.len() {
            let Some(super::filters::Meaning::Values { field, .. }) = self.meaning(i) else { continue };
            let Some(or) = self.next(i).filter(|&k| self.is(k, Shape::Or)) else { continue };
            let Some(not) = self.next(or).filter(|&k| self.is(k, Shape::Not) && self.text(k) == "not") else {
                continue;
            };
            let ends = self.items.get(not + 1).is_none_or(|item| item.shape() == Some(Shape::Mark));
            if ends {
                self.take_all(&[i, or, not]);
                self.lists.groups.push(Group { at: i, noun: Noun::Column(field), each: false });
            }
        }
    }

    /// "age bands: how many customers are in each": each of what was named before.
    fn in_each(&mut self) {
        let Some(last) = (0..self.len()).rev().find(|&i| !self.is_any(i, &[Shape::Filler, Shape::Mark])) else {
            return;
        };
        let asked = (0..last).any(|i| self.is_any(i, &[Shape::HowMany, Shape::Number, Shape::HowMuch]));
        if !self.is(last, Shape::Each) || !asked || self.text(last).contains("of") {
            return;
        }
        let named = (0..last).rev().find(|&k| {
            let grouped =
                self.before(k).is_some_and(|b| self.is_any(b, &[Shape::By, Shape::Per, Shape::Each, Shape::Which]));
            !grouped && matches!(self.crossing(k), Some(Noun::Column(_)))
        });
        if let Some(k) = named {
            self.group(k);
            self.take(last);
            return;
        }
        let column = (0..last).rev().find_map(|k| match self.meaning(k) {
            Some(super::filters::Meaning::Values { field, .. }) => Some((k, field)),
            _ => None,
        });
        if let Some((k, field)) = column {
            self.take(last);
            self.lists.groups.push(Group { at: k, noun: Noun::Column(field), each: false });
        }
    }

    /// All pairs of nouns with nothing but "and", "by", "against" between them.
    fn pairs(&mut self) {
        let joints = [Shape::And, Shape::By, Shape::Versus, Shape::To];
        for i in 0..self.len() {
            if !self.is_any(i, &joints) {
                continue;
            }
            let sides = self.before(i).zip(self.next(i));
            if let Some((a, b)) = sides
                && (self.crossing(a).is_some() || self.lists.groups.iter().any(|g| g.at == a))
                && self.crossing(b).is_some()
            {
                self.group(a);
                self.group(b);
                self.take(i);
            }
        }
    }

    /// "region x channel".
    fn times(&mut self) {
        for i in 1..self.len() {
            let cross = matches!(self.text(i), "x" | "\u{d7}" | "*") && !matches!(self.items[i].kind, Kind::Number(_));
            let sides = self.before(i).zip(self.next(i));
            if let Some((a, b)) = sides.filter(|_| cross)
                && (self.crossing(a).is_some() || self.lists.groups.iter().any(|g| g.at == a))
                && self.crossing(b).is_some()
            {
                self.group(a);
                self.group(b);
                self.items[i].kind = Kind::Shape(Shape::Filler);
            }
        }
    }

    /// "Channel turnover", "Age bands: revenue per customer": a column at the head, the measure right behind it.
    fn titled(&mut self) {
        let opening = [Shape::Filler, Shape::Mark, Shape::List];
        let Some(head) = (0..self.len()).find(|&k| !self.is_any(k, &opening)) else { return };
        let column = match self.crossing(head) {
            Some(Noun::Column(_) | Noun::Grain(_) | Noun::Part(_)) => true,
            Some(_) => self.dimension(head).is_some(),
            None => false,
        };
        let behind = head + 1;
        let measure = self.metric(behind).is_some();
        if column && (measure || self.text(behind) == ":" && self.next(behind).is_some()) {
            self.group(head);
        }
    }

    /// "Region by channel: number of baskets": a column at the head of a table.
    fn headed(&mut self) {
        let Some(by) = (1..self.len()).find(|&i| self.is_any(i, &[Shape::By, Shape::And])) else { return };
        let Some(head) = self.before(by) else { return };
        let Some(colon) = (by..self.len()).find(|&i| self.text(i) == ":") else { return };
        let alone = (0..by).all(|k| k == head || self.is_any(k, &[Shape::Filler, Shape::Mark, Shape::List]));
        let column = matches!(self.crossing(head), Some(Noun::Column(_) | Noun::Grain(_) | Noun::Part(_)));
        let other = self.next(by).filter(|&k| self.crossing(k).is_some() && self.next(k).is_none_or(|n| n > colon));
        if let Some(other) = other.filter(|_| alone && column) {
            self.group(head);
            self.group(other);
            self.take(by);
        }
    }
}

impl Reading<'_> {
    /// "two columns please" says nothing more where the answer has them.
    pub(super) fn columns_given(&mut self, plan: &crate::plan::Plan) {
        let shown = plan.measures.iter().filter(|m| !m.hidden).count();
        if shown > 1 || plan.dimensions.len() > 1 || plan.compare.is_some() {
            self.take_shapes(&[Shape::SideBySide]);
        }
    }
}
