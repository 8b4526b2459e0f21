//! A kernel's life: sockets first, the engine behind them, then requests until the end.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jupyter_protocol::connection_info::ConnectionInfo;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;

use super::channels::{Channel, Reader, bind, bind_heartbeat, failed};
use super::comm::Comms;
use super::connection::{remove_sockets, remove_stale_sockets, write_ports};
use super::dispatch::{serve_comms, serve_control, serve_shell, serve_stdin};
use super::error::JupyterError;
use super::execute::serve_cells;
use super::input::Stdin;
use super::iopub::IoPub;
use super::kernel::{Kernel, Started};
use super::lifecycle::{watch_parent, watch_signals};
use super::options::ServeOptions;
use super::subshell::Subshells;
use super::usage::Usage;
use super::wire::Codec;
use crate::engine::{CellEngine, CellError};
use crate::history::History;

/// How long the engine may take to put its things away.
const ENGINE_END: Duration = Duration::from_secs(3);
/// How long the last messages may take to leave.
const LAST_MESSAGES: Duration = Duration::from_millis(500);

/// What an engine gets of the kernel that it works for.
#[derive(Clone)]
pub struct Services {
    /// Comms to the front ends.
    pub comms: Comms,
    /// The cells of this session and earlier ones.
    pub history: History,
}

/// Serves a kernel on a runtime of its own, until a front end, a signal or the parent's end stops it.
///
/// # Errors
/// As [`serve`], or the runtime does not start.
pub fn run<F>(options: ServeOptions, engine: F) -> Result<(), JupyterError>
where
    F: FnOnce(Services) -> Result<Arc<dyn CellEngine>, CellError> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("jupyter")
        .enable_all()
        .build()
        .map_err(|source| JupyterError::Runtime { source })?;
    let served = runtime.block_on(serve(options, engine));
    // A cell that can't be stopped must not keep the process.
    runtime.shutdown_background();
    served
}

/// Binds the channels, starts the engine on a thread behind them, and answers requests until the kernel is stopped.
/// Must run on a multi-threaded tokio runtime with its timer and I/O enabled.
///
/// # Errors
/// A channel can't be bound, the connection file can't be written, or signals can't be taken.
pub async fn serve<F>(options: ServeOptions, engine: F) -> Result<(), JupyterError>
where
    F: FnOnce(Services) -> Result<Arc<dyn CellEngine>, CellError> + Send + 'static,
{
    let bound = Bound::new(&options).await?;
    let history = History::open(options.history.clone()).map_err(|source| JupyterError::Runtime { source })?;
    let comms = Comms::new(bound.iopub.clone());
    let started = start_engine(engine, Services { comms: comms.clone(), history: history.clone() });
    let (subshells, cells) = Subshells::new();
    let (comm_queue, comm_messages) = unbounded_channel();
    let (stop, mut stopped) = watch::channel(None);
    let parent = options.parent;
    let kernel = Arc::new(Kernel {
        connection: bound.connection,
        iopub: bound.iopub,
        shell: bound.shell.outbox,
        control: bound.control.outbox,
        stdin: Stdin::new(bound.stdin.outbox),
        comms,
        comm_queue,
        history,
        subshells,
        usage: Arc::new(Usage::default()),
        engine: started,
        next_count: AtomicU32::new(1),
        running: AtomicUsize::new(0),
        announced: AtomicBool::new(false),
        foreground: Mutex::default(),
        stop,
        options,
    });
    watch_signals(&kernel).map_err(|source| JupyterError::Runtime { source })?;
    if let Some(parent) = parent {
        watch_parent(&kernel, parent);
    }
    let tasks =
        start_tasks(&kernel, bound.shell.reader, bound.control.reader, bound.stdin.reader, cells, comm_messages);
    // An error would mean that the sender is gone, but the kernel holds it.
    let restart = stopped.wait_for(Option::is_some).await.ok().and_then(|stop| *stop).unwrap_or(false);
    end(&kernel, restart).await;
    for task in tasks {
        task.abort();
    }
    Ok(())
}

