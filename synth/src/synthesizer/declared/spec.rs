//! A specification of columns in JSON: what each is drawn from, checked as a whole and put into an order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::SynthError;
use crate::expression::{Expression, nearest};

/// Columns in the order of the table, each with its law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Spec {
    pub(super) columns: Vec<ColumnSpec>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ColumnSpec {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) law: LawSpec,
    /// The share of rows without a value.
    #[serde(default)]
    pub(super) missing: f64,
    /// Limits of a number: what lies outside is drawn again.
    #[serde(default)]
    pub(super) minimum: Option<f64>,
    #[serde(default)]
    pub(super) maximum: Option<f64>,
    /// Digits after the point; with none, whole numbers.
    #[serde(default)]
    pub(super) decimals: Option<u8>,
}

/// What a column is drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "law", rename_all = "snake_case")]
pub(super) enum LawSpec {
    Uniform {
        low: f64,
        high: f64,
    },
    Normal {
        mean: f64,
        sd: f64,
    },
    Lognormal {
        mu: f64,
        sigma: f64,
    },
    Exponential {
        rate: f64,
    },
    Poisson {
        mean: f64,
    },
    Binomial {
        trials: u64,
        chance: f64,
    },
    Bernoulli {
        chance: f64,
    },
    Categorical(Choices),
    /// Choices that depend on the value of another column; `otherwise` for a value that is not listed, else missing.
    Conditional {
        on: String,
        given: BTreeMap<String, Choices>,
        otherwise: Option<Choices>,
    },
    Date {
        first: String,
        last: String,
    },
    Sequence {
        start: i64,
        step: i64,
    },
    /// Each `#` is a digit of the row's number.
    Identifier {
        pattern: String,
    },
    Constant {
        value: Value,
    },
    Expression {
        expression: String,
    },
}

/// Values and how likely each is; equally likely when there are no weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choices {
    pub(super) values: Vec<String>,
    pub(super) weights: Option<Vec<f64>>,
}

const COMMON: [&str; 6] = ["name", "law", "missing", "minimum", "maximum", "decimals"];

/// The keys of each law beside the common ones.
const LAWS: [(&str, &[&str]); 14] = [
    ("bernoulli", &["chance"]),
    ("binomial", &["trials", "chance"]),
    ("categorical", &["values", "weights"]),
    ("conditional", &["on", "given", "otherwise"]),
    ("constant", &["value"]),
    ("date", &["first", "last"]),
    ("exponential", &["rate"]),
    ("expression", &["expression"]),
    ("identifier", &["pattern"]),
    ("lognormal", &["mu", "sigma"]),
    ("normal", &["mean", "sd"]),
    ("poisson", &["mean"]),
    ("sequence", &["start", "step"]),
    ("uniform", &["low", "high"]),
];

impl Spec {
    /// Reads and checks a specification.
    pub(super) fn parse(text: &str) -> Result<Self, SynthError> {
        let document: Value = serde_json::from_str(text).map_err(|error| invalid(format!("it is no JSON: {error}")))?;
        let listed = document["columns"].as_array().ok_or_else(|| invalid("it has no list \"columns\"".to_owned()))?;
        for column in listed {
            check_keys(column)?;
        }
        let columns = listed.iter().map(|column| {
            let name = column["name"].as_str().unwrap_or_default();
            serde_json::from_value(column.clone()).map_err(|error| invalid(format!("column '{name}': {error}")))
        });
        let spec = Self { columns: columns.collect::<Result<_, _>>()? };
        if spec.columns.is_empty() {
            return Err(SynthError::NoColumns);
        }
        for (at, column) in spec.columns.iter().enumerate() {
            if spec.columns[..at].iter().any(|other| other.name == column.name) {
                return Err(invalid(format!("two columns are called '{}'", column.name)));
            }
            column.check().map_err(|reason| invalid(format!("column '{}': {reason}", column.name)))?;
        }
        spec.order()?;
        Ok(spec)
    }

    /// The columns in an order in which each comes after those it takes values from.
    pub(super) fn order(&self) -> Result<Vec<usize>, SynthError> {
        let mut order = Vec::with_capacity(self.columns.len());
        let mut needed = Vec::new();
        for column in &self.columns {
            let sources = column.sources()?;
            let place = |source: &String| {
                self.columns.iter().position(|other| other.name == *source).ok_or_else(|| {
                    let near = nearest(source, self.columns.iter().map(|other| other.name.as_str()));
                    let hint = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
                    invalid(format!("column '{}' takes values from '{source}', which there is not{hint}", column.name))
                })
            };
            needed.push(sources.iter().map(place).collect::<Result<Vec<usize>, _>>()?);
        }
        while order.len() < self.columns.len() {
            let ready = |at: &usize| !order.contains(at) && needed[*at].iter().all(|source| order.contains(source));
            let Some(next) = (0..self.columns.len()).find(ready) else {
                let stuck = (0..self.columns.len()).filter(|at| !order.contains(at));
                let names: Vec<&str> = stuck.map(|at| self.columns[at].name.as_str()).collect();
                return Err(invalid(format!(
                    "these columns take values from each other in a circle: {}",
                    names.join(", ")
                )));
            };
            order.push(next);
        }
        Ok(order)
    }
}

