//! Finds the types of a cell's variables by asking the compiler.
//!
//! evcxr keeps variables between cells in a map and must write each one's type down. It takes the types from
//! rust-analyzer, which has to load the sources of the standard library (and of polars, if a cell uses it) to know
//! them: seconds and a gigabyte. rustc knows every type exactly. So the cell is compiled once to MIR, with a call of
//! a generic function for each variable, and the calls' type arguments are read from the MIR's text. Nothing is linked
//! and nothing runs. `-Z trim-diagnostic-paths=no` makes rustc write types with full paths; a stable compiler takes the
//! flag when `RUSTC_BOOTSTRAP` is set, which touches nothing but this one run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use regex::Regex;

use crate::rust::source::{Edit, Untyped, apply};
use crate::rust::toolchain::Toolchain;

/// The generic function whose calls carry the types; each cell has it in scope.
pub(crate) const PROBE_FN: &str = "fn synthbook_probe<T: ?Sized>(_: &'static str, _: &T) {}";

static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"synthbook_probe::<(.+)>\(const "(\d+)""#).ok());
static STORE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"evcxr_variable_store\([A-Za-z_][A-Za-z0-9_]*\);").ok());

/// The cell with a probe after each `let`.
pub(crate) fn with_probes(code: &str, variables: &[Untyped]) -> String {
    let edits = variables
        .iter()
        .enumerate()
        .map(|(index, variable)| Edit {
            at: variable.end,
            length: 0,
            text: format!(" synthbook_probe(\"{index}\", &{});", variable.name),
        })
        .collect();
    apply(code, edits)
}

/// The cell with the types written in. Variables whose type is not known stay as they are.
pub(crate) fn with_types(variables: &[Untyped], types: &BTreeMap<usize, String>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (index, variable) in variables.iter().enumerate() {
        let Some(ty) = types.get(&index) else { continue };
        edits.push(if let Some((from, to)) = variable.type_slot {
            Edit { at: from, length: to - from, text: format!(": {ty}") }
        } else {
            let mutable = if variable.mutable { "mut " } else { "" };
            let name = &variable.name;
            Edit { at: variable.end, length: 0, text: format!(" let {mutable}{name}: {ty} = {name};") }
        });
    }
    edits
}

/// Compiles the analysis source that evcxr has written for a cell with probes, and reads the variables' types.
/// An empty map means that the code does not compile.
#[expect(clippy::disallowed_methods, reason = "the evaluator runs the compiler")]
pub(crate) fn types(toolchain: &Toolchain, crate_dir: &Path) -> std::io::Result<BTreeMap<usize, String>> {
    let source = std::fs::read_to_string(crate_dir.join("src/lib.rs"))?;
    // evcxr moves each variable into its store; a variable that the cell itself has moved must not count as an error.
    let source = STORE.as_ref().map_or(source.clone().into(), |store| store.replace_all(&source, ""));
    let probe = crate_dir.join("probe.rs");
    let mir = crate_dir.join("probe.mir");
    std::fs::write(&probe, source.as_bytes())?;
    let mut command = Command::new(&toolchain.rustc);
    command.args([
        "--edition",
        "2024",
        "--crate-name",
        "ctx",
        "--crate-type",
        "lib",
        "--cap-lints",
        "allow",
        "-C",
        "opt-level=0",
        "-Z",
        "trim-diagnostic-paths=no",
    ]);
    command.env("RUSTC_BOOTSTRAP", "1");
    command.arg("--emit").arg(format!("mir={}", mir.display())).arg(&probe);
    command.args(toolchain.link_flags()).args(dependencies(crate_dir)?);
    let output = command.current_dir(crate_dir).output()?;
    if !output.status.success() {
        return Ok(BTreeMap::new());
    }
    let text = std::fs::read_to_string(&mir)?;
    Ok(read_types(&text))
}

