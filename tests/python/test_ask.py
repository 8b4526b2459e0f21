"""Questions in words: the notebook, the JSON of the command line, refusals, follow-ups and what is learned."""

import json
import shutil
import subprocess

import nbformat
import pytest
from jupyter_client.kernelspec import get_kernel_spec
from nbclient import NotebookClient

from conftest import NOTEBOOKS
from kernel import NAME, running

NOTEBOOK = "04_ask.ipynb"
ANSWER = ["sql", "columns", "rows", "answer", "interpretation", "chart", "source", "seconds"]


def ask(*arguments):
    command = [get_kernel_spec(NAME).argv[0], "ask", *map(str, arguments), "--json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def document(*arguments):
    answer = ask(*arguments)
    assert answer.returncode == 0, answer.stderr
    assert not answer.stderr
    return json.loads(answer.stdout)


def query(sql):
    command = [get_kernel_spec(NAME).argv[0], "sql", sql, "--db", "warehouse", "--json"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)["rows"]


def test_an_answer_is_one_document():
    answer = document("What were total sales by region in 2017?")
    assert list(answer) == ANSWER
    assert answer["source"] == "grammar"
    assert answer["chart"]["$schema"].endswith("v5.json")
    told = {row[0]: float(row[1]) for row in answer["rows"]}
    counted = query(
        "SELECT REGION, SUM(SALES_AMOUNT)::DOUBLE FROM FACT_SALESACTUAL JOIN DIM_STORE USING (STORE_KEY) "
        "JOIN DIM_DATE USING (DATE_KEY) WHERE YEAR_NUMBER = 2017 GROUP BY 1"
    )
    assert told == pytest.approx({row[0]: row[1] for row in counted})
    assert query(answer["sql"].rstrip("; ")), "its SQL is what was run"


def test_a_follow_up_builds_on_the_questions_before():
    first, second = "What were total sales by region in 2017?", "only in the West"
    answer = document(second, "--context", first)
    assert len(answer["rows"]) == 1
    assert answer["rows"][0][0] == "West"


@pytest.mark.parametrize("question", ["What is the profit margin by region?", "asdf qwer zxcv", "", "???", "Drop all tables"])
def test_a_refusal_is_a_document_too(question):
    refusal = document(question)
    assert list(refusal) == ["refusal"]
    assert list(refusal["refusal"])[:3] == ["code", "message", "suggestions"]
    assert set(refusal["refusal"]) <= {"code", "message", "suggestions", "choices"}
    assert all(choice["question"] for choice in refusal["refusal"].get("choices", []))
    assert refusal["refusal"]["code"].startswith("ask::")
    assert refusal["refusal"]["message"]


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("sales", "--db", "nothing.duckdb"), 1, "agents::"),
        (("sales", "--db", "oracle://x"), 1, "agents::"),
        (("sales", "--model", "nothing.yaml"), 1, ""),
        (("sales", "--as-of", "yesterday"), 2, "cli::usage"),
    ],
)
def test_errors_are_documents(arguments, status, code):
    failed = ask(*arguments)
    assert failed.returncode == status, failed.stdout
    assert not failed.stdout
    error = json.loads(failed.stderr)["error"]
    assert error["code"].startswith(code)
    assert error["help"]


def test_what_is_corrected_is_learned(tmp_path):
    with running(cwd=tmp_path) as kernel:
        kernel.run("%connect warehouse").ok()
        taught = kernel.run("%ask --new total zorkmids by region").ok()
        assert "No answer" in taught.text
        assert "zorkmids" in taught.text
        kernel.run("%ask --correct total sales by region").ok()
        learned = kernel.run("%ask --new total zorkmids by region").ok()
        assert "West" in learned.text
        assert "memory" in learned.text
        kernel.run("%ask --save kept --new total sales by region").ok()
        assert "4" in kernel.run("%sql --connection session SELECT count(*) AS n FROM kept").ok().text
        assert "forgotten" in kernel.run("%ask --forget all").ok().stdout
        assert "No answer" in kernel.run("%ask --new total zorkmids by region").ok().text


def test_what_is_learned_after_other_questions_holds_alone(tmp_path):
    with running(cwd=tmp_path) as kernel:
        kernel.run("%connect warehouse\n%ask total sales by region in 2017").ok()
        kernel.run("%ask how many baskets are there?").ok()
        kernel.run("%ask --accept").ok()
        kernel.run("%ask --export learned.json").ok()
        (query,) = json.loads((tmp_path / "learned.json").read_text())["verified_queries"]
        assert query["question"] == "how many baskets are there?"
        assert "memory" in kernel.run("%ask --new how many baskets are there?").ok().text
        assert "forgotten" in kernel.run("%ask --forget all").ok().stdout


