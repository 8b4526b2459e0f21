//! Learners that judge a table: its columns as features, boosted trees, logistic regression, and how well they did.

pub(crate) mod bins;
pub(crate) mod boost;
pub(crate) mod features;
pub(crate) mod linear;
pub(crate) mod measure;
mod tree;

pub(crate) use self::bins::Binner;
pub(crate) use self::boost::{Boost, Loss};
pub(crate) use self::features::{Feature, Features};
