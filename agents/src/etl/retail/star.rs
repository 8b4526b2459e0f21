//! Dimensions and facts, from staging. Every dimension but the dates has a row with key -1 for what is not known.

use super::calendar::moment;
use crate::etl::EtlError;
use crate::etl::merge::{DELTA, Merge};
use crate::etl::pipeline::{Pipeline, Work};
use crate::etl::rows::Desk;

/// The names of the steps, in their order.
pub(super) const STEPS: [&str; 7] =
    ["DIM_DATE", "DIM_CHANNEL", "DIM_STORE", "DIM_PRODUCT", "DIM_CUSTOMER", "FACT_SALESACTUAL", "FACT_SALESTARGET"];

/// Since when the first version of a customer holds: before every sale.
const BEGINNING: &str = "TIMESTAMP '1900-01-01 00:00:00'";

const DATE: [&str; 17] = [
    "FULL_DATE",
    "DAY_NAME",
    "DAY_OF_WEEK",
    "DAY_OF_MONTH",
    "DAY_OF_YEAR",
    "WEEK_OF_YEAR",
    "MONTH_NUMBER",
    "MONTH_NAME",
    "QUARTER_NUMBER",
    "YEAR_NUMBER",
    "FISCAL_WEEK",
    "FISCAL_MONTH",
    "FISCAL_QUARTER",
    "FISCAL_YEAR",
    "IS_WEEKEND",
    "IS_HOLIDAY",
    "HOLIDAY_NAME",
];
const CUSTOMER: [&str; 15] = [
    "FIRST_NAME",
    "LAST_NAME",
    "EMAIL",
    "PHONE",
    "ADDRESS",
    "CITY",
    "STATE",
    "REGION",
    "POSTAL_CODE",
    "AGE_BAND",
    "INCOME_BAND",
    "HOME_OWNERSHIP",
    "MARITAL_STATUS",
    "HOUSEHOLD_SIZE",
    "KIDS_COUNT",
];

/// A dimension whose rows change in place (type 1).
struct Dimension {
    table: &'static str,
    surrogate: &'static str,
    key: &'static str,
    staging: &'static str,
    columns: &'static [&'static str],
    /// The columns that say Unknown in the row with key -1; the others are null there.
    unknown: &'static [&'static str],
}

const DIMENSIONS: [Dimension; 3] = [
    Dimension {
        table: "DIM_CHANNEL",
        surrogate: "CHANNEL_KEY",
        key: "CHANNEL_ID",
        staging: "STAGING_CHANNEL",
        columns: &["CHANNEL_CATEGORY", "CHANNEL_NAME"],
        unknown: &["CHANNEL_CATEGORY", "CHANNEL_NAME"],
    },
    Dimension {
        table: "DIM_STORE",
        surrogate: "STORE_KEY",
        key: "STORE_ID",
        staging: "STAGING_STORE",
        columns: &[
            "STORE_NAME",
            "STORE_FORMAT",
            "ADDRESS",
            "CITY",
            "STATE",
            "REGION",
            "POSTAL_CODE",
            "LATITUDE",
            "LONGITUDE",
            "OPENED_DATE",
        ],
        unknown: &["STORE_NAME", "STORE_FORMAT", "CITY", "STATE", "REGION"],
    },
    Dimension {
        table: "DIM_PRODUCT",
        surrogate: "PRODUCT_KEY",
        key: "PRODUCT_ID",
        staging: "STAGING_PRODUCT",
        columns: &["PRODUCT_NAME", "CATEGORY", "SUBCATEGORY", "BRAND", "MANUFACTURER_ID", "PACKAGE_SIZE", "LIST_PRICE"],
        unknown: &["PRODUCT_NAME", "CATEGORY", "SUBCATEGORY", "BRAND"],
    },
];

/// Brings dimensions and facts up to date; changes of customers are dated `at`, in microseconds since 1970.
pub(super) fn run(pipeline: &mut Pipeline<'_>, at: i64, literal: &str) -> Result<(), EtlError> {
    pipeline.step(STEPS[0], dates)?;
    for dimension in &DIMENSIONS {
        pipeline.step(dimension.table, |desk| dimension.work(desk))?;
    }
    pipeline.step(STEPS[4], |desk| customers(desk, at, literal))?;
    pipeline.step(STEPS[5], sales)?;
    pipeline.step(STEPS[6], targets)
}

