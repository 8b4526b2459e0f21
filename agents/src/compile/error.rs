//! Why a plan can't become SQL.

/// Why a plan can't become SQL.
#[derive(Debug, Clone, PartialEq, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum CompileError {
    /// A name that the model does not have.
    #[error("The semantic model has no {kind} of this name: {name}")]
    #[diagnostic(code(compile::unknown_name))]
    UnknownName {
        /// Table, field, metric, entity, filter or relationship.
        kind: &'static str,
        /// The name.
        name: String,
        /// What was near.
        #[help]
        help: Option<String>,
    },
    /// Two tables that nothing connects.
    #[error("Nothing in the semantic model connects {from} with {to}")]
    #[diagnostic(
        code(compile::no_path),
        help("Ask about them one at a time, or add a relationship to the semantic model.")
    )]
    NoPath {
        /// A logical table.
        from: String,
        /// Another.
        to: String,
    },
    /// Two tables that are connected in several ways.
    #[error("There are several ways from {from} to {to}: {}", paths.join("; "))]
    #[diagnostic(
        code(compile::ambiguous_path),
        help("Name the relationship in the question, or mark one as the default in the semantic model.")
    )]
    AmbiguousPath {
        /// A logical table.
        from: String,
        /// Another.
        to: String,
        /// The ways, as names of relationships.
        paths: Vec<String>,
    },
    /// Numbers that would be repeated.
    #[error("{measure} can't be broken down by {to}: both only share {through}, so its numbers would be repeated")]
    #[diagnostic(
        code(compile::chasm_trap),
        help("Break it down by something that it is recorded for, or ask for the two numbers apart.")
    )]
    Chasm {
        /// The measure's table.
        measure: String,
        /// The table it was to be broken down or filtered by.
        to: String,
        /// The table that both point at.
        through: String,
    },
    /// Rows that would be repeated and can't be told apart.
    #[error("The rows of {table} would be counted several times, and it has no primary key to tell them apart")]
    #[diagnostic(code(compile::fan_out), help("Give the table a primary key in the semantic model."))]
    FanOut {
        /// The logical table.
        table: String,
    },
    /// A sum that means nothing.
    #[error("{what} can't be summed up: {why}")]
    #[diagnostic(
        code(compile::not_additive),
        help("Ask for the average, the smallest or the largest instead, or for single days.")
    )]
    NotAdditive {
        /// The measure.
        what: String,
        /// The reason.
        why: &'static str,
    },
    /// A table without a time.
    #[error("{table} has no date to choose or group by")]
    #[diagnostic(
        code(compile::no_time),
        help("Leave the time out of the question, or name a default time for the table in the semantic model.")
    )]
    NoTime {
        /// The logical table.
        table: String,
    },
    /// A time that is not recorded that finely.
    #[error("{table} is recorded by {finest} only")]
    #[diagnostic(code(compile::too_fine), help("Ask for whole steps of that size."))]
    TooFine {
        /// The logical table.
        table: String,
        /// Its finest step.
        finest: &'static str,
    },
    /// An expression of the model that can't be used.
    #[error("The expression of {name} in the semantic model can't be used: {message}")]
    #[diagnostic(code(compile::expression), help("Correct the expression in the semantic model."))]
    Expression {
        /// Where it is.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// A plan that asks for nothing.
    #[error("The plan asks for nothing")]
    #[diagnostic(code(compile::empty_plan), help("Name a measure or something to list."))]
    Empty,
    /// A place that the plan does not have.
    #[error("The plan has no {what} at place {index}")]
    #[diagnostic(code(compile::no_such_place), help("Places are counted from 0."))]
    Place {
        /// Measure or dimension.
        what: &'static str,
        /// The place.
        index: usize,
    },
    /// Something that can't be said in SQL.
    #[error("This can't be reckoned: {what}")]
    #[diagnostic(code(compile::unsupported), help("Ask for its parts one at a time."))]
    Unsupported {
        /// What.
        what: String,
    },
}
