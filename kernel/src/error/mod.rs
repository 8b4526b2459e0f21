//! The kernel's errors, each with a stable code and a help line, and the one renderer of all errors.

use thiserror::Error;

/// What can go wrong in the kernel itself.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum KernelError {
    /// The user stopped the cell.
    #[error("Interrupted")]
    #[diagnostic(code(kernel::interrupted))]
    Interrupted,
}
