//! JSON Schemas as every provider takes them.

use serde_json::{Map, Value};

/// Keywords that say nothing about which JSON is right, or that some provider refuses.
const DROPPED: &[&str] = &["$schema", "default", "examples", "format", "title"];

/// A schema without what providers refuse.
///
/// What stands beside a `$ref` goes: genai writes the definition in its place for `OpenAI`, and one that holds itself, as
/// a plan's measures do, would be written for ever.
pub(super) fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => object(fields),
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        other => other.clone(),
    }
}

fn object(fields: &Map<String, Value>) -> Value {
    if let Some(reference @ Value::String(_)) = fields.get("$ref") {
        return Value::Object(Map::from_iter([("$ref".to_owned(), reference.clone())]));
    }
    let mut kept = Map::new();
    for (key, value) in fields {
        // The names of properties and definitions are no keywords.
        if matches!(key.as_str(), "properties" | "$defs" | "definitions")
            && let Value::Object(named) = value
        {
            let named = named.iter().map(|(name, schema)| (name.clone(), plain(schema))).collect();
            kept.insert(key.clone(), Value::Object(named));
        } else if matches!(key.as_str(), "const" | "enum" | "required" | "description") {
            kept.insert(key.clone(), value.clone());
        } else if !DROPPED.contains(&key.as_str()) {
            kept.insert(key.clone(), plain(value));
        }
    }
    Value::Object(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn properties_keep_their_names_and_references_lose_their_neighbours() {
        let schema = json!({
            "$schema": "x",
            "type": "object",
            "properties": {"format": {"type": "string", "format": "date"}, "of": {"description": "again", "$ref": "#"}},
            "required": ["format"],
        });
        let wanted = json!({
            "type": "object",
            "properties": {"format": {"type": "string"}, "of": {"$ref": "#"}},
            "required": ["format"],
        });
        assert_eq!(plain(&schema), wanted);
    }
}
