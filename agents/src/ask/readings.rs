//! Other readings of a question: what else its words may mean, and what it names that another wording must name too.

use super::grammar;
use super::link::{self, Item, Kind, Lexicon, Linked, Target};
use super::phrase;
use super::refusal::Refusal;
use super::time::Calendar;
use super::understand::{Settings, calendar};
use super::words::tokenize;
use crate::plan::Plan;
use crate::semantic::SemanticModel;

/// How many things that a word may name are tried.
const MEANINGS: usize = 4;

/// Another reading of a question: one word of it taken for something else that it names too.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Other {
    /// The word as it was typed.
    pub(super) word: String,
    /// What it is taken for.
    pub(super) target: Target,
    /// What the question means then.
    pub(super) plan: Plan,
}

/// How else a question can be read than as `taken`, where a word names several things of the model or of the data: one
/// reading for each other plan.
pub(super) fn others(
    question: &str,
    context: &[String],
    model: &SemanticModel,
    lexicon: &Lexicon,
    settings: Settings,
    taken: &Plan,
) -> Vec<Other> {
    if phrase::fits(model) {
        // Those have a grammar of their own, which chooses among meanings by the clause that a word stands in.
        return Vec::new();
    }
    let reader = Reader { model, lexicon, calendar: calendar(model, settings) };
    let linked = reader.link(question);
    let mut before: Option<Option<Plan>> = None;
    let mut found: Vec<Other> = Vec::new();
    let several = |item: &&(usize, Item)| item.1.distance == 0 && item.1.targets().len() > 1;
    for (place, item) in linked.items.iter().cloned().enumerate().collect::<Vec<_>>().iter().filter(several) {
        let word = linked.tokens[item.at..item.at + item.len].iter().map(|token| token.text.as_str());
        let word = word.collect::<Vec<_>>().join(" ");
        let column = |target: &Target| match target {
            Target::Values { field, .. } => Some(field.clone()),
            _ => None,
        };
        let columns: Vec<_> = item.targets().iter().filter_map(column).collect();
        let small = |target: &&Target| {
            column(target).is_none_or(|field| columns.iter().all(|other| !lexicon.dwarfs(&field, other)))
        };
        for target in item.targets().iter().take(MEANINGS).filter(small) {
            let mut only = linked.clone();
            only.items[*place].kind = Kind::Link(vec![target.clone()]);
            let before = before.get_or_insert_with(|| reader.before(context));
            let Ok(parsed) = reader.parse(&only, before.as_ref()) else { continue };
            if parsed.plan != *taken && found.iter().all(|other| other.plan != parsed.plan) {
                found.push(Other { word: word.clone(), target: target.clone(), plan: parsed.plan });
            }
        }
    }
    found
}

/// What a question names that another wording must name too: numbers, days, values, quoted text. In order, so that
/// "from March to June" is not "from June to March".
pub(super) fn slots(question: &str, model: &SemanticModel, lexicon: &Lexicon, settings: Settings) -> Vec<String> {
    let reader = Reader { model, lexicon, calendar: calendar(model, settings) };
    let linked = reader.link(question);
    let slot = |item: &Item| match &item.kind {
        Kind::Time(_) | Kind::Number(_) | Kind::Quoted(_) => Some(format!("{:?}", item.kind)),
        Kind::Link(targets) if targets.iter().any(|target| matches!(target, Target::Values { .. })) => {
            Some(item.text.clone())
        }
        _ => None,
    };
    linked.items.iter().filter_map(slot).collect()
}

/// What questions are read with.
struct Reader<'a> {
    model: &'a SemanticModel,
    lexicon: &'a Lexicon,
    calendar: Calendar,
}

impl Reader<'_> {
    fn link(&self, text: &str) -> Linked {
        link::link(tokenize(text), self.lexicon, self.calendar)
    }

    fn parse(&self, linked: &Linked, before: Option<&Plan>) -> Result<grammar::Parsed, Refusal> {
        grammar::parse(linked, self.model, self.lexicon, self.calendar, before)
    }

    /// What the earlier questions came to.
    fn before(&self, context: &[String]) -> Option<Plan> {
        let mut before: Option<Plan> = None;
        for earlier in context {
            if let Ok(parsed) = self.parse(&self.link(earlier), before.as_ref()) {
                before = Some(parsed.plan);
            }
        }
        before
    }
}
