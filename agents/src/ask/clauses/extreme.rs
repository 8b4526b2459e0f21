//! The way that rows are ordered: "in descending order", "from the oldest to the newest", "cheapest first".

use super::cursor::{Cursor, Look};
use super::draft::{Draft, OrderBy};
use super::schema::Kind;
use crate::ask::grammar::measured;
use crate::plan::Field;

/// The way that rows are ordered, and by what if the words say it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Direction {
    pub(super) descending: bool,
    pub(super) by: Option<OrderBy>,
}

/// What a superlative speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    /// A number, whichever there is.
    Number,
    /// A date; the greatest is the latest.
    Date,
    /// How long something takes.
    Time,
    /// A number with a name: a price, a weight.
    Measured,
}

const PLAIN: [(&str, bool); 12] = [
    ("in descending order", true),
    ("in decreasing order", true),
    ("in reverse order", true),
    ("descending", true),
    ("desc", true),
    ("from high to low", true),
    ("from a to z", false),
    ("in ascending order", false),
    ("in increasing order", false),
    ("ascending", false),
    ("asc", false),
    ("from low to high", false),
];

impl Cursor<'_> {
    /// The way that rows are ordered, when words for it stand here.
    pub(super) fn direction(&mut self, draft: &Draft) -> Option<Direction> {
        let from = self.at;
        if self.eat_any(&["alphabetically", "in alphabetical order", "in alphabetic order"]) {
            return Some(Direction { descending: false, by: self.named(draft) });
        }
        for (words, descending) in
            [("in chronological order", false), ("chronologically", false), ("in reverse chronological order", true)]
        {
            if self.eat(words) {
                return Some(Direction { descending, by: self.dated(draft, "") });
            }
        }
        if let Some((_, descending)) = PLAIN.iter().find(|(words, _)| self.eat(words)) {
            return Some(Direction { descending: *descending, by: None });
        }
        let read = if self.eat("from") { self.span(draft) } else { self.first(draft) };
        if read.is_none() {
            self.at = from;
        }
        read
    }

    /// "the oldest to the most recent", "most expensive to cheapest", "the quickest kind to the slowest".
    fn span(&mut self, draft: &Draft) -> Option<Direction> {
        let (sense, high, stem) = self.superlative()?;
        let noun = self.behind(draft);
        self.eat("to").then_some(())?;
        let (other, low, other_stem) = self.superlative()?;
        if !noun {
            self.behind(draft);
        }
        if sense != other || high == low {
            return None;
        }
        let stem = if stem.is_empty() { other_stem } else { stem };
        self.eat_any(&["one", "ones", "first"]);
        Some(Direction { descending: high, by: self.by_sense(draft, sense, &stem) })
    }

    /// "cheapest first", "with the highest first", "the most recent retirement first", "lowest average score first".
    fn first(&mut self, draft: &Draft) -> Option<Direction> {
        self.eat("with");
        if self.eat("first") {
            return Some(Direction { descending: false, by: None });
        }
        let (sense, high, mut stem) = self.superlative()?;
        if sense == Sense::Date && stem.is_empty() && !self.is(&["first"]) {
            stem.clone_from(&self.token(0)?.stem);
        }
        self.behind(draft);
        self.eat_any(&["one", "ones"]);
        self.eat("first").then_some(())?;
        Some(Direction { descending: high, by: self.by_sense(draft, sense, &stem) })
    }

    /// A superlative: what it speaks of, whether it is the high end, and the stem of a verb that names the date.
    fn superlative(&mut self) -> Option<(Sense, bool, String)> {
        self.articles();
        let recent = self.is(&["most", "least"]) && self.is_at(1, &["recent", "recently"]);
        if recent {
            let high = self.is(&["most"]);
            let verb = self.is_at(1, &["recently"]);
            self.at += 2;
            let stem = self.token(0).filter(|_| verb).map(|token| token.stem.clone());
            let stem = stem.filter(|stem| stem != "to" && stem != "first");
            self.at += usize::from(stem.is_some());
            return Some((Sense::Date, high, stem.unwrap_or_default()));
        }
        let found = match self.word(0) {
            "youngest" | "oldest" => {
                let (high, stem) = (self.is(&["youngest"]), self.word(0).to_owned());
                self.at += 1;
                return Some((Sense::Date, high, stem));
            }
            "newest" | "latest" => (Sense::Date, true),
            "earliest" => (Sense::Date, false),
            "quickest" | "fastest" => (Sense::Time, false),
            "slowest" => (Sense::Time, true),
            "highest" | "largest" | "greatest" | "most" | "biggest" | "longest" | "best" => (Sense::Number, true),
            "lowest" | "smallest" | "least" | "fewest" | "shortest" | "worst" => (Sense::Number, false),
            _ => {
                let two = self.is(&["most", "least"]);
                let word = if two { self.word(1) } else { self.word(0) };
                let (_, low) = measured(word).filter(|_| two || word.ends_with("est"))?;
                let high = if two { self.is(&["most"]) != low } else { !low };
                let stem = word.to_owned();
                self.at += 1 + usize::from(two);
                return Some((Sense::Measured, high, stem));
            }
        };
        let two = self.is(&["most", "least"]) && measured(self.word(1)).is_some();
        if two {
            let word = self.word(1).to_owned();
            let (_, low) = measured(&word)?;
            let high = self.is(&["most"]) != low;
            self.at += 2;
            return Some((Sense::Measured, high, word));
        }
        self.at += 1;
        Some((found.0, found.1, String::new()))
    }

    /// A noun or a verb behind a superlative that repeats what is ordered.
    fn behind(&mut self, draft: &Draft) -> bool {
        let near = draft.tables(self);
        let from = self.at;
        if self.is(&["to", "first"]) {
            return false;
        }
        if self.eat_any(&["to replace", "to buy", "to make", "to run"]) {
            return true;
        }
        if matches!(self.look(), Look::Noun(_))
            && self.head(&near).is_ok()
            && (self.is(&["to", "first"]) || self.done())
        {
            return true;
        }
        self.at = from;
        let dated = near.iter().any(|table| {
            self.token(0).is_some_and(|token| !token.mark && self.time_hint(table, &token.stem).is_some())
        });
        if dated && (self.is_at(1, &["to", "first", "one", "ones"])) {
            self.at += 1;
            return true;
        }
        false
    }

    fn by_sense(&self, draft: &Draft, sense: Sense, stem: &str) -> Option<OrderBy> {
        match sense {
            Sense::Number | Sense::Time => None,
            Sense::Date => self.dated(draft, stem),
            Sense::Measured => {
                let (names, _) = measured(stem)?;
                let near = draft.tables(self);
                names.iter().find_map(|name| {
                    near.iter().find_map(|table| {
                        let mut numbers = self.schema.of_kind(table, Kind::Number);
                        let field = numbers.find(|field| field.name.split('_').any(|part| part == *name))?;
                        Some(OrderBy::Column(field.clone()))
                    })
                })
            }
        }
    }

    /// The date that rows are ordered by: the one that a verb names, else the one that is asked for, else the rows' own.
    fn dated(&self, draft: &Draft, stem: &str) -> Option<OrderBy> {
        let near = draft.tables(self);
        let hinted = near.iter().filter(|_| !stem.is_empty()).find_map(|table| self.time_hint(table, stem));
        let shown = || {
            let times = |field: &&Field| self.schema.kind(field) == Kind::Time;
            let mut found = draft.outputs.iter().flat_map(|np| np.fields.iter().filter(times).take(1));
            let first = found.next()?;
            found.next().is_none().then(|| first.clone())
        };
        let own = || near.iter().find_map(|table| self.time_of(table));
        let aged = matches!(stem, "youngest" | "oldest");
        let born = near.iter().filter(|_| aged).find_map(|table| self.birth(table));
        born.or(hinted).or_else(shown).or_else(own).map(OrderBy::Column)
    }

    /// The column of texts that rows are ordered by in the order of the alphabet.
    fn named(&self, draft: &Draft) -> Option<OrderBy> {
        let text = |field: &&Field| self.schema.kind(field) == Kind::Text;
        let shown = draft.outputs.iter().filter(|np| !np.is_thing()).find_map(|np| np.fields.iter().find(text));
        shown.map(|field| OrderBy::Column(field.clone()))
    }
}
