//! A way to a server that loses its connections without saying so: each ends when it is used the next time.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

/// Passes on what is sent to an address. It ends when it is dropped.
pub(super) struct Way {
    address: SocketAddr,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    /// How often the connections were lost.
    lost: AtomicUsize,
    closed: AtomicBool,
}

impl Way {
    pub(super) fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::<State>::default());
        let shared = Arc::clone(&state);
        let accepting = std::thread::spawn(move || {
            for client in listener.incoming() {
                if shared.closed.load(Ordering::SeqCst) {
                    return;
                }
                let (client, server) = (client.unwrap(), TcpStream::connect(server).unwrap());
                let (answers, asker) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (one, other) = (Arc::clone(&shared), Arc::clone(&shared));
                std::thread::spawn(move || pass(client, server, &one));
                std::thread::spawn(move || pass(answers, asker, &other));
            }
        });
        Self { address, state, accepting: Some(accepting) }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Loses the connections that there are.
    pub(super) fn lose(&self) {
        self.state.lost.fetch_add(1, Ordering::SeqCst);
    }
}

/// Passes on what comes, until either side ends or something comes on a connection that was lost.
fn pass(mut from: TcpStream, mut to: TcpStream, state: &State) {
    let made = state.lost.load(Ordering::SeqCst);
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if state.lost.load(Ordering::SeqCst) != made || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

impl Drop for Way {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::SeqCst);
        // It waits for one more connection.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}
