//! `cargo xtask docs`: writes the documents that are generated from the registries.

use std::process::ExitCode;

use crate::context::Context;
use crate::error::Result;

/// Builds the kernel and lets it write its documents into `docs/`.
///
/// # Errors
///
/// When cargo or the kernel can't be started.
pub(crate) fn write(cx: &Context) -> Result<ExitCode> {
    let arguments = ["run", "--quiet", "--package", "synthbook-kernel", "--bin", "synthbook", "--", "docs", "--out"];
    let status = cx.cargo().args(arguments).arg(cx.paths.root.join("docs")).echo(|_| ())?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
