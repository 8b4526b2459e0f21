//! The names of a point's vectors, in both stores.

pub(in crate::vectors) const DENSE: &str = "dense";
pub(in crate::vectors) const SPARSE: &str = "sparse";
pub(in crate::vectors) const MULTI: &str = "multi";
