//! No code: this crate only unites the features of shared dependencies, so that every build reuses the same artefacts.
