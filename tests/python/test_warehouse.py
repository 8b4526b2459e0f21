"""Connections, parameters, the retail warehouse and its notebook, and the command line over them."""

import json
import os
import shutil
import signal
import subprocess
import time

import nbformat
import pytest
from jupyter_client.kernelspec import get_kernel_spec
from nbclient import NotebookClient

from conftest import NOTEBOOKS, data_home
from kernel import NAME, running

NOTEBOOK = "03_warehouse.ipynb"
ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t"


def synthbook(*arguments, **options):
    command = [get_kernel_spec(NAME).argv[0], *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


def document(answer):
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.fixture
def shop(workplace, kernel):
    """A small database file, and a kernel that has people as a frame."""
    file = workplace / "shop.duckdb"
    if not file.exists():
        made = synthbook(
            "sql",
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, city VARCHAR, amount DECIMAL(10, 2)); "
            "INSERT INTO orders VALUES (1, 'Rome', 10.50), (2, 'Oslo', 3), (3, 'Rome', 7.25), (4, 'O''Hara; DROP', 1)",
            "--db",
            file,
            "--policy",
            "write",
        )
        assert made.returncode == 0, made.stderr
    people = workplace / "people.csv"
    people.write_text("name,city\nAda,Rome\nGrace,Oslo\n")
    kernel.run(f"%load {people} --as people").ok()
    kernel.run(f"%connect shop duckdb:{file}").ok()
    return kernel


def test_frames_and_tables_in_one_query(shop):
    joined = shop.run("%%sql --connection shop --save spent\nSELECT name, sum(amount) AS amount FROM people JOIN orders USING (city) GROUP BY name ORDER BY name").ok()
    assert "17.75" in joined.text
    assert "17.75" in shop.run("%connect session\n%sql SELECT max(amount) FROM spent").ok().text


def test_rust_variables_are_bound_and_never_pasted(shop):
    shop.run('let city = "Rome".to_string(); let least = 8; let odd = "O\'Hara; DROP".to_string(); let nothing: Option<i64> = None;').ok()
    assert "10.50" in shop.run("%sql --connection shop SELECT amount FROM orders WHERE city = :city AND amount > {{least}}").ok().text
    assert "1.00" in shop.run("%sql --connection shop SELECT amount FROM orders WHERE city = '{{odd}}'").ok().text
    assert "null" in shop.run("%sql SELECT {{nothing}} AS value").ok().text.lower()
    assert "Rome" in shop.run("println!(\"{city}\");").ok().stdout, "binding does not move the variable"


def test_what_can_not_be_bound_is_said(shop):
    shop.run("let list = vec![1, 2];").ok()
    assert shop.run("%sql SELECT {{list}}").failed("Vec<i32>").code == "sql::variable_type"
    assert shop.run("%sql SELECT {{lsit}}").failed("list").code == "sql::unknown_variable"
    assert shop.run("%sql SELECT * FROM {{list}}").failed("list").code == "sql::not_bindable"


def test_a_connection_for_reading_can_not_write(shop):
    for change in ("DELETE FROM orders", "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone", "COPY orders TO 'stolen.csv'"):
        shop.run(f"%sql --connection shop {change}").failed()
    assert "4" in shop.run("%sql --connection shop SELECT count(*) AS n FROM orders").ok().text


def test_a_long_query_shows_a_bar_and_is_interrupted(shop):
    cell = shop.start(f"%sql --connection shop {ENDLESS}")
    cell.wait_until(lambda running: any("sb-progress" in str(message["content"]) for message in running.messages), timeout=30)
    shop.interrupt()
    ended = cell.finish(timeout=20).failed("interrupt")
    assert "interrupted after" in ended.text
    assert "4" in shop.run("%sql --connection shop SELECT count(*) AS n FROM orders").ok().text


def test_a_query_ends_at_its_deadline(shop):
    assert shop.run(f"%sql --timeout 1 {ENDLESS}").failed("1 s").code == "agents::deadline"


