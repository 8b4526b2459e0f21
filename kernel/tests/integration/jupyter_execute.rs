//! Cells: counts, outputs in their order, errors, interrupts, and what is queued behind them.

use serde_json::{Value, json};

use crate::jupyter_client::{Channel, TestKernel, printed, types};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cells_are_counted_from_one() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let (reply, outputs) = client.run("1+1").await;
    assert_eq!(reply["execution_count"], 1);
    assert_eq!(types(&outputs), ["execute_input", "execute_result"]);
    assert_eq!(outputs[0].content, json!({"code": "1+1", "execution_count": 1}));
    assert_eq!(outputs[1].content["data"]["text/plain"], "2");
    assert_eq!(outputs[1].content["execution_count"], 1);
    let (_, silent) = client.run_with("1+1", json!({"silent": true})).await;
    assert!(silent.is_empty());
    let (unstored, outputs) = client.run_with("1+1", json!({"store_history": false})).await;
    assert_eq!(unstored["execution_count"], 2);
    assert_eq!(types(&outputs), ["execute_input", "execute_result"]);
    assert_eq!(client.run("1+1").await.0["execution_count"], 2);
    let tail = client.ask(Channel::Shell, "history_request", json!({"hist_access_type": "tail", "n": 9})).await;
    assert_eq!(tail["history"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn user_expressions_are_evaluated_after_the_cell() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let wanted = json!({"user_expressions": {"a": "kept", "b": "fail so", "c": "1+2"}});
    let (reply, _) = client.run_with("set kept a text", wanted.clone()).await;
    let values = &reply["user_expressions"];
    assert_eq!(values["a"]["data"]["text/plain"], "a text");
    assert_eq!(values["b"]["evalue"], "so");
    assert_eq!(values["c"], json!({"status": "ok", "data": {"text/plain": "3"}, "metadata": {}}));
    let (failed, _) = client.run_with("fail", wanted).await;
    assert_eq!(failed["user_expressions"], json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prints_and_displays_keep_their_order() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let code =
        "print A1\nhtml D1\nprint A2\neprint E1\nprint A3\ndisplay d first\nupdate d second\nclear\nprint A4\n5+6";
    let (_, outputs) = client.run(code).await;
    let seen: Vec<Value> = outputs[1..]
        .iter()
        .map(|message| match message.msg_type() {
            "stream" => message.content["text"].clone(),
            "clear_output" => json!("cleared"),
            _ => message.content["data"]["text/plain"].clone(),
        })
        .collect();
    assert_eq!(seen, ["A1\n", "D1", "A2\n", "E1\n", "A3\n", "first", "second", "cleared", "A4\n", "11"]);
    assert_eq!(outputs[6].content["transient"], json!({"display_id": "d"}));
    assert_eq!(outputs[7].msg_type(), "update_display_data");
    assert_eq!(outputs[7].content["transient"], json!({"display_id": "d"}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partial_line_is_shown_before_its_end() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let (_, outputs) = client.run("write part-1\nsleep 400\nprint part-2").await;
    let texts: Vec<&Value> = outputs[1..].iter().map(|message| &message.content["text"]).collect();
    assert_eq!(texts, ["part-1", "part-2\n"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_character_that_comes_in_pieces_stays_whole() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let (_, outputs) =
        client.run("bytes 61e2\nsleep 200\neprint between\nbytes 82ac62f0\nsleep 200\nbytes ff63e2").await;
    assert_eq!(printed(&outputs, "stdout"), "a\u{20ac}b\u{fffd}\u{fffd}c\u{fffd}");
    assert_eq!(printed(&outputs, "stderr"), "between\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_comes_in_few_messages_and_whole() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let (_, outputs) = client.run("flood 20000").await;
    assert_eq!(printed(&outputs, "stdout").lines().count(), 20_000);
    assert!(outputs.len() < 200, "{} messages", outputs.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_printed_past_the_limit_is_counted() {
    let kernel = TestKernel::start_with(json!({"key": "k"}), |options| options.output_limit = 100).await;
    let mut client = kernel.client().await;
    let (reply, outputs) = client.run("flood 100\neprint gone\nhtml shown").await;
    assert_eq!(reply["status"], "ok");
    assert_eq!(printed(&outputs, "stdout").len(), 100);
    let note = printed(&outputs, "stderr");
    // 100 lines of "line N\n" are 790 bytes, "gone\n" is 5.
    assert!(note.contains("[695 more bytes were printed and left out"), "{note}");
    assert!(types(&outputs).contains(&"display_data"));
    assert_eq!(printed(&client.run("print again").await.1, "stdout"), "again\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_stands_in_the_reply_and_on_iopub() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let (reply, outputs) = client.run("print before\nfail it broke\nprint after").await;
    assert_eq!(reply["status"], "error");
    assert_eq!((&reply["ename"], &reply["evalue"]), (&json!("echo::failed"), &json!("it broke")));
    assert_eq!(types(&outputs), ["execute_input", "stream", "error"]);
    assert_eq!(outputs[2].content["traceback"], reply["traceback"]);
    let (reply, _) = client.run("panic on purpose").await;
    assert_eq!(reply["ename"], "kernel::internal");
    assert_eq!(client.run("1+1").await.0["status"], "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cells_behind_a_failed_one_are_aborted() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let ids = [
        client.submit("fail now", json!({})).await,
        client.submit("print never", json!({})).await,
        client.submit("print never", json!({})).await,
    ];
    let mut states = Vec::new();
    for id in &ids {
        states.push(client.reply(Channel::Shell, id).await.content["status"].clone());
    }
    assert_eq!(states, ["error", "aborted", "aborted"]);
    assert_eq!(types(&client.outputs(&ids[0]).await), ["execute_input", "error"]);
    assert!(client.outputs(&ids[2]).await.is_empty());
    let first = client.submit("fail now", json!({"stop_on_error": false})).await;
    let second = client.submit("print ran", json!({})).await;
    assert_eq!(client.reply(Channel::Shell, &first).await.content["status"], "error");
    assert_eq!(client.reply(Channel::Shell, &second).await.content["status"], "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_stops_a_cell_and_keeps_the_rest() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    // Nothing runs: nothing is stopped, now or later.
    client.ask(Channel::Control, "interrupt_request", json!({})).await;
    assert_eq!(client.run("set kept yes").await.0["status"], "ok");
    let id = client.submit("print begun\nspin", json!({})).await;
    while client.next().await.msg_type() != "stream" {}
    let interrupt = client.send(Channel::Control, "interrupt_request", json!({})).await;
    assert_eq!(client.reply(Channel::Control, &interrupt).await.content["status"], "ok");
    let reply = client.reply(Channel::Shell, &id).await.content;
    assert_eq!(reply["ename"], "kernel::interrupted");
    let (_, outputs) = client.run("kept").await;
    assert_eq!(outputs[1].content["data"]["text/plain"], "yes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payloads_come_with_the_reply() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let (reply, _) = client.run("page help\nnext let a = 1;").await;
    assert_eq!(reply["payload"][0]["data"]["text/plain"], "help");
    assert_eq!(reply["payload"][1], json!({"source": "set_next_input", "text": "let a = 1;", "replace": false}));
}
