"""Queries and loads of the embedded DuckDB: the program synthbook against Python's duckdb, in one run.

    python agents/benches/warehouse.py --program synthbook --warehouse DATA_DIR/warehouse.duckdb --source DATA_DIR/data/complete_journey

Both are whole processes on the same file: start, query or load, result written, end. They take turns, five times each;
the median counts. DuckDB's version may differ between the two and is printed. Prints a table of wall and CPU seconds, the
most memory in MiB, and the ratio of the wall times (below one: synthbook is quicker). A million rows from a server that
speaks Snowflake's protocol are measured by the tests of that warehouse.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUERIES = {
    "one row": "SELECT 42 AS answer",
    "sum of 1.5M rows": "SELECT sum(SALES_AMOUNT) AS s FROM FACT_SALESACTUAL",
    "three joins, grouped": "SELECT s.REGION, p.CATEGORY, d.MONTH_NUMBER, sum(f.SALES_AMOUNT) AS s FROM FACT_SALESACTUAL f "
    "JOIN DIM_STORE s USING (STORE_KEY) JOIN DIM_PRODUCT p USING (PRODUCT_KEY) JOIN DIM_DATE d USING (DATE_KEY) GROUP BY ALL",
    "distinct baskets by customer": "SELECT CUSTOMER_KEY, count(DISTINCT SALES_HEADER_ID) AS n FROM FACT_SALESACTUAL GROUP BY ALL",
    "all 1.5M rows as Arrow": "SELECT * FROM FACT_SALESACTUAL",
}

PYTHON_QUERY = """
import duckdb, sys
import pyarrow as pa
con = duckdb.connect(sys.argv[1], read_only=True)
reader = con.execute(sys.argv[2]).to_arrow_reader(262144)
with pa.OSFile(sys.argv[3], "wb") as out, pa.ipc.new_file(out, reader.schema) as file:
    for batch in reader:
        file.write_batch(batch)
"""

PYTHON_LOAD = """
import duckdb, sys
duckdb.connect(sys.argv[1]).execute(sys.argv[2])
"""


def measured(command):
    """Wall seconds, CPU seconds and the most memory (MiB) of a process, which must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        sys.exit(f"{command}: {error.decode()}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(what, ours, theirs, rounds):
    sides = {"synthbook": [], "duckdb": []}
    for _ in range(rounds):
        sides["synthbook"].append(measured(ours()))
        sides["duckdb"].append(measured(theirs()))
    median = {side: [statistics.median(column) for column in zip(*runs)] for side, runs in sides.items()}
    cells = [f"{wall:.3f} s, {cpu:.3f} s, {memory:.0f} MiB" for wall, cpu, memory in median.values()]
    print(f"| {what} | {cells[0]} | {cells[1]} | {median['synthbook'][0] / median['duckdb'][0]:.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="synthbook")
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    import duckdb

    print(f"Python's duckdb {duckdb.__version__}, {os.cpu_count()} cores")
    print("| what | synthbook: wall, CPU, memory | Python: wall, CPU, memory | ratio |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        db = f"duckdb:{options.warehouse}"
        for what, query in QUERIES.items():
            compare(
                what,
                lambda query=query: [options.program, "sql", "--db", db, "--out", str(folder / "ours.arrow"), query],
                lambda query=query: [sys.executable, "-c", PYTHON_QUERY, str(options.warehouse), query, str(folder / "theirs.arrow")],
                options.rounds,
            )
        load = f"CREATE TABLE t AS SELECT * FROM read_parquet('{options.source / 'transactions.parquet'}')"
        count = iter(range(1_000_000))
        compare(
            "load 1.5M rows of Parquet",
            lambda: [options.program, "sql", "--db", f"duckdb:{folder / f'o{next(count)}.duckdb'}", "--policy", "write", load],
            lambda: [sys.executable, "-c", PYTHON_LOAD, str(folder / f"t{next(count)}.duckdb"), load],
            options.rounds,
        )


if __name__ == "__main__":
    main()
