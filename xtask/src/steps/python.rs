//! The step for the Python environment: JupyterLab and what the tests drive it with, locked with hashes.

use std::path::PathBuf;

use crate::context::Context;
use crate::error::{Result, SetupError};
use crate::progress::Task;
use crate::stamp::{self, Inputs};
use crate::step::Step;
use crate::tool::Tool;

/// Makes a virtual environment at the prefix and installs the locked requirements.
pub(crate) struct PythonEnvironment;

const OLDEST: (u32, u32) = (3, 11);
const CANDIDATES: [&str; 5] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];

impl Step for PythonEnvironment {
    fn name(&self) -> &'static str {
        "python"
    }

    fn why(&self) -> &'static str {
        "a Python environment with JupyterLab"
    }

    fn is_done(&self, cx: &Context) -> Result<bool> {
        let Ok(python) = Python::find() else { return Ok(environment_works(cx)) };
        Ok(stamp::matches(&cx.paths, self.name(), &digest(cx, &python)?) && environment_works(cx))
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        let python = Python::find()?;
        stamp::forget(&cx.paths, self.name());
        let own = cx.paths.program("python");
        let version = version_of(&Tool::new(&own));
        if version != Some(python.version) || !has_pip(cx) {
            task.note("making the environment");
            Tool::new(&python.program).args(["-m", "venv", "--clear"]).arg(cx.paths.prefix()).run(task)?;
        }
        Tool::new(&own)
            .args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes"])
            .arg("--requirement")
            .arg(requirements(cx))
            .env("PIP_USER", "0")
            .run(task)?;
        stamp::keep(&cx.paths, self.name(), &digest(cx, &python)?)
    }

    fn remedy(&self, cx: &Context) -> String {
        format!(
            "Python 3.11 or newer with its venv module is needed (Debian: python3 and python3-venv). If the environment \
             itself is damaged, remove {} first.",
            cx.paths.prefix().display()
        )
    }
}

/// The Debian packages that bring a Python that can make environments, as far as they are missing.
pub(crate) fn missing_packages(cx: &Context) -> Vec<&'static str> {
    if environment_works(cx) {
        return vec![];
    }
    match Python::find() {
        Ok(python) if can_make_environments(&python) => vec![],
        Ok(_) => vec!["python3-venv"],
        // The system's packages bring no newer one; the step for Python says what is needed.
        Err(_) if Tool::new("python3").arg("--version").succeeds() => vec![],
        Err(_) => vec!["python3", "python3-venv"],
    }
}

struct Python {
    program: PathBuf,
    version: (u32, u32),
}

impl Python {
    /// The first Python on the `PATH` that is new enough, one that can make environments before one that can't.
    fn find() -> Result<Self> {
        let found: Vec<Self> = CANDIDATES
            .iter()
            .filter_map(|name| {
                let version = version_of(&Tool::new(name))?;
                Some(Self { program: PathBuf::from(name), version })
            })
            .collect();
        let newest = found.iter().map(|python| python.version).max();
        let mut fit: Vec<Self> = found.into_iter().filter(|python| python.version >= OLDEST).collect();
        let best = fit.iter().position(can_make_environments).unwrap_or(0);
        if fit.is_empty() {
            return Err(SetupError::Missing {
                what: match newest {
                    Some((major, minor)) => {
                        format!("Python 3.11 or newer is needed, and the newest is {major}.{minor}")
                    }
                    None => "There is no python3 on the PATH".into(),
                },
            });
        }
        Ok(fit.swap_remove(best))
    }
}

fn can_make_environments(python: &Python) -> bool {
    Tool::new(&python.program).args(["-c", "import venv, ensurepip"]).succeeds()
}

fn environment_works(cx: &Context) -> bool {
    has_pip(cx) && Tool::new(cx.paths.program("python")).args(["-c", "import jupyterlab, nbclient"]).succeeds()
}

fn has_pip(cx: &Context) -> bool {
    Tool::new(cx.paths.program("python")).args(["-c", "import pip"]).succeeds()
}

fn version_of(python: &Tool) -> Option<(u32, u32)> {
    let script = "import sys; print(sys.version_info[0], sys.version_info[1])";
    let answer = python.clone().args(["-c", script]).read(&Task::hidden()).ok()?;
    parse_version(&answer)
}

fn parse_version(answer: &str) -> Option<(u32, u32)> {
    let (major, minor) = answer.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn requirements(cx: &Context) -> PathBuf {
    cx.paths.root.join("python").join("requirements.txt")
}

fn digest(cx: &Context, python: &Python) -> Result<String> {
    let (major, minor) = python.version;
    Ok(Inputs::default().text(&format!("{major}.{minor}")).file(&requirements(cx))?.digest())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(parse_version("3 9\n"), Some((3, 9)));
        assert!(parse_version("3 9").unwrap() < OLDEST);
        assert!(parse_version("3 14").unwrap() > OLDEST);
        assert_eq!(parse_version("nonsense"), None);
    }
}