def test_connections_of_the_configuration(workplace, tmp_path, shop):
    (tmp_path / "connections.toml").write_text(f'[store]\nurl = "duckdb:{workplace / "shop.duckdb"}"\n')
    env = {**os.environ, "SYNTHBOOK_CONFIG_DIR": str(tmp_path)}
    answer = document(synthbook("sql", "SELECT count(*) FROM orders", "--db", "store", "--json", env=env))
    assert answer["rows"] == [[4]]
    with running(cwd=tmp_path, env={"SYNTHBOOK_CONFIG_DIR": str(tmp_path)}) as kernel:
        assert "store" in kernel.run("%connect").ok().text
        assert "4" in kernel.run("%sql --connection store SELECT count(*) AS n FROM orders").ok().text
        assert "store" in kernel.complete("%connect st")


def test_a_secret_in_the_configuration_is_refused(tmp_path):
    (tmp_path / "connections.toml").write_text('[sales]\nurl = "snowflake://acme/SALES/PUBLIC?warehouse=W"\ntoken = "very-secret-token"\n')
    refused = synthbook("sql", "SELECT 1", "--db", "sales", "--json", env={**os.environ, "SYNTHBOOK_CONFIG_DIR": str(tmp_path)})
    assert refused.returncode == 1
    assert json.loads(refused.stderr)["error"]["code"].startswith("agents::")
    assert "very-secret-token" not in refused.stderr


def test_the_command_line_binds_limits_and_refuses(workplace, shop):
    file = workplace / "shop.duckdb"
    answer = document(synthbook("sql", "SELECT id FROM orders WHERE city = :city ORDER BY id", "--db", file, "--param", "city=Rome", "--json"))
    assert answer["rows"] == [[1], [3]]
    assert len(document(synthbook("sql", "SELECT * FROM orders", "--db", file, "--limit", 2, "--json"))["rows"]) == 2
    assert len(document(synthbook("sql", "SELECT city FROM orders", "--db", file, "--policy", "agent", "--json"))["rows"]) == 4
    for sql, policy in (
        ("DROP TABLE orders", "read"),
        ("DROP TABLE orders", "agent"),
        ("SELECT * FROM read_csv('/etc/passwd')", "agent"),
        ("WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x", "read"),
    ):
        refused = synthbook("sql", sql, "--db", file, "--policy", policy, "--json")
        assert refused.returncode == 1, sql
        assert not refused.stdout
        assert json.loads(refused.stderr)["error"]["code"].startswith("agents::"), sql
    late = synthbook("sql", ENDLESS, "--db", file, "--timeout", 0.5, "--json")
    assert json.loads(late.stderr)["error"]["code"] == "agents::deadline"
    missing = synthbook("sql", "SELECT 1", "--db", workplace / "nothing.duckdb", "--json")
    assert json.loads(missing.stderr)["error"]["help"]
    assert not (workplace / "nothing.duckdb").exists(), "reading makes no file"


