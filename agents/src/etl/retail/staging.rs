//! Staging: one table for each extract, brought up to what the source says now.

use super::source::{DEMOGRAPHICS, PRODUCTS, TRANSACTIONS};
use crate::etl::EtlError;
use crate::etl::merge::{Audit, Merge};
use crate::etl::pipeline::{Pipeline, Work};
use crate::etl::rows::Desk;

/// The year that targets are for: the data's own.
const TARGET_YEAR: i32 = 2017;
/// A household's columns of demographics and what they are called in the source.
const BANDS: [(&str, &str); 6] = [
    ("AGE_BAND", "AGE"),
    ("INCOME_BAND", "INCOME"),
    ("HOME_OWNERSHIP", "HOME_OWNERSHIP"),
    ("MARITAL_STATUS", "MARITAL_STATUS"),
    ("HOUSEHOLD_SIZE", "HOUSEHOLD_SIZE"),
    ("KIDS_COUNT", "KIDS_COUNT"),
];

/// A staging table: its key, its other columns, the query for its rows, and what is counted as read.
struct Stage {
    table: &'static str,
    key: &'static str,
    columns: &'static [&'static str],
    query: String,
    reads: &'static str,
}

/// The names of the steps, in their order: a table comes after those its query reads.
pub(super) const STEPS: [&str; 7] = [
    "STAGING_CHANNEL",
    "STAGING_STORE",
    "STAGING_PRODUCT",
    "STAGING_SALESHEADER",
    "STAGING_SALESDETAIL",
    "STAGING_CUSTOMER",
    "STAGING_TARGETDATAPRODUCT",
];

/// Brings every staging table up to date.
pub(super) fn run(pipeline: &mut Pipeline<'_>, audit: Audit<'_>) -> Result<(), EtlError> {
    for table in STEPS {
        let Some(stage) = stages().into_iter().find(|stage| stage.table == table) else { continue };
        pipeline.step(table, |desk| stage.work(desk, audit))?;
    }
    Ok(())
}

impl Stage {
    fn work(&self, desk: Desk<'_>, audit: Audit<'_>) -> Result<Work, EtlError> {
        let rows_in = Pipeline::count(desk, self.reads)?;
        let merge = Merge {
            table: self.table,
            key: &[self.key],
            columns: self.columns,
            query: &self.query,
            surrogate: None,
            audit: Some(audit),
        };
        Ok(Work::merge(rows_in, &merge))
    }
}

fn stages() -> [Stage; 7] {
    [channel(), store(), product(), header(), detail(), customer(), target()]
}

fn channel() -> Stage {
    let rows =
        [(1, 1, "Physical", "In-store"), (2, 2, "Digital", "Click and collect"), (3, 2, "Digital", "Home delivery")];
    let rows = rows.map(|(id, category, kind, name)| {
        format!(
            "SELECT CAST({id} AS BIGINT) AS CHANNEL_ID, CAST({category} AS BIGINT) AS CHANNEL_CATEGORY_ID,
             '{kind}' AS CHANNEL_CATEGORY, '{name}' AS CHANNEL_NAME"
        )
    });
    Stage {
        table: "STAGING_CHANNEL",
        key: "CHANNEL_ID",
        columns: &["CHANNEL_CATEGORY_ID", "CHANNEL_CATEGORY", "CHANNEL_NAME"],
        reads: "(SELECT 1 AS N UNION ALL SELECT 2 UNION ALL SELECT 3)",
        query: rows.join(" UNION ALL "),
    }
}

fn store() -> Stage {
    Stage {
        table: "STAGING_STORE",
        key: "STORE_ID",
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
        reads: "ETL.GEN_STORE",
        query:
            "SELECT STORE_ID, STORE_NAME, STORE_FORMAT, ADDRESS, CITY, STATE, REGION, POSTAL_CODE, LATITUDE, LONGITUDE,
                OPENED_DATE FROM ETL.GEN_STORE"
                .to_owned(),
    }
}

fn product() -> Stage {
    let lines = TRANSACTIONS.name;
    Stage {
        table: "STAGING_PRODUCT",
        key: "PRODUCT_ID",
        columns: &["PRODUCT_NAME", "CATEGORY", "SUBCATEGORY", "BRAND", "MANUFACTURER_ID", "PACKAGE_SIZE", "LIST_PRICE"],
        reads: PRODUCTS.name,
        query: format!(
            "SELECT P.PRODUCT_ID, P.PRODUCT_TYPE AS PRODUCT_NAME, P.DEPARTMENT AS CATEGORY,
             P.PRODUCT_CATEGORY AS SUBCATEGORY, P.BRAND, P.MANUFACTURER_ID, P.PACKAGE_SIZE,
             CAST(ROUND(L.PRICE, 2) AS DECIMAL(10,2)) AS LIST_PRICE
             FROM {} P LEFT JOIN (
                 SELECT PRODUCT_ID, MEDIAN(CAST(SALES_VALUE + RETAIL_DISC + COUPON_DISC AS DOUBLE) / QUANTITY) AS PRICE
                 FROM {lines} WHERE QUANTITY <> 0 GROUP BY PRODUCT_ID) L ON L.PRODUCT_ID = P.PRODUCT_ID",
            PRODUCTS.name
        ),
    }
}

