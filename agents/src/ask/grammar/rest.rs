//! One against all others: "Texas compared with the other states", "private label versus everything else".

use super::compare::{Contrast, title};
use super::filters::{Choice, Meaning};
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::plan::{Bucket, Dimension, Filter, Grouping, Side};

impl Reading<'_> {
    /// The one value of a question that is set against the rest, taken out of the choices.
    pub(super) fn against_rest(&mut self, choices: &mut Vec<Choice>) -> Option<Contrast> {
        let joints = [Shape::Versus, Shape::Difference, Shape::SideBySide, Shape::Than, Shape::And, Shape::Or];
        let joint = (0..self.len()).find(|&i| self.is_any(i, &joints))?;
        let (first, last) = self.the_rest(joint)?;
        let place = choices.iter().rposition(|c| !c.negated && c.parts.len() == 1 && c.last() < first)?;
        let alone = matches!(choices[place].parts.first(), Some(Meaning::Values { .. } | Meaning::Named { .. }));
        if !alone {
            return None;
        }
        let choice = choices.remove(place);
        choices.retain(|other| other.last() < first || other.first() > last);
        let filter = self.filter(&choice);
        let label = title(&self.typed(*choice.items.first()?));
        let noun = (first..=last).find_map(|k| self.noun(k).map(|_| self.text(k).to_owned()));
        let others = noun.map_or_else(|| "All others".to_owned(), |noun| format!("Other {noun}"));
        for k in choice.last()..=last {
            if !matches!(self.items[k].kind, Kind::Number(_)) {
                self.take(k);
            }
        }
        self.take_shapes(&[Shape::Versus, Shape::SideBySide]);
        let sides = vec![
            Side { label: label.clone(), period: None, filters: vec![filter.clone()] },
            Side {
                label: others.clone(),
                period: None,
                filters: vec![Filter::Not { filter: Box::new(filter.clone()) }],
            },
        ];
        let buckets = vec![Bucket { label, filters: vec![filter] }];
        let dimension = Dimension::new(Grouping::Buckets { buckets, otherwise: Some(others) });
        Some(Contrast { dimension, filter: None, sides, at: choice.first() })
    }

    /// The words for the rest behind a joint: "the rest of the country", "all other states", "everyone else".
    fn the_rest(&self, joint: usize) -> Option<(usize, usize)> {
        let from = self.items[joint].at + self.items[joint].len;
        let at = (from..self.tokens.len().min(from + 6)).find(|&t| {
            let token = &self.tokens[t];
            let others = token.is(&["rest", "others", "remaining", "remainder"]);
            let else_behind = self.tokens.get(t + 1).is_some_and(|next| next.is(&["else"]));
            let other = token.is(&["other"]) && !self.tokens.get(t + 1).is_some_and(|next| next.is(&["than"]));
            others
                || other
                || token.is(&["everyone", "everything", "everybody", "all", "anything", "elsewhere"]) && else_behind
        })?;
        let item = self.items.iter().position(|item| (item.at..item.at + item.len).contains(&at))?;
        if matches!(self.items[item].kind, Kind::Time(_)) {
            return None;
        }
        let mut last = item;
        while let Some(next) = (last + 1..self.len()).find(|&k| !self.is(k, Shape::Filler)) {
            let noun =
                self.noun(next).is_some() && !matches!(self.items[next].kind, Kind::Grain(_)) && self.plural(next);
            let other = self.items[next].text == "else" || self.is(next, Shape::Of) && self.text(last) == "rest";
            let country = ["country", "chain", "company", "network", "nation", "us"].contains(&self.text(next));
            if !(noun || other || country) {
                break;
            }
            last = next;
            if noun || country {
                break;
            }
        }
        Some((item, last))
    }
}
