//! `%etl run`: loads the retail warehouse, or brings it up to its source.

use synthbook_agents::etl::retail::{Options, Source, run as load};
use synthbook_agents::warehouse::Warehouse;

use super::{name, show};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};
use crate::report;
use crate::warehouses;

/// Loads. The kernel's own hands on the file are taken off it for so long.
pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = name(arguments, context);
    let session = context.session;
    let source = match arguments.get("--source") {
        Some(word) => Source::folder(context.path(&word.text)),
        None => Source::folder(session.paths().demo_data().join("complete_journey")),
    };
    let bar = context.progress("Loading");
    let load_into = |warehouse: &dyn Warehouse| {
        load(warehouse, &source, &Options::default(), &bar.handle()).map_err(KernelError::foreign)
    };
    let place = session.place_of(&name).map_err(|error| match arguments.get("--connection|-c") {
        Some(word) => error.at(word.span.clone()),
        None => error,
    })?;
    let outcome = match place.file.clone() {
        Some(file) if !place.write => session
            .released(&file, || load_into(warehouses::open(&place.for_changes(), session.paths(), None)?.as_ref())),
        _ => load_into(session.connection(Some(&name))?.warehouse.as_ref()),
    };
    bar.finish_with(&outcome);
    let report = outcome?;
    context.say(&report::run_line(&report));
    show(&report, &report::run_table(&report)?, arguments, call, context)
}