fn header() -> Stage {
    Stage {
        table: "STAGING_SALESHEADER",
        key: "SALES_HEADER_ID",
        columns: &["SOLD_AT", "CUSTOMER_ID", "STORE_ID", "CHANNEL_ID"],
        reads: TRANSACTIONS.name,
        query: format!(
            "SELECT B.BASKET_ID AS SALES_HEADER_ID, B.SOLD_AT, B.CUSTOMER_ID, B.STORE_ID, C.CHANNEL_ID
             FROM (SELECT BASKET_ID, MIN(SOLD_AT) AS SOLD_AT, MIN(HOUSEHOLD_ID) AS CUSTOMER_ID, MIN(STORE_ID) AS STORE_ID
                   FROM {} GROUP BY BASKET_ID) B
             LEFT JOIN ETL.GEN_CHANNEL C ON C.BASKET_ID = B.BASKET_ID",
            TRANSACTIONS.name
        ),
    }
}

fn detail() -> Stage {
    Stage {
        table: "STAGING_SALESDETAIL",
        key: "SALES_DETAIL_ID",
        columns: &[
            "SALES_HEADER_ID",
            "PRODUCT_ID",
            "SALES_QUANTITY",
            "SALES_AMOUNT",
            "RETAIL_DISCOUNT",
            "COUPON_DISCOUNT",
        ],
        reads: TRANSACTIONS.name,
        query: format!(
            "SELECT SALES_DETAIL_ID, BASKET_ID AS SALES_HEADER_ID, PRODUCT_ID, QUANTITY AS SALES_QUANTITY,
             SALES_VALUE AS SALES_AMOUNT, RETAIL_DISC AS RETAIL_DISCOUNT, COUPON_DISC AS COUPON_DISCOUNT FROM {}",
            TRANSACTIONS.name
        ),
    }
}

fn customer() -> Stage {
    let bands: Vec<String> =
        BANDS.iter().map(|(name, source)| format!("COALESCE(D.{source}, 'Unknown') AS {name}")).collect();
    Stage {
        table: "STAGING_CUSTOMER",
        key: "CUSTOMER_ID",
        columns: &[
            "FIRST_NAME", "LAST_NAME", "EMAIL", "PHONE", "ADDRESS", "CITY", "STATE", "POSTAL_CODE", "AGE_BAND",
            "INCOME_BAND", "HOME_OWNERSHIP", "MARITAL_STATUS", "HOUSEHOLD_SIZE", "KIDS_COUNT",
        ],
        reads: "ETL.GEN_CUSTOMER",
        query: format!(
            "SELECT G.HOUSEHOLD_ID AS CUSTOMER_ID, G.FIRST_NAME, G.LAST_NAME, G.EMAIL, G.PHONE, G.ADDRESS, S.CITY, S.STATE,
             S.POSTAL_START || G.POSTAL_END AS POSTAL_CODE, {}
             FROM ETL.GEN_CUSTOMER G
             LEFT JOIN (
                 SELECT CUSTOMER_ID, STORE_ID,
                        ROW_NUMBER() OVER (PARTITION BY CUSTOMER_ID ORDER BY VISITS DESC, STORE_ID) AS PLACE
                 FROM (SELECT CUSTOMER_ID, STORE_ID, COUNT(*) AS VISITS FROM STAGING_SALESHEADER
                       GROUP BY CUSTOMER_ID, STORE_ID) V) V ON V.CUSTOMER_ID = G.HOUSEHOLD_ID AND V.PLACE = 1
             LEFT JOIN ETL.GEN_STORE S ON S.STORE_ID = V.STORE_ID
             LEFT JOIN {} D ON D.HOUSEHOLD_ID = G.HOUSEHOLD_ID",
            bands.join(", "),
            DEMOGRAPHICS.name
        ),
    }
}

fn target() -> Stage {
    Stage {
        table: "STAGING_TARGETDATAPRODUCT",
        key: "PRODUCT_ID",
        columns: &["PRODUCT_NAME", "TARGET_YEAR", "SALES_QUANTITY_TARGET"],
        reads: "ETL.GEN_TARGET",
        query: format!(
            "SELECT S.PRODUCT_ID, P.PRODUCT_NAME, {TARGET_YEAR} AS TARGET_YEAR,
             GREATEST(CAST(ROUND(S.UNITS * G.FACTOR, 0) AS BIGINT), 1) AS SALES_QUANTITY_TARGET
             FROM (SELECT PRODUCT_ID, SUM(QUANTITY) AS UNITS FROM {}
                   WHERE SOLD_AT >= TIMESTAMP '{TARGET_YEAR}-01-01 00:00:00' AND SOLD_AT < TIMESTAMP '{}-01-01 00:00:00'
                   GROUP BY PRODUCT_ID) S
             JOIN ETL.GEN_TARGET G ON G.PRODUCT_ID = S.PRODUCT_ID
             LEFT JOIN STAGING_PRODUCT P ON P.PRODUCT_ID = S.PRODUCT_ID",
            TRANSACTIONS.name,
            TARGET_YEAR + 1
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_stage() {
        assert!(STEPS.iter().all(|step| stages().iter().any(|stage| stage.table == *step)));
    }
}
