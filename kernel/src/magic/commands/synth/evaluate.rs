//! `%synth evaluate` and `%synth report`: how a synthetic frame compares with the real one, as a table or as a page.

use synthbook_synth::{Evaluation, Report};

use super::{metadata_of, most_rows, seed, show, target};
use crate::data::{save_text, spread};
use crate::display::{Bundle, escape_html, report_table};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context, Word};

pub(super) fn evaluate(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let report = judged(arguments, call, context)?;
    if arguments.has("--json") {
        show_json(&report, context);
        return Ok(());
    }
    context.say(&report.verdict().to_string());
    show(&report_table(&report)?, context);
    Ok(())
}

pub(super) fn report(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let report = judged(arguments, call, context)?;
    if arguments.has("--json") {
        show_json(&report, context);
        return Ok(());
    }
    // A frame of its own, so that the page's style and the notebook's stay apart.
    let page = escape_html(&report.to_html());
    let html = format!(
        "<iframe srcdoc=\"{page}\" title=\"Report\" sandbox style=\"width:100%;height:760px;border:1px solid \
         var(--jp-border-color2,#ccc)\"></iframe>"
    );
    context.out.display(Bundle::html(html, report.verdict().to_string()));
    Ok(())
}

fn show_json(report: &Report, context: &Context<'_>) {
    let json = report.to_json();
    let text = serde_json::to_string_pretty(&json).unwrap_or_default();
    context.out.display(Bundle::text(text).with("application/json", json));
}

fn judged(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<Report, KernelError> {
    let name = arguments.need("--real", call)?;
    let (most, seed) = (most_rows(arguments)?, seed(arguments)?);
    let open = |word: &Word| spread(&context.frame(word)?, most, seed);
    let real = open(name)?;
    let synthetic = open(arguments.need("--synthetic", call)?)?;
    let holdout = arguments.get("--holdout").map(open).transpose()?;
    let metadata = metadata_of(arguments, &real, context)?;
    let mut evaluation = Evaluation::new(&real, &synthetic, &metadata).seed(seed);
    if let Some(holdout) = &holdout {
        evaluation = evaluation.holdout(holdout);
    }
    if let Some(target) = target(arguments, &real, &name.text)? {
        evaluation = evaluation.target(target);
    }
    let progress = context.progress("Evaluating");
    let report = evaluation.run(&progress.handle());
    progress.finish_with(&report);
    let report = report.map_err(KernelError::foreign)?;
    if let Some(file) = arguments.get("--html") {
        save_text(&report.to_html(), &context.path(&file.text)).map_err(|error| error.at(file.span.clone()))?;
        context.say(&format!("Wrote {}", file.text));
    }
    Ok(report)
}
