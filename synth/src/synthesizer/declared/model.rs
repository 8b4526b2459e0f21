//! The model of a specification: blocks of rows, conditions by rejection, imputing by drawing what is missing.

use std::path::Path;

use polars::prelude::{Column, DataFrame};

use super::draw;
use super::spec::{LawSpec, Spec, invalid};
use crate::synthesizer::table::BLOCK;
use crate::synthesizer::{Batches, Model, SampleRequest};
use crate::{Archive, ColumnKind, ColumnMetadata, Condition, Metadata, Progress, Section, Seed, SynthError};

/// Draws for one block of rows after which a condition counts as too rare.
const MOST_DRAWS: usize = 1 << 20;

/// A table's law as it was declared.
#[derive(Debug)]
pub(super) struct DeclaredModel {
    spec: Spec,
    text: String,
    order: Vec<usize>,
    /// The columns that say which row it is, and those that take values from them.
    numbered: Vec<bool>,
    metadata: Metadata,
    notes: Vec<String>,
}

impl DeclaredModel {
    pub(super) fn new(text: &str) -> Result<Self, SynthError> {
        let spec = Spec::parse(text)?;
        let order = spec.order()?;
        let mut numbered = vec![false; spec.columns.len()];
        for &at in &order {
            let sources = spec.columns[at].sources()?;
            let from_numbered = |source: &String| {
                spec.columns.iter().position(|other| other.name == *source).is_some_and(|at| numbered[at])
            };
            numbered[at] = spec.columns[at].counts_rows() || sources.iter().any(from_numbered);
        }
        let mut made =
            Self { spec, text: text.to_owned(), order, numbered, metadata: Metadata::default(), notes: Vec::new() };
        let empty = made.empty()?;
        let mut metadata = Metadata::detect(&empty)?;
        for column in &made.spec.columns {
            let known = metadata.column(&column.name).map_or(ColumnKind::Categorical, |about| about.kind);
            let kind = match &column.law {
                _ if column.counts_rows() => ColumnKind::Identifier,
                LawSpec::Categorical(_) | LawSpec::Conditional { .. } => ColumnKind::Categorical,
                _ => known,
            };
            let limits = (column.minimum, column.maximum);
            let about = ColumnMetadata {
                decimals: column.decimals,
                minimum: limits.0,
                maximum: limits.1,
                ..ColumnMetadata::new(kind)
            };
            metadata.set(&column.name, about);
        }
        made.metadata = metadata;
        Ok(made)
    }

    /// The model in an archive, or none when it holds another.
    pub(super) fn load(part: &Section<'_>) -> Option<Self> {
        let text: String = part.get("specification")?;
        Some(Self { notes: part.get("notes")?, ..Self::new(&text).ok()? })
    }

    /// Adds to `table` the columns that are numbered, or those that are not; a gap in `known` is filled.
    fn add(
        &self,
        table: &mut DataFrame,
        numbered: bool,
        (first, rows): (u64, usize),
        known: Option<&DataFrame>,
        seed: Seed,
    ) -> Result<(), SynthError> {
        for &at in self.order.iter().filter(|at| self.numbered[**at] == numbered) {
            let spec = &self.spec.columns[at];
            let made = draw::column(spec, table, first, rows, seed)?;
            let made = match known {
                Some(known) => draw::keep_known(made, Some(known.column(&spec.name)?))?,
                None => draw::with_gaps(spec, made, seed)?,
            };
            table.with_column(Column::from(made))?;
        }
        Ok(())
    }

    /// The columns in the order of the specification.
    fn arranged(&self, table: &DataFrame) -> Result<DataFrame, SynthError> {
        Ok(table.select(self.spec.columns.iter().map(|column| column.name.as_str()))?)
    }

