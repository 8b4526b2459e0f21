//! Work of a magic on a warehouse: an interrupt cancels it, and a bar appears when it takes long.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use synthbook_agents::warehouse::Request;
use synthbook_synth::ProgressSink;

use crate::magic::Context;
use crate::watch;

/// Runs a query; one that takes long shows how long and how many rows have come.
pub(super) fn watched<T, E>(
    title: &str,
    request: &Request,
    context: &Context<'_>,
    work: impl FnOnce(&Request) -> Result<T, E>,
) -> Result<T, E> {
    let bar = context.progress(title);
    let rows = Arc::clone(&request.progress);
    let tell = |elapsed| bar.update(None, &watch::so_far(elapsed, rows.load(Ordering::Relaxed)));
    let result = watch::watched(&context.cancel, &request.cancel, tell, || work(request));
    bar.finish_with(&result);
    result
}
