//! Vector stores: one contract over the embedded store and over gRPC, indexes that outlive a killed process, models.

mod contract;
mod killed;
mod loopback;
mod minilm;
mod server;
mod way;
