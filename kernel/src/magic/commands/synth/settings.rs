//! The body of `%%synth`: arguments and settings as TOML, for calls that are too long for a line.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::error::KernelError;
use crate::magic::{Arguments, Call, Word};

/// The table that holds the settings of the synthesizer or augmenter.
const SETTINGS: &str = "settings";

/// Reads the body, where there is one: keys are the arguments' names, `[settings]` holds `KEY=` ones.
pub(super) fn read(arguments: &mut Arguments, call: &Call) -> Result<(), KernelError> {
    let Some(body) = &call.body else { return Ok(()) };
    let shift = call.body_span.start;
    let place = |span: Range<usize>| shift + span.start..shift + span.end;
    let document = DeTable::parse(body).map_err(|error| {
        let span = error.span().map_or(call.body_span.clone(), place);
        let expected = format!("TOML ({})", error.message().lines().next().unwrap_or("it can't be read"));
        wrong("the cell's body", &expected, "other text", "write key = value, texts in quotes").at(span)
    })?;
    for (key, value) in document.get_ref() {
        let word = Word { text: key.get_ref().to_string(), span: place(key.span()), quoted: false };
        if let (SETTINGS, DeValue::Table(settings)) = (word.text.as_str(), value.get_ref()) {
            for (key, value) in settings {
                let key = Word { text: key.get_ref().to_string(), span: place(key.span()), quoted: false };
                let value = written(&key, value.get_ref(), place(value.span()))?;
                arguments.give_setting(key, value)?;
            }
        } else {
            let value = written(&word, value.get_ref(), place(value.span()))?;
            arguments.give(&word, value)?;
        }
    }
    Ok(())
}

/// A value as it would be typed on a line; several are separated by commas.
fn written(key: &Word, value: &DeValue<'_>, span: Range<usize>) -> Result<Word, KernelError> {
    let text = plain(value).or_else(|| {
        let parts = value.as_array()?.iter().map(|part| plain(part.get_ref())).collect::<Option<Vec<_>>>()?;
        Some(parts.join(","))
    });
    let Some(text) = text else {
        let help = "settings of the method go under [settings]";
        let expected = "a text, a number, true, false or a list of them";
        return Err(wrong(&key.text, expected, value.type_str(), help).at(span));
    };
    Ok(Word { text, span, quoted: true })
}

fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(truth) => Some(truth.to_string()),
        DeValue::Datetime(moment) => Some(moment.to_string()),
        _ => None,
    }
}

fn wrong(argument: &str, expected: &str, value: &str, help: &str) -> KernelError {
    KernelError::BadValue {
        argument: argument.to_owned(),
        expected: expected.to_owned(),
        value: value.to_owned(),
        help: help.to_owned(),
    }
}
