//! A question while its phrases are read: its nodes, which of them were understood, and what was made of them.

use jiff::civil::Date;

use super::node::{Kind, Node};
use crate::ask::instructions::Instructions;
use crate::ask::link::{ColumnKind, Lexicon, Shape};
use crate::ask::refusal::Refusal;
use crate::ask::words::Token;
use crate::plan::{Field, Filter, Grain, Measure, TimePart};
use crate::semantic::{LogicalTable, SemanticModel, same};

/// What a row of the answer shows or is grouped by.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Want {
    Thing(String),
    Column(Field),
    Step(Grain),
    Part(TimePart),
}

/// Something that is wanted, and where the question says so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    pub(super) at: usize,
    pub(super) want: Want,
}

/// A condition, the table whose rows it is on, and where the question says so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub(super) at: usize,
    pub(super) table: String,
    pub(super) filter: Filter,
}

/// A measure, the table it is taken over, and where the question says so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    pub(super) at: usize,
    pub(super) table: String,
    pub(super) measure: Measure,
}

/// By what rows are ordered, and how many are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ranking {
    /// The place of the word that says so.
    pub(super) at: usize,
    pub(super) ascending: bool,
    pub(super) count: Option<u64>,
    /// A column of the rows themselves.
    pub(super) column: Option<Field>,
    /// The place of the first node after it that it speaks of.
    pub(super) of: Option<usize>,
}

