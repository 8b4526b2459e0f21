//! JSON out of what a model says: bare, in a fence, or after some words.

use serde_json::Value;

/// The first JSON object in a reply, or nothing. Words and fences around it are ignored; a cut-off object is none.
///
/// ```
/// use synthbook_agents::chat::json_in;
/// assert_eq!(json_in("Sure!\n```json\n{\"a\": \"}\"}\n```"), Some(serde_json::json!({"a": "}"})));
/// assert_eq!(json_in("{\"a\": "), None);
/// ```
#[must_use]
pub fn json_in(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(value @ Value::Object(_)) = serde_json::from_str(text) {
        return Some(value);
    }
    // A few braces in the words before may be no JSON; a reply of braces only is not worth more tries.
    text.match_indices('{').take(16).find_map(|(start, _)| {
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        values.next()?.ok().filter(Value::is_object)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_are_found_in_words() {
        assert_eq!(json_in("{\"a\":1}"), Some(json!({"a": 1})));
        assert_eq!(json_in("The set {x} is {\"a\": {\"b\": [1]}} as you see"), Some(json!({"a": {"b": [1]}})));
        for none in ["", "[1, 2]", "no", "{", "{\"a\"", "{{{{{{{{{{{{{{{{{{{{"] {
            assert_eq!(json_in(none), None, "{none}");
        }
    }
}
