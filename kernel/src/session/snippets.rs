//! Queries that were saved under a name: later queries may read them like tables.

use std::collections::BTreeMap;

use super::{Session, lock};
use crate::error::KernelError;
use crate::magic::suggest;

/// The saved queries of a session, by name.
pub(super) type Snippets = BTreeMap<String, String>;

impl Session {
    /// Keeps a query under a name, in place of an earlier one.
    pub fn save_snippet(&self, name: &str, query: &str) {
        lock(&self.snippets).insert(name.to_owned(), query.trim().trim_end_matches(';').trim_end().to_owned());
    }

    /// The saved queries, by name.
    #[must_use]
    pub fn snippets(&self) -> BTreeMap<String, String> {
        lock(&self.snippets).clone()
    }

    /// Forgets a saved query.
    ///
    /// # Errors
    /// `sql::unknown_snippet`.
    pub fn remove_snippet(&self, name: &str) -> Result<(), KernelError> {
        let mut snippets = lock(&self.snippets);
        if snippets.remove(name).is_some() {
            return Ok(());
        }
        let names: Vec<&str> = snippets.keys().map(String::as_str).collect();
        let help = if names.is_empty() {
            "%sql --save NAME -N QUERY saves one".to_owned()
        } else {
            suggest::did_you_mean(name, &names, "saved queries")
        };
        Err(KernelError::UnknownSnippet { name: name.to_owned(), help })
    }
}
