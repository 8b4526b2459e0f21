//! The step for what comes from the system's packages: compilers, cmake, ALSA, npm; a browser for the tests.

use std::path::Path;

use crate::context::{Context, Goal};
use crate::error::{Result, SetupError};
use crate::progress::Task;
use crate::step::Step;
use crate::steps::python;
use crate::tool::Tool;

/// Installs system packages by apt-get where it may, or names the line to type.
pub(crate) struct SystemPackages;

/// A package and how to see that what it brings is there.
struct Need {
    package: &'static str,
    /// A command that succeeds when it is there.
    probe: &'static [&'static str],
    when: When,
}

#[derive(Clone, Copy)]
enum When {
    Always,
    BeforeDuckDb,
    ForTests,
}

const NEEDS: [Need; 9] = [
    Need { package: "gcc", probe: &["cc", "--version"], when: When::Always },
    Need { package: "g++", probe: &["c++", "--version"], when: When::Always },
    Need { package: "cmake", probe: &["cmake", "--version"], when: When::Always },
    Need { package: "pkg-config", probe: &["pkg-config", "--version"], when: When::Always },
    Need { package: "libasound2-dev", probe: &["pkg-config", "--exists", "alsa"], when: When::Always },
    Need { package: "libc6-dev", probe: &["test", "-e", "/usr/include/stdio.h"], when: When::Always },
    Need { package: "npm", probe: &["npm", "--version"], when: When::BeforeDuckDb },
    Need { package: "chromium", probe: &["chromium", "--version"], when: When::ForTests },
    Need { package: "fonts-dejavu-core", probe: &["fc-match", "sans"], when: When::ForTests },
];

impl Step for SystemPackages {
    fn name(&self) -> &'static str {
        "system"
    }

    fn why(&self) -> &'static str {
        "system packages (compilers, cmake, ALSA)"
    }

    fn is_done(&self, cx: &Context) -> Result<bool> {
        Ok(missing(cx).is_empty())
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        let packages = missing(cx);
        let apt = Apt::find().ok_or_else(|| SetupError::Missing {
            what: format!("System packages are missing, and they can't be installed from here: {}", packages.join(" ")),
        })?;
        task.note("apt-get update");
        apt.tool(&["update"]).run(task)?;
        apt.tool(&["install", "-y", "--no-install-recommends"]).args(&packages).run(task)?;
        let left = missing(cx);
        if left.is_empty() {
            return Ok(());
        }
        Err(SetupError::Missing { what: format!("Installed, and still not found on the PATH: {}", left.join(" ")) })
    }

    fn remedy(&self, cx: &Context) -> String {
        let packages = missing(cx).join(" ");
        format!(
            "Type: sudo apt-get update && sudo apt-get install -y {packages}\n      \
             On another system install what these Debian packages hold."
        )
    }
}

fn missing(cx: &Context) -> Vec<&'static str> {
    let mut packages: Vec<&str> = NEEDS
        .iter()
        .filter(|need| match need.when {
            When::Always => true,
            When::BeforeDuckDb => !cx.paths.duckdb.join("libduckdb.so").exists(),
            When::ForTests => cx.goal == Goal::Test,
        })
        .filter(|need| !Tool::new(need.probe[0]).args(&need.probe[1..]).succeeds())
        .map(|need| need.package)
        .collect();
    packages.extend(python::missing_packages(cx));
    packages
}

/// How this user may call apt-get.
struct Apt {
    by_sudo: bool,
}

impl Apt {
    fn find() -> Option<Self> {
        if !Tool::new("apt-get").arg("--version").succeeds() {
            return None;
        }
        let is_root = Tool::new("id").arg("-u").read(&Task::hidden()).is_ok_and(|user| user.trim() == "0");
        if is_root {
            return Some(Self { by_sudo: false });
        }
        let has_sudo = Path::new("/usr/bin/sudo").exists() && Tool::new("sudo").args(["-n", "true"]).succeeds();
        has_sudo.then_some(Self { by_sudo: true })
    }

    fn tool(&self, arguments: &[&str]) -> Tool {
        let words = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
        let tool =
            if self.by_sudo { Tool::new("sudo").arg("-n").args(words) } else { Tool::new(words[0]).args(&words[1..]) };
        tool.args(arguments)
    }
}
