//! Accepted answers as verified queries, in the shape of a semantic model's.

use serde::{Deserialize, Serialize};

use super::{Record, Verdict};

/// A question and the SQL that a person said answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedQuery {
    /// A name for it.
    pub name: String,
    /// The question.
    pub question: String,
    /// The SQL.
    pub sql: String,
    /// When it was accepted, in seconds since 1970.
    pub verified_at: i64,
    /// Who accepted it.
    pub verified_by: String,
}

impl VerifiedQuery {
    /// What an accepted record says; follow-ups mean nothing alone, so they give none.
    pub(super) fn of(record: &Record, user: &str) -> Option<Self> {
        let sql = record.sql.clone()?;
        (record.verdict == Some(Verdict::Accepted) && record.context.is_empty()).then(|| Self {
            name: format!("accepted_{}", record.id),
            question: record.question.clone(),
            sql,
            verified_at: record.time.as_second(),
            verified_by: user.to_owned(),
        })
    }
}
