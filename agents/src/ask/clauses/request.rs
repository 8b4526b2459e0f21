//! What a sentence asks for: things, columns and numbers in a list; by what they are grouped, chosen and ordered.

use super::count::{Number, Rank};
use super::cursor::{Cursor, Look, Reads};
use super::draft::Draft;
use super::phrase::{Group, Np};
use super::schema::Kind;
use super::vocabulary::PREPOSITIONS;
use crate::plan::Field;

const OPENERS: &[&str] = &[
    "what is",
    "what are",
    "what was",
    "what were",
    "what",
    "which",
    "who are",
    "who is",
    "who",
    "whom",
    "list out",
    "list",
    "show me",
    "show",
    "give me",
    "give",
    "return",
    "get me",
    "get",
    "find out",
    "find",
    "display",
    "retrieve",
    "provide",
    "identify",
    "tell me",
    "how does",
    "how do",
    "how did",
    "how has",
    "can you",
    "could you",
    "please",
    "i want to know",
    "i want",
    "i need",
    "i would like",
    "say",
    "calculate",
    "compute",
    "determine",
    "select",
    "include",
    "output",
    "report",
    "fetch",
    "also",
    "name",
    "both",
    "and",
    "the corresponding",
    "i need",
    "i would like to know",
    "i would like to see",
    "i would like",
    "we need",
    "we want",
    "are there any",
    "are there",
    "is there any",
    "is there a",
    "do we have any",
    "just",
    "say",
];

/// Words that begin a further thing that is asked for.
const AGAIN: [&str; 17] = [
    "what is",
    "what are",
    "what was",
    "what were",
    "which",
    "show",
    "give",
    "return",
    "list",
    "also",
    "both",
    "include",
    "find",
    "say",
    "state",
    "tell me",
    "the corresponding",
];

/// Verbs of "how does X change".
const CHANGE: [&str; 10] =
    ["vary", "varies", "change", "changes", "differ", "differs", "evolve", "compare", "look", "changed"];

