"""Files as they come: each loads as a person expects, or says what is wrong with it."""

import pytest


@pytest.fixture
def file(workplace):
    """Write a file from bytes or text; each test names its own."""

    def write(name, content):
        path = workplace / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def load(path, frame):
    return f"%load {path} --as {frame}"


def value(kernel, sql):
    """The one value of a query, as text."""
    return kernel.run(f"%sql SELECT '<' || ({sql}) || '>' AS v").ok().text.split("<")[1].split(">")[0]


def test_an_empty_file(kernel, file):
    kernel.run(load(file("empty.csv", ""), "f")).failed("empty")


def test_a_header_without_rows(kernel, file):
    kernel.run(load(file("header.csv", "a,b\n"), "f")).ok()
    assert value(kernel, "SELECT count(*) FROM f") == "0"


def test_a_binary_file(kernel, file):
    noise = bytes((7 * n * n + n) % 256 for n in range(4096))
    kernel.run(load(file("binary.csv", noise), "f")).failed()


def test_a_parquet_file_that_is_none(kernel, file):
    kernel.run(load(file("text.parquet", "a,b\n1,2\n"), "f")).failed()


def test_a_thousand_columns(kernel, file):
    names = ",".join(f"column_{n}" for n in range(1000))
    row = ",".join(str(n) for n in range(1000))
    kernel.run(load(file("wide.csv", f"{names}\n{row}\n{row}\n"), "wide")).ok()
    assert value(kernel, "SELECT column_999 FROM wide LIMIT 1") == "999"
    shown = kernel.run("%show wide").ok()
    assert "1000" in shown.html.replace(",", ""), "the table says how many columns there are"
    assert len(shown.html) < 500_000
    kernel.run("%describe wide").ok()


def test_ragged_lines(kernel, file):
    ragged = file("ragged.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n")
    loaded = kernel.run(f"%load {ragged} --as f")
    if loaded.status == "error":
        loaded.failed("line")
    else:
        assert loaded.everything.strip(), "a file that is not what it seems is not loaded in silence"


def test_latin_1(kernel, file):
    text = "name,town\nJosé,Málaga\nZoë,Århus\n".encode("latin-1")
    kernel.run(load(file("latin.csv", text), "f")).ok()
    assert value(kernel, "SELECT string_agg(town, '+') FROM f") == "Málaga+Århus"


def test_utf_16(kernel, file):
    text = "name,town\nJosé,Málaga\n".encode("utf-16")
    kernel.run(load(file("wide16.csv", text), "f")).ok()
    assert value(kernel, "SELECT town FROM f") == "Málaga"


def test_a_byte_order_mark(kernel, file):
    kernel.run(load(file("bom.csv", b"\xef\xbb\xbfid,name\n1,Ada\n"), "f")).ok()
    assert value(kernel, "SELECT id FROM f") == "1"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"], ids=["semicolon", "tab", "bar"])
def test_other_delimiters(kernel, file, delimiter):
    text = delimiter.join(["a", "b"]) + "\n" + delimiter.join(["1", "two, three"]) + "\n"
    kernel.run(load(file("other.csv", text), "f")).ok()
    assert value(kernel, "SELECT b FROM f") == "two, three"


def test_types_are_found(kernel, file):
    text = "i,x,b,d,t,s\n1,1.5,true,2024-02-29,2024-02-29T12:30:00,a\n2,,false,2024-03-01,2024-03-01T00:00:00,\n"
    kernel.run(load(file("types.csv", text), "f")).ok()
    types = {"i": "BIGINT", "x": "DOUBLE", "b": "BOOLEAN", "d": "DATE", "t": "TIMESTAMP", "s": "VARCHAR"}
    for column, expected in types.items():
        assert value(kernel, f"SELECT typeof({column}) FROM f LIMIT 1") == expected
    assert value(kernel, "SELECT count(*) FROM f WHERE x IS NULL AND s IS NULL") == "1"


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow", "jsonl"])
def test_what_is_saved_can_be_loaded(kernel, file, workplace, suffix):
    source = file("source.csv", 'id,name,day\n1,"Ada, Lady",1815-12-10\n2,Ünal,\n')
    kernel.run(f"%load {source} --as f").ok()
    kernel.run(f"%save f {workplace / ('saved.' + suffix)}").ok()
    kernel.run(f"%load {workplace / ('saved.' + suffix)} --as g").ok()
    assert value(kernel, "SELECT count(*) FROM f JOIN g USING (id, name)") == "2"
    assert value(kernel, "SELECT day FROM g WHERE id = 1") == "1815-12-10"


def test_a_missing_file(kernel, workplace):
    kernel.run(f"%load {workplace / 'nowhere.csv'} --as f").failed("nowhere.csv")


def test_a_folder(kernel, workplace):
    kernel.run(f"%load {workplace} --as f").failed()


def test_html_in_the_data_is_text(kernel, file):
    kernel.run(load(file("html.csv", "a\n<script>alert(1)</script>\n"), "f")).ok()
    shown = kernel.run("%show f").ok()
    assert "<script" not in shown.html
    assert "&lt;script" in shown.html


def test_a_failed_load_keeps_the_frame_of_that_name(kernel, file):
    kernel.run(load(file("good.csv", "n\n1\n"), "f")).ok()
    kernel.run(load(file("bad.csv", ""), "f")).failed()
    assert value(kernel, "SELECT count(*) FROM f") == "1"
