//! The kernelspec: what tells Jupyter that there is a kernel and how to start it.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use directories::BaseDirs;
use serde_json::{Value, json};

use super::error::CliError;
use crate::config;

/// The kernel's name for Jupyter.
pub(super) const NAME: &str = "synthbook";

const LOGOS: [(&str, &[u8]); 3] = [
    ("logo-32x32.png", include_bytes!("../../assets/logo-32x32.png")),
    ("logo-64x64.png", include_bytes!("../../assets/logo-64x64.png")),
    ("logo-svg.svg", include_bytes!("../../assets/logo.svg")),
];

/// Where the kernelspec goes.
#[derive(Debug, Default, Args)]
#[command(group = ArgGroup::new("place").args(["user", "prefix", "sys_prefix"]))]
pub(super) struct Place {
    /// Into the user's own Jupyter folder (the default).
    #[arg(long)]
    user: bool,
    /// Into an installation: DIR/share/jupyter/kernels.
    #[arg(long, value_name = "DIR")]
    prefix: Option<PathBuf>,
    /// Into the active Python environment.
    #[arg(long)]
    sys_prefix: bool,
}

impl Place {
    /// The folder of the kernelspec itself.
    ///
    /// # Errors
    /// When there is no such folder: no home, no active environment.
    pub(super) fn folder(&self) -> Result<PathBuf, CliError> {
        let jupyter = if let Some(prefix) = &self.prefix {
            std::path::absolute(prefix).map_err(CliError::file("find", prefix))?.join("share/jupyter")
        } else if self.sys_prefix {
            environment().ok_or(CliError::NoFolder { reason: "no Python environment is active" })?.join("share/jupyter")
        } else {
            user_folder().ok_or(CliError::NoFolder { reason: "the user has no home folder" })?
        };
        Ok(jupyter.join("kernels").join(NAME))
    }
}

/// What kernel.json says for a program.
pub(super) fn document(program: &Path) -> Value {
    json!({
        "argv": [program, "kernel", "{connection_file}"],
        "display_name": "Synthbook (Rust)",
        "language": "rust",
        "interrupt_mode": "message",
        "kernel_protocol_version": "5.5",
        "metadata": { "debugger": false },
    })
}

/// Writes the kernelspec into `folder`; one that is there already is replaced as a whole.
///
/// # Errors
/// When it can't be written.
pub(super) fn write(folder: &Path, program: &Path) -> Result<(), CliError> {
    let above = folder.parent().unwrap_or(folder);
    std::fs::create_dir_all(above).map_err(CliError::file("create", above))?;
    let fresh = tempfile::Builder::new()
        .prefix(".synthbook-")
        .tempdir_in(above)
        .map_err(CliError::file("create a folder in", above))?;
    let spec = fresh.path().join("new");
    std::fs::create_dir(&spec).map_err(CliError::file("create", &spec))?;
    let text = format!("{:#}\n", document(program));
    for (name, bytes) in LOGOS.into_iter().chain([("kernel.json", text.as_bytes())]) {
        let path = spec.join(name);
        std::fs::write(&path, bytes).map_err(CliError::file("write", &path))?;
    }
    if folder.exists() {
        std::fs::rename(folder, fresh.path().join("old")).map_err(CliError::file("replace", folder))?;
    }
    std::fs::rename(&spec, folder).map_err(CliError::file("write", folder))
}

/// The kernelspecs called `synthbook` that Jupyter would find, the first one first: their kernel.json files.
pub(super) fn installed() -> Vec<PathBuf> {
    let own = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.to_owned()));
    let prefixes = [environment(), own, Some("/usr/local".into()), Some("/usr".into())];
    let listed = config::variable("JUPYTER_PATH");
    let mut folders: Vec<PathBuf> = listed.iter().flat_map(std::env::split_paths).collect();
    folders.extend(prefixes.into_iter().flatten().map(|prefix| prefix.join("share/jupyter")));
    folders.extend(user_folder());
    let mut found: Vec<PathBuf> = Vec::new();
    for file in folders.into_iter().map(|folder| folder.join("kernels").join(NAME).join("kernel.json")) {
        if file.is_file() && !found.contains(&file) {
            found.push(file);
        }
    }
    found
}

fn environment() -> Option<PathBuf> {
    config::variable("VIRTUAL_ENV").or_else(|| config::variable("CONDA_PREFIX")).map(PathBuf::from)
}

/// Jupyter's data folder of the user.
fn user_folder() -> Option<PathBuf> {
    if let Some(chosen) = config::variable("JUPYTER_DATA_DIR") {
        return Some(chosen.into());
    }
    let base = BaseDirs::new()?;
    Some(if cfg!(target_os = "macos") {
        base.home_dir().join("Library/Jupyter")
    } else {
        base.data_dir().join("jupyter")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernelspec_is_written_whole_and_replaced() {
        let home = tempfile::tempdir().unwrap();
        let place = Place { prefix: Some(home.path().to_owned()), ..Place::default() };
        let folder = place.folder().unwrap();
        assert_eq!(folder, home.path().join("share/jupyter/kernels/synthbook"));
        for program in ["/old/synthbook", "/new/synthbook"] {
            write(&folder, Path::new(program)).unwrap();
        }
        let text = std::fs::read_to_string(folder.join("kernel.json")).unwrap();
        let spec: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(spec["argv"], json!(["/new/synthbook", "kernel", "{connection_file}"]));
        assert_eq!(spec["interrupt_mode"], "message");
        let png = std::fs::read(folder.join("logo-64x64.png")).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        let left: Vec<_> = std::fs::read_dir(folder.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1);
    }
}
