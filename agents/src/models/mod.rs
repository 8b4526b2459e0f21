//! The models that Synthbook can fetch and run: a manifest with origin, licence and SHA-256, and a folder of them.
//!
//! **Invariant:** no file of a model is used without being hashed first, at every load.

pub(crate) mod digest;
mod error;
mod folder;
mod hub;
mod manifest;
mod pull;
mod wheel;

pub use error::ModelError;
pub(crate) use error::is_full;
pub use folder::{ModelState, Models, State};
pub use manifest::{Model, ModelFile, ModelKind, Wheel, manifest};
pub use pull::{PullOptions, Pulled, Source};
