//! polars as cells see it: all of it, and with its prelude the display of lazy frames.

#[doc(no_inline)]
pub use ::polars::*;

/// polars' prelude, and the display of lazy frames.
pub mod prelude {
    #[doc(no_inline)]
    pub use ::polars::prelude::*;

    pub use crate::show::LazyDisplay;
}
