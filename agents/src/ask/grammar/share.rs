//! Shares and ratios: of a total, of a part, of one measure in another.

use super::draft::{Group, Measured, Sought};
use super::filters::{Choice, Meaning};
use super::measures::{Around, divide};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::plan::{Filter, Grouping, Having, Measure, Operator, Quantity};

impl Reading<'_> {
    /// "coupon discount as a percentage of revenue", "ratio of publications to authors".
    pub(super) fn two_measure_ratio(&mut self, measures: &mut Vec<Measured>) -> Option<Measure> {
        if let Some(at) = self.find(Shape::AsShareOf) {
            let left = measures.iter().rposition(|m| m.at < at);
            let right = measures.iter().position(|m| m.at > at);
            let (Some(left), Some(right)) = (left, right) else {
                // "private label as a percentage of sales": the part of one measure.
                self.items[at].kind = Kind::Shape(Shape::InPercent);
                return None;
            };
            self.take(at);
            let right = measures.remove(right).measure;
            let left = measures.remove(left).measure;
            return Some(divide(left, right, true));
        }
        if let Some(at) = self.find(Shape::Versus).filter(|_| measures.len() == 2) {
            self.take(at);
            if !self.has(Shape::InPercent) && !self.has(Shape::Share) {
                return None;
            }
        } else {
            let at = self.find(Shape::Ratio)?;
            if measures.len() != 2 {
                return None;
            }
            self.take(at);
        }
        let right = measures.pop()?.measure;
        let left = measures.pop()?.measure;
        let percent = self.has(Shape::InPercent) || self.has(Shape::Share);
        Some(divide(left, right, percent || !self.has(Shape::Ratio)))
    }

    /// "retail and coupon discounts together": the sum of two measures of one unit that stand side by side.
    pub(super) fn added_up(&mut self, measures: &mut Vec<Measured>) {
        let words = ["together", "combined", "add", "added", "adding", "jointly", "summed", "plus"];
        if !self.tokens.iter().any(|t| t.is(&words)) {
            return;
        }
        let metric = |m: &Measured| match &m.measure.of {
            Quantity::Metric { metric } => self.model.metric(metric),
            _ => None,
        };
        let pair = (0..measures.len().saturating_sub(1)).find(|&k| {
            let (left, right) = (&measures[k], &measures[k + 1]);
            let (Some((table, a)), Some((other, b))) = (metric(left), metric(right)) else { return false };
            let same = table.map(|t| &t.name) == other.map(|t| &t.name) && a.extension.format == b.extension.format;
            same && a.expr.starts_with("SUM(")
                && b.expr.starts_with("SUM(")
                && (left.at + 1..right.at)
                    .all(|i| self.is_any(i, &[Shape::And, Shape::Filler, Shape::Mark]) || self.text(i) == "plus")
        });
        let Some(k) = pair else { return };
        let right = measures.remove(k + 1);
        let left = measures[k].measure.clone();
        measures[k].measure = Measure::new(Quantity::Arithmetic {
            operator: Operator::Add,
            left: Box::new(left),
            right: Box::new(right.measure),
            percent: false,
        });
        for i in 0..self.len() {
            let sum = self.is_any(i, &[Shape::Together, Shape::Total]) || words.contains(&self.text(i));
            if sum || i > measures[k].at && i < right.at && self.is(i, Shape::And) {
                self.take(i);
            }
        }
    }

    /// "the difference between gross and net sales": both, and the one minus the other.
    pub(super) fn two_measures_apart(&mut self, measures: &mut Vec<Measured>) -> bool {
        let Some(at) = self.find(Shape::Difference) else { return false };
        let [left, right] = measures.as_slice() else { return false };
        let joined = (left.at..right.at).any(|k| self.is_any(k, &[Shape::And, Shape::Versus, Shape::From, Shape::To]));
        if !joined || left.at < at {
            return false;
        }
        let apart = Measure::new(Quantity::Arithmetic {
            operator: Operator::Subtract,
            left: Box::new(left.measure.clone()),
            right: Box::new(right.measure.clone()),
            percent: false,
        });
        for k in at..right.at {
            if self.is_any(k, &[Shape::Difference, Shape::Between, Shape::Versus, Shape::And, Shape::From, Shape::To]) {
                self.take(k);
            }
        }
        measures.push(Measured { at, measure: apart });
        true
    }

    /// "what percentage of sales before discounts did we give away as discounts": the second measure over the first.
    pub(super) fn part_measure(&mut self, measures: &mut Vec<Measured>) -> Option<Measure> {
        let at = self.find(Shape::Share)?;
        if measures.len() != 2 || measures.iter().any(|m| m.at < at) {
            return None;
        }
        let between = measures[0].at + 1..measures[1].at;
        let compound = self.next(measures[0].at) == Some(measures[1].at);
        if compound {
            measures.remove(0);
            return None;
        }
        let and = between.clone().any(|k| self.is(k, Shape::And) || self.text(k) == ",");
        if and {
            return None;
        }
        self.take(at);
        let second = measures.pop()?.measure;
        let first = measures.pop()?.measure;
        Some(divide(second, first, true))
    }

    /// "the percentage of sales for A versus B": each side's share in a column of its own.
    pub(super) fn split_shares(
        &mut self,
        contrast: &mut Option<super::compare::Contrast>,
        measures: &mut Vec<Measured>,
    ) {
        let share = (0..self.len()).find(|&i| !self.used[i] && self.is_any(i, &[Shape::Share, Shape::InPercent]));
        let metric = match measures.as_slice() {
            [] => self.default_metric().map(Measure::metric),
            [only] => Some(only.measure.clone()),
            _ => None,
        };
        let (Some(at), Some(whole), true) = (share, metric, contrast.is_some()) else { return };
        let Some(sides) = contrast.take().map(|found| found.sides) else { return };
        let what = match &whole.of {
            Quantity::Metric { metric } => metric.replace('_', " "),
            Quantity::Entities { entity, .. } => {
                self.model.entity(entity).map_or_else(|| entity.clone(), |found| found.entity.plural.clone())
            }
            _ => "the whole".to_owned(),
        };
        self.take_shapes(&[Shape::Share, Shape::InPercent, Shape::AccountFor]);
        *measures = sides
            .into_iter()
            .map(|side| {
                let part = Measure { filters: side.filters, ..whole.clone() };
                Measured {
                    at,
                    measure: divide(part, whole.clone(), true)
                        .named(format!("{} share of {what} in percent", side.label.replace(" - ", "-"))),
                }
            })
            .collect();
    }

    /// A share of one measure: the part that filters choose, or each group's.
    pub(super) fn share(
        &mut self,
        measure: Measure,
        measure_at: usize,
        groups: &[Group],
        sought: Option<&Sought>,
        choices: &mut Vec<Choice>,
        around: &Around,
    ) -> Option<Measure> {
        let at = self.find(Shape::Share).or_else(|| self.find(Shape::InPercent))?;
        let verb = (measure_at + 1..self.len()).find(|&k| self.verb(k)).unwrap_or(self.len());
        let front = at > measure_at;
        let mut part: Vec<Filter> = Vec::new();
        let mut keep: Vec<Choice> = Vec::new();
        for choice in choices.drain(..) {
            let place = choice.first();
            let numerator = place > verb
                || place < at && place + 4 > at && measure_at >= at
                || (at < place && place < measure_at && self.share_of_value(&choice, at, measure_at))
                || place > at
                    && place < measure_at
                    && measure_at < groups.first().map_or(0, |g| if g.each { g.at } else { 0 })
                || front && place < measure_at
                || front && self.before_but(place, &[Shape::Of]) == Some(at)
                || place > at
                    && (place < measure_at || at >= measure_at)
                    && (!groups.is_empty() || sought.is_some())
                    && self.tells_kinds(&choice, groups, sought)
                || place > measure_at && at < measure_at && !groups.is_empty() && counts_named(&measure, &choice);
            if numerator {
                part.push(self.choice_filter(&choice));
            } else {
                keep.push(choice.clone());
            }
            if numerator {
                let _ = self.filter(&choice);
            }
        }
        if groups.is_empty() && sought.is_none() && keep.is_empty() {
            part.extend(self.known_part());
        }
        if part.is_empty()
            && groups.is_empty()
            && sought.is_none()
            && let Some(only) = keep.pop()
        {
            part.push(self.filter(&only));
        }
        choices.extend(keep);
        if part.is_empty() && groups.is_empty() && sought.is_none() {
            return None;
        }
        self.take(at);
        self.take_shapes(&[Shape::AccountFor, Shape::Share, Shape::InPercent]);
        if !part.is_empty() {
            let mut left = measure.clone();
            left.filters.extend(part);
            let whole = self.active_whole(measure, &left, around);
            let left = Measure { of: whole.of.clone(), ..left };
            return Some(divide(left, whole, true));
        }
        let times: Vec<usize> = groups
            .iter()
            .enumerate()
            .filter(|(_, g)| g.each || matches!(g.noun, Noun::Grain(_) | Noun::Part(_)))
            .map(|(k, _)| k)
            .collect();
        let total = groups.len() + usize::from(sought.is_some());
        let within = if times.len() < total { times } else { Vec::new() };
        Some(Measure::new(Quantity::Share { of: Box::new(measure), within }))
    }

    /// "what share of households has a known income": those of whom it is known.
    fn known_part(&mut self) -> Option<Filter> {
        let at = self.find(Shape::Known)?;
        let (k, field, unknown) = (0..self.len()).filter(|&i| !self.used[i]).find_map(|i| {
            let field = self.dimension(i)?;
            let found = self.table(&field.table)?.dimensions.iter().find(|d| d.name == field.name)?;
            let unknown = found.extension.unknown_values.clone();
            (!unknown.is_empty()).then_some((i, field, unknown))
        })?;
        self.take_all(&[at, k]);
        Some(Reading::one_of(&field, &unknown, true))
    }

    /// "the share of digital orders in each state": what tells a few kinds apart is a part of each row's own whole,
    /// unless rows are grouped by that very column.
    fn tells_kinds(&self, choice: &Choice, groups: &[Group], sought: Option<&Sought>) -> bool {
        let few = |field: &crate::plan::Field| {
            let found = self.table(&field.table)?.dimensions.iter().find(|d| d.name == field.name)?;
            let known = found.sample_values.iter().filter(|v| !found.extension.unknown_values.contains(v)).count();
            Some(found.is_enum && (2..4).contains(&known))
        };
        let nouns = groups.iter().map(|g| &g.noun).chain(sought.map(|s| &s.noun));
        let same = |field: &crate::plan::Field| nouns.clone().any(|n| matches!(n, Noun::Column(own) if own == field));
        choice.parts.iter().all(|part| match part {
            Meaning::Named { .. } => true,
            Meaning::Values { field, .. } => few(field).unwrap_or(false) && !same(field),
            _ => false,
        })
    }

    /// "share of revenue and share of baskets by region": the others that are said to be shared too.
    pub(super) fn other_shares(&mut self, measures: &mut [Measured]) {
        let Some(Quantity::Share { within, .. }) = measures.first().map(|m| m.measure.of.clone()) else { return };
        for measured in measures.iter_mut().skip(1) {
            let said = self.before_but(measured.at, &[Shape::Of, Shape::Total, Shape::Number]);
            if said.is_some_and(|k| self.is(k, Shape::Share)) {
                let of = Box::new(measured.measure.clone());
                measured.measure = Measure::new(Quantity::Share { of, within: within.clone() });
            }
        }
    }

    /// "share of private label in revenue": the value follows "share of" and the measure follows "in" or "of".
    fn share_of_value(&self, choice: &Choice, at: usize, measure_at: usize) -> bool {
        let directly = self.before_but(choice.first(), &[Shape::Of]) == Some(at);
        let then = (choice.last() + 1..measure_at).any(|k| self.is_any(k, &[Shape::In, Shape::Of]));
        // "the share of weekend sales in total sales"
        let again = (measure_at + 1..self.len()).any(|k| {
            let place = self.before_but(k, &[Shape::Total]).is_some_and(|b| self.is_any(b, &[Shape::In, Shape::Of]));
            place && self.metric(k).is_some() && self.metric(k) == self.metric(measure_at)
        });
        directly && (then || again)
    }

    /// Where the part is of those that bought, the whole is too.
    fn active_whole(&self, whole: Measure, part: &Measure, around: &Around) -> Measure {
        let Quantity::Entities { entity, within: None } = &whole.of else { return whole };
        let own = self.entity_table(entity).map(|t| t.name.clone()).unwrap_or_default();
        let beyond = part.filters.iter().any(|f| filter_tables(f).iter().any(|t| !self.leads_to(&own, t)));
        if beyond || around.active {
            let within = self.activity(entity);
            return Measure { of: Quantity::Entities { entity: entity.clone(), within }, ..whole };
        }
        whole
    }

    /// Whether an item is a verb that parts what is shared from what it is shared by.
    fn verb(&self, k: usize) -> bool {
        let words = [
            "is", "are", "was", "were", "do", "does", "did", "has", "have", "came", "comes", "come", "went", "goes",
            "falls", "fall", "fell", "happen", "happens", "happened", "made", "belong", "belongs", "sit", "gets",
            "got",
        ];
        if self.is_any(k, &[Shape::Deed, Shape::Sell, Shape::AccountFor, Shape::Ever]) {
            return true;
        }
        self.items[k].text.split(' ').any(|word| words.contains(&word)) && !matches!(self.items[k].kind, Kind::Link(_))
    }

    /// The share of an entity that reaches a threshold: groups that do over all that are active.
    pub(super) fn share_reaching(&mut self, noun: &Noun, having: Vec<Having>, around: &Around) -> Option<Measure> {
        let at = (0..self.len()).find(|&i| self.is(i, Shape::Share))?;
        self.take(at);
        let groups = Measure::new(Quantity::Groups {
            per: vec![noun.dimension()],
            of: None,
            having,
            function: crate::plan::GroupFunction::Count,
        });
        let whole = self.count_noun(noun, &Around { active: true, tables: around.tables.clone() });
        Some(divide(groups, whole, true))
    }
}

