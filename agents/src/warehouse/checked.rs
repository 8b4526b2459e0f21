//! SQL that may run: text and the policy under which it was let through.

use crate::AgentsError;
use crate::warehouse::{Dialect, Guard, guard};

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
    /// A model or an agent: one reading statement over allowed tables and functions, no files.
    Agent,
    /// A person against a connected warehouse: any reading statement.
    Read,
    /// A person in the session's own database, or a connection opened for writing: anything. Nothing is checked.
    Write,
}

/// A value that passed the check of its policy. Only [`check`] makes one, so an unchecked query does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<T> {
    inner: T,
    policy: Policy,
    dialect: Option<Dialect>,
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

    /// The dialect it was checked in; none under *write*, where nothing is checked.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }
}

/// Lets a script through under the policy of a guard, or says what it refuses and where.
///
/// Under *agent* the statement is taken apart, every part of it looked at, and written anew from its tree, with a row
/// limit: what the [`Checked`] holds is what was understood, not what was typed. Under *read* and *write* it is the
/// script as it was typed; the warehouse runs a *read* in a transaction that can't write.
///
/// # Errors
/// The guard's: [`AgentsError::GuardSyntax`], [`AgentsError::GuardStatement`], [`AgentsError::GuardTable`],
/// [`AgentsError::GuardFunction`], [`AgentsError::GuardConstruct`],
/// [`AgentsError::GuardSize`]; [`AgentsError::EmptySql`].
///
/// ```
/// use synthbook_agents::warehouse::{Catalog, Dialect, Guard, Sql, check};
/// let agent = Guard::agent(Dialect::DuckDb, &Catalog::default());
/// let sql = check(Sql::new("select 6*7 as answer -- why not"), &agent)?;
/// assert_eq!(sql.inner().text(), "SELECT 6 * 7 AS answer LIMIT 100000");
/// assert!(check(Sql::new("DROP TABLE sales"), &agent).is_err());
/// assert!(check(Sql::new("DROP TABLE sales"), &Guard::read(Dialect::DuckDb)).is_err());
/// assert!(check(Sql::new("DROP TABLE sales"), &Guard::write()).is_ok());
/// # Ok::<(), synthbook_agents::AgentsError>(())
/// ```
pub fn check(sql: Sql, guard: &Guard) -> Result<Checked<Sql>, AgentsError> {
    let inner = guard::pass(sql, guard)?;
    Ok(Checked { inner, policy: guard.policy(), dialect: guard.dialect() })
}
