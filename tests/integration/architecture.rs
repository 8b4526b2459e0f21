//! The architecture: who may import whom, what each crate never holds, and where `unsafe` may stand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Package, PackageId};

use crate::workspace::{metadata, read, root};

/// The packages of ours that each package may import. `xtask` and the tests may import all.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("synthbook", &["synthbook-mapped"]),
    ("synthbook-agents", &["synthbook-charts", "synthbook-mapped", "synthbook-synth"]),
    ("synthbook-charts", &[]),
    ("synthbook-child", &[]),
    ("synthbook-features", &[]),
    ("synthbook-frame", &["synthbook-mapped"]),
    (
        "synthbook-kernel",
        &["synthbook-agents", "synthbook-charts", "synthbook-child", "synthbook-frame", "synthbook-synth"],
    ),
    ("synthbook-mapped", &[]),
    ("synthbook-prelude", &["synthbook", "synthbook-charts", "synthbook-frame", "synthbook-synth"]),
    ("synthbook-synth", &["synthbook-charts"]),
];

/// Packages that may import all of ours.
const MAY_IMPORT_ALL: &[&str] = &["synthbook-tests", "xtask"];

/// Holds no code: it only gives shared dependencies one set of features (decision 5), so any package may name it.
const FEATURES: &str = "synthbook-features";

/// What a package never names in its own manifest.
const NEVER_NAMES: &[(&str, &[&str])] = &[
    ("synthbook", &["polars", "tokio", "duckdb", "rusqlite", "reqwest", "evcxr"]),
    ("synthbook-agents", &["jupyter-protocol", "jupyter-zmq-client", "zeromq", "evcxr", "cpal"]),
    ("synthbook-charts", &["tokio", "reqwest", "jupyter-protocol", "jupyter-zmq-client", "zeromq", "evcxr", "duckdb"]),
    ("synthbook-prelude", &["tokio", "reqwest", "duckdb", "rusqlite", "evcxr"]),
    ("synthbook-synth", &["tokio", "async-trait", "futures", "reqwest", "jiff", "chrono", "time", "duckdb", "rand"]),
    ("xtask", &["polars", "tokio", "duckdb", "evcxr"]),
];

/// What must not be found anywhere below a package, however deep.
const NEVER_REACHES: &[(&str, &[&str])] = &[
    ("synthbook", &["polars", "tokio", "duckdb", "rusqlite", "reqwest"]),
    ("synthbook-child", &["polars", "tokio", "duckdb", "arrow-array"]),
    ("synthbook-mapped", &["polars", "tokio", "duckdb"]),
    ("xtask", &["polars", "tokio", "duckdb"]),
];

/// The leaf crates that may say `unsafe`, each with the decision record that gives the reason.
const MAY_BE_UNSAFE: &[&str] = &["synthbook-child", "synthbook-mapped"];

