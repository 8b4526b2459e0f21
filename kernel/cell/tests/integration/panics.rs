//! Panics and interrupts are events with a place in the cell; nothing is printed.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::kernel::Kernel;

#[test]
fn a_panic_tells_what_and_where() {
    let ended = Kernel::start("panics").end();
    let error = &ended.messages[0];
    assert_eq!((error["ename"].as_str(), error["evalue"].as_str()), (Some("panic"), Some("at the disco")));
    assert!(error["file"].as_str().unwrap().ends_with("cells.rs"));
    assert!(error["line"].as_u64().unwrap() > 0 && error["column"].as_u64().unwrap() > 0);
    assert_eq!(error["cell"], true);
    assert_eq!(ended.stdout, "caught");
    assert!(!ended.stderr.contains("disco"), "{}", ended.stderr);
}

#[test]
fn a_library_call_that_panics_names_the_cell_s_line() {
    for cell in ["indexes", "unknown_column"] {
        let ended = Kernel::start(cell).end();
        assert!(ended.messages[0]["file"].as_str().unwrap().ends_with("cells.rs"), "{}", ended.messages[0]);
    }
    let ended = Kernel::start("unknown_column").end();
    let error = &ended.messages[0];
    assert_eq!(error["ename"], "cell::unknown_column");
    assert_eq!(error["evalue"], "There is no column: agee");
    assert_eq!(error["help"], "did you mean age?");
}

#[test]
fn a_panic_on_another_thread_is_told_apart() {
    let ended = Kernel::start("thread").end();
    assert_eq!(ended.messages[0]["cell"], false);
    assert_eq!(ended.messages[0]["traceback"][2], "  on the thread worker");
    assert_eq!(ended.stdout, "still here\n");
}

#[test]
fn sigint_ends_loops_sleeps_and_waits() {
    for cell in ["loops", "sleeps", "waits"] {
        let kernel = interrupt(cell);
        let ended = kernel.end();
        let error = ended.messages.last().unwrap();
        assert_eq!(error["ename"], "Interrupted", "{cell}");
        assert_eq!(ended.stdout, "caught", "{cell}");
    }
}

#[test]
fn an_interrupt_ends_one_cell_only() {
    let ended = interrupt("interrupted_then_fine").end();
    assert_eq!(ended.stdout, "fine\n");
}

/// Starts a cell and interrupts it once it says that it runs.
fn interrupt(cell: &str) -> Kernel {
    let mut kernel = Kernel::start(cell);
    kernel.expect("display");
    kill(Pid::from_raw(kernel.child.id() as i32), Signal::SIGINT).unwrap();
    kernel
}
