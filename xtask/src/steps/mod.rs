//! The registry of the steps, in the order in which they run.

mod build;
mod demo_data;
mod duckdb;
mod install;
mod python;
mod rust_src;
mod system;
mod warm;

use crate::step::Step;

/// Every step.
pub(crate) const ALL: [&dyn Step; 8] = [
    &system::SystemPackages,
    &duckdb::DuckDb,
    &python::PythonEnvironment,
    &rust_src::RustSource,
    &build::Build,
    &install::Install,
    &demo_data::DemoData,
    &warm::Warm,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_step_has_its_own_name_and_says_why() {
        let names: BTreeSet<_> = ALL.iter().map(|step| step.name()).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(ALL.iter().all(|step| step.why().len() > 10));
    }
}