#[test]
fn packages_import_only_what_the_design_allows() {
    let ours = our_names();
    let mut wrong = Vec::new();
    for package in metadata().workspace_packages() {
        let name = package.name.as_str();
        if MAY_IMPORT_ALL.contains(&name) {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(ours, _)| *ours == name) else {
            wrong.push(format!("{name} stands in no row of the table"));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| ours.contains(dependency.name.as_str())) {
            if dependency.name != FEATURES && !allowed.contains(&dependency.name.as_str()) {
                wrong.push(format!("{name} must not import {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "edges that the design does not allow:\n{}", wrong.join("\n"));
}

#[test]
fn the_package_that_all_may_name_holds_no_code() {
    for target in &package(FEATURES).targets {
        let text = std::fs::read_to_string(&target.src_path).expect("its source");
        let code: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("//")).collect();
        assert!(code.is_empty(), "{FEATURES} holds code: {code:?}");
    }
}

#[test]
fn the_table_names_only_packages_that_exist() {
    let ours = our_names();
    let named = MAY_IMPORT.iter().flat_map(|(name, allowed)| std::iter::once(name).chain(allowed.iter()));
    let missing: BTreeSet<_> = named.chain(MAY_IMPORT_ALL).filter(|name| !ours.contains(*name)).collect();
    assert!(missing.is_empty(), "the table names packages that are not in the workspace: {missing:?}");
}

#[test]
fn packages_name_nothing_they_never_hold() {
    let mut wrong = Vec::new();
    for (name, banned) in NEVER_NAMES {
        for dependency in &package(name).dependencies {
            if dependency.kind != DependencyKind::Development && banned.contains(&dependency.name.as_str()) {
                wrong.push(format!("{name} names {}", dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "dependencies that the design keeps out:\n{}", wrong.join("\n"));
}

#[test]
fn thin_packages_reach_nothing_heavy() {
    let edges = normal_edges();
    let names: BTreeMap<&PackageId, &str> =
        metadata().packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let mut wrong = Vec::new();
    for (name, banned) in NEVER_REACHES {
        let mut open = vec![&package(name).id];
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(edges.get(id).into_iter().flatten());
            }
        }
        wrong.extend(
            seen.iter()
                .map(|id| names[*id])
                .filter(|found| banned.contains(found))
                .map(|found| format!("{name} reaches {found}")),
        );
    }
    assert!(wrong.is_empty(), "thin packages that carry something heavy:\n{}", wrong.join("\n"));
}

#[test]
fn what_cells_link_is_a_dynamic_library() {
    for name in ["synthbook", "synthbook-prelude"] {
        let library = package(name).targets.iter().find(|target| target.is_dylib());
        assert!(library.is_some(), "{name} is not built as a dylib: cells would each link a copy of it");
    }
}

#[test]
fn unsafe_code_stands_only_in_leaf_crates_with_a_decision_record() {
    let records: String = std::fs::read_dir(root().join("docs/decisions"))
        .expect("decision records")
        .map(|entry| std::fs::read_to_string(entry.expect("a record").path()).expect("a record's text"))
        .collect();
    for package in metadata().workspace_packages() {
        let manifest: toml::Table = toml::from_str(&read(package.manifest_path.as_std_path())).expect("a manifest");
        let lints = manifest.get("lints").unwrap_or_else(|| panic!("{} has no [lints] table", package.name));
        let inherits = lints.get("workspace").and_then(toml::Value::as_bool) == Some(true);
        if MAY_BE_UNSAFE.contains(&package.name.as_str()) {
            let folder = package.manifest_path.parent().and_then(|folder| folder.file_name()).expect("a folder");
            assert!(
                records.contains(package.name.as_str()) || records.contains(&format!("kernel/{folder}")),
                "no decision record speaks of {}",
                package.name
            );
        } else {
            assert!(inherits, "{} does not inherit the workspace's lints", package.name);
        }
    }
    let workspace: toml::Table = toml::from_str(&read(Path::new("Cargo.toml"))).expect("the workspace's manifest");
    let unsafe_code = &workspace["workspace"]["lints"]["rust"]["unsafe_code"];
    assert_eq!(unsafe_code.as_str(), Some("forbid"), "unsafe code must be forbidden in the workspace");
}

fn our_names() -> BTreeSet<&'static str> {
    metadata().workspace_packages().into_iter().map(|package| package.name.as_str()).collect()
}

fn package(name: &str) -> &'static Package {
    metadata()
        .workspace_packages()
        .into_iter()
        .find(|package| package.name.as_str() == name)
        .unwrap_or_else(|| panic!("no package {name} in the workspace"))
}

fn normal_edges() -> BTreeMap<&'static PackageId, Vec<&'static PackageId>> {
    let resolve = metadata().resolve.as_ref().expect("cargo metadata resolves");
    let normal = |node: &'static cargo_metadata::Node| {
        node.deps
            .iter()
            .filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal))
            .filter(|edge| edge.pkg != package(FEATURES).id)
            .map(|edge| &edge.pkg)
            .collect()
    };
    resolve.nodes.iter().map(|node| (&node.id, normal(node))).collect()
}
