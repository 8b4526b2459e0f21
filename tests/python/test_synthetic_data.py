"""The notebook on synthetic data runs whole, and the command line samples, shards, stops and explains itself."""

import json
import shutil
import signal
import subprocess
import time

import nbformat
import pytest
from jupyter_client.kernelspec import get_kernel_spec
from nbclient import NotebookClient

from conftest import ADULT, NOTEBOOKS
from kernel import NAME

NOTEBOOK = "05_synthetic_data.ipynb"


def binary():
    return get_kernel_spec(NAME).argv[0]


def synth(*arguments, **options):
    return subprocess.run([binary(), "synth", *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)


def query(sql):
    """The rows of a query over files."""
    answer = subprocess.run([binary(), "sql", sql, "--json"], capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A quick model of the census."""
    file = tmp_path_factory.mktemp("models") / "adult.synth"
    fitted = synth("fit", ADULT, "-o", file, "--method", "gaussian_copula", "--seed", 7, "--max-rows", 5000, "--json")
    assert fitted.returncode == 0, fitted.stderr
    assert json.loads(fitted.stdout)["rows"] == 5000
    return file


def test_the_notebook_runs_whole(tmp_path):
    copy = tmp_path / "notebooks"
    shutil.copytree(NOTEBOOKS, copy)
    notebook = nbformat.read(copy / NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=900, kernel_name=NAME, resources={"metadata": {"path": str(copy)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    shown = "".join(str(output.get("text", "")) for output in outputs)
    assert "The synthetic table" in shown, "the verdict is told"
    assert any("<iframe" in str(output.get("data", {}).get("text/html", "")) for output in outputs)
    folder = copy / "out" / "adult_synthetic"
    sizes = [query(f"SELECT count(*) FROM '{folder / part}.parquet'")["rows"][0][0] for part in ("train", "validation", "test")]
    assert sizes == [16000, 2000, 2000]
    real, made = (query(f"SELECT * FROM '{file}' LIMIT 1") for file in (ADULT, folder / "train.parquet"))
    assert (real["columns"], real["types"]) == (made["columns"], made["types"])
    card = json.loads((copy / "out" / "adult_synthetic" / "card.json").read_text())
    assert {metric["family"] for metric in card["metrics"]} >= {"fidelity", "detection", "usefulness", "privacy"}
    assert all(rule["violations"] == 0 for rule in card["rules"])


def test_the_notebook_is_saved_with_its_outputs():
    notebook = nbformat.read(NOTEBOOKS / NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == NAME
    silent = [cell.source for cell in notebook.cells if cell.cell_type == "code" and not cell.outputs and not cell.execution_count]
    assert not silent, f"cells that were never run: {silent}"


def test_shards_in_any_order_are_the_whole_sample(model, tmp_path):
    whole = tmp_path / "whole.csv"
    assert synth("sample", model, "-n", 20000, "-o", whole, "--seed", 3).returncode == 0
    parts = []
    for shard in (4, 2, 1, 3):
        part = tmp_path / f"{shard}.csv"
        assert synth("sample", model, "-n", 20000, "-o", part, "--seed", 3, "--shard", f"{shard}/4").returncode == 0
        parts.append((shard, part.read_bytes()))
    assert b"".join(part for _, part in sorted(parts)) == whole.read_bytes()


def test_a_condition_holds_in_every_row(model, tmp_path):
    file = tmp_path / "old.parquet"
    done = synth("sample", model, "-n", 3000, "-o", file, "--where", "age > 60 AND sex = 'Female'", "--json")
    assert json.loads(done.stdout)["rows"] == 3000, done.stderr
    counted = query(f"SELECT count(*), count(*) FILTER (age > 60 AND sex = 'Female') FROM '{file}'")
    assert counted["rows"] == [[3000, 3000]]


def test_an_interrupt_leaves_nothing(model, tmp_path):
    command = [binary(), "synth", "sample", str(model), "-n", "500000000", "-o", str(tmp_path / "large.parquet"), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not any(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert not out
    assert json.loads(err)["error"]["code"] == "synth::cancelled"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("sample", "MODEL", "-n", "10", "-o", "x.docx"), 1, "data::unknown_format"),
        (("sample", "MODEL", "-n", "10", "-o", "x.csv", "--where", "age >"), 1, "synth::invalid_condition"),
        (("sample", "MODEL", "-n", "10", "-o", "x.csv", "--shard", "0/3"), 1, "synth::invalid_shard"),
        (("sample", "MODEL", "-n", "-1", "-o", "x.csv"), 2, "cli::usage"),
        (("fit", str(ADULT), "-o", "x", "--method", "nothing"), 1, "synth::unknown_synthesizer"),
        (("augment", str(ADULT), "-o", "x.csv", "--method", "nothing"), 1, "synth::unknown_augmenter"),
        (("evaluate", "--real", str(ADULT)), 2, "cli::usage"),
    ],
)
def test_errors_are_documents(model, tmp_path, arguments, status, code):
    words = [str(model) if word == "MODEL" else word for word in arguments]
    failed = synth(*words, "--json", cwd=tmp_path)
    assert failed.returncode == status
    assert not failed.stdout
    error = json.loads(failed.stderr)["error"]
    assert error["code"] == code
    assert error["message"]
    assert not list(tmp_path.iterdir())
