//! The retail load from The Complete Journey, killed and repeated, and the checks of what it loaded.

mod full;
mod kill;
mod quality;
mod repeat;
pub(crate) mod source;
