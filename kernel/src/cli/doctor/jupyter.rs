//! Checks of Jupyter: the kernelspec points at a program, the lab is there, sockets can be opened.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::check::{Check, Finding, ask};
use crate::cli::kernelspec;

/// The kernelspec that Jupyter finds first.
pub(super) struct Kernelspec;

impl Check for Kernelspec {
    fn name(&self) -> &'static str {
        "kernelspec"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn look(&self) -> Finding {
        let Some(file) = kernelspec::installed().into_iter().next() else {
            return Finding::missing("Jupyter does not know this kernel", "run `synthbook install`");
        };
        let shown = file.display();
        match program(&file) {
            None => Finding::missing(format!("damaged: {shown}"), "run `synthbook install` again"),
            Some(program) if !program.is_file() => Finding::missing(
                format!("{shown} names a program that is not there: {}", program.display()),
                "run `synthbook install` again",
            ),
            Some(program) if is_other(&program) => Finding::warning(
                format!("{shown} starts another program: {}", program.display()),
                "run `synthbook install` with this one if that is not meant",
            ),
            Some(_) => Finding::ok(shown.to_string()),
        }
    }
}

/// JupyterLab, beside this program or on the PATH.
pub(super) struct Lab;

impl Check for Lab {
    fn name(&self) -> &'static str {
        "jupyterlab"
    }

    fn is_essential(&self) -> bool {
        false
    }

    fn look(&self) -> Finding {
        let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("python")));
        let candidates = [beside, Some(PathBuf::from("python3"))];
        let script =
            "import sys, jupyterlab; print('JupyterLab', jupyterlab.__version__, 'on Python', sys.version.split()[0])";
        candidates.iter().flatten().find_map(|python| ask(python, &["-c", script])).map_or_else(
            || {
                let python = ask("python3", &["--version"]).unwrap_or_else(|| "no Python".to_owned());
                Finding::warning(
                    format!("not found ({python})"),
                    "run `cargo xtask setup` in the Synthbook checkout, or install jupyterlab with pip; other front ends work too",
                )
            },
            Finding::ok,
        )
    }
}

/// Sockets on the loopback, for the kernel's five channels.
pub(super) struct Ports;

impl Check for Ports {
    fn name(&self) -> &'static str {
        "ports"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn look(&self) -> Finding {
        let opened: Result<Vec<TcpListener>, _> = (0..5).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect();
        match opened {
            Ok(_) => Finding::ok("five can be opened on 127.0.0.1"),
            Err(error) => Finding::missing(
                format!("sockets can't be opened on 127.0.0.1: {error}"),
                "look at the firewall or the sandbox that this runs in",
            ),
        }
    }
}

/// The program that a kernel.json starts.
fn program(file: &Path) -> Option<PathBuf> {
    let spec: Value = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    spec["argv"][0].as_str().map(PathBuf::from)
}

fn is_other(program: &Path) -> bool {
    let own = std::env::current_exe().and_then(std::fs::canonicalize);
    let theirs = std::fs::canonicalize(program);
    own.ok().zip(theirs.ok()).is_some_and(|(own, theirs)| own != theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_of_a_kernelspec_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kernel.json");
        std::fs::write(&file, kernelspec::document(Path::new("/x/synthbook")).to_string()).unwrap();
        assert_eq!(program(&file), Some(PathBuf::from("/x/synthbook")));
        std::fs::write(&file, "{").unwrap();
        assert_eq!(program(&file), None);
    }
}
