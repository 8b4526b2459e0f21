//! What holds between a table's columns without exception, found or declared: dependent columns are left out before a
//! law is learned and given back afterwards, so that a sample keeps every rule by construction.
//!
//! A rule is found when every row keeps to it and chance could hardly have made it so (less than e^-18 after counting
//! the pairs of columns that are tried). Restoring a row takes nothing but the row: where a rule calls for a draw, its
//! chance comes from the row's own values.

mod agreement;
mod bands;
mod chance;
mod combination;
mod date_part;
mod declared;
mod dependency;
mod inequality;
mod levels;
mod limits;
mod linear;
mod measure;
mod one_hot;
mod plan;
mod product;
mod report;
mod view;

use std::fmt;

use polars::prelude::{Column, DataFrame};

use self::chance::Chance;
use self::plan::Plan;
use self::view::View;
use crate::{ColumnKind, Metadata, Progress, Section, SynthError};

pub use report::{FoundRule, RuleReport, find_rules};

/// A rule of one table.
trait Rule: fmt::Debug + Send + Sync {
    /// The name of its kind.
    fn kind(&self) -> &'static str;

    /// What it says, one sentence for each statement; none when chance may have made it.
    fn sentences(&self) -> Vec<String>;

    /// The columns whose values it takes.
    fn needs(&self) -> Vec<String>;

    /// The columns that it gives back or mends.
    fn settles(&self) -> Vec<String>;

    /// Takes out of a table what it gives back.
    fn reduce(&self, reduced: &mut Reduced) -> Result<(), SynthError>;

    /// Gives back or mends its columns, from the columns that are there.
    fn restore(&self, table: &mut DataFrame, chance: &Chance) -> Result<(), SynthError>;

    /// For each of its statements, how many rows break it.
    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError>;

    /// Writes what it knows.
    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError>;
}

/// A kind of rule.
trait RuleKind: Sync {
    /// Its name in saved models and reports.
    fn name(&self) -> &'static str;

    /// Adds the rules of this kind that the table keeps to.
    fn find(&self, view: &View, plan: &mut Plan, progress: &Progress) -> Result<(), SynthError>;

    /// The rule that [`Rule::save`] wrote, or none when the section does not hold one.
    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>>;
}

/// The kinds of rules, in the order in which they are looked for.
static KINDS: [&dyn RuleKind; 13] = [
    &date_part::DatePartKind,
    &linear::LinearKind,
    &product::ProductKind,
    &one_hot::OneHotKind,
    &dependency::SnapKind,
    &dependency::DependencyKind,
    &agreement::AgreementKind,
    &bands::BandsKind,
    &combination::CombinationKind,
    &inequality::InequalityKind,
    &inequality::GapKind,
    &inequality::BoundKind,
    &limits::LimitsKind,
];

/// The rules of one table.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// The columns of the whole table, in order.
    columns: Vec<String>,
    /// Those of them that chance is taken from.
    chance: Vec<String>,
    /// Those of them that a rule needs as categories.
    categories: Vec<String>,
    all: Vec<Box<dyn Rule>>,
}

/// A table without its dependent columns, and what the columns that are left mean.
#[derive(Debug)]
pub(crate) struct Reduced {
    pub(crate) table: DataFrame,
    pub(crate) metadata: Metadata,
}

impl Reduced {
    fn remove(&mut self, column: &str) {
        if let Ok(left) = self.table.drop(column) {
            self.table = left;
        }
        self.metadata.remove(column);
    }
}

impl Rules {
    /// The rules that a table keeps to, with those that the metadata declares.
    pub(crate) fn find(table: &DataFrame, metadata: &Metadata, progress: &Progress) -> Result<Self, SynthError> {
        let (corrected, categories) = declared::with_categories(metadata)?;
        let view = View::of(table, &corrected, progress)?;
        let mut plan = Plan::new(&view, declared::checked(&view, metadata)?);
        for discover in [None, Some(metadata.discovers_rules())] {
            if let Some(discover) = discover {
                plan.go_on(discover);
            }
            for kind in KINDS {
                progress.check()?;
                kind.find(&view, &mut plan, progress)?;
            }
        }
        let mut found = Self {
            columns: view.columns.iter().map(|column| column.name.clone()).collect(),
            chance: Vec::new(),
            categories,
            all: plan.in_order(),
        };
        let left = found.reduce(&table.clear(), metadata)?.metadata;
        let modelled = left.columns().filter(|(_, about)| about.kind.is_modelled());
        found.chance = modelled.map(|(name, _)| name.to_owned()).collect();
        Ok(found)
    }

    /// The table without the columns that the rules give back.
    pub(crate) fn reduce(&self, table: &DataFrame, metadata: &Metadata) -> Result<Reduced, SynthError> {
        let mut reduced = Reduced { table: table.clone(), metadata: metadata.clone() };
        for name in &self.categories {
            reduced.metadata.set_kind(name, ColumnKind::Categorical)?;
        }
        for rule in self.all.iter().rev() {
            rule.reduce(&mut reduced)?;
        }
        Ok(reduced)
    }

    /// The whole table, in the order of its columns; each row is decided by itself, with no chance but what the row holds.
    pub(crate) fn restore(&self, table: DataFrame) -> Result<DataFrame, SynthError> {
        if self.all.is_empty() {
            return Ok(table);
        }
        let chance = Chance::new(&table, &self.chance);
        let mut table = table;
        for rule in &self.all {
            rule.restore(&mut table, &chance)?;
        }
        Ok(table.select(self.columns.iter().map(String::as_str))?)
    }

    /// Whether a column that the law knows may have other values in the end.
    pub(crate) fn mends(&self, column: &str) -> bool {
        self.all.iter().any(|rule| rule.settles().iter().any(|name| name == column))
    }

    /// What each rule says, and how many rows of a table break it.
    pub(crate) fn violations(&self, table: &DataFrame) -> Result<Vec<(String, usize)>, SynthError> {
        let mut found = Vec::new();
        for rule in &self.all {
            found.extend(rule.sentences().into_iter().zip(rule.broken(table)?));
        }
        Ok(found)
    }

    /// Writes the rules.
    pub(crate) fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("columns", &self.columns)?;
        part.put("chance", &self.chance)?;
        part.put("categories", &self.categories)?;
        part.put("rules", &self.all.iter().map(|rule| rule.kind()).collect::<Vec<_>>())?;
        for (at, rule) in self.all.iter().enumerate() {
            rule.save(&mut part.section(&format!("rule.{at}")))?;
        }
        Ok(())
    }

    /// Reads the rules, or none when the section does not hold them.
    pub(crate) fn load(part: &mut Section<'_>) -> Option<Self> {
        let mut rules = Vec::new();
        for (at, name) in part.get::<Vec<String>>("rules")?.into_iter().enumerate() {
            let kind = KINDS.iter().find(|kind| kind.name() == name)?;
            rules.push(kind.load(&mut part.section(&format!("rule.{at}")))?);
        }
        let (columns, chance) = (part.get("columns")?, part.get("chance")?);
        Some(Self { columns, chance, categories: part.get("categories")?, all: rules })
    }
}

/// Puts a column into a table, in the place of one with its name.
fn put(table: &mut DataFrame, column: polars::prelude::Series) -> Result<(), SynthError> {
    table.with_column(Column::from(column))?;
    Ok(())
}

/// A column of a table.
fn take<'a>(table: &'a DataFrame, name: &str) -> Result<&'a polars::prelude::Series, SynthError> {
    let missing = |_| SynthError::MissingColumn { place: "table", column: name.to_owned() };
    Ok(table.column(name).map_err(missing)?.as_materialized_series())
}
