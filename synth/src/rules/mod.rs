//! What holds between a table's columns without exception, found or declared: dependent columns are left out before a
//! law is learned and given back afterwards, so that a sample keeps every rule by construction.

use polars::prelude::DataFrame;

use crate::{Metadata, Progress, Section, SynthError};

/// The rules of one table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rules {}

/// A table without its dependent columns, and what the columns that are left mean.
#[derive(Debug)]
pub(crate) struct Reduced {
    pub(crate) table: DataFrame,
    pub(crate) metadata: Metadata,
}

impl Rules {
    /// The rules that a table keeps to, with those that the metadata declares.
    pub(crate) fn find(_table: &DataFrame, _metadata: &Metadata, _progress: &Progress) -> Result<Self, SynthError> {
        Ok(Self::default())
    }

    /// The table without the columns that the rules give back.
    pub(crate) fn reduce(&self, table: &DataFrame, metadata: &Metadata) -> Result<Reduced, SynthError> {
        Ok(Reduced { table: table.clone(), metadata: metadata.clone() })
    }

    /// The whole table, in the order of its columns; each row is decided by itself, with no chance but what the row holds.
    pub(crate) fn restore(&self, table: DataFrame) -> Result<DataFrame, SynthError> {
        Ok(table)
    }

    /// Writes the rules.
    pub(crate) fn save(&self, _part: &mut Section<'_>) -> Result<(), SynthError> {
        Ok(())
    }

    /// Reads the rules, or none when the section does not hold them.
    pub(crate) fn load(_part: &mut Section<'_>) -> Option<Self> {
        Some(Self::default())
    }
}
