//! Saved models that are damaged, foreign, newer, or can't be written.

use std::path::Path;

use polars::prelude::*;
use synthbook_synth::{Archive, GaussianCopula, load};

use crate::data::{code, fitted};

fn saved(path: &Path) -> Vec<u8> {
    let table = df!("a" => [1, 2, 3, 4], "b" => ["x", "y", "x", "x"], "c" => [0.5, 1.5, 2.5, 4.0]).unwrap();
    fitted(&GaussianCopula::default(), &table).unwrap().save(path).unwrap();
    std::fs::read(path).unwrap()
}

fn refused(path: &Path, bytes: &[u8]) -> String {
    std::fs::write(path, bytes).unwrap();
    code(&load(path).unwrap_err())
}

#[test]
fn damage_is_noticed_wherever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let bytes = saved(&path);
    for at in (0..bytes.len()).step_by(13) {
        let mut other = bytes.clone();
        other[at] ^= 1;
        std::fs::write(&path, &other).unwrap();
        match load(&path) {
            Ok(_) => assert_eq!(bytes[at], b' ', "a changed byte went unnoticed at {at}"),
            Err(error) => {
                let code = code(&error);
                let known = ["synth::damaged_model", "synth::foreign_model", "synth::newer_model"];
                assert!(known.contains(&code.as_str()), "{code}");
            }
        }
    }
    for length in [bytes.len() - 1, bytes.len() / 2, 600] {
        assert_eq!(refused(&path, &bytes[..length]), "synth::damaged_model", "{length}");
    }
}

#[test]
fn other_files_are_foreign() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    for bytes in [b"".as_slice(), b"PK\x03\x04", b"a,b\n1,2\n", &[0; 4096], b"\x02\0\0\0\0\0\0\0{}"] {
        assert_eq!(refused(&path, bytes), "synth::foreign_model", "{bytes:?}");
    }
    assert_eq!(code(&load(&folder.path().join("nowhere")).unwrap_err()), "synth::io");
}

#[test]
fn a_newer_format_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let bytes = saved(&path);
    let version = br#"\"version\":1,"#;
    let at = bytes.windows(version.len()).position(|window| window == version).unwrap();
    let mut newer = bytes;
    newer[at + version.len() - 2] = b'7';
    assert_eq!(refused(&path, &newer), "synth::newer_model");
}

#[test]
fn parts_that_do_not_fit_are_damage_and_unknown_synthesizers_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    Archive::new("gaussian_copula").write(&path).unwrap();
    assert_eq!(code(&load(&path).unwrap_err()), "synth::damaged_model");
    Archive::new("later_invention").write(&path).unwrap();
    assert_eq!(code(&load(&path).unwrap_err()), "synth::unknown_synthesizer");
    let mut archive = Archive::new("gaussian_copula");
    let mut model = archive.section("model");
    model.put("metadata", &r#"{"columns": {}}"#).unwrap();
    model.put("rows", &3).unwrap();
    model.put("columns", &1).unwrap();
    model.put_floats("loadings", &[1.0]);
    archive.write(&path).unwrap();
    assert_eq!(code(&load(&path).unwrap_err()), "synth::damaged_model");
}

#[test]
fn a_model_that_can_not_be_written_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    let bytes = saved(&path);
    let model = load(&path).unwrap();
    let nowhere = folder.path().join("no/such/folder/model");
    assert_eq!(code(&model.save(&nowhere).unwrap_err()), "synth::io");
    assert_eq!(code(&model.save(folder.path()).unwrap_err()), "synth::io");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}
