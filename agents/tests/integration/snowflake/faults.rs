//! What a server and a network do on a bad day: an error with a code, or the whole result; never a part of it.

use std::time::{Duration, Instant};

use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{Cancel, Request, Snowflake, SnowflakeError, Warehouse};

use super::server::Server;
use super::{ask, assert_silent, code, connect, fails, numbers};

fn with(server: &Server) -> Snowflake {
    connect(server.port, "/DB", "", true)
}

#[test]
fn a_busy_server_is_asked_again_under_the_same_number() {
    let server = Server::start();
    let snowflake = with(&server);
    assert_eq!(numbers(ask(&snowflake, "SELECT busy", &Request::default()).unwrap()).unwrap(), [42]);
    let seen = server.seen("query-request");
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|asked| asked.query["requestId"] == seen[0].query["requestId"]));
    let counts: Vec<_> = seen.iter().map(|asked| asked.query.get("retryCount").map(String::as_str)).collect();
    assert_eq!(counts, [None, Some("1"), Some("2")]);
    let error = fails(&snowflake, "SELECT overloaded");
    assert!(
        matches!(error, AgentsError::Snowflake(SnowflakeError::Busy { status: 503, attempts: 3, .. })),
        "{error:?}"
    );
}

#[test]
fn an_expired_session_is_renewed_or_opened_anew() {
    let server = Server::start();
    let snowflake = with(&server);
    let batches = ask(&snowflake, "SELECT expired", &Request::default()).unwrap();
    assert!(batches.notes().is_empty(), "the session is the same");
    assert_eq!(numbers(batches).unwrap(), [42]);
    assert_eq!((server.seen("token-request").len(), server.seen("login-request").len()), (1, 1));
    let batches = ask(&snowflake, "SELECT masterless", &Request::default()).unwrap();
    assert!(batches.notes()[0].contains("expired"), "{:?}", batches.notes());
    assert_eq!(numbers(batches).unwrap(), [42]);
    assert_eq!(server.seen("login-request").len(), 2);
    // A renewal that does not help is tried once.
    assert_eq!(code(&fails(&snowflake, "SELECT gone")), "agents::snowflake_login");
    assert_eq!(server.seen("query-request").iter().filter(|seen| seen.body["sqlText"] == "SELECT gone").count(), 2);
}

#[test]
fn a_transaction_that_ended_with_its_session_is_not_gone_on_with() {
    let server = Server::start();
    let snowflake = with(&server);
    drop(ask(&snowflake, "BEGIN", &Request::default()).unwrap());
    let error = fails(&snowflake, "SELECT masterless");
    assert!(matches!(error, AgentsError::Snowflake(SnowflakeError::SessionLost)), "{error:?}");
    assert_eq!(numbers(ask(&snowflake, "SELECT 1", &Request::default()).unwrap()).unwrap(), [42]);
}

#[test]
fn a_part_that_is_torn_is_read_again_or_an_error() {
    let server = Server::start();
    let snowflake = with(&server);
    let batches = ask(&snowflake, "SELECT torn once", &Request::default()).unwrap();
    assert_eq!(numbers(batches).unwrap(), (1..10).collect::<Vec<_>>());
    assert_eq!(code(&fails(&snowflake, "SELECT torn")), "agents::snowflake_network");
    assert_eq!(code(&fails(&snowflake, "SELECT gone parts")), "agents::snowflake_network");
    assert_eq!(code(&fails(&snowflake, "SELECT lost")), "agents::snowflake_reply");
}

#[test]
fn a_result_that_is_not_whole_is_an_error() {
    let server = Server::start();
    let snowflake = with(&server);
    for statement in ["SELECT cut", "SELECT miscounted", "SELECT promised", "SELECT damaged"] {
        let error = fails(&snowflake, statement);
        assert_eq!(code(&error), "agents::snowflake_cut", "{statement}: {error:?}");
    }
}

#[test]
fn answers_that_are_none_are_said() {
    let server = Server::start();
    let snowflake = with(&server);
    for statement in ["SELECT nonsense", "SELECT forbidden", "SELECT elsewhere", "SELECT nowhere"] {
        let error = fails(&snowflake, statement);
        assert_eq!(code(&error), "agents::snowflake_reply", "{statement}: {error:?}");
    }
    let error = fails(&snowflake, "SELECT 1;\n SELECT wrong");
    assert_eq!(error.position().map(|at| (at.line, at.column)), Some((2, 8)), "{error:?}");
}

#[test]
fn no_file_is_moved_whoever_asks() {
    let server = Server::start();
    let snowflake = with(&server);
    let statements = [
        "PUT file:///etc/passwd @~",
        "/* x */ get @~ file:///tmp",
        "SELECT 1; put file:///etc/passwd @s",
        "SELECT sneaky",
    ];
    for statement in statements {
        let error = fails(&snowflake, statement);
        assert_eq!(code(&error), "agents::snowflake_transfer", "{statement}: {error:?}");
    }
    assert_eq!(server.seen("query-request").len(), 1, "only the last one was sent");
}

#[test]
fn a_slow_query_is_stopped_here_and_there() {
    let server = Server::start();
    let snowflake = with(&server);
    let request = Request { deadline: Some(Duration::from_millis(300)), ..Request::default() };
    let started = Instant::now();
    let error = ask(&snowflake, "SELECT slow", &request).unwrap_err();
    assert!(matches!(error, AgentsError::Deadline { seconds } if seconds < 1.0), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    let aborted = &server.seen("abort-request")[0];
    assert_eq!(aborted.body["requestId"], server.seen("query-request")[0].query["requestId"].as_str());
    assert!(matches!(ask(&snowflake, "SELECT stopped", &request), Err(AgentsError::Deadline { .. })));
}

#[test]
fn a_query_is_cancelled_from_another_thread() {
    for all in [false, true] {
        let server = Server::start();
        let snowflake = with(&server);
        let cancel = Cancel::new();
        let request = Request { cancel: cancel.clone(), ..Request::default() };
        let waiting = {
            let snowflake = snowflake.clone();
            std::thread::spawn(move || ask(&snowflake, "SELECT slow", &request).map(drop))
        };
        while server.seen("query-request").is_empty() {
            std::thread::sleep(Duration::from_millis(10));
        }
        if all {
            snowflake.cancel();
        } else {
            cancel.cancel();
        }
        let outcome = waiting.join().unwrap();
        assert!(matches!(outcome, Err(AgentsError::Cancelled)), "{outcome:?}");
        assert_eq!(server.seen("abort-request").len(), 1);
        assert_eq!(numbers(ask(&snowflake, "SELECT 1", &Request::default()).unwrap()).unwrap(), [42]);
    }
}

#[test]
fn a_server_that_goes_away_is_an_error() {
    let mut server = Server::start();
    let snowflake = with(&server);
    let mut batches = ask(&snowflake, "SELECT large", &Request::default()).unwrap();
    assert!(batches.next().unwrap().is_ok());
    server.stop();
    let error = batches.find_map(Result::err).expect("the other rows are missing");
    assert_eq!(code(&error), "agents::snowflake_network", "{error:?}");
    assert_silent(&error);
    assert_eq!(code(&fails(&snowflake, "SELECT 1")), "agents::snowflake_network");
}
