//! What every synthesizer in the registry keeps to, whatever the table.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use polars::prelude::*;
use synthbook_synth::{
    Metadata, Progress, ProgressSink, SampleRequest, Seed, SettingKind, SynthError, Synthesizer, find, load,
    synthesizers,
};

use crate::data::{adult, code, every_type, fitted, sampled};

fn each(check: impl Fn(&dyn Synthesizer)) {
    let all = synthesizers();
    assert!(!all.is_empty());
    for mut synthesizer in all {
        if synthesizer.name() == "auto" {
            // Small trials keep the suite quick; what is checked does not depend on their size.
            synthesizer.set("rows", "150").unwrap();
            synthesizer.set("seconds", "2").unwrap();
        }
        check(synthesizer.as_ref());
    }
}

/// Fits and samples; whatever comes out has the table's columns and types, or an error has a code and a help line.
fn works_or_says_why(table: &DataFrame) {
    each(|synthesizer| {
        let made = fitted(synthesizer, table).and_then(|model| sampled(model.as_ref(), 257));
        match made {
            Ok(made) => {
                assert_eq!(made.height(), 257);
                assert_eq!(made.schema(), table.schema());
            }
            Err(error) => {
                assert!(code(&error).starts_with("synth::"), "{error:?}");
                assert!(miette::Diagnostic::help(&error).is_some(), "{error:?}");
            }
        }
    });
}

fn must_work(table: &DataFrame) {
    each(|synthesizer| {
        let made = fitted(synthesizer, table).and_then(|model| sampled(model.as_ref(), 257)).unwrap();
        assert_eq!((made.height(), made.schema()), (257, table.schema()));
    });
}

#[test]
fn names_are_found_and_settings_read() {
    for synthesizer in synthesizers() {
        assert_eq!(find(synthesizer.name()).unwrap().name(), synthesizer.name());
        assert!(!synthesizer.about().is_empty());
        for setting in synthesizer.settings() {
            let mut other = find(synthesizer.name()).unwrap();
            other.set(setting.name, setting.default).unwrap();
            assert_eq!(format!("{other:?}"), format!("{synthesizer:?}"), "the default of {}", setting.name);
            if !matches!(setting.kind, SettingKind::Text(_)) {
                assert_eq!(code(&other.set(setting.name, "certainly not").unwrap_err()), "synth::invalid_setting");
            }
            if let SettingKind::Whole { least, most } = setting.kind {
                other.set(setting.name, &least.to_string()).unwrap();
                assert!(other.set(setting.name, &(most + 1).to_string()).is_err());
            }
        }
        let error = find(synthesizer.name()).unwrap().set("no such setting", "1").unwrap_err();
        assert_eq!(code(&error), "synth::unknown_setting");
    }
    assert_eq!(code(&find("nothing").unwrap_err()), "synth::unknown_synthesizer");
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let table = adult().head(Some(3000));
    each(|synthesizer| {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| sampled(fitted(synthesizer, &table).unwrap().as_ref(), 5000).unwrap())
        };
        let one = on(1);
        assert_eq!(one, on(2));
        assert_eq!(one, on(3));
        let model = fitted(synthesizer, &table).unwrap();
        let other = model.sample(&SampleRequest::rows(5000), Seed::new(3), &Progress::silent()).unwrap();
        assert_ne!(one, other);
    });
}

#[test]
fn every_type_comes_back_as_itself() {
    let table = every_type(200);
    each(|synthesizer| {
        let made = sampled(fitted(synthesizer, &table).unwrap().as_ref(), 500).unwrap();
        assert_eq!(made.schema(), table.schema());
        for (real, made) in table.columns().iter().zip(made.columns()) {
            assert_eq!(real.has_nulls(), made.has_nulls(), "{}", real.name());
        }
        for key in ["key", "code_id"] {
            assert_eq!(made.column(key).unwrap().n_unique().unwrap(), 500, "{key}");
        }
    });
}

#[test]
fn a_saved_model_samples_what_the_model_samples() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    for table in [every_type(150), adult().head(Some(2000))] {
        each(|synthesizer| {
            let model = fitted(synthesizer, &table).unwrap();
            model.save(&path).unwrap();
            let again = load(&path).unwrap();
            assert!(sampled(again.as_ref(), 3000).unwrap().equals_missing(&sampled(model.as_ref(), 3000).unwrap()));
            assert_eq!(again.synthesizer(), model.synthesizer());
            assert_eq!(again.notes(), model.notes());
            assert_eq!(again.rows(), table.height());
            assert_eq!(again.metadata(), model.metadata());
            let first = std::fs::read(&path).unwrap();
            again.save(&path).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), first, "saving is reproducible");
        });
    }
}

