//! Semantic models as YAML text and files.

use std::path::Path;

use crate::semantic::{SemanticError, SemanticModel};

/// The model of the retail warehouse.
const RETAIL: &str = include_str!("retail.yaml");

impl SemanticModel {
    /// Reads a model. What is misspelt is an error with its place.
    ///
    /// # Errors
    /// [`SemanticError::Yaml`] with line and column.
    pub fn from_yaml(text: &str) -> Result<Self, SemanticError> {
        serde_saphyr::from_str(text).map_err(|error| {
            let place = error.location();
            let (line, column) = place.map_or((1, 1), |at| (at.line() as usize, at.column() as usize));
            let message = error.to_string();
            let message = message.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            SemanticError::Yaml { line, column, message }
        })
    }

    /// Writes a model; what it does not say is left out.
    ///
    /// # Errors
    /// [`SemanticError::Write`].
    pub fn to_yaml(&self) -> Result<String, SemanticError> {
        serde_saphyr::to_string(self).map_err(|error| SemanticError::Write { message: error.to_string() })
    }

    /// Writes a model as a semantic view of Snowflake: the same without the extension blocks, which it does not know.
    ///
    /// # Errors
    /// [`SemanticError::Write`].
    pub fn to_snowflake_yaml(&self) -> Result<String, SemanticError> {
        let failed = |message: String| SemanticError::Write { message };
        let mut value = serde_json::to_value(self).map_err(|error| failed(error.to_string()))?;
        strip(&mut value);
        serde_saphyr::to_string(&value).map_err(|error| failed(error.to_string()))
    }

    /// Reads a model from a file.
    ///
    /// # Errors
    /// [`SemanticError::File`] and [`SemanticError::Yaml`].
    pub fn read(path: &Path) -> Result<Self, SemanticError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| SemanticError::File { path: path.to_owned(), reason: error.to_string() })?;
        Self::from_yaml(&text)
    }

    /// Writes a model to a file.
    ///
    /// # Errors
    /// [`SemanticError::File`] and [`SemanticError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), SemanticError> {
        let text = self.to_yaml()?;
        std::fs::write(path, text)
            .map_err(|error| SemanticError::File { path: path.to_owned(), reason: error.to_string() })
    }

    /// The model of the retail warehouse that comes along.
    ///
    /// # Errors
    /// None in a program that passed its tests.
    pub fn retail() -> Result<Self, SemanticError> {
        Self::from_yaml(RETAIL)
    }

    /// The text of the model of the retail warehouse, to start an own one from.
    #[must_use]
    pub fn retail_yaml() -> &'static str {
        RETAIL
    }
}

/// Takes the extension blocks out.
fn strip(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(entries) => {
            entries.shift_remove("extension");
            entries.values_mut().for_each(strip);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_retail_model_is_read_and_survives_being_written() {
        let model = SemanticModel::retail().unwrap();
        assert_eq!(model.tables.len(), 7);
        let again = SemanticModel::from_yaml(&model.to_yaml().unwrap()).unwrap();
        assert_eq!(again, model);
    }

    #[test]
    fn snowflake_gets_a_model_without_extensions() {
        let model = SemanticModel::retail().unwrap();
        let text = model.to_snowflake_yaml().unwrap();
        assert!(!text.contains("extension"), "an extension block is left");
        let bare = SemanticModel::from_yaml(&text).unwrap();
        assert_eq!(bare.tables.len(), model.tables.len());
        assert_eq!(bare.tables[0].metrics[0].expr, "SUM(sales_amount)");
    }

    #[test]
    fn errors_have_a_place() {
        let text = "name: x\ntables:\n  - name: t\n    base_table: {table: T}\n    dimensoins: []\n";
        let Err(SemanticError::Yaml { line, column, message }) = SemanticModel::from_yaml(text) else {
            panic!("a misspelt key was taken");
        };
        assert_eq!((line, column), (5, 5), "{message}");
        assert!(message.contains("dimensoins"), "{message}");
        for text in ["", "name: [", "- 1", "name: x\nname: y\n", "\u{0}"] {
            assert!(SemanticModel::from_yaml(text).is_err(), "{text:?}");
        }
    }
}
