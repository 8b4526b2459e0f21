//! The host: a process of its own in which evcxr and rust-analyzer live, asked by the kernel over a socket.
//!
//! There are two of them, the same program with another task. The *running* host compiles and runs cells; it is given
//! an empty standard library source, so that rust-analyzer in it costs nothing (`probe` finds the types). The
//! *analysis* host completes and explains code; rust-analyzer in it knows the standard library. So completion is
//! answered while a cell runs, and half a gigabyte is spent only by those who complete.

mod execute;
pub(crate) mod probe;
pub(crate) mod protocol;

use std::io;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;

use evcxr::{CommandContext, EvalContext};
use serde_json::json;

use crate::rust::toolchain::Toolchain;
use crate::rust::wire;
use protocol::{Reply, Request};

/// Environment variable that makes this program a host; its value is the host's role.
pub(crate) const ROLE: &str = "SYNTHBOOK_HOST";
/// Environment variable with the folder of the host's crate; evcxr reads it too.
pub(crate) const CRATE_DIR: &str = "EVCXR_TMPDIR";

/// True in a process that was started as a host.
pub(crate) fn is_host() -> bool {
    crate::config::variable(ROLE).is_some()
}

/// Runs a host if this process was started as one, and returns its exit status then.
pub(crate) fn run_if_host() -> Option<u8> {
    let role = crate::config::text(ROLE)?;
    Some(match serve(&role) {
        Ok(()) => 0,
        // The kernel has gone: so does its host.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            tracing::error!(%error, "a Rust host ends");
            1
        }
    })
}

struct Host {
    context: CommandContext,
    toolchain: Toolchain,
    crate_dir: PathBuf,
    runs_cells: bool,
}

fn serve(role: &str) -> io::Result<()> {
    let socket = crate::config::variable(synthbook_child::SOCKET).ok_or_else(|| io::Error::other("no socket"))?;
    let mut stream = UnixStream::connect(socket)?;
    wire::send(&mut stream, &json!({"hello": role, "pid": std::process::id()}))?;
    let mut host = match Host::start(role == "run") {
        Ok(host) => host,
        Err(message) => {
            wire::send(&mut stream, &Reply::Failed { message })?;
            return Ok(());
        }
    };
    wire::send(&mut stream, &Reply::Ready)?;
    while let Some(request) = wire::receive::<Request>(&mut stream)? {
        let reply = host.answer(request);
        wire::send(&mut stream, &reply)?;
    }
    Ok(())
}

impl Host {
    #[expect(clippy::disallowed_methods, reason = "evcxr's subprocess is this program")]
    fn start(runs_cells: bool) -> Result<Self, String> {
        let toolchain = Toolchain::find().map_err(|error| error.to_string())?;
        let crate_dir =
            crate::config::variable(CRATE_DIR).map(PathBuf::from).ok_or("no folder for the cells' crate")?;
        let exe = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut child = Command::new(exe);
        if !runs_cells {
            // Nothing of the user's runs here: evcxr's own child program will do, and it must not speak to the kernel.
            child.env_remove(synthbook_child::SOCKET);
        }
        let (context, outputs) = EvalContext::with_subprocess_command(child).map_err(|error| error.to_string())?;
        // What the cells print goes to the kernel by its own sockets; here only evcxr's own words arrive.
        drop(outputs);
        let mut host = Self { context: CommandContext::with_eval_context(context), toolchain, crate_dir, runs_cells };
        if runs_cells {
            host.prepare_cells().map_err(|error| error.to_string())?;
        }
        Ok(host)
    }

    fn answer(&mut self, request: Request) -> Reply {
        match request {
            Request::Execute { code, imports } => Reply::Executed(self.execute(&code, &imports)),
            Request::Complete { code, offset } => self.complete(&code, offset),
            Request::Hover { code, offset } => {
                let code = code.get(..offset).unwrap_or(&code).to_owned();
                let offset = code.len();
                Reply::Hovered {
                    found: self
                        .context
                        .hover_at(&code, offset)
                        .ok()
                        .filter(|(text, _)| text != "No documentation found"),
                }
            }
            Request::Clear => {
                let cleared = self
                    .context
                    .execute(":clear")
                    .and_then(|_| if self.runs_cells { self.prepare_cells() } else { Ok(()) });
                match cleared {
                    Ok(()) => Reply::Cleared,
                    Err(error) => Reply::Failed { message: error.to_string() },
                }
            }
        }
    }

    fn complete(&mut self, code: &str, offset: usize) -> Reply {
        match self.context.completions(code, offset) {
            Ok(found) => Reply::Completed {
                start: found.start_offset,
                end: found.end_offset,
                items: found
                    .completions
                    .into_iter()
                    .map(|item| (item.code, item.kind.to_owned(), item.label))
                    .collect(),
            },
            Err(_) => Reply::Completed { start: offset, end: offset, items: Vec::new() },
        }
    }
}
