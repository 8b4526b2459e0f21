//! Frames: read where the kernel says, written where it says, and nothing left behind when that fails.

use std::fs;

use polars::prelude::{IpcReader, IpcWriter, SerReader, SerWriter, df};
use serde_json::json;

use crate::kernel::Kernel;

#[test]
fn a_frame_is_read_where_the_kernel_says() {
    let mut kernel = Kernel::start("sums");
    let path = kernel.path("people.1.arrow");
    let mut people = df!("age" => [Some(30_i64), None, Some(12)]).unwrap();
    IpcWriter::new(fs::File::create(&path).unwrap()).finish(&mut people).unwrap();
    assert_eq!(kernel.answer_frame(&path), "people");
    let list = kernel.expect("frames");
    kernel.answer(&list, &json!([{"name": "people", "rows": 3, "columns": 1}, {"name": "shops"}]));
    assert_eq!(kernel.end().stdout, "3 42 [\"people\", \"shops\"]");
}

#[test]
fn an_unknown_frame_ends_the_cell_with_the_kernel_s_words() {
    let mut kernel = Kernel::start("unknown_frame");
    let request = kernel.expect("frame");
    kernel.refuse(&request, "frames::unknown", "There is no frame: peple", "did you mean people?");
    let ended = kernel.end();
    assert_eq!(ended.messages[0]["ename"], "frames::unknown");
    assert_eq!(ended.messages[0]["traceback"][2], "  help: did you mean people?");
}

#[test]
fn a_frame_that_is_gone_or_damaged_ends_the_cell() {
    for content in [None, Some(&b"ARROW1 but no more"[..])] {
        let mut kernel = Kernel::start("sums");
        let path = kernel.path("people.1.arrow");
        if let Some(bytes) = content {
            fs::write(&path, bytes).unwrap();
        }
        kernel.answer_frame(&path);
        let ended = kernel.end();
        assert_eq!(ended.messages[0]["ename"], "cell::unreadable");
        assert_eq!(ended.stdout, "caught");
    }
}

#[test]
fn published_tables_are_files_that_polars_reads() {
    let mut kernel = Kernel::start("publishes");
    for expected in ["made", "again"] {
        let path = kernel.path(&format!("{expected}.tmp"));
        kernel.answer_publish_path(&path);
        let done = kernel.expect("published");
        assert_eq!((done["name"].as_str(), done["path"].as_str()), (Some(expected), path.to_str()));
        let frame = IpcReader::new(fs::File::open(&path).unwrap()).finish().unwrap();
        assert!(frame.equals_missing(&df!("n" => [1_i64, 2], "s" => [Some("a"), None]).unwrap()));
        kernel.answer(&done, &json!({"generation": 4, "rows": 2, "columns": 2}));
        if expected == "made" {
            let result = kernel.expect("result");
            assert_eq!(result["data"]["text/plain"], "frame made: 2 rows × 2 columns");
        }
        assert!(path.exists());
    }
    assert!(kernel.end().messages.is_empty());
}

#[test]
fn a_full_disk_and_a_refused_name_leave_nothing_behind() {
    let mut kernel = Kernel::start("publishes_to_full_disk");
    // Every write to this device fails as one to a full disk does; the link stands for the file.
    let path = kernel.path("big.tmp");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    kernel.answer_publish_path(&path);
    let second = kernel.path("second.tmp");
    kernel.answer_publish_path(&second);
    let done = kernel.expect("published");
    assert!(second.exists());
    kernel.refuse(&done, "frames::name", "A frame can't be called that: bad name", "");
    let ended = kernel.end_keeping(|folder| {
        assert!(!folder.join("big.tmp").is_symlink());
        assert!(!folder.join("second.tmp").exists());
    });
    assert_eq!(ended.stdout, "cell::disk_full No room is left to write the frame: big frames::name");
}
