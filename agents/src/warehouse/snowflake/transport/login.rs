//! Logging in: `snowflake-api` writes the request and signs it, we add to it, send it and read the answer.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Body, Request};
use reqwest_middleware::{ClientBuilder, Error, Next};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use snowflake_api::connection::QueryType;
use snowflake_api::{AuthArgs, AuthType, CertificateArgs, PasswordArgs, SnowflakeApiBuilder};
use uuid::Uuid;

use super::fault::Fault;
use super::{Reply, Transport, with};
use crate::AgentsError;
use crate::warehouse::snowflake::SnowflakeError;
use crate::warehouse::snowflake::error;
use crate::warehouse::snowflake::settings::Credentials;

impl Transport {
    /// Logs in anew.
    pub(super) async fn log_in(&self) -> Result<Reply, AgentsError> {
        let settings = self.settings();
        let mut body = self.signed().await?;
        let session = json!({
            "QUERY_TAG": "synthbook",
            "STATEMENT_TIMEOUT_IN_SECONDS": settings.timeout.as_secs(),
            "TIMEZONE": settings.timezone,
            "CLIENT_SESSION_KEEP_ALIVE": settings.keep_alive,
        });
        if let (Some(given), Value::Object(session)) = (body["data"]["SESSION_PARAMETERS"].as_object_mut(), session) {
            given.extend(session);
        }
        body["data"]["CLIENT_ENVIRONMENT"] = json!({
            "APPLICATION": "Synthbook",
            "OS": std::env::consts::OS,
            "OS_VERSION": std::env::consts::ARCH,
        });
        let places = [
            ("warehouse", &settings.warehouse),
            ("databaseName", &settings.database),
            ("schemaName", &settings.schema),
            ("roleName", &settings.role),
        ];
        let parameters: Vec<(&str, &str)> =
            places.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?))).collect();
        let reply = self.exchange(|| QueryType::LoginRequest, Uuid::new_v4(), None, &parameters, &body).await?;
        if reply.success == Some(true) {
            return Ok(reply);
        }
        Err(error::login(&reply.code(), reply.message()))
    }

    /// The login that `snowflake-api` writes, with the password or a token signed with the key. It is taken before it is
    /// sent, so that the crate never holds a session, which it would write into its log.
    async fn signed(&self) -> Result<Value, AgentsError> {
        let taken: Arc<Mutex<Option<Value>>> = Arc::default();
        let keep = Arc::clone(&taken);
        let builder = ClientBuilder::new(self.client.clone());
        let client = with(builder, move |request: Request, extensions, next: Next<'_>| {
            let login = request.url().path().ends_with("/login-request");
            match request.body().and_then(Body::as_bytes).map(serde_json::from_slice) {
                Some(Ok(body)) if login => {
                    *keep.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
                    Box::pin(async { Err(Error::middleware(Fault::Taken)) })
                }
                _ => next.run(request, extensions),
            }
        })
        .build();
        let auth_type = match &self.credentials {
            Credentials::KeyPair(key) => {
                AuthType::Certificate(CertificateArgs { private_key_pem: key.expose_secret().to_owned() })
            }
            Credentials::Token(secret) | Credentials::Password(secret) => {
                AuthType::Password(PasswordArgs { password: secret.expose_secret().to_owned() })
            }
        };
        let arguments = AuthArgs {
            account_identifier: self.account().to_owned(),
            warehouse: None,
            database: None,
            schema: None,
            username: self.user.clone(),
            role: None,
            auth_type,
        };
        let api = SnowflakeApiBuilder::new(arguments).with_client(client).build();
        let failed = match api {
            Ok(api) => api.exec_raw("SELECT 1").await.err(),
            Err(error) => Some(error),
        };
        let body = taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        body.ok_or_else(|| {
            let reason = failed.map_or_else(String::new, |error| format!(" ({error})"));
            let what = format!("the private key is no unencrypted RSA key in PKCS#8 PEM{reason}");
            SnowflakeError::Credentials { what }.into()
        })
    }
}
