//! Every dependency's licence allows what Synthbook's own licences promise: no copyleft, no source-available terms.

use std::path::Path;
use std::sync::LazyLock;

use spdx::{Expression, Licensee, ParseMode};

use crate::workspace::{files, metadata, read};

/// The licences that `deny.toml` allows: one list, for this test and for `cargo deny`.
static ALLOWED: LazyLock<Vec<Licensee>> = LazyLock::new(|| {
    let deny: toml::Table = toml::from_str(&read(Path::new("deny.toml"))).expect("deny.toml is TOML");
    let listed = deny["licenses"]["allow"].as_array().expect("a list of licences");
    listed.iter().map(|name| Licensee::parse(name.as_str().expect("a name")).expect("an SPDX licence")).collect()
});

#[test]
fn every_dependency_has_an_allowed_licence() {
    let mut refused = Vec::new();
    for package in &metadata().packages {
        let verdict = package.license.as_deref().map(allowed);
        if verdict != Some(true) {
            refused.push(format!("{} {}: {:?}", package.name, package.version, package.license));
        }
    }
    assert!(refused.is_empty(), "dependencies whose licence is not allowed:\n{}", refused.join("\n"));
}

#[test]
fn copyleft_and_source_available_licences_are_refused() {
    for licence in [
        "GPL-3.0-only",
        "GPL-2.0-or-later",
        "AGPL-3.0-only",
        "LGPL-2.1-only",
        "BUSL-1.1",
        "SSPL-1.0",
        "MIT AND GPL-3.0-only",
    ] {
        assert!(!allowed(licence), "{licence} must be refused");
    }
    for licence in [
        "MIT OR GPL-3.0-only",
        "MIT/Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
    ] {
        assert!(allowed(licence), "{licence} must be allowed");
    }
}

#[test]
fn our_own_packages_carry_both_licences() {
    for package in metadata().workspace_packages() {
        assert_eq!(package.license.as_deref(), Some("Apache-2.0 OR MIT"), "{}", package.name);
    }
    for (file, opening) in [("LICENSE-APACHE", "Apache License"), ("LICENSE-MIT", "MIT License")] {
        assert!(read(file.as_ref()).contains(opening), "{file} does not hold its licence");
    }
}

#[test]
fn every_data_file_says_where_it_comes_from() {
    let data = ["parquet", "csv", "arrow"];
    for file in
        files().iter().filter(|file| file.extension().is_some_and(|found| data.iter().any(|wanted| found == *wanted)))
    {
        let readme = file.with_file_name("README.md");
        let name = file.file_name().and_then(|name| name.to_str()).expect("a file name");
        assert!(files().contains(&readme), "{} has no README.md beside it", file.display());
        let text = read(&readme);
        assert!(text.contains(name), "{} does not name {name}", readme.display());
        assert!(text.to_lowercase().contains("licence"), "{} names no licence", readme.display());
    }
}

fn allowed(licence: &str) -> bool {
    let expression =
        Expression::parse_mode(licence, ParseMode::LAX).unwrap_or_else(|error| panic!("{licence}: {error}"));
    expression.evaluate(|requirement| ALLOWED.iter().any(|licence| licence.satisfies(requirement)))
}
