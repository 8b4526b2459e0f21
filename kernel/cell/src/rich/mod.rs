//! Values that show as more than text.

mod audio;
mod image;
mod markup;
mod structured;

pub use audio::Audio;
pub use image::{Jpeg, Png};
pub use markup::{Html, Latex, Markdown, Svg, Text};
pub use structured::{Json, Vega};

use crate::bundle::Bundle;

/// A value that knows its representations. Implement it for a type of your own to `display` it richly:
///
/// ```
/// use synthbook::{Bundle, Rich, display};
///
/// struct Traffic(bool);
///
/// impl Rich for Traffic {
///     fn bundle(&self) -> Bundle {
///         let colour = if self.0 { "green" } else { "red" };
///         Bundle::text(colour).with("text/html", format!("<b style='color:{colour}'>●</b>"))
///     }
/// }
///
/// display(Traffic(true));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be displayed by value",
    note = "pass a reference: display(&value); its type needs #[derive(Debug)]"
)]
pub trait Rich {
    /// The value in all its representations.
    fn bundle(&self) -> Bundle;
}

impl Rich for Bundle {
    fn bundle(&self) -> Bundle {
        self.clone()
    }
}

impl Rich for String {
    fn bundle(&self) -> Bundle {
        Bundle::text(self.as_str())
    }
}

macro_rules! shown_by_debug {
    ($($type:ty),*) => { $(
        impl Rich for $type {
            fn bundle(&self) -> Bundle {
                Bundle::text(format!("{self:?}"))
            }
        }
    )* };
}

shown_by_debug!(bool, char, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64);

impl<T: std::fmt::Debug> Rich for Vec<T> {
    fn bundle(&self) -> Bundle {
        Bundle::text(format!("{self:?}"))
    }
}

impl<T: std::fmt::Debug> Rich for Option<T> {
    fn bundle(&self) -> Bundle {
        Bundle::text(format!("{self:?}"))
    }
}
