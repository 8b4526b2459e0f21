//! Accepting connections on the transports of a connection file.

use std::io;
use std::time::Duration;

use jupyter_protocol::connection_info::{ConnectionInfo, Transport};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};

/// A connection of either transport.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

/// Listens at a port of the connection (0 for any) and hands over each stream. Returns the port.
///
/// # Errors
/// The address is taken or not ours.
pub(super) async fn listen<F>(connection: &ConnectionInfo, port: u16, attend: F) -> io::Result<u16>
where
    F: Fn(Box<dyn Duplex>) + Send + 'static,
{
    match connection.transport {
        Transport::TCP => {
            let ip = connection.ip.trim_start_matches('[').trim_end_matches(']');
            let listener = TcpListener::bind((ip, port)).await?;
            let port = listener.local_addr()?.port();
            tokio::spawn(async move {
                loop {
                    match listener.accept().await {
                        Ok((stream, _)) => {
                            if let Err(error) = stream.set_nodelay(true) {
                                tracing::debug!(%error, "no TCP_NODELAY");
                            }
                            attend(Box::new(stream));
                        }
                        Err(error) => pause(&error).await,
                    }
                }
            });
            Ok(port)
        }
        Transport::IPC => {
            let listener = UnixListener::bind(format!("{}-{port}", connection.ip))?;
            tokio::spawn(async move {
                loop {
                    match listener.accept().await {
                        Ok((stream, _)) => attend(Box::new(stream)),
                        Err(error) => pause(&error).await,
                    }
                }
            });
            Ok(port)
        }
    }
}

async fn pause(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    tokio::time::sleep(Duration::from_millis(50)).await;
}
