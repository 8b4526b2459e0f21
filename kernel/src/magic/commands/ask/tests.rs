//! Tests of asking over frames: answers, refusals, follow-ups, corrections, wrong calls.

use crate::testing::TestSession;

#[test]
fn frames_are_asked() {
    let kernel = TestSession::with_examples();
    let text = kernel.text("%ask how many people are there?");
    assert!(text.contains("60") && text.contains("Understood as"), "{text}");
    let text = kernel.text("%ask --save rich average income by city");
    assert!(text.contains("Oslo") && text.contains("SQL"), "{text}");
    assert_eq!(kernel.session.frames.info("rich").unwrap().rows, 3);
}

#[test]
fn a_refusal_is_no_error_and_names_the_words() {
    let kernel = TestSession::with_examples();
    let text = kernel.text("%ask what is the average blood pressure of people in Rome?");
    assert!(text.contains("No answer (ask::") && text.contains("blood"), "{text}");
}

#[test]
fn what_is_learned_is_listed_and_forgotten() {
    let kernel = TestSession::with_examples();
    let _ = kernel.text("%ask how many people are there?");
    assert!(kernel.text("%ask --accept").contains("is right"));
    assert!(kernel.text("%ask --memory").contains("accepted"));
    assert!(kernel.text("%ask --forget all").contains("forgotten"));
    assert!(kernel.text("%ask --memory").contains("Nothing was asked"));
}

#[test]
fn wrong_calls_are_coded() {
    let kernel = TestSession::new();
    for (cell, code) in [
        ("%ask", "magic::missing_argument"),
        ("%ask --accept", "magic::usage"),
        ("%ask --correct sales by store", "magic::usage"),
        ("%ask --as-of yesterday sales", "magic::bad_value"),
        ("%ask how many?", "magic::usage"),
        ("%ask --connection nobody how many?", "sql::unknown_connection"),
    ] {
        let error = kernel.error(cell);
        assert_eq!(error.ename, code, "{cell}: {}", error.traceback.join("\n"));
        assert!(error.traceback.join("\n").contains('^'), "{cell}");
    }
}
