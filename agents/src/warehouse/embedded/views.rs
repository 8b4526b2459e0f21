//! Keeps a view for every frame, in a database of its own that is attached behind the user's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use duckdb::Connection;

use super::scan::{FrameTable, SCAN};
use super::{Shared, fault, lock};
use crate::AgentsError;
use crate::warehouse::names::{literal, quoted};

/// What the frames' catalogue holds.
pub(super) struct Views {
    catalog: String,
    /// The file behind each view, by frame.
    made: BTreeMap<String, PathBuf>,
    /// Frames that have no view, and why.
    broken: BTreeMap<String, (PathBuf, AgentsError)>,
}

impl Views {
    pub(super) fn new(catalog: String) -> Self {
        Self { catalog, made: BTreeMap::new(), broken: BTreeMap::new() }
    }

    pub(super) fn catalog(&self) -> &str {
        &self.catalog
    }

    /// The error of a frame whose absence DuckDB complains of.
    pub(super) fn reason(&self, message: &str) -> Option<AgentsError> {
        let message = message.to_ascii_lowercase();
        let named =
            |name: &str| message.contains(&format!("table with name {} does not exist", name.to_ascii_lowercase()));
        self.broken.iter().find(|(name, _)| named(name)).map(|(_, (_, error))| error.clone())
    }

    fn sync(&mut self, frames: &FrameTable, connection: &Connection) -> Result<(), duckdb::Error> {
        let wanted = frames.list();
        let gone = self.made.keys().chain(self.broken.keys()).filter(|name| !wanted.contains_key(*name));
        for name in gone.cloned().collect::<BTreeSet<_>>() {
            self.drop_view(&name, connection)?;
        }
        frames.release();
        for (name, path) in &wanted {
            let known = self.made.get(name).or_else(|| self.broken.get(name).map(|(path, _)| path));
            if known == Some(path) || name.is_empty() || name.contains('\0') {
                continue;
            }
            if self.made.keys().any(|other| other != name && other.eq_ignore_ascii_case(name)) {
                continue;
            }
            let view = format!(
                "CREATE OR REPLACE VIEW {}.main.{} AS SELECT * FROM {SCAN}({}, {})",
                self.catalog,
                quoted(name),
                frames.id(),
                literal(name)
            );
            match connection.execute_batch(&view) {
                Ok(()) => {
                    self.broken.remove(name);
                    self.made.insert(name.clone(), path.clone());
                }
                Err(error) => {
                    let message = fault::text(&error);
                    let error = frames.returned(&message).unwrap_or_else(|| fault::explain(&message, None));
                    self.drop_view(name, connection)?;
                    self.broken.insert(name.clone(), (path.clone(), error));
                }
            }
        }
        Ok(())
    }

    fn drop_view(&mut self, name: &str, connection: &Connection) -> Result<(), duckdb::Error> {
        self.broken.remove(name);
        if self.made.remove(name).is_some() {
            connection.execute_batch(&format!("DROP VIEW IF EXISTS {}.main.{}", self.catalog, quoted(name)))?;
        }
        Ok(())
    }
}

/// Makes the views what the frames are now.
pub(super) fn refresh(shared: &Shared) -> Result<(), AgentsError> {
    let mut views = lock(&shared.views);
    let connection = lock(&shared.spare);
    views.sync(&shared.frames, &connection).map_err(|error| fault::explain(&fault::text(&error), None))
}

/// What a reader should know of the frames that a script mentions: which of them it does not see.
pub(super) fn hidden(shared: &Shared, connection: &Connection, script: &str) -> Result<Vec<String>, duckdb::Error> {
    let folded = script.to_ascii_lowercase();
    let (mentioned, catalog) = {
        let views = lock(&shared.views);
        let mention = |name: &&String| folded.contains(&name.replace('"', "\"\"").to_ascii_lowercase());
        let names = shared.frames.list().into_keys().collect::<Vec<_>>();
        let mentioned: Vec<(String, bool)> =
            names.iter().filter(mention).map(|name| (name.clone(), views.made.contains_key(name))).collect();
        (mentioned, views.catalog().to_owned())
    };
    if mentioned.is_empty() {
        return Ok(Vec::new());
    }
    let own = "SELECT lower(table_name) FROM duckdb_tables() WHERE NOT internal AND database_name <> ?1
               UNION SELECT lower(view_name) FROM duckdb_views() WHERE NOT internal AND database_name <> ?1";
    let mut statement = connection.prepare(own)?;
    let rows = statement.query_map([&catalog], |row| row.get::<_, String>(0))?;
    let own = rows.collect::<Result<BTreeSet<_>, _>>()?;
    let broken = |name: &str| lock(&shared.views).broken.contains_key(name);
    let note = |(name, made): &(String, bool)| {
        if own.contains(&name.to_lowercase()) {
            Some(format!("{name} is your table; the frame of that name is {catalog}.{}", quoted(name)))
        } else if !made && !broken(name) {
            Some(format!("The frame {name} differs from another only in case: read it with frame({})", literal(name)))
        } else {
            None
        }
    };
    Ok(mentioned.iter().filter_map(note).collect())
}
