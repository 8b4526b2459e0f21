//! SQL that may run: text and the policy under which it was let through.

use crate::AgentsError;

/// A script of one or more SQL statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql(String);

impl Sql {
    /// Takes a script as it was typed.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The script as it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Who is asking, and so what a query may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// A model or an agent: one reading statement over allowed tables and functions, no files. No guard enforces it
    /// yet, so [`check`] refuses it.
    Agent,
    /// A person against a connected warehouse: any reading statement. No guard enforces it yet, so [`check`] refuses it.
    Read,
    /// A person in the session's own database, or a connection opened for writing: anything. Nothing is checked.
    Write,
}

/// A value that passed the check of its policy. Only [`check`] makes one, so an unchecked query does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<T> {
    inner: T,
    policy: Policy,
}

impl<T> Checked<T> {
    /// What was checked.
    #[must_use]
    pub fn inner(&self) -> &T {
        &self.inner
    }

    /// The policy it was checked against.
    #[must_use]
    pub fn policy(&self) -> Policy {
        self.policy
    }
}

/// Lets a script through under a policy.
///
/// [`Policy::Write`] fences nothing: every script passes, whatever it does to the database or to files. The other
/// policies have no guard yet and are refused rather than waved through.
///
/// # Errors
/// [`AgentsError::PolicyUnavailable`] for a policy without a guard.
///
/// ```
/// use synthbook_agents::warehouse::{Policy, Sql, check};
/// let sql = check(Sql::new("SELECT 42"), Policy::Write)?;
/// assert_eq!(sql.inner().text(), "SELECT 42");
/// assert!(check(Sql::new("SELECT 42"), Policy::Agent).is_err());
/// # Ok::<(), synthbook_agents::AgentsError>(())
/// ```
pub fn check(sql: Sql, policy: Policy) -> Result<Checked<Sql>, AgentsError> {
    match policy {
        Policy::Write => Ok(Checked { inner: sql, policy }),
        Policy::Agent => Err(AgentsError::PolicyUnavailable { policy: "agent" }),
        Policy::Read => Err(AgentsError::PolicyUnavailable { policy: "read" }),
    }
}
