//! What the metadata says about rules between columns: a list in the form of SDV's constraints.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Metadata;
use crate::SynthError;

/// A rule that a person declares; a fitted model keeps to it without exception, as to those it finds.
///
/// In the metadata's JSON it is an entry of the list `constraints`, with `constraint_class` and
/// `constraint_parameters`.
///
/// ```
/// use synthbook_synth::{DeclaredRule, Metadata};
///
/// let text = r#"{"columns": {"low": {"sdtype": "numerical"}, "high": {"sdtype": "numerical"}}, "constraints": [
///     {"constraint_class": "Inequality",
///      "constraint_parameters": {"low_column_name": "low", "high_column_name": "high"}}]}"#;
/// let metadata = Metadata::from_json(text)?;
/// let rule = DeclaredRule::Inequality {
///     low_column_name: "low".into(),
///     high_column_name: "high".into(),
///     strict_boundaries: false,
/// };
/// assert_eq!(metadata.declared_rules(), [rule]);
/// assert_eq!(Metadata::from_json(&metadata.to_json())?, metadata);
/// # Ok::<(), synthbook_synth::SynthError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "constraint_class", content = "constraint_parameters")]
#[non_exhaustive]
pub enum DeclaredRule {
    /// A column whose value follows from another's.
    FunctionalDependency {
        /// The column that decides.
        determinant_column_name: String,
        /// The column that follows.
        column_name: String,
    },
    /// Columns that only occur in the combinations seen.
    FixedCombinations {
        /// The columns.
        column_names: Vec<String>,
    },
    /// A column that is never greater than another.
    Inequality {
        /// The smaller.
        low_column_name: String,
        /// The greater.
        high_column_name: String,
        /// Whether they are never equal either.
        #[serde(default)]
        strict_boundaries: bool,
    },
    /// Three columns in ascending order.
    Range {
        /// The smallest.
        low_column_name: String,
        /// The one between.
        middle_column_name: String,
        /// The greatest.
        high_column_name: String,
        /// Whether no two are ever equal.
        #[serde(default)]
        strict_boundaries: bool,
    },
    /// A column of numbers between two limits.
    ScalarRange {
        /// The column.
        column_name: String,
        /// The smallest number allowed.
        #[serde(default)]
        low_value: Option<f64>,
        /// The largest number allowed.
        #[serde(default)]
        high_value: Option<f64>,
    },
    /// A column that is the sum of others.
    Sum {
        /// The total.
        column_name: String,
        /// Its parts.
        column_names: Vec<String>,
    },
    /// A column that is two others multiplied, to within its rounding.
    Product {
        /// The result.
        column_name: String,
        /// What is multiplied.
        column_names: [String; 2],
    },
    /// A column that is one divided by another, to within its rounding.
    Ratio {
        /// The result.
        column_name: String,
        /// What is divided.
        numerator_column_name: String,
        /// By what.
        denominator_column_name: String,
    },
    /// Columns of 0 and 1 of which exactly one is set in each row.
    OneHotEncoding {
        /// The columns.
        column_names: Vec<String>,
    },
}

impl DeclaredRule {
    /// The columns that it names.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::FunctionalDependency { determinant_column_name: one, column_name: other } => vec![one, other],
            Self::FixedCombinations { column_names } | Self::OneHotEncoding { column_names } => {
                column_names.iter().map(String::as_str).collect()
            }
            Self::Inequality { low_column_name: low, high_column_name: high, .. } => vec![low, high],
            Self::Range { low_column_name: low, middle_column_name: middle, high_column_name: high, .. } => {
                vec![low, middle, high]
            }
            Self::ScalarRange { column_name, .. } => vec![column_name],
            Self::Sum { column_name, column_names } => {
                column_names.iter().chain([column_name]).map(String::as_str).collect()
            }
            Self::Product { column_name, column_names: [one, other] } => vec![column_name, one, other],
            Self::Ratio { column_name, numerator_column_name: one, denominator_column_name: other } => {
                vec![column_name, one, other]
            }
        }
    }
}

impl Metadata {
    /// The rules that were declared.
    #[must_use]
    pub fn declared_rules(&self) -> &[DeclaredRule] {
        &self.rules.declared
    }

    /// Declares a rule.
    pub fn declare(&mut self, rule: DeclaredRule) {
        self.rules.declared.push(rule);
    }

    /// Whether rules are looked for in the data.
    #[must_use]
    pub fn discovers_rules(&self) -> bool {
        !self.rules.only_declared
    }

    /// Says whether rules are looked for in the data, or only those that are declared count.
    pub fn set_discover_rules(&mut self, discover: bool) {
        self.rules.only_declared = !discover;
    }

    /// Forgets a column.
    pub(crate) fn remove(&mut self, name: &str) {
        self.columns.retain(|(known, _)| known != name);
        if self.primary_key.as_deref() == Some(name) {
            self.primary_key = None;
        }
    }
}

/// What is said about rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Constraints {
    declared: Vec<DeclaredRule>,
    only_declared: bool,
}

impl Constraints {
    /// Writes them into a document.
    pub(super) fn write(&self, document: &mut Map<String, Value>) {
        if !self.declared.is_empty() {
            document.insert("constraints".to_owned(), json!(self.declared));
        }
        if self.only_declared {
            document.insert("discover_rules".to_owned(), json!(false));
        }
    }

    /// Reads them from a document.
    pub(super) fn read(document: &Value) -> Result<Self, SynthError> {
        let invalid = |reason: String| SynthError::InvalidMetadata { reason };
        let declared = match document.get("constraints") {
            None | Some(Value::Null) => Vec::new(),
            Some(list) => Vec::deserialize(list)
                .map_err(|error| invalid(format!("the constraints are not understood: {error}")))?,
        };
        let discovers = match document.get("discover_rules") {
            None | Some(Value::Null) => true,
            Some(value) => value.as_bool().ok_or_else(|| invalid("discover_rules is true or false".to_owned()))?,
        };
        Ok(Self { declared, only_declared: !discovers })
    }
}
