//! The magics, one file each; a new one gets a line here and a line in the registry.

pub(super) mod bash;
pub(super) mod cd;
pub(super) mod chart;
pub(super) mod config;
pub(super) mod describe;
pub(super) mod doc;
pub(super) mod env;
pub(super) mod frames;
pub(super) mod help;
pub(super) mod history;
pub(super) mod load;
pub(super) mod load_ext;
pub(super) mod lsmagic;
pub(super) mod prelude;
mod process;
pub(super) mod pwd;
pub(super) mod reset;
pub(super) mod save;
pub(super) mod sh;
pub(super) mod shell;
pub(super) mod show;
pub(super) mod sql;
pub(super) mod synth;
pub(super) mod time;
pub(super) mod who;
pub(super) mod whos;
pub(super) mod writefile;
