//! A fake kernel: listens on a socket, starts a cell in a process of its own, keeps its messages and answers them.

use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use synthbook::events::Message;

/// A kernel with one cell running.
pub(crate) struct Kernel {
    folder: tempfile::TempDir,
    stream: UnixStream,
    /// The process of the cell.
    pub(crate) child: Child,
}

/// What a cell left behind.
pub(crate) struct Ended {
    /// The rest of its messages.
    pub(crate) messages: Vec<Value>,
    /// Its standard output.
    pub(crate) stdout: String,
    /// Its standard error.
    pub(crate) stderr: String,
}

impl Kernel {
    /// Starts the cell of a name (see `cells.rs`) and waits until it connects.
    pub(crate) fn start(cell: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events");
        let listener = UnixListener::bind(&path).unwrap();
        let child = command(cell).env("SYNTHBOOK_SOCKET", &path).spawn().unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let hello = Message::read(&mut stream).unwrap().header;
        assert_eq!(hello, json!({"hello": "events", "pid": child.id()}));
        Self { folder, stream, child }
    }

    /// The next message.
    pub(crate) fn next(&mut self) -> Value {
        Message::read(&mut self.stream).unwrap().header
    }

    /// The next message, which must be of a kind.
    pub(crate) fn expect(&mut self, event: &str) -> Value {
        let message = self.next();
        assert_eq!(message["event"], event, "{message}");
        message
    }

    /// Answers a request.
    pub(crate) fn answer(&mut self, request: &Value, ok: &Value) {
        let answer = Message::new(json!({"id": request["id"], "ok": ok}));
        answer.write(&mut self.stream).unwrap();
    }

    /// Refuses a request.
    pub(crate) fn refuse(&mut self, request: &Value, code: &str, message: &str, help: &str) {
        let error = json!({"code": code, "message": message, "help": help});
        Message::new(json!({"id": request["id"], "error": error})).write(&mut self.stream).unwrap();
    }

    /// Answers the request for a frame with a file, and gives the name asked for.
    pub(crate) fn answer_frame(&mut self, path: &Path) -> String {
        let request = self.expect("frame");
        self.answer(&request, &json!({"path": path, "generation": 1, "rows": 3}));
        request["name"].as_str().unwrap().to_owned()
    }

    /// Answers a request for a place to publish at.
    pub(crate) fn answer_publish_path(&mut self, path: &Path) {
        let request = self.expect("publish_path");
        self.answer(&request, &json!({"path": path}));
    }

    /// A path in the kernel's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Reads what is left until the cell ends.
    pub(crate) fn end(self) -> Ended {
        self.end_keeping(|_| ())
    }

    /// Reads what is left until the cell ends, and then looks at the kernel's folder.
    pub(crate) fn end_keeping(mut self, look: impl FnOnce(&Path)) -> Ended {
        let mut messages = Vec::new();
        while let Ok(message) = Message::read(&mut self.stream) {
            messages.push(message.header);
        }
        let output = self.child.wait_with_output().unwrap();
        look(self.folder.path());
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { messages, stdout: cell_output(&text(output.stdout)), stderr: text(output.stderr) }
    }
}

/// Runs a cell without a kernel and gives its standard output.
pub(crate) fn without_kernel(cell: &str) -> String {
    let output = command(cell).env_remove("SYNTHBOOK_SOCKET").output().unwrap();
    cell_output(&String::from_utf8(output.stdout).unwrap())
}

fn command(cell: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "cells::cell", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env("CELL", cell).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What the cell printed, between the marks that set it off from the test runner's own lines.
fn cell_output(stdout: &str) -> String {
    let (_, output) = stdout.split_once("<cell>").unwrap_or_else(|| panic!("no cell ran: {stdout}"));
    output.split("</cell>").next().unwrap_or_default().to_owned()
}
