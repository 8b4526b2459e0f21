"""Cells that go wrong in every way a process can: each is an error that says what happened, and no frame is lost."""

import os
import signal

import pytest

from kernel import running

ROWS = 3


@pytest.fixture(scope="module")
def csv(workplace):
    path = workplace / "kept.csv"
    path.write_text("id,name\n1,Ada\n2,Grace\n3,Edsger\n")
    return path


@pytest.fixture
def prepared(kernel, csv):
    """A kernel with a frame and a variable that a fault could take away."""
    kernel.run(f"%load {csv} --as kept").ok()
    kernel.run("let treasure = 4242;").ok()
    return kernel


def nothing_published_is_lost(kernel):
    count = kernel.run("%sql SELECT 'rows=' || count(*) AS n FROM kept").ok()
    assert f"rows={ROWS}" in count.text
    after = kernel.run('println!("rows in Rust: {}", table("kept").rows());').ok()
    assert f"rows in Rust: {ROWS}" in after.stdout


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param('panic!("boom");', ["boom"], id="panic"),
        pytest.param("let empty: Vec<i32> = Vec::new(); empty[7];", ["index out of bounds"], id="index"),
        pytest.param('let e: Result<i32, String> = Err("boom".to_string()); e?;', ["boom"], id="error"),
        pytest.param('let wrong: i32 = "text";', ["mismatched types"], id="compile"),
    ],
)
def test_an_error_keeps_the_variables(prepared, code, words):
    prepared.run(code).failed(*words)
    assert "4242" in prepared.run("treasure").ok().text
    nothing_published_is_lost(prepared)


DEEP = "fn deep(n: u64) -> u64 { if n == u64::MAX { 0 } else { 1 + deep(std::hint::black_box(n + 1)) } }\ndeep(0)"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("unsafe { std::ptr::null_mut::<i32>().write_volatile(1) };", ["SIGSEGV"], id="segfault"),
        pytest.param("std::process::abort();", ["abort"], id="abort"),
        pytest.param("std::process::exit(3);", ["3"], id="exit"),
        pytest.param(DEEP, [], id="stack-overflow"),
    ],
)
def test_a_dead_process_is_an_error_and_the_next_cell_runs(prepared, code, words):
    fault = prepared.run(code).failed(*words)
    nothing_published_is_lost(prepared)
    variable = prepared.run("treasure")
    assert variable.status == "ok" or "treasure" in fault.error, "a lost variable must be named"
    assert "42" in prepared.run("let after = 40 + 2; after").ok().text


def test_items_of_earlier_cells_survive_a_dead_process(prepared):
    prepared.run("fn twice(n: i32) -> i32 { n * 2 }").ok()
    prepared.run("std::process::abort();").failed()
    assert "84" in prepared.run("twice(42)").ok().text


def test_the_child_killed_while_a_cell_runs(prepared):
    cell = prepared.start('println!("pid {} here", std::process::id()); std::thread::sleep(std::time::Duration::from_secs(600));')
    cell.wait_for_output(" here")
    os.kill(int(cell.stdout.split()[1]), signal.SIGKILL)
    cell.finish().failed("SIGKILL")
    nothing_published_is_lost(prepared)


def test_the_child_killed_between_cells(prepared):
    pid = int(prepared.run('println!("{}", std::process::id());').ok().stdout)
    os.kill(pid, signal.SIGKILL)
    prepared.run("1 + 1")
    assert "2" in prepared.run("1 + 1").ok().text
    nothing_published_is_lost(prepared)


def test_a_hundred_megabytes_printed(prepared):
    line = 'let line = "x".repeat(1023); for _ in 0..102_400 { println!("{line}"); }'
    flood = prepared.run(line, timeout=180)
    assert flood.status == "ok" or flood.code
    assert len(flood.stdout) >= 1_000_000, "hardly anything of the output arrived"
    assert "after the flood" in prepared.run('println!("after the flood");').ok().stdout
    nothing_published_is_lost(prepared)


def test_memory_without_end(csv, workplace):
    with running(cwd=workplace, env={"SYNTHBOOK_CELL_MEMORY": "512MiB"}) as kernel:
        kernel.run(f"%load {csv} --as kept").ok()
        greedy = "let mut all: Vec<Vec<u8>> = Vec::new(); loop { all.push(vec![1; 64 << 20]); }"
        kernel.run(greedy, timeout=120).failed("memory")
        assert "42" in kernel.run("40 + 2").ok().text
        nothing_published_is_lost(kernel)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("loop { std::thread::sleep(std::time::Duration::from_millis(50)); }", id="sleeping-loop"),
        pytest.param("let mut n: u64 = 0; loop { n = std::hint::black_box(n.wrapping_add(1)); }", id="busy-loop"),
        pytest.param("std::thread::sleep(std::time::Duration::from_secs(600));", id="sleep"),
        pytest.param("synthbook::sleep(std::time::Duration::from_secs(600));", id="our-sleep"),
        pytest.param("let (_s, r) = std::sync::mpsc::channel::<i32>(); let _ = r.recv();", id="blocked"),
    ],
)
def test_an_interrupt_stops_a_cell(prepared, body):
    cell = prepared.start(f'println!("started"); {body}')
    cell.wait_for_output("started")
    prepared.interrupt()
    stopped = cell.finish(timeout=30).failed()
    variable = prepared.run("treasure")
    assert variable.status == "ok" or "treasure" in stopped.error, "a lost variable must be named"
    nothing_published_is_lost(prepared)


def test_an_interrupt_keeps_the_variables_of_a_plain_loop(prepared):
    cell = prepared.start('println!("started"); let mut n: u64 = 0; loop { n = std::hint::black_box(n.wrapping_add(1)); }')
    cell.wait_for_output("started")
    prepared.interrupt()
    cell.finish(timeout=30).failed()
    assert "4242" in prepared.run("treasure").ok().text


def test_an_error_aborts_the_cells_behind_it(prepared):
    first = prepared.start('panic!("stop here");')
    second = prepared.start('println!("must not run");')
    first.finish().failed("stop here")
    behind = second.finish()
    assert behind.status in ("aborted", "error")
    assert "must not run" not in behind.stdout


def test_the_kernel_killed_and_restarted(fresh, csv):
    fresh.run(f"%load {csv} --as kept").ok()
    fresh.run('publish("made", &TableBuilder::new().column("n", vec![1i64, 2, 3, 4]));').ok()
    fresh.kill()
    fresh.restart()
    nothing_published_is_lost(fresh)
    assert "rows=4" in fresh.run("%sql SELECT 'rows=' || count(*) AS n FROM made").ok().text


def test_no_process_outlives_the_kernel(fresh):
    import psutil

    fresh.run("let x = 1; x").ok()
    family = psutil.Process(fresh.pid).children(recursive=True)
    assert family, "a Rust cell runs in a process of its own"
    fresh.kill()
    _gone, alive = psutil.wait_procs(family, timeout=15)
    assert not alive, f"orphans: {alive}"