/// "share of baskets with a coupon": what is counted, and something said of it.
fn counts_named(measure: &Measure, choice: &Choice) -> bool {
    let counted = matches!(measure.of, Quantity::Entities { .. })
        || matches!(&measure.of, Quantity::Metric { metric } if metric.ends_with("count"));
    counted && choice.parts.iter().all(|part| matches!(part, Meaning::Named { .. }))
}

/// The tables whose columns a filter reads.
pub(super) fn filter_tables(filter: &Filter) -> Vec<String> {
    match filter {
        Filter::Compare { left: crate::plan::Value::Field { field }, .. }
        | Filter::OneOf { value: crate::plan::Value::Field { field }, .. }
        | Filter::Text { value: crate::plan::Value::Field { field }, .. }
        | Filter::Flag { field, .. } => vec![field.table.clone()],
        Filter::Named { table, .. } => vec![table.clone()],
        Filter::All { of } | Filter::Any { of } => of.iter().flat_map(filter_tables).collect(),
        Filter::Not { filter } => filter_tables(filter),
        Filter::During { .. } | Filter::Part { .. } => vec!["\u{0}time".to_owned()],
        _ => Vec::new(),
    }
}

/// The tables that choices are about.
pub(super) fn choice_tables(choices: &[Choice]) -> Vec<String> {
    choices
        .iter()
        .flat_map(|c| c.parts.iter())
        .map(|part| match part {
            Meaning::Part(_) => "\u{0}time".to_owned(),
            other => other.table().unwrap_or_default().to_owned(),
        })
        .collect()
}

/// The tables that a grouping is about.
pub(super) fn grouping_table(by: &Grouping) -> Option<String> {
    match by {
        Grouping::Column { field } => Some(field.table.clone()),
        Grouping::Time { .. } | Grouping::Part { .. } => Some("\u{0}time".to_owned()),
        _ => None,
    }
}
