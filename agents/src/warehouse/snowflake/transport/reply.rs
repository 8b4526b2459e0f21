//! Snowflake's answers, read leniently: a field that is missing or new harms only what needs it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// An answer. Not printable: it may hold tokens and rows.
#[derive(Deserialize)]
pub(in crate::warehouse::snowflake) struct Reply {
    pub(in crate::warehouse::snowflake) code: Option<Value>,
    pub(in crate::warehouse::snowflake) message: Option<String>,
    pub(in crate::warehouse::snowflake) success: Option<bool>,
    pub(in crate::warehouse::snowflake) data: Option<Data>,
}

impl Reply {
    /// Snowflake's number for what went wrong, with its zeros; empty when nothing did.
    pub(in crate::warehouse::snowflake) fn code(&self) -> String {
        let text = match &self.code {
            Some(Value::String(code)) => code.clone(),
            Some(Value::Number(code)) => format!("{code:0>6}"),
            _ => self.data.as_ref().and_then(|data| data.error_code.clone()).unwrap_or_default(),
        };
        if text == "0" { String::new() } else { text }
    }

    /// Its message.
    pub(in crate::warehouse::snowflake) fn message(&self) -> &str {
        self.message.as_deref().unwrap_or("Snowflake gave no reason")
    }
}

/// What an answer is about: a session, or a result.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::warehouse::snowflake) struct Data {
    pub(in crate::warehouse::snowflake) rowtype: Option<Vec<RowType>>,
    pub(in crate::warehouse::snowflake) rowset: Option<Vec<Vec<Value>>>,
    pub(in crate::warehouse::snowflake) rowset_base64: Option<String>,
    pub(in crate::warehouse::snowflake) total: Option<i64>,
    pub(in crate::warehouse::snowflake) returned: Option<i64>,
    pub(in crate::warehouse::snowflake) chunks: Option<Vec<Chunk>>,
    pub(in crate::warehouse::snowflake) chunk_headers: Option<BTreeMap<String, String>>,
    pub(in crate::warehouse::snowflake) qrmk: Option<String>,
    pub(in crate::warehouse::snowflake) query_id: Option<String>,
    pub(in crate::warehouse::snowflake) get_result_url: Option<String>,
    pub(in crate::warehouse::snowflake) final_database_name: Option<String>,
    pub(in crate::warehouse::snowflake) final_schema_name: Option<String>,
    /// `UPLOAD` or `DOWNLOAD` where the server wants a file to be moved.
    pub(in crate::warehouse::snowflake) command: Option<String>,
    pub(in crate::warehouse::snowflake) error_code: Option<String>,
    pub(in crate::warehouse::snowflake) token: Option<String>,
    pub(in crate::warehouse::snowflake) session_token: Option<String>,
    pub(in crate::warehouse::snowflake) master_token: Option<String>,
}

/// A column of a result. A type that is not known yet is text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::warehouse::snowflake) struct RowType {
    pub(in crate::warehouse::snowflake) name: String,
    #[serde(rename = "type")]
    pub(in crate::warehouse::snowflake) kind: String,
    pub(in crate::warehouse::snowflake) precision: Option<i64>,
    pub(in crate::warehouse::snowflake) scale: Option<i64>,
    pub(in crate::warehouse::snowflake) nullable: Option<bool>,
}

/// A part of a result that lies elsewhere. Not printable: its address is signed.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::warehouse::snowflake) struct Chunk {
    pub(in crate::warehouse::snowflake) url: String,
    pub(in crate::warehouse::snowflake) row_count: u64,
    #[serde(default)]
    pub(in crate::warehouse::snowflake) uncompressed_size: u64,
}
