//! The channel against a fake kernel: connecting, forks, answers that come late, in pieces or not at all.

use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::atomic::AtomicU32;
use std::thread;

use super::*;

/// A socket in a folder of its own.
fn listener() -> (tempfile::TempDir, PathBuf, UnixListener) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events");
    let listener = UnixListener::bind(&path).unwrap();
    (folder, path, listener)
}

fn hello(listener: &UnixListener) -> (UnixStream, u64) {
    let (mut stream, _) = listener.accept().unwrap();
    let header = Message::read(&mut stream).unwrap().header;
    assert_eq!(header["hello"], "events");
    let process = header["pid"].as_u64().unwrap();
    (stream, process)
}

fn question() -> Map<String, Value> {
    super::super::question("frames", [])
}

#[test]
fn a_forked_process_connects_again_and_leaves_the_old_connection_alone() {
    static PROCESS: AtomicU32 = AtomicU32::new(7);
    let (_folder, path, listener) = listener();
    let channel = Channel::new(path, || PROCESS.load(Ordering::Relaxed));
    channel.send(&json!({"event": "one"})).unwrap();
    channel.send(&json!({"event": "two"})).unwrap();
    let (mut first, process) = hello(&listener);
    assert_eq!(process, 7);
    assert_eq!(Message::read(&mut first).unwrap().header["event"], "one");
    assert_eq!(Message::read(&mut first).unwrap().header["event"], "two");

    PROCESS.store(8, Ordering::Relaxed);
    channel.send(&json!({"event": "three"})).unwrap();
    let (mut second, process) = hello(&listener);
    assert_eq!(process, 8);
    assert_eq!(Message::read(&mut second).unwrap().header["event"], "three");
}

#[test]
fn an_answer_in_pieces_after_a_stale_one_is_found() {
    let (_folder, path, listener) = listener();
    let channel = Channel::new(path, std::process::id);
    let kernel = thread::spawn(move || {
        let (mut stream, _) = hello(&listener);
        let id = Message::read(&mut stream).unwrap().header["id"].as_u64().unwrap();
        let mut bytes = Vec::new();
        Message::new(json!({"id": id + 1000, "ok": "stale"})).write(&mut bytes).unwrap();
        Message::new(json!({"id": id, "ok": ["a"]})).write(&mut bytes).unwrap();
        for piece in bytes.chunks(5) {
            io::Write::write_all(&mut stream, piece).unwrap();
            thread::yield_now();
        }
        stream
    });
    assert_eq!(channel.request(question()).unwrap(), json!(["a"]));
    kernel.join().unwrap();
}

#[test]
fn refusals_keep_code_message_and_help() {
    let (_folder, path, listener) = listener();
    let channel = Channel::new(path, std::process::id);
    let kernel = thread::spawn(move || {
        let (mut stream, _) = hello(&listener);
        let id = Message::read(&mut stream).unwrap().header["id"].clone();
        let error = json!({"code": "frames::unknown", "message": "There is no frame: x", "help": "did you mean y?"});
        Message::new(json!({"id": id, "error": error})).write(&mut stream).unwrap();
        stream
    });
    let error = channel.request(question()).unwrap_err();
    kernel.join().unwrap();
    assert_eq!(error.stable_code(), "frames::unknown");
    assert_eq!(error.to_string(), "There is no frame: x");
    assert_eq!(error.advice().as_deref(), Some("did you mean y?"));
}

#[test]
fn a_kernel_that_goes_away_or_talks_nonsense_is_an_error_and_the_next_event_connects_again() {
    let (_folder, path, listener) = listener();
    let channel = Channel::new(path, std::process::id);
    let kernel = thread::spawn(move || {
        for bytes in [vec![], vec![4, 0, 0, 0, b'{', b'{', b'{', b'{'], u32::MAX.to_le_bytes().to_vec()] {
            let (mut stream, _) = hello(&listener);
            Message::read(&mut stream).unwrap();
            io::Write::write_all(&mut stream, &bytes).unwrap();
        }
        let (mut stream, _) = hello(&listener);
        let id = Message::read(&mut stream).unwrap().header["id"].clone();
        Message::new(json!({"id": id, "neither": 1})).write(&mut stream).unwrap();
        stream
    });
    for code in ["cell::connection", "cell::connection", "cell::connection", "cell::answer"] {
        assert_eq!(channel.request(question()).unwrap_err().stable_code(), code);
    }
    kernel.join().unwrap();
}

#[test]
fn no_kernel_at_the_socket_is_an_error() {
    let channel = Channel::new("/nonexistent/socket".into(), std::process::id);
    assert_eq!(channel.send(&json!({"event": "x"})).unwrap_err().stable_code(), "cell::connection");
}