#[test]
fn as_many_rows_come_as_are_asked_for() {
    let table = adult().head(Some(500));
    each(|synthesizer| {
        let model = fitted(synthesizer, &table).unwrap();
        for rows in [0, 1, 2047, 2048, 2049] {
            let made = sampled(model.as_ref(), rows).unwrap();
            assert_eq!((made.height(), made.schema()), (rows, table.schema()));
        }
        assert_eq!(model.empty().unwrap().schema(), table.schema());
    });
}

#[test]
fn batches_of_any_size_hold_the_same_rows() {
    let table = every_type(120);
    each(|synthesizer| {
        let model = fitted(synthesizer, &table).unwrap();
        let whole = sampled(model.as_ref(), 5000).unwrap();
        assert!(sampled(model.as_ref(), 999).unwrap().equals_missing(&whole.head(Some(999))));
        for size in [0, 700, 2048, 4999, 1 << 20] {
            let rows = if size == 0 { 20 } else { 5000 };
            let batches = model.stream(&SampleRequest::rows(rows), Seed::new(2), &Progress::silent(), size);
            let mut joined: Option<DataFrame> = None;
            for batch in batches {
                let batch = batch.unwrap();
                assert!(batch.height() <= size.max(1));
                joined = Some(joined.map_or(batch.clone(), |before| before.vstack(&batch).unwrap()));
            }
            assert!(joined.unwrap().equals_missing(&whole.head(Some(rows))), "{size}");
        }
    });
}

#[test]
fn odd_tables_work_or_say_why() {
    must_work(&df!("a" => [1], "b" => ["x"], "c" => [1.5]).unwrap());
    must_work(&df!("a" => [Option::<i64>::None, None], "b" => [Option::<&str>::None, None]).unwrap());
    must_work(&df!("a" => [3, 3, 3], "b" => ["x", "x", "x"]).unwrap());
    must_work(
        &df!("a" => (0..300).collect::<Vec<_>>(), "b" => (0..300).map(|i| format!("k{i}")).collect::<Vec<_>>())
            .unwrap(),
    );
    must_work(
        &df!("" => [1, 2, 3], "a\"b\\\n" => [1, 2, 3], "model.column.0" => [1.0, 2.0, 4.0], "名" => ["x", "y", "x"])
            .unwrap(),
    );
    must_work(&df!("wide" => [i64::MIN, 0, i64::MAX, 5, 6, 7], "high" => [u64::MAX, 0, 1, 2, 3, 4]).unwrap());
    must_work(&df!("big" => [f64::MAX, f64::MIN, 0.0, 1.0, f64::MIN_POSITIVE, -0.0]).unwrap());
}

#[test]
fn empty_tables_are_refused() {
    each(|synthesizer| {
        let none = df!("a" => Vec::<i64>::new()).unwrap();
        assert_eq!(code(&fitted(synthesizer, &none).unwrap_err()), "synth::too_few_rows");
        assert_eq!(code(&fitted(synthesizer, &DataFrame::empty()).unwrap_err()), "synth::no_columns");
    });
}

#[test]
fn infinities_and_not_a_number_come_back() {
    let values: Vec<f64> = (0..400)
        .map(|at| match at % 8 {
            0 => f64::INFINITY,
            1 => f64::NEG_INFINITY,
            2 => f64::NAN,
            _ => f64::from(at).sqrt(),
        })
        .collect();
    let table = df!("x" => values).unwrap();
    must_work(&table);
    each(|synthesizer| {
        let made = sampled(fitted(synthesizer, &table).unwrap().as_ref(), 8000).unwrap();
        let made = made.column("x").unwrap().f64().unwrap().clone();
        let share = |test: fn(f64) -> bool| made.iter().flatten().filter(|x| test(*x)).count() as f64 / 8000.0;
        for share in [share(|x| x == f64::INFINITY), share(|x| x == f64::NEG_INFINITY), share(f64::is_nan)] {
            assert!((share - 0.125).abs() < 0.02, "{share}");
        }
        assert_eq!(made.null_count(), 0);
    });
}

