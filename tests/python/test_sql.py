"""SQL in cells: wrong, endless and huge queries, and results that become frames."""

import pytest


@pytest.fixture
def people(kernel, workplace):
    path = workplace / "people.csv"
    path.write_text("id,name\n1,Ada\n2,Grace\n")
    kernel.run(f"%load {path} --as people").ok()
    return kernel


def test_a_result_becomes_a_frame(people):
    people.run("%%sql --save initials\nSELECT id, name[1] AS initial FROM people ORDER BY id").ok()
    people.run("%%sql count <<\nSELECT count(*) AS n FROM initials").ok()
    assert "2" in people.run("%show count").ok().text
    listed = people.run("%frames").ok().everything
    assert "initials" in listed
    assert "count" in listed


def test_a_wrong_column_points_into_the_cell(people):
    wrong = people.run("%%sql\nSELECT id,\n       nam\nFROM people").failed("nam", "name")
    assert "help" in wrong.error.lower()


def test_a_syntax_error(people):
    people.run("%%sql\nSELEC 1").failed("SELEC")


def test_an_unknown_table(people):
    people.run("%sql SELECT * FROM peopel").failed("peopel")


def test_an_empty_query(people):
    people.run("%%sql\n").failed()


ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t"


def test_an_endless_query_is_interrupted(people):
    cell = people.start(f"!echo started\n%sql {ENDLESS}")
    cell.wait_for_output("started")
    people.interrupt()
    cell.finish(timeout=20).failed("interrupt")
    assert "rows=2" in people.run("%sql SELECT 'rows=' || count(*) AS n FROM people").ok().text


def test_a_huge_result_is_shown_in_part(people):
    huge = people.run("%sql SELECT range AS n FROM range(20000000)", timeout=120).ok()
    assert len(huge.html) + len(huge.text) < 200_000
    said = huge.everything.lower()
    assert "more than" in said or "20,000,000" in said, "it says that there is more"


def test_a_huge_result_becomes_a_frame(people):
    people.run("%%sql --save huge\nSELECT range AS n FROM range(20000000)", timeout=120).ok()
    assert "199999990000000" in people.run("%sql SELECT sum(n)::BIGINT AS s FROM huge").ok().text.replace(",", "")


def test_several_statements(people):
    people.run("%%sql\nCREATE TABLE own AS SELECT 1 AS x;\nINSERT INTO own VALUES (2);\nSELECT sum(x) AS s FROM own").ok()
    assert "3" in people.run("%sql SELECT sum(x) FROM own").ok().text


def test_frames_made_in_rust_are_tables(people):
    people.run('publish("squares", &TableBuilder::new().column("n", (0..10i64).map(|n| n * n).collect::<Vec<_>>()));').ok()
    assert "285" in people.run("%sql SELECT sum(n)::BIGINT AS total FROM squares").ok().text