fn dates(desk: Desk<'_>) -> Result<Work, EtlError> {
    let query = format!("SELECT DATE_KEY, {} FROM ETL.GEN_DATE", DATE.join(", "));
    let merge =
        Merge { table: "DIM_DATE", key: &["DATE_KEY"], columns: &DATE, query: &query, surrogate: None, audit: None };
    Ok(Work::merge(Pipeline::count(desk, "ETL.GEN_DATE")?, &merge))
}

impl Dimension {
    fn work(&self, desk: Desk<'_>) -> Result<Work, EtlError> {
        let query = format!(
            "SELECT {}, {} FROM {} UNION ALL SELECT -1, {}",
            self.key,
            self.columns.join(", "),
            self.staging,
            unknowns(self.columns, self.unknown)
        );
        let merge = Merge {
            table: self.table,
            key: &[self.key],
            columns: self.columns,
            query: &query,
            surrogate: Some(self.surrogate),
            audit: None,
        };
        Ok(Work::merge(Pipeline::count(desk, self.staging)?, &merge))
    }
}

fn unknowns(columns: &[&str], unknown: &[&str]) -> String {
    let value = |column: &&str| if unknown.contains(column) { "'Unknown'" } else { "NULL" };
    columns.iter().map(value).collect::<Vec<_>>().join(", ")
}

/// Customers keep their history (type 2): a changed one's version ends, and a new one begins.
fn customers(desk: Desk<'_>, at: i64, literal: &str) -> Result<Work, EtlError> {
    let late = format!("SELECT MAX(VALID_FROM) FROM DIM_CUSTOMER WHERE VALID_FROM >= {literal}");
    if let Some(latest) = desk.run(&late)?.text(0, 0) {
        let given = moment(at).map_or_else(|| literal.to_owned(), |moment| moment.to_string());
        let changed = desk.run(&format!("{} LIMIT 1", changed_customers()))?;
        if changed.len() > 0 {
            return Err(EtlError::TooEarly { given, latest });
        }
    }
    let columns = CUSTOMER.join(", ");
    let within = vec![
        format!(
            "UPDATE DIM_CUSTOMER SET VALID_TO = {literal}, IS_CURRENT = FALSE FROM {DELTA} D
             WHERE DIM_CUSTOMER.CUSTOMER_KEY = D.OLD_KEY"
        ),
        format!(
            "INSERT INTO DIM_CUSTOMER (CUSTOMER_KEY, CUSTOMER_ID, {columns}, VALID_FROM, VALID_TO, IS_CURRENT)
             SELECT CASE WHEN CUSTOMER_ID = -1 THEN -1 ELSE (SELECT GREATEST(COALESCE(MAX(CUSTOMER_KEY), 0), 0) FROM DIM_CUSTOMER)
                 + ROW_NUMBER() OVER (PARTITION BY CASE WHEN CUSTOMER_ID = -1 THEN 1 ELSE 0 END ORDER BY CUSTOMER_ID) END,
                 CUSTOMER_ID, {columns}, CASE WHEN OLD_KEY IS NULL THEN {BEGINNING} ELSE {literal} END, NULL, TRUE
             FROM {DELTA} ORDER BY CUSTOMER_ID"
        ),
    ];
    Ok(Work {
        rows_in: Pipeline::count(desk, "STAGING_CUSTOMER")?,
        before: vec![format!("CREATE OR REPLACE TEMPORARY TABLE {DELTA} AS {}", changed_customers())],
        within,
        counted: format!("SELECT COUNT(*) FROM {DELTA}"),
    })
}

/// Customers that are new, or differ from their current version.
fn changed_customers() -> String {
    let with_region = CUSTOMER.map(|column| match column {
        "REGION" => "R.REGION".to_owned(),
        other => format!("C.{other}"),
    });
    let unknown: Vec<&str> = CUSTOMER.into_iter().filter(|column| !NEVER_KNOWN.contains(column)).collect();
    let differs = CUSTOMER.map(|column| format!("T.{column} IS DISTINCT FROM S.{column}"));
    format!(
        "SELECT S.*, T.CUSTOMER_KEY AS OLD_KEY FROM (
             SELECT C.CUSTOMER_ID, {} FROM STAGING_CUSTOMER C
             LEFT JOIN (SELECT STATE, MIN(REGION) AS REGION FROM STAGING_STORE GROUP BY STATE) R ON R.STATE = C.STATE
             UNION ALL SELECT -1, {}) S
         LEFT JOIN DIM_CUSTOMER T ON T.CUSTOMER_ID = S.CUSTOMER_ID AND T.IS_CURRENT
         WHERE T.CUSTOMER_KEY IS NULL OR {}",
        with_region.join(", "),
        unknowns(&CUSTOMER, &unknown),
        differs.join(" OR ")
    )
}

