//! The ways from one table to another along relationships: towards one row, or towards many.

use std::collections::BTreeMap;

use crate::compile::CompileError;
use crate::semantic::{Relationship, RelationshipType, SemanticModel, same, shortens};

/// How many tables a named way may cross.
const LONGEST: usize = 8;
/// How many steps the search for a named way may try.
const TRIES: usize = 20_000;

/// One step along a relationship.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hop<'a> {
    pub(super) relationship: &'a Relationship,
    /// From the left table to the right one.
    pub(super) forward: bool,
}

impl<'a> Hop<'a> {
    pub(super) fn from(&self) -> &'a str {
        if self.forward { &self.relationship.left_table } else { &self.relationship.right_table }
    }

    pub(super) fn to(&self) -> &'a str {
        if self.forward { &self.relationship.right_table } else { &self.relationship.left_table }
    }

    /// Whether a row of the one table may have many in the other.
    pub(super) fn fans_out(&self) -> bool {
        !self.forward && self.relationship.relationship_type == RelationshipType::ManyToOne
    }
}

/// The way from one table to another: the shortest that never fans out, else the shortest.
pub(super) fn find<'a>(
    model: &'a SemanticModel,
    from: &str,
    to: &str,
    via: &[String],
) -> Result<Vec<Hop<'a>>, CompileError> {
    if !via.is_empty() {
        return named(model, from, to, via);
    }
    if same(from, to) {
        return Ok(Vec::new());
    }
    let mut paths = shortest(model, from, to, true);
    if paths.is_empty() {
        paths = shortest(model, from, to, false);
    }
    choose(model, from, to, paths)
}

/// Whether there is a way that never fans out.
pub(super) fn to_one(model: &SemanticModel, from: &str, to: &str, via: &[String]) -> bool {
    if via.is_empty() {
        return same(from, to) || !shortest(model, from, to, true).is_empty();
    }
    named(model, from, to, via).is_ok_and(|path| path.iter().all(|hop| !hop.fans_out()))
}

/// The table at which a way that first goes to one row turns to many: both ends only share it.
pub(super) fn chasm<'a>(path: &[Hop<'a>]) -> Option<&'a str> {
    let up = path.iter().position(|hop| !hop.fans_out() && hop.forward)?;
    path[up..].iter().find(|hop| hop.fans_out()).map(Hop::from)
}

fn choose<'a>(
    model: &SemanticModel,
    from: &str,
    to: &str,
    mut paths: Vec<Vec<Hop<'a>>>,
) -> Result<Vec<Hop<'a>>, CompileError> {
    if paths.len() > 1 {
        let all_default = |path: &Vec<Hop<'_>>| path.iter().any(|hop| hop.relationship.extension.default);
        let defaults: Vec<_> = paths.iter().filter(|path| all_default(path)).cloned().collect();
        if defaults.len() == 1 {
            paths = defaults;
        }
    }
    if paths.len() > 1 {
        // A home club is a club in a role of its own; the club of a session is just its club.
        let plain = |path: &&Vec<Hop<'_>>| path.iter().all(|hop| !in_role(model, hop.relationship));
        let unmarked: Vec<_> = paths.iter().filter(plain).cloned().collect();
        if unmarked.len() == 1 {
            paths = unmarked;
        }
    }
    match paths.len() {
        0 => Err(CompileError::NoPath { from: from.to_owned(), to: to.to_owned() }),
        1 => Ok(paths.remove(0)),
        _ => Err(CompileError::AmbiguousPath {
            from: from.to_owned(),
            to: to.to_owned(),
            paths: paths.iter().map(|path| spelled(path)).collect(),
        }),
    }
}

