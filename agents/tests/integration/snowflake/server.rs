//! A small Snowflake that fails on purpose: the statement says how.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::SECRET;

/// How many rows each part of the large result has, and how many parts there are.
pub(crate) const LARGE: (i64, i64) = (10_000, 100);

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: Value,
}

/// The server and what it saw.
pub(crate) struct Server {
    pub(crate) port: u16,
    world: Arc<World>,
    runtime: Option<tokio::runtime::Runtime>,
}

#[derive(Default)]
struct World {
    seen: Mutex<Vec<Seen>>,
    /// How often each thing was asked for.
    asked: Mutex<BTreeMap<String, usize>>,
    /// Which session tokens are good: those of this number.
    session: AtomicUsize,
    aborted: AtomicUsize,
    fetched: AtomicUsize,
    fetching: AtomicUsize,
    most: AtomicUsize,
}

impl Server {
    pub(crate) fn start() -> Self {
        let world = Arc::new(World::default());
        let router = Router::new()
            .route("/session/v1/login-request", post(login))
            .route("/session/token-request", post(renew))
            .route("/session", post(close))
            .route("/queries/v1/query-request", post(query))
            .route("/queries/v1/abort-request", post(abort))
            .route("/queries/{name}/result", get(later))
            .route("/chunks/{name}/{number}", get(chunk))
            .with_state(Arc::clone(&world));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = runtime.block_on(tokio::net::TcpListener::bind(address)).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { port, world, runtime: Some(runtime) }
    }

    /// What was asked so far, on paths that end so.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        lock(&self.world.seen).iter().filter(|seen| seen.path.ends_with(path)).cloned().collect()
    }

    /// How many parts were fetched, and how many at once at most.
    pub(crate) fn fetched(&self) -> (usize, usize) {
        (self.world.fetched.load(Ordering::SeqCst), self.world.most.load(Ordering::SeqCst))
    }

    /// Goes away.
    pub(crate) fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    fn note(&self, path: &str, query: &BTreeMap<String, String>, body: &Value) {
        lock(&self.seen).push(Seen { path: path.to_owned(), query: query.clone(), body: body.clone() });
    }

    /// How often this was asked for before.
    fn before(&self, what: &str) -> usize {
        let mut asked = lock(&self.asked);
        let count = asked.entry(what.to_owned()).or_default();
        *count += 1;
        *count - 1
    }

    fn token(&self) -> String {
        format!("session-token-{}", self.session.load(Ordering::SeqCst))
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        given == format!("Snowflake Token=\"{}\"", self.token())
    }
}

type Asked = Query<BTreeMap<String, String>>;
type Shared = State<Arc<World>>;

async fn login(State(world): Shared, Query(query): Asked, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap();
    world.note("login-request", &query, &body);
    let data = &body["data"];
    let jwt = data["AUTHENTICATOR"] == "SNOWFLAKE_JWT" && data["TOKEN"].is_string();
    if !jwt && data["PASSWORD"] != SECRET {
        let message = "Incorrect username or password was specified.";
        return Json(json!({ "success": false, "code": "390100", "message": message, "data": {} })).into_response();
    }
    let mut data = json!({ "token": world.token(), "masterToken": "master-token" });
    data["sessionInfo"] = json!({ "databaseName": "DB", "schemaName": "PUBLIC" });
    let text = json!({ "success": true, "code": null, "data": data }).to_string();
    // Answers come compressed.
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    (headers, gzip(text.as_bytes())).into_response()
}

async fn renew(State(world): Shared, Query(query): Asked, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap();
    world.note("token-request", &query, &body);
    let master = headers.get("authorization").is_some_and(|value| value == "Snowflake Token=\"master-token\"");
    if !master || lock(&world.asked).contains_key("SELECT masterless") {
        let message = "Master token has expired. User must login again.";
        return Json(json!({ "success": false, "code": "390114", "message": message })).into_response();
    }
    let data = json!({ "sessionToken": world.token(), "masterToken": "master-token" });
    Json(json!({ "success": true, "data": data })).into_response()
}

