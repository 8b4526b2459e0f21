//! The Rust evaluator: drives the running host, follows the cell's output, and turns what happened into a reply.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::analysis::Analysis;
use super::desk::FrameDesk;
use super::diagnostics;
use super::host::protocol::{Executed, Outcome, Reply, Request};
use super::link::{Hosts, Link, Phase};
use super::places::Places;
use super::process::{HostOptions, HostProcess, stop_compilers};
use super::run::Run;
use super::source;
use super::toolchain::Toolchain;
use crate::display::Bundle;
use crate::engine::{CellError, Completeness, Completions};
use crate::evaluator::{Evaluator, Snippet};
use crate::output::Output;

/// How long a cell may take to follow an interrupt when its process can be replaced by a snapshot.
const GRACE_WITH_SNAPSHOT: Duration = Duration::from_millis(500);
/// How long when stopping it costs the variables.
const GRACE_WITHOUT: Duration = Duration::from_secs(3);

/// What the prelude's names put into scope.
const PRELUDES: &[(&str, &str)] = &[
    ("polars", "use synthbook_prelude::{frame, polars}; use synthbook_prelude::polars::prelude::*;"),
    ("charts", "use synthbook_prelude::{chart, charts};"),
    ("synth", "use synthbook_prelude::synth;"),
];
/// Makes each cell teach its process what the prelude's types look like.
const ATTACH_PRELUDE: &str = "#[unsafe(no_mangle)] pub extern \"C\" fn synthbook_attach() { ::synthbook::attach(); ::synthbook_prelude::attach(); }";

/// Runs Rust cells on evcxr. Nothing is started before the first cell, completion or call of `warm`.
pub struct RustEvaluator {
    inner: Arc<Inner>,
}

struct Inner {
    desk: Arc<dyn FrameDesk>,
    /// Held by whoever uses the host: one cell at a time.
    host: Mutex<Option<HostProcess>>,
    backstage: Mutex<Option<Arc<Backstage>>>,
    host_id: AtomicU32,
    /// Counts runs; odd while one is going on.
    serial: AtomicU64,
    interrupted: AtomicBool,
    known: Mutex<Known>,
}

/// What is made once, when Rust is first needed.
pub(super) struct Backstage {
    pub(super) toolchain: Toolchain,
    pub(super) link: Link,
    pub(super) folder: TempDir,
    pub(super) crates: TempDir,
    run_arrivals: Mutex<Receiver<UnixStream>>,
    pub(super) analysis: Analysis,
}

/// What is known of the cells run so far.
#[derive(Default)]
struct Known {
    variables: Vec<(String, String)>,
    items: String,
    places: Places,
    preludes: Vec<&'static str>,
}

impl RustEvaluator {
    /// An evaluator whose cells find frames at the desk.
    #[must_use]
    pub fn new(desk: Arc<dyn FrameDesk>) -> Self {
        let inner = Inner {
            desk,
            host: Mutex::default(),
            backstage: Mutex::default(),
            host_id: AtomicU32::new(0),
            serial: AtomicU64::new(0),
            interrupted: AtomicBool::new(false),
            known: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }
}

impl Inner {
    fn backstage(&self) -> Result<Arc<Backstage>, CellError> {
        let mut slot = lock(&self.backstage);
        if let Some(backstage) = &*slot {
            return Ok(Arc::clone(backstage));
        }
        let toolchain = Toolchain::find().map_err(|error| diagnostics::coded(&error))?;
        let made = Backstage::new(toolchain, Arc::clone(&self.desk)).map_err(|error| not_started(&error))?;
        Ok(Arc::clone(slot.insert(Arc::new(made))))
    }