/// The channels, bound.
struct Bound {
    connection: ConnectionInfo,
    iopub: IoPub,
    shell: Channel,
    control: Channel,
    stdin: Channel,
}

impl Bound {
    async fn new(options: &ServeOptions) -> Result<Self, JupyterError> {
        let mut connection = options.connection.clone();
        remove_stale_sockets(&connection);
        let codec = Arc::new(Codec::new(&connection.key));
        let iopub = IoPub::new(Arc::clone(&codec));
        let shell = bind("shell", &connection, connection.shell_port, &codec).await?;
        let control = bind("control", &connection, connection.control_port, &codec).await?;
        let stdin = bind("stdin", &connection, connection.stdin_port, &codec).await?;
        let heartbeat = bind_heartbeat(&connection).await?;
        let taken = |source| failed("iopub", &connection, connection.iopub_port, source);
        let iopub_port = iopub.socket().bind(&connection).await.map_err(taken)?;
        connection.shell_port = shell.port;
        connection.control_port = control.port;
        connection.stdin_port = stdin.port;
        connection.hb_port = heartbeat;
        connection.iopub_port = iopub_port;
        if let Some(path) = options.connection_file.as_ref().filter(|_| connection != options.connection) {
            write_ports(path, &connection)?;
        }
        Ok(Self { connection, iopub, shell, control, stdin })
    }
}

fn start_engine<F>(engine: F, services: Services) -> watch::Receiver<Option<Started>>
where
    F: FnOnce(Services) -> Result<Arc<dyn CellEngine>, CellError> + Send + 'static,
{
    let (started, receiver) = watch::channel(None);
    tokio::spawn(async move {
        let made = tokio::task::spawn_blocking(move || engine(services)).await;
        let made = made.unwrap_or_else(|error| {
            tracing::error!(%error, "the engine panicked while it started");
            Err(JupyterError::NoEngine.into())
        });
        started.send_replace(Some(made));
    });
    receiver
}

fn start_tasks(
    kernel: &Arc<Kernel>,
    shell: Reader,
    control: Reader,
    stdin: Reader,
    cells: tokio::sync::mpsc::UnboundedReceiver<super::wire::Incoming>,
    comm_messages: tokio::sync::mpsc::UnboundedReceiver<super::wire::Incoming>,
) -> Vec<tokio::task::JoinHandle<()>> {
    vec![
        tokio::spawn(serve_control(Arc::clone(kernel), control)),
        tokio::spawn(serve_shell(Arc::clone(kernel), shell)),
        tokio::spawn(serve_stdin(Arc::clone(kernel), stdin)),
        tokio::spawn(serve_cells(Arc::clone(kernel), cells)),
        tokio::spawn(serve_comms(Arc::clone(kernel), comm_messages)),
    ]
}

/// Stops what runs, lets the engine put its things away, and sees the last messages off.
async fn end(kernel: &Arc<Kernel>, restart: bool) {
    if let Some(engine) = kernel.engine_now() {
        let running = Arc::clone(kernel);
        let ended = tokio::task::spawn_blocking(move || {
            running.interrupt();
            engine.shutdown(restart);
        });
        if tokio::time::timeout(ENGINE_END, ended).await.is_err() {
            tracing::warn!("the engine did not end in time");
        }
    }
    let history = kernel.history.clone();
    if let Err(error) = tokio::task::spawn_blocking(move || history.close(LAST_MESSAGES)).await {
        tracing::warn!(%error, "the history was not closed");
    }
    kernel.shell.flushed(LAST_MESSAGES).await;
    kernel.control.flushed(LAST_MESSAGES).await;
    kernel.iopub.socket().drain(LAST_MESSAGES).await;
    remove_sockets(&kernel.connection);
}
