//! How the value of a cell's trailing expression is shown, and the registry of renderers.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt::{self, Debug, Write as _};
use std::sync::{LazyLock, PoisonError, RwLock};

use crate::bundle::Bundle;
use crate::display::{DisplayHandle, show};
use crate::publish::Published;
use crate::rich::{Audio, Html, Jpeg, Json, Latex, Markdown, Png, Rich, Svg, Text, Vega};
use crate::table::Table;

/// The text of a value is cut here, in bytes: a notebook that holds more can't be opened.
const LONGEST_TEXT: usize = 256 << 10;

type Renderer = Box<dyn Fn(&dyn Any) -> Option<Bundle> + Send + Sync>;

static RENDERERS: LazyLock<RwLock<HashMap<TypeId, Renderer>>> = LazyLock::new(|| RwLock::new(built_in()));

/// Shows the value of a cell's trailing expression. The evaluator compiles `(expression).evcxr_display()`: an inherent
/// method of that name wins, then comes this one, and a value that borrows or has no `Debug` is left to the evaluator.
pub trait CellDisplay {
    /// Shows the value as the cell's result: by its registered renderer, else by `{:?}`. `()` shows nothing.
    fn evcxr_display(&self);
}

impl<T: Debug + 'static> CellDisplay for T {
    fn evcxr_display(&self) {
        show_result(&render(self));
    }
}

/// Decides how values of a type are shown from now on, as results and by `display(&value)`.
///
/// ```
/// use synthbook::{Bundle, register_renderer};
///
/// #[derive(Debug)]
/// struct Degrees(f64);
///
/// register_renderer(|degrees: &Degrees| Bundle::text(format!("{:.1} °C", degrees.0)));
/// ```
pub fn register_renderer<T: 'static>(renderer: fn(&T) -> Bundle) {
    let mut renderers = RENDERERS.write().unwrap_or_else(PoisonError::into_inner);
    renderers.insert(TypeId::of::<T>(), boxed(renderer));
}

/// Shows a bundle as the cell's result: for displays of types without `Debug`.
pub fn show_result(bundle: &Bundle) {
    show("result", bundle, None);
}

/// A value in all its representations.
pub(crate) fn render<T: Debug + 'static>(value: &T) -> Bundle {
    let any: &dyn Any = value;
    let renderers = RENDERERS.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(bundle) = renderers.get(&TypeId::of::<T>()).and_then(|renderer| renderer(any)) {
        return bundle;
    }
    drop(renderers);
    Bundle::text(debug_text(value))
}

/// `{:?}`, cut where it gets too long; formatting stops there.
fn debug_text(value: &dyn Debug) -> String {
    let mut text = Limited { text: String::new() };
    if write!(text, "{value:?}").is_err() {
        let _ = write!(text.text, "… (the rest of the text is left out)");
    }
    text.text
}

struct Limited {
    text: String,
}

impl fmt::Write for Limited {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = LONGEST_TEXT.saturating_sub(self.text.len());
        if part.len() <= room {
            self.text.push_str(part);
            return Ok(());
        }
        let cut = (0..=room).rev().find(|&at| part.is_char_boundary(at)).unwrap_or(0);
        self.text.push_str(&part[..cut]);
        Err(fmt::Error)
    }
}

fn boxed<T: 'static>(renderer: fn(&T) -> Bundle) -> Renderer {
    Box::new(move |value| value.downcast_ref::<T>().map(renderer))
}

fn built_in() -> HashMap<TypeId, Renderer> {
    fn rich<T: Rich + 'static>() -> (TypeId, Renderer) {
        (TypeId::of::<T>(), boxed(T::bundle))
    }
    HashMap::from([
        rich::<Bundle>(),
        rich::<Html>(),
        rich::<Markdown>(),
        rich::<Latex>(),
        rich::<Svg>(),
        rich::<Png>(),
        rich::<Jpeg>(),
        rich::<Json>(),
        rich::<Text>(),
        rich::<Vega>(),
        rich::<Audio>(),
        rich::<Table>(),
        rich::<Published>(),
        rich::<String>(),
        (TypeId::of::<&'static str>(), boxed(|text: &&'static str| Bundle::text(*text))),
        (TypeId::of::<()>(), boxed(|(): &()| Bundle::new())),
        (TypeId::of::<DisplayHandle>(), boxed(|_: &DisplayHandle| Bundle::new())),
    ])
}
