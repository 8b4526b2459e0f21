//! Starts the host processes, waits for them, and stops what they compile.

use std::io;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::host::protocol::{Reply, Request};
use super::host::{CRATE_DIR, ROLE};
use super::toolchain::Toolchain;
use super::wire;

/// How long a host may take to come up: a cold disk and a busy machine included.
const START: Duration = Duration::from_mins(2);

/// A running host.
pub(crate) struct HostProcess {
    child: Child,
    stream: UnixStream,
}

/// What a host is started with.
pub(crate) struct HostOptions<'a> {
    /// `run` or `analyse`.
    pub(crate) role: &'a str,
    /// The kernel's socket.
    pub(crate) socket: &'a Path,
    /// The folder of the host's crate.
    pub(crate) crate_dir: PathBuf,
    /// The standard library's sources that rust-analyzer is shown.
    pub(crate) std_source: &'a Path,
    /// Most memory of a cell's process, in bytes.
    pub(crate) memory: Option<u64>,
    /// The compiler and libraries.
    pub(crate) toolchain: &'a Toolchain,
}

impl HostProcess {
    /// Starts a host and waits until it is ready.
    ///
    /// # Errors
    /// It can't be started, or says why it can't work.
    #[expect(clippy::disallowed_methods, reason = "the evaluator's own program")]
    pub(crate) fn start(options: &HostOptions<'_>, arrivals: &Receiver<UnixStream>) -> io::Result<Self> {
        std::fs::create_dir_all(&options.crate_dir)?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .env(ROLE, options.role)
            .env(synthbook_child::SOCKET, options.socket)
            .env(CRATE_DIR, &options.crate_dir)
            .env("RUST_SRC_PATH", options.std_source)
            .env("LD_LIBRARY_PATH", options.toolchain.library_path())
            .env(synthbook_child::MEMORY, options.memory.map(|bytes| bytes.to_string()).unwrap_or_default())
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            // An interrupt typed in a terminal must not reach the cells' processes behind the kernel's back.
            .process_group(0);
        let mut child = command.spawn()?;
        let deadline = Instant::now() + START;
        let stream = loop {
            match arrivals.recv_timeout(Duration::from_millis(50)) {
                Ok(stream) => break stream,
                Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::BrokenPipe.into()),
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(status) = child.try_wait()? {
                        return Err(io::Error::other(format!("the Rust host ended at its start with {status}")));
                    }
                    if Instant::now() > deadline {
                        let _ = child.kill();
                        let _ = child.wait();
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
            }
        };
        let mut host = Self { child, stream };
        match wire::receive(&mut host.stream)? {
            Some(Reply::Ready) => Ok(host),
            Some(Reply::Failed { message }) => Err(io::Error::other(message)),
            _ => Err(io::Error::other("the Rust host ended at its start")),
        }
    }

    /// The host's process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// The host has died.
    pub(crate) fn ask(&mut self, request: &Request) -> io::Result<Reply> {
        wire::send(&mut self.stream, request)?;
        wire::receive(&mut self.stream)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
        for pid in descendants(self.child.id()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Stops the compilers that a host has started, so that it comes back with an error.
pub(crate) fn stop_compilers(host: u32) {
    for pid in descendants(host) {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        if matches!(name.trim(), "cargo" | "rustc" | "rustup" | "ld" | "cc" | "rust-lld" | "build-script-bu") {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// All processes that descend from one, nearest first.
pub(crate) fn descendants(root: u32) -> Vec<i32> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        // The name in brackets may hold anything; the parent is the second word after it.
        let parent = stat
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.split(' ').nth(1))
            .and_then(|text| text.parse::<i32>().ok());
        parents.extend(parent.map(|parent| (pid, parent)));
    }
    let mut found = vec![root.cast_signed()];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    found.remove(0);
    found
}