#[test]
fn nested_types_are_named_in_the_error() {
    let list = Series::new("tags".into(), [Series::new("".into(), [1, 2]), Series::new("".into(), [3])]);
    let structs = df!("a" => [1, 2], "b" => [3, 4]).unwrap().into_struct("pair".into()).into_series();
    let bytes = Series::new("raw".into(), [b"a".as_slice(), b"b"]);
    for column in [list, structs, bytes] {
        let name = column.name().to_string();
        let table = DataFrame::new(2, vec![Column::new("n".into(), [1, 2]), column.into()]).unwrap();
        let error = Metadata::detect(&table).unwrap_err();
        assert_eq!(code(&error), "synth::unsupported_type");
        assert!(error.to_string().contains(&name), "{error}");
        works_or_says_why(&table);
    }
}

#[test]
fn a_thousand_columns_are_modelled() {
    let columns = (0..1000_i64)
        .map(|at| {
            let name = format!("c{at}");
            let values: Vec<Option<i64>> =
                (0..60).map(|row| (at % 10 != 0 || row % 9 != 0).then_some((row * (at + 3) * 7919) % 41)).collect();
            let column = Series::new(name.as_str().into(), values);
            if at % 3 == 0 { column.cast(&DataType::String).unwrap().into() } else { column.into() }
        })
        .collect();
    must_work(&DataFrame::new(60, columns).unwrap());
}

#[test]
fn an_identifier_that_runs_out_is_an_error() {
    let table = df!("id" => [1_u8, 2, 3], "x" => [1, 2, 3]).unwrap();
    let table = table.lazy().with_column(col("id").cast(DataType::UInt8)).collect().unwrap();
    each(|synthesizer| {
        let model = fitted(synthesizer, &table).unwrap();
        assert_eq!(sampled(model.as_ref(), 255).unwrap().height(), 255);
        assert_eq!(code(&sampled(model.as_ref(), 300).unwrap_err()), "synth::identifiers_exhausted");
    });
}

#[test]
fn metadata_and_table_must_agree() {
    let table = df!("a" => [1, 2, 3], "b" => ["x", "y", "x"]).unwrap();
    each(|synthesizer| {
        let fit = |metadata: &Metadata| {
            code(&synthesizer.fit(&table, metadata, Seed::new(1), &Progress::silent()).unwrap_err())
        };
        let read = |text: &str| Metadata::from_json(text).unwrap();
        let column = r#""a": {"sdtype": "numerical"}"#;
        assert_eq!(fit(&read(&format!(r#"{{"columns": {{{column}}}}}"#))), "synth::missing_column");
        let more = format!(r#"{{"columns": {{{column}, "b": {{"sdtype": "text"}}, "c": {{"sdtype": "text"}}}}}}"#);
        assert_eq!(fit(&read(&more)), "synth::missing_column");
        let wrong = format!(r#"{{"columns": {{{column}, "b": {{"sdtype": "numerical"}}}}}}"#);
        assert_eq!(fit(&read(&wrong)), "synth::kind_mismatch");
    });
}

/// Counts what is reported, and asks to stop at the first report past a fraction.
struct Watcher {
    reports: AtomicUsize,
    stop: Arc<AtomicBool>,
    stop_at: f64,
}

impl ProgressSink for Watcher {
    fn update(&self, fraction: Option<f64>, message: &str) {
        assert!(!message.is_empty());
        let fraction = fraction.unwrap_or(0.0);
        assert!((0.0..=1.0).contains(&fraction));
        self.reports.fetch_add(1, Ordering::Relaxed);
        if fraction >= self.stop_at {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

fn watched(stop_at: f64) -> (Arc<Watcher>, Progress) {
    let stop = Arc::new(AtomicBool::new(false));
    let watcher = Arc::new(Watcher { reports: AtomicUsize::new(0), stop: stop.clone(), stop_at });
    (watcher.clone(), Progress::new(watcher, stop))
}

#[test]
fn work_reports_its_progress_and_stops_when_asked() {
    let table = adult().head(Some(1000));
    each(|synthesizer| {
        let metadata = Metadata::detect(&table).unwrap();
        let (watcher, progress) = watched(2.0);
        let model = synthesizer.fit(&table, &metadata, Seed::new(1), &progress).unwrap();
        assert!(watcher.reports.load(Ordering::Relaxed) >= 2);
        let (_, progress) = watched(0.0);
        let stopped = synthesizer.fit(&table, &metadata, Seed::new(1), &progress);
        assert!(matches!(stopped, Err(SynthError::Cancelled)));
        let (_, progress) = watched(0.0);
        let mut batches = model.stream(&SampleRequest::rows(400_000), Seed::new(1), &progress, 100_000);
        assert!(matches!(batches.next(), Some(Err(SynthError::Cancelled))));
        assert!(batches.next().is_none());
    });
}
