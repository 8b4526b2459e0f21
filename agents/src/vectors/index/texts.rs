//! Documents made of frames and of a notebook's cells.

use std::collections::BTreeSet;

use polars::prelude::{AnyValue, DataFrame, DataType};
use serde_json::{Number, Value};

use super::Document;
use crate::vectors::{Payload, VectorError};

/// How many characters of a value of another column a filter may ask.
const LONGEST: usize = 1000;

/// The rows of a frame: the text of some columns, the values of others for filters, and a key.
///
/// The key is the row's number, from 0, unless a column is named. Rows without any text are left out; several text
/// columns are joined by a line break.
///
/// # Errors
///
/// When a column is not there, a text column is no text, or a key is missing or there twice.
pub fn frame_documents(
    frame: &DataFrame,
    source: &str,
    text: &[&str],
    payload: &[&str],
    key: Option<&str>,
) -> Result<Vec<Document>, VectorError> {
    let wrong = |key: String, what| VectorError::Document { key, what };
    let column = |name: &&str| frame.column(name).map_err(|_| wrong((*name).to_owned(), "there is no such column"));
    let texts = text.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    let is_text = |kind: &DataType| {
        matches!(kind, DataType::String | DataType::Categorical(..) | DataType::Enum(..) | DataType::Null)
    };
    if let Some(other) = texts.iter().find(|column| !is_text(column.dtype())) {
        return Err(wrong(other.name().to_string(), "the column holds no text"));
    }
    let fields = payload.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    let keys = key.as_ref().map(column).transpose()?;
    let (mut documents, mut seen) = (Vec::with_capacity(frame.height()), BTreeSet::new());
    for row in 0..frame.height() {
        let at = |column: &polars::prelude::Column| column.get(row).map_or(Value::Null, json);
        let lines: Vec<String> = texts.iter().filter_map(|column| plain(&at(column))).collect();
        let text = lines.join("\n");
        if text.trim().is_empty() {
            continue;
        }
        let key = match keys {
            None => row.to_string(),
            Some(keys) => plain(&at(keys)).ok_or_else(|| wrong(format!("of row {row}"), "it has no key"))?,
        };
        let payload = fields.iter().map(|column| (column.name().to_string(), short(at(column))));
        let payload: Payload = payload.filter(|(_, value)| !value.is_null()).collect();
        if keys.is_some() && !seen.insert(key.clone()) {
            return Err(wrong(key, "its key is there twice"));
        }
        documents.push(Document {
            key: format!("{source}/{key}"),
            text: text.replace('\0', " "),
            payload,
            source: source.to_owned(),
        });
    }
    Ok(documents)
}

/// The past cells of notebooks: each has a key and what was typed. Empty ones are left out.
#[must_use]
pub fn cell_documents<'a>(source: &str, cells: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Document> {
    let written = cells.into_iter().filter(|(_, text)| !text.trim().is_empty());
    let document = |(key, text): (&str, &str)| Document {
        key: format!("{source}/{key}"),
        text: text.replace('\0', " "),
        payload: Payload::from_iter([("kind".to_owned(), Value::from("cell"))]),
        source: source.to_owned(),
    };
    written.map(document).collect()
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A cell of a frame as JSON: dates and times as text, what is not finite as null.
fn json(value: AnyValue<'_>) -> Value {
    match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(flag) => flag.into(),
        AnyValue::String(text) => text.into(),
        AnyValue::StringOwned(text) => text.as_str().into(),
        AnyValue::Float32(number) => Number::from_f64(f64::from(number)).map_or(Value::Null, Value::Number),
        AnyValue::Float64(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        other if other.is_unsigned_integer() => other.extract::<u64>().map_or(Value::Null, Value::from),
        other if other.is_integer() => other.extract::<i64>().map_or(Value::Null, Value::from),
        other => match other.get_str() {
            Some(text) => text.into(),
            None => other.to_string().into(),
        },
    }
}

fn short(value: Value) -> Value {
    match value {
        Value::String(text) => match text.char_indices().nth(LONGEST) {
            Some((end, _)) => text[..end].into(),
            None => Value::String(text),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;

    #[test]
    fn rows_become_documents_with_their_other_values() {
        let frame = df!(
            "id" => [10_i64, 11, 12],
            "name" => [Some("Milk"), None, Some("Rye bread")],
            "price" => [1.5, 2.0, f64::NAN],
            "fresh" => [true, false, true],
        )
        .unwrap();
        let documents = frame_documents(&frame, "food", &["name"], &["price", "fresh"], Some("id")).unwrap();
        assert_eq!(documents.len(), 2);
        assert_eq!((documents[0].key.as_str(), documents[0].text.as_str()), ("food/10", "Milk"));
        assert_eq!(Value::Object(documents[0].payload.clone()), serde_json::json!({"price": 1.5, "fresh": true}));
        assert_eq!(Value::Object(documents[1].payload.clone()), serde_json::json!({"fresh": true}));
        let numbered = frame_documents(&frame, "food", &["name"], &[], None).unwrap();
        assert_eq!(numbered[1].key, "food/2");
    }

    #[test]
    fn what_can_not_be_indexed_is_said() {
        let frame = df!("id" => [1_i64, 1], "name" => ["a", "b"]).unwrap();
        for (text, payload, key) in
            [("nothing", "id", None), ("name", "nothing", None), ("id", "id", None), ("name", "id", Some("id"))]
        {
            let error = frame_documents(&frame, "f", &[text], &[payload], key).unwrap_err();
            assert!(matches!(error, VectorError::Document { .. }), "{error:?}");
        }
        assert!(frame_documents(&frame.clear(), "f", &["name"], &[], None).unwrap().is_empty());
    }

    #[test]
    fn cells_with_nothing_in_them_are_left_out() {
        let documents = cell_documents("notebook", [("1", "let x = 1;"), ("2", "  ")]);
        assert_eq!((documents.len(), documents[0].key.as_str()), (1, "notebook/1"));
    }
}
