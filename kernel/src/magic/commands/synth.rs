//! `%synth`: fits a model of a frame, samples it, evaluates the sample.

use std::sync::Arc;

use synthbook_synth::{Metadata, Model, SampleRequest, Seed, evaluate, find, synthesizers};

use crate::data::find_source;
use crate::display::{Bundle, TableOptions, group_digits, table_bundle};
use crate::engine::Completion;
use crate::error::KernelError;
use crate::magic::complete::item;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};
use crate::session::Session;

/// The magic.
pub(in crate::magic) struct Synth;

const ACTIONS: &[&str] = &["fit", "sample", "evaluate", "save", "load"];

const SPEC: MagicSpec = MagicSpec {
    name: "synth",
    kind: MagicKind::Line,
    summary: "Fits a model of a frame, samples synthetic rows from it, evaluates them, saves and loads models.",
    arguments: &[
        Argument::required("ACTION", ValueKind::Choice(ACTIONS), "What to do."),
        Argument::optional(
            "NAME",
            ValueKind::Text,
            "The frame to fit, the model to sample or save, or the file to load.",
        ),
        Argument::optional("FILE", ValueKind::Path, "The file to save to."),
        Argument::optional(
            "--as",
            ValueKind::NewFrame,
            "The name of the model that is fitted or loaded, or of the frame that is sampled.",
        ),
        Argument::optional("--method|-m", ValueKind::Text, "The synthesizer; gaussian_copula without it."),
        Argument::optional(
            "--metadata",
            ValueKind::Path,
            "A JSON file that says what the columns mean; recognised without it.",
        ),
        Argument::optional(
            "--rows|-n",
            ValueKind::Integer,
            "How many rows to sample; as many as were fitted without it.",
        ),
        Argument::optional("--seed", ValueKind::Integer, "The seed of all randomness; 0 without it."),
        Argument::optional("--real", ValueKind::Frame, "The real frame to evaluate against."),
        Argument::optional("--synthetic", ValueKind::Frame, "The synthetic frame to evaluate."),
        Argument::optional("--json", ValueKind::Switch, "Prints the evaluation as JSON."),
        Argument::optional("KEY=", ValueKind::Text, "A setting of the synthesizer."),
    ],
    examples: &[
        "%synth fit people --as twin --seed 7",
        "%synth sample twin -n 100 --as synthetic --seed 8",
        "%synth evaluate --real people --synthetic synthetic",
        "%synth save twin twin.model\n%synth load twin.model --as again",
    ],
};