async fn close(State(world): Shared, Query(query): Asked) -> Response {
    world.note("session", &query, &Value::Null);
    Json(json!({ "success": true })).into_response()
}

async fn abort(State(world): Shared, Query(query): Asked, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap();
    world.note("abort-request", &query, &body);
    world.aborted.fetch_add(1, Ordering::SeqCst);
    Json(json!({ "success": true })).into_response()
}

async fn query(State(world): Shared, Query(query): Asked, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap();
    world.note("query-request", &query, &body);
    let statement = body["sqlText"].as_str().unwrap().to_owned();
    let before = world.before(&statement);
    if matches!(statement.as_str(), "SELECT expired" | "SELECT masterless") && before == 0 {
        world.session.fetch_add(1, Ordering::SeqCst);
    }
    if !world.knows(&headers) || statement == "SELECT gone" {
        let message = "Session token has expired.";
        return Json(json!({ "success": false, "code": "390112", "message": message })).into_response();
    }
    let origin = format!("http://{}", headers["host"].to_str().unwrap());
    answer(&statement, before, &origin)
}

fn answer(statement: &str, before: usize, origin: &str) -> Response {
    let retry = |status: StatusCode| (status, [("retry-after", "0")], "<html>busy</html>").into_response();
    let running = |url: &str| {
        Json(json!({ "success": true, "code": "333334", "data": { "queryId": "q", "getResultUrl": url } }))
            .into_response()
    };
    match statement {
        "SELECT busy" if before == 0 => retry(StatusCode::TOO_MANY_REQUESTS),
        "SELECT busy" if before == 1 => retry(StatusCode::SERVICE_UNAVAILABLE),
        "SELECT overloaded" => retry(StatusCode::SERVICE_UNAVAILABLE),
        "SELECT nonsense" => {
            ([("content-type", "text/html")], "<html>Sign in to the hotel's network</html>").into_response()
        }
        "SELECT forbidden" => (StatusCode::FORBIDDEN, "no").into_response(),
        "SELECT later" => running("/queries/later/result"),
        "SELECT slow" => running("/queries/slow/result"),
        "SELECT elsewhere" => running("http://127.0.0.2:1/queries/later/result"),
        "SELECT nowhere" => Json(json!({ "success": true, "code": "333334", "data": {} })).into_response(),
        "SELECT sneaky" => {
            Json(json!({ "success": true, "data": { "command": "UPLOAD", "src_locations": ["/etc/*"] } }))
                .into_response()
        }
        "SELECT wrong" => {
            let message = "SQL compilation error:\nsyntax error line 1 at position 7 unexpected 'wrong'.";
            Json(json!({ "success": false, "code": "001003", "message": message, "data": {} })).into_response()
        }
        "SELECT stopped" => {
            let message = "Statement reached its statement or warehouse timeout of 1 second(s) and was canceled.";
            Json(json!({ "success": false, "code": "000630", "message": message, "data": {} })).into_response()
        }
        "SELECT ordered" | "SELECT torn" | "SELECT torn once" | "SELECT cut" | "SELECT miscounted" | "SELECT lost" => {
            let name = statement.trim_start_matches("SELECT ").replace(' ', "-");
            let chunks: Vec<Value> = (1..=2)
                .map(|number| json!({ "url": format!("{origin}/chunks/{name}/{number}?signature=abc"), "rowCount": 3 }))
                .collect();
            arrow(1..4, 9, &chunks)
        }
        "SELECT gone parts" => arrow(1..4, 6, &[json!({ "url": "http://127.0.0.1:1/x?signature=abc", "rowCount": 3 })]),
        "SELECT large" => {
            let chunks: Vec<Value> = (1..LARGE.1)
                .map(|number| json!({ "url": format!("{origin}/chunks/large/{number}"), "rowCount": LARGE.0 }))
                .collect();
            arrow(0..LARGE.0, LARGE.0 * LARGE.1, &chunks)
        }
        "SELECT promised" => arrow(1..4, 10, &[]),
        "SELECT damaged" => result(json!([column("N")]), json!({ "rowsetBase64": "????", "total": 1, "returned": 1 })),
        "SELECT texts" => {
            let chunks = json!([{ "url": format!("{origin}/chunks/texts/1"), "rowCount": 2 }]);
            result(
                json!([column("N")]),
                json!({ "rowset": [["1"], [null]], "total": 4, "returned": 4, "chunks": chunks }),
            )
        }
        // A catalogue: two tables, the second of which refers to the first by two columns.
        text if text.contains("information_schema.tables") => {
            let names = ["TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE", "ROW_COUNT", "COMMENT"];
            table(
                &names,
                json!([
                    ["PUBLIC", "STORES", "BASE TABLE", "3", "where we sell"],
                    ["PUBLIC", "SALES", "BASE TABLE", "9", ""]
                ]),
            )
        }
        text if text.contains("information_schema.columns") => {
            let names = [
                "TABLE_SCHEMA",
                "TABLE_NAME",
                "COLUMN_NAME",
                "DATA_TYPE",
                "NUMERIC_PRECISION",
                "NUMERIC_SCALE",
                "IS_NULLABLE",
                "COMMENT",
            ];
            let rows = [("STORES", "A"), ("STORES", "B"), ("SALES", "X"), ("SALES", "Y")];
            let rows: Vec<Value> = rows
                .iter()
                .map(|(table, column)| json!(["PUBLIC", table, column, "NUMBER", "38", "0", "NO", null]))
                .collect();
            table(&names, Value::from(rows))
        }
        text if text.starts_with("SHOW PRIMARY KEYS") => {
            let names = ["database_name", "schema_name", "table_name", "column_name", "key_sequence"];
            table(&names, json!([["DB", "PUBLIC", "STORES", "B", "2"], ["DB", "PUBLIC", "STORES", "A", "1"]]))
        }
        text if text.starts_with("SHOW IMPORTED KEYS") => {
            let names = [
                "pk_database_name",
                "pk_schema_name",
                "pk_table_name",
                "pk_column_name",
                "fk_database_name",
                "fk_schema_name",
                "fk_table_name",
                "fk_column_name",
                "key_sequence",
                "fk_name",
            ];
            table(
                &names,
                json!([
                    ["DB", "PUBLIC", "STORES", "B", "DB", "PUBLIC", "SALES", "Y", "2", "to_store"],
                    ["DB", "PUBLIC", "STORES", "A", "DB", "PUBLIC", "SALES", "X", "1", "to_store"],
                ]),
            )
        }
        "INSERT INTO t" => {
            let name = "number of rows inserted";
            result(json!([column(name)]), json!({ "rowset": [["7"]], "total": 1, "returned": 1 }))
        }
        "SELECT empty" => result(json!([column("N")]), json!({ "rowsetBase64": "", "total": 0, "returned": 0 })),
        "SELECT strange" => {
            let kinds = ["GEOGRAPHY", "MAP", "FILE", "SOMETHING_NEW"];
            let columns: Vec<Value> =
                kinds.iter().map(|kind| json!({ "name": kind, "type": kind, "nullable": true })).collect();
            let row: Vec<String> = kinds.iter().map(|kind| format!("a {kind}")).collect();
            result(Value::from(columns), json!({ "rowset": [row], "total": 1, "returned": 1 }))
        }
        _ => arrow(42..43, 1, &[]),
    }
}

