//! Work of a magic on a warehouse: an interrupt cancels it, and a bar appears when it takes long.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use synthbook_agents::warehouse::{Cancel, Request};
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

/// Runs other work with a switch that an interrupt throws; it shows how long it takes when it takes long.
pub(super) fn cancellable<T, E>(
    title: &str,
    context: &Context<'_>,
    work: impl FnOnce(&Cancel) -> Result<T, E>,
) -> Result<T, E> {
    let bar = context.progress(title);
    let cancel = Cancel::new();
    let tell = |elapsed| bar.update(None, &watch::so_far(elapsed, 0));
    let result = watch::watched(&context.cancel, &cancel, tell, || work(&cancel));
    bar.finish_with(&result);
    result
}
