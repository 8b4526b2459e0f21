//! Metadata as the JSON document that SDV reads and writes: `columns`, `primary_key`, `METADATA_SPEC_VERSION`.

use serde_json::{Map, Value, json};

use super::constraints::Constraints;
use super::{ColumnKind, ColumnMetadata, Metadata};
use crate::SynthError;

const SPECIFICATION: &str = "SINGLE_TABLE_V1";
/// Kinds that SDV has and this crate does not, and what they are here.
const OTHERS: [(&str, ColumnKind); 8] = [
    ("unknown", ColumnKind::Text),
    ("street_address", ColumnKind::Address),
    ("country_code", ColumnKind::Categorical),
    ("country", ColumnKind::Categorical),
    ("state", ColumnKind::Categorical),
    ("prefix", ColumnKind::Categorical),
    ("job", ColumnKind::Categorical),
    ("vin", ColumnKind::Identifier),
];

pub(super) fn document(metadata: &Metadata) -> String {
    let columns: Map<String, Value> =
        metadata.columns().map(|(name, about)| (name.to_owned(), Value::Object(entry(about)))).collect();
    let mut document = Map::new();
    document.insert("columns".to_owned(), Value::Object(columns));
    if let Some(key) = metadata.primary_key() {
        document.insert("primary_key".to_owned(), json!(key));
    }
    metadata.rules.write(&mut document);
    document.insert("METADATA_SPEC_VERSION".to_owned(), json!(SPECIFICATION));
    format!("{:#}", Value::Object(document))
}

fn entry(about: &ColumnMetadata) -> Map<String, Value> {
    let mut entry = Map::new();
    let sdtype = match about.kind {
        ColumnKind::Numerical | ColumnKind::Integer => "numerical",
        ColumnKind::Date | ColumnKind::Datetime => "datetime",
        ColumnKind::Identifier => "id",
        other => other.name(),
    };
    entry.insert("sdtype".to_owned(), json!(sdtype));
    match about.kind {
        ColumnKind::Integer => entry.insert("computer_representation".to_owned(), json!("Int64")),
        ColumnKind::Numerical => entry.insert("computer_representation".to_owned(), json!("Float")),
        _ => None,
    };
    match about.kind {
        ColumnKind::Date | ColumnKind::Datetime | ColumnKind::Time => {
            let day = (about.kind == ColumnKind::Date).then_some("%Y-%m-%d");
            if let Some(format) = about.format.as_deref().or(day) {
                entry.insert("datetime_format".to_owned(), json!(format));
            }
        }
        _ => {
            if let Some(format) = &about.format {
                entry.insert("number_format".to_owned(), json!(format));
            }
        }
    }
    if about.kind == ColumnKind::Ordinal && !about.order.is_empty() {
        entry.insert("order".to_owned(), json!(about.order));
    }
    if about.kind.is_personal() {
        entry.insert("pii".to_owned(), json!(true));
    }
    let limits = [("range_min", about.minimum), ("range_max", about.maximum)];
    for (key, limit) in limits.into_iter().filter_map(|(key, limit)| Some((key, limit?))) {
        entry.insert(key.to_owned(), json!(limit));
    }
    if let Some(decimals) = about.decimals {
        entry.insert("decimal_places".to_owned(), json!(decimals));
    }
    entry
}

pub(super) fn parse(text: &str) -> Result<Metadata, SynthError> {
    let document: Value = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
    let table = match document.get("tables").and_then(Value::as_object) {
        Some(tables) if tables.len() == 1 => tables.values().next().unwrap_or(&document),
        Some(tables) => return Err(invalid(format!("one table is expected, not {}", tables.len()))),
        None => &document,
    };
    let columns = table
        .get("columns")
        .and_then(Value::as_object)
        .ok_or_else(|| invalid("the key 'columns' is missing".to_owned()))?;
    let mut metadata = Metadata::default();
    for (name, about) in columns {
        metadata.set(name, column(name, about)?);
    }
    if let Some(key) = table.get("primary_key").filter(|key| !key.is_null()) {
        let key = key.as_str().ok_or_else(|| invalid("a primary key of one column is expected".to_owned()))?;
        metadata.set_primary_key(key)?;
    }
    metadata.rules = Constraints::read(table)?;
    Ok(metadata)
}

