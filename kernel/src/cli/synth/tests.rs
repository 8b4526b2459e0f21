//! Tests of `synthbook synth`, from a table to a package, by the files that are written.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use polars::prelude::DataFrame;
use tempfile::TempDir;

use crate::cli::run;
use crate::data::{LoadOptions, Source, load, save};
use crate::testing::people;

/// Runs a line whose words beginning with `@` are files of the folder.
fn status(folder: &TempDir, line: &[&str]) -> ExitCode {
    let word = |word: &&str| match word.strip_prefix('@') {
        Some(name) => folder.path().join(name).into_os_string(),
        None => OsString::from(*word),
    };
    run(["synthbook", "synth"].iter().chain(line).map(word).collect())
}

fn done(folder: &TempDir, line: &[&str]) {
    assert_eq!(status(folder, line), ExitCode::SUCCESS, "{line:?}");
}

fn table(folder: &TempDir, name: &str) -> DataFrame {
    load(&Source::file(&folder.path().join(name)), &LoadOptions::default()).unwrap().frame
}

fn bytes(folder: &TempDir, name: &str) -> Vec<u8> {
    std::fs::read(folder.path().join(name)).unwrap()
}

/// A folder with the people and a model of them.
fn fitted() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    save(&people(), &folder.path().join("people.parquet"), None).unwrap();
    done(&folder, &["fit", "@people.parquet", "-o", "@m", "--method", "gaussian_copula", "--seed", "3"]);
    folder
}

#[test]
fn every_format_holds_the_same_rows() {
    let folder = fitted();
    for name in ["a.parquet", "a.arrow", "a.csv", "a.jsonl", "a.csv.gz"] {
        done(&folder, &["sample", "@m", "-n", "5_000", "-o", &format!("@{name}"), "--seed", "8"]);
    }
    let whole = table(&folder, "a.parquet");
    assert_eq!(whole.height(), 5000);
    assert_eq!(whole.schema(), people().schema());
    for name in ["a.arrow", "a.csv", "a.csv.gz"] {
        assert!(table(&folder, name).equals_missing(&whole), "{name}");
    }
}

#[test]
fn shards_after_each_other_are_the_whole_bytes() {
    let folder = fitted();
    for ending in ["csv", "tsv", "jsonl"] {
        let out = format!("@whole.{ending}");
        done(&folder, &["sample", "@m", "-n", "9000", "-o", &out]);
        let mut parts = Vec::new();
        for shard in 1..=7 {
            let (name, shard) = (format!("part{shard}.{ending}"), format!("{shard}/7"));
            done(&folder, &["sample", "@m", "-n", "9000", "-o", &format!("@{name}"), "--shard", &shard]);
            parts.extend(bytes(&folder, &name));
        }
        assert_eq!(parts, bytes(&folder, &format!("whole.{ending}")), "{ending}");
    }
    let mut rows: Option<DataFrame> = None;
    for shard in 1..=3 {
        let name = format!("p{shard}.parquet");
        done(&folder, &["sample", "@m", "-n", "9000", "-o", &format!("@{name}"), "--shard", &format!("{shard}/3")]);
        let part = table(&folder, &name);
        rows = Some(rows.map_or(part.clone(), |rows| rows.vstack(&part).unwrap()));
    }
    assert!(rows.unwrap().equals_missing(&table(&folder, "whole.csv")));
    done(&folder, &["sample", "@m", "-n", "9000", "-o", "@h.csv", "--shard", "2/7", "--header"]);
    assert!(bytes(&folder, "h.csv").starts_with(b"age,"));
    done(&folder, &["sample", "@m", "-n", "9", "-o", "@n.csv", "--no-header"]);
    assert!(!bytes(&folder, "n.csv").starts_with(b"age,"));
}

