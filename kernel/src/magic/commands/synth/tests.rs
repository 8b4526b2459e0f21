//! Tests of `%synth`, action by action.

use crate::testing::TestSession;

const FIT: &str = "%synth fit people --as twin --method gaussian_copula --seed 7";

fn fitted() -> TestSession {
    let kernel = TestSession::with_examples();
    assert!(kernel.text(FIT).contains("Model twin: gaussian_copula fitted on 60 rows"));
    kernel
}

#[test]
fn fit_sample_evaluate_save_load() {
    let kernel = fitted();
    assert!(kernel.text("%synth sample twin -n 200 --as s1 --seed 1").contains("200 rows"));
    let _ = kernel.text("%synth save twin twin.model\n%synth load twin.model --as again");
    let _ = kernel.text("%synth sample again -n 200 --as s2 --seed 1");
    let frames = &kernel.session.frames;
    assert!(frames.get("s1").unwrap().equals_missing(&frames.get("s2").unwrap()));
    assert_eq!(frames.get("s1").unwrap().schema(), frames.get("people").unwrap().schema());
    assert_eq!(kernel.session.origin("again"), kernel.session.origin("twin"));
    assert_eq!(kernel.session.origin("again").unwrap().source, "people");
    assert!(kernel.text("%synth evaluate --real people --synthetic s1").contains("KSComplement"));
    assert!(kernel.text("%synth evaluate --real people --synthetic s1 --json --html r.html").contains('{'));
    assert!(std::fs::read_to_string(kernel.folder().join("r.html")).unwrap().contains("<html"));
    let (collector, result) = kernel.run("%synth report --real people --synthetic s1");
    result.unwrap();
    let shown = collector.bundles().pop().unwrap();
    assert!(shown.get("text/html").unwrap().starts_with("<iframe srcdoc=\"&lt;"));
}

#[test]
fn conditions_gaps_rules_and_metadata() {
    let kernel = fitted();
    let _ = kernel.text("%synth sample twin -n 50 --as old --where \"age > 40 AND city = 'Oslo'\"");
    let counted = kernel.text("%sql SELECT count(*) AS n FROM old WHERE age > 40 AND city = 'Oslo'");
    assert!(counted.contains("50"), "{counted}");
    let filled = kernel.text("%synth impute twin people --as whole");
    assert!(filled.contains("gaps filled"), "{filled}");
    assert_eq!(kernel.session.frames.get("whole").unwrap().column("age").unwrap().null_count(), 0);
    assert!(kernel.text("%synth rules people --check old").contains(" in people"));
    assert!(kernel.text("%synth metadata people m.json").contains("categorical"));
    assert!(kernel.text("%synth fit people --as again -m gaussian_copula --metadata m.json").contains("Model again"));
}

