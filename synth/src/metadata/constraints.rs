//! What the metadata says about rules between columns.

use super::Metadata;

impl Metadata {
    /// Forgets a column.
    pub(crate) fn remove(&mut self, name: &str) {
        self.columns.retain(|(known, _)| known != name);
        if self.primary_key.as_deref() == Some(name) {
            self.primary_key = None;
        }
    }
}
