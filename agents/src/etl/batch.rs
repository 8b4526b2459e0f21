//! Batches made by hand, from columns with names.

use arrow_array::{ArrayRef, RecordBatch};

use crate::AgentsError;

/// A batch of these columns.
pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, AgentsError> {
    RecordBatch::try_from_iter(columns).map_err(|error| AgentsError::Internal { what: error.to_string() })
}