def test_what_is_learned_is_kept_on_the_command_line_too(tmp_path):
    shop = ["--db", tmp_path / "shop.duckdb"]
    made = "CREATE TABLE sale AS SELECT i AS sale_id, i % 3 AS price, 'city ' || (i % 2) AS city FROM range(12) t(i)"
    command = [get_kernel_spec(NAME).argv[0], "sql", made, "--db", str(tmp_path / "shop.duckdb"), "--policy", "write"]
    assert subprocess.run(command, capture_output=True, timeout=120).returncode == 0
    assert "refusal" in document("how many zorkmids are there?", *shop)
    learned = document("--correct", "how many sales are there?", *shop)
    assert [[int(cell) for cell in row] for row in learned["rows"]] == [[12]]
    assert document("how many zorkmids are there?", *shop)["source"] == "memory"
    answer = document("average price by city", "--out", tmp_path / "rows.csv", *shop)
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == len(answer["rows"]) + 1
    assert document("--accept", *shop)["accepted"]["question"] == "average price by city"
    listed = document("--memory", *shop)["questions"]
    assert [bool(record.get("verdict")) for record in listed] == [True, True]
    assert document("--export", tmp_path / "learned.yaml", *shop)["exported"] >= 1
    assert "average price by city" in (tmp_path / "learned.yaml").read_text()
    number = listed[0]["id"]
    assert document("--forget", number, *shop)["forgotten"] == 1
    gone = ask("--accept", "--number", number, *shop)
    assert gone.returncode == 1
    assert json.loads(gone.stderr)["error"]["code"] == "ask::memory_unknown"
    assert document("--forget", "all", *shop)["forgotten"] == 1
    assert document("--memory", *shop)["questions"] == []


def agent(*arguments):
    command = [get_kernel_spec(NAME).argv[0], "agent", *map(str, arguments), "--json"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_a_task_is_done_on_the_command_line(tmp_path):
    task = "check the quality of the stores, then chart revenue by region in 2017 and make 5 synthetic stores"
    done = agent(task, "--out", tmp_path / "made")
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert [step["step"]["agent"] for step in reply["steps"]] == ["etl", "data", "visualization", "synthesis"]
    assert reply["complete"]
    names = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert names == ["answer.parquet", "checks.parquet", "step_3.svg", "synthetic_dim_store.parquet"]


def test_a_part_that_fails_leaves_the_rest():
    done = agent("generate 10 rows like martians; how many stores are there?")
    assert done.returncode == 1
    first, second = json.loads(done.stdout)["steps"]
    assert first["failure"]["code"] == "agents::no_source"
    assert first["failure"]["help"]
    assert second["report"]["text"]


def test_every_agent_says_how_it_is():
    done = agent("--health")
    assert done.returncode == 0, done.stdout
    assert all(one["ok"] for one in json.loads(done.stdout)["agents"])


def test_what_an_agent_made_is_a_frame(tmp_path):
    with running(cwd=tmp_path) as kernel:
        shown = kernel.run("%agent --new what were sales by region in 2017? Turn that into a bar chart").ok()
        assert "Frame answer: 4 rows" in shown.stdout
        assert "4" in kernel.run("%sql --connection session SELECT count(*) AS n FROM answer").ok().text
        assert "Drawn" in kernel.run("%agent plot it again").ok().stdout
        assert "every agent works" in kernel.run("%agent --health").ok().stdout.lower()


def test_the_notebook_runs_whole(tmp_path):
    copy = tmp_path / "notebooks"
    shutil.copytree(NOTEBOOKS, copy)
    notebook = nbformat.read(copy / NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name=NAME, resources={"metadata": {"path": str(copy)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert [output for output in outputs if "application/vnd.vegalite.v5+json" in output.get("data", {})]
    shown = "".join(str(output.get("data", {}).get("text/plain", "")) for output in outputs)
    assert "No answer (ask::" in shown, "a refusal"
    assert "by memory" in shown, "a correction that is learned"


def test_the_notebook_is_saved_with_its_outputs():
    notebook = nbformat.read(NOTEBOOKS / NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == NAME
    silent = [cell.source for cell in notebook.cells if cell.cell_type == "code" and not cell.outputs and not cell.execution_count]
    assert not silent, f"cells that were never run: {silent}"


MODEL = """name: events
tables:
  - name: events
    base_table: {table: EVENTS}
    metrics:
      - {name: event_count, synonyms: [events], expr: COUNT(*)}
"""


@pytest.fixture
def endless(tmp_path):
    """A database with a view that nobody sees the end of, and a model of it."""
    file = tmp_path / "endless.duckdb"
    view = "CREATE VIEW EVENTS AS SELECT a.range AS N FROM range(100000000) a, range(100000000) b WHERE a.range % 7 <> b.range % 7"
    command = [get_kernel_spec(NAME).argv[0], "sql", view, "--db", str(file), "--policy", "write"]
    made = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stderr
    (tmp_path / "events.yaml").write_text(MODEL)
    return file


def test_a_long_question_is_interrupted_and_the_next_is_answered(tmp_path, endless):
    with running(cwd=tmp_path) as kernel:
        (tmp_path / "people.csv").write_text("name,city\nAda,Rome\nGrace,Oslo\n")
        kernel.run(f"%connect endless duckdb:{endless}\n%load people.csv --as people").ok()
        # Getting to know the database takes long without a model, the question itself with one.
        for flags in ("", "--model events.yaml "):
            cell = kernel.start(f"%ask --connection endless {flags}event count")
            cell.wait_until(lambda running: any("sb-progress" in str(it["content"]) for it in running.messages), timeout=30)
            kernel.interrupt()
            cell.finish(timeout=30).failed("interrupt")
            assert "2" in kernel.run("%ask --connection session how many people are there?").ok().text


def test_values_are_shown_as_text_and_never_as_markup(tmp_path):
    with running(cwd=tmp_path) as kernel:
        (tmp_path / "goods.csv").write_text('item,amount\n<script>alert(1)</script>,1\n"<img src=x onerror=alert(1)>",2\n')
        shown = kernel.run("%load goods.csv --as goods\n%ask --connection session total amount by item").ok()
        assert "&lt;script&gt;" in shown.html
        assert "<script" not in shown.html
        assert "<img" not in shown.html
