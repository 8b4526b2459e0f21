//! What is refused before it is read: orders, reasons, forecasts, things the data does not have.

use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::refusal::Refusal;
use crate::ask::time::When;
use crate::semantic::TableRole;

impl Reading<'_> {
    /// # Errors
    /// A refusal for what can't be a question about this data.
    pub(super) fn refuse_early(&self) -> Result<(), Refusal> {
        if !(0..self.len()).any(|i| !matches!(self.items[i].kind, Kind::Shape(Shape::Filler | Shape::Mark))) {
            return Err(Refusal::new("empty", "There is no question", Vec::new()));
        }
        if let Some(i) = self.order() {
            let word = self.text(i).to_owned();
            return Err(Refusal::new("order", "I only answer questions; I change nothing in the data", vec![word]));
        }
        let uncovered: Vec<String> = (0..self.len())
            .filter(|&i| self.targets(i).contains(&Target::NotCovered) && self.targets(i).len() == 1)
            .map(|i| self.text(i).to_owned())
            .collect();
        if !uncovered.is_empty() {
            return Err(Refusal::not_covered(uncovered));
        }
        if let Some(i) = (0..self.len()).find(|&i| self.is(i, Shape::Forecast)) {
            return Err(Refusal::new(
                "forecast",
                "I answer from the data there is and forecast nothing",
                vec![self.text(i).to_owned()],
            ));
        }
        if let Some(word) = self.of_the_future() {
            let message = format!("The data ends with {} and I forecast nothing", self.calendar.today);
            return Err(Refusal::new("forecast", message, vec![word]));
        }
        if let Some(word) = self.what_they_buy() {
            let sold = self.model.entities().filter(|found| self.is_sold(&found.table.name));
            let things = sold.take(3).map(|found| found.entity.plural.clone());
            let suggestions = things.map(|thing| format!("which {thing} \u{2026} buy most")).collect();
            return Err(Refusal::unclear("Say what kind of thing is to be told", vec![word]).suggest(suggestions));
        }
        if let Some(word) = self.how_such() {
            return Err(self.lexicon.unplaced(vec![word]));
        }
        if let Some(refusal) = self.lost_ones().or_else(|| self.grown_always()) {
            return Err(refusal);
        }
        if let Some(words) = self.within_steps() {
            return Err(self.lexicon.unplaced(words));
        }
        if let Some((entity, k)) = self.had_or_bought() {
            let word = self.typed(k);
            let plural = self.model.entity(&entity).map_or(entity.as_str(), |found| &found.entity.plural);
            let suggestion = format!("{plural} who bought {word}");
            return Err(self.lexicon.unplaced(vec![word]).suggest(vec![suggestion]));
        }
        if let Some(i) = (0..self.len()).find(|&i| self.is(i, Shape::Why)) {
            let message = "I can say what happened, not why";
            return Err(Refusal::new("why", message, vec![self.text(i).to_owned()]));
        }
        Ok(())
    }

    /// "how happy are our customers": a word of that place is no value, though a product may have its name.
    fn how_such(&self) -> Option<String> {
        let [how, such, is, ..] = self.tokens.as_slice() else { return None };
        let asked = how.is(&["how"]) && is.is(&["is", "are", "was", "were"]) && !such.capital && !such.quoted;
        let value = (0..self.len()).any(|i| self.items[i].at == 1 && self.items[i].len == 1 && self.is_value(i));
        (asked && value).then(|| such.text.clone())
    }

    /// "how many customers did we lose in 2017", "churned customers": nothing says after how long one counts as lost.
    fn lost_ones(&self) -> Option<Refusal> {
        let word = self.tokens.iter().find(|t| t.is(&["lose", "lost", "losing", "churn", "churned", "churning"]))?;
        let entity = (0..self.len()).find_map(|i| self.entity(i).filter(|entity| self.lexicon.buys(entity)))?;
        let measured =
            (0..self.len()).any(|i| self.metric(i).is_some() && self.entity(i).is_none() || self.is(i, Shape::Never));
        let plural = &self.model.entity(&entity)?.entity.plural;
        let year = self.calendar.today.year();
        let suggestion = format!("how many {plural} bought in {} but not in {year}", year - 1);
        let message = format!("Say after how long without a purchase {plural} count as lost");
        (!measured).then(|| Refusal::unclear(&message, vec![word.text.clone()]).suggest(vec![suggestion]))
    }

    /// "which departments grew in every quarter": only those that did so each time, which no plan says.
    fn grown_always(&self) -> Option<Refusal> {
        let which = (0..self.len()).find(|&i| self.is(i, Shape::Which))?;
        let grew = (which..self.len()).find(|&i| self.is_any(i, &[Shape::Grow, Shape::Shrink]))?;
        let each = (grew..self.len()).find(|&i| {
            self.is(i, Shape::Each) && self.next(i).is_some_and(|k| matches!(self.items[k].kind, Kind::Grain(_)))
        })?;
        let message = "I can tell the change of every step, not yet who changed so in all of them";
        Some(Refusal::unclear(message, vec![self.typed(each)]))
    }

    /// "who come back within 30 days": a time from one row to the next, not a number of days.
    fn within_steps(&self) -> Option<Vec<String>> {
        const STEPS: [&str; 8] = ["day", "days", "week", "weeks", "month", "months", "year", "years"];
        let at = (0..self.tokens.len().saturating_sub(2)).find(|&at| {
            let [within, number, step] = [0, 1, 2].map(|k| &self.tokens[at + k]);
            let of = self.tokens.get(at + 3).is_some_and(|t| t.is(&["of", "after", "before", "from", "around"]));
            within.is(&["within"]) && number.number.is_some() && step.is(&STEPS) && !of
        })?;
        let timed = self
            .items
            .iter()
            .any(|item| item.at <= at && item.at + item.len > at && matches!(item.kind, Kind::Time(_) | Kind::Link(_)));
        (!timed).then(|| self.tokens[at..at + 3].iter().map(|token| token.text.clone()).collect())
    }

    /// "customers with pets": what somebody has is not what was bought, though a product may have its name.
    fn had_or_bought(&self) -> Option<(String, usize)> {
        let bought =
            |i: usize| self.is_any(i, &[Shape::Deed, Shape::Sell, Shape::Together]) || self.metric(i).is_some();
        if (0..self.len()).any(|i| bought(i) && !self.entity(i).is_some_and(|e| self.lexicon.buys(&e))) {
            return None;
        }
        let with = (0..self.len()).find(|&i| self.is(i, Shape::With))?;
        let buyers = self.before(with).and_then(|k| self.entity(k)).filter(|entity| self.lexicon.buys(entity))?;
        let k = self.next(with).filter(|&k| self.noun(k).is_none())?;
        let sold = |target: &Target| matches!(target, Target::Values { field, .. } if self.is_sold(&field.table));
        (!self.targets(k).is_empty() && self.targets(k).iter().all(sold)).then_some((buyers, k))
    }

    /// "what do renters buy most": no kind of thing is named that could be ranked.
    fn what_they_buy(&self) -> Option<String> {
        let [what, does, rest @ ..] = self.tokens.as_slice() else { return None };
        let buys = rest.iter().rposition(|t| t.is(&["buy", "purchase", "order"]))?;
        let most = rest[buys + 1..].iter().any(|t| t.is(&["most", "mostly", "least"]));
        let kinds = (0..self.len()).any(|i| {
            let named = self.entity(i).and_then(|e| self.entity_table(&e)).is_some_and(|t| self.is_sold(&t.name));
            named || self.dimension(i).is_some_and(|f| self.is_sold(&f.table)) && !self.is_value(i)
        });
        let asked = what.is(&["what"]) && does.is(&["do", "does", "did"]) && most && !kinds;
        (asked && !self.has(Shape::Together)).then(|| what.text.clone())
    }

    /// Whether the rows of a table are things with numbers of their own, such as a price.
    fn is_sold(&self, table: &str) -> bool {
        self.table(table).is_some_and(|t| !t.facts.is_empty() && t.extension.role == TableRole::Entity)
    }

    /// A word for what is still to come next to a time that has not begun: "will … next year", "expect in 2018".
    fn of_the_future(&self) -> Option<String> {
        let begun = |i: usize| match &self.items[i].kind {
            Kind::Time(When::Period(period) | When::Range(period, _)) => {
                period.start.is_none_or(|start| start <= self.calendar.today)
            }
            _ => true,
        };
        let ahead = (0..self.len()).find(|&i| !begun(i));
        let asked = self.tokens.iter().enumerate().find(|(k, token)| {
            token.is(&["expect", "expected", "expecting", "anticipated", "likely"])
                || token.is(&["will"]) && !self.tokens.get(k + 1).is_some_and(|t| t.is(&["you", "u"]))
                || token.is(&["going"]) && self.tokens.get(k + 1).is_some_and(|t| t.is(&["to"]))
        });
        let relative = ahead.filter(|&i| {
            let words = ["next", "tomorrow", "coming", "upcoming"];
            self.model.extension.today.is_some() && self.text(i).split(' ').any(|word| words.contains(&word))
        });
        match (asked, ahead, relative) {
            (_, _, Some(i)) | (Some(_), Some(i), _) => Some(self.typed(i)),
            (Some((k, _)), None, _) if self.tokens[k].is(&["will", "going"]) => Some(self.tokens[k].text.clone()),
            _ => None,
        }
    }

    /// A word that orders a change: at the start, or after "and", "then", "please", "to".
    fn order(&self) -> Option<usize> {
        let strong = [
            "delete",
            "truncate",
            "insert",
            "update",
            "erase",
            "purge",
            "wipe",
            "overwrite",
            "grant",
            "revoke",
            "alter",
            "ignore all",
            "ignore previous",
            "ignore your",
            "system prompt",
            "disregard",
            "drop the",
            "drop table",
            "set to",
            "create table",
        ];
        (0..self.len()).find(|&i| {
            if !self.is(i, Shape::Order) {
                return false;
            }
            let text = self.text(i);
            let first = self.before(i).is_none_or(|k| {
                self.is_any(k, &[Shape::And, Shape::To, Shape::List]) || matches!(self.text(k), "please" | "then")
            });
            strong.iter().any(|word| text.starts_with(word)) || first
        })
    }

    /// # Errors
    /// A refusal that names the words nothing was made of.
    pub(super) fn refuse_unplaced(&self) -> Result<(), Refusal> {
        let title = self.title();
        let heading = |i: usize| {
            let things =
                self.targets(i).iter().all(|t| matches!(t, Target::Entity(_) | Target::Rows(_) | Target::Verb(_)));
            title.is_some_and(|end| i <= end) && things && !matches!(self.items[i].kind, Kind::Time(_) | Kind::Grain(_))
        };
        let unplaced: Vec<usize> = self.unplaced().into_iter().filter(|&i| !heading(i)).collect();
        if unplaced.is_empty() {
            return Ok(());
        }
        let words: Vec<String> = unplaced.iter().map(|&i| self.typed(i)).collect();
        Err(self.lexicon.unplaced(words))
    }

    /// Where a heading before the question ends: "customer retention: what share of …".
    fn title(&self) -> Option<usize> {
        let at = (1..self.len().min(7)).find(|&i| self.text(i) == ":" || self.text(i) == "-" && self.spaced(i))?;
        let asks = (at + 1..self.len().min(at + 4)).any(|k| {
            self.is_any(
                k,
                &[Shape::HowMany, Shape::HowMuch, Shape::Which, Shape::List, Shape::Share, Shape::Who, Shape::When],
            )
        });
        let plain = (0..at).all(|k| !self.tokens[self.items[k].at].text.contains(|c: char| c.is_ascii_digit()));
        (asks && plain).then_some(at)
    }

    /// Whether a mark stands between blanks.
    fn spaced(&self, i: usize) -> bool {
        let Some(token) = self.tokens.get(self.items[i].at) else { return false };
        let before = self.items[i].at.checked_sub(1).and_then(|k| self.tokens.get(k));
        let after = self.tokens.get(self.items[i].at + 1);
        before.is_some_and(|t| t.end < token.start) && after.is_some_and(|t| t.start > token.end)
    }

    /// The words of an item as they were typed.
    pub(super) fn typed(&self, i: usize) -> String {
        let Some(item) = self.items.get(i) else { return String::new() };
        self.tokens[item.at..item.at + item.len].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}