    /// So many rows of a block that begins with the row of this number.
    fn block(
        &self,
        first: usize,
        rows: usize,
        condition: Option<&Condition>,
        seed: Seed,
        progress: &Progress,
    ) -> Result<DataFrame, SynthError> {
        let seed = seed.named("rows").numbered((first / BLOCK) as u64);
        let mut found: Option<DataFrame> = None;
        let mut drawn = 0;
        loop {
            progress.check()?;
            let mut table = DataFrame::new(BLOCK, Vec::new())?;
            self.add(&mut table, false, (first as u64, BLOCK), None, seed.numbered((drawn / BLOCK) as u64))?;
            drawn += BLOCK;
            if let Some(condition) = condition {
                let holds: Vec<Option<bool>> = condition.holds(&table)?.into_iter().map(Some).collect();
                let holds: polars::prelude::BooleanChunked = holds.into_iter().collect();
                table = table.filter(&holds)?;
            }
            let table = match found.take() {
                Some(before) => before.vstack(&table)?,
                None => table,
            };
            let height = table.height();
            if height >= rows {
                let mut table = table.head(Some(rows));
                self.add(&mut table, true, (first as u64, rows), None, seed.named("numbered"))?;
                return self.arranged(&table);
            }
            if let (Some(condition), true) = (condition, drawn >= MOST_DRAWS) {
                return Err(SynthError::TooRare { condition: condition.to_string(), found: height, drawn });
            }
            found = Some(table);
        }
    }

    fn check(&self, condition: &Condition) -> Result<(), SynthError> {
        condition.check(&self.empty()?)?;
        let numbered = |name: &&String| {
            self.spec.columns.iter().position(|column| column.name == **name).is_some_and(|at| self.numbered[at])
        };
        match condition.columns().iter().find(numbered) {
            Some(name) => Err(condition.refused(&format!("the values of column '{name}' are made anew in every row"))),
            None => Ok(()),
        }
    }
}

impl Model for DeclaredModel {
    fn synthesizer(&self) -> &str {
        super::NAME
    }

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn rows(&self) -> usize {
        0
    }

    fn empty(&self) -> Result<DataFrame, SynthError> {
        let mut table = DataFrame::new(0, Vec::new())?;
        self.add(&mut table, false, (0, 0), None, Seed::default())?;
        self.add(&mut table, true, (0, 0), None, Seed::default())?;
        self.arranged(&table)
    }

    fn stream<'a>(
        &'a self,
        request: &SampleRequest,
        seed: Seed,
        progress: &Progress,
        batch_rows: usize,
    ) -> Batches<'a> {
        let (start, end) = request.range(BLOCK);
        let (condition, progress) = (request.condition.clone(), progress.clone());
        let (mut at, mut made, mut ready, mut failed): (usize, usize, Option<DataFrame>, bool) =
            (start, start, None, false);
        Box::new(std::iter::from_fn(move || {
            if at >= end || failed {
                return None;
            }
            let wanted = batch_rows.max(1).min(end - at);
            let batch = (|| {
                if at == start {
                    condition.as_ref().map_or(Ok(()), |condition| self.check(condition))?;
                }
                while ready.as_ref().is_none_or(|ready| ready.height() < wanted) {
                    let more = self.block(made, BLOCK.min(end - made), condition.as_ref(), seed, &progress)?;
                    made += more.height();
                    progress.report(Some((made - start) as f64 / (end - start) as f64), "Sampling");
                    ready = Some(ready.take().map_or(Ok(more.clone()), |before| before.vstack(&more))?);
                }
                let whole = ready.take().ok_or_else(|| invalid("it has no rows".to_owned()))?;
                ready = Some(whole.slice(wanted as i64, usize::MAX));
                at += wanted;
                Ok(whole.head(Some(wanted)))
            })();
            failed = batch.is_err();
            Some(batch)
        }))
    }

    fn impute(&self, table: &DataFrame, seed: Seed, progress: &Progress) -> Result<DataFrame, SynthError> {
        for column in &self.spec.columns {
            if table.column(&column.name).is_err() {
                return Err(SynthError::MissingColumn { place: "table", column: column.name.clone() });
            }
        }
        progress.check()?;
        let rows = table.height();
        let mut filled = DataFrame::new(rows, Vec::new())?;
        self.add(&mut filled, false, (0, rows), Some(table), seed.named("impute"))?;
        self.add(&mut filled, true, (0, rows), Some(table), seed.named("impute"))?;
        let columns = table.columns().iter().map(|column| filled.column(column.name()).unwrap_or(column).clone());
        Ok(DataFrame::new(rows, columns.collect())?)
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    fn save(&self, path: &Path) -> Result<(), SynthError> {
        let mut archive = Archive::new(super::NAME);
        let mut part = archive.section("declared");
        part.put("specification", &self.text)?;
        part.put("notes", &self.notes)?;
        archive.write(path)
    }
}