def test_ctrl_c_ends_a_query_of_the_command_line(workplace, shop):
    command = [get_kernel_spec(NAME).argv[0], "sql", ENDLESS, "--db", str(workplace / "shop.duckdb"), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert not out
    assert json.loads(err)["error"]["code"] == "agents::cancelled"


def test_another_process_that_writes_is_named(workplace, shop):
    file = workplace / "held.duckdb"
    shop.run(f"%connect held duckdb:{file} --write\n%sql CREATE TABLE t AS SELECT 1 AS x").ok()
    held = synthbook("sql", "SELECT * FROM t", "--db", file, "--json")
    assert held.returncode == 1
    assert json.loads(held.stderr)["error"]["code"].startswith("agents::")
    shop.run("%connect --close held").ok()
    assert document(synthbook("sql", "SELECT * FROM t", "--db", file, "--json"))["rows"] == [[1]]


def test_the_notebook_runs_whole(tmp_path):
    copy = tmp_path / "notebooks"
    shutil.copytree(NOTEBOOKS, copy)
    notebook = nbformat.read(copy / NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name=NAME, resources={"metadata": {"path": str(copy)}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    faults = [
        output
        for cell in cells
        if "raises-exception" not in cell.metadata.get("tags", [])
        for output in cell.outputs
        if output.output_type == "error"
    ]
    assert not faults
    charts = [output for cell in cells for output in cell.outputs if "application/vnd.vegalite.v5+json" in output.get("data", {})]
    assert charts


def test_the_notebook_is_saved_with_its_outputs():
    notebook = nbformat.read(NOTEBOOKS / NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == NAME
    silent = [cell.source for cell in notebook.cells if cell.cell_type == "code" and not cell.outputs and not cell.execution_count]
    assert not silent, f"cells that were never run: {silent}"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A hundred households of the demo data, as the load reads them."""
    folder = tmp_path_factory.mktemp("source")
    demo = data_home() / "data" / "complete_journey"
    for name, rest in (("transactions", "WHERE household_id <= 100"), ("demographics", "WHERE household_id <= 100"), ("products", "")):
        copied = synthbook("sql", f"COPY (SELECT * FROM '{demo / name}.parquet' {rest}) TO '{folder / name}.parquet'")
        assert copied.returncode == 0, copied.stderr
    return folder


@pytest.fixture(scope="module")
def loaded(source, tmp_path_factory):
    """The warehouse of those households; tests take copies."""
    file = tmp_path_factory.mktemp("loaded") / "small.duckdb"
    assert document(synthbook("etl", "run", "--db", file, "--source", source, "--json"))["status"] == "done"
    return file


def test_a_load_asks_the_notebook_for_the_file_and_gives_it_back(loaded, source, tmp_path):
    file = shutil.copy(loaded, tmp_path)
    with running(cwd=tmp_path) as kernel:
        kernel.run(f"%connect small duckdb:{file}").ok()
        before = kernel.run("%sql SELECT count(*) AS n FROM FACT_SALESACTUAL").ok().text
        kernel.run("%ask --new How many baskets are there?").ok()
        assert "nothing has changed" in kernel.run(f"%etl run --source {source}", timeout=120).ok().stdout
        assert kernel.run("%sql SELECT count(*) AS n FROM FACT_SALESACTUAL").ok().text == before
        assert "Run 2 of retail" in kernel.run("%etl status").ok().stdout
        assert "checks hold" in kernel.run("%etl quality", timeout=120).ok().stdout
        busy = synthbook("etl", "run", "--db", file, "--source", source, "--json")
        assert busy.returncode == 1
        assert json.loads(busy.stderr)["error"]["help"]


def test_a_violation_is_found(loaded, tmp_path):
    file = shutil.copy(loaded, tmp_path)
    assert synthbook("etl", "quality", "--db", file).returncode == 0
    synthbook("sql", "UPDATE DIM_STORE SET REGION = 'Moon' WHERE STORE_KEY = 1", "--db", file, "--policy", "write")
    found = synthbook("etl", "quality", "--db", file, "--json")
    assert found.returncode == 1
    failed = [check for check in json.loads(found.stdout)["checks"] if not check["passed"]]
    assert any("REGION" in check["subject"] for check in failed)
    assert "Moon" not in found.stdout, "values of the data are not told"


def test_what_is_missing_is_said(tmp_path):
    for words in (("etl", "run", "--db", tmp_path / "x.duckdb", "--source", tmp_path), ("etl", "status", "--db", tmp_path / "y.duckdb")):
        failed = synthbook(*words, "--json")
        assert failed.returncode == 1
        error = json.loads(failed.stderr)["error"]
        assert error["code"]
        assert error["help"]
    assert not (tmp_path / "y.duckdb").exists()
    unknown = synthbook("models", "pull", "nothing", "--json")
    assert unknown.returncode == 1
    assert json.loads(unknown.stderr)["error"]["code"].startswith("models::")
    assert {model["name"] for model in document(synthbook("models", "list", "--json"))["models"]} >= {"all-minilm-l6-v2", "onnxruntime"}
