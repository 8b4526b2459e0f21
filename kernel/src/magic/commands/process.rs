//! Runs a shell command with its output streamed into the cell, and stops it on an interrupt.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::error::KernelError;
use crate::magic::Context;
use crate::output::{Output, OutputEvent, StreamName};

/// How often an interrupt is looked for.
const PACE: Duration = Duration::from_millis(20);
/// How long a stopped command may take to end by itself.
const GRACE: Duration = Duration::from_millis(500);
/// How long output is awaited that a command left behind in the background may still hold open.
const DRAIN: Duration = Duration::from_millis(300);

/// Runs a script by a shell and waits for it.
///
/// # Errors
/// `kernel::program` when the shell can't be started, `kernel::interrupted`.
pub(super) fn run(shell: &str, script: &str, context: &Context<'_>) -> Result<ExitStatus, KernelError> {
    let failed = |source| KernelError::Program { program: shell.to_owned(), source };
    let mut child = start(shell, script, context).map_err(failed)?;
    let readers = [
        child.stdout.take().map(|pipe| stream(pipe, StreamName::Stdout, context.out.clone())),
        child.stderr.take().map(|pipe| stream(pipe, StreamName::Stderr, context.out.clone())),
    ];
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break Ok(status);
        }
        if context.cancelled() {
            stop(&mut child);
            break Err(KernelError::Interrupted);
        }
        thread::sleep(PACE);
    };
    let until = Instant::now() + DRAIN;
    for reader in readers.into_iter().flatten() {
        while !reader.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(2));
        }
        if reader.is_finished() {
            let _ = reader.join();
        }
    }
    status
}

/// The status in words: `status 1`, `signal 9`.
pub(super) fn words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("status {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "an unknown status".to_owned(),
    }
}

#[allow(clippy::disallowed_methods, reason = "the user asked for this command")]
fn start(shell: &str, script: &str, context: &Context<'_>) -> std::io::Result<Child> {
    Command::new(shell)
        .arg("-c")
        .arg(script)
        .current_dir(context.session.folder())
        .envs(context.session.environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

/// Copies a pipe into the cell's output as bytes arrive.
fn stream(mut pipe: impl Read + Send + 'static, name: StreamName, out: Output) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count) = pipe.read(&mut buffer) {
            if count == 0 {
                break;
            }
            out.emit(OutputEvent::Stream { name, bytes: buffer[..count].to_vec().into() });
        }
    })
}

/// Ends the command and all it started: politely, then for good.
fn stop(child: &mut Child) {
    let group = Pid::from_raw(child.id() as i32);
    let _ = killpg(group, Signal::SIGINT);
    let until = Instant::now() + GRACE;
    while Instant::now() < until {
        if matches!(child.try_wait(), Ok(Some(_))) {
            let _ = killpg(group, Signal::SIGKILL);
            return;
        }
        thread::sleep(PACE);
    }
    let _ = killpg(group, Signal::SIGKILL);
    let _ = child.wait();
}
