//! A memory that is used, shared, damaged and emptied.

use jiff::civil::date;

use super::*;
use crate::plan::{Measure, Period, Plan};

fn asked(question: &str) -> Asked {
    Asked {
        question: question.to_owned(),
        outcome: "answered".to_owned(),
        source: "grammar".to_owned(),
        ..Asked::default()
    }
}

fn planned(question: &str, period: Option<Period>) -> Asked {
    let plan = Plan { measures: vec![Measure::metric("revenue")], period, ..Plan::default() };
    Asked { plan: Some(plan), sql: Some("SELECT 1".to_owned()), today: Some(date(2017, 12, 31)), ..asked(question) }
}

fn memory() -> (tempfile::TempDir, Memory) {
    let folder = tempfile::tempdir().unwrap();
    let memory = Memory::open(folder.path(), "ada", "duckdb:/data/retail.duckdb");
    (folder, memory)
}

#[test]
fn nothing_is_made_before_something_is_asked() {
    let (_folder, memory) = memory();
    assert_eq!(memory.list(), Ok(Vec::new()));
    assert_eq!(memory.recall("sales", &[], None), Ok(None));
    assert!(!memory.path().exists());
    assert_eq!(memory.accept(None), Err(MemoryError::Empty));
    assert_eq!(memory.accept(Some(7)), Err(MemoryError::Unknown { id: 7 }));
}

#[test]
fn a_correction_is_learned_for_the_same_question_only() {
    let (_folder, memory) = memory();
    memory.remember(asked("What did we take by shop?")).unwrap();
    assert_eq!(memory.recall("what did we take by shop", &[], None), Ok(None), "nothing was said about it yet");
    memory.correct(None, "sales by store", None).unwrap();
    let learned = memory.recall("What did we take by shops, please?", &[], None).unwrap().unwrap();
    assert_eq!(learned.words.as_deref(), Some("sales by store"));
    for other in ["what did we take by region", "what did we take by shop in 2017", "", "?"] {
        assert_eq!(memory.recall(other, &[], None), Ok(None), "{other}");
    }
    let context = ["sales in Ohio".to_owned()];
    assert_eq!(memory.recall("what did we take by shop", &context, None), Ok(None), "a follow-up means another thing");
}

#[test]
fn a_plan_with_dates_holds_on_its_day_only() {
    let (_folder, memory) = memory();
    memory.remember(planned("sales", None)).unwrap();
    memory.accept(None).unwrap();
    let id =
        memory.remember(planned("sales last month", Some(Period::new(date(2017, 11, 1), date(2017, 12, 1))))).unwrap();
    memory.accept(Some(id)).unwrap();
    let plan = |question: &str, day| memory.recall(question, &[], Some(day)).unwrap().unwrap().plan.is_some();
    assert!(plan("sales", date(2017, 12, 31)) && plan("sales", date(2018, 1, 31)));
    assert!(plan("sales last month", date(2017, 12, 31)) && !plan("sales last month", date(2018, 1, 31)));
}

#[test]
fn a_question_asked_again_keeps_its_number() {
    let (_folder, memory) = memory();
    let first = memory.remember(planned("Sales by region", None)).unwrap();
    memory.accept(None).unwrap();
    memory.remember(asked("units by region")).unwrap();
    let again = memory.remember(planned("sales by regions?", None)).unwrap();
    assert_eq!(first, again);
    let list = memory.list().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!((list[1].times, list[1].verdict.clone()), (2, Some(Verdict::Accepted)));
    assert_eq!(memory.suggestions("", 5).unwrap(), ["sales by regions?", "units by region"]);
    assert_eq!(memory.suggestions("units", 5).unwrap(), ["units by region"]);
    assert_eq!(memory.suggestions("weather", 5).unwrap(), Vec::<String>::new());
}

#[test]
fn accepted_answers_become_verified_queries() {
    let (_folder, memory) = memory();
    memory.remember(planned("sales", None)).unwrap();
    memory.accept(None).unwrap();
    memory.remember(planned("units", None)).unwrap();
    memory.remember(Asked { context: vec!["sales".to_owned()], ..planned("and in Ohio?", None) }).unwrap();
    memory.accept(None).unwrap();
    let export = memory.export().unwrap();
    assert_eq!(export.len(), 1);
    assert_eq!((export[0].question.as_str(), export[0].verified_by.as_str()), ("sales", "ada"));
}

