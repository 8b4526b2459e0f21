//! One kernel's session: what magics, cells and the protocol share while the kernel lives.

use std::sync::Arc;

use crate::evaluator::Evaluator;

/// The state that the parts of one kernel share.
pub struct Session {
    /// The language behind cells.
    pub evaluator: Arc<dyn Evaluator>,
}
