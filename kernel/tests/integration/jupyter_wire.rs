//! Sockets, signatures, greetings, and front ends that misbehave.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use synthbook_kernel::echo;
use synthbook_kernel::jupyter::{ServeOptions, parse_connection, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use zeromq::{ReqSocket, Socket, SocketRecv, SocketSend, ZmqMessage};

use crate::jupyter_client::{Channel, Client, TestKernel, cell, printed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_is_welcomed_before_anything_else() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    assert_eq!(client.welcome.msg_type(), "iopub_welcome");
    assert_eq!(client.welcome.content, json!({"subscription": ""}));
    assert_eq!(client.next().await.content["execution_state"], "starting");
    let mut second = kernel.client().await;
    assert_eq!(second.welcome.msg_type(), "iopub_welcome");
    second.ask(Channel::Shell, "kernel_info_request", json!({})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kernel_info_is_answered_on_shell_and_control() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    for channel in [Channel::Shell, Channel::Control] {
        let info = client.ask(channel, "kernel_info_request", json!({})).await;
        assert_eq!(info["status"], "ok");
        assert_eq!(info["protocol_version"], "5.5");
        assert_eq!(info["implementation"], "synthbook");
        assert_eq!(info["language_info"]["name"], "echo");
        assert!(info["supported_features"].as_array().unwrap().contains(&json!("kernel subshells")));
    }
    let ports = client.ask(Channel::Shell, "connect_request", json!({})).await;
    assert_eq!(ports["shell_port"], kernel.connection.shell_port);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_signatures_and_broken_frames_are_skipped() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let body = cell("print never");
    let header = json!({"msg_id": "x", "msg_type": "execute_request", "session": "s"}).to_string();
    let content = serde_json::to_string(&body).unwrap();
    let frames: [Vec<&str>; 5] = [
        vec!["<IDS|MSG>", "00ff", &header, "{}", "{}", &content],
        vec!["<IDS|MSG>", "not hex", &header, "{}", "{}", &content],
        vec!["<IDS|MSG>", "", "{}"],
        vec!["nothing", "at", "all"],
        vec!["<IDS|MSG>"],
    ];
    for frame in frames {
        let parts: Vec<Bytes> = frame.into_iter().map(|part| Bytes::copy_from_slice(part.as_bytes())).collect();
        client.shell.send(ZmqMessage::try_from(parts.clone()).unwrap()).await.unwrap();
        client.control.send(ZmqMessage::try_from(parts.clone()).unwrap()).await.unwrap();
        client.stdin.send(ZmqMessage::try_from(parts).unwrap()).await.unwrap();
    }
    // Signed, but not what a request is.
    client.send(Channel::Shell, "execute_request", json!([1, 2])).await;
    client.send(Channel::Shell, "comm_msg", json!({})).await;
    let (reply, outputs) = client.run("print still here").await;
    assert_eq!(reply["execution_count"], 1);
    assert_eq!(printed(&outputs, "stdout"), "still here\n");
    client.ask(Channel::Control, "kernel_info_request", json!({})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_are_not_known_get_an_error() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    for channel in [Channel::Shell, Channel::Control] {
        let reply = client.ask(channel, "bogus_request", json!({})).await;
        assert_eq!((&reply["status"], &reply["ename"]), (&json!("error"), &json!("kernel::unknown_request")));
    }
    client.send(Channel::Shell, "bogus", json!({})).await;
    let reply = client.ask(Channel::Shell, "history_request", json!({"hist_access_type": "future"})).await;
    assert_eq!(reply["ename"], "kernel::bad_request");
    let id = client.send(Channel::Shell, "execute_request", json!({"no": "code"})).await;
    assert_eq!(client.reply(Channel::Shell, &id).await.content["status"], "error");
    assert_eq!(client.run("1+1").await.0["execution_count"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heartbeats_are_echoed_to_every_client() {
    let kernel = TestKernel::start().await;
    let endpoint = kernel.connection.hb_url();
    let mut hearts = [ReqSocket::new(), ReqSocket::new()];
    for heart in &mut hearts {
        heart.connect(&endpoint).await.unwrap();
    }
    for beat in ["ping", "another"] {
        for heart in &mut hearts {
            heart.send(ZmqMessage::from(beat)).await.unwrap();
        }
        for heart in &mut hearts {
            assert_eq!(heart.recv().await.unwrap().into_vec(), ZmqMessage::from(beat).into_vec());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_in_the_file_system_work_without_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = folder.path().join("ipc").display().to_string();
    // A socket that a killed kernel left behind.
    drop(std::os::unix::net::UnixListener::bind(format!("{prefix}-3")).unwrap());
    let fields = json!({
        "transport": "ipc", "ip": prefix, "key": "", "shell_port": 1, "iopub_port": 2, "stdin_port": 3,
        "control_port": 4, "hb_port": 5,
    });
    let kernel = TestKernel::start_with(fields, |_| {}).await;
    while !std::path::Path::new(&format!("{prefix}-2")).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut client = kernel.client().await;
    assert_eq!(printed(&client.run("print over ipc").await.1, "stdout"), "over ipc\n");
    client.ask(Channel::Control, "shutdown_request", json!({"restart": false})).await;
    kernel.served.await.unwrap().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_is_taken_is_an_error_with_its_channel() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for channel in ["shell", "iopub", "heartbeat"] {
        let mut options = ServeOptions::new(parse_connection(r#"{"key": "k"}"#).unwrap());
        match channel {
            "shell" => options.connection.shell_port = port,
            "iopub" => options.connection.iopub_port = port,
            _ => options.connection.hb_port = port,
        }
        let error = serve(options, echo::start).await.unwrap_err();
        let expected = format!("Can't listen on the {channel} channel at tcp://127.0.0.1:{port}");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_front_end_that_does_not_read_holds_up_nobody() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let mut deaf = tokio::net::TcpStream::connect(("127.0.0.1", kernel.connection.iopub_port)).await.unwrap();
    let mut greeting = [0_u8; 64];
    greeting[0] = 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    greeting[12..16].copy_from_slice(b"NULL");
    deaf.write_all(&greeting).await.unwrap();
    deaf.write_all(b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03SUB").await.unwrap();
    deaf.write_all(b"\0\x01\x01").await.unwrap();
    let mut first = [0_u8; 64];
    deaf.read_exact(&mut first).await.unwrap();
    for _ in 0..3 {
        let (reply, outputs) = client.run("flood 1000000").await;
        assert_eq!(reply["status"], "ok");
        assert!(printed(&outputs, "stdout").ends_with("line 999999\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_front_end_that_comes_back_is_answered() {
    let kernel = TestKernel::start().await;
    let mut before = None;
    for count in 1..=30 {
        let mut client = Client::connect_as(&kernel.connection, "the-tab".to_owned()).await;
        // The connection before it is still open in one half of the cases, and just closed in the other.
        if count % 2 == 0 {
            drop(before.take());
        }
        assert_eq!(client.run("1+1").await.0["execution_count"], count);
        before = Some(client);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_clients_see_each_others_cells() {
    let kernel = TestKernel::start().await;
    let (mut one, mut two) = (kernel.client().await, kernel.client().await);
    let id = one.submit("print shared", json!({})).await;
    one.reply(Channel::Shell, &id).await;
    assert_eq!(printed(&two.outputs(&id).await, "stdout"), "shared\n");
    assert_eq!(two.run("1+1").await.0["execution_count"], 2);
}