/// Whether a column that points at a table says more than the name of that table: `home_club_id`, `sender_id`.
pub(crate) fn in_role(model: &SemanticModel, relationship: &Relationship) -> bool {
    const KEYS: [&str; 7] = ["id", "key", "code", "number", "no", "name", "nr"];
    // `pid` in two tables is the same thing in both.
    if relationship.relationship_columns.iter().all(|pair| same(&pair.left_column, &pair.right_column)) {
        return false;
    }
    let right = &relationship.right_table;
    let entity = model.table(right).and_then(|table| table.extension.entity.as_ref());
    let named = entity.map_or("", |entity| entity.singular.as_str());
    let own: Vec<String> = [right.as_str(), named]
        .iter()
        .flat_map(|name| name.to_lowercase().split([' ', '_']).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let role = relationship.extension.roles.first().map(|role| role.to_lowercase()).unwrap_or_default();
    let said: Vec<&str> = role.split([' ', '_']).filter(|word| !word.is_empty() && !KEYS.contains(word)).collect();
    said.iter().any(|word| !own.iter().any(|name| shortens(word, name)))
}

fn spelled(path: &[Hop<'_>]) -> String {
    path.iter().map(|hop| hop.relationship.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn hops<'a>(model: &'a SemanticModel, table: &str, to_one: bool) -> impl Iterator<Item = Hop<'a>> {
    let table = table.to_ascii_lowercase();
    model
        .relationships
        .iter()
        .flat_map(|relationship| [Hop { relationship, forward: true }, Hop { relationship, forward: false }])
        .filter(move |hop| same(hop.from(), &table) && !(to_one && hop.fans_out()))
}

/// All ways of the least length, at most a handful.
fn shortest<'a>(model: &'a SemanticModel, from: &str, to: &str, to_one: bool) -> Vec<Vec<Hop<'a>>> {
    let (start, goal) = (from.to_ascii_lowercase(), to.to_ascii_lowercase());
    let mut seen: BTreeMap<String, usize> = BTreeMap::from([(start.clone(), 0)]);
    let mut front: Vec<(String, Vec<Hop<'a>>)> = vec![(start, Vec::new())];
    let mut depth = 0;
    while !front.is_empty() && depth < LONGEST {
        depth += 1;
        let mut next = Vec::new();
        for (table, path) in &front {
            for hop in hops(model, table, to_one) {
                let reached = hop.to().to_ascii_lowercase();
                if seen.get(&reached).is_none_or(|at| *at == depth) {
                    seen.insert(reached.clone(), depth);
                    let mut longer = path.clone();
                    longer.push(hop);
                    next.push((reached, longer));
                }
            }
        }
        let found: Vec<_> = next.iter().filter(|(table, _)| *table == goal).map(|(_, path)| path.clone()).collect();
        if !found.is_empty() {
            return found.into_iter().take(6).collect();
        }
        next.truncate(4096);
        front = next;
    }
    Vec::new()
}

/// The shortest way that goes through all these relationships.
fn named<'a>(model: &'a SemanticModel, from: &str, to: &str, via: &[String]) -> Result<Vec<Hop<'a>>, CompileError> {
    for name in via {
        if model.relationship(name).is_none() {
            return Err(CompileError::UnknownName { kind: "relationship", name: name.clone(), help: None });
        }
    }
    let mut front: Vec<Vec<Hop<'a>>> = vec![Vec::new()];
    let mut tries = 0;
    for _ in 0..LONGEST {
        let mut next = Vec::new();
        for path in &front {
            let at = path.last().map_or(from, Hop::to);
            for hop in hops(model, at, false) {
                tries += 1;
                let used = path.iter().any(|earlier| std::ptr::eq(earlier.relationship, hop.relationship));
                if used || tries > TRIES {
                    continue;
                }
                let mut longer = path.clone();
                longer.push(hop);
                next.push(longer);
            }
        }
        let passes = |path: &Vec<Hop<'_>>| {
            path.last().is_some_and(|hop| same(hop.to(), to))
                && via.iter().all(|name| path.iter().any(|hop| same(&hop.relationship.name, name)))
        };
        let mut found: Vec<_> = next.iter().filter(|path| passes(path)).cloned().collect();
        if found.iter().any(|path| path.iter().all(|hop| !hop.fans_out())) {
            found.retain(|path| path.iter().all(|hop| !hop.fans_out()));
        }
        if !found.is_empty() {
            return choose(model, from, to, found);
        }
        front = next;
    }
    Err(CompileError::NoPath { from: from.to_owned(), to: to.to_owned() })
}
