"""A session from end to end: frames pass between magics, SQL and Rust, and two notebooks do not meet."""

import pytest

from conftest import ADULT
from kernel import running


@pytest.fixture
def adult(kernel):
    kernel.run(f"%load {ADULT} --as adult").ok()
    return kernel


def test_a_frame_in_a_thin_cell(adult):
    code = 'let t = table("adult");\nlet ages = t.column::<i64>("age");\nprintln!("{} rows", t.rows());'
    assert "26049 rows" in adult.run(code).ok().stdout


def test_polars_over_a_frame_and_back(adult):
    adult.run("%use polars").ok()
    code = """\
let mean = frame("adult")
    .lazy()
    .group_by([col("education")])
    .agg([col("hours_per_week").mean().alias("hours"), len().alias("people")])
    .sort(["hours"], Default::default())
    .collect()?;
publish("by_education", &mean);
mean
"""
    shown = adult.run(code, timeout=120).ok()
    assert "education" in shown.html
    assert "rows=16" in adult.run("%sql SELECT 'rows=' || count(*) AS n FROM by_education").ok().text


def test_a_cell_may_begin_with_a_blank_line(adult):
    code = '\n\nlet first = std::env::temp_dir().file_name().map(|name| name.to_owned());\nfirst.is_some()'
    assert "true" in adult.run(code).ok().text


def test_variables_last_from_cell_to_cell(adult):
    adult.run("let mut numbers = vec![1, 2, 3];").ok()
    adult.run("numbers.push(4);").ok()
    assert "[1, 2, 3, 4]" in adult.run("numbers").ok().text


def test_a_compile_error_points_at_the_cells_own_line(adult):
    wrong = adult.run('let a = 1;\nlet b: i32 = "text";').failed("mismatched types")
    assert 'let b: i32 = "text";' in wrong.error
    assert "let a = 1;" not in wrong.error.splitlines()[0]


def test_a_dependency_without_a_network_is_an_error_not_a_hang(adult):
    adult.run(":offline 1\n:dep no-such-crate-of-ours = \"1\"", timeout=120)
    assert "2" in adult.run("1 + 1", timeout=120).ok().text


def test_the_history_is_kept(adult):
    adult.run("let kept_in_history = 1;").ok()
    found = adult.ask("history", output=False, raw=True, hist_access_type="search", pattern="*kept_in_history*", n=5)
    assert found["history"]


def test_two_notebooks_at_once(tmp_path):
    (tmp_path / "one.csv").write_text("n\n1\n")
    (tmp_path / "two.csv").write_text("n\n2\n")
    with running(cwd=tmp_path) as one, running(cwd=tmp_path) as two:
        for kernel, name in ((one, "one"), (two, "two")):
            kernel.run(f"%load {name}.csv --as data").ok()
            kernel.run("%use polars").ok()
        code = 'let n = frame("data").column("n")?.i64()?.get(0); println!("{n:?}");'
        cells = [one.start(code), two.start(code)]
        answers = [cell.finish(timeout=180).ok().stdout for cell in cells]
    assert answers == ["Some(1)\n", "Some(2)\n"]


def test_a_session_that_ends_leaves_no_frames(tmp_path):
    import os
    from pathlib import Path

    (tmp_path / "one.csv").write_text("n\n1\n")
    with running(cwd=tmp_path) as kernel:
        kernel.run("%load one.csv --as goes_with_the_session").ok()
        kernel.close(now=False)
    assert not list(Path(os.environ["SYNTHBOOK_RUNTIME_DIR"]).rglob("goes_with_the_session.*"))
