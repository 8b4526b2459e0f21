//! The whole of The Complete Journey, loaded once: every count and total that is known of it.

use synthbook_agents::etl::retail::Source;
use synthbook_agents::etl::{self, Outcome};
use synthbook_agents::warehouse::{DuckDb, Warehouse};
use synthbook_synth::Progress;

use super::source::{cell, cells, complete_journey, load};

/// Half a minute of work: everything that needs the whole data is asked of one load.
#[test]
fn the_whole_source_is_loaded_to_the_letter() {
    let folder = tempfile::tempdir().unwrap();
    let duck = DuckDb::open(folder.path().join("retail.duckdb")).unwrap();
    let source = Source::folder(complete_journey());
    let report = load(&duck, &source).unwrap();
    assert_eq!(report.status, Outcome::Done);
    assert_eq!(report.steps.len(), 16);
    counts_and_totals(&duck, &source);
    generated_attributes(&duck);
    calendar(&duck);
    let again = load(&duck, &source).unwrap();
    assert_eq!((again.status, again.rows_out), (Outcome::Unchanged, 0), "{again:?}");
    let file = folder.path().join("expectations.toml");
    let quality = etl::quality(&duck, Some(&file), &Progress::silent()).unwrap();
    assert!(quality.passed(), "{}", quality.text());
    assert!(quality.checks.len() > 150, "{}", quality.checks.len());
    let scratch = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'ETL' AND table_name NOT IN ('RUNS', 'STEPS', 'LOCKS')";
    assert_eq!(cell(&duck, scratch), "0");
}

fn counts_and_totals(duck: &DuckDb, source: &Source) {
    let expected = [
        ("SELECT count(*) FROM FACT_SALESACTUAL", "1469307"),
        ("SELECT count(*) FROM STAGING_SALESDETAIL", "1469307"),
        ("SELECT count(*) FROM STAGING_SALESHEADER", "155848"),
        ("SELECT count(*) FROM STAGING_CUSTOMER", "2469"),
        ("SELECT count(*) FROM STAGING_STORE", "457"),
        ("SELECT count(*) FROM STAGING_PRODUCT", "92331"),
        ("SELECT count(*) FROM DIM_PRODUCT", "92332"),
        ("SELECT count(*) FROM DIM_CUSTOMER", "2470"),
        ("SELECT count(*) FROM DIM_STORE", "458"),
        ("SELECT count(*) FROM DIM_CHANNEL", "4"),
        ("SELECT count(*) FROM DIM_DATE", "7670"),
        ("SELECT count(*) FROM DIM_CUSTOMER WHERE AGE_BAND = 'Unknown' AND CUSTOMER_KEY <> -1", "1668"),
        ("SELECT count(*) FROM FACT_SALESACTUAL WHERE PRODUCT_KEY = -1", "4836"),
        ("SELECT count(*) FROM FACT_SALESACTUAL WHERE DATE_KEY = 20180101", "534"),
        ("SELECT sum(SALES_AMOUNT) FROM FACT_SALESACTUAL", "4596039.58"),
        (
            "SELECT count(*) FROM STAGING_PRODUCT WHERE (LIST_PRICE IS NULL) <> (PRODUCT_ID NOT IN
          (SELECT PRODUCT_ID FROM STAGING_SALESDETAIL WHERE SALES_QUANTITY <> 0))",
            "0",
        ),
        ("SELECT count(*) FROM DIM_CUSTOMER WHERE NOT IS_CURRENT OR VALID_TO IS NOT NULL", "0"),
        ("SELECT count(*) FROM FACT_SALESACTUAL WHERE CUSTOMER_KEY = -1 OR STORE_KEY = -1 OR CHANNEL_KEY = -1", "0"),
    ];
    for (query, wanted) in expected {
        assert_eq!(cell(duck, query), wanted, "{query}");
    }
    let transactions = format!("read_parquet('{}')", source.transactions.display());
    for column in ["sales_value", "retail_disc", "coupon_disc"] {
        let of = match column {
            "sales_value" => "SALES_AMOUNT",
            "retail_disc" => "RETAIL_DISCOUNT",
            _ => "COUPON_DISCOUNT",
        };
        let same = format!(
            "SELECT round((SELECT sum({column}) FROM {transactions}), 2) = (SELECT sum({of})::DOUBLE FROM FACT_SALESACTUAL)"
        );
        assert_eq!(cell(duck, &same), "true", "{column}");
    }
    for (key, dimension) in [
        ("DATE_KEY", "DIM_DATE"),
        ("CUSTOMER_KEY", "DIM_CUSTOMER"),
        ("PRODUCT_KEY", "DIM_PRODUCT"),
        ("STORE_KEY", "DIM_STORE"),
        ("CHANNEL_KEY", "DIM_CHANNEL"),
    ] {
        let orphans = format!("SELECT count(*) FROM FACT_SALESACTUAL f ANTI JOIN {dimension} d ON d.{key} = f.{key}");
        assert_eq!(cell(duck, &orphans), "0", "{key}");
    }
    let median = "SELECT count(*) FROM STAGING_PRODUCT p JOIN (
            SELECT PRODUCT_ID, round(median((SALES_AMOUNT + RETAIL_DISCOUNT + COUPON_DISCOUNT)::DOUBLE / SALES_QUANTITY), 2) AS price
            FROM STAGING_SALESDETAIL WHERE SALES_QUANTITY <> 0 GROUP BY ALL) m USING (PRODUCT_ID)
        WHERE abs(p.LIST_PRICE::DOUBLE - m.price) > 0.005";
    assert_eq!(cell(duck, median), "0");
}