/// A question while its phrases are read.
pub(super) struct Draft<'a> {
    pub(super) model: &'a SemanticModel,
    pub(super) lexicon: &'a Lexicon,
    pub(super) said: &'a Instructions,
    /// The day that relative dates count from.
    pub(super) today: Date,
    pub(super) tokens: Vec<Token>,
    pub(super) nodes: Vec<Node>,
    pub(super) used: Vec<bool>,
    pub(super) notes: Vec<String>,
    pub(super) wants: Vec<Wanted>,
    pub(super) groups: Vec<Wanted>,
    /// What is to be shown after what is wanted.
    pub(super) also: Vec<Wanted>,
    pub(super) measures: Vec<Measured>,
    pub(super) conditions: Vec<Condition>,
    pub(super) ranking: Option<Ranking>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        tokens: Vec<Token>,
        nodes: Vec<Node>,
        model: &'a SemanticModel,
        lexicon: &'a Lexicon,
        said: &'a Instructions,
        today: Date,
    ) -> Self {
        Self {
            model,
            lexicon,
            said,
            today,
            used: vec![false; nodes.len()],
            tokens,
            nodes,
            notes: Vec::new(),
            wants: Vec::new(),
            groups: Vec::new(),
            also: Vec::new(),
            measures: Vec::new(),
            conditions: Vec::new(),
            ranking: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn kind(&self, i: usize) -> &Kind {
        self.nodes.get(i).map_or(&Kind::Stop, |node| &node.kind)
    }

    pub(super) fn is(&self, i: usize, shapes: &[Shape]) -> bool {
        self.nodes.get(i).is_some_and(|node| node.is(shapes))
    }

    pub(super) fn text(&self, i: usize) -> &str {
        self.nodes.get(i).map_or("", |node| node.text.as_str())
    }

    pub(super) fn take(&mut self, i: usize) {
        if let Some(used) = self.used.get_mut(i) {
            *used = true;
        }
    }

    pub(super) fn take_all(&mut self, places: impl IntoIterator<Item = usize>) {
        for place in places {
            self.take(place);
        }
    }

    /// The next node of the sentence that says something.
    pub(super) fn next(&self, i: usize) -> Option<usize> {
        self.next_but(i, &[])
    }

    pub(super) fn next_but(&self, i: usize, skip: &[Shape]) -> Option<usize> {
        let k = (i + 1..self.len()).find(|&k| !self.nodes[k].silent() && !self.is(k, skip))?;
        (!matches!(self.nodes[k].kind, Kind::Stop)).then_some(k)
    }

    /// The node of the sentence before that says something.
    pub(super) fn before(&self, i: usize) -> Option<usize> {
        self.before_but(i, &[])
    }

    pub(super) fn before_but(&self, i: usize, skip: &[Shape]) -> Option<usize> {
        let k = (0..i).rev().find(|&k| !self.nodes[k].silent() && !self.is(k, skip))?;
        (!matches!(self.nodes[k].kind, Kind::Stop)).then_some(k)
    }

    pub(super) fn thing(&self, i: usize) -> Option<&str> {
        match self.kind(i) {
            Kind::Thing(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn columns(&self, i: usize) -> &[(Field, ColumnKind)] {
        match self.kind(i) {
            Kind::Column(found) => found,
            _ => &[],
        }
    }

    /// Whether a node may be a column of one of these kinds.
    pub(super) fn column_is(&self, i: usize, kinds: &[ColumnKind]) -> bool {
        self.columns(i).iter().any(|(_, kind)| kinds.contains(kind))
    }

    pub(super) fn thing_table(&self, thing: &str) -> Option<&'a LogicalTable> {
        self.model.entity(thing).map(|found| found.table)
    }

    /// The thing that the rows of a table are.
    pub(super) fn thing_of(&self, table: &str) -> Option<String> {
        self.model.table(table)?.extension.entity.as_ref().map(|entity| entity.singular.clone())
    }

    /// The tables of the things and sure columns that stand near a place, the nearest before it first.
    pub(super) fn tables_near(&self, i: usize) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let mut add = |k: usize| {
            let table = match self.kind(k) {
                Kind::Thing(thing) => self.thing_table(thing).map(|table| table.name.clone()),
                Kind::Column(found) if found.len() == 1 => Some(found[0].0.table.clone()),
                _ => None,
            };
            if let Some(table) = table.filter(|table| !out.contains(table)) {
                out.push(table);
            }
        };
        (0..i).rev().for_each(&mut add);
        (i + 1..self.len()).for_each(&mut add);
        out
    }

    /// The column meant at a node, of some kinds: that of the thing it is said of, else of a table that is spoken of.
    ///
    /// # Errors
    /// Several tables have it and none of them is spoken of.
    pub(super) fn pick(&self, i: usize, kinds: &[ColumnKind]) -> Result<Option<(Field, ColumnKind)>, Refusal> {
        let found: Vec<&(Field, ColumnKind)> =
            self.columns(i).iter().filter(|(_, kind)| kinds.is_empty() || kinds.contains(kind)).collect();
        let found = if found.is_empty() {
            let others = self.nodes.get(i).map_or(&[][..], |node| node.others.as_slice());
            others.iter().filter(|(_, kind)| kinds.contains(kind)).collect()
        } else {
            found
        };
        if let [only] = found.as_slice() {
            return Ok(Some((*only).clone()));
        }
        if found.is_empty() {
            return Ok(None);
        }
        let key = found.iter().all(|(_, kind)| *kind == ColumnKind::Key);
        let mut tables: Vec<String> = Vec::new();
        if !key {
            tables.extend(self.owner(i));
        }
        tables.extend(self.wants.iter().filter_map(|wanted| self.want_table(&wanted.want)));
        tables.extend(self.measures.first().map(|measured| measured.table.clone()));
        tables.extend(self.tables_near(i));
        for table in tables {
            if let Some(of) = found.iter().find(|(field, _)| field.table == table) {
                return Ok(Some((*of).clone()));
            }
        }
        if let Some(of) = self.by_values(&found) {
            return Ok(Some(of));
        }
        // The table that the others point at has it first-hand.
        let own = found.iter().find(|(field, _)| {
            self.model.table(&field.table).and_then(|table| table.extension.entity.as_ref()).is_some_and(|entity| {
                entity.key.as_deref() == Some(field.name.as_str()) || entity.labels.contains(&field.name)
            })
        });
        match own {
            Some(of) => Ok(Some((*of).clone())),
            None => Err(Refusal::unclear(
                "Several tables have it and it is not clear of what it is said",
                vec![self.typed(i)],
            )),
        }
    }

    /// The column whose table has the values that the question names as its own names: California is a state.
    fn by_values(&self, found: &[&(Field, ColumnKind)]) -> Option<(Field, ColumnKind)> {
        let named = |table: &str| {
            let labels = self.model.table(table).and_then(|table| table.extension.entity.as_ref()).map(|it| &it.labels);
            self.nodes
                .iter()
                .filter(|node| match &node.kind {
                    Kind::Values(values) => values.iter().any(|(field, _)| {
                        field.table == table && labels.is_some_and(|labels| labels.contains(&field.name))
                    }),
                    _ => false,
                })
                .count()
        };
        let most = found.iter().map(|(field, _)| named(&field.table)).max().filter(|most| *most > 0)?;
        let mut best = found.iter().filter(|(field, _)| named(&field.table) == most);
        let (first, none) = (best.next()?, best.next());
        none.is_none().then(|| (*first).clone())
    }

    /// The table of the thing that a column is said of: "names of the authors", "customer names".
    pub(super) fn owner(&self, i: usize) -> Option<String> {
        let table = |k: usize| self.thing(k).and_then(|thing| self.thing_table(thing)).map(|table| table.name.clone());
        let skip = [
            Shape::Each,
            Shape::Distinct,
            Shape::And,
            Shape::Total,
            Shape::Most,
            Shape::Least,
            Shape::Also,
            Shape::Both,
        ];
        let mut k = i;
        while let Some(next) = self.next_but(k, &skip) {
            if self.is(next, &[Shape::Of, Shape::For]) {
                let thing = self.next_but(next, &skip)?;
                return table(thing);
            }
            if !matches!(self.kind(next), Kind::Column(_)) {
                break;
            }
            k = next;
        }
        let clause: Vec<Shape> = skip.iter().copied().chain([Shape::With, Shape::That]).collect();
        let mut k = i;
        while let Some(before) = self.before_but(k, &clause) {
            if let Some(found) = table(before) {
                return Some(found);
            }
            if !matches!(self.kind(before), Kind::Column(_)) || self.is(before, &[Shape::Of]) {
                return None;
            }
            k = before;
        }
        None
    }

    pub(super) fn want_table(&self, want: &Want) -> Option<String> {
        match want {
            Want::Thing(thing) => self.thing_table(thing).map(|table| table.name.clone()),
            Want::Column(field) => Some(field.table.clone()),
            Want::Step(_) | Want::Part(_) => None,
        }
    }

    /// Whether rows of one table lead to just one row of another, directly or over others.
    pub(super) fn leads_to(&self, left: &str, right: &str) -> bool {
        let mut seen: Vec<&str> = vec![left];
        let mut at = 0;
        while at < seen.len() {
            if same(seen[at], right) {
                return true;
            }
            for known in &self.model.relationships {
                if same(&known.left_table, seen[at]) && !seen.iter().any(|table| same(table, &known.right_table)) {
                    seen.push(&known.right_table);
                }
            }
            at += 1;
        }
        false
    }

    /// The words of a node as they were typed.
    pub(super) fn typed(&self, i: usize) -> String {
        let Some(node) = self.nodes.get(i) else { return String::new() };
        self.tokens[node.at..node.at + node.len].iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// # Errors
    /// A refusal that names the words nothing was made of.
    pub(super) fn refuse_unplaced(&self) -> Result<(), Refusal> {
        let left: Vec<usize> = (0..self.len()).filter(|&i| !self.used[i] && self.matters(i)).collect();
        if left.is_empty() {
            return Ok(());
        }
        let words: Vec<String> = left.iter().map(|&i| self.typed(i)).collect();
        Err(self.lexicon.unplaced(words))
    }

    fn matters(&self, i: usize) -> bool {
        match self.kind(i) {
            Kind::Verb | Kind::Stop | Kind::Time(crate::ask::time::When::Always) => false,
            // "references cited", "students admitted": a verb that ties, though a column is called so.
            Kind::Column(_) if self.nodes[i].verbal => !self.tokens
                [self.nodes[i].at..self.nodes[i].at + self.nodes[i].len]
                .iter()
                .all(|token| crate::ask::words::ties(&token.norm, &token.stem) || crate::ask::link::is_filler(token)),
            Kind::Shape(shape) => !matches!(
                shape,
                Shape::Filler
                    | Shape::Mark
                    | Shape::And
                    | Shape::Of
                    | Shape::In
                    | Shape::From
                    | Shape::For
                    | Shape::With
                    | Shape::To
                    | Shape::That
                    | Shape::Which
                    | Shape::Who
                    | Shape::List
                    | Shape::Also
                    | Shape::Deed
                    | Shape::Sell
                    | Shape::Ever
            ),
            _ => true,
        }
    }
}
