"""The tour runs whole in nbclient, nbconvert and papermill, and its HTML export still shows the charts."""

import re
import shutil
import subprocess
import sys

import nbformat
import papermill
import pytest
from nbclient import NotebookClient

from conftest import NOTEBOOKS
from kernel import ANSI, NAME, running

TOUR = "01_first_steps.ipynb"
CHARTS = 4


@pytest.fixture
def folder(tmp_path):
    """A copy of the notebooks, so that a run leaves the checkout as it was."""
    copy = tmp_path / "notebooks"
    shutil.copytree(NOTEBOOKS, copy)
    return copy


def outputs(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def faults(notebook):
    """The error outputs of cells that do not announce one."""
    return [
        output
        for cell in notebook.cells
        if cell.cell_type == "code" and "raises-exception" not in cell.metadata.get("tags", [])
        for output in cell.outputs
        if output.output_type == "error"
    ]


def test_nbclient(folder):
    notebook = nbformat.read(folder / TOUR, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name=NAME, resources={"metadata": {"path": str(folder)}}).execute()
    assert not faults(notebook)
    charts = [output for output in outputs(notebook) if "application/vnd.vegalite.v5+json" in output.get("data", {})]
    assert len(charts) >= CHARTS


def test_nbconvert_keeps_the_charts(folder):
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "--ExecutePreprocessor.timeout=300", TOUR]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=600)
    page = (folder / TOUR).with_suffix(".html").read_text()
    shown = page.count("<svg") + page.count("data:image/svg+xml")
    assert shown >= CHARTS
    assert "<table" in page


def test_papermill(folder):
    result = papermill.execute_notebook(str(folder / TOUR), str(folder / "out.ipynb"), kernel_name=NAME, cwd=str(folder), progress_bar=False)
    assert not faults(result)


def test_the_tour_is_saved_with_its_outputs():
    notebook = nbformat.read(NOTEBOOKS / TOUR, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == NAME
    silent = [cell.source for cell in notebook.cells if cell.cell_type == "code" and not cell.outputs and not cell.execution_count]
    assert not silent, f"cells that were never run: {silent}"
    assert len([output for output in outputs(notebook) if "image/svg+xml" in output.get("data", {})]) >= CHARTS
    assert not faults(notebook)


def test_the_error_in_the_text_is_the_one_that_comes():
    notebook = nbformat.read(NOTEBOOKS / TOUR, as_version=4)
    (told,) = re.findall(r"`(%show \w+)` answers:\n\n```text\n(.*?)\n```", "\n".join(cell.source for cell in notebook.cells), re.DOTALL)
    code, text = told
    with running(cwd=NOTEBOOKS) as kernel:
        kernel.run("%load data/adult.parquet --as adult").ok()
        shown = ANSI.sub("", "\n".join(kernel.run(code).failed().reply["traceback"]))
    assert shown.strip() == text.strip()
