//! Synthetic tables: what a table's columns mean, how they become numbers and back, models that learn a table's
//! joint law and sample it anew, and scores that say how close the sample came.
//!
//! ```
//! use polars::prelude::*;
//! use synthbook_synth::{Metadata, Progress, SampleRequest, Seed, evaluate, find};
//!
//! let real = df!("age" => [23, 45, 31, 62, 38], "member" => [true, false, true, true, false])?;
//! let metadata = Metadata::detect(&real)?;
//! let copula = find("gaussian_copula")?;
//! let model = copula.fit(&real, &metadata, Seed::new(7), &Progress::silent())?;
//! let synthetic = model.sample(&SampleRequest::rows(100), Seed::new(8), &Progress::silent())?;
//! assert_eq!((synthetic.height(), synthetic.schema()), (100, real.schema()));
//! let report = evaluate(&real, &synthetic, &metadata)?;
//! assert!(report.quality.shapes.score.is_some_and(|score| score > 0.8));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything there is many of is a trait, a file per thing and a line in a registry: [`Synthesizer`]
//! ([`synthesizers`]), [`Augmenter`] ([`augmenters`]), [`Transform`] ([`transforms`]) and [`Metric`] ([`metrics`]). A fit or a sample is decided by
//! its [`Seed`] alone: neither the number of threads nor the size of a batch changes a byte.

#![cfg_attr(test, allow(clippy::float_cmp, reason = "tests compare results that are exact"))]

mod archive;
mod augment;
mod condition;
mod error;
mod expression;
mod learn;
mod metadata;
mod metric;
mod nearest;
mod normal;
mod package;
mod progress;
mod report;
mod rules;
mod seed;
mod synthesizer;
mod transform;
mod types;
mod values;

pub use archive::{Archive, Section};
pub use augment::{Augmenter, augmenters, find_augmenter};
pub use condition::Condition;
pub use error::SynthError;
pub use expression::Expression;
pub use metadata::{ColumnKind, ColumnMetadata, DeclaredRule, Metadata};
pub use metric::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables, metrics};
pub use package::{Card, Origin, Package, Packaged, PackagedFile, Shares, Splits, split};
pub use progress::{Progress, ProgressSink};
pub use report::{
    Associations, Bar, Evaluation, Finding, FindingKind, Grade, MetricReport, Overlay, Quality, Report, Summary,
    TableRows, Verdict, evaluate,
};
pub use rules::{FoundRule, RuleReport, find_rules};
pub use seed::{Draws, Seed};
pub use synthesizer::auto::{Auto, Config as AutoConfig};
pub use synthesizer::bayesian::{BayesianNetwork, Config as BayesianNetworkConfig};
pub use synthesizer::copula::{Config as GaussianCopulaConfig, GaussianCopula};
pub use synthesizer::declared::Declared;
pub use synthesizer::marginals::{Config as MarginalsConfig, Marginals};
pub use synthesizer::mixture::{Config as MixtureConfig, Mixture};
pub use synthesizer::trees::{Config as TreesConfig, Trees};
pub use synthesizer::{Batches, Model, SampleRequest, Setting, SettingKind, Synthesizer, find, load, synthesizers};
pub use transform::{Encoded, FittedTransform, Rows, Transform, transform_for, transforms};
