//! `%load`: a frame from a file.

use crate::data::{self, Format, LoadOptions, find_source, parse_type};
use crate::display::{group_digits, table_bundle};
use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind};

/// The magic.
pub(in crate::magic) struct Load;

const SPEC: MagicSpec = MagicSpec {
    name: "load",
    kind: MagicKind::Line,
    summary: "Loads a CSV, TSV, Parquet, Arrow, JSON lines or JSON file as a frame.",
    arguments: &[
        Argument::required(
            "FILE",
            ValueKind::Path,
            "The file, or demo:SET/TABLE for the demo data; .gz and .zst are unpacked.",
        ),
        Argument::optional("--as|-a", ValueKind::NewFrame, "The frame's name; the file's without it."),
        Argument::optional("--format|-f", ValueKind::Choice(Format::NAMES), "The format, if the suffix does not tell."),
        Argument::optional(
            "--delimiter|-d",
            ValueKind::Text,
            "What separates fields: one character or tab; recognised without it.",
        ),
        Argument::optional(
            "--encoding|-e",
            ValueKind::Text,
            "The text encoding; UTF-8, UTF-16 and Latin-1 are recognised.",
        ),
        Argument::optional("--types|-t", ValueKind::Text, "Types of columns, as NAME=TYPE,…; inferred without it."),
        Argument::optional(
            "--null",
            ValueKind::Text,
            "A text that stands for a missing value, besides the empty one; may be repeated.",
        ),
        Argument::optional("--rows|-n", ValueKind::Integer, "Only the first rows."),
        Argument::optional("--no-header", ValueKind::Switch, "The first line holds data, not names."),
        Argument::optional("--no-dates", ValueKind::Switch, "Keeps text that looks like dates as text."),
        Argument::optional("--truncate-ragged", ValueKind::Switch, "Drops fields beyond the header's."),
        Argument::optional(
            "--ignore-errors",
            ValueKind::Switch,
            "Makes values that don't fit their column's type null.",
        ),
        Argument::optional("--quiet|-q", ValueKind::Switch, "Does not show the frame."),
    ],
    examples: &[
        "%load people.csv --as guests",
        "%load demo:shop/orders",
        "%load people.csv --types age=float --null NA -n 5 -q",
    ],
};

impl Magic for Load {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let file = arguments.need("FILE", call)?;
        let options = options(&arguments)?;
        let session = context.session;
        let source = find_source(&file.text, session.paths(), |path| session.resolve(path));
        let source = source.map_err(|error| error.at(file.span.clone()))?;
        let name = arguments.text("--as|-a").map_or_else(|| source.frame_name(), str::to_owned);
        let loaded = data::load(&source, &options).map_err(|error| error.at(file.span.clone()))?;
        context.check()?;
        let info = session.frames.publish(&name, &loaded.frame, &call.title())?;
        for note in &loaded.notes {
            context.say(&format!("note: {note}"));
        }
        let columns = info.columns.len();
        context.say(&format!(
            "Frame {name}: {} rows, {columns} {}",
            group_digits(info.rows),
            if columns == 1 { "column" } else { "columns" }
        ));
        if !arguments.has("--quiet|-q") {
            context.out.display(table_bundle(&loaded.frame, &session.settings().table()));
        }
        Ok(())
    }
}

fn options(arguments: &Arguments) -> Result<LoadOptions, KernelError> {
    let mut options = LoadOptions {
        format: arguments.text("--format|-f").and_then(Format::from_name),
        encoding: arguments.text("--encoding|-e").map(str::to_owned),
        header: !arguments.has("--no-header"),
        truncate_ragged: arguments.has("--truncate-ragged"),
        ignore_errors: arguments.has("--ignore-errors"),
        keep_dates_as_text: arguments.has("--no-dates"),
        rows: arguments.integer("--rows|-n")?,
        null_values: arguments.all("--null").into_iter().map(|word| word.text.clone()).collect(),
        ..LoadOptions::default()
    };
    if let Some(word) = arguments.get("--delimiter|-d") {
        let delimiter = match word.text.as_str() {
            "tab" | "\\t" | "\t" => Some(b'\t'),
            text => text
                .bytes()
                .next()
                .filter(|byte| text.len() == 1 && byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r')),
        };
        options.delimiter = Some(delimiter.ok_or_else(|| {
            KernelError::BadValue {
                argument: "--delimiter".to_owned(),
                expected: "one ASCII character or tab".to_owned(),
                value: word.text.clone(),
                help: "for example --delimiter ';'".to_owned(),
            }
            .at(word.span.clone())
        })?);
    }
    for word in arguments.all("--types|-t") {
        for pair in word.text.split(',').filter(|pair| !pair.is_empty()) {
            let (column, kind) = pair.rsplit_once('=').or_else(|| pair.rsplit_once(':')).unwrap_or((pair, ""));
            let kind = parse_type(kind.trim()).map_err(|error| error.at(word.span.clone()))?;
            options.types.push((column.trim().to_owned(), kind));
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn loads_and_names() {
        let kernel = TestSession::with_examples();
        let text = kernel.text("%load people.csv");
        assert!(text.contains("Frame people: 60 rows, 5 columns"), "{text}");
        let _ = kernel.text("%load people.csv --as größe -q");
        assert_eq!(kernel.session.frames.info("größe").unwrap().created_by, "%load people.csv --as größe -q");
        assert!(kernel.text("%load demo:shop/orders").contains("Frame orders"));
    }

    #[test]
    fn mistakes_point_at_their_words() {
        let kernel = TestSession::with_examples();
        let error = kernel.error("%load poeple.csv");
        assert_eq!(error.ename, "data::not_found");
        assert!(error.traceback.join("\n").contains("did you mean people.csv?"));
        assert_eq!(kernel.error("%load https://user:pw@host/a.csv?token=x").ename, "data::no_network");
        let text = kernel.error("%load https://user:pw@host/a.csv?token=x");
        assert!(!text.evalue.contains("pw") && !text.evalue.contains("token"), "{}", text.evalue);
        assert_eq!(kernel.error("%load demo:shop/order").ename, "data::no_demo");
        assert_eq!(kernel.error("%load demo:../people").ename, "data::no_demo");
        assert_eq!(kernel.error("%load people.csv --types age=colour").ename, "magic::bad_value");
        assert_eq!(kernel.error("%load people.csv -d ab").ename, "magic::bad_value");
        assert_eq!(kernel.session.frames.names(), ["people"]);
    }
}