    fn ensure<'h>(
        &self,
        slot: &'h mut Option<HostProcess>,
        backstage: &Backstage,
    ) -> Result<&'h mut HostProcess, CellError> {
        if slot.is_none() {
            let host = backstage.start_host().map_err(|error| not_started(&error))?;
            self.host_id.store(host.id(), Ordering::SeqCst);
            *slot = Some(host);
        }
        slot.as_mut().ok_or_else(|| not_started(&io::ErrorKind::NotFound.into()))
    }

    /// Runs code in the host. `imports` are executed before it.
    fn run(&self, snippet: &Snippet, imports: Vec<String>, out: &Output) -> Result<(), CellError> {
        let backstage = self.backstage()?;
        let mut slot = lock(&self.host);
        let _going_on = GoingOn::begin(self);
        let host = self.ensure(&mut slot, &backstage)?;
        if self.interrupted.load(Ordering::SeqCst) {
            return Err(diagnostics::interrupted(None, &[]));
        }
        backstage.link.begin(out);
        let reply = host.ask(&Request::Execute { code: snippet.code.clone(), imports });
        let run = backstage.link.end();
        let interrupted = self.interrupted.load(Ordering::SeqCst);
        let executed = match reply {
            Ok(Reply::Executed(executed)) => executed,
            Ok(Reply::Failed { message }) => return Err(diagnostics::plain("rust::host", &message, None)),
            Ok(_) | Err(_) => {
                self.host_id.store(0, Ordering::SeqCst);
                *slot = None;
                return Err(self.host_died());
            }
        };
        drop(slot);
        self.conclude(executed, &run, snippet, interrupted, &backstage, out)
    }

    fn conclude(
        &self,
        executed: Executed,
        run: &Run,
        snippet: &Snippet,
        interrupted: bool,
        backstage: &Backstage,
        out: &Output,
    ) -> Result<(), CellError> {
        let mut known = lock(&self.known);
        let before: Vec<String> = known.variables.iter().map(|(name, _)| name.clone()).collect();
        known.variables = executed.variables;
        if !executed.items.is_empty() {
            known.items = executed.items;
        }
        known.places.remember(snippet.execution_count, snippet.first_line, &snippet.code);
        if snippet.show_value {
            show(&executed.contents, out);
        }
        let death = run.death.as_ref();
        match executed.outcome {
            Outcome::Terminated => {
                let lost: Vec<String> = before;
                Err(match death {
                    Some(death) if !interrupted => diagnostics::crash_error(death, snippet, &lost),
                    _ => diagnostics::interrupted(death, &lost),
                })
            }
            Outcome::Ran => match death {
                Some(death) if interrupted => Err(diagnostics::interrupted(Some(death), &[])),
                Some(death) => Err(diagnostics::crash_error(death, snippet, &[])),
                None if run.panicked
                    && (interrupted
                        || run.reported.as_ref().is_some_and(|reported| reported.name == "Interrupted")) =>
                {
                    Err(diagnostics::interrupted(None, &[]))
                }
                None if run.panicked => Err(diagnostics::panic_error(run, known.place(run, backstage))),
                None if run.failed => Err(diagnostics::escaped_error(run, snippet)),
                None => Ok(()),
            },
            Outcome::Compile(_) | Outcome::Message(_) if interrupted => Err(diagnostics::interrupted(None, &[])),
            Outcome::Compile(found) => Err(diagnostics::compile_error(&found, snippet)),
            Outcome::Message(message) => Err(message_error(&message)),
        }
    }

    fn host_died(&self) -> CellError {
        let mut known = lock(&self.known);
        let lost: Vec<String> = known.variables.drain(..).map(|(name, _)| name).collect();
        known.items.clear();
        known.preludes.clear();
        let lost = if lost.is_empty() {
            "no variable was lost".to_owned()
        } else {
            format!("these variables were lost: {}", lost.join(", "))
        };
        diagnostics::plain(
            "rust::host_died",
            "The process that compiles cells has died",
            Some(&format!("{lost}; functions and types must be defined again; frames are kept")),
        )
    }
}

impl Known {
    fn place(&self, run: &Run, backstage: &Backstage) -> Option<(u32, usize, String)> {
        let line = run.reported.as_ref()?.line?;
        let generated = std::fs::read_to_string(backstage.run_crate().join("src/lib.rs")).ok()?;
        self.places.find(&generated, line)
    }
}