impl Magic for Synth {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        match arguments.need("ACTION", call)?.text.as_str() {
            "fit" => fit(&arguments, call, context),
            "sample" => sample(&arguments, call, context),
            "evaluate" => score(&arguments, call, context),
            "save" => save(&arguments, call, context),
            _ => load(&arguments, call, context),
        }
    }

    fn complete(&self, call: &Call, cursor: usize, session: &Session) -> Vec<Completion> {
        let words: Vec<&str> = call.cell[call.line_span.start..cursor].split_whitespace().collect();
        let fresh = call.cell[..cursor].ends_with(char::is_whitespace);
        let complete = words.len() - usize::from(!fresh && !words.is_empty());
        let before = words.get(complete.wrapping_sub(1)).copied().unwrap_or("");
        match (complete, words.first().copied(), before) {
            (_, _, "--method" | "-m") => {
                synthesizers().iter().map(|method| item(method.name(), "keyword", Some(method.about()))).collect()
            }
            (1, Some("fit"), _) => crate::magic::complete::frames(session),
            (1, Some("sample" | "save"), _) => {
                session.model_names().iter().map(|name| item(name, "instance", Some("model"))).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn seed(arguments: &Arguments) -> Result<Seed, KernelError> {
    Ok(Seed::new(arguments.integer("--seed")?.unwrap_or(0) as u64))
}

fn fit(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let model_name = arguments.text("--as").map_or_else(|| format!("{}_model", name.text), str::to_owned);
    let frame = context.frame(name)?;
    let method = arguments.get("--method|-m");
    let mut synthesizer = find(method.map_or("gaussian_copula", |word| &word.text)).map_err(|error| {
        KernelError::foreign(error).at(method.map_or(call.name_span.clone(), |word| word.span.clone()))
    })?;
    for (key, value) in arguments.settings() {
        let set = synthesizer.set(&key.text, &value.text);
        set.map_err(|error| KernelError::foreign(error).at(key.span.start..value.span.end))?;
    }
    let metadata = match arguments.get("--metadata") {
        None => Metadata::detect(&frame).map_err(KernelError::foreign)?,
        Some(word) => Metadata::read(&context.path(&word.text))
            .map_err(|error| KernelError::foreign(error).at(word.span.clone()))?,
    };
    let progress = context.progress(&format!("Fitting {}", name.text));
    let model = synthesizer.fit(&frame, &metadata, seed(arguments)?, &progress.handle());
    progress.finish_with(&model);
    let model: Arc<dyn Model> = Arc::from(model.map_err(KernelError::foreign)?);
    let rows = group_digits(model.rows());
    context.say(&format!("Model {model_name}: {} fitted on {rows} rows of {}", model.synthesizer(), name.text));
    context.session.add_model(&model_name, model);
    Ok(())
}

fn sample(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let model = context.session.model(&name.text).map_err(|error| error.at(name.span.clone()))?;
    let frame_name = arguments.text("--as").map_or_else(|| format!("{}_sample", name.text), str::to_owned);
    let rows = arguments.integer("--rows|-n")?.unwrap_or(model.rows());
    let progress = context.progress(&format!("Sampling {}", name.text));
    let sampled = model.sample(&SampleRequest::rows(rows), seed(arguments)?, &progress.handle());
    progress.finish_with(&sampled);
    let frame = sampled.map_err(KernelError::foreign)?;
    context.session.frames.publish(&frame_name, &frame, &call.title())?;
    context.say(&format!("Frame {frame_name}: {} rows sampled from {}", group_digits(frame.height()), name.text));
    context.out.display(table_bundle(&frame, &context.session.settings().table()));
    Ok(())
}

fn score(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let real = context.frame(arguments.need("--real", call)?)?;
    let synthetic = context.frame(arguments.need("--synthetic", call)?)?;
    let metadata = Metadata::detect(&real).map_err(KernelError::foreign)?;
    let report = evaluate(&real, &synthetic, &metadata).map_err(KernelError::foreign)?;
    if arguments.has("--json") {
        let json = report.to_json();
        let text = serde_json::to_string_pretty(&json).unwrap_or_default();
        context.out.display(Bundle::text(text).with("application/json", json));
        return Ok(());
    }
    let overall = report.overall.map_or_else(|| "no score".to_owned(), |score| format!("{:.1} %", score * 100.0));
    context.say(&format!("Column shapes: {overall}"));
    let table = report.to_frame().map_err(KernelError::foreign)?;
    context.out.display(table_bundle(
        &table,
        &TableOptions { rows: 1000, quotes: false, ..context.session.settings().table() },
    ));
    Ok(())
}

fn save(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let name = arguments.need("NAME", call)?;
    let file = arguments.need("FILE", call)?;
    let model = context.session.model(&name.text).map_err(|error| error.at(name.span.clone()))?;
    model.save(&context.path(&file.text)).map_err(|error| KernelError::foreign(error).at(file.span.clone()))?;
    context.say(&format!("Wrote {}", file.text));
    Ok(())
}

fn load(arguments: &Arguments, call: &Call, context: &Context<'_>) -> Result<(), KernelError> {
    let file = arguments.need("NAME", call)?;
    let session = context.session;
    let source = find_source(&file.text, session.paths(), |path| session.resolve(path));
    let source = source.map_err(|error| error.at(file.span.clone()))?;
    let name = arguments.text("--as").map_or_else(|| source.frame_name(), str::to_owned);
    let model =
        synthbook_synth::load(&source.path).map_err(|error| KernelError::foreign(error).at(file.span.clone()))?;
    context.say(&format!("Model {name}: {}, fitted on {} rows", model.synthesizer(), group_digits(model.rows())));
    session.add_model(&name, Arc::from(model));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn fit_sample_evaluate_save_load() {
        let kernel = TestSession::with_examples();
        assert!(
            kernel
                .text("%synth fit people --as twin --seed 7")
                .contains("Model twin: gaussian_copula fitted on 60 rows")
        );
        assert!(kernel.text("%synth sample twin -n 200 --as s1 --seed 1").contains("200 rows"));
        let _ = kernel.text("%synth save twin twin.model\n%synth load twin.model --as again");
        let _ = kernel.text("%synth sample again -n 200 --as s2 --seed 1");
        let frames = &kernel.session.frames;
        assert!(frames.get("s1").unwrap().equals_missing(&frames.get("s2").unwrap()));
        assert_eq!(frames.get("s1").unwrap().schema(), frames.get("people").unwrap().schema());
        assert!(kernel.text("%synth evaluate --real people --synthetic s1").contains("Column shapes:"));
        assert!(kernel.text("%synth evaluate --real people --synthetic s1 --json").contains('{'));
    }

    #[test]
    fn mistakes_are_coded() {
        let kernel = TestSession::with_examples();
        assert_eq!(kernel.error("%synth grow people").ename, "magic::bad_value");
        assert_eq!(kernel.error("%synth fit").ename, "magic::missing_argument");
        assert_eq!(kernel.error("%synth fit poeple").ename, "frames::unknown");
        assert_eq!(kernel.error("%synth sample nothing").ename, "magic::unknown_model");
        assert!(kernel.error("%synth fit people --method magic").ename.starts_with("synth::"));
        assert!(kernel.error("%synth fit people nonsense=1").ename.starts_with("synth::"));
        assert_eq!(kernel.error("%synth evaluate --real people").ename, "magic::missing_argument");
        assert!(kernel.error("%synth load people.csv").ename.starts_with("synth::"));
    }
}
