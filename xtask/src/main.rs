//! Set-up.
fn main(){}