impl Backstage {
    fn new(toolchain: Toolchain, desk: Arc<dyn FrameDesk>) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("synthbook-").tempdir()?;
        let cache = crate::config::cache_dir().unwrap_or_else(std::env::temp_dir).join("cells");
        std::fs::create_dir_all(&cache)?;
        reap(&cache);
        let crates = tempfile::Builder::new().prefix(&format!("{}-", std::process::id())).tempdir_in(cache)?;
        let (run, run_arrivals) = channel();
        let (analyse, analyse_arrivals) = channel();
        let link = Link::open(&folder.path().join("kernel"), desk, Hosts { run, analyse })?;
        Ok(Self {
            toolchain,
            link,
            folder,
            crates,
            run_arrivals: Mutex::new(run_arrivals),
            analysis: Analysis::new(analyse_arrivals),
        })
    }

    fn run_crate(&self) -> PathBuf {
        self.crates.path().join("run")
    }

    /// Starts the host that runs cells. It is shown an empty standard library: see [`super::host`].
    fn start_host(&self) -> io::Result<HostProcess> {
        let empty = self.folder.path().join("no-std");
        for krate in ["core", "alloc", "std"] {
            std::fs::create_dir_all(empty.join(krate).join("src"))?;
            std::fs::write(empty.join(krate).join("src/lib.rs"), "")?;
        }
        let options = HostOptions {
            role: "run",
            socket: self.link.socket(),
            crate_dir: self.run_crate(),
            std_source: &empty,
            memory: super::memory::limit(),
            toolchain: &self.toolchain,
        };
        HostProcess::start(&options, &lock(&self.run_arrivals))
    }
}