fn read_types(mir: &str) -> BTreeMap<usize, String> {
    let Some(call) = CALL.as_ref() else { return BTreeMap::new() };
    let mut types = BTreeMap::new();
    for line in mir.lines() {
        if let Some(captures) = call.captures(line)
            && let Ok(index) = captures[2].parse()
            && nameable(&captures[1])
        {
            types.insert(index, captures[1].to_owned());
        }
    }
    types
}

/// Closures and opaque types have no name that could be written; evcxr explains them to the user.
fn nameable(ty: &str) -> bool {
    !ty.contains("{closure") && !ty.contains("impl ") && !ty.contains("{async") && !ty.contains('@')
}

/// Flags for the user's own dependencies, as cargo has compiled them for the cells.
fn dependencies(crate_dir: &Path) -> std::io::Result<Vec<String>> {
    let manifest = std::fs::read_to_string(crate_dir.join("Cargo.toml"))?;
    let manifest: toml::Table = manifest.parse().map_err(std::io::Error::other)?;
    let Some(wanted) = manifest.get("dependencies").and_then(toml::Value::as_table).filter(|table| !table.is_empty())
    else {
        return Ok(Vec::new());
    };
    let Some(deps) = deps_dir(crate_dir) else { return Ok(Vec::new()) };
    let mut flags = vec!["-L".to_owned(), format!("dependency={}", deps.display())];
    for name in wanted.keys() {
        let name = name.replace('-', "_");
        let mut newest: Option<(std::time::SystemTime, PathBuf)> = None;
        for entry in std::fs::read_dir(&deps)?.flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            let matches =
                file.strip_prefix("lib").and_then(|rest| rest.strip_prefix(name.as_str())).is_some_and(|rest| {
                    (rest.starts_with('-') || rest.starts_with('.'))
                        && matches!(Path::new(rest).extension().and_then(std::ffi::OsStr::to_str), Some("rlib" | "so"))
                });
            if matches
                && let Ok(time) = entry.metadata().and_then(|data| data.modified())
                && newest.as_ref().is_none_or(|(known, _)| *known < time)
            {
                newest = Some((time, entry.path()));
            }
        }
        if let Some((_, path)) = newest {
            flags.extend(["--extern".to_owned(), format!("{name}={}", path.display())]);
        }
    }
    Ok(flags)
}

fn deps_dir(crate_dir: &Path) -> Option<PathBuf> {
    std::fs::read_dir(crate_dir.join("target")).ok()?.flatten().map(|entry| entry.path().join("debug/deps")).find(
        |path| {
            path.is_dir()
                && path
                    .parent()
                    .and_then(Path::parent)
                    .is_some_and(|target| target.file_name().is_some_and(|name| name.to_string_lossy().contains('-')))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::source::Cell;

    #[test]
    fn types_are_read_from_calls() {
        let mir = "        _4 = synthbook_probe::<std::collections::HashMap<std::string::String, (i32, &str)>>(const \"0\", move _5) -> [return: bb3, unwind: bb9];\n _7 = synthbook_probe::<{closure@src/lib.rs:3:9: 3:12}>(const \"1\", move _8) -> x;";
        let types = read_types(mir);
        assert_eq!(
            types.get(&0).map(String::as_str),
            Some("std::collections::HashMap<std::string::String, (i32, &str)>")
        );
        assert_eq!(types.len(), 1);
    }

    #[test]
    fn probes_and_types_are_written_beside_their_lets() {
        let code = "let (a, mut b) = f(); let c = 1;\nc";
        let variables = Cell::parse(code).untyped();
        assert_eq!(
            with_probes(code, &variables),
            "let (a, mut b) = f(); synthbook_probe(\"0\", &a); synthbook_probe(\"1\", &b); let c = 1; synthbook_probe(\"2\", &c);\nc"
        );
        let types = [(0, "u8".to_owned()), (1, "f64".to_owned()), (2, "i32".to_owned())].into();
        assert_eq!(
            apply(code, with_types(&variables, &types)),
            "let (a, mut b) = f(); let a: u8 = a; let mut b: f64 = b; let c: i32 = 1;\nc"
        );
    }
}
