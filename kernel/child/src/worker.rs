//! The worker: loads compiled cells, runs them, and keeps a frozen copy of itself while one runs.

use std::ffi::c_void;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW, Symbol};
use nix::sys::signal::{SigHandler, SigSet, Signal, kill, signal};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, dup2_stderr, dup2_stdin, dup2_stdout, fork, getpid, read};

use crate::limits;

/// A cell's entry: takes the store of variables and gives it back.
type CellFn = extern "C" fn(*mut c_void) -> *mut c_void;
/// A hook that the kernel puts into each cell: `synthbook_attach` and `synthbook_flush`.
type HookFn = extern "C" fn();

/// What a worker inherits from the supervisor.
pub(crate) struct Wiring {
    /// Commands from the supervisor, answers to it.
    pub(crate) commands: UnixStream,
    /// One byte here wakes the snapshot; its end means that the supervisor is gone.
    pub(crate) resume: OwnedFd,
    /// Becomes the cells' standard output.
    pub(crate) stdout: UnixStream,
    /// Becomes the cells' standard error.
    pub(crate) stderr: UnixStream,
}

/// Runs cells until the supervisor hangs up. Called in a freshly forked process; never returns.
pub(crate) fn run(wiring: Wiring) -> ! {
    let status = match prepare(&wiring).and_then(|()| serve(wiring)) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("The cells' process can't go on: {error}");
            1
        }
    };
    std::process::exit(status);
}

fn prepare(wiring: &Wiring) -> io::Result<()> {
    dup2_stdin(std::fs::File::open("/dev/null")?.as_fd())?;
    dup2_stdout(wiring.stdout.as_fd())?;
    dup2_stderr(wiring.stderr.as_fd())?;
    SigSet::empty().thread_set_mask()?;
    die_with_parent()?;
    // SAFETY: the handler is the system's own "ignore", which is safe in any program. Cells install theirs later.
    unsafe { signal(Signal::SIGINT, SigHandler::SigIgn) }?;
    limits::apply();
    // SAFETY: this process has one thread. evcxr asks for backtraces; in a cell they show nothing of the user's.
    unsafe { std::env::remove_var("RUST_BACKTRACE") };
    Ok(())
}

fn die_with_parent() -> io::Result<()> {
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL).map_err(io::Error::from)
}

fn serve(mut wiring: Wiring) -> io::Result<()> {
    let mut libraries = Vec::new();
    let mut store: *mut c_void = std::ptr::null_mut();
    while let Some((path, function)) = next_command(&mut wiring.commands)? {
        let snapshot = take_snapshot(&mut wiring)?;
        match snapshot {
            Snapshot::Resumed => continue,
            Snapshot::Frozen(_) => wiring.commands.write_all(b"S")?,
            Snapshot::Impossible => wiring.commands.write_all(b"N")?,
        }
        // Libraries stay loaded for ever: variables may hold functions of theirs.
        libraries.push(run_cell(&path, &function, &mut store)?);
        if let Snapshot::Frozen(pid) = snapshot {
            kill(pid, Signal::SIGKILL)?;
            waitpid(pid, None)?;
        }
        wiring.commands.write_all(b"D")?;
    }
    std::mem::forget(libraries);
    Ok(())
}

/// Reads a command: two lengths and two texts, the library's path and the function's name.
fn next_command(commands: &mut UnixStream) -> io::Result<Option<(String, String)>> {
    let Some(value) = crate::frame::read(commands)? else { return Ok(None) };
    let text =
        |key: &str| value[key].as_str().map(str::to_owned).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData));
    Ok(Some((text("library")?, text("function")?)))
}

#[derive(Clone, Copy)]
enum Snapshot {
    /// This process is the worker, the snapshot has this id.
    Frozen(Pid),
    /// This process was the snapshot and is the worker now; the command it was taken for has failed.
    Resumed,
    /// Other threads run here: no sound copy can be made.
    Impossible,
}

fn take_snapshot(wiring: &mut Wiring) -> io::Result<Snapshot> {
    if !limits::single_threaded() {
        return Ok(Snapshot::Impossible);
    }
    // SAFETY: this process has one thread, so the child is a complete copy in which any code may run.
    let Ok(forked) = (unsafe { fork() }) else {
        // Too little memory or too many processes: run the cell without a net rather than not at all.
        return Ok(Snapshot::Impossible);
    };
    match forked {
        ForkResult::Parent { child } => Ok(Snapshot::Frozen(child)),
        ForkResult::Child => {
            let mut byte = [0];
            loop {
                match read(&wiring.resume, &mut byte) {
                    Ok(1) => break,
                    Err(nix::errno::Errno::EINTR) => {}
                    _ => std::process::exit(0),
                }
            }
            die_with_parent()?;
            wiring.commands.write_all(b"R")?;
            wiring.commands.write_all(&getpid().as_raw().to_le_bytes())?;
            Ok(Snapshot::Resumed)
        }
    }
}

fn run_cell(path: &str, function: &str, store: &mut *mut c_void) -> io::Result<Library> {
    // SAFETY: the library was compiled by evcxr for this process a moment ago; its constructors are those of the
    // user's own dependencies, which the user asked to run.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(|error| not_loaded(&error))?;
    call_hook(&library, b"synthbook_attach\0");
    {
        // SAFETY: evcxr generated the function with exactly this signature, and `store` is what its earlier cells
        // returned (null before the first one, which they check).
        let cell: Symbol<CellFn> = unsafe { library.get(function.as_bytes()) }.map_err(|error| not_loaded(&error))?;
        *store = cell(*store);
    }
    call_hook(&library, b"synthbook_flush\0");
    Ok(library)
}

/// The loader's own words are in the error's source.
fn not_loaded(error: &libloading::Error) -> io::Error {
    let reason = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    io::Error::other(format!("the compiled cell could not be loaded: {reason}"))
}

fn call_hook(library: &Library, name: &[u8]) {
    // SAFETY: the kernel defines these functions in every cell as `extern "C" fn()`. A cell without them has none.
    if let Ok(hook) = unsafe { library.get::<HookFn>(name) } {
        hook();
    }
}

/// Reads exactly one answer of a worker; `None` when nothing more will come.
pub(crate) fn read_answer(commands: &mut UnixStream) -> io::Result<Option<Answer>> {
    let mut kind = [0];
    if commands.read(&mut kind)? == 0 {
        return Ok(None);
    }
    Ok(Some(match kind[0] {
        b'S' => Answer::Started { snapshot: true },
        b'N' => Answer::Started { snapshot: false },
        b'D' => Answer::Done,
        b'R' => {
            let mut pid = [0; 4];
            commands.read_exact(&mut pid)?;
            Answer::Resumed(Pid::from_raw(i32::from_le_bytes(pid)))
        }
        _ => return Err(io::ErrorKind::InvalidData.into()),
    }))
}

/// What a worker tells the supervisor.
pub(crate) enum Answer {
    /// The cell begins.
    Started {
        /// Whether a frozen copy stands by.
        snapshot: bool,
    },
    /// The cell has ended.
    Done,
    /// The snapshot with this process id is the worker now.
    Resumed(Pid),
}
