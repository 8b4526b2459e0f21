//! The kernel's errors, each with a stable code and a help line, and the one renderer of all errors.

mod foreign;
mod kinds;
mod render;

pub use foreign::{Foreign, Located};
pub use kinds::KernelError;
pub use render::{as_json, cell_error, code_of, help_of, terminal};
