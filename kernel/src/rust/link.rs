//! The kernel's end of the sockets to the Rust processes: one thread reads them all and keeps their order.
//!
//! Standard output, standard error and events of a cell arrive by three sockets. A cell flushes its streams before it
//! sends an event, so whoever empties the streams before handling an event sees everything in the order of the code.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde_json::{Value, json};

use super::desk::{self, FrameDesk};
use super::run::{Death, Run};
use super::wire;
use crate::output::{InputError, Output};

/// What the cells' process does at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Phase {
    /// Nothing runs: evcxr is compiling, or there is no cell at all.
    #[default]
    Quiet,
    /// A cell runs; `snapshot` tells whether its process can be replaced by a copy of the time before.
    Running {
        /// A frozen copy stands by.
        snapshot: bool,
    },
}

/// Where the connections of hosts go, by their roles.
pub(crate) struct Hosts {
    /// The host that compiles and runs cells.
    pub(crate) run: Sender<UnixStream>,
    /// The host that completes and explains.
    pub(crate) analyse: Sender<UnixStream>,
}

/// What the reading thread and the evaluator share.
#[derive(Default)]
struct Shared {
    run: Run,
    phase: Phase,
    control: Option<UnixStream>,
}

/// The kernel's end of the sockets.
#[derive(Clone)]
pub(crate) struct Link {
    shared: Arc<Mutex<Shared>>,
    socket: PathBuf,
}

impl Link {
    /// Listens on a socket file; a host that connects is handed to the sender of its role.
    ///
    /// # Errors
    /// The socket or the thread can't be made.
    pub(crate) fn open(socket: &Path, desk: Arc<dyn FrameDesk>, hosts: Hosts) -> io::Result<Self> {
        let listener = UnixListener::bind(socket)?;
        let link = Self { shared: Arc::default(), socket: socket.to_owned() };
        let reader = Pump {
            shared: Arc::clone(&link.shared),
            listener,
            desk,
            hosts,
            control: None,
            stdout: None,
            stderr: None,
            events: Vec::new(),
        };
        std::thread::Builder::new().name("rust cells".into()).spawn(move || reader.serve())?;
        Ok(link)
    }

    /// Where the processes connect.
    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Begins a run whose output goes to `output`.
    pub(crate) fn begin(&self, output: &Output) {
        self.lock().run = Run::new(Some(output.clone()));
    }

    /// Ends a run and tells what it left; later prints of its threads still go to its output.
    pub(crate) fn end(&self) -> Run {
        let mut shared = self.lock();
        let output = shared.run.output.clone();
        std::mem::replace(&mut shared.run, Run::new(output))
    }

    /// What the cells' process does now.
    pub(crate) fn phase(&self) -> Phase {
        self.lock().phase
    }

