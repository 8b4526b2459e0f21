//! How rows are loaded into a table.

/// What becomes of a table that rows are loaded into. Either all rows are in it afterwards, or nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// The table is made from the rows' columns; it must not be there yet.
    Create,
    /// The rows are added to a table that is there; columns are matched by name, those not given are null or default.
    Append,
    /// The table is made from the rows' columns; one that is there gives way.
    Replace,
}
