//! Showing things while a cell runs: displays, updates of displays, clearing.

use std::fmt::Debug;

use serde_json::json;

use crate::bundle::Bundle;
use crate::error::CellError;
use crate::events;
use crate::result::render;
use crate::rich::Rich;

/// What [`display`] takes: rich values, text and numbers by value, and a reference to anything with `Debug`.
///
/// The parameter tells the implementations apart and is always inferred. A crate that has types of another crate to
/// show implements the trait with a parameter of its own, `impl Show<Mine> for TheirType`, and registers a renderer
/// ([`crate::register_renderer`]) for references and for trailing expressions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be displayed by value",
    note = "pass a reference: display(&value); its type needs #[derive(Debug)]"
)]
pub trait Show<By> {
    /// The value in all its representations.
    fn to_bundle(&self) -> Bundle;
}

/// Tells that a value is shown as [`Rich`].
#[derive(Debug)]
pub enum AsRich {}

/// Tells that a value is shown by its reference, through the registered renderers or `Debug`.
#[derive(Debug)]
pub enum AsReference {}

/// Tells that a value is shown as its text.
#[derive(Debug)]
pub enum AsText {}

impl<T: Rich> Show<AsRich> for T {
    fn to_bundle(&self) -> Bundle {
        self.bundle()
    }
}

impl<T: Debug + 'static> Show<AsReference> for &T {
    fn to_bundle(&self) -> Bundle {
        render(*self)
    }
}

impl Show<AsText> for &str {
    fn to_bundle(&self) -> Bundle {
        Bundle::text(*self)
    }
}

/// Shows a value below the cell, at once and in the order of the cell's prints.
///
/// ```
/// use synthbook::prelude::*;
///
/// display(Html("<b>done</b>"));
/// display(&vec![1, 2, 3]);
/// ```
#[expect(clippy::needless_pass_by_value, reason = "display(Html(…)) reads best, and references are taken too")]
pub fn display<T: Show<By>, By>(value: T) {
    show("display", &value.to_bundle(), None);
}

/// Shows a value under an identifier, so that it can be replaced later, also from another cell.
///
/// ```
/// use synthbook::prelude::*;
///
/// let status = display_id("status", Html("<i>working</i>"));
/// status.update(Html("<b>done</b>"));
/// ```
#[expect(clippy::needless_pass_by_value, reason = "display(Html(…)) reads best, and references are taken too")]
pub fn display_id<T: Show<By>, By>(id: impl Into<String>, value: T) -> DisplayHandle {
    let id = id.into();
    show("display", &value.to_bundle(), Some(&id));
    DisplayHandle { id }
}

/// Removes what the running cell has shown; with `wait`, only when the next output comes.
pub fn clear_output(wait: bool) {
    match events::send(&json!({"event": "clear", "wait": wait})) {
        Ok(()) | Err(CellError::NoKernel) => {}
        Err(error) => complain(&error),
    }
}

/// A display that can be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayHandle {
    id: String,
}

impl DisplayHandle {
    /// The display's identifier.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Shows another value in the place of this one, wherever it is shown.
    #[expect(clippy::needless_pass_by_value, reason = "display(Html(…)) reads best, and references are taken too")]
    pub fn update<T: Show<By>, By>(&self, value: T) {
        show("update", &value.to_bundle(), Some(&self.id));
    }
}

/// Sends a bundle to the kernel; where there is none, prints its text.
pub(crate) fn show(event: &str, bundle: &Bundle, id: Option<&str>) {
    if bundle.is_empty() {
        return;
    }
    match events::send(&events::shown(event, bundle, id)) {
        Ok(()) => {}
        Err(CellError::NoKernel) => println!("{}", plain(bundle)),
        Err(error) => {
            complain(&error);
            println!("{}", plain(bundle));
        }
    }
}

/// A bundle's text, or the names of what it holds.
fn plain(bundle: &Bundle) -> String {
    bundle.get("text/plain").map_or_else(
        || format!("<{}>", bundle.data.keys().map(String::as_str).collect::<Vec<_>>().join(", ")),
        str::to_owned,
    )
}

fn complain(error: &CellError) {
    eprintln!("{error}");
}
