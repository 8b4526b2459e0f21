//! What a cell sends: displays, results, input, progress, in order.

use serde_json::json;

use crate::kernel::{Kernel, without_kernel};

#[test]
fn displays_updates_and_clears_are_events() {
    let ended = Kernel::start("displays").end();
    let a = json!({"text/plain": "a", "text/html": "a"});
    let b = json!({"text/plain": "b", "text/html": "b"});
    let expected = [
        json!({"event": "display", "data": a, "metadata": {}, "display_id": "z1"}),
        json!({"event": "update", "data": b, "metadata": {}, "display_id": "z1"}),
        json!({"event": "clear", "wait": false}),
        json!({"event": "clear", "wait": true}),
        json!({"event": "display", "data": {"text/plain": "[1, 2]"}, "metadata": {}}),
        json!({"event": "display", "data": {"text/plain": "*m*", "text/markdown": "*m*"}, "metadata": {}}),
        json!({"event": "display", "data": {"text/plain": "3"}, "metadata": {}}),
        json!({"event": "display", "data": {"text/plain": "text"}, "metadata": {}}),
    ];
    assert_eq!(ended.messages, expected, "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[test]
fn results_are_rendered_by_type_and_nothing_shows_nothing() {
    let mut ended = Kernel::start("results").end();
    let long = ended.messages.pop().unwrap();
    let text = long["data"]["text/plain"].as_str().unwrap();
    assert!(text.len() < 300_000 && text.ends_with("… (the rest of the text is left out)"));
    let table = ended.messages.pop().unwrap();
    assert!(table["data"]["text/html"].as_str().unwrap().contains("1 row × 1 column"));
    let display = ended.messages.pop().unwrap();
    assert_eq!(display["event"], "display");
    let expected = [
        json!({"text/plain": "[1, 2]"}),
        json!({"text/plain": "[1, 2]"}),
        json!({"text/plain": "text"}),
        json!({"text/plain": "owned"}),
        json!({"text/plain": "Some(1.5)"}),
        json!({"text/plain": "h", "text/html": "<i>h</i>"}),
        json!({"text/plain": "registered", "x/y": 3}),
    ];
    let data: Vec<_> = ended.messages.iter().map(|message| message["data"].clone()).collect();
    assert_eq!(data, expected);
    assert!(ended.messages.iter().all(|message| message["event"] == "result"));
    assert_eq!(ended.stdout, "own\n");
}

#[test]
fn rich_values_carry_their_types() {
    let ended = Kernel::start("rich").end();
    let seen: Vec<String> = ended
        .messages
        .iter()
        .map(|message| {
            let data = message["data"].as_object().unwrap();
            let mime = data.keys().rfind(|mime| *mime != "text/plain").map_or("text/plain", |mime| mime);
            let content = data[mime].to_string();
            format!("{mime} {}", content.chars().take(70).collect::<String>())
        })
        .collect();
    insta::assert_snapshot!(seen.join("\n"), @r#"
    text/latex "$x$"
    image/svg+xml "<svg/>"
    image/png "AQID"
    image/jpeg "/w=="
    application/json {"a":1}
    application/json [1]
    application/vnd.vegalite.v5+json {"mark":"bar"}
    text/html "<audio controls preload=\"metadata\" src=\"data:audio/wav;base64,UklG
    text/plain "t"
    "#);
    assert_eq!(ended.messages[8]["metadata"], json!({"image/png": {"width": 3}}));
}

#[test]
fn prints_are_flushed_before_each_event() {
    let mut kernel = Kernel::start("order");
    kernel.expect("display");
    kernel.expect("display");
    // What was not flushed by now dies with the process.
    kernel.child.kill().unwrap();
    assert_eq!(kernel.end().stdout, "ab");
}

#[test]
fn input_waits_for_its_answer_and_a_refusal_ends_the_cell() {
    let mut kernel = Kernel::start("asks");
    let first = kernel.expect("input");
    assert_eq!((&first["prompt"], &first["password"]), (&json!("Name? "), &json!(false)));
    kernel.answer(&first, &json!({"text": "Ada"}));
    let second = kernel.expect("input");
    assert_eq!(second["password"], true);
    kernel.answer(&second, &json!({"text": "word"}));
    let third = kernel.expect("input");
    kernel.refuse(&third, "kernel::no_input", "This front end can't ask for input", "run the cell in a notebook");
    let ended = kernel.end();
    assert_eq!(ended.stdout, "hi Ada\n4caught");
    let error = &ended.messages[0];
    assert_eq!(error["ename"], "kernel::no_input");
    assert_eq!(error["evalue"], "This front end can't ask for input");
    assert_eq!(error["help"], "run the cell in a notebook");
}

#[test]
fn progress_is_drawn_seldom_and_ends_whole() {
    let ended = Kernel::start("progress").end();
    assert_eq!(ended.stdout, "499999500000");
    let ids: Vec<_> = ended.messages.iter().map(|message| message["progress_id"].clone()).collect();
    let (first, second) = ended.messages.split_at(ids.iter().take_while(|id| **id == ids[0]).count());
    assert_eq!(first[0]["fraction"], 0.0);
    let last = first.last().unwrap();
    assert_eq!((&last["fraction"], &last["done"]), (&json!(1.0), &json!(true)));
    assert!(first.len() < 1000, "{} events", first.len());
    let last = second.last().unwrap();
    assert_eq!((&last["fraction"], &last["message"], &last["done"]), (&json!(0.5), &json!("half"), &json!(true)));
}

#[test]
fn without_a_kernel_displays_are_printed() {
    assert_eq!(without_kernel("displays"), "a\nb\n[1, 2]\n*m*\n3\ntext\n");
}