#[test]
fn what_is_forgotten_is_gone_from_the_file() {
    let (_folder, memory) = memory();
    let secret = memory.remember(asked("salary of Ms Smith")).unwrap();
    memory.remember(asked("sales")).unwrap();
    assert_eq!(memory.forget(Some(secret)), Ok(1));
    assert!(!std::fs::read_to_string(memory.path()).unwrap().contains("Smith"));
    assert_eq!(memory.forget(Some(secret)), Err(MemoryError::Unknown { id: secret }));
    assert_eq!(memory.forget(None), Ok(1));
    assert_eq!(std::fs::read(memory.path()).unwrap(), Vec::<u8>::new());
}

#[test]
fn users_and_databases_are_apart() {
    let folder = tempfile::tempdir().unwrap();
    let open = |user: &str, database: &str| Memory::open(folder.path(), user, database);
    open("ada", "duckdb:a/x.duckdb").remember(asked("sales")).unwrap();
    assert_eq!(open("ada", "duckdb:a/x.duckdb").list().unwrap().len(), 1);
    for (user, database) in [("ada", "duckdb:b/x.duckdb"), ("../ada", "duckdb:a/x.duckdb"), ("", "duckdb:a/x.duckdb")] {
        let other = open(user, database);
        assert_eq!(other.list().unwrap().len(), 0, "{user} {database}");
        assert!(other.path().starts_with(folder.path()));
    }
}

#[test]
fn many_writers_lose_nothing() {
    let (folder, _) = memory();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let folder = folder.path();
            scope.spawn(move || {
                // Each has a file of its own in hand, as two processes have.
                let memory = Memory::open(folder, "ada", "db");
                for number in 0..10 {
                    memory.remember(asked(&format!("question {writer} {number}"))).unwrap();
                }
            });
        }
    });
    let list = Memory::open(folder.path(), "ada", "db").list().unwrap();
    let mut ids: Vec<u64> = list.iter().map(|record| record.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=40).collect::<Vec<_>>());
}

#[test]
fn a_damaged_file_is_kept_aside() {
    let (_folder, memory) = memory();
    memory.remember(asked("sales")).unwrap();
    for rubbish in ["{\"id\": 1}\nnot json\n", "\0\0\0", "[]\n"] {
        std::fs::write(memory.path(), rubbish).unwrap();
        let Err(MemoryError::Damaged { kept, .. }) = memory.list() else {
            panic!("{rubbish:?} was read");
        };
        assert_eq!(std::fs::read_to_string(kept).unwrap(), rubbish);
        assert_eq!(memory.list(), Ok(Vec::new()), "the memory begins anew");
        memory.remember(asked("sales")).unwrap();
    }
}

#[test]
fn a_line_cut_off_by_a_crash_costs_that_line_only() {
    let (_folder, memory) = memory();
    memory.remember(asked("sales")).unwrap();
    memory.remember(asked("units")).unwrap();
    let mut bytes = std::fs::read(memory.path()).unwrap();
    bytes.truncate(bytes.len() - 9);
    std::fs::write(memory.path(), bytes).unwrap();
    let questions =
        |memory: &Memory| memory.list().unwrap().iter().map(|record| record.question.clone()).collect::<Vec<_>>();
    assert_eq!(questions(&memory), ["sales"]);
    memory.remember(asked("profit")).unwrap();
    assert_eq!(questions(&memory), ["sales", "profit"]);
}

#[test]
fn a_folder_that_can_not_be_written_is_said() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let memory = Memory::open(file.path(), "ada", "db");
    assert!(matches!(memory.remember(asked("sales")), Err(MemoryError::File { .. })));
}

#[test]
fn a_plan_of_another_version_costs_the_plan_only() {
    let (_folder, memory) = memory();
    memory.remember(planned("sales", None)).unwrap();
    memory.accept(None).unwrap();
    let text = std::fs::read_to_string(memory.path()).unwrap().replace("\"measures\"", "\"metrics_of_old\"");
    std::fs::write(memory.path(), text).unwrap();
    assert_eq!(memory.recall("sales", &[], None).unwrap().unwrap().plan, None);
}
