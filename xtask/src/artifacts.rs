//! What cargo built, read from its messages, and which of it a Rust cell needs to link.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// One thing that cargo compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Artifact {
    /// Cargo's name of the package with its version and source.
    pub(crate) package: String,
    /// The target's name.
    pub(crate) name: String,
    /// `lib`, `dylib`, `proc-macro`, `bin` …
    pub(crate) kinds: Vec<String>,
    /// The files.
    pub(crate) files: Vec<PathBuf>,
}

impl Artifact {
    /// Reads a line that cargo printed with `--message-format=json`; other messages give nothing.
    pub(crate) fn from_message(line: &str) -> Option<Self> {
        let message: Value = serde_json::from_str(line).ok()?;
        if message["reason"] != "compiler-artifact" {
            return None;
        }
        Some(Self {
            package: message["package_id"].as_str()?.to_owned(),
            name: message["target"]["name"].as_str()?.to_owned(),
            kinds: texts(&message["target"]["kind"]),
            files: texts(&message["filenames"]).into_iter().map(PathBuf::from).collect(),
        })
    }

    fn is_kind(&self, kind: &str) -> bool {
        self.kinds.iter().any(|one| one == kind)
    }

    /// The files that rustc reads when a cell links this: the shared library of a dylib or a macro, else the
    /// metadata alone, since the code is in the dylibs already.
    fn linked_files(&self) -> impl Iterator<Item = &PathBuf> {
        let shared = self.is_kind("dylib") || self.is_kind("proc-macro");
        let metadata = self.files.iter().any(|file| has_extension(file, "rmeta"));
        let wanted = if shared {
            "so"
        } else if metadata {
            "rmeta"
        } else {
            "rlib"
        };
        self.files.iter().filter(move |file| has_extension(file, wanted))
    }
}

/// The packages that `roots` (names of workspace packages) depend on, themselves included, from the answer of
/// `cargo metadata`: what is only used to build or to test does not count.
pub(crate) fn closure(metadata: &Value, roots: &[&str]) -> BTreeSet<String> {
    let names: BTreeMap<&str, &str> = list(&metadata["packages"])
        .filter_map(|package| Some((package["id"].as_str()?, package["name"].as_str()?)))
        .collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let mut open: Vec<&str> = list(&metadata["workspace_members"])
        .filter_map(Value::as_str)
        .filter(|id| names.get(id).is_some_and(|name| roots.contains(name)))
        .collect();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !found.insert(id.to_owned()) {
            continue;
        }
        let Some(node) = nodes.get(id) else { continue };
        let normal = list(&node["deps"]).filter(|dep| list(&dep["dep_kinds"]).any(|kind| kind["kind"].is_null()));
        open.extend(normal.filter_map(|dep| dep["pkg"].as_str()));
    }
    found
}

/// The files that a cell's compiler needs for the packages of a closure, sorted.
pub(crate) fn cell_files(built: &[Artifact], packages: &BTreeSet<String>) -> Vec<PathBuf> {
    let files: BTreeSet<PathBuf> = built
        .iter()
        .filter(|artifact| packages.contains(&artifact.package))
        .filter(|artifact| ["lib", "rlib", "dylib", "proc-macro"].iter().any(|kind| artifact.is_kind(kind)))
        .flat_map(Artifact::linked_files)
        .cloned()
        .collect();
    files.into_iter().collect()
}

/// The program called `name` among what was built.
pub(crate) fn program(built: &[Artifact], name: &str) -> Option<PathBuf> {
    built.iter().find(|artifact| artifact.is_kind("bin") && artifact.name == name)?.files.first().cloned()
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|own| own == extension)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn texts(value: &Value) -> Vec<String> {
    list(value).filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn artifact(package: &str, kind: &str, files: &[&str]) -> Artifact {
        let message = json!({
            "reason": "compiler-artifact",
            "package_id": package,
            "target": {"name": package, "kind": [kind]},
            "filenames": files,
        });
        Artifact::from_message(&message.to_string()).unwrap()
    }

    #[test]
    fn a_cell_needs_the_closure_and_nothing_else() {
        let normal = json!([{"kind": null}]);
        let for_building = json!([{"kind": "build"}]);
        let metadata = json!({
            "packages": [
                {"id": "cell", "name": "synthbook"}, {"id": "arrow", "name": "arrow"},
                {"id": "macro", "name": "macro"}, {"id": "cc", "name": "cc"}, {"id": "kernel", "name": "kernel"},
            ],
            "workspace_members": ["cell", "kernel"],
            "resolve": {"nodes": [
                {"id": "cell", "deps": [{"pkg": "arrow", "dep_kinds": normal}, {"pkg": "cc", "dep_kinds": for_building}]},
                {"id": "arrow", "deps": [{"pkg": "macro", "dep_kinds": normal}]},
                {"id": "macro", "deps": []},
                {"id": "kernel", "deps": []},
            ]},
        });
        let packages = closure(&metadata, &["synthbook"]);
        assert_eq!(packages.iter().map(String::as_str).collect::<Vec<_>>(), ["arrow", "cell", "macro"]);

        let built = [
            artifact("cell", "dylib", &["/t/libsynthbook.so"]),
            artifact("arrow", "lib", &["/t/libarrow-1.rlib", "/t/libarrow-1.rmeta"]),
            artifact("macro", "proc-macro", &["/t/libmacro-1.so"]),
            artifact("arrow", "custom-build", &["/t/build-script-build"]),
            artifact("kernel", "bin", &["/t/synthbook"]),
        ];
        let files = cell_files(&built, &packages);
        assert_eq!(files, ["/t/libarrow-1.rmeta", "/t/libmacro-1.so", "/t/libsynthbook.so"].map(PathBuf::from));
        assert_eq!(program(&built, "kernel"), Some(PathBuf::from("/t/synthbook")));
    }

    #[test]
    fn other_messages_are_passed_over() {
        assert_eq!(Artifact::from_message(r#"{"reason":"build-finished","success":true}"#), None);
        assert_eq!(Artifact::from_message("   Compiling x"), None);
    }
}
