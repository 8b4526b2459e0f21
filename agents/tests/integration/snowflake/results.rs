//! Results from the server of our own: order, parts, long queries, types.

use std::time::Duration;

use arrow_array::cast::AsArray;
use synthbook_agents::warehouse::{Request, Warehouse};

use super::server::{LARGE, Server};
use super::{ask, connect, numbers, runs};

#[test]
fn rows_come_in_order_whatever_part_is_first() {
    let server = Server::start();
    let snowflake = connect(server.port, "/DB", "", true);
    let batches = ask(&snowflake, "SELECT ordered", &Request::default()).unwrap();
    assert_eq!(batches.statistics().query_id.as_deref(), Some("query-1"));
    assert_eq!(numbers(batches).unwrap(), (1..10).collect::<Vec<_>>());
    let texts = runs(&snowflake, "SELECT texts");
    let values = texts.batch.column(0).as_primitive::<arrow_array::types::Int64Type>();
    assert_eq!(values.iter().collect::<Vec<_>>(), [Some(1), None, Some(3), Some(4)]);
}

#[test]
fn a_million_rows_are_streamed_in_order_and_few_at_once() {
    let server = Server::start();
    let snowflake = connect(server.port, "/DB", "", true);
    let mut batches = ask(&snowflake, "SELECT large", &Request::default()).unwrap();
    let first = batches.next().unwrap().unwrap();
    // Whoever reads slowly is not overrun: four parts ahead, four in the queue, one on its way into it.
    std::thread::sleep(Duration::from_millis(300));
    let (fetched, _) = server.fetched();
    assert!((1..=10).contains(&fetched), "{fetched} parts were fetched for a reader of one");
    let mut next = first.num_rows() as i64;
    for batch in batches.by_ref() {
        let batch = batch.unwrap();
        let values = batch.column(0).as_primitive::<arrow_array::types::Int64Type>();
        assert_eq!(values.value(0), next);
        next += batch.num_rows() as i64;
        assert_eq!(values.values()[batch.num_rows() - 1], next - 1);
    }
    assert_eq!(next, LARGE.0 * LARGE.1);
    assert_eq!(batches.statistics().rows, 1_000_000);
    let (fetched, most) = server.fetched();
    assert_eq!(fetched as i64, LARGE.1 - 1);
    assert!(most <= 4, "{most} parts at once");
}

#[test]
fn a_reader_that_goes_away_stops_the_parts() {
    let server = Server::start();
    let snowflake = connect(server.port, "/DB", "", true);
    let mut batches = ask(&snowflake, "SELECT large", &Request::default()).unwrap();
    assert!(batches.next().unwrap().is_ok());
    drop(batches);
    let (fetched, _) = server.fetched();
    std::thread::sleep(Duration::from_millis(200));
    assert!(server.fetched().0 <= fetched + 4 && fetched < 20, "{fetched}");
    let limited = Request { rows: Some(15_000), ..Request::default() };
    let mut batches = ask(&snowflake, "SELECT large", &limited).unwrap();
    assert_eq!(batches.by_ref().map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 15_000);
    assert!(batches.truncated());
}

#[test]
fn a_long_query_is_waited_for() {
    let server = Server::start();
    let snowflake = connect(server.port, "/DB", "", true);
    let batches = ask(&snowflake, "SELECT later", &Request::default()).unwrap();
    assert_eq!(numbers(batches).unwrap(), [7]);
}

#[test]
fn types_that_are_not_known_are_texts() {
    let server = Server::start();
    let snowflake = connect(server.port, "/DB", "", true);
    let shown = runs(&snowflake, "SELECT strange");
    for (index, kind) in ["GEOGRAPHY", "MAP", "FILE", "SOMETHING_NEW"].into_iter().enumerate() {
        assert_eq!(shown.batch.column(index).as_string::<i32>().value(0), format!("a {kind}"));
    }
    let empty = runs(&snowflake, "SELECT empty");
    assert_eq!((empty.total, empty.batch.num_columns()), (Some(0), 1));
}

#[test]
fn a_query_carries_its_tag_and_its_time() {
    let server = Server::start();
    let snowflake = connect(server.port, "/DB", "", true);
    let request =
        Request { tag: Some("nightly".to_owned()), deadline: Some(Duration::from_millis(2500)), ..Request::default() };
    assert_eq!(numbers(ask(&snowflake, "SELECT 1", &request).unwrap()).unwrap(), [42]);
    let seen = &server.seen("query-request")[0];
    assert_eq!(seen.body["parameters"]["QUERY_TAG"], "nightly");
    assert_eq!(seen.body["parameters"]["STATEMENT_TIMEOUT_IN_SECONDS"], 3);
    let change = ask(&snowflake, "INSERT INTO t", &Request::default()).unwrap();
    assert_eq!(change.change().unwrap().rows, Some(7));
}

#[test]
fn keys_of_several_columns_are_in_their_order() {
    let server = Server::start();
    let snowflake = connect(server.port, "/DB/PUBLIC", "", true);
    drop(ask(&snowflake, "SELECT 1", &Request::default()).unwrap());
    let catalog = snowflake.catalog().unwrap();
    let (sales, stores) = (&catalog.tables[0], &catalog.tables[1]);
    assert_eq!(
        (stores.rows, stores.comment.as_deref(), sales.comment.as_deref()),
        (Some(3), Some("where we sell"), None)
    );
    assert_eq!(stores.primary_key, ["A", "B"]);
    let key = &sales.foreign_keys[0];
    assert_eq!((sales.foreign_keys.len(), key.table.as_str()), (1, "STORES"));
    assert_eq!(
        (key.columns.clone(), key.referenced.clone()),
        (vec!["X".into(), "Y".into()], vec!["A".into(), "B".into()])
    );
    assert_eq!(sales.columns[0].data_type, "NUMBER(38,0)");
}
