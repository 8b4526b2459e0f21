//! A question while it is read: its items, which of them were understood, and ways to move among them.

use crate::ask::link::{Item, Kind, Lexicon, Linked, Shape, Target};
use crate::ask::time::Calendar;
use crate::ask::words::Token;
use crate::plan::{Aggregate, Field, Filter, Having};
use crate::semantic::{LogicalTable, SemanticModel};

/// A question while it is read.
pub(super) struct Reading<'a> {
    pub(super) model: &'a SemanticModel,
    pub(super) lexicon: &'a Lexicon,
    pub(super) calendar: Calendar,
    pub(super) tokens: Vec<Token>,
    pub(super) items: Vec<Item>,
    /// Which items something was made of.
    pub(super) used: Vec<bool>,
    /// Whether only the number of what is listed is wanted.
    pub(super) count_only: bool,
    /// The aggregates that are asked for of one measure, where there are several.
    pub(super) several: Vec<Aggregate>,
    /// Conditions on the rows of the answer that leave the rest of them to be reckoned with: a member's rank among all.
    pub(super) kept: Vec<Having>,
    /// What clauses say of the things that a measure is taken of.
    pub(super) said: Vec<Filter>,
    /// What clauses say of the things that are counted, listed or shared.
    pub(super) told: Option<super::members::Told>,
    /// The column of what is in the same basket, when the question names none.
    pub(super) beside: Option<Field>,
    /// How the members of lists are meant.
    pub(super) lists: super::coordinate::Lists,
    /// Whether two periods are set against each other.
    pub(super) against: bool,
    /// What else an average is taken per: the stores in "per store and day".
    pub(super) per_also: Vec<super::noun::Noun>,
    /// The width of a moving average.
    pub(super) window: Option<super::temporal::Window>,
    /// Notes for the interpretation.
    pub(super) notes: Vec<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(linked: Linked, model: &'a SemanticModel, lexicon: &'a Lexicon, calendar: Calendar) -> Self {
        let mut linked = linked;
        super::misread::misread(&mut linked, lexicon);
        refer_back(&mut linked, lexicon);
        super::explained::explained(&mut linked, model, lexicon);
        adjectives(&mut linked, lexicon);
        let window = super::temporal::temporal(&mut linked, calendar);
        super::sales::sales(&mut linked);
        super::recast::recast(&mut linked, lexicon);
        super::rephrase::rephrase(&mut linked, lexicon);
        super::names::names(&mut linked, lexicon);
        super::echoes::echoes(&mut linked, calendar);
        let count_only = super::rephrase::count_only(&mut linked);
        let mut several = super::statistics::statistics(&mut linked);
        if several.is_empty() && super::rephrase::range(&mut linked) {
            several = vec![Aggregate::Min, Aggregate::Max];
        }
        let notes =
            linked.mended.iter().map(|(typed, read)| format!("read \u{201c}{typed}\u{201d} as {read}")).collect();
        let mut reading = Self {
            model,
            lexicon,
            calendar,
            tokens: linked.tokens,
            used: vec![false; linked.items.len()],
            items: linked.items,
            count_only,
            several,
            kept: Vec::new(),
            said: Vec::new(),
            told: None,
            beside: None,
            lists: super::coordinate::Lists::default(),
            against: false,
            per_also: Vec::new(),
            window,
            notes,
        };
        reading.coordinate();
        reading
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn shape(&self, i: usize) -> Option<Shape> {
        self.items.get(i).and_then(Item::shape)
    }

    pub(super) fn is(&self, i: usize, shape: Shape) -> bool {
        self.shape(i) == Some(shape)
    }

    pub(super) fn is_any(&self, i: usize, shapes: &[Shape]) -> bool {
        self.shape(i).is_some_and(|shape| shapes.contains(&shape))
    }

    pub(super) fn text(&self, i: usize) -> &str {
        self.items.get(i).map_or("", |item| item.text.as_str())
    }

    pub(super) fn targets(&self, i: usize) -> &[Target] {
        self.items.get(i).map_or(&[], Item::targets)
    }

    /// The first item of a shape that nothing was made of yet.
    pub(super) fn find(&self, shape: Shape) -> Option<usize> {
        (0..self.len()).find(|&i| !self.used[i] && self.is(i, shape))
    }

    /// Whether a shape occurs.
    pub(super) fn has(&self, shape: Shape) -> bool {
        (0..self.len()).any(|i| self.is(i, shape))
    }

    pub(super) fn take(&mut self, i: usize) {
        if let Some(used) = self.used.get_mut(i) {
            *used = true;
        }
    }

    pub(super) fn take_all(&mut self, items: &[usize]) {
        for &i in items {
            self.take(i);
        }
    }

    /// Goes over all items of some shapes.
    pub(super) fn take_shapes(&mut self, shapes: &[Shape]) {
        self.take_where(|reading, i| reading.is_any(i, shapes));
    }

    /// Goes over all items of which something is true.
    pub(super) fn take_where(&mut self, is: impl Fn(&Self, usize) -> bool) {
        for i in 0..self.len() {
            if is(self, i) {
                self.take(i);
            }
        }
    }

    /// The next item that says something: no filler, no mark.
    pub(super) fn next(&self, i: usize) -> Option<usize> {
        self.next_but(i, &[])
    }

    /// The next item that says something and has none of these shapes.
    pub(super) fn next_but(&self, i: usize, skip: &[Shape]) -> Option<usize> {
        (i + 1..self.len()).find(|&k| !self.silent(k) && !self.is_any(k, skip))
    }

    /// The item before that says something.
    pub(super) fn before(&self, i: usize) -> Option<usize> {
        self.before_but(i, &[])
    }

    pub(super) fn before_but(&self, i: usize, skip: &[Shape]) -> Option<usize> {
        (0..i).rev().find(|&k| !self.silent(k) && !self.is_any(k, skip))
    }

    pub(super) fn silent(&self, i: usize) -> bool {
        self.is_any(i, &[Shape::Filler, Shape::Mark])
    }

    /// Whether the noun is in the plural.
    pub(super) fn plural(&self, i: usize) -> bool {
        let Some(item) = self.items.get(i) else { return false };
        let last = item.at + item.len - 1;
        self.tokens.get(last).is_some_and(|token| token.norm != token.lemma || token.is(&["people", "data"]))
    }

    pub(super) fn table(&self, name: &str) -> Option<&'a LogicalTable> {
        self.model.table(name)
    }

    /// The table of an entity.
    pub(super) fn entity_table(&self, entity: &str) -> Option<&'a LogicalTable> {
        self.model.entity(entity).map(|found| found.table)
    }

    /// The dimension behind an entity that is the values of a column.
    pub(super) fn entity_field(&self, entity: &str) -> Option<Field> {
        let found = self.model.entity(entity)?;
        found.dimension.map(|dimension| Field::new(&found.table.name, &dimension.name))
    }

    pub(super) fn metric(&self, i: usize) -> Option<String> {
        self.targets(i).iter().find_map(|t| match t {
            Target::Metric(name) => Some(name.clone()),
            _ => None,
        })
    }

    pub(super) fn entity(&self, i: usize) -> Option<String> {
        self.targets(i).iter().find_map(|t| match t {
            Target::Entity(name) => Some(name.clone()),
            _ => None,
        })
    }

    pub(super) fn fact(&self, i: usize) -> Option<Field> {
        self.targets(i).iter().find_map(|t| match t {
            Target::Fact(field) => Some(field.clone()),
            _ => None,
        })
    }

    pub(super) fn dimension(&self, i: usize) -> Option<Field> {
        self.targets(i).iter().find_map(|t| match t {
            Target::Dimension(field) => Some(field.clone()),
            _ => None,
        })
    }

    /// All columns an item may name.
    pub(super) fn dimensions(&self, i: usize) -> Vec<Field> {
        self.targets(i)
            .iter()
            .filter_map(|t| match t {
                Target::Dimension(field) => Some(field.clone()),
                _ => None,
            })
            .collect()
    }

    /// Whether the item is values or a named filter and nothing else that comes first.
    pub(super) fn is_value(&self, i: usize) -> bool {
        matches!(self.targets(i).first(), Some(Target::Values { .. } | Target::Named { .. }))
            || self.targets(i).iter().any(|t| matches!(t, Target::Named { .. })) && !self.grouped(i)
            || self.targets(i).iter().any(|t| matches!(t, Target::Values { .. } | Target::Named { .. }))
                && !self.targets(i).iter().any(|t| {
                    matches!(t, Target::Metric(_) | Target::Entity(_) | Target::Dimension(_) | Target::Fact(_))
                })
    }

    /// The fact table of the model's default metric.
    pub(super) fn main_fact(&self) -> Option<&'a LogicalTable> {
        let default = self.model.extension.default_metric.as_deref()?;
        self.model.metric(default).and_then(|(table, _)| table)
    }

    /// The metric meant where none is named.
    pub(super) fn default_metric(&self) -> Option<String> {
        self.model.extension.default_metric.clone()
    }

    /// Whether rows of one table lead to just one row of another, directly or over others.
    pub(super) fn leads_to(&self, left: &str, right: &str) -> bool {
        let mut seen: Vec<&str> = vec![left];
        let mut at = 0;
        while at < seen.len() {
            if seen[at].eq_ignore_ascii_case(right) {
                return true;
            }
            for r in &self.model.relationships {
                if r.left_table.eq_ignore_ascii_case(seen[at])
                    && !seen.iter().any(|t| t.eq_ignore_ascii_case(&r.right_table))
                {
                    seen.push(&r.right_table);
                }
            }
            at += 1;
        }
        false
    }

    /// The facts in which an entity occurs: its own table when that is a fact, else the main fact if it leads there,
    /// else the only one that does.
    pub(super) fn activity(&self, entity: &str) -> Option<String> {
        let table = self.entity_table(entity)?;
        let main = self.main_fact();
        if let Some(main) = main.filter(|main| self.leads_to(&main.name, &table.name)) {
            return Some(main.name.clone());
        }
        let mut others = self
            .model
            .relationships
            .iter()
            .filter(|r| r.right_table.eq_ignore_ascii_case(&table.name))
            .map(|r| &r.left_table);
        let first = others.next()?;
        others.all(|o| o == first).then(|| first.clone())
    }

    /// What could not be placed: items that nothing was made of and that matter.
    pub(super) fn unplaced(&self) -> Vec<usize> {
        (0..self.len()).filter(|&i| !self.used[i] && self.matters(i)).collect()
    }

    fn matters(&self, i: usize) -> bool {
        match &self.items[i].kind {
            Kind::Shape(shape) => !shape.soft(),
            Kind::Link(targets) => !(self.weak(i) || targets.iter().all(|t| matches!(t, Target::Verb(_)))),
            Kind::Time(crate::ask::time::When::Always) => false,
            _ => true,
        }
    }

    /// Whether an item is a word that may as well add nothing: "money", "business", "single".
    pub(super) fn weak(&self, i: usize) -> bool {
        let Some(item) = self.items.get(i) else { return false };
        item.len == 1 && self.tokens.get(item.at).is_some_and(|t| !t.quoted && crate::ask::link::is_filler(t))
    }

    /// A filter as "field is one of values".
    pub(super) fn one_of(field: &Field, values: &[String], negated: bool) -> Filter {
        Filter::OneOf {
            value: crate::plan::Value::Field { field: field.clone() },
            values: values.iter().map(|v| crate::plan::Literal::Text(v.clone())).collect(),
            negated,
        }
    }
}

