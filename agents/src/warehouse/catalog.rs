//! What a warehouse says of its tables: columns, types, comments and keys.

use super::TableKind;

/// Every table that a query may name, with its columns and keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// The tables, by database, schema and name.
    pub tables: Vec<CatalogTable>,
}

impl Catalog {
    /// The table of a name as it is spelt or typed (any case), with or without its schema and database; none when there
    /// is none or when several have the name.
    ///
    /// ```
    /// use synthbook_agents::warehouse::{DuckDb, Guard, Request, Sql, Warehouse, check};
    /// let duck = DuckDb::in_memory()?;
    /// let make = check(Sql::new("CREATE TABLE sales (id INTEGER PRIMARY KEY, amount DOUBLE)"), &Guard::write())?;
    /// duck.query(&make, &Request::default())?;
    /// let catalog = duck.catalog()?;
    /// let sales = catalog.table("main.Sales").expect("it was made");
    /// assert_eq!(sales.primary_key, ["id"]);
    /// assert_eq!(sales.columns[1].data_type, "DOUBLE");
    /// # Ok::<(), synthbook_agents::AgentsError>(())
    /// ```
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&CatalogTable> {
        let wanted = super::names::parts(name)?;
        let mut found = self.tables.iter().filter(|table| table.is(&wanted));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }
}

/// A table of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogTable {
    /// The database it is in.
    pub database: String,
    /// The schema it is in.
    pub schema: String,
    /// Its name as it is spelt, without quotes.
    pub name: String,
    /// What to type in SQL: quoted where it must be, with its schema where that is not on the search path.
    pub sql: String,
    /// What it is.
    pub kind: TableKind,
    /// How many rows it has, when that is known without counting; an estimate after deletions.
    pub rows: Option<u64>,
    /// What its maker said of it.
    pub comment: Option<String>,
    /// Its columns, in order.
    pub columns: Vec<CatalogColumn>,
    /// The columns of its primary key, in the key's order; empty when it has none.
    pub primary_key: Vec<String>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
}

impl CatalogTable {
    /// The column of a name, any case.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&CatalogColumn> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Whether the parts of a name, the table's own last, are its own, any case.
    pub(crate) fn is(&self, parts: &[String]) -> bool {
        let own = [&self.name, &self.schema, &self.database];
        !parts.is_empty()
            && parts.len() <= own.len()
            && parts.iter().rev().zip(own).all(|(part, own)| part.to_lowercase() == own.to_lowercase())
    }
}

/// A column of a catalogue's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogColumn {
    /// Its name as it is spelt, without quotes.
    pub name: String,
    /// What to type in SQL.
    pub sql: String,
    /// Its type in the warehouse's dialect.
    pub data_type: String,
    /// Whether it may be null.
    pub nullable: bool,
    /// What its maker said of it.
    pub comment: Option<String>,
}

/// Columns of a table whose values are a key of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The columns of this table.
    pub columns: Vec<String>,
    /// The other table's name.
    pub table: String,
    /// The other table's columns, in the same order.
    pub referenced: Vec<String>,
}
