//! A kernel of the echo language in this process, and a client that talks to it over its sockets.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use jupyter_protocol::connection_info::ConnectionInfo;
use jupyter_zmq_client::{
    create_client_control_connection, create_client_iopub_connection, create_client_shell_connection_with_identity,
    create_client_stdin_connection_with_identity, peer_identity_for_session,
};
use ring::hmac;
use serde_json::{Map, Value, json};
use synthbook_kernel::echo;
use synthbook_kernel::jupyter::{JupyterError, ServeOptions, parse_connection, read_connection, serve};
use tokio::task::JoinHandle;
use zeromq::{DealerSocket, SocketRecv, SocketSend, SubSocket, ZmqMessage};

/// Long enough for a loaded machine; reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A kernel under test.
pub(crate) struct TestKernel {
    pub(crate) connection: ConnectionInfo,
    pub(crate) served: JoinHandle<Result<(), JupyterError>>,
    _folder: tempfile::TempDir,
}

impl TestKernel {
    /// A kernel on free ports.
    pub(crate) async fn start() -> Self {
        Self::start_with(json!({"key": "the-key"}), |_| {}).await
    }

    /// A kernel with a connection file and options of the test's choice.
    pub(crate) async fn start_with(fields: Value, tweak: impl FnOnce(&mut ServeOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("connection.json");
        std::fs::write(&file, fields.to_string()).unwrap();
        let mut options = ServeOptions::new(parse_connection(&fields.to_string()).unwrap());
        options.connection_file = Some(file.clone());
        tweak(&mut options);
        let bound_already = options.connection.hb_port != 0;
        let served = tokio::spawn(serve(options, echo::start));
        let connection = if bound_already { read_connection(&file).unwrap() } else { ports_of(&file).await };
        Self { connection, served, _folder: folder }
    }

    /// A client of it.
    pub(crate) async fn client(&self) -> Client {
        Client::connect(&self.connection).await
    }
}

async fn ports_of(file: &Path) -> ConnectionInfo {
    loop {
        if let Ok(connection) = read_connection(file)
            && connection.hb_port != 0
        {
            return connection;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The channels of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Shell,
    Control,
    Stdin,
}

/// A message as the client got it.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) header: Value,
    pub(crate) parent: Value,
    pub(crate) metadata: Value,
    pub(crate) content: Value,
    pub(crate) buffers: Vec<Bytes>,
}

impl Message {
    pub(crate) fn msg_type(&self) -> &str {
        self.header["msg_type"].as_str().unwrap()
    }

    pub(crate) fn is_of(&self, msg_id: &str) -> bool {
        self.parent["msg_id"] == msg_id
    }

    fn state(&self) -> Option<&str> {
        if self.msg_type() == "status" { self.content["execution_state"].as_str() } else { None }
    }
}

/// A front end.
pub(crate) struct Client {
    pub(crate) shell: DealerSocket,
    pub(crate) control: DealerSocket,
    pub(crate) stdin: DealerSocket,
    pub(crate) iopub: SubSocket,
    /// What greeted the subscription.
    pub(crate) welcome: Message,
    key: String,
    session: String,
}

impl Client {
    pub(crate) async fn connect(connection: &ConnectionInfo) -> Self {
        Self::connect_as(connection, uuid::Uuid::new_v4().to_string()).await
    }

    /// Connects under a session's identity.
    pub(crate) async fn connect_as(connection: &ConnectionInfo, session: String) -> Self {
        let identity = || peer_identity_for_session(&session).unwrap();
        let shell = create_client_shell_connection_with_identity(connection, &session, identity()).await.unwrap();
        let stdin = create_client_stdin_connection_with_identity(connection, &session, identity()).await.unwrap();
        let control = create_client_control_connection(connection, &session).await.unwrap();
        let mut iopub = create_client_iopub_connection(connection, "", &session).await.unwrap().socket;
        let welcome = receive(&mut iopub, &connection.key).await;
        Self {
            shell: shell.socket,
            control: control.socket,
            stdin: stdin.socket,
            iopub,
            welcome,
            key: connection.key.clone(),
            session,
        }
    }

    /// Sends a request and returns its id.
    pub(crate) async fn send(&mut self, channel: Channel, msg_type: &str, content: Value) -> String {
        self.send_full(channel, msg_type, content, json!({}), None, Vec::new()).await
    }

    /// Sends a request with everything that one can have.
    pub(crate) async fn send_full(
        &mut self,
        channel: Channel,
        msg_type: &str,
        content: Value,
        parent: Value,
        subshell: Option<&str>,
        buffers: Vec<Bytes>,
    ) -> String {
        let msg_id = uuid::Uuid::new_v4().to_string();
        let mut header = json!({
            "msg_id": msg_id, "msg_type": msg_type, "session": self.session, "username": "test",
            "date": "2026-01-01T00:00:00.000000Z", "version": "5.5",
        });
        if let Some(subshell) = subshell {
            header["subshell_id"] = subshell.into();
        }
        let body = [header, parent, json!({}), content].map(|part| Bytes::from(part.to_string()));
        let mut parts = vec![Bytes::from_static(b"<IDS|MSG>"), sign(&self.key, &body)];
        parts.extend(body);
        parts.extend(buffers);
        self.socket(channel).send(ZmqMessage::try_from(parts).unwrap()).await.unwrap();
        msg_id
    }

    /// The reply to a request; others are skipped.
    pub(crate) async fn reply(&mut self, channel: Channel, msg_id: &str) -> Message {
        let key = self.key.clone();
        loop {
            let message = receive(self.socket(channel), &key).await;
            if message.is_of(msg_id) {
                return message;
            }
        }
    }

    /// The next message on the stdin channel.
    pub(crate) async fn question(&mut self) -> Message {
        let key = self.key.clone();
        receive(self.socket(Channel::Stdin), &key).await
    }

    /// The next message on iopub.
    pub(crate) async fn next(&mut self) -> Message {
        receive(&mut self.iopub, &self.key).await
    }

    /// What iopub says of a request, until it is idle; without its statuses.
    pub(crate) async fn outputs(&mut self, msg_id: &str) -> Vec<Message> {
        let mut outputs = Vec::new();
        let mut busy = false;
        loop {
            let message = self.next().await;
            if !message.is_of(msg_id) {
                continue;
            }
            match message.state() {
                Some("busy") => busy = true,
                Some("idle") => {
                    assert!(busy, "idle without busy");
                    return outputs;
                }
                _ => outputs.push(message),
            }
        }
    }

    /// Sends a request on the shell and waits for its reply and its idle.
    pub(crate) async fn ask(&mut self, channel: Channel, msg_type: &str, content: Value) -> Value {
        let id = self.send(channel, msg_type, content).await;
        let reply = self.reply(channel, &id).await;
        self.outputs(&id).await;
        assert_eq!(reply.msg_type(), msg_type.replace("_request", "_reply"));
        reply.content
    }

    /// Sends a cell.
    pub(crate) async fn submit(&mut self, code: &str, fields: Value) -> String {
        let mut content = cell(code);
        content.extend(fields.as_object().unwrap().clone());
        self.send(Channel::Shell, "execute_request", content.into()).await
    }

    /// Runs a cell: its reply and its outputs.
    pub(crate) async fn run(&mut self, code: &str) -> (Value, Vec<Message>) {
        self.run_with(code, json!({})).await
    }

    /// Runs a cell with other fields of the request.
    pub(crate) async fn run_with(&mut self, code: &str, fields: Value) -> (Value, Vec<Message>) {
        let id = self.submit(code, fields).await;
        let reply = self.reply(Channel::Shell, &id).await;
        (reply.content, self.outputs(&id).await)
    }

    fn socket(&mut self, channel: Channel) -> &mut DealerSocket {
        match channel {
            Channel::Shell => &mut self.shell,
            Channel::Control => &mut self.control,
            Channel::Stdin => &mut self.stdin,
        }
    }
}

/// The content of an `execute_request`.
pub(crate) fn cell(code: &str) -> Map<String, Value> {
    let content = json!({
        "code": code, "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": false,
        "stop_on_error": true,
    });
    content.as_object().unwrap().clone()
}

/// What was printed to a stream.
pub(crate) fn printed(outputs: &[Message], name: &str) -> String {
    let streams = outputs.iter().filter(|message| message.msg_type() == "stream" && message.content["name"] == name);
    streams.map(|message| message.content["text"].as_str().unwrap()).collect()
}

/// The types of messages.
pub(crate) fn types(outputs: &[Message]) -> Vec<&str> {
    outputs.iter().map(Message::msg_type).collect()
}

/// The signature of four parts.
pub(crate) fn sign(key: &str, body: &[Bytes]) -> Bytes {
    if key.is_empty() {
        return Bytes::new();
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let tag = hmac::sign(&key, &body.concat());
    let mut hex = String::new();
    for byte in tag.as_ref() {
        write!(hex, "{byte:02x}").unwrap();
    }
    hex.into()
}

async fn receive<S: SocketRecv>(socket: &mut S, key: &str) -> Message {
    let message = tokio::time::timeout(PATIENCE, socket.recv()).await.expect("no message came").unwrap();
    let parts = message.into_vec();
    let at = parts.iter().position(|part| part.as_ref() == b"<IDS|MSG>").unwrap();
    assert_eq!(parts[at + 1], sign(key, &parts[at + 2..at + 6]), "the signature is wrong");
    let json = |index: usize| serde_json::from_slice(&parts[at + 1 + index]).unwrap();
    Message { header: json(1), parent: json(2), metadata: json(3), content: json(4), buffers: parts[at + 6..].to_vec() }
}
