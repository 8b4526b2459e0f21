//! `%synth package`: a folder that a training job can take, with a data card.

use polars::prelude::df;
use synthbook_synth::{Metadata, Package, SampleRequest, Shares};

use super::{condition, metadata_of, seed, seed_number, show, target};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context};

pub(super) fn run(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let folder = arguments.need("FILE", call)?;
    let session = context.session;
    let seed = seed(arguments)?;
    let shares = match arguments.get("--split") {
        None => Shares::default(),
        Some(word) => Shares::parse(&word.text).map_err(|error| KernelError::foreign(error).at(word.span.clone()))?,
    };
    let real = arguments.get("--real").map(|word| context.frame(word)).transpose()?;
    let holdout = arguments.get("--holdout").map(|word| context.frame(word)).transpose()?;
    let progress = context.progress(&format!("Packaging {}", name.text));
    let model = session.model(&name.text).ok();
    let (table, metadata) = if let Some(model) = &model {
        let mut request = SampleRequest::rows(arguments.integer("--rows|-n")?.unwrap_or(model.rows()));
        if let Some(condition) = condition(arguments)? {
            request = request.given(condition);
        }
        let table = model.sample(&request, seed, &progress.handle());
        if table.is_err() {
            progress.finish_with(&table);
        }
        let metadata: Metadata = match arguments.get("--metadata") {
            Some(_) => metadata_of(arguments, &model.empty().map_err(KernelError::foreign)?, context)?,
            None => model.metadata().clone(),
        };
        (table.map_err(KernelError::foreign)?, metadata)
    } else {
        let frame = context.frame(name)?;
        let metadata = metadata_of(arguments, real.as_ref().unwrap_or(&frame), context)?;
        (frame, metadata)
    };
    let path = context.path(&folder.text);
    let title = path.file_name().map_or_else(|| name.text.clone(), |last| last.to_string_lossy().into_owned());
    let origin = session.origin(&name.text);
    let package = Package {
        target: target(arguments, &table, &name.text)?,
        shares,
        origin: origin.as_ref(),
        sample_seed: model.is_some().then_some(seed_number(arguments)?),
        condition: arguments.text("--where").filter(|_| model.is_some()).map(str::to_owned),
        real: real.as_ref(),
        holdout: holdout.as_ref(),
        intended_use: arguments.text("--use").map(str::to_owned),
        ..Package::new(&title, &table, &metadata)
    };
    let packaged = package.write(&path, seed, &progress.handle());
    progress.finish_with(&packaged);
    let packaged = packaged.map_err(|error| KernelError::foreign(error).at(folder.span.clone()))?;
    if let Some(report) = &packaged.report {
        context.say(&report.verdict().to_string());
    }
    context.say(&format!("Packaged in {}", folder.text));
    let names: Vec<&str> = packaged.files.iter().map(|file| file.name.as_str()).collect();
    let rows: Vec<Option<u64>> = packaged.files.iter().map(|file| file.rows.map(|rows| rows as u64)).collect();
    let bytes: Vec<u64> = packaged.files.iter().map(|file| file.bytes).collect();
    show(&df!("file" => names, "rows" => rows, "bytes" => bytes)?, context);
    Ok(())
}