async fn later(State(world): Shared, Path(name): Path<String>, headers: HeaderMap) -> Response {
    assert!(world.knows(&headers), "a result is asked for with the session's token");
    let running = Json(json!({ "success": true, "code": "333333", "data": { "queryId": "q" } })).into_response();
    match name.as_str() {
        "later" if world.before("later") < 2 => running,
        "later" => arrow(7..8, 1, &[]),
        _ if world.aborted.load(Ordering::SeqCst) > 0 => {
            Json(json!({ "success": false, "code": "000604", "message": "SQL execution canceled" })).into_response()
        }
        _ => running,
    }
}

async fn chunk(State(world): Shared, Path((name, number)): Path<(String, i64)>, headers: HeaderMap) -> Response {
    assert!(!headers.contains_key("authorization"), "a part is read without the session's token");
    let now = world.fetching.fetch_add(1, Ordering::SeqCst) + 1;
    world.most.fetch_max(now, Ordering::SeqCst);
    let response = part(&world, &name, number).await;
    world.fetching.fetch_sub(1, Ordering::SeqCst);
    world.fetched.fetch_add(1, Ordering::SeqCst);
    response
}

async fn part(world: &World, name: &str, number: i64) -> Response {
    let rows = number * 3 + 1..number * 3 + 4;
    let before = world.before(&format!("{name} {number}"));
    match name {
        // The first part is the last to come.
        "ordered" => {
            tokio::time::sleep(Duration::from_millis(if number == 1 { 100 } else { 0 })).await;
            stream(rows).into_response()
        }
        "torn" => torn(&stream(rows)),
        "torn-once" if before == 0 => torn(&stream(rows)),
        "cut" if number == 2 => {
            let whole = stream(rows);
            whole[..whole.len() / 2].to_vec().into_response()
        }
        "miscounted" if number == 2 => stream(7..9).into_response(),
        "lost" if number == 2 => (StatusCode::FORBIDDEN, "<Error>ExpiredToken</Error>").into_response(),
        "texts" => r#"["3"],["4"]"#.into_response(),
        "large" => stream(number * LARGE.0..(number + 1) * LARGE.0).into_response(),
        _ => stream(rows).into_response(),
    }
}

