"""A person's view: JupyterLab in Chromium runs the tour, completes, interrupts, and shows what it should.

`SYNTHBOOK_SCREENSHOTS` names a folder for the pictures; without it they lie in pytest's own.
"""

import os
import shutil
from pathlib import Path

import pytest

from conftest import NOTEBOOKS
from lab import CHROMIUM, ERROR, lab

TOUR = "01_first_steps.ipynb"
SECOND = 1000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: `cargo xtask test` installs it")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = Path(os.environ.get("SYNTHBOOK_SCREENSHOTS") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def tour(tmp_path_factory):
    """JupyterLab with the tour open, run from the first cell to the last."""
    folder = tmp_path_factory.mktemp("lab")
    notebooks = folder / "notebooks"
    shutil.copytree(NOTEBOOKS, notebooks)
    with lab(notebooks, folder) as page:
        page.open(TOUR)
        page.errors = page.run_all()
        yield page


def test_the_tour_runs_without_an_error(tour):
    assert tour.errors == []


def test_tables_are_tables(tour, pictures):
    table = tour.page.locator(".jp-OutputArea-output.jp-RenderedHTMLCommon table").first
    assert table.locator("th").count() > 0
    tour.shot(pictures, "table", tour.page.locator(".jp-OutputArea-output.jp-RenderedHTMLCommon:has(table)").first)


def test_charts_are_drawn_by_vega(tour, pictures):
    charts = tour.page.locator(".vega-embed:has(canvas), .vega-embed:has(svg)")
    assert charts.count() >= 4
    for place in range(charts.count()):
        tour.shot(pictures, f"chart-{place + 1}", charts.nth(place))


def test_tab_completes_a_magic(tour):
    cell = tour.new_cell("%lsma")
    tour.page.keyboard.press("Tab")
    try:
        tour.page.wait_for_function(
            "() => [...document.querySelectorAll('.jp-CodeCell .cm-content')].at(-1).innerText.includes('%lsmagic')",
            timeout=2 * SECOND,
        )
    except Exception:  # noqa: BLE001 - more than one proposal: the list is open, and Enter takes the first
        tour.page.wait_for_selector(".jp-Completer:not(.lm-mod-hidden)", timeout=10 * SECOND)
        tour.page.keyboard.press("Enter")
    assert cell.locator(".cm-content").inner_text().strip() == "%lsmagic"


def test_an_error_says_what_is_wrong(tour, pictures):
    cell = tour.new_cell("%show adul")
    tour.run_cell()
    error = cell.locator(ERROR)
    error.wait_for(timeout=30 * SECOND)
    assert "adult" in error.inner_text()
    tour.shot(pictures, "error", cell)


def test_a_compile_error_is_readable(tour, pictures):
    cell = tour.new_cell('let count: u32 = "many";')
    tour.run_cell()
    error = cell.locator(ERROR)
    error.wait_for(timeout=60 * SECOND)
    assert "mismatched types" in error.inner_text()
    tour.shot(pictures, "compile-error", cell)


def test_a_cell_is_interrupted(tour, pictures):
    cell = tour.new_cell('println!("started"); let mut n = 0u64; loop { n = std::hint::black_box(n + 1); }')
    tour.run_cell()
    cell.locator(".jp-OutputArea-output", has_text="started").wait_for(timeout=60 * SECOND)
    tour.page.keyboard.press("Escape")
    tour.page.keyboard.press("i")
    tour.page.keyboard.press("i")
    cell.locator(ERROR).wait_for(timeout=30 * SECOND)
    tour.shot(pictures, "interrupt", cell)


def test_a_progress_bar_is_seen_while_it_runs(tour, pictures):
    code = "for _ in progress(0..100) { std::thread::sleep(std::time::Duration::from_millis(50)); }"
    cell = tour.new_cell(code)
    tour.run_cell()
    half = cell.locator(".jp-OutputArea-output", has_text="%").first
    half.wait_for(timeout=60 * SECOND)
    tour.page.wait_for_function(
        "() => /[3-7]\\d\\s*%/.test([...document.querySelectorAll('.jp-CodeCell')].at(-1).innerText)", timeout=30 * SECOND
    )
    tour.shot(pictures, "progress", cell)
    tour.wait_until_idle()


def test_the_whole_page(tour, pictures):
    tour.page.locator(".jp-Notebook .jp-Cell").first.scroll_into_view_if_needed()
    tour.shot(pictures, "notebook")