    /// Gives an order to the supervisor; without one there is nothing to order.
    pub(crate) fn order(&self, op: &str) {
        let mut shared = self.lock();
        if let Some(control) = &mut shared.control
            && let Err(error) = wire::send(control, &json!({"op": op}))
        {
            tracing::warn!(%error, op, "the cells' process did not take an order");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reading thread.
struct Pump {
    shared: Arc<Mutex<Shared>>,
    listener: UnixListener,
    desk: Arc<dyn FrameDesk>,
    hosts: Hosts,
    control: Option<UnixStream>,
    stdout: Option<UnixStream>,
    stderr: Option<UnixStream>,
    events: Vec<UnixStream>,
}

impl Pump {
    fn serve(mut self) {
        loop {
            let control = match self.wait(PollTimeout::NONE) {
                Ok(ready) => ready.control,
                Err(error) => {
                    tracing::error!(%error, "the link to the Rust cells is lost");
                    return;
                }
            };
            // All that a cell has sent was sent before the news of its end: it is handled before them.
            self.drain_streams();
            while let Ok(ready) = self.wait(PollTimeout::ZERO) {
                if ready.listener {
                    if let Err(error) = self.accept() {
                        tracing::warn!(%error, "a Rust process could not connect");
                    }
                } else if let Some(index) = ready.event {
                    if !self.event(index) {
                        self.events.swap_remove(index);
                    }
                } else {
                    break;
                }
            }
            if control {
                self.control();
            }
        }
    }

    fn wait(&self, timeout: PollTimeout) -> io::Result<Ready> {
        let mut fds = vec![PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
        let streams = [&self.control, &self.stdout, &self.stderr];
        fds.extend(streams.into_iter().flatten().map(|stream| PollFd::new(stream.as_fd(), PollFlags::POLLIN)));
        let first_event = fds.len();
        fds.extend(self.events.iter().map(|stream| PollFd::new(stream.as_fd(), PollFlags::POLLIN)));
        loop {
            match poll(&mut fds, timeout) {
                Ok(_) => break,
                Err(nix::errno::Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let up = |index: usize| fds.get(index).and_then(PollFd::any).unwrap_or(false);
        Ok(Ready {
            listener: up(0),
            control: self.control.is_some() && up(1),
            event: (0..self.events.len()).find(|index| up(first_event + index)),
        })
    }

    fn accept(&mut self) -> io::Result<()> {
        let (mut stream, _) = self.listener.accept()?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let hello = wire::receive::<Value>(&mut stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        stream.set_read_timeout(None)?;
        match hello["hello"].as_str().unwrap_or_default() {
            "control" => {
                let mut shared = lock(&self.shared);
                shared.control = Some(stream.try_clone()?);
                shared.phase = Phase::Quiet;
                self.control = Some(stream);
            }
            "stdout" => {
                stream.set_nonblocking(true)?;
                self.stdout = Some(stream);
            }
            "stderr" => {
                stream.set_nonblocking(true)?;
                self.stderr = Some(stream);
            }
            "events" => self.events.push(stream),
            "run" => drop(self.hosts.run.send(stream)),
            "analyse" => drop(self.hosts.analyse.send(stream)),
            other => tracing::warn!(other, "something unknown has connected"),
        }
        Ok(())
    }

    /// Takes everything that has been printed up to now.
    fn drain_streams(&mut self) {
        let mut buffer = vec![0; 64 << 10];
        for (slot, is_stdout) in [(&mut self.stdout, true), (&mut self.stderr, false)] {
            while let Some(stream) = slot {
                match stream.read(&mut buffer) {
                    Ok(0) => *slot = None,
                    Ok(length) => {
                        let mut shared = lock(&self.shared);
                        if is_stdout {
                            shared.run.stdout(&buffer[..length]);
                        } else {
                            shared.run.stderr(&buffer[..length]);
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
        }
    }

    /// Handles one event of a cell; false when the cell has hung up.
    fn event(&mut self, index: usize) -> bool {
        let Some(stream) = self.events.get_mut(index) else { return false };
        let Ok(Some((event, _buffers))) = wire::receive_with_buffers(stream) else { return false };
        let reply_to = stream.try_clone();
        // The cell flushed its streams before it sent this.
        self.drain_streams();
        match event["event"].as_str().unwrap_or_default() {
            "input" => {
                let output = lock(&self.shared).run.output.clone();
                if let Ok(mut stream) = reply_to {
                    std::thread::spawn(move || {
                        let _ = wire::send(&mut stream, &ask(output.as_ref(), &event));
                    });
                }
            }
            "frame" | "frames" | "publish_path" | "published" => {
                if let Ok(mut stream) = reply_to {
                    let _ = wire::send(&mut stream, &desk::answer(&*self.desk, &event));
                }
            }
            _ => lock(&self.shared).run.event(&event),
        }
        true
    }

    fn control(&mut self) {
        let message = self.control.as_mut().map(wire::receive::<Value>);
        let Some(Ok(Some(message))) = message else {
            self.control = None;
            let mut shared = lock(&self.shared);
            shared.control = None;
            shared.phase = Phase::Quiet;
            return;
        };
        match message["event"].as_str().unwrap_or_default() {
            "started" => {
                lock(&self.shared).phase = Phase::Running { snapshot: message["snapshot"].as_bool().unwrap_or(false) }
            }
            "done" => self.finish(None),
            "died" => {
                self.finish(Some(Death {
                    how: message["how"].as_str().unwrap_or_default().to_owned(),
                    code: message["code"].as_i64().unwrap_or_default(),
                    restored: message["restored"].as_bool().unwrap_or(false),
                }));
            }
            other => tracing::warn!(other, "the cells' process said something unknown"),
        }
    }

    /// The cell has ended: takes its last output and lets evcxr go on.
    fn finish(&mut self, death: Option<Death>) {
        self.drain_streams();
        let mut shared = lock(&self.shared);
        shared.phase = Phase::Quiet;
        shared.run.finish();
        if death.is_some() {
            shared.run.markers = vec!["EVCXR_PANIC_NOTIFICATION".into()];
        }
        let order = match &death {
            Some(death) if !death.restored => json!({"op": "give_up"}),
            _ => json!({"op": "finish", "markers": shared.run.markers}),
        };
        shared.run.death = death;
        if let Some(control) = &mut shared.control
            && let Err(error) = wire::send(control, &order)
        {
            tracing::warn!(%error, "the cells' process did not hear the end of its cell");
        }
    }
}

struct Ready {
    listener: bool,
    control: bool,
    event: Option<usize>,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ask(output: Option<&Output>, event: &Value) -> Value {
    let prompt = event["prompt"].as_str().unwrap_or_default();
    let password = event["password"].as_bool().unwrap_or(false);
    let answer = output.map_or(Err(InputError::NotAllowed), |output| output.input(prompt, password));
    match answer {
        Ok(text) => json!({"id": event["id"], "ok": {"text": text}}),
        Err(error) => {
            let text = |part: Option<Box<dyn std::fmt::Display + '_>>| part.map(|part| part.to_string());
            let code = text(miette::Diagnostic::code(&error));
            json!({"id": event["id"], "error": {"code": code, "message": error.to_string(), "help": text(miette::Diagnostic::help(&error))}})
        }
    }
}
