//! Where data come from: files, demo data sets, and addresses that this build can't reach.

use std::path::{Path, PathBuf};

use crate::error::KernelError;
use crate::magic::suggest;
use crate::session::Paths;

/// A file that was found, with the name by which the user knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// The name for messages.
    pub name: String,
}

impl Source {
    /// A file by its path.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        Self { path: path.to_path_buf(), name: path.display().to_string() }
    }

    /// A name for a frame of this source: the file's stem.
    #[must_use]
    pub fn frame_name(&self) -> String {
        let stem = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        crate::frames::name_from(stem.split('.').find(|piece| !piece.is_empty()).unwrap_or("data"))
    }
}

/// Finds what the user named: a path, `file://PATH`, or `demo:SET/TABLE`. `resolve` makes a path absolute.
///
/// # Errors
/// `data::not_found`, `data::no_demo`, `data::no_network`.
pub fn find_source(name: &str, paths: &Paths, resolve: impl Fn(&str) -> PathBuf) -> Result<Source, KernelError> {
    if let Some(demo) = name.strip_prefix("demo:") {
        return find_demo(demo, name, paths);
    }
    let local = name.strip_prefix("file://").unwrap_or(name);
    if let Some((scheme, _)) = local.split_once("://")
        && !scheme.is_empty()
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    {
        // A query or user name in an address may hold a secret.
        let address = local.split(['?', '#']).next().unwrap_or(local);
        let address = address.rsplit_once('@').map_or(address.to_owned(), |(_, host)| format!("{scheme}://{host}"));
        return Err(KernelError::NoNetwork { address });
    }
    let path = resolve(local);
    if path.exists() {
        return Ok(Source { path, name: name.to_owned() });
    }
    let help = near_files(&path);
    Err(KernelError::DataNotFound { path, help })
}

/// The demo tables there are: `adult`, `complete_journey/transactions`.
#[must_use]
pub fn demo_names(paths: &Paths) -> Vec<String> {
    let mut names = Vec::new();
    for (stem, path) in entries(&paths.demo_data()) {
        if path.is_dir() {
            names.extend(
                entries(&path)
                    .into_iter()
                    .filter(|(_, file)| file.is_file())
                    .map(|(table, _)| format!("{stem}/{table}")),
            );
        } else {
            names.push(stem);
        }
    }
    names.sort();
    names.dedup();
    names
}

fn find_demo(demo: &str, name: &str, paths: &Paths) -> Result<Source, KernelError> {
    let (set, table) = demo.split_once('/').unwrap_or((demo, demo));
    let root = paths.demo_data();
    let plain = |word: &str| !word.is_empty() && !word.contains(['/', '\\']) && word != "..";
    if plain(set) && plain(table) {
        let folders = if set == table { vec![root.clone(), root.join(set)] } else { vec![root.join(set)] };
        for folder in folders {
            let found = entries(&folder).into_iter().find(|(stem, path)| stem == table && path.is_file());
            if let Some((_, path)) = found {
                return Ok(Source { path, name: name.to_owned() });
            }
        }
    }
    let names = demo_names(paths);
    let list: Vec<&str> = names.iter().map(String::as_str).collect();
    let help = if list.is_empty() {
        "cargo xtask setup fetches them".to_owned()
    } else {
        suggest::did_you_mean(demo, &list, "demo tables")
    };
    Err(KernelError::NoDemo { name: name.to_owned(), help })
}

/// Stems and paths of the data files and folders in a folder, in order.
fn entries(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found: Vec<(String, PathBuf)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() || super::Format::of_path(path).is_some())
        .filter_map(|path| Some((path.file_name()?.to_str()?.split('.').next()?.to_owned(), path)))
        .filter(|(stem, _)| !stem.is_empty())
        .collect();
    found.sort();
    found
}

/// The names in the path's folder that are like the one that is not there.
fn near_files(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else {
        return format!("there is no folder {} either", folder.display());
    };
    let names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let wanted = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let near = suggest::near(&wanted, &names);
    if near.is_empty() {
        format!("looked in {}; %cd changes the folder", folder.display())
    } else {
        format!("did you mean {}?", near.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_looked_for_in_the_current_folder() {
        let help = near_files(Path::new("no such file at all.csv"));
        assert!(!help.contains("there is no folder"), "{help}");
        assert!(near_files(Path::new("no such folder/a.csv")).contains("there is no folder no such folder"));
    }
}