#[test]
fn declared_laws_need_no_frame() {
    let kernel = TestSession::with_examples();
    std::fs::write(kernel.folder().join("laws.json"), r#"{"columns": [{"name": "n", "law": "poisson", "mean": 3}]}"#)
        .unwrap();
    assert!(kernel.text("%synth fit --method rules --as orders spec=laws.json").contains("Model orders: rules"));
    assert!(kernel.text("%synth sample orders -n 20").contains("20 rows"));
    assert_eq!(kernel.error("%synth fit --method rules").ename, "magic::missing_argument");
}

#[test]
fn large_frames_are_fitted_in_part_and_say_so() {
    let kernel = TestSession::with_examples();
    let text = kernel.text("%synth fit people --as part --method gaussian_copula --max-rows 40");
    assert!(text.contains("fitted on 40 rows") && text.contains("40 of 60 rows are used, evenly spread"), "{text}");
    let origin = kernel.session.origin("part").unwrap();
    assert_eq!((origin.source_rows, origin.fitted_rows), (60, 40));
}

#[test]
fn augmented_and_packaged() {
    let kernel = fitted();
    let text = kernel.text("%synth augment people --method random_over --target member --as more sampling=true=50");
    assert!(text.contains("60 rows of people became 80"), "{text}");
    let text = kernel.text("%synth package twin out/twin -n 100 --target member --real people --split 70/15/15");
    assert!(text.contains("train.parquet") && text.contains("card.md"), "{text}");
    let card = std::fs::read_to_string(kernel.folder().join("out/twin/card.md")).unwrap();
    assert!(card.contains("| method | gaussian_copula |") && card.contains("| fitted on | 60 of 60 rows |"), "{card}");
    assert!(kernel.text("%synth package people people_data").contains("validation.parquet"));
    assert!(kernel.error("%synth package twin out/twin -n 100").ename.starts_with("synth::"));
    assert!(kernel.text("%synth methods").contains("gaussian_copula"));
}

#[test]
fn a_cell_of_toml() {
    let kernel = TestSession::with_examples();
    let text = kernel
        .text("%%synth fit people\nas = \"tom\"\nmethod = \"gaussian_copula\"\nseed = 3\n[settings]\npieces = 20\n");
    assert!(text.contains("Model tom"), "{text}");
    let origin = kernel.session.origin("tom").unwrap();
    assert_eq!((origin.seed, origin.settings["pieces"].as_str()), (3, "20"));
    assert_eq!(kernel.error("%%synth fit people\nas = = 3").ename, "magic::bad_value");
    assert_eq!(kernel.error("%%synth fit people\nmethd = \"auto\"").ename, "magic::unknown_argument");
    assert_eq!(kernel.error("%%synth fit people\nseed = \"x\"").ename, "magic::bad_value");
    assert!(
        kernel
            .error("%%synth fit people\nmethod = \"gaussian_copula\"\n[settings]\nnone = 1")
            .ename
            .starts_with("synth::")
    );
}

#[test]
fn every_action_has_a_name() {
    assert_eq!(super::ACTIONS.map(|(name, _)| name), super::NAMES);
}

#[test]
fn mistakes_are_coded() {
    let kernel = fitted();
    assert_eq!(kernel.error("%synth impute twin").ename, "magic::missing_argument");
    assert_eq!(kernel.error("%synth grow people").ename, "magic::bad_value");
    assert_eq!(kernel.error("%synth fit").ename, "magic::missing_argument");
    assert_eq!(kernel.error("%synth fit poeple").ename, "frames::unknown");
    assert_eq!(kernel.error("%synth sample nothing").ename, "magic::unknown_model");
    assert!(kernel.error("%synth fit people --method magic").ename.starts_with("synth::"));
    assert!(kernel.error("%synth fit people nonsense=1").ename.starts_with("synth::"));
    assert_eq!(kernel.error("%synth evaluate --real people").ename, "magic::missing_argument");
    assert_eq!(
        kernel.error("%synth evaluate --real people --synthetic people --target agee").ename,
        "frames::unknown_column"
    );
    assert!(kernel.error("%synth load people.csv").ename.starts_with("synth::"));
    assert_eq!(kernel.error("%synth sample twin --where \"age >\"").ename, "synth::invalid_condition");
    assert_eq!(kernel.error("%synth augment people").ename, "magic::missing_argument");
    assert!(kernel.error("%synth augment people --method nothing").ename.starts_with("synth::"));
    assert_eq!(kernel.error("%synth package twin").ename, "magic::missing_argument");
    assert!(kernel.error("%synth package twin x --split 1,2").ename.starts_with("synth::"));
}

#[test]
fn completion_knows_models_methods_and_settings() {
    let kernel = fitted();
    let at_end = |code: &str| -> Vec<String> {
        let found = crate::magic::complete(&kernel.session, code, code.len());
        found.items.into_iter().map(|item| item.text).collect()
    };
    assert_eq!(at_end("%synth sam"), ["sample"]);
    assert_eq!(at_end("%synth sample tw"), ["twin"]);
    assert_eq!(at_end("%synth fit pe"), ["people"]);
    assert_eq!(at_end("%synth impute twin pe"), ["people"]);
    assert_eq!(at_end("%synth fit people --method gau"), ["gaussian_copula"]);
    assert_eq!(at_end("%synth fit people --method gaussian_copula shr"), ["shrinkage="]);
    assert_eq!(at_end("%synth fit people --method gaussian_copula categories=fr"), ["frequent"]);
    assert_eq!(at_end("%synth augment people --method random_o"), ["random_over"]);
    assert_eq!(at_end("%synth augment people --target mem"), ["member"]);
    assert_eq!(at_end("%%synth fit people\nmeth"), ["method"]);
    assert_eq!(at_end("%%synth fit people\nmethod = \"gaussian_copula\"\n[settings]\npie"), ["pieces"]);
}
