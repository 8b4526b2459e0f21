//! `%connect`: opens, lists, switches and closes connections.

use polars::prelude::df;

use crate::display::{TableOptions, group_digits, table_bundle};
use crate::error::KernelError;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, Word};
use crate::session::{Connection, SESSION};

/// The magic.
pub(in crate::magic) struct Connect;

const SPEC: MagicSpec = MagicSpec {
    name: "connect",
    kind: MagicKind::Line,
    summary: "Opens a connection to a DuckDB file or to Snowflake, which %%sql then asks; without a URL, switches to one that is known.",
    arguments: &[
        Argument::optional("NAME", ValueKind::Connection, "The connection's name; without one, all are listed."),
        Argument::optional(
            "URL",
            ValueKind::Path,
            "Where it leads: duckdb:FILE, duckdb: (the default warehouse), duckdb::memory:, snowflake://ACCOUNT/DATABASE/SCHEMA?warehouse=W&role=R.",
        ),
        Argument::optional(
            "--write|-w",
            ValueKind::Switch,
            "Opens it for changes too; a file is made if there is none.",
        ),
        Argument::optional("--close|-x", ValueKind::Connection, "Closes a connection."),
    ],
    examples: &[
        "%connect shop duckdb:shop.duckdb --write",
        "%connect\n%connect session",
        "%connect scratch duckdb::memory: --write\n%connect --close scratch",
    ],
};

impl Magic for Connect {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        if let Some(word) = arguments.get("--close|-x") {
            context.session.close_connection(&word.text).map_err(|error| error.at(word.span.clone()))?;
            context.say(&format!("Connection {} is closed", word.text));
            return Ok(());
        }
        let write = arguments.has("--write|-w");
        match (arguments.get("NAME"), arguments.get("URL")) {
            (None, _) => list(context),
            (Some(name), Some(url)) => open(name, url, write, context),
            // A URL alone gets a name from itself.
            (Some(url), None) if url.text.contains(':') => {
                let name = Word { text: name_from(&url.text), ..url.clone() };
                open(&name, url, write, context)
            }
            (Some(name), None) if write => Err(KernelError::Usage {
                magic: SPEC.name,
                reason: "--write goes with a URL".to_owned(),
                help: format!("%connect {} URL --write", name.text),
            }
            .at(name.span.clone())),
            (Some(name), None) => switch(name, context),
        }
    }
}

fn open(name: &Word, url: &Word, write: bool, context: &Context<'_>) -> Result<(), KernelError> {
    let connection = context.session.connect(&name.text, &url.text, write).map_err(|error| {
        let place = if matches!(error, KernelError::ConnectionName { .. }) { name } else { url };
        error.at(place.span.clone())
    })?;
    told(&connection, context)
}

fn switch(name: &Word, context: &Context<'_>) -> Result<(), KernelError> {
    let connection = context.session.use_connection(&name.text).map_err(|error| error.at(name.span.clone()))?;
    told(&connection, context)
}

fn told(connection: &Connection, context: &Context<'_>) -> Result<(), KernelError> {
    let tables = connection.warehouse.tables().map_err(KernelError::foreign)?;
    let stored = tables.iter().filter(|table| table.kind != synthbook_agents::warehouse::TableKind::Frame).count();
    let tables = format!("{} {}", group_digits(stored), if stored == 1 { "table" } else { "tables" });
    if connection.is_session() {
        context.say(&format!("%%sql now asks the session's own database: {tables}, and every frame"));
        return Ok(());
    }
    let mode = if connection.write { "for changes" } else { "for reading" };
    let Connection { name, address, .. } = connection;
    context.say(&format!("Connected to {name} ({address}) {mode}: {tables}"));
    context.say(&format!("%%sql now asks {name}; %connect {SESSION} goes back to the session's own database"));
    Ok(())
}

fn list(context: &Context<'_>) -> Result<(), KernelError> {
    let all = context.session.connections();
    let column = |read: fn(&crate::session::ConnectionInfo) -> &str| all.iter().map(read).collect::<Vec<_>>();
    let table = df!(
        "current" => column(|one| if one.current { "*" } else { "" }),
        "name" => column(|one| &one.name),
        "address" => column(|one| &one.address),
        "opened" => column(|one| if one.open { "yes" } else { "when asked" }),
        "for" => column(|one| if one.write { "changes" } else { "reading" }),
    )?;
    let options = TableOptions { rows: 1000, quotes: false, ..context.session.settings().table() };
    context.out.display(table_bundle(&table, &options));
    Ok(())
}

