//! Ways in: a token, a key pair, and what is refused; and that no secret is shown.

use std::io::Write;
use std::process::Stdio;

use miette::Diagnostic;
use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{Guard, Request, Snowflake, SnowflakeError, Sql, Warehouse, check};

use super::server::Server;
use super::{SECRET, ask, assert_silent, code, connect, fails, numbers, python, sql};

fn url(server: &Server, more: &str) -> String {
    format!(
        "snowflake://anna@my_org-acc.eu-west-1/DB?host=127.0.0.1&protocol=http&port={}&retries=0{more}",
        server.port
    )
}

/// Runs a Python script with the connector's own cryptography; gives what it prints.
fn scripted(script: &str, input: &str) -> String {
    let mut process = python().args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "its errors are above");
    String::from_utf8(output.stdout).unwrap()
}

const MAKE_KEY: &str = "
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives import serialization as s
key = rsa.generate_private_key(65537, 2048)
print(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode(), end='')
";

const READ_TOKEN: &str = "
import base64, hashlib, json, sys, jwt
from cryptography.hazmat.primitives import serialization as s
pem, token = sys.stdin.read().split('|')
public = s.load_pem_private_key(pem.encode(), None).public_key()
der = public.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
claims = jwt.decode(token, public, algorithms=['RS256'])
fingerprint = 'SHA256:' + base64.b64encode(hashlib.sha256(der).digest()).decode()
assert claims['iss'] == claims['sub'] + '.' + fingerprint, claims
assert claims['exp'] > claims['iat']
print(claims['sub'], end='')
";

#[test]
fn a_key_pair_signs_the_login() {
    let server = Server::start();
    let key = scripted(MAKE_KEY, "");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.p8");
    std::fs::write(&file, &key).unwrap();
    for (variable, value) in
        [("SNOWFLAKE_PRIVATE_KEY", key.clone()), ("SNOWFLAKE_PRIVATE_KEY_FILE", file.to_str().unwrap().to_owned())]
    {
        let environment = |name: &str| (name == variable).then(|| value.clone());
        let snowflake = Snowflake::connect(&url(&server, ""), &environment, true).unwrap();
        assert_eq!(numbers(ask(&snowflake, "SELECT 1", &Request::default()).unwrap()).unwrap(), [42]);
        assert!(!format!("{snowflake:?}").contains("PRIVATE"));
    }
    let login = &server.seen("login-request")[0].body["data"];
    // A region is no part of the name that a key signs for.
    assert_eq!(scripted(READ_TOKEN, &format!("{key}|{}", login["TOKEN"].as_str().unwrap())), "MY_ORG-ACC.ANNA");
    assert_eq!(login["ACCOUNT_NAME"], "MY_ORG-ACC");
}

#[test]
fn a_login_carries_what_the_session_needs() {
    let server = Server::start();
    let snowflake = connect(server.port, "/DB/PUBLIC", "&timeout=60&timezone=Europe/Berlin", true);
    assert!(snowflake.notes().is_empty());
    drop(ask(&snowflake, "SELECT 1", &Request::default()).unwrap());
    let seen = &server.seen("login-request")[0];
    let session = &seen.body["data"]["SESSION_PARAMETERS"];
    assert_eq!(session["STATEMENT_TIMEOUT_IN_SECONDS"], 60);
    assert_eq!(session["TIMEZONE"], "Europe/Berlin");
    assert_eq!(session["QUERY_TAG"], "synthbook");
    assert_eq!(session["CLIENT_SESSION_KEEP_ALIVE"], false);
    let place = ["warehouse", "databaseName", "schemaName", "roleName"].map(|key| seen.query[key].as_str());
    assert_eq!(place, ["w", "DB", "PUBLIC", "r"]);
    drop(snowflake);
    let ended = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        !server.seen("session").is_empty()
    });
    assert!(ended, "the session is closed");
}

#[test]
fn wrong_logins_are_refused_without_their_secrets() {
    let server = Server::start();
    let wrong = "hunter2-wrong".to_owned();
    let password = |name: &str| (name == "SNOWFLAKE_PASSWORD").then(|| wrong.clone());
    let snowflake = Snowflake::connect(&url(&server, ""), &password, false).unwrap();
    assert!(snowflake.notes()[0].contains("safer"), "a password is advised against");
    let catalog = snowflake.catalog().unwrap_err();
    assert_eq!(code(&catalog), "agents::snowflake_login");
    assert!(catalog.help().unwrap().to_string().contains("token or password"));
    assert!(!format!("{catalog:?} {snowflake:?}").contains("hunter2"));
    assert_silent(&catalog);
    // A key that is none, one that is encrypted, and half of one.
    let key = scripted(MAKE_KEY, "");
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBhunter2\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for text in ["hunter2", encrypted, &key[..key.len() / 2]] {
        let given = |name: &str| (name == "SNOWFLAKE_PRIVATE_KEY").then(|| text.to_owned());
        let snowflake = Snowflake::connect(&url(&server, ""), &given, true).unwrap();
        let error = fails(&snowflake, "SELECT 1");
        assert_eq!(code(&error), "agents::snowflake_credentials", "{error:?}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let none = Snowflake::connect(&url(&server, ""), &|_| None, true).unwrap_err();
    assert!(matches!(none, AgentsError::Snowflake(SnowflakeError::Credentials { .. })));
    let held = Snowflake::connect(&format!("snowflake://anna:{SECRET}@acc"), &|_| None, true).unwrap_err();
    assert_silent(&held);
}

#[test]
fn a_session_for_reading_changes_nothing() {
    let server = Server::start();
    let snowflake = connect(server.port, "/DB", "", false);
    assert!(matches!(snowflake.query(&sql("DROP TABLE t"), &Request::default()), Err(AgentsError::ReadOnly { .. })));
    let none = snowflake.load("t", &mut std::iter::empty(), synthbook_agents::warehouse::Load::Append);
    assert!(matches!(none, Err(AgentsError::ReadOnly { .. })));
    assert!(check(Sql::new("DROP TABLE t"), &Guard::read(snowflake.dialect())).is_err());
    let read = check(Sql::new("SELECT 1"), &Guard::read(snowflake.dialect())).unwrap();
    assert_eq!(numbers(snowflake.query(&read, &Request::default()).unwrap()).unwrap(), [42]);
    assert!(server.seen("query-request").len() == 1);
}