/// Removes the crates of kernels that are gone.
fn reap(cache: &std::path::Path) {
    for entry in std::fs::read_dir(cache).into_iter().flatten().flatten() {
        let pid = entry.file_name().to_string_lossy().split('-').next().and_then(|text| text.parse::<u32>().ok());
        if pid.is_some_and(|pid| !std::path::Path::new("/proc").join(pid.to_string()).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Marks a run as going on, for those who interrupt it.
struct GoingOn<'a>(&'a Inner);

impl<'a> GoingOn<'a> {
    fn begin(inner: &'a Inner) -> Self {
        inner.interrupted.store(false, Ordering::SeqCst);
        inner.serial.fetch_add(1, Ordering::SeqCst);
        Self(inner)
    }
}

impl Drop for GoingOn<'_> {
    fn drop(&mut self) {
        self.0.serial.fetch_add(1, Ordering::SeqCst);
    }
}

impl Evaluator for RustEvaluator {
    fn execute(&self, snippet: &Snippet, out: &Output) -> Result<(), CellError> {
        if snippet.code.trim().is_empty() {
            return Ok(());
        }
        let result = if snippet.show_value {
            self.inner.run(snippet, Vec::new(), out)
        } else {
            self.inner.run(snippet, Vec::new(), &out.without_values())
        };
        self.warm_analysis();
        result
    }

    fn complete(&self, code: &str, cursor: usize) -> Completions {
        let Ok(backstage) = self.inner.backstage() else { return Completions::default() };
        let prefix = self.analysis_prefix();
        backstage.analysis.complete(&backstage, &prefix, code, cursor)
    }

    fn inspect(&self, code: &str, cursor: usize, _detail: u8) -> Option<Bundle> {
        let backstage = self.inner.backstage().ok()?;
        let prefix = self.analysis_prefix();
        backstage.analysis.inspect(&backstage, &prefix, code, cursor)
    }

    fn is_complete(&self, code: &str) -> Completeness {
        source::completeness(&source::split_commands(code).1)
    }

    fn variables(&self) -> Vec<(String, String)> {
        lock(&self.inner.known).variables.clone()
    }

    fn use_prelude(&self, name: &str, out: &Output) -> Result<(), CellError> {
        let Some((name, import)) = PRELUDES.iter().find(|(known, _)| *known == name) else {
            let names: Vec<_> = PRELUDES.iter().map(|(name, _)| *name).collect();
            return Err(diagnostics::plain(
                "rust::unknown_prelude",
                &format!("There is no prelude named {name}"),
                Some(&format!("choose one of {}", names.join(", "))),
            ));
        };
        // Higher levels compile polars' generics anew in every cell: seconds instead of a third of one.
        let imports = vec![
            ":opt 0".to_owned(),
            format!(
                "{ATTACH_PRELUDE} #[allow(unused_imports)] {}",
                import.replace("; use ", "; #[allow(unused_imports)] use ")
            ),
        ];
        let snippet = Snippet { code: String::new(), first_line: 0, execution_count: 0, show_value: false };
        self.inner.run(&snippet, imports, out)?;
        let mut known = lock(&self.inner.known);
        if !known.preludes.contains(name) {
            known.preludes.push(name);
        }
        Ok(())
    }

    fn interrupt(&self) {
        let inner = Arc::clone(&self.inner);
        let serial = inner.serial.load(Ordering::SeqCst);
        if serial.is_multiple_of(2) {
            return;
        }
        inner.interrupted.store(true, Ordering::SeqCst);
        std::thread::spawn(move || stop(&inner, serial));
    }

    fn reset(&self) -> Result<(), CellError> {
        let mut slot = lock(&self.inner.host);
        *lock(&self.inner.known) = Known::default();
        if let Some(host) = slot.as_mut()
            && !matches!(host.ask(&Request::Clear), Ok(Reply::Cleared))
        {
            *slot = None;
        }
        Ok(())
    }

    fn warm(&self) {
        let inner = Arc::clone(&self.inner);
        std::thread::spawn(move || {
            if let Ok(backstage) = inner.backstage() {
                let mut slot = lock(&inner.host);
                let _ = inner.ensure(&mut slot, &backstage);
            }
        });
    }

    fn shutdown(&self) {
        self.interrupt();
        if let Some(backstage) = &*lock(&self.inner.backstage) {
            backstage.link.order("stop");
            backstage.analysis.stop();
        }
        for pid in super::process::descendants(self.inner.host_id.load(Ordering::SeqCst))
            .into_iter()
            .filter(|_| self.inner.host_id.load(Ordering::SeqCst) != 0)
        {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
        }
        lock(&self.inner.host).take();
        lock(&self.inner.backstage).take();
    }
}

impl RustEvaluator {
    fn warm_analysis(&self) {
        if let Ok(backstage) = self.inner.backstage() {
            Analysis::warm(&backstage);
        }
    }

    /// Code that gives rust-analyzer the items and variables of earlier cells.
    fn analysis_prefix(&self) -> String {
        let known = lock(&self.inner.known);
        super::analysis::prefix(&known.items, &known.variables)
    }
}

/// Stops a run: asks, then insists. Ends when the run has ended.
fn stop(inner: &Inner, serial: u64) {
    let mut asked: Option<Instant> = None;
    while inner.serial.load(Ordering::SeqCst) == serial {
        let link = lock(&inner.backstage).as_ref().map(|backstage| backstage.link.clone());
        match link.as_ref().map_or(Phase::Quiet, Link::phase) {
            Phase::Quiet => {
                let host = inner.host_id.load(Ordering::SeqCst);
                if host != 0 {
                    stop_compilers(host);
                }
            }
            Phase::Running { snapshot } => {
                let grace = if snapshot { GRACE_WITH_SNAPSHOT } else { GRACE_WITHOUT };
                let order = match asked {
                    None => Some("interrupt"),
                    Some(since) => (since.elapsed() > grace).then_some("stop"),
                };
                asked.get_or_insert_with(Instant::now);
                if let (Some(link), Some(order)) = (link, order) {
                    link.order(order);
                }
            }
        }
        std::thread::sleep(Duration::from_millis(30));
    }
}

fn show(contents: &[(String, String)], out: &Output) {
    if !contents.is_empty() {
        out.display(contents.iter().fold(Bundle::default(), |bundle, (mime, text)| bundle.with(mime, text.clone())));
    }
}

fn message_error(message: &str) -> CellError {
    let offline =
        ["network", "Could not resolve host", "failed to download", "spurious network error", "failed to fetch"];
    if offline.iter().any(|sign| message.contains(sign)) {
        return diagnostics::plain(
            "rust::offline",
            message.trim(),
            Some(
                "without a network only dependencies that cargo has already downloaded can be used; `:offline 1` makes cargo use them without asking",
            ),
        );
    }
    diagnostics::plain("rust::evaluator", message.trim(), None)
}

fn not_started(error: &io::Error) -> CellError {
    diagnostics::plain(
        "rust::not_started",
        &format!("The Rust evaluator could not be started: {error}"),
        Some("`synthbook doctor` tells what is missing"),
    )
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