impl ColumnSpec {
    /// The columns that it takes values from.
    pub(super) fn sources(&self) -> Result<Vec<String>, SynthError> {
        Ok(match &self.law {
            LawSpec::Conditional { on, .. } => vec![on.clone()],
            LawSpec::Expression { expression } => Expression::parse(expression)?.columns().to_vec(),
            _ => Vec::new(),
        })
    }

    /// Whether each row has a value of its own by the row's number.
    pub(super) fn counts_rows(&self) -> bool {
        matches!(self.law, LawSpec::Sequence { .. } | LawSpec::Identifier { .. })
    }

    fn check(&self) -> Result<(), String> {
        let numbers = |numbers: &[f64]| numbers.iter().all(|number| number.is_finite());
        let chance = |chance: f64| (0.0..=1.0).contains(&chance);
        let days = |first: &str, last: &str| super::draw::day(first).zip(super::draw::day(last));
        let sound = match &self.law {
            LawSpec::Uniform { low, high } => numbers(&[*low, *high, high - low]) && low <= high,
            LawSpec::Normal { mean, sd } => numbers(&[*mean, *sd]) && *sd >= 0.0,
            LawSpec::Lognormal { mu, sigma } => numbers(&[*mu, *sigma]) && *sigma >= 0.0,
            LawSpec::Exponential { rate } => rate.is_finite() && *rate > 0.0,
            LawSpec::Poisson { mean } => *mean > 0.0 && *mean <= 1e9,
            LawSpec::Binomial { trials, chance: each } => chance(*each) && *trials <= 1_000_000_000,
            LawSpec::Bernoulli { chance: each } => chance(*each),
            LawSpec::Categorical(choices) => choices.are_sound(),
            LawSpec::Conditional { given, otherwise, .. } => {
                !given.is_empty() && given.values().chain(otherwise).all(Choices::are_sound)
            }
            LawSpec::Date { first, last } => days(first, last).is_some_and(|(first, last)| first <= last),
            LawSpec::Sequence { step, .. } => *step != 0,
            LawSpec::Identifier { pattern } => pattern.contains('#'),
            LawSpec::Constant { value } => !value.is_array() && !value.is_object(),
            LawSpec::Expression { .. } => true,
        };
        if !sound {
            return Err("its law's numbers, values or dates don't fit together".to_owned());
        }
        if !chance(self.missing) {
            return Err(format!("missing is a share from 0 to 1, not {}", self.missing));
        }
        if self.minimum.zip(self.maximum).is_some_and(|(minimum, maximum)| minimum > maximum) {
            return Err("its minimum lies above its maximum".to_owned());
        }
        if self.decimals.is_some_and(|decimals| decimals > 15) {
            return Err("it can have at most 15 decimals".to_owned());
        }
        Ok(())
    }
}

impl Choices {
    fn are_sound(&self) -> bool {
        let weights = self.weights.as_ref();
        !self.values.is_empty()
            && weights.is_none_or(|weights| {
                weights.len() == self.values.len()
                    && weights.iter().all(|weight| *weight >= 0.0 && weight.is_finite())
                    && weights.iter().any(|weight| *weight > 0.0)
            })
    }
}

fn check_keys(column: &Value) -> Result<(), SynthError> {
    let keys =
        column.as_object().ok_or_else(|| invalid("each column is an object with a name and a law".to_owned()))?;
    let name = column["name"].as_str().ok_or_else(|| invalid("a column has no name".to_owned()))?;
    let law = column["law"].as_str().unwrap_or_default();
    let hint = |near: Option<&str>| near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
    let Some((_, own)) = LAWS.iter().find(|(known, _)| *known == law) else {
        let known = || LAWS.iter().map(|(known, _)| *known);
        let near = hint(nearest(law, known()));
        let known = known().collect::<Vec<_>>().join(", ");
        return Err(invalid(format!("column '{name}' has the law '{law}', which is none of {known}{near}")));
    };
    let allowed = || COMMON.iter().chain(own.iter()).copied();
    match keys.keys().find(|key| !allowed().any(|known| known == key.as_str())) {
        Some(key) => Err(invalid(format!("column '{name}' has no use for '{key}'{}", hint(nearest(key, allowed()))))),
        None => Ok(()),
    }
}

pub(super) fn invalid(reason: String) -> SynthError {
    SynthError::InvalidSpecification { reason }
}
