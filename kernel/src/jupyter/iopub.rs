//! What the kernel tells all front ends: statuses, outputs and comms, on the iopub channel.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use serde_json::json;

use super::wire::{Codec, Header, Outgoing};
use super::zmq::{Weight, XPub};

/// The iopub channel; cheap to clone, usable from any thread, never waits for a front end.
#[derive(Clone)]
pub(crate) struct IoPub {
    codec: Arc<Codec>,
    socket: XPub,
    spoken: Arc<AtomicBool>,
}

impl IoPub {
    /// The channel, not yet bound.
    pub(crate) fn new(codec: Arc<Codec>) -> Self {
        let spoken = Arc::new(AtomicBool::new(false));
        let (welcomer, first) = (Arc::clone(&codec), Arc::clone(&spoken));
        let socket = XPub::new(Box::new(move |topic: &[u8]| {
            let route = [Bytes::copy_from_slice(topic)];
            let subscription = String::from_utf8_lossy(topic);
            let welcome = Outgoing::new("iopub_welcome", json!({"subscription": subscription}));
            let mut greetings = vec![welcomer.encode(&route, None, welcome).parts];
            // The first to listen hears that the kernel starts, unless it is already past that.
            if !first.swap(true, Ordering::AcqRel) {
                greetings.push(welcomer.encode(&[topic_of("status")], None, status("starting")).parts);
            }
            greetings
        }));
        Self { codec, socket, spoken }
    }

    /// The socket, to bind it and to wait for its queues.
    pub(crate) fn socket(&self) -> &XPub {
        &self.socket
    }

    /// Sends a message to all who listen.
    pub(crate) fn publish(&self, parent: Option<&Header>, message: Outgoing) {
        let weight = match message.msg_type.as_str() {
            "stream" | "update_display_data" => Weight::Droppable,
            _ => Weight::Kept,
        };
        let route = [topic_of(&message.msg_type)];
        let encoded = self.codec.encode(&route, parent, message);
        self.socket.publish(&encoded.parts, weight);
    }

    /// Says that the kernel works on a request.
    pub(crate) fn busy(&self, parent: &Header) {
        self.spoken.store(true, Ordering::Release);
        self.publish(Some(parent), status("busy"));
    }

    /// Says that a request is done and that all its output has been sent.
    pub(crate) fn idle(&self, parent: &Header) {
        self.publish(Some(parent), status("idle"));
    }
}

fn status(state: &str) -> Outgoing {
    Outgoing::new("status", json!({"execution_state": state}))
}

fn topic_of(msg_type: &str) -> Bytes {
    Bytes::from(format!("kernel.synthbook.{msg_type}"))
}
