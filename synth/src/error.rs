//! The one error type of the crate, each variant with a stable code and, where there is something to do, a help line.

use std::path::PathBuf;

use polars::error::PolarsError;

/// Whatever can go wrong between a table and its synthetic twin. No message holds a value of a row.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum SynthError {
    /// The caller asked to stop.
    #[error("Stopped before it was done")]
    #[diagnostic(code(synth::cancelled), help("nothing was changed; run it again to start over"))]
    Cancelled,
    /// A table has no columns.
    #[error("The table has no columns")]
    #[diagnostic(code(synth::no_columns), help("give a table with at least one column"))]
    NoColumns,
    /// A table has fewer rows than the method needs.
    #[error("At least {needed} row(s) are needed, found {found}")]
    #[diagnostic(code(synth::too_few_rows), help("fit on a table that holds more rows"))]
    TooFewRows {
        /// The smallest number of rows that works.
        needed: usize,
        /// The rows that are there.
        found: usize,
    },
    /// A column's type can't be modelled (a list, a struct, raw bytes).
    #[error("Column '{column}' has a type that can't be synthesised: {dtype}")]
    #[diagnostic(
        code(synth::unsupported_type),
        help("unnest or explode the column, cast it, or drop it before fitting")
    )]
    UnsupportedType {
        /// The column.
        column: String,
        /// Its type.
        dtype: String,
    },
    /// The metadata gives a column a kind that its type can't have.
    #[error("Column '{column}' of type {dtype} can't be treated as {kind}")]
    #[diagnostic(code(synth::kind_mismatch), help("correct the column's sdtype in the metadata, or cast the column"))]
    KindMismatch {
        /// The column.
        column: String,
        /// Its type.
        dtype: String,
        /// The kind the metadata asks for.
        kind: String,
    },
    /// Table and metadata, or two tables, don't have the same columns.
    #[error("The {place} has no column '{column}'")]
    #[diagnostic(
        code(synth::missing_column),
        help("metadata, real and synthetic table must name the same columns; detect the metadata again")
    )]
    MissingColumn {
        /// Where the column is missing: `metadata`, `table`, `real table`, `synthetic table`.
        place: &'static str,
        /// The column.
        column: String,
    },
    /// A column differs in type between the real and the synthetic table.
    #[error("Column '{column}' is {expected} in one table and {found} in the other")]
    #[diagnostic(code(synth::type_mismatch), help("cast the column so that both tables agree"))]
    TypeMismatch {
        /// The column.
        column: String,
        /// The type in the real table, or when the model was fitted.
        expected: String,
        /// The type found.
        found: String,
    },
    /// A category appears that the transform has not seen when it was fitted.
    #[error("A category appears that was not there at fit time, in column '{column}'")]
    #[diagnostic(code(synth::unseen_category), help("fit again on a table that holds every category"))]
    UnseenCategory {
        /// The column.
        column: String,
    },
    /// An encoding does not belong to the transform that is asked to reverse it.
    #[error("An encoding does not fit the transform of column '{column}'")]
    #[diagnostic(code(synth::foreign_encoding), help("reverse an encoding with the transform that made it"))]
    ForeignEncoding {
        /// The column.
        column: String,
    },
    /// More distinct identifiers are asked for than the column's form allows.
    #[error("Column '{column}' can hold only {capacity} different identifiers, fewer than the rows asked for: {rows}")]
    #[diagnostic(
        code(synth::identifiers_exhausted),
        help("ask for fewer rows, or make the column categorical in the metadata")
    )]
    IdentifiersExhausted {
        /// The column.
        column: String,
        /// How many different values its form allows.
        capacity: u128,
        /// The rows asked for.
        rows: u64,
    },
    /// No synthesizer has this name.
    #[error("No synthesizer is called '{name}'")]
    #[diagnostic(code(synth::unknown_synthesizer), help("known: {known}"))]
    UnknownSynthesizer {
        /// The name asked for.
        name: String,
        /// The names there are, separated by commas.
        known: String,
    },
    /// No augmenter has this name.
    #[error("No augmenter is called '{name}'")]
    #[diagnostic(code(synth::unknown_augmenter), help("known: {known}"))]
    UnknownAugmenter {
        /// The name asked for.
        name: String,
        /// The names there are, separated by commas.
        known: String,
    },
    /// A method that balances classes was given no target.
    #[error("No target column is named, and one is needed by {method}")]
    #[diagnostic(code(synth::no_target), help("name the column whose classes are to be balanced: --target COLUMN"))]
    NoTarget {
        /// The method.
        method: &'static str,
    },
    /// A target has too many different values to be classes.
    #[error("Column '{column}' holds no classes: {found} different values in {rows} rows")]
    #[diagnostic(
        code(synth::not_classes),
        help("name a column of labels, cut the numbers into ranges first, or use noise or mixup")
    )]
    NotClasses {
        /// The column.
        column: String,
        /// How many different values it has.
        found: usize,
        /// The rows that have a value.
        rows: usize,
    },
    /// A target has fewer than two classes, so there is nothing to balance.
    #[error("At least 2 classes are needed in column '{column}', found {found}")]
    #[diagnostic(code(synth::one_class), help("say how many rows a class is to have: sampling=CLASS=ROWS"))]
    OneClass {
        /// The column.
        column: String,
        /// The classes that are there.
        found: usize,
    },
    /// A class has too few rows to make others between them.
    #[error("A class of column '{column}' needs at least {needed} rows, found {found}")]
    #[diagnostic(
        code(synth::class_too_small),
        help("use random_over, or leave the class as it is: sampling=CLASS=ROWS")
    )]
    ClassTooSmall {
        /// The column.
        column: String,
        /// The smallest number of rows that works.
        needed: usize,
        /// The rows that are there.
        found: usize,
    },
    /// A method that goes by numbers was given a table without any.
    #[error("No column of numbers stands beside the target, and one is needed by {method}")]
    #[diagnostic(code(synth::no_numbers), help("use smote_nc, which takes categories too"))]
    NoNumbers {
        /// The method.
        method: &'static str,
    },
    /// No row of a class lies at its border, so that nothing can be made there.
    #[error("No row of a class lies at the border that {method} seeks, in column '{column}'")]
    #[diagnostic(code(synth::no_border), help("use smote, or more neighbours"))]
    NoBorder {
        /// The method.
        method: &'static str,
        /// The column of the classes.
        column: String,
    },
    /// A synthesizer has no setting of this name.
    #[error("{synthesizer} has no setting called '{name}'")]
    #[diagnostic(code(synth::unknown_setting), help("known: {known}"))]
    UnknownSetting {
        /// The synthesizer.
        synthesizer: &'static str,
        /// The name asked for.
        name: String,
        /// The names there are, separated by commas.
        known: String,
    },
    /// A setting's value is not a value it takes.
    #[error("Setting '{name}' takes {expected}, not '{value}'")]
    #[diagnostic(code(synth::invalid_setting), help("write it as {name}=VALUE"))]
    InvalidSetting {
        /// The setting.
        name: String,
        /// What it takes, in words.
        expected: String,
        /// What was given.
        value: String,
    },
    /// A metadata document can't be understood.
    #[error("The metadata can't be read: {reason}")]
    #[diagnostic(
        code(synth::invalid_metadata),
        help(r#"expected {{"columns": {{"NAME": {{"sdtype": "numerical"}}}}, "METADATA_SPEC_VERSION": "SINGLE_TABLE_V1"}}"#)
    )]
    InvalidMetadata {
        /// What is wrong with it.
        reason: String,
    },
    /// A file is not a saved model.
    #[error("Not a saved model: {}", .path.display())]
    #[diagnostic(code(synth::foreign_model), help("give a file that a model's save wrote"))]
    ForeignModel {
        /// The file.
        path: PathBuf,
    },
    /// A saved model was cut short or altered.
    #[error("The saved model is damaged ({reason}): {}", .path.display())]
    #[diagnostic(code(synth::damaged_model), help("fit the model again, or take another copy of the file"))]
    DamagedModel {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        reason: String,
    },
    /// A saved model was written by a later version.
    #[error("The saved model has format {found}, this version reads up to {supported}: {}", .path.display())]
    #[diagnostic(code(synth::newer_model), help("update this program, or fit the model again"))]
    NewerModel {
        /// The file.
        path: PathBuf,
        /// The format of the file.
        found: u64,
        /// The newest format that can be read.
        supported: u64,
    },
    /// A model can't be written in the format.
    #[error("The model can't be saved: {reason}")]
    #[diagnostic(code(synth::unsavable_model), help("make text columns shorter or drop them, then fit again"))]
    UnsavableModel {
        /// Why not.
        reason: String,
    },
    /// A condition can't be understood, or does not fit the table.
    #[error("The condition '{condition}' can't be used: {reason}")]
    #[diagnostic(
        code(synth::invalid_condition),
        help("write it as in SQL: age > 60 AND state IN ('Texas', 'Ohio') AND city IS NOT NULL")
    )]
    InvalidCondition {
        /// The condition as it was typed.
        condition: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An expression can't be understood, or does not fit the table.
    #[error("The expression '{expression}' can't be used: {reason}")]
    #[diagnostic(
        code(synth::invalid_expression),
        help("write it as in SQL: round(price * quantity, 2), CASE WHEN age < 18 THEN 'child' ELSE 'adult' END")
    )]
    InvalidExpression {
        /// The expression as it was typed.
        expression: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A declared rule does not hold in the table.
    #[error("A declared rule is broken in {rows} row(s): {rule}")]
    #[diagnostic(code(synth::broken_rule), help("mend these rows, or take the rule out of the metadata's constraints"))]
    BrokenRule {
        /// What the rule says.
        rule: String,
        /// How many rows break it.
        rows: usize,
    },
    /// A declared rule can't be kept.
    #[error("A declared rule can't be kept, {reason}: {rule}")]
    #[diagnostic(code(synth::unfit_rule), help("correct the rule or the kinds of its columns in the metadata"))]
    UnfitRule {
        /// What the rule says.
        rule: String,
        /// Why not.
        reason: &'static str,
    },
    /// A specification of columns can't be used.
    #[error("The specification can't be used: {reason}")]
    #[diagnostic(
        code(synth::invalid_specification),
        help(r#"expected {{"columns": [{{"name": "age", "law": "uniform", "low": 18, "high": 90, "decimals": 0}}]}}"#)
    )]
    InvalidSpecification {
        /// What is wrong with it.
        reason: String,
    },
    /// Too few of the rows that were drawn satisfy a condition, or none could.
    #[error("{}: {condition}", rarity::found(*found, *drawn))]
    #[diagnostic(code(synth::too_rare), help("{}", rarity::advice(*found, *drawn)))]
    TooRare {
        /// The condition as it was typed.
        condition: String,
        /// The rows that satisfy it.
        found: usize,
        /// The rows that were drawn; none when no value that the model makes can satisfy the condition.
        drawn: usize,
    },
    /// A part of a sample that there is not.
    #[error("There is no shard {shard} of {shards}")]
    #[diagnostic(code(synth::invalid_shard), help("count shards from 1: 1/64 to 64/64"))]
    InvalidShard {
        /// The shard asked for.
        shard: usize,
        /// Into how many the sample is cut.
        shards: usize,
    },
    /// A file can't be read or written.
    #[error("Can't {action}: {}", .path.display())]
    #[diagnostic(code(synth::io), help("check that the folder exists, is writable and has room"))]
    Io {
        /// What was attempted, in words.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The table library refused an operation.
    #[error("A table operation failed: {source}")]
    #[diagnostic(code(synth::table))]
    Table {
        /// The library's reason.
        #[from]
        source: PolarsError,
    },
}

/// How rare a condition is, in words.
mod rarity {
    pub(super) fn found(found: usize, drawn: usize) -> String {
        match drawn {
            0 => "No row that the model can make satisfies the condition".to_owned(),
            _ => format!("Only {found} of {drawn} rows drawn satisfy the condition"),
        }
    }

    /// None among n says with 95 % confidence that the share is below 3/n: the rule of three (Hanley and Lippman-Hand
    /// 1983).
    pub(super) fn advice(found: usize, drawn: usize) -> String {
        match (found, drawn) {
            (_, 0) => {
                "values are made within the range and among the categories of the table; widen the condition".into()
            }
            (0, _) => format!(
                "fewer than about 1 row in {} is like this; widen the condition, or fit on rows that satisfy it",
                (drawn / 3).max(1)
            ),
            _ => format!(
                "about 1 row in {} is like this; widen the condition, or ask for fewer rows",
                drawn.div_ceil(found)
            ),
        }
    }
}
