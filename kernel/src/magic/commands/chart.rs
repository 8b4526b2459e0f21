//! `%chart`: a frame as a chart.

use synthbook_charts::{ChartSpec, kinds, prepare};

use crate::display::chart_bundle;
use crate::engine::Completion;
use crate::error::KernelError;
use crate::magic::complete::item;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, Word};
use crate::session::Session;

/// The magic.
pub(in crate::magic) struct Chart;

const SPEC: MagicSpec = MagicSpec {
    name: "chart",
    kind: MagicKind::Line,
    summary: "Draws a frame; what is not said is chosen by the columns' types.",
    arguments: &[
        Argument::required("NAME", ValueKind::Frame, "The frame."),
        Argument::optional("KIND", ValueKind::Text, "histogram, bar, line or scatter."),
        Argument::optional("x=", ValueKind::Column, "The column along the horizontal axis."),
        Argument::optional("y=", ValueKind::Column, "The column along the vertical axis."),
        Argument::optional("color=", ValueKind::Column, "The column that colours the marks."),
        Argument::optional("title=", ValueKind::Text, "The title."),
        Argument::optional("KEY=", ValueKind::Text, "Other options of the kind, such as bins=20 or agg=mean."),
    ],
    examples: &[
        "%chart people",
        "%chart people histogram x=age",
        "%chart people bar x=city y=income title=\"Income by city\"",
        "%chart people line x=joined y=income",
        "%chart people scatter x=age y=income color=city",
    ],
};

impl Magic for Chart {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let frame = context.frame(arguments.need("NAME", call)?)?;
        let mut spec = ChartSpec { kind: arguments.text("KIND").map(str::to_owned), ..ChartSpec::default() };
        for (key, value) in arguments.settings() {
            spec.set(&key.text, &value.text).map_err(|error| KernelError::foreign(error).at(key.span.clone()))?;
        }
        let chart = prepare(&frame, &spec).map_err(|error| {
            let place = error.word().and_then(|word| place(&arguments, word));
            let error = KernelError::foreign(error);
            match place {
                Some(span) => error.at(span),
                None => error,
            }
        })?;
        context.out.display(chart_bundle(&chart));
        Ok(())
    }

    fn complete(&self, call: &Call, cursor: usize, _session: &Session) -> Vec<Completion> {
        let typed = &call.cell[call.line_span.start..cursor];
        let words: Vec<&str> = typed.split_whitespace().collect();
        let fresh = typed.ends_with(char::is_whitespace);
        let second = (words.len() == 1 && fresh) || (words.len() == 2 && !fresh && !words[1].contains('='));
        if !second {
            return Vec::new();
        }
        let channels = ["x=", "y=", "color=", "title="].map(|key| item(key, "property", None));
        kinds().iter().map(|kind| item(kind.name(), "keyword", Some(kind.summary()))).chain(channels).collect()
    }
}

/// Where the word that an error is about stands in the call.
fn place(arguments: &Arguments, word: &str) -> Option<std::ops::Range<usize>> {
    let of = |known: &Word| (known.text == word).then(|| known.span.clone());
    let settings = arguments.settings().iter();
    settings
        .clone()
        .find_map(|(key, value)| of(value).or_else(|| of(key)))
        .or_else(|| arguments.get("KIND").and_then(of))
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn one_bundle_for_every_page() {
        let kernel = TestSession::with_examples();
        let (collector, result) = kernel.run("%chart people histogram x=age title=\"A <b>title</b>\"");
        result.unwrap();
        let bundle = &collector.bundles()[0];
        assert!(bundle.data["application/vnd.vegalite.v5+json"]["$schema"].as_str().unwrap().contains("v5"));
        let svg = bundle.get("image/svg+xml").unwrap();
        assert!(svg.starts_with("<svg") && !svg.contains("<b>"));
        assert!(!bundle.get("text/plain").unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_coded_and_placed() {
        let kernel = TestSession::with_examples();
        let error = kernel.error("%chart people histogram x=agee");
        assert!(error.ename.starts_with("charts::"), "{}", error.ename);
        assert!(error.traceback.join("\n").contains("^^^^"), "{}", error.traceback.join("\n"));
        assert!(kernel.error("%chart people pie3d").ename.starts_with("charts::"));
        assert_eq!(kernel.error("%chart nobody").ename, "frames::unknown");
    }
}
