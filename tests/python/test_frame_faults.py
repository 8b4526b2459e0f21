"""Frames when the disk is full or a file is damaged: a coded error, and every other frame stays."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kernel import running


@pytest.fixture(scope="module")
def small(workplace):
    path = workplace / "small.csv"
    path.write_text("n\n1\n2\n3\n")
    return path


@pytest.fixture(scope="module")
def large(workplace):
    """About forty megabytes once it is a frame."""
    path = workplace / "large.csv"
    with path.open("w") as file:
        file.write("a,b,c,d,e\n")
        for row in range(1_000_000):
            file.write(f"{row},{row * 2},{row * 3},{row * 5},{row * 7}\n")
    return path


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of sixteen megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], capture_output=True, check=False)
    if mount.returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk(tiny_disk, small, large, workplace):
    runtime, data = tiny_disk / "runtime", tiny_disk / "data"
    runtime.mkdir()
    data.mkdir()
    env = {"SYNTHBOOK_RUNTIME_DIR": str(runtime), "SYNTHBOOK_DATA_DIR": str(data)}
    with running(cwd=workplace, env=env) as kernel:
        kernel.run(f"%load {small} --as kept").ok()
        full = kernel.run(f"%load {large} --as too_large").failed()
        assert full.code == "frames::disk_full"
        kernel.run("%%sql --save too_large\nSELECT range AS n FROM range(50000000)", timeout=120).failed()
        assert "rows=3" in kernel.run("%sql SELECT 'rows=' || count(*) AS n FROM kept").ok().text
        assert "too_large" not in kernel.run("%frames").ok().everything
        assert shutil.disk_usage(tiny_disk).free > 8 << 20, "half-written files were left behind"
        kernel.run(f"%load {small} --as after").ok()


def test_a_full_disk_from_rust(tiny_disk, small, workplace):
    runtime, data = tiny_disk / "runtime", tiny_disk / "data"
    runtime.mkdir()
    data.mkdir()
    env = {"SYNTHBOOK_RUNTIME_DIR": str(runtime), "SYNTHBOOK_DATA_DIR": str(data)}
    with running(cwd=workplace, env=env) as kernel:
        kernel.run(f"%load {small} --as kept").ok()
        kernel.run('publish("too_large", &TableBuilder::new().column("n", vec![7i64; 5_000_000]));').failed()
        assert "rows=3" in kernel.run("%sql SELECT 'rows=' || count(*) AS n FROM kept").ok().text
        assert "too_large" not in kernel.run("%frames").ok().everything


def damage_by_truncating(file):
    os.truncate(file, file.stat().st_size // 2)


def damage_the_footer(file):
    with file.open("r+b") as opened:
        opened.seek(-64, os.SEEK_END)
        opened.write(b"\xff" * 48)


def damage_by_emptying(file):
    os.truncate(file, 0)


def damage_by_replacing(file):
    other = file.with_suffix(".other")
    other.write_text("this is no Arrow file\n" * 100)
    other.replace(file)


def files_of(frame):
    """The files of all frames of a name, in every session."""
    return set(Path(os.environ["SYNTHBOOK_RUNTIME_DIR"]).rglob(f"{frame}.*.arrow"))


DAMAGES = [damage_by_truncating, damage_the_footer, damage_by_emptying, damage_by_replacing]


@pytest.mark.parametrize("damage", DAMAGES, ids=[damage.__name__ for damage in DAMAGES])
def test_a_damaged_frame(fresh, small, damage):
    before = files_of("hurt")
    fresh.run(f"%load {small} --as kept").ok()
    fresh.run(f"%load {small} --as hurt").ok()
    (file,) = files_of("hurt") - before
    damage(file)
    for code in ("%show hurt", "%sql SELECT sum(n) FROM hurt", 'table("hurt").rows()'):
        fresh.run(code).failed()
        assert "rows=3" in fresh.run("%sql SELECT 'rows=' || count(*) AS n FROM kept").ok().text
    fresh.run(f"%load {small} --as hurt").ok()
    assert "rows=3" in fresh.run("%sql SELECT 'rows=' || count(*) AS n FROM hurt").ok().text