fn generated_attributes(duck: &DuckDb) {
    let shares = |query: &str| -> Vec<(String, f64)> {
        cells(duck, query).into_iter().map(|row| (row[0].clone(), row[1].parse().unwrap())).collect()
    };
    let near = |query: &str, wanted: &[(&str, f64)], tolerance: f64| {
        let found = shares(query);
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for (name, share) in wanted {
            let (_, found) = found.iter().find(|(found, _)| found == name).unwrap();
            assert!((found - share).abs() < tolerance, "{name}: {found}");
        }
    };
    near(
        "SELECT CHANNEL_NAME, count(*) / 155848 FROM STAGING_SALESHEADER JOIN STAGING_CHANNEL USING (CHANNEL_ID) GROUP BY 1",
        &[("In-store", 0.80), ("Click and collect", 0.12), ("Home delivery", 0.08)],
        0.005,
    );
    near(
        "SELECT STORE_FORMAT, count(*) / 457 FROM STAGING_STORE GROUP BY 1",
        &[("Supermarket", 0.60), ("Superstore", 0.25), ("Express", 0.15)],
        0.06,
    );
    let regions = "SELECT REGION || ': ' || string_agg(DISTINCT STATE, ', ' ORDER BY STATE) FROM DIM_STORE WHERE STORE_KEY > 0 GROUP BY REGION ORDER BY 1";
    let regions: Vec<String> = cells(duck, regions).into_iter().flatten().collect();
    assert_eq!(
        regions,
        [
            "Midwest: Illinois, Michigan, Ohio",
            "Northeast: Massachusetts, New York, Pennsylvania",
            "South: Florida, Georgia, Texas",
            "West: California, Colorado, Washington",
        ]
    );
    let home = "SELECT count(*) FROM DIM_CUSTOMER c JOIN (
            SELECT CUSTOMER_ID, first(STORE_ID ORDER BY n DESC, STORE_ID) AS STORE_ID FROM (
                SELECT CUSTOMER_ID, STORE_ID, count(*) AS n FROM STAGING_SALESHEADER GROUP BY ALL) GROUP BY ALL) v USING (CUSTOMER_ID)
        JOIN DIM_STORE s USING (STORE_ID) WHERE (c.CITY, c.STATE, c.REGION) = (s.CITY, s.STATE, s.REGION)";
    assert_eq!(cell(duck, home), "2469");
    assert_eq!(cell(duck, "SELECT count(DISTINCT EMAIL) FROM DIM_CUSTOMER"), "2469");
    let targets = "SELECT round(median(ln(t / u)), 2), round(stddev(ln(t / u)), 2) FROM (
        SELECT SALES_QUANTITY_TARGET AS t, (SELECT sum(SALES_QUANTITY) FROM FACT_SALESACTUAL a WHERE a.PRODUCT_KEY = f.PRODUCT_KEY
            AND DATE_KEY BETWEEN 20170101 AND 20171231) AS u FROM FACT_SALESTARGET f) WHERE u >= 100";
    assert_eq!(cells(duck, targets)[0], ["0.05", "0.25"], "ln 1.05 and the σ of the law");
    assert_eq!(cell(duck, "SELECT min(SALES_QUANTITY_TARGET) FROM FACT_SALESTARGET"), "1");
    let sold = "SELECT (SELECT count(*) FROM STAGING_TARGETDATAPRODUCT) = (SELECT count(DISTINCT PRODUCT_ID) FROM STAGING_SALESDETAIL
        JOIN STAGING_SALESHEADER USING (SALES_HEADER_ID) WHERE year(SOLD_AT) = 2017)";
    assert_eq!(cell(duck, sold), "true");
    let catalog = duck.catalog().unwrap();
    let said = |table: &str, column: &str| {
        catalog.table(table).unwrap().column(column).unwrap().comment.clone().unwrap_or_default()
    };
    assert!(said("DIM_STORE", "STORE_NAME").contains("Generated by Synthbook with seed 2017"));
    assert!(said("FACT_SALESACTUAL", "CHANNEL_KEY").contains("Generated"));
    assert!(said("FACT_SALESACTUAL", "SALES_QUANTITY").is_empty());
}

fn calendar(duck: &DuckDb) {
    let of = |day: &str| {
        cells(duck, &format!(
        "SELECT DATE_KEY, DAY_NAME, DAY_OF_WEEK, WEEK_OF_YEAR, QUARTER_NUMBER, FISCAL_WEEK, FISCAL_MONTH, FISCAL_QUARTER, FISCAL_YEAR,
         IS_WEEKEND, IS_HOLIDAY, coalesce(HOLIDAY_NAME, '-') FROM DIM_DATE WHERE FULL_DATE = '{day}'"
    )).remove(0).join(" ")
    };
    assert_eq!(of("2017-01-02"), "20170102 Monday 1 1 1 49 12 4 2016 false true New Year's Day (observed)");
    assert_eq!(of("2017-02-01"), "20170201 Wednesday 3 5 1 1 1 1 2017 false false -");
    assert_eq!(of("2017-11-11"), "20171111 Saturday 6 45 4 41 10 4 2017 true true Veterans Day");
    let iso = "SELECT count(*) FROM DIM_DATE WHERE WEEK_OF_YEAR <> weekofyear(FULL_DATE) OR DAY_OF_YEAR <> dayofyear(FULL_DATE)
        OR DAY_NAME <> dayname(FULL_DATE) OR MONTH_NAME <> monthname(FULL_DATE) OR DAY_OF_WEEK <> isodow(FULL_DATE)";
    assert_eq!(cell(duck, iso), "0");
}
