//! The module tree as the compiler walks it, from each target's root file along its `mod` lines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::workspace::{files, metadata, root};

#[test]
fn every_source_file_is_in_the_module_tree() {
    let mut reached = BTreeSet::new();
    for package in metadata().workspace_packages() {
        for target in &package.targets {
            walk(target.src_path.as_std_path(), true, &mut reached);
        }
    }
    let lost: Vec<_> = files()
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        .filter(|file| !reached.contains(&root().join(file)))
        .collect();
    assert!(lost.is_empty(), "source files outside the module tree: {lost:#?}");
}

#[test]
fn the_walk_follows_modules_paths_and_inline_modules() {
    let found = declared(
        "pub(crate) mod a;\nmod b;\n#[cfg(test)]\nmod tests;\n#[path = \"else/where.rs\"]\nmod c;\nmod inline {\n}\n// mod no;\n",
    );
    let names: Vec<_> = found.iter().map(|module| (module.name.as_str(), module.path.as_deref())).collect();
    assert_eq!(names, [("a", None), ("b", None), ("tests", None), ("c", Some("else/where.rs"))]);
}

struct Declared {
    name: String,
    path: Option<String>,
}

fn walk(file: &Path, is_root: bool, reached: &mut BTreeSet<PathBuf>) {
    let Ok(text) = std::fs::read_to_string(file) else { return };
    if !reached.insert(file.to_path_buf()) {
        return;
    }
    let folder = file.parent().expect("a source lies in a folder");
    let stem = file.file_stem().and_then(|stem| stem.to_str()).expect("a source has a name");
    let children = if is_root || stem == "mod" { folder.to_path_buf() } else { folder.join(stem) };
    for module in declared(&text) {
        if let Some(path) = module.path {
            walk(&folder.join(path), true, reached);
        } else {
            walk(&children.join(format!("{}.rs", module.name)), false, reached);
            walk(&children.join(&module.name).join("mod.rs"), false, reached);
        }
    }
    for embedded in embedded(&text) {
        walk(&folder.join(embedded), true, reached);
    }
}

fn declared(text: &str) -> Vec<Declared> {
    let module = Regex::new(r"^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;").expect("a pattern");
    let path = Regex::new(r#"^\s*#\[path\s*=\s*"([^"]+)"\]"#).expect("a pattern");
    let mut pending = None;
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(place) = path.captures(line) {
            pending = Some(place[1].to_owned());
        } else if let Some(name) = module.captures(line) {
            found.push(Declared { name: name[1].to_owned(), path: pending.take() });
        }
    }
    found
}

/// Sources that a file takes in as text: `include!("x.rs")`, `include_str!("x.rs")`.
fn embedded(text: &str) -> Vec<String> {
    let include = Regex::new(r#"include(?:_str)?!\(\s*"([^"]+\.rs)"\s*\)"#).expect("a pattern");
    include.captures_iter(text).map(|found| found[1].to_owned()).collect()
}
