//! Runs other programs: shows their output while they work and keeps its end for the error.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::environment;
use crate::error::{Result, SetupError};
use crate::progress::Task;

/// How many of the last lines an error repeats.
const TAIL: usize = 30;

/// A program with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    program: OsString,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    folder: Option<PathBuf>,
}

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

impl Tool {
    /// A program, by its name on the `PATH` or by its path.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self { program: program.as_ref().to_owned(), arguments: vec![], variables: vec![], folder: None }
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub(crate) fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, arguments: I) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Sets the folder it works in.
    pub(crate) fn dir(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_path_buf());
        self
    }

    /// Whether the program is there and succeeds. Its output is not shown.
    pub(crate) fn succeeds(&self) -> bool {
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Runs the program, showing its last line as the task's message.
    ///
    /// # Errors
    ///
    /// When it can't be started or fails; the error repeats its last lines.
    pub(crate) fn run(&self, task: &Task) -> Result<()> {
        self.checked(|_, line| task.note(line))
    }

    /// Runs the program and gives its standard output.
    ///
    /// # Errors
    ///
    /// When it can't be started or fails; the error repeats its last lines.
    pub(crate) fn read(&self, task: &Task) -> Result<String> {
        let mut output = String::new();
        self.checked(|source, line| match source {
            Source::Output => {
                output.push_str(line);
                output.push('\n');
            }
            Source::Error => task.note(line),
        })?;
        Ok(output)
    }

    /// Runs the program with its standard error on the terminal and hands over the lines of its standard output.
    ///
    /// # Errors
    ///
    /// When it can't be started.
    pub(crate) fn pass_errors(&self, on_line: impl FnMut(&str)) -> Result<ExitStatus> {
        let mut command = self.command();
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
        let mut child = child.map_err(|error| self.not_started(error))?;
        let mut on_line = on_line;
        for line in lines_of(child.stdout.take()) {
            on_line(&line);
        }
        child.wait().map_err(|error| self.not_started(error))
    }

    /// Runs the program, repeating both streams on this program's own, and hands over each line.
    ///
    /// # Errors
    ///
    /// When it can't be started.
    pub(crate) fn echo(&self, mut on_line: impl FnMut(&str)) -> Result<ExitStatus> {
        self.stream(|source, line| {
            match source {
                Source::Output => println!("{line}"),
                Source::Error => eprintln!("{line}"),
            }
            on_line(line);
        })
    }

    /// Becomes the program; comes back only when that fails.
    pub(crate) fn become_it(&self) -> SetupError {
        let error = self.command().exec();
        self.not_started(error)
    }

    /// The command line, for messages.
    pub(crate) fn shown(&self) -> String {
        let mut words = vec![name_of(&self.program)];
        words.extend(self.arguments.iter().map(|word| word.to_string_lossy().into_owned()));
        let line = words.join(" ");
        match line.char_indices().nth(160) {
            Some((end, _)) => format!("{} …", &line[..end]),
            None => line,
        }
    }

    /// The error of the program's having failed.
    pub(crate) fn failed(&self, status: ExitStatus, tail: String) -> SetupError {
        SetupError::Command { command: self.shown(), status: status.to_string(), tail }
    }

    fn checked(&self, mut on_line: impl FnMut(Source, &str)) -> Result<()> {
        let mut tail = VecDeque::new();
        let status = self.stream(|source, line| {
            if tail.len() == TAIL {
                tail.pop_front();
            }
            tail.push_back(line.to_owned());
            on_line(source, line);
        })?;
        if status.success() { Ok(()) } else { Err(self.failed(status, Vec::from(tail).join("\n"))) }
    }

    fn stream(&self, mut on_line: impl FnMut(Source, &str)) -> Result<ExitStatus> {
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| self.not_started(error))?;
        let (sender, receiver) = mpsc::channel();
        let readers = [forward(&mut child, Source::Output, sender.clone()), forward(&mut child, Source::Error, sender)];
        for (source, line) in receiver {
            on_line(source, &line);
        }
        for reader in readers {
            // A reader that failed has said all it could: what it had read is already here.
            let _ = reader.join();
        }
        child.wait().map_err(|error| self.not_started(error))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        for name in environment::cargo_leftovers() {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    fn not_started(&self, error: std::io::Error) -> SetupError {
        if error.kind() == ErrorKind::NotFound {
            SetupError::NoProgram { program: name_of(&self.program) }
        } else {
            SetupError::File { action: "run", path: PathBuf::from(&self.program), source: error }
        }
    }
}

fn name_of(program: &OsStr) -> String {
    let path = Path::new(program);
    path.file_name().unwrap_or(program).to_string_lossy().into_owned()
}

fn forward(child: &mut Child, source: Source, sender: mpsc::Sender<(Source, String)>) -> thread::JoinHandle<()> {
    let pipe: Option<Box<dyn Read + Send>> = match source {
        Source::Output => child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        Source::Error => child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    };
    thread::spawn(move || {
        for line in lines_of(pipe) {
            if sender.send((source, line)).is_err() {
                break;
            }
        }
    })
}

/// The lines of a pipe; bytes that are no UTF-8 are replaced.
fn lines_of(pipe: Option<impl Read>) -> impl Iterator<Item = String> {
    let mut reader = pipe.map(BufReader::new);
    std::iter::from_fn(move || {
        let mut bytes = Vec::new();
        let count = reader.as_mut()?.read_until(b'\n', &mut bytes).ok()?;
        (count > 0).then(|| String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_is_read_and_the_end_of_a_failure_kept() {
        let task = Task::hidden();
        assert_eq!(Tool::new("sh").args(["-c", "echo one; echo two >&2"]).read(&task).unwrap(), "one\n");
        let error = Tool::new("sh").args(["-c", "seq 1 100; exit 3"]).run(&task).unwrap_err();
        let SetupError::Command { status, tail, .. } = error else { panic!("another error") };
        assert_eq!(status, "exit status: 3");
        assert_eq!(tail.lines().next(), Some("71"));
        assert_eq!(tail.lines().last(), Some("100"));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = Tool::new("no-such-program-of-ours").run(&Task::hidden()).unwrap_err();
        assert_eq!(error.to_string(), "The program is not on the PATH: no-such-program-of-ours");
        assert!(!Tool::new("no-such-program-of-ours").succeeds());
    }
}
