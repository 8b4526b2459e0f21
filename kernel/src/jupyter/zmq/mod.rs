//! The kernel's ends of `ZeroMQ` sockets: XPUB for iopub, ROUTER for the rest, each peer with a queue of its own.
//!
//! The sockets of the `zeromq` crate, which `jupyter-zmq-client` binds, fall short for a kernel: its XPUB awaits one
//! subscriber after the other, so that one suspended front end stalls all others, and its ROUTER forgets a front end
//! that comes back under its identity while its old connection is still closing, so that a cell's reply is lost.

mod listen;
mod peer;
mod router;
mod xpub;
mod zmtp;

pub(crate) use router::Router;
pub(crate) use xpub::{Weight, XPub};
