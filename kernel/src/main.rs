//! The program `synthbook`: the kernel that Jupyter starts, and the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    synthbook_kernel::early_hooks();
    synthbook_kernel::cli::main()
}
