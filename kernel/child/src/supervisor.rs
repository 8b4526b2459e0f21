//! The supervisor: stands between evcxr, the kernel and the worker, and outlives every worker.

use std::io::{self, BufRead, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, pipe, write};
use serde_json::{Value, json};

use crate::frame;
use crate::worker::{self, Answer, Wiring};

/// What evcxr waits for after each `LOAD_AND_RUN`.
const COMPLETE: &str = "EVCXR_EXECUTION_COMPLETE";

struct Supervisor {
    kernel: UnixStream,
    children: SignalFd,
    commands: UnixStream,
    resume: OwnedFd,
    worker: Pid,
    /// A cell runs, and this tells whether a snapshot of the time before it exists.
    running: Option<bool>,
}

/// Serves evcxr until it closes our standard input.
pub(crate) fn run() -> io::Result<()> {
    let path = std::env::var_os(crate::SOCKET).ok_or_else(|| io::Error::other("SYNTHBOOK_SOCKET is not set"))?;
    let hello = |role: &str| -> io::Result<UnixStream> {
        let mut stream = UnixStream::connect(&path)?;
        frame::write(&mut stream, &json!({"hello": role, "pid": std::process::id()}))?;
        Ok(stream)
    };
    let kernel = hello("control")?;
    let (stdout, stderr) = (hello("stdout")?, hello("stderr")?);
    nix::sys::prctl::set_child_subreaper(true)?;
    let mut mask = SigSet::empty();
    mask.add(Signal::SIGCHLD);
    sigprocmask(SigmaskHow::SIG_BLOCK, Some(&mask), None)?;
    let children = SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
    let (resume_end, resume) = pipe()?;
    let (commands, workers_end) = UnixStream::pair()?;
    let wiring = Wiring { commands: workers_end, resume: resume_end, stdout, stderr };
    // SAFETY: this process has one thread, so the child is a complete copy in which any code may run.
    let worker = match unsafe { fork() }? {
        ForkResult::Child => {
            drop((kernel, children, commands, resume));
            worker::run(wiring)
        }
        ForkResult::Parent { child } => child,
    };
    drop(wiring);
    Supervisor { kernel, children, commands, resume, worker, running: None }.serve()
}

impl Supervisor {
    fn serve(&mut self) -> io::Result<()> {
        let stdin = io::stdin();
        let mut lines = stdin.lock();
        loop {
            let ready = self.wait(stdin.as_fd())?;
            // Answers come before deaths: a worker that finished and then died has finished.
            if ready[1] {
                self.hear_worker()?;
            }
            if ready[2] {
                self.bury()?;
            }
            if ready[3] {
                match frame::read(&mut self.kernel)? {
                    Some(order) => self.obey(&order)?,
                    None => return Ok(()),
                }
            }
            if ready[0] {
                let mut line = String::new();
                if lines.read_line(&mut line)? == 0 {
                    return Ok(());
                }
                self.load_and_run(line.trim_end())?;
            }
        }
    }

    /// Waits for evcxr, the worker, a death and the kernel, in this order.
    fn wait(&self, stdin: std::os::fd::BorrowedFd<'_>) -> io::Result<[bool; 4]> {
        let mut fds = [stdin, self.commands.as_fd(), self.children.as_fd(), self.kernel.as_fd()]
            .map(|fd| PollFd::new(fd, PollFlags::POLLIN));
        loop {
            match poll(&mut fds, PollTimeout::NONE) {
                Ok(_) => return Ok([0, 1, 2, 3].map(|i: usize| fds[i].any().unwrap_or(false))),
                Err(nix::errno::Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn load_and_run(&mut self, line: &str) -> io::Result<()> {
        let mut words = line.split(' ');
        let (Some("LOAD_AND_RUN"), Some(library), Some(function)) = (words.next(), words.next(), words.next()) else {
            return Err(io::Error::other(format!("evcxr sent an unknown command: {line}")));
        };
        self.running = Some(false);
        frame::write(&mut self.commands, &json!({"library": library, "function": function}))
    }

    fn hear_worker(&mut self) -> io::Result<()> {
        match worker::read_answer(&mut self.commands)? {
            Some(Answer::Started { snapshot }) => {
                self.running = Some(snapshot);
                self.tell(&json!({"event": "started", "snapshot": snapshot, "worker": self.worker.as_raw()}))
            }
            Some(Answer::Done) => {
                self.running = None;
                self.tell(&json!({"event": "done"}))
            }
            Some(Answer::Resumed(pid)) => {
                self.worker = pid;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Reaps whatever has died; the worker's death is told to the kernel and mended from the snapshot.
    fn bury(&mut self) -> io::Result<()> {
        while self.children.read_signal()?.is_some() {}
        loop {
            let status = match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) | Err(nix::errno::Errno::ECHILD) => return Ok(()),
                Ok(status) => status,
                Err(error) => return Err(error.into()),
            };
            if status.pid() == Some(self.worker) {
                self.worker_died(status)?;
            }
        }
    }

    fn worker_died(&mut self, status: WaitStatus) -> io::Result<()> {
        let snapshot = self.running.take().unwrap_or(false);
        let (how, code) = match status {
            WaitStatus::Signaled(_, signal, _) => (signal.as_str().to_owned(), signal as i32),
            WaitStatus::Exited(_, code) => ("exit".to_owned(), code),
            _ => ("unknown".to_owned(), 0),
        };
        if snapshot {
            write(&self.resume, &[1])?;
            match worker::read_answer(&mut self.commands)? {
                Some(Answer::Resumed(pid)) => self.worker = pid,
                _ => return Err(io::Error::other("the snapshot did not wake")),
            }
        }
        self.tell(&json!({"event": "died", "how": how, "code": code, "restored": snapshot}))
    }

    fn obey(&mut self, order: &Value) -> io::Result<()> {
        match order["op"].as_str() {
            Some("finish") => {
                let mut out = io::stdout().lock();
                for marker in order["markers"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    writeln!(out, "{marker}")?;
                }
                writeln!(out, "{COMPLETE}")?;
                out.flush()
            }
            Some("interrupt") => self.signal(Signal::SIGINT),
            Some("stop") => self.signal(Signal::SIGKILL),
            Some("give_up") => std::process::exit(1),
            _ => Err(io::Error::other(format!("the kernel sent an unknown order: {order}"))),
        }
    }

    /// Signals the worker while a cell runs.
    fn signal(&self, signal: Signal) -> io::Result<()> {
        match self.running.map(|_| kill(self.worker, signal)) {
            None | Some(Ok(()) | Err(nix::errno::Errno::ESRCH)) => Ok(()),
            Some(Err(error)) => Err(error.into()),
        }
    }

    fn tell(&mut self, event: &Value) -> io::Result<()> {
        frame::write(&mut self.kernel, event)
    }
}
