//! The documents: links lead somewhere, sizes are kept, and what they name exists.

use std::path::Path;

use regex::Regex;

use crate::workspace::{files, metadata, read, root, texts};

#[test]
fn every_link_leads_to_a_file() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let mut dead = Vec::new();
    for (file, text) in texts(&["md"]) {
        let folder = root().join(file.parent().unwrap_or(Path::new("")));
        for found in link.captures_iter(&text) {
            let target = found[1].split('#').next().unwrap_or_default();
            if !target.is_empty()
                && !target.contains("://")
                && !target.starts_with("mailto:")
                && !folder.join(target).exists()
            {
                dead.push(format!("{}: {}", file.display(), &found[1]));
            }
        }
    }
    assert!(dead.is_empty(), "links that lead nowhere:\n{}", dead.join("\n"));
}

#[test]
fn the_readme_fits_a_screen_and_the_architecture_its_limit() {
    for (file, limit) in [("README.md", 60), ("ARCHITECTURE.md", 300)] {
        let lines = read(Path::new(file)).lines().count();
        assert!(lines <= limit, "{file} has {lines} lines, more than {limit}");
    }
}

#[test]
fn the_architecture_gives_every_package_an_invariant() {
    let text = read(Path::new("ARCHITECTURE.md"));
    for package in metadata().workspace_packages() {
        let folder = package.manifest_path.parent().expect("a folder").strip_prefix(root()).expect("in the checkout");
        let heading = format!("### `{folder}/`");
        let section = text.split(&heading).nth(1).unwrap_or_else(|| panic!("no section {heading}"));
        let section = section.split("\n### ").next().expect("the section ends");
        assert!(section.contains("**Invariant"), "{heading} has no invariant");
    }
}

#[test]
fn paths_named_in_the_documents_exist() {
    let path =
        Regex::new(r"`((?:agents|docs|kernel|notebooks|python|synth|tests|xtask)/[\w./-]+)`").expect("a pattern");
    let mut dead = Vec::new();
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/vocabulary.md", "docs/benchmarks.md"] {
        for found in path.captures_iter(&read(Path::new(name))) {
            if !root().join(&found[1]).exists() {
                dead.push(format!("{name}: {}", &found[1]));
            }
        }
    }
    assert!(dead.is_empty(), "paths that do not exist:\n{}", dead.join("\n"));
}

#[test]
fn decision_records_are_numbered_and_whole() {
    let mut records: Vec<_> = files().iter().filter(|file| file.starts_with("docs/decisions")).collect();
    records.sort();
    for (place, record) in records.iter().enumerate() {
        let name = record.file_name().and_then(|name| name.to_str()).expect("a file name");
        let number: usize =
            name.get(..4).and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("{name} has no number"));
        assert_eq!(number, place + 1, "decision records are not numbered one after another: {name}");
        let text = read(record).to_lowercase();
        for part in ["context", "decision", "consequence"] {
            assert!(text.contains(part), "{name} has no {part}");
        }
    }
}