/// A name for a connection that was given none: the file's, the account's.
fn name_from(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let last = path.rsplit(['/', ':', '\\']).find(|piece| !piece.is_empty()).unwrap_or("connection");
    crate::frames::name_from(last.split('.').next().unwrap_or(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestSession;

    #[test]
    fn a_file_is_made_asked_and_closed() {
        let kernel = TestSession::with_examples();
        let text = kernel.text("%connect shop duckdb:shop.duckdb --write");
        assert!(text.contains("Connected to shop") && text.contains("0 tables"), "{text}");
        let _ = kernel.text("%%sql\nCREATE TABLE orders AS SELECT * FROM people WHERE age > 30");
        assert!(
            kernel.text("%sql SELECT count(*) AS n FROM orders WHERE city IN (SELECT city FROM people)").contains("40")
        );
        assert!(kernel.text("%connect").contains("shop"));
        assert!(kernel.text("%connect session").contains("the session's own"));
        assert_eq!(kernel.error("%sql SELECT * FROM orders").ename, "agents::unknown_name");
        assert!(kernel.text("%sql --connection shop SELECT count(*) FROM orders").contains("40"));
        assert!(kernel.text("%sql shop").contains("now asks shop"));
        assert!(kernel.text("%connect --close shop").contains("closed"));
        assert_eq!(kernel.error("%sql --connection shop SELECT 1").ename, "sql::unknown_connection");
        assert_eq!(kernel.session.current_connection(), SESSION);
    }

    #[test]
    fn a_file_opened_for_reading_is_not_changed() {
        let kernel = TestSession::with_examples();
        let _ = kernel.text("%connect shop duckdb:shop.duckdb --write\n%sql CREATE TABLE orders AS SELECT * FROM people\n%connect --close shop");
        let _ = kernel.text("%connect shop duckdb:shop.duckdb");
        for change in
            ["DROP TABLE orders", "DELETE FROM orders", "CREATE TABLE x (a INT)", "SELECT 1; DROP TABLE orders"]
        {
            let error = kernel.error(&format!("%sql {change}"));
            assert!(error.ename.starts_with("agents::"), "{change}: {}", error.ename);
        }
        assert!(kernel.text("%sql SELECT count(*) AS n FROM orders").contains("60"));
        assert!(
            kernel
                .text("%%sql --save both\nSELECT count(*) AS n FROM orders JOIN people USING (age, income, city)")
                .contains("Frame both")
        );
    }

    #[test]
    fn mistakes_are_coded_and_placed() {
        let kernel = TestSession::with_examples();
        for (cell, code) in [
            ("%connect nobody", "sql::unknown_connection"),
            ("%connect session duckdb::memory:", "sql::connection_name"),
            ("%connect 1x duckdb::memory:", "sql::connection_name"),
            ("%connect x --write", "magic::usage"),
            ("%connect --close nobody", "sql::unknown_connection"),
            ("%connect --close session", "sql::connection_name"),
            ("%connect x duckdb::memory: y", "magic::extra_argument"),
        ] {
            let error = kernel.error(cell);
            assert_eq!(error.ename, code, "{cell}");
            assert!(error.traceback.join("\n").contains('^'), "{cell}");
        }
        for cell in ["%connect x duckdb:nothing.duckdb", "%connect x nothing:there", "%connect x duckdb:people.csv"] {
            assert!(kernel.error(cell).ename.starts_with("agents::"), "{cell}: {}", kernel.error(cell).ename);
        }
    }

    #[test]
    fn names_come_from_addresses() {
        assert_eq!(name_from("duckdb:/a/b/shop.duckdb"), "shop");
        assert_eq!(name_from("snowflake://ab-12/SALES/PUBLIC?role=x"), "PUBLIC");
        assert_eq!(name_from("duckdb:"), "duckdb");
    }
}
