//! What the search for rules has settled so far: which columns are given back, and from which others.

use std::collections::BTreeSet;

use super::Rule;
use super::declared::Wanted;
use super::view::View;

/// A rule that was found, before the rules are put in order.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) rules: Vec<Box<dyn Rule>>,
    /// For each column, those that are settled with the help of its value.
    leads: Vec<BTreeSet<usize>>,
    derived: Vec<bool>,
    seen_only: Vec<bool>,
    pinned: Vec<bool>,
    names: BTreeSet<String>,
    declared: Vec<Wanted>,
    stage: Stage,
    /// How much evidence a rule needs, in nats.
    pub(super) evidence: f64,
}

/// Which rules are being settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Those that were declared.
    Declared,
    /// Those that the table keeps to, where that is wanted.
    Found { discover: bool },
}

/// The chance that a rule of the table is one of accident, before the number of rules that are tried: e^-18.
const CERTAINTY: f64 = 18.0;

impl Plan {
    pub(super) fn new(view: &View, declared: Vec<Wanted>) -> Self {
        let columns = view.columns.len();
        Self {
            rules: Vec::new(),
            leads: vec![BTreeSet::new(); columns],
            derived: vec![false; columns],
            seen_only: vec![false; columns],
            pinned: vec![false; columns],
            names: view.columns.iter().map(|column| column.name.clone()).collect(),
            declared,
            stage: Stage::Declared,
            evidence: CERTAINTY + 2.0 * (columns.max(2) as f64).ln(),
        }
    }

    /// Goes on to the rules that are found.
    pub(super) fn go_on(&mut self, discover: bool) {
        self.stage = Stage::Found { discover };
    }

    /// What is declared, while that is being settled.
    pub(super) fn declared(&self) -> Vec<Wanted> {
        if self.stage == Stage::Declared { self.declared.clone() } else { Vec::new() }
    }

    /// What was declared.
    pub(super) fn all_declared(&self) -> &[Wanted] {
        &self.declared
    }

    /// Whether rules are to be looked for in the data now.
    pub(super) fn discovers(&self) -> bool {
        self.stage == Stage::Found { discover: true }
    }

    /// Whether all declared rules that give columns back are settled.
    pub(super) fn is_second_stage(&self) -> bool {
        self.stage != Stage::Declared
    }

    /// Whether a rule gives the column back.
    pub(super) fn is_derived(&self, column: usize) -> bool {
        self.derived[column]
    }

    /// Whether a column must only take values that were seen.
    pub(super) fn is_seen_only(&self, column: usize) -> bool {
        self.seen_only[column]
    }

    /// Demands that a column only take values that were seen.
    pub(super) fn keep_to_seen(&mut self, column: usize) {
        self.seen_only[column] = true;
    }

    /// Demands that a column be mended by nothing more.
    pub(super) fn pin(&mut self, column: usize) {
        self.pinned[column] = true;
    }

    /// Whether the law gives the column, and no rule mends it or demands anything of it.
    pub(super) fn is_free(&self, column: usize) -> bool {
        let mended = self.leads.iter().any(|leads| leads.contains(&column));
        !self.derived[column] && !self.seen_only[column] && !self.pinned[column] && !mended
    }

    /// Whether nothing may mend a column any more.
    pub(super) fn is_pinned(&self, column: usize) -> bool {
        self.pinned[column]
    }

    /// Gives a column back from others, or refuses when it is already, or when they need it themselves.
    pub(super) fn derive(&mut self, from: &[usize], column: usize) -> bool {
        let refused = self.derived[column]
            || self.seen_only[column]
            || self.pinned[column]
            || from.iter().any(|&one| self.reaches(column, one));
        if !refused {
            self.derived[column] = true;
            for &one in from {
                self.leads[one].insert(column);
            }
        }
        !refused
    }

    /// Mends a column with the help of another, or refuses when that one needs it itself.
    pub(super) fn link(&mut self, from: usize, column: usize) -> bool {
        let allowed = !self.derived[column] && !self.pinned[column] && !self.reaches(column, from);
        if allowed {
            self.leads[from].insert(column);
        }
        allowed
    }

    /// Whether the value of one column has a part in another's.
    pub(super) fn reaches(&self, from: usize, to: usize) -> bool {
        let mut open = vec![from];
        let mut met = BTreeSet::new();
        while let Some(at) = open.pop() {
            if at == to {
                return true;
            }
            if met.insert(at) {
                open.extend(&self.leads[at]);
            }
        }
        false
    }

    /// A name that no column has.
    pub(super) fn fresh(&mut self, name: &str) -> String {
        let mut name = name.to_owned();
        while !self.names.insert(name.clone()) {
            name.push('\'');
        }
        name
    }

    /// The rules, each after those that settle what it needs.
    pub(super) fn in_order(self) -> Vec<Box<dyn Rule>> {
        let settles: Vec<BTreeSet<String>> =
            self.rules.iter().map(|rule| rule.settles().into_iter().collect()).collect();
        let needs: Vec<BTreeSet<String>> = self.rules.iter().map(|rule| rule.needs().into_iter().collect()).collect();
        let waits_for = |rule: usize, other: usize| {
            let shared = other < rule && !settles[rule].is_disjoint(&settles[other]);
            rule != other && (shared || !needs[rule].is_disjoint(&settles[other]))
        };
        let count = self.rules.len();
        let mut waiting: Vec<BTreeSet<usize>> =
            (0..count).map(|rule| (0..count).filter(|&other| waits_for(rule, other)).collect()).collect();
        let mut left: BTreeSet<usize> = (0..count).collect();
        let mut order = Vec::new();
        while let Some(next) = left.iter().copied().find(|&rule| waiting[rule].is_empty()).or(left.first().copied()) {
            left.remove(&next);
            order.push(next);
            for others in &mut waiting {
                others.remove(&next);
            }
        }
        let mut rules: Vec<Option<Box<dyn Rule>>> = self.rules.into_iter().map(Some).collect();
        order.into_iter().filter_map(|at| rules[at].take()).collect()
    }
}
