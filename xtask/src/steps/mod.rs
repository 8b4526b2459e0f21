//! The registry of the steps, in the order in which they run: what needs the network before what takes long.

mod build;
mod demo_data;
mod duckdb;
mod install;
mod models;
mod python;
mod rust_src;
mod system;
mod warehouse;
mod warm;

use crate::step::Step;

/// Every step.
pub(crate) const ALL: [&dyn Step; 10] = [
    &system::SystemPackages,
    &duckdb::DuckDb,
    &python::PythonEnvironment,
    &rust_src::RustSource,
    &demo_data::DemoData,
    &build::Build,
    &install::Install,
    &models::Models,
    &warehouse::Warehouse,
    &warm::Warm,
];

/// The names of the steps, in order.
pub(crate) fn names() -> [&'static str; ALL.len()] {
    ALL.map(Step::name)
}

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
