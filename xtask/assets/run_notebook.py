"""Runs a notebook whole and prints what each cell gave; ends with an error when a cell does."""
import re
import sys
import time
from html import unescape

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
SHOWN_LINES = 12


def shorten(text):
    """The first lines of a text, without colours."""
    lines = COLOUR.sub("", text).rstrip().splitlines()
    kept = [line[:160] for line in lines[:SHOWN_LINES]]
    if len(lines) > SHOWN_LINES:
        kept.append(f"… {len(lines) - SHOWN_LINES:,} more lines")
    return kept


def table_size(html):
    """How a table describes itself, or the rows and columns that it shows."""
    said = re.search(r"([\d,]+)\s*(?:rows?)?\s*[×x]\s*([\d,]+)", unescape(re.sub(r"<[^>]+>", " ", html)))
    if said:
        return f"{said[1]} × {said[2]}"
    rows = len(re.findall(r"<tr", html))
    columns = len(re.findall(r"<th", html.split("</tr>")[0]))
    return f"{rows} × {columns} shown"


def described(data):
    """What a person would see of a MIME bundle, in a line or a few."""
    chart = next((kind for kind in data if "vegalite" in kind), None)
    if chart:
        spec = data[chart]
        mark = spec.get("mark") if isinstance(spec, dict) else None
        mark = mark.get("type") if isinstance(mark, dict) else mark
        others = ", ".join(kind for kind in data if kind != chart)
        return [f"‹chart{': ' + mark if mark else ''}; also as {others}›"]
    html = data.get("text/html", "")
    if "<table" in html:
        return [f"‹table {table_size(html)}›"] + shorten(data.get("text/plain", ""))[:4]
    if "text/plain" in data:
        return shorten(data["text/plain"])
    return [f"‹{', '.join(data)}›"]


def output_lines(output):
    """The lines that stand for one output of a cell."""
    kind = output["output_type"]
    if kind == "stream":
        return shorten(output["text"])
    if kind == "error":
        return shorten("\n".join(output.get("traceback") or [output.get("evalue", "")]))
    return described(output.get("data", {}))


def main(path):
    notebook = nbformat.read(path, as_version=4)
    started = {}

    def begin(cell, cell_index, **_):
        started[cell_index] = time.monotonic()

    def report(cell, cell_index, **_):
        if cell["cell_type"] != "code" or not cell["source"].strip():
            return
        seconds = time.monotonic() - started.get(cell_index, time.monotonic())
        first = cell["source"].strip().splitlines()[0]
        print(f"\nIn [{cell_index + 1}] {first[:100]}   ({seconds:.2f} s)")
        for output in cell.get("outputs", []):
            for line in output_lines(output):
                print(f"    {line}")

    kernel = notebook.metadata.get("kernelspec", {}).get("name", "synthbook")
    client = NotebookClient(notebook, kernel_name=kernel, timeout=600, on_cell_start=begin, on_cell_executed=report)
    began = time.monotonic()
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        print(f"\n{path} failed:\n{COLOUR.sub('', str(error))}", file=sys.stderr)
        return 1
    cells = sum(1 for cell in notebook.cells if cell["cell_type"] == "code")
    print(f"\n{path}: {cells} cells ran in {time.monotonic() - began:.1f} s")
    return 0


sys.exit(main(sys.argv[1]))
