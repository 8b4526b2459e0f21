"""Magics: help, completion, mixing with Rust, and every wrong argument an error that says what is right."""

import json

import pytest

from conftest import ADULT


@pytest.fixture(autouse=True)
def adult(kernel):
    kernel.run(f"%load {ADULT} --as adult").ok()


@pytest.mark.parametrize(
    "code",
    [
        "%load",
        "%load one.csv two.csv --as f",
        "%load one.csv --as",
        "%load one.csv --nonsense",
        "%save",
        "%save adult",
        "%save adult out.unknown",
        "%save nosuch out.csv",
        "%show nosuch",
        "%show adult -n many",
        "%describe a b",
        "%describe nosuch",
        "%chart",
        "%chart nosuch",
        "%chart adult nosuchkind",
        "%chart adult histogram x=nosuch",
        "%chart adult histogram nonsense=1",
        "%synth",
        "%synth nonsense",
        "%synth fit",
        "%synth fit nosuch --as m",
        "%synth fit adult --as m --method nosuch",
        "%synth sample nosuch -n 10 --as f",
        "%synth sample nosuch -n many --as f",
        "%synth evaluate --real adult --synthetic nosuch",
        "%use nonsense",
        "%help nosuch",
        "%cd /no/such/folder",
        "%nosuch",
        "%%nosuch\ntext",
        "%%sql --nonsense\nSELECT 1",
    ],
)
def test_wrong_arguments_are_coded_errors(kernel, code):
    wrong = kernel.run(code).failed()
    assert "::" in wrong.code, f"{wrong.code!r} is no stable code"
    assert "panicked" not in wrong.error


@pytest.mark.parametrize(
    ("code", "suggestion"),
    [("%shwo adult", "show"), ("%show adul", "adult"), ("%chart adult histogram x=aeg", "age"), ("%chart adult histgram", "histogram")],
)
def test_a_slip_is_answered_with_a_suggestion(kernel, code, suggestion):
    kernel.run(code).failed(suggestion)


def test_magics_and_rust_mix_in_one_cell(kernel):
    mixed = kernel.run('println!("before");\n%pwd\nlet y = 7;\n!echo shell\nprintln!("after {y}");').ok()
    places = [mixed.everything.find(word) for word in ("before", "shell", "after 7")]
    assert -1 not in places, mixed.everything
    assert places == sorted(places)


def test_a_percent_sign_inside_rust_is_rust(kernel):
    rest = kernel.run('let rest = 17\n% 5;\nprintln!("rest {rest}");').ok()
    assert "rest 2" in rest.stdout


def test_lsmagic_lists_every_magic_and_each_has_help(kernel):
    listed = kernel.run("%lsmagic").ok()
    # JupyterLab draws plain application/json as a tree, in place of the text.
    lists = [data for bundle in listed.bundles for kind, data in bundle.items() if kind.endswith("json")]
    assert lists, "the list is data too"
    names = json.dumps(lists)
    for name in ("load", "save", "frames", "describe", "show", "sql", "chart", "synth", "use", "lsmagic", "help"):
        assert name in names
        shown = kernel.run(f"%help {name}").ok()
        assert name in shown.everything or name in json.dumps(shown.reply.get("payload", []))


def test_a_question_mark_shows_help(kernel):
    shown = kernel.run("%load?").ok()
    assert "--as" in shown.everything + json.dumps(shown.reply.get("payload", []))


def test_completion_of_magics_flags_frames_and_columns(kernel):
    assert "%load" in kernel.complete("%loa")
    assert "%%sql" in kernel.complete("%%sq")
    assert any("adult" in match for match in kernel.complete("%show ad"))
    assert any("--as" in match for match in kernel.complete("%load x.csv --a"))
    assert any("education" in match for match in kernel.complete("%chart adult histogram x=educ"))
    assert any("histogram" in match for match in kernel.complete("%chart adult hist"))
    assert any("adult" in match for match in kernel.complete("%%sql\nSELECT * FROM adu"))


def test_completion_is_answered_while_a_cell_runs(kernel):
    cell = kernel.start('println!("started"); std::thread::sleep(std::time::Duration::from_secs(600));')
    cell.wait_for_output("started")
    assert "%load" in kernel.complete("%loa", timeout=5)
    kernel.interrupt()
    cell.finish(timeout=30).failed()


@pytest.mark.parametrize("kind", ["histogram x=age", "bar x=education", "line x=age y=hours_per_week", "scatter x=age y=hours_per_week color=sex"])
def test_every_chart_has_vega_lite_svg_and_text(kernel, kind):
    (chart,) = kernel.run(f"%chart adult {kind}").ok().bundles
    specification = chart["application/vnd.vegalite.v5+json"]
    assert "v5" in specification["$schema"]
    assert chart["image/svg+xml"].lstrip().startswith("<svg")
    assert chart["text/plain"].strip()


def test_synth_fits_samples_and_evaluates(kernel):
    kernel.run("%%sql --save small\nSELECT age, sex, income, hours_per_week FROM adult LIMIT 2000").ok()
    kernel.run("%synth fit small --as model").ok()
    kernel.run("%synth sample model -n 500 --as first --seed 7").ok()
    kernel.run("%synth sample model -n 500 --as second --seed 7").ok()
    same = kernel.run("%sql SELECT 'differing=' || count(*) AS n FROM (FROM first EXCEPT ALL FROM second)").ok()
    assert "differing=0" in same.text
    report = kernel.run("%synth evaluate --real small --synthetic first --json").ok()
    assert "hours_per_week" in report.everything + json.dumps([bundle.get("application/json") for bundle in report.bundles])


def test_an_interrupted_fit_leaves_the_session_whole(kernel):
    kernel.run("%%sql --save wide\nSELECT " + ", ".join(f"random() AS c{n}" for n in range(200)) + " FROM range(20000)", timeout=120).ok()
    cell = kernel.start("!echo started\n%synth fit wide --as wide_model")
    cell.wait_for_output("started")
    kernel.interrupt()
    stopped = cell.finish(timeout=60)
    if stopped.status == "error":
        stopped.failed("interrupt")
    assert "26049" in kernel.run("%sql SELECT count(*) AS n FROM adult").ok().text.replace(",", "")


def test_progress_is_drawn_by_display_updates(kernel):
    counted = kernel.run("for _ in progress(0..30) { std::thread::sleep(std::time::Duration::from_millis(20)); }").ok()
    kinds = [message["msg_type"] for message in counted.messages]
    assert "display_data" in kinds
    assert "update_display_data" in kinds