/// "each band" after "age band": a noun that repeats the last word of a column's name.
fn refer_back(linked: &mut Linked, lexicon: &Lexicon) {
    let known: Vec<(String, Vec<Target>)> = linked
        .items
        .iter()
        .filter(|item| item.len > 1 && item.targets().iter().any(|t| matches!(t, Target::Dimension(_))))
        .filter_map(|item| Some((linked.tokens.get(item.at + item.len - 1)?.lemma.clone(), item.targets().to_vec())))
        .collect();
    let columns: Vec<crate::plan::Field> = linked
        .items
        .iter()
        .flat_map(Item::targets)
        .filter_map(|target| match target {
            Target::Dimension(field) => Some(field.clone()),
            _ => None,
        })
        .collect();
    for item in &mut linked.items {
        let unsure = matches!(item.kind, Kind::Unknown) || item.distance > 1;
        let lemma = linked.tokens.get(item.at).map(|t| t.lemma.clone()).unwrap_or_default();
        if unsure
            && item.len == 1
            && let Some((_, targets)) = known.iter().find(|(last, _)| *last == lemma)
        {
            item.kind = Kind::Link(targets.clone());
        } else if unsure
            && item.len == 1
            && let Some(field) = columns.iter().find(|f| lexicon.ends_a_name(f, &lemma))
        {
            item.kind = Kind::Link(vec![Target::Dimension(field.clone())]);
        } else if unsure && item.len == 1 {
            let said = linked.tokens[..item.at].windows(2).find(|pair| pair[1].lemma == lemma && !pair[0].mark);
            let column = said.and_then(|pair| lexicon.column(&format!("{} {}", pair[0].lemma, lemma)));
            let column = column.or_else(|| {
                let mut words = linked.tokens[..item.at].iter().rev().filter(|t| !t.mark);
                words.find_map(|t| lexicon.column(&format!("{} {lemma}", t.lemma)))
            });
            if let Some(targets) = column {
                item.kind = Kind::Link(targets);
            }
        }
    }
}

/// "most expensive" and "cheapest" name a number: the one of the words behind the adjective that the model has.
fn adjectives(linked: &mut Linked, lexicon: &Lexicon) {
    for k in 0..linked.items.len() {
        let item = &linked.items[k];
        let open = matches!(item.kind, Kind::Unknown | Kind::Shape(Shape::Filler)) || item.distance > 1;
        if !open {
            continue;
        }
        if let Some((words, _)) = super::adjective::measured(&item.text) {
            let targets = words.iter().find_map(|word| lexicon.number(word));
            if let Some(targets) = targets {
                linked.items[k].kind = Kind::Link(targets);
            }
        }
    }
}
