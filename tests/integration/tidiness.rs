//! Tidiness: nothing stale, nothing unfinished, nothing that belongs to one machine.

use std::path::Path;
use std::process::Command;

use regex::Regex;

use crate::workspace::{binary, files, metadata, read, root, texts};

#[test]
fn generated_documents_are_not_stale() {
    let check = Command::new(binary())
        .args(["docs", "--check", "--out", "docs"])
        .current_dir(root())
        .output()
        .expect("the binary starts");
    assert!(
        check.status.success(),
        "run `cargo xtask docs`:\n{}{}",
        String::from_utf8_lossy(&check.stdout),
        String::from_utf8_lossy(&check.stderr)
    );
}

#[test]
fn every_source_begins_with_a_sentence() {
    let missing: Vec<_> = texts(&["rs"])
        .into_iter()
        .filter(|(_, text)| {
            let opening: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//! ")).collect();
            !opening.join(" ").contains(['.', '?'])
        })
        .map(|(file, _)| file)
        .collect();
    assert!(missing.is_empty(), "sources that do not begin with a `//!` sentence: {missing:#?}");
}

#[test]
fn every_python_file_begins_with_a_sentence() {
    let opening = Regex::new(r#"^(?:#![^\n]*\n)?""""#).expect("a pattern");
    let missing: Vec<_> =
        texts(&["py"]).into_iter().filter(|(_, text)| !opening.is_match(text)).map(|(file, _)| file).collect();
    assert!(missing.is_empty(), "Python files that do not begin with a sentence: {missing:#?}");
}

#[test]
fn nothing_is_left_to_do() {
    let marks =
        Regex::new(&format!(r"\b(?:{}|{}|{})\b", ["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X"].concat()))
            .expect("a pattern");
    let mut found = Vec::new();
    for (file, text) in texts(&["rs", "py", "md", "toml", "sh", "yml"]) {
        found.extend(lines_matching(&file, &text, &marks));
    }
    assert!(found.is_empty(), "promises left in the text:\n{}", found.join("\n"));
}

#[test]
fn no_file_names_a_build_machines_folder() {
    let places = Regex::new(r"(?:^|[^\w.~-])/(?:root|home|work|Users)/\w").expect("a pattern");
    let mut found = Vec::new();
    for (file, text) in texts(&["rs", "py", "md", "toml", "sh", "ipynb", "json", "txt", "in", "lock"]) {
        found.extend(lines_matching(&file, &text, &places));
    }
    assert!(found.is_empty(), "folders of one machine:\n{}", found.join("\n"));
}

#[test]
fn no_package_is_a_stub() {
    // The package of features is data in its manifest, as another test makes sure.
    for package in
        metadata().workspace_packages().into_iter().filter(|package| package.name.as_str() != "synthbook-features")
    {
        let folder = package.manifest_path.parent().expect("a manifest lies in a folder").as_std_path();
        let folder = folder.strip_prefix(root()).expect("a member lies in the checkout");
        let lines: usize = texts(&["rs"])
            .iter()
            .filter(|(file, _)| file.starts_with(folder))
            .map(|(_, text)| text.lines().filter(|line| !line.trim().is_empty()).count())
            .sum();
        assert!(lines >= 40, "{} holds only {lines} lines of source", package.name);
    }
    let empty: Vec<_> = files()
        .iter()
        .filter(|file| std::fs::metadata(root().join(file)).is_ok_and(|metadata| metadata.len() == 0))
        .collect();
    assert!(empty.is_empty(), "empty files: {empty:?}");
}

#[test]
fn the_lockfile_pins_what_rust_analyzer_needs() {
    for name in ["salsa", "salsa-macros", "salsa-macro-rules"] {
        let versions: Vec<String> = metadata()
            .packages
            .iter()
            .filter(|package| package.name.as_str() == name)
            .map(|package| package.version.to_string())
            .collect();
        assert_eq!(versions, ["0.28.2"], "{name} must be locked at 0.28.2");
    }
}

#[test]
fn no_toolchain_file_starts_a_download() {
    let toolchain = |file: &&std::path::PathBuf| {
        file.file_name().is_some_and(|name| name == "rust-toolchain" || name == "rust-toolchain.toml")
    };
    let found: Vec<_> = files().iter().filter(toolchain).collect();
    assert!(found.is_empty(), "a toolchain file makes rustup download: {found:?}");
}

#[test]
fn dependencies_stand_in_the_workspace_table_in_order() {
    let manifest = read(Path::new("Cargo.toml"));
    let table = manifest.split("[workspace.dependencies]").nth(1).expect("a dependency table");
    let table = table.split("\n[").next().expect("the table ends");
    let names: Vec<&str> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
        .filter(|name| !name.starts_with("synthbook"))
        .collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted, "the workspace's dependencies are not in alphabetical order");
}

fn lines_matching(file: &Path, text: &str, pattern: &Regex) -> Vec<String> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| pattern.is_match(line))
        .map(|(number, line)| {
            format!("{}:{}: {}", file.display(), number + 1, line.trim().chars().take(120).collect::<String>())
        })
        .collect()
}