/// A body that announces more than it gives, and breaks.
fn torn(bytes: &[u8]) -> Response {
    let pieces = [Ok(Bytes::from(bytes[..bytes.len() / 2].to_vec())), Err(std::io::Error::other("torn"))];
    Body::from_stream(futures_util::stream::iter(pieces)).into_response()
}

fn column(name: &str) -> Value {
    json!({ "name": name, "type": "fixed", "precision": 18, "scale": 0, "nullable": true })
}

/// Rows of texts under names.
#[expect(clippy::needless_pass_by_value, reason = "callers write the rows in place")]
fn table(names: &[&str], rows: Value) -> Response {
    let columns: Vec<Value> =
        names.iter().map(|name| json!({ "name": name, "type": "text", "nullable": true })).collect();
    let count = rows.as_array().unwrap().len();
    result(Value::from(columns), json!({ "rowset": rows, "total": count, "returned": count }))
}

fn result(rowtype: Value, mut data: Value) -> Response {
    data["rowtype"] = rowtype;
    data["queryId"] = "query-1".into();
    data["finalDatabaseName"] = "DB".into();
    data["finalSchemaName"] = "PUBLIC".into();
    Json(json!({ "success": true, "code": null, "message": null, "data": data })).into_response()
}

fn arrow(rows: std::ops::Range<i64>, total: i64, chunks: &[Value]) -> Response {
    let rows = base64(&stream(rows));
    result(json!([column("N")]), json!({ "rowsetBase64": rows, "total": total, "returned": total, "chunks": chunks }))
}

/// A column of numbers as Snowflake sends it.
fn stream(rows: std::ops::Range<i64>) -> Vec<u8> {
    let array: ArrayRef = Arc::new(Int64Array::from_iter_values(rows));
    let metadata = [("logicalType", "FIXED"), ("precision", "18"), ("scale", "0")];
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let field = Field::new("N", array.data_type().clone(), true).with_metadata(metadata);
    let schema = Arc::new(Schema::new(vec![field]));
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    writer.write(&RecordBatch::try_new(Arc::clone(&schema), vec![array]).unwrap()).unwrap();
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place <= three.len() { letter } else { '=' });
        }
    }
    text
}

/// The bytes as a gzip file, stored rather than packed (RFC 1951, section 3.2.4; RFC 1952).
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let length = u16::try_from(bytes.len()).unwrap();
    file.push(1);
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(bytes);
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    file.extend((!crc).to_le_bytes());
    file.extend(u32::from(length).to_le_bytes());
    file
}
