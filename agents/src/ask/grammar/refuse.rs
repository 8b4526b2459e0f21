//! What is refused before it is read: orders, reasons, forecasts, things the data does not have.

use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::refusal::Refusal;

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
        if let Some(i) = (0..self.len()).find(|&i| self.is(i, Shape::Why)) {
            let message = "I can say what happened, not why";
            return Err(Refusal::new("why", message, vec![self.text(i).to_owned()]));
        }
        if let Some(i) = (0..self.len()).find(|&i| self.is(i, Shape::Forecast)) {
            return Err(Refusal::new(
                "forecast",
                "I answer from the data there is and forecast nothing",
                vec![self.text(i).to_owned()],
            ));
        }
        Ok(())
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
        let unplaced = self.unplaced();
        if unplaced.is_empty() {
            return Ok(());
        }
        let words: Vec<String> = unplaced.iter().map(|&i| self.typed(i)).collect();
        let mut suggestions: Vec<String> = Vec::new();
        for word in &words {
            for near in self.lexicon.nearest(word, 3) {
                if !suggestions.contains(&near) && near != *word {
                    suggestions.push(near);
                }
            }
        }
        suggestions.truncate(5);
        Err(Refusal::unplaced(words).suggest(suggestions))
    }

    /// The words of an item as they were typed.
    pub(super) fn typed(&self, i: usize) -> String {
        let Some(item) = self.items.get(i) else { return String::new() };
        self.tokens[item.at..item.at + item.len].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}
