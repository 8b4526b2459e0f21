//! The retail warehouse on fakesnow: loaded by the same steps, and the same answers as from DuckDB. fakesnow needs half a
//! minute for the literals of the calendar, so there is one load.

use synthbook_agents::warehouse::DuckDb;

use super::Peer;
use crate::etl::source::{cells, load, rewrite, small};

/// What is asked of both.
const QUESTIONS: [&str; 5] = [
    "SELECT COUNT(*), SUM(SALES_AMOUNT), SUM(SALES_QUANTITY), COUNT(DISTINCT SALES_HEADER_ID) FROM FACT_SALESACTUAL",
    "SELECT s.REGION, SUM(f.SALES_AMOUNT) FROM FACT_SALESACTUAL f JOIN DIM_STORE s ON s.STORE_KEY = f.STORE_KEY GROUP BY s.REGION ORDER BY s.REGION",
    "SELECT c.CHANNEL_NAME, COUNT(*) FROM FACT_SALESACTUAL f JOIN DIM_CHANNEL c ON c.CHANNEL_KEY = f.CHANNEL_KEY GROUP BY c.CHANNEL_NAME ORDER BY c.CHANNEL_NAME",
    "SELECT CUSTOMER_ID, FIRST_NAME, LAST_NAME, EMAIL, CITY FROM DIM_CUSTOMER ORDER BY CUSTOMER_ID",
    "SELECT COUNT(*), SUM(SALES_QUANTITY_TARGET) FROM FACT_SALESTARGET WHERE TARGET_YEAR = 2017",
];

#[test]
fn the_retail_warehouse_is_loaded_and_answers_as_duckdb_does() {
    let folder = tempfile::tempdir().unwrap();
    let source = small(folder.path());
    let few = "SELECT * FROM t WHERE basket_id IN (SELECT DISTINCT basket_id FROM t ORDER BY basket_id LIMIT 12)";
    rewrite(folder.path(), "transactions.parquet", few);
    rewrite(folder.path(), "products.parquet", "SELECT * FROM t ORDER BY product_id LIMIT 150");
    let duck = DuckDb::in_memory().unwrap();
    let peer = Peer::start();
    let snowflake = peer.connect("RETAIL");
    let there = load(&duck, &source).unwrap();
    let here = load(&snowflake, &source).unwrap();
    assert_eq!(here.rows_out, there.rows_out);
    for question in QUESTIONS {
        let (ours, theirs) = (cells(&duck, question), cells(&snowflake, question));
        assert!(!ours.is_empty(), "{question}");
        assert_eq!(numbers(&ours), numbers(&theirs), "{question}");
    }
}

/// Cells in which a number is a number: fakesnow writes a sum of decimals as a float.
fn numbers(cells: &[Vec<String>]) -> Vec<Vec<String>> {
    let cell = |text: &String| text.parse::<f64>().map_or_else(|_| text.clone(), |number| format!("{number:.2}"));
    cells.iter().map(|row| row.iter().map(cell).collect()).collect()
}
