//! What can go wrong while setting up, and how it is told: the step, what happened, the remedy.

use std::path::{Path, PathBuf};

use crate::cause;

/// The result of everything in the set-up.
pub(crate) type Result<T> = std::result::Result<T, SetupError>;

/// A failure of the set-up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SetupError {
    /// A step failed; holds what there is to do about it.
    #[error("The step `{name}` failed: {source}")]
    Step {
        /// The step's name in the registry.
        name: &'static str,
        /// What to do.
        remedy: String,
        /// What happened.
        #[source]
        source: Box<SetupError>,
    },
    /// A program ended with an error.
    #[error("`{command}` ended with {status}\n{}", indented(tail))]
    Command {
        /// The command line, shortened.
        command: String,
        /// The exit status in words.
        status: String,
        /// The last lines of its output.
        tail: String,
    },
    /// A program is not installed.
    #[error("The program is not on the PATH: {program}")]
    NoProgram {
        /// Its name.
        program: String,
    },
    /// Reading or writing a file failed.
    #[error("Can't {action} {}: {source}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A fetched file is not the one that was pinned.
    #[error("The SHA-256 of {} should be {expected} and is {found}", path.display())]
    Checksum {
        /// The file.
        path: PathBuf,
        /// The pinned digest.
        expected: &'static str,
        /// The digest of what came.
        found: String,
    },
    /// Something that a step needs is not there.
    #[error("{what}")]
    Missing {
        /// What, as a sentence.
        what: String,
    },
    /// A program answered with something that can't be understood.
    #[error("Can't understand what {program} printed: {source}")]
    Answer {
        /// The program.
        program: &'static str,
        /// The parser's complaint.
        #[source]
        source: serde_json::Error,
    },
}

impl SetupError {
    /// Makes the error of a failed file operation.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { action, path, source }
    }

    /// Says what happened and what to do, for a person at a terminal.
    pub(crate) fn render(&self) -> String {
        let text = self.to_string();
        let mut shown = format!("error: {}", text.trim_end());
        if let Self::Step { remedy, .. } = self {
            let general = cause::recognise(&text).map(cause::Cause::remedy);
            for line in general.into_iter().chain([remedy.as_str()]) {
                shown.push_str("\nhelp: ");
                shown.push_str(line);
            }
            shown.push_str("\nhelp: Then run the same command again: what is done already is skipped.");
        }
        shown
    }
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["  | ", line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_names_itself_and_its_remedy() {
        let source = SetupError::Command {
            command: "npm pack x".into(),
            status: "exit status: 1".into(),
            tail: "npm error code EAI_AGAIN".into(),
        };
        let error = SetupError::Step { name: "duckdb", remedy: "Name a folder.".into(), source: Box::new(source) };
        let shown = error.render();
        assert!(
            shown.starts_with("error: The step `duckdb` failed: `npm pack x` ended with exit status: 1"),
            "{shown}"
        );
        assert!(shown.contains("  | npm error code EAI_AGAIN"), "{shown}");
        assert!(shown.contains("help: The network can't be reached"), "{shown}");
        assert!(shown.contains("help: Name a folder."), "{shown}");
    }
}
