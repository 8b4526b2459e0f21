//! The command line: one file per subcommand, one line each in the registry.

mod agent;
mod ask;
mod chart;
mod data;
mod docs;
mod doctor;
mod error;
mod etl;
mod install;
mod interrupt;
mod kernel;
mod kernelspec;
mod models;
mod output;
mod sql;
mod synth;
mod uninstall;
mod warm;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgMatches, Command};

use error::CliError;

/// One subcommand: its arguments and what it does.
trait Subcommand: Sync {
    /// Its name, help and arguments.
    fn command(&self) -> Command;

    /// Does it. The exit status is 1 for what failed without an error, such as a check.
    ///
    /// # Errors
    /// What went wrong, to be told in one place.
    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError>;
}

/// Every subcommand, in the order of the help page.
static SUBCOMMANDS: &[&dyn Subcommand] = &[
    &install::Install,
    &uninstall::Uninstall,
    &kernel::Kernel,
    &doctor::Doctor,
    &models::ModelsCommand,
    &sql::Sql,
    &ask::Ask,
    &agent::Agent,
    &etl::Etl,
    &synth::Synth,
    &chart::Chart,
    &docs::Docs,
    &warm::Warm,
];

/// Runs the program's arguments. The exit status is 0 when done, 1 when it failed, 2 when the usage is wrong.
#[must_use]
pub fn main() -> ExitCode {
    run(std::env::args_os().collect())
}

fn run(arguments: Vec<OsString>) -> ExitCode {
    // Also when the arguments can't be understood, who asked for JSON gets JSON.
    let json = arguments.iter().any(|argument| argument == "--json");
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) if !error.use_stderr() || !json => {
            // Nothing can be done when the terminal is gone.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
        Err(error) => return output::fail(&CliError::usage(&error), json),
    };
    let Some((name, matches)) = matches.subcommand() else { return ExitCode::from(2) };
    let Some(subcommand) = SUBCOMMANDS.iter().find(|one| one.command().get_name() == name) else {
        return ExitCode::from(2);
    };
    subcommand.run(matches).unwrap_or_else(|error| output::fail(&error, json))
}

/// Runs the one of a subcommand's own subcommands that was chosen.
///
/// # Errors
/// Its own.
fn chosen(subcommands: &[&dyn Subcommand], matches: &ArgMatches) -> Result<ExitCode, CliError> {
    let chosen = matches.subcommand().and_then(|(name, matches)| {
        let one = subcommands.iter().find(|one| one.command().get_name() == name)?;
        Some(one.run(matches))
    });
    chosen.unwrap_or(Ok(ExitCode::from(2)))
}

/// The whole command line.
fn command() -> Command {
    Command::new("synthbook")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A Jupyter kernel in Rust with synthetic data and agents")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(SUBCOMMANDS.iter().map(|subcommand| subcommand.command()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_arguments_are_consistent() {
        command().debug_assert();
    }

    #[test]
    fn the_lines_of_the_design_are_understood() {
        for line in [
            "synthbook install --prefix /tmp/x",
            "synthbook install --sys-prefix",
            "synthbook uninstall --user",
            "synthbook kernel connection.json",
            "synthbook kernel -f connection.json",
            "synthbook doctor --json",
            "synthbook sql SELECT --db shop.duckdb --policy write --csv",
            "synthbook sql SELECT --db warehouse --policy agent --param city=Rome --timeout 2.5 --limit 10 --json",
            "synthbook models list --json",
            "synthbook models pull all-minilm-l6-v2 --from /tmp/models --force --json",
            "synthbook etl run --db duckdb:x.duckdb --source data --json",
            "synthbook etl status --json",
            "synthbook ask sales --db warehouse --context one --context two --as-of 2017-12-31 --model m.yaml --json",
            "synthbook ask sales --no-memory --out rows.csv",
            "synthbook ask --correct --number 3 sales --json",
            "synthbook ask --accept --number 3 --json",
            "synthbook ask --memory --db warehouse --json",
            "synthbook ask --export learned.yaml",
            "synthbook ask --forget all",
            "synthbook ask --forget 7",
            "synthbook agent sales --db warehouse --data a.csv --data b.parquet --agent data --out made --json",
            "synthbook agent --health --json",
            "synthbook agent help --plan",
            "synthbook etl quality --expectations e.toml --json",
            "synthbook synth fit people.csv -o people.model --method gaussian_copula --seed 3 --set a=1 --set b=2",
            "synthbook synth fit people.csv -o people.model --quality-threshold 0.98 --max-rows 100_000 --json",
            "synthbook synth sample people.model -n 10 -o out.parquet --seed 3",
            "synthbook synth sample people.model -n 1_000_000 -o out.csv --shard 3/64 --where age>60 --no-header",
            "synthbook synth impute people.model people.csv -o whole.csv --seed 3",
            "synthbook synth evaluate --real a.csv --synthetic b.csv --json",
            "synthbook synth evaluate --real a.csv --synthetic b.csv --holdout c.csv --target y --html report.html",
            "synthbook synth augment people.csv -o more.csv --method smote --target member --set neighbours=5 --seed 3",
            "synthbook synth metadata people.csv -o people.json",
            "synthbook synth rules people.csv --json",
            "synthbook synth package people.model -o people -n 1000 --target member --real people.csv",
            "synthbook synth methods --json",
            "synthbook chart people.csv --kind bar --x age --y income --color sex -o chart.svg",
            "synthbook docs --out docs",
        ] {
            command().try_get_matches_from(words(line)).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn wrong_usage_has_status_2() {
        for line in [
            "synthbook",
            "synthbook nonsense",
            "synthbook install --user --prefix /x",
            "synthbook sql --json",
            "synthbook ask",
            "synthbook ask --correct",
            "synthbook ask --accept sales",
            "synthbook ask --accept --memory",
            "synthbook ask --forget some",
            "synthbook ask --number 3 sales",
            "synthbook ask --no-memory --accept",
        ] {
            assert_eq!(run(words(line)), ExitCode::from(2), "{line}");
        }
    }
}