/// What the customer with key -1 has no word for.
const NEVER_KNOWN: [&str; 4] = ["EMAIL", "PHONE", "ADDRESS", "POSTAL_CODE"];

fn sales(desk: Desk<'_>) -> Result<Work, EtlError> {
    let query = "
        SELECT D.SALES_DETAIL_ID, D.SALES_HEADER_ID,
            CAST(EXTRACT(YEAR FROM H.SOLD_AT) * 10000 + EXTRACT(MONTH FROM H.SOLD_AT) * 100 + EXTRACT(DAY FROM H.SOLD_AT)
                AS INTEGER) AS DATE_KEY,
            COALESCE(C.CUSTOMER_KEY, -1) AS CUSTOMER_KEY, COALESCE(P.PRODUCT_KEY, -1) AS PRODUCT_KEY,
            COALESCE(S.STORE_KEY, -1) AS STORE_KEY, COALESCE(N.CHANNEL_KEY, -1) AS CHANNEL_KEY,
            D.SALES_QUANTITY, D.SALES_AMOUNT, D.RETAIL_DISCOUNT, D.COUPON_DISCOUNT
        FROM STAGING_SALESDETAIL D
        JOIN STAGING_SALESHEADER H ON H.SALES_HEADER_ID = D.SALES_HEADER_ID
        LEFT JOIN DIM_CUSTOMER C ON C.CUSTOMER_ID = H.CUSTOMER_ID AND H.SOLD_AT >= C.VALID_FROM
            AND H.SOLD_AT < COALESCE(C.VALID_TO, TIMESTAMP '9999-12-31 00:00:00')
        LEFT JOIN DIM_PRODUCT P ON P.PRODUCT_ID = D.PRODUCT_ID
        LEFT JOIN DIM_STORE S ON S.STORE_ID = H.STORE_ID
        LEFT JOIN DIM_CHANNEL N ON N.CHANNEL_ID = H.CHANNEL_ID";
    let merge = Merge {
        table: "FACT_SALESACTUAL",
        key: &["SALES_DETAIL_ID"],
        columns: &[
            "SALES_HEADER_ID",
            "DATE_KEY",
            "CUSTOMER_KEY",
            "PRODUCT_KEY",
            "STORE_KEY",
            "CHANNEL_KEY",
            "SALES_QUANTITY",
            "SALES_AMOUNT",
            "RETAIL_DISCOUNT",
            "COUPON_DISCOUNT",
        ],
        query,
        surrogate: None,
        audit: None,
    };
    Ok(Work::merge(Pipeline::count(desk, "STAGING_SALESDETAIL")?, &merge))
}

/// Products that are not in the catalogue have one target together: that of the product with key -1.
fn targets(desk: Desk<'_>) -> Result<Work, EtlError> {
    let query = "
        SELECT COALESCE(P.PRODUCT_KEY, -1) AS PRODUCT_KEY, T.TARGET_YEAR,
            CAST(SUM(T.SALES_QUANTITY_TARGET) AS BIGINT) AS SALES_QUANTITY_TARGET
        FROM STAGING_TARGETDATAPRODUCT T LEFT JOIN DIM_PRODUCT P ON P.PRODUCT_ID = T.PRODUCT_ID
        GROUP BY COALESCE(P.PRODUCT_KEY, -1), T.TARGET_YEAR";
    let merge = Merge {
        table: "FACT_SALESTARGET",
        key: &["PRODUCT_KEY", "TARGET_YEAR"],
        columns: &["SALES_QUANTITY_TARGET"],
        query,
        surrogate: None,
        audit: None,
    };
    Ok(Work::merge(Pipeline::count(desk, "STAGING_TARGETDATAPRODUCT")?, &merge))
}