fn column(name: &str, about: &Value) -> Result<ColumnMetadata, SynthError> {
    let sdtype = about
        .get("sdtype")
        .and_then(Value::as_str)
        .ok_or_else(|| invalid(format!("column '{name}' has no 'sdtype'")))?;
    let has_time = |format: &str| {
        ["%H", "%-H", "%I", "%-I", "%T", "%X", "%c", "%s", "%f"].iter().any(|part| format.contains(part))
    };
    let text = |key: &str| about.get(key).and_then(Value::as_str);
    let format = text("datetime_format").or(text("number_format")).map(str::to_owned);
    let kind = match sdtype {
        "numerical" => match about.get("computer_representation").and_then(Value::as_str) {
            Some(form) if form.contains("Int") => ColumnKind::Integer,
            _ => ColumnKind::Numerical,
        },
        "datetime" => match about.get("datetime_format").and_then(Value::as_str) {
            Some(format) if !has_time(format) => ColumnKind::Date,
            _ => ColumnKind::Datetime,
        },
        "id" => ColumnKind::Identifier,
        other => ColumnKind::ALL
            .into_iter()
            .find(|kind| kind.name() == other)
            .or_else(|| OTHERS.into_iter().find(|(known, _)| *known == other).map(|(_, kind)| kind))
            .ok_or_else(|| invalid(format!("column '{name}' has an unknown sdtype: {other}")))?,
    };
    let decimals = match about.get("decimal_places") {
        None | Some(Value::Null) => None,
        Some(digits) => Some(
            digits
                .as_u64()
                .and_then(|digits| u8::try_from(digits).ok())
                .filter(|&digits| digits <= 38)
                .ok_or_else(|| invalid(format!("column '{name}' has decimal_places outside 0 to 38")))?,
        ),
    };
    let (minimum, maximum) = (limit(name, about, "range_min")?, limit(name, about, "range_max")?);
    if minimum.zip(maximum).is_some_and(|(minimum, maximum)| minimum > maximum) {
        return Err(invalid(format!("column '{name}' has a range_min above its range_max")));
    }
    let order = match about.get("order").or(about.get("range_values")).filter(|_| kind == ColumnKind::Ordinal) {
        Some(Value::Array(values)) => {
            values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect()
        }
        _ => Vec::new(),
    };
    Ok(ColumnMetadata { kind, decimals, minimum, maximum, format, order })
}

fn limit(name: &str, about: &Value, key: &str) -> Result<Option<f64>, SynthError> {
    match about.get(key) {
        None | Some(Value::Null | Value::String(_)) => Ok(None),
        Some(value) => {
            value.as_f64().map(Some).ok_or_else(|| invalid(format!("column '{name}' has a {key} that is no number")))
        }
    }
}

fn invalid(reason: String) -> SynthError {
    SynthError::InvalidMetadata { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_of_sdv_are_read() {
        let text = r#"{"tables": {"guests": {"primary_key": "guest_email", "columns": {
            "guest_email": {"sdtype": "email", "pii": true}, "rewards": {"sdtype": "boolean"},
            "room": {"sdtype": "categorical"}, "fee": {"sdtype": "numerical", "computer_representation": "Float"},
            "checkin": {"sdtype": "datetime", "datetime_format": "%d %b %Y"}}}},
            "relationships": [], "METADATA_SPEC_VERSION": "V1"}"#;
        let metadata = parse(text).unwrap();
        let kinds: Vec<_> = metadata.columns().map(|(name, about)| (name, about.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("guest_email", ColumnKind::Email),
                ("rewards", ColumnKind::Boolean),
                ("room", ColumnKind::Categorical),
                ("fee", ColumnKind::Numerical),
                ("checkin", ColumnKind::Date),
            ]
        );
        assert_eq!(metadata.primary_key(), Some("guest_email"));
        assert_eq!(parse(&document(&metadata)).unwrap(), metadata);
    }

    #[test]
    fn what_is_wrong_with_a_document_is_said() {
        for (text, reason) in [
            ("[", "EOF"),
            ("{}", "'columns' is missing"),
            (r#"{"columns": {"a": {}}}"#, "column 'a' has no 'sdtype'"),
            (r#"{"columns": {"a": {"sdtype": "numercial"}}}"#, "unknown sdtype: numercial"),
            (r#"{"columns": {"a": {"sdtype": "numerical", "decimal_places": -1}}}"#, "decimal_places"),
            (r#"{"columns": {"a": {"sdtype": "numerical", "range_min": 2, "range_max": 1}}}"#, "above"),
            (r#"{"tables": {"a": {}, "b": {}}}"#, "not 2"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert!(matches!(parse(r#"{"columns": {}, "primary_key": "a"}"#), Err(SynthError::MissingColumn { .. })));
    }
}