impl Cursor<'_> {
    /// Reads a sentence into the draft.
    pub(super) fn sentence(&mut self, draft: &mut Draft) -> Reads<()> {
        if self.only_inclusive() {
            return Ok(());
        }
        let from = self.at;
        if self.rank_them(draft)? {
            self.tail(draft)?;
            return self.end();
        }
        self.at = from;
        if self.sorting(draft)? {
            return self.end();
        }
        if self.they(draft)? || self.split(draft)? || self.leave_out(draft)? {
            return self.end();
        }
        if draft.rank.is_none() && draft.numbers.is_empty() && self.busiest(draft) {
            self.tail(draft)?;
            return self.end();
        }
        self.prefix(draft)?;
        let from = self.at;
        while self.eat_any(OPENERS) {}
        let asked = self.tokens.get(from).is_some_and(|token| ["which", "who", "what"].contains(&token.norm.as_str()));
        loop {
            self.item(draft, asked)?;
            self.tail(draft)?;
            if !self.joint() {
                break;
            }
            if self.sorting(draft)? {
                break;
            }
            while self.eat_any(&AGAIN) {}
        }
        self.end()
    }

    pub(super) fn end(&mut self) -> Reads<()> {
        while self.token(0).is_some_and(|token| token.mark) {
            self.at += 1;
        }
        self.eat("please");
        while self.token(0).is_some_and(|token| token.mark) {
            self.at += 1;
        }
        if self.done() { Ok(()) } else { self.stuck() }
    }

    /// A comma or an "and" between the things that are asked for.
    fn joint(&mut self) -> bool {
        let from = self.at;
        while self.is(&[","]) {
            self.at += 1;
        }
        self.eat_any(&[
            "and",
            "together with their",
            "along with their",
            "with their",
            "with its",
            "along with",
            "together with",
            "as well as",
            "plus",
            "&",
        ]);
        self.at > from && !self.done()
    }

    /// "For each country, …", "For treatments that ended in 2022, …", "In 2021, …".
    fn prefix(&mut self, draft: &mut Draft) -> Reads<()> {
        let from = self.at;
        // "In which towns …", "at which three sites …".
        if self.is(&PREPOSITIONS) && self.is_at(1, &["which", "what"]) {
            self.at += 1;
            return Ok(());
        }
        if self.eat_any(&["for each", "for every", "per", "by"]) {
            let group = self.group(&[])?;
            draft.groups.push(group);
            self.is(&[","]).then(|| self.at += 1);
            return Ok(());
        }
        if let Some(when) = self.time() {
            draft.whens.push(when);
            self.is(&[","]).then(|| self.at += 1);
            return Ok(());
        }
        if self.eat_any(&["for", "among", "considering", "of", "in"]) {
            let np = self.phrase(&[], &mut draft.groups)?;
            if !self.is(&[","]) || np.rank.is_some() {
                self.at = from;
                return self.stuck();
            }
            self.at += 1;
            draft.filters.extend(np.filters.clone());
            draft.scope.extend(self.table_of(&np));
        }
        Ok(())
    }

    fn item(&mut self, draft: &mut Draft, asked: bool) -> Reads<()> {
        let near = draft.tables(self);
        self.articles();
        if self.eat_any(&["distinct list of", "unique list of", "list of", "names of all the distinct"]) {
            draft.distinct = true;
            self.articles();
        }
        if self.is(&["how"]) && self.is_at(1, &["long", "many"]) {
            self.at += 1;
            if self.is(&["many"]) {
                self.at += 1;
            }
            if let Some(number) = self.how_long(&near, &mut draft.groups) {
                draft.numbers.push(number);
                return Ok(());
            }
            self.at -= if self.at > 0 && self.tokens[self.at - 1].is(&["many"]) { 2 } else { 1 };
        }
        if self.much_again(draft) || self.each_kind(draft, &near) {
            return Ok(());
        }
        if self.eat_any(&["how many", "how much"]) {
            return self.how_many(draft, &near);
        }
        if self.again(draft) {
            return Ok(());
        }
        if self.is(&["each", "every"]) && !draft.outputs.is_empty() {
            self.at += 1;
        }
        if let Some(field) = self.date_of(&near) {
            draft.outputs.push(Np { at: self.at, fields: vec![field], ..Np::default() });
            return Ok(());
        }
        if let Look::Grain(len, grain) = self.look()
            && self.token(0).is_some_and(crate::ask::time::grain_adverb)
        {
            let mut ahead = self.clone();
            ahead.at += len;
            if matches!(ahead.number_phrase(&near, &mut Vec::new()), Ok(Some(_))) {
                self.at += len;
                if !self.stepped(&draft.groups, grain) {
                    draft.groups.push(Group::Step(grain));
                }
            }
        }
        let numbers = self.is(&["numbers", "counts"]) || self.is(&["number"]) && self.is_at(1, &["of"]);
        if self.firsts(draft) {
            return Ok(());
        }
        if let Some(top) = self.top() {
            return self.top_item(draft, &near, top, asked);
        }
        if let Some(number) = self.number_phrase(&near, &mut draft.groups)? {
            self.eat_any(&CHANGE);
            self.know(&number);
            draft.numbers.push(number);
            return if numbers { self.more_counts(draft, &near) } else { Ok(()) };
        }
        if self.superlative_item(draft, &near)? {
            return Ok(());
        }
        if self.changing(draft, &near) {
            return Ok(());
        }
        let mut np = self.head(&near)?;
        let near = self.with_owner(&np, &near);
        self.settle(&mut np, &near);
        self.modifiers(&mut np, &near, &mut draft.groups, asked)?;
        self.wanted(np, draft)
    }

    /// "How does the cost of each mission vary in relation to the budget of its agency?": one number beside another.
    fn changing(&mut self, draft: &mut Draft, near: &[String]) -> bool {
        let mut ahead = self.clone();
        let mut groups = Vec::new();
        let Ok(number) = ahead.any_number(near, &mut groups) else { return false };
        if !ahead.eat_any(&CHANGE)
            || !ahead.eat_any(&["in relation to", "relative to", "compared to", "with respect to"])
        {
            return false;
        }
        let close = [vec![number.table.clone()], near.to_vec()].concat();
        let Ok(other) = ahead.any_number(&close, &mut groups) else { return false };
        self.at = ahead.at;
        self.know(&number);
        self.know(&other);
        draft.groups.extend(groups);
        draft.numbers.extend([number, other]);
        true
    }

    /// Keeps in mind which column was spoken of.
    pub(super) fn know(&mut self, number: &Number) {
        if let crate::plan::Quantity::Aggregate { value: crate::plan::Value::Field { field }, .. } = &number.measure.of
        {
            self.known.push(field.clone());
        }
    }

    pub(super) fn wanted(&mut self, mut np: Np, draft: &mut Draft) -> Reads<()> {
        if let Some(rank) = np.rank.take() {
            self.ranked(*rank, np.plural, draft)?;
        }
        if let [field] = np.fields.as_slice()
            && !field.via.is_empty()
        {
            self.known.push(field.clone());
        }
        draft.outputs.push(np);
        Ok(())
    }

    pub(super) fn ranked(&mut self, mut rank: Rank, plural: bool, draft: &mut Draft) -> Reads<()> {
        if draft.rank.is_some() {
            return self.stuck();
        }
        if rank.count.is_none() && draft.limit.is_none() && !plural {
            rank.count = Some(1);
        }
        draft.limit = rank.count.or(draft.limit);
        self.know(&rank.by);
        draft.filters.append(&mut rank.by.filters);
        draft.rank = Some(rank);
        Ok(())
    }

    fn how_many(&mut self, draft: &mut Draft, near: &[String]) -> Reads<()> {
        let at = self.at;
        if self.is(&["times"]) {
            return self.stuck();
        }
        let mut np = self.head(near)?;
        self.settle(&mut np, near);
        self.of_each(&np, draft, near)?;
        if !np.is_thing() && np.fields.iter().all(|field| self.schema.kind(field) == Kind::Number) {
            return self.how_much(np, draft, near);
        }
        let from = self.at;
        self.modifiers(&mut np, near, &mut draft.groups, true)?;
        self.of_each(&np, draft, near)?;
        if self.tokens[from..self.at].iter().any(|token| token.is(&["them", "it", "those", "these"])) {
            self.of_them(&mut np, draft)?;
        }
        self.idle();
        let number = self.counted_number(np, at, true)?;
        draft.numbers.push(number);
        Ok(())
    }

    /// "How many courses does each department offer?"
    fn of_each(&mut self, np: &Np, draft: &mut Draft, near: &[String]) -> Reads<()> {
        if self.is(&["do", "does", "did", "has", "have"]) && self.is_at(1, &["each", "every"]) {
            self.at += 1;
            let close: Vec<String> = self.table_of(np).into_iter().chain(near.iter().cloned()).collect();
            let group = self.group(&close)?;
            draft.groups.push(group);
            while self.verb_at(0) || self.is(&["have", "has", "had"]) {
                self.at += 1;
            }
        }
        Ok(())
    }

    /// What follows the items: groups, an order, a time.
    fn tail(&mut self, draft: &mut Draft) -> Reads<()> {
        loop {
            let from = self.at;
            if self.unit_phrase()
                || self.sorting(draft)?
                || self.eat_any(&[
                    "in the database",
                    "in total",
                    "overall",
                    "respectively",
                    "in the data",
                    "as well",
                    "too",
                ])
                || self.for_those(draft)
                || self.of_those(draft)
            {
                continue;
            }
            let comma = self.is(&[","])
                && (self.is_at(1, &["by", "per", "grouped", "broken"])
                    || self.is_at(1, &["for", "in", "within"]) && self.is_at(2, &["each", "every"]));
            self.at += usize::from(comma);
            if self.is(&["by", "per", "across", "each", "for", "in", "within", "of", "grouped", "broken", "over"]) {
                let near = draft.tables(self);
                let marked = self.eat_any(&[
                    "grouped by",
                    "broken down by",
                    "for each",
                    "in each",
                    "of each",
                    "within each",
                    "across all",
                    "across",
                    "over the",
                    "by each",
                    "by",
                    "per",
                    "each",
                    "for all",
                    "for every",
                    "within",
                ]);
                if marked && self.group_list(draft, &near).is_ok() {
                    continue;
                }
                self.at = from;
            }
            if let Some(when) = self.time() {
                draft.whens.push(when);
                continue;
            }
            return Ok(());
        }
    }

    pub(super) fn group_list(&mut self, draft: &mut Draft, near: &[String]) -> Reads<()> {
        loop {
            let group = self.group(near)?;
            if let Group::Noun(np) = &group
                && np.fields.iter().any(|field| self.schema.kind(field) == Kind::Number && !graded(field))
                && np.tables.is_empty()
            {
                return self.stuck();
            }
            draft.groups.push(group);
            let from = self.at;
            let mut ahead = self.clone();
            let more = ahead.eat_any(&["and", ", and", ","]);
            let noun = more && ahead.group(near).is_ok() && !ahead.is(&["of"]);
            let number = more && {
                let mut other = self.clone();
                other.eat_any(&["and", ", and", ","]);
                matches!(other.number_phrase(near, &mut Vec::new()), Ok(Some(_)))
            };
            if noun && !number {
                self.eat_any(&["and", ", and", ","]);
                continue;
            }
            self.at = from;
            return Ok(());
        }
    }
}

/// Whether a number is a grade or a level, of which there are few, so that rows are grouped by it.
pub(super) fn graded(field: &Field) -> bool {
    let last = field.name.rsplit('_').next().unwrap_or_default();
    let grades =
        ["priority", "level", "grade", "rating", "floor", "stars", "star", "round", "year", "rank", "stage", "season"];
    grades.contains(&last) || ["semester", "quarter", "severity", "tier", "class"].contains(&last)
}
