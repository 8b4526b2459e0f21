//! What an engine needs before its first question: the catalogue, the semantic model, the words.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::EngineOptions;
use crate::analyzer::{self, analyze};
use crate::ask::AskError;
use crate::semantic::{SemanticError, SemanticModel, from_catalog};
use crate::warehouse::{Catalog, TableKind, Warehouse};

/// What was read.
pub(super) struct Prepared {
    pub(super) catalog: Catalog,
    pub(super) model: SemanticModel,
    pub(super) notes: Vec<String>,
}

/// Reads the catalogue, and reads, finds or makes the model.
pub(super) fn prepare(warehouse: &dyn Warehouse, options: &EngineOptions) -> Result<Prepared, AskError> {
    let catalog = warehouse.catalog()?;
    let (model, notes) = model(warehouse, &catalog, options)?;
    Ok(Prepared { catalog, model, notes })
}

/// The model that was named; else the retail one when the database has its tables; else one made from the database,
/// which is kept for the next time.
fn model(
    warehouse: &dyn Warehouse,
    catalog: &Catalog,
    options: &EngineOptions,
) -> Result<(SemanticModel, Vec<String>), AskError> {
    if let Some(path) = &options.model {
        let model = SemanticModel::read(path)?;
        return match missing(&model, catalog) {
            Some(table) => Err(AskError::ModelDiffers { table }),
            None => Ok((model, Vec::new())),
        };
    }
    let retail = SemanticModel::retail()?;
    if missing(&retail, catalog).is_none() {
        return Ok((retail, Vec::new()));
    }
    let kept = options.cache.as_deref().map(|folder| kept_at(folder, &options.database, catalog));
    if let Some(model) = kept.as_deref().and_then(|path| SemanticModel::read(path).ok())
        && missing(&model, catalog).is_none()
    {
        return Ok((model, Vec::new()));
    }
    if catalog.tables.is_empty() {
        return Err(SemanticError::NoTables.into());
    }
    let analysis = analyze(warehouse, catalog, &analyzer::Options::default())?;
    let name = if options.database.is_empty() { warehouse.name() } else { options.database.as_str() };
    let model = from_catalog(name, warehouse, catalog, &analysis)?;
    let mut notes = analysis.notes;
    if let Some(path) = kept
        && let Err(error) = keep(&model, &path)
    {
        // It is made again the next time; that costs time only.
        notes.push(format!("The semantic model could not be kept: {error}"));
    }
    Ok((model, notes))
}

/// A table that a model names and the database does not have.
fn missing(model: &SemanticModel, catalog: &Catalog) -> Option<String> {
    let lacks = |table: &&crate::semantic::LogicalTable| {
        let name = table.base_table.table.trim_matches('"');
        !catalog.tables.iter().any(|found| found.name.eq_ignore_ascii_case(name))
    };
    model.tables.iter().find(lacks).map(|table| table.base_table.table.clone())
}

/// The file of a model that was made: another one when the tables change.
fn kept_at(folder: &Path, database: &str, catalog: &Catalog) -> PathBuf {
    let mut hash = Sha256::new();
    hash.update(database.as_bytes());
    // A frame of the session comes and goes; a stored table's shape is what a model is made of.
    for table in catalog.tables.iter().filter(|table| table.kind != TableKind::Frame) {
        hash.update(format!("\0{}.{}.{}", table.database, table.schema, table.name).as_bytes());
        for column in &table.columns {
            hash.update(format!("\u{1}{} {} {:?}", column.name, column.data_type, column.comment).as_bytes());
        }
    }
    let hash = hash.finalize().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    folder.join(format!("model-{hash:016x}.yaml"))
}

/// Writes a model beside its file and renames it, so that another process reads a whole one or none.
fn keep(model: &SemanticModel, path: &Path) -> Result<(), SemanticError> {
    let failed = |error: std::io::Error| SemanticError::File { path: path.to_path_buf(), reason: error.to_string() };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let written = model.write(&temporary).and_then(|()| std::fs::rename(&temporary, path).map_err(failed));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}
