//! Documents made of a warehouse's tables and columns.

use std::collections::BTreeMap;

use super::Document;
use crate::vectors::Payload;
use crate::warehouse::{Catalog, CatalogTable};

/// The tables and columns of a catalogue: their names as words, comments, types and a few values.
///
/// `samples` holds values by table (as typed in SQL) and column. The payload has `kind` (`table` or `column`), `table`,
/// `column` and `type`.
#[must_use]
pub fn column_documents(
    catalog: &Catalog,
    source: &str,
    samples: &BTreeMap<(String, String), Vec<String>>,
) -> Vec<Document> {
    catalog.tables.iter().flat_map(|table| documents_of(table, source, samples)).collect()
}

fn documents_of(
    table: &CatalogTable,
    source: &str,
    samples: &BTreeMap<(String, String), Vec<String>>,
) -> Vec<Document> {
    let document = |key: String, text: String, payload: Payload| Document {
        key: format!("{source}/{key}").replace('\0', " "),
        text: text.replace('\0', " "),
        payload,
        source: source.to_owned(),
    };
    let names: Vec<String> = table.columns.iter().map(|column| as_words(&column.name)).collect();
    let about = table.comment.as_deref().map(|comment| format!(": {comment}")).unwrap_or_default();
    let text = format!("table {} ({}){about}. Columns: {}", as_words(&table.name), table.name, names.join(", "));
    let mut payload = Payload::new();
    payload.insert("kind".to_owned(), "table".into());
    payload.insert("table".to_owned(), table.sql.clone().into());
    let mut documents = vec![document(table.sql.clone(), text, payload)];
    for column in &table.columns {
        let mut text = format!("{} ({}) of {}", as_words(&column.name), column.name, as_words(&table.name));
        if let Some(comment) = &column.comment {
            text = format!("{text}: {comment}");
        }
        let values = samples.get(&(table.sql.clone(), column.name.clone())).map(Vec::as_slice).unwrap_or_default();
        if !values.is_empty() {
            text = format!("{text}. Such as {}", values.join(", "));
        }
        let mut payload = Payload::new();
        for (name, value) in
            [("kind", "column"), ("table", &table.sql), ("column", &column.name), ("type", &column.data_type)]
        {
            payload.insert(name.to_owned(), value.into());
        }
        documents.push(document(format!("{}.{}", table.sql, column.sql), text, payload));
    }
    documents
}

/// `store_id` and `storeId` as `store id`.
fn as_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        let is_gap = !c.is_alphanumeric();
        if c.is_uppercase() && before.is_lowercase() || is_gap {
            words.push(' ');
        }
        if !is_gap {
            words.extend(c.to_lowercase());
        }
        before = c;
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warehouse::{CatalogColumn, TableKind};

    #[test]
    fn a_table_and_its_columns_are_found_by_what_they_mean() {
        let column = |name: &str, comment: Option<&str>| CatalogColumn {
            name: name.to_owned(),
            sql: name.to_owned(),
            data_type: "VARCHAR".to_owned(),
            nullable: true,
            comment: comment.map(str::to_owned),
        };
        let catalog = Catalog {
            tables: vec![CatalogTable {
                database: "memory".to_owned(),
                schema: "main".to_owned(),
                name: "dim_store".to_owned(),
                sql: "dim_store".to_owned(),
                kind: TableKind::Table,
                rows: None,
                comment: None,
                columns: vec![column("storeId", None), column("region", Some("Sales area"))],
                primary_key: vec![],
                foreign_keys: vec![],
            }],
        };
        let values = BTreeMap::from([(("dim_store".to_owned(), "region".to_owned()), vec!["East".to_owned()])]);
        let documents = column_documents(&catalog, "warehouse", &values);
        let texts: Vec<&str> = documents.iter().map(|document| document.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "table dim store (dim_store). Columns: store id, region",
                "store id (storeId) of dim store",
                "region (region) of dim store: Sales area. Such as East"
            ]
        );
        assert_eq!(documents[2].payload["column"], "region");
    }
}