#[test]
fn conditions_gaps_and_more_rows() {
    let folder = fitted();
    done(&folder, &["sample", "@m", "-n", "300", "-o", "@old.parquet", "--where", "age > 40 AND city = 'Rome'"]);
    let old = table(&folder, "old.parquet");
    assert!(old.column("age").unwrap().i64().unwrap().iter().all(|age| age.is_some_and(|age| age > 40)));
    assert_eq!(old.height(), 300);
    done(&folder, &["impute", "@m", "@people.parquet", "-o", "@whole.parquet"]);
    assert_eq!(table(&folder, "whole.parquet").column("age").unwrap().null_count(), 0);
    let set = ["--set", "sampling=Rome=30"];
    let mut line =
        vec!["augment", "@people.parquet", "-o", "@more.parquet", "--method", "random_over", "--target", "city"];
    line.extend(set);
    done(&folder, &line);
    assert_eq!(table(&folder, "more.parquet").height(), 70);
    done(&folder, &["metadata", "@people.parquet", "-o", "@people.json"]);
    done(&folder, &["rules", "@people.parquet", "--metadata", "@people.json", "--check", "@old.parquet", "--json"]);
    done(&folder, &["methods", "--json"]);
}

#[test]
fn declared_laws_need_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let spec = r#"{"columns": [{"name": "id", "law": "sequence", "start": 1, "step": 1}, {"name": "n", "law": "poisson", "mean": 3}]}"#;
    let setting = format!("spec={spec}");
    done(&folder, &["fit", "-o", "@m", "--method", "rules", "--set", &setting]);
    done(&folder, &["sample", "@m", "-n", "50", "-o", "@a.csv"]);
    assert_eq!(table(&folder, "a.csv").shape(), (50, 2));
    assert_eq!(status(&folder, &["fit", "-o", "@x", "--method", "marginals"]), ExitCode::from(2));
}

#[test]
fn a_part_of_a_large_table_is_said_to_be_one() {
    let folder = fitted();
    done(&folder, &["fit", "@people.parquet", "-o", "@part", "--method", "gaussian_copula", "--max-rows", "20"]);
    let (model, origin) = synthbook_synth::Origin::load(&folder.path().join("part")).unwrap();
    let origin = origin.unwrap();
    assert_eq!((model.rows(), origin.fitted_rows, origin.source_rows), (20, 20, 60));
    assert_eq!(origin.source, "people.parquet");
    done(&folder, &["package", "@part", "-o", "@pack", "-n", "100", "--target", "member", "--real", "@people.parquet"]);
    let card = String::from_utf8(bytes(&folder, "pack/card.md")).unwrap();
    assert!(card.contains("fitted on 20 rows, evenly spread by its seed, of the 60 rows"), "{card}");
    let split = ["train", "validation", "test"].map(|part| table(&folder, &format!("pack/{part}.parquet")).height());
    assert_eq!(split, [80, 10, 10]);
    assert!(Path::new(&folder.path().join("pack/report.html")).is_file());
}

#[test]
fn what_fails_leaves_nothing_and_has_a_status() {
    let folder = fitted();
    let before = std::fs::read_dir(folder.path()).unwrap().count();
    for (line, expected) in [
        (vec!["sample", "@m", "-n", "10", "-o", "@a.docx"], 1),
        (vec!["sample", "@m", "-n", "10", "-o", "@a.csv", "--shard", "9/8"], 1),
        (vec!["sample", "@m", "-n", "10", "-o", "@a.csv", "--shard", "nine"], 2),
        (vec!["sample", "@m", "-n", "10", "-o", "@a.csv", "--where", "age >", "--json"], 1),
        (vec!["sample", "@m", "-n", "10", "-o", "@a.csv", "--where", "age > 4000"], 1),
        (vec!["sample", "@m", "-n", "ten", "-o", "@a.csv"], 2),
        (vec!["sample", "@nothing", "-n", "10", "-o", "@a.csv"], 1),
        (vec!["fit", "@people.parquet", "-o", "@x", "--method", "nothing"], 1),
        (vec!["fit", "@people.parquet", "-o", "@x", "--max-rows", "0"], 2),
        (vec!["package", "@people.parquet", "-o", "@x", "-n", "5"], 2),
        (vec!["package", "@m", "-o", "@x", "--split", "1,2"], 1),
        (vec!["package", "@m", "-o", "@x", "--holdout", "@people.parquet"], 2),
        (vec!["augment", "@people.parquet", "-o", "@a.csv", "--method", "nothing"], 1),
    ] {
        assert_eq!(status(&folder, &line), ExitCode::from(expected), "{line:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before, "{line:?} left something");
    }
}
