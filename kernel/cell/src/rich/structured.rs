//! JSON values: as a tree, and as charts.
#![allow(non_snake_case, reason = "a constructor is called by the name of its type: Json(value)")]

use serde_json::Value;

use super::Rich;
use crate::bundle::Bundle;
use crate::error::{CellError, fail};

/// The MIME type of the newest Vega-Lite that `JupyterLab` renders.
const VEGA_LITE: &str = "application/vnd.vegalite.v5+json";

/// A JSON value, shown as a tree that folds.
#[derive(Debug, Clone, PartialEq)]
pub struct Json {
    value: Value,
}

/// A JSON value, shown as a tree that folds: a `serde_json::Value`, or JSON text.
///
/// # Panics
/// When text is not JSON.
#[must_use]
#[track_caller]
pub fn Json(value: impl IntoJson) -> Json {
    match value.into_json() {
        Ok(value) => Json { value },
        Err(error) => fail(&error),
    }
}

impl Rich for Json {
    fn bundle(&self) -> Bundle {
        Bundle::text(format!("{:#}", self.value)).with("application/json", self.value.clone())
    }
}

/// A chart in Vega-Lite 5.
#[derive(Debug, Clone, PartialEq)]
pub struct Vega {
    spec: Value,
}

/// A chart in Vega-Lite 5: its specification as a `serde_json::Value` or as JSON text.
///
/// # Panics
/// When text is not JSON.
#[must_use]
#[track_caller]
pub fn Vega(spec: impl IntoJson) -> Vega {
    match spec.into_json() {
        Ok(spec) => Vega { spec },
        Err(error) => fail(&error),
    }
}

impl Rich for Vega {
    fn bundle(&self) -> Bundle {
        Bundle::text("<Vega-Lite chart>").with(VEGA_LITE, self.spec.clone())
    }
}

/// What a JSON value is made of.
pub trait IntoJson {
    /// The value.
    ///
    /// # Errors
    /// Text that is not JSON.
    fn into_json(self) -> Result<Value, CellError>;
}

impl IntoJson for Value {
    fn into_json(self) -> Result<Value, CellError> {
        Ok(self)
    }
}

impl IntoJson for &str {
    fn into_json(self) -> Result<Value, CellError> {
        serde_json::from_str(self).map_err(|error| CellError::NotJson { reason: error.to_string() })
    }
}

impl IntoJson for String {
    fn into_json(self) -> Result<Value, CellError> {
        self.as_str().into_json()
    }
}

impl Rich for Value {
    fn bundle(&self) -> Bundle {
        Json { value: self.clone() }.bundle()
    }
}
