//! Completion, inspection, history, subshells, resources, shutdown.

use serde_json::{Value, json};

use crate::jupyter_client::{Channel, Client, TestKernel, cell, printed};

async fn complete(client: &mut Client, code: &str, cursor: usize) -> Value {
    client.ask(Channel::Shell, "complete_request", json!({"code": code, "cursor_pos": cursor})).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cursors_count_code_points() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let code = "print \u{1F600}e\u{301}\npri after";
    let reply = complete(&mut client, code, 13).await;
    assert_eq!(reply["matches"], json!(["print"]));
    assert_eq!((&reply["cursor_start"], &reply["cursor_end"]), (&json!(10), &json!(13)));
    let typed = &reply["metadata"]["_jupyter_types_experimental"][0];
    assert_eq!((&typed["text"], &typed["type"], &typed["start"]), (&json!("print"), &json!("keyword"), &json!(10)));
    assert_eq!(complete(&mut client, "fl", 99).await["cursor_end"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inspection_and_completeness_are_the_engines() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let found = client
        .ask(Channel::Shell, "inspect_request", json!({"code": "sleep 5", "cursor_pos": 3, "detail_level": 0}))
        .await;
    assert_eq!(found["found"], true);
    assert!(found["data"]["text/plain"].as_str().unwrap().starts_with("sleep MILLISECONDS"));
    let none = client.ask(Channel::Shell, "inspect_request", json!({"code": "nothing", "cursor_pos": 1})).await;
    assert_eq!((&none["status"], &none["found"], &none["data"]), (&json!("ok"), &json!(false), &json!({})));
    for (code, status) in [("1+1", "complete"), ("1+\\", "incomplete"), (")", "invalid")] {
        let reply = client.ask(Channel::Shell, "is_complete_request", json!({"code": code})).await;
        assert_eq!(reply["status"], status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn side_requests_are_answered_while_a_cell_runs() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let id = client.submit("print begun\nspin", json!({})).await;
    while client.next().await.msg_type() != "stream" {}
    let side = client.send(Channel::Shell, "complete_request", json!({"code": "pr", "cursor_pos": 2})).await;
    assert_eq!(client.reply(Channel::Shell, &side).await.content["matches"], json!(["print"]));
    assert!(client.outputs(&side).await.is_empty());
    // The cell still runs, and the last status says so.
    let last = client.next().await;
    assert!(last.is_of(&id));
    assert_eq!(last.content["execution_state"], "busy");
    for request in ["is_complete_request", "kernel_info_request", "comm_info_request", "inspect_request"] {
        client.ask(Channel::Shell, request, json!({"code": "x", "cursor_pos": 0})).await;
    }
    client.ask(Channel::Control, "interrupt_request", json!({})).await;
    assert_eq!(client.reply(Channel::Shell, &id).await.content["status"], "error");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subshells_run_beside_the_main_shell() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let id = client.ask(Channel::Control, "create_subshell_request", json!({})).await["subshell_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let list = client.ask(Channel::Control, "list_subshell_request", json!({})).await;
    assert_eq!(list["subshell_id"], json!([id]));
    let main = client.submit("spin", json!({})).await;
    let content = cell("print from a subshell").into();
    let sub = client.send_full(Channel::Shell, "execute_request", content, json!({}), Some(&id), Vec::new()).await;
    let reply = client.reply(Channel::Shell, &sub).await;
    assert_eq!(reply.content["status"], "ok");
    assert_eq!(reply.parent["subshell_id"], json!(id));
    assert_eq!(printed(&client.outputs(&sub).await, "stdout"), "from a subshell\n");
    let deleted = json!({"subshell_id": id});
    assert_eq!(client.ask(Channel::Control, "delete_subshell_request", deleted.clone()).await["status"], "ok");
    assert_eq!(
        client.ask(Channel::Control, "delete_subshell_request", deleted).await["ename"],
        "kernel::unknown_subshell"
    );
    let content = cell("print never").into();
    let gone = client.send_full(Channel::Shell, "execute_request", content, json!({}), Some(&id), Vec::new()).await;
    let refused = client.reply(Channel::Shell, &gone).await.content;
    assert_eq!(refused["ename"], "kernel::unknown_subshell");
    assert!(refused["traceback"][1].as_str().unwrap().contains("help:"));
    client.ask(Channel::Control, "interrupt_request", json!({})).await;
    client.reply(Channel::Shell, &main).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subshells_can_be_turned_off() {
    let kernel = TestKernel::start_with(json!({"key": "k"}), |options| options.subshells = false).await;
    let mut client = kernel.client().await;
    let info = client.ask(Channel::Shell, "kernel_info_request", json!({})).await;
    assert!(!info["supported_features"].as_array().unwrap().contains(&json!("kernel subshells")));
    let reply = client.ask(Channel::Control, "create_subshell_request", json!({})).await;
    assert_eq!((&reply["status"], &reply["ename"]), (&json!("error"), &json!("kernel::no_subshells")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_outlives_the_kernel() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    let mut sessions = Vec::new();
    for code in ["1+1", "2+2"] {
        let path = path.clone();
        let kernel = TestKernel::start_with(json!({"key": "k"}), |options| options.history = Some(path)).await;
        let mut client = kernel.client().await;
        client.run(code).await;
        let query = json!({"hist_access_type": "tail", "n": 10, "output": true, "raw": true});
        sessions = client.ask(Channel::Shell, "history_request", query).await["history"].as_array().unwrap().clone();
        let range =
            json!({"hist_access_type": "range", "session": 0, "start": 1, "stop": 2, "output": false, "raw": true});
        assert_eq!(client.ask(Channel::Shell, "history_request", range).await["history"][0][2], code);
        let search = json!({"hist_access_type": "search", "pattern": "?+?", "unique": true, "n": 1});
        assert_eq!(client.ask(Channel::Shell, "history_request", search).await["history"][0][2], code);
        client.ask(Channel::Control, "shutdown_request", json!({"restart": true})).await;
        kernel.served.await.unwrap().unwrap();
    }
    let cells: Vec<&Value> = sessions.iter().map(|entry| &entry[2]).collect();
    assert_eq!(cells, [&json!(["1+1", "2"]), &json!(["2+2", "4"])]);
    assert_eq!(sessions[1][0].as_i64().unwrap(), sessions[0][0].as_i64().unwrap() + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_is_answered_and_ends_the_kernel_even_in_a_cell() {
    for (channel, restart) in [(Channel::Shell, true), (Channel::Control, false)] {
        let kernel = TestKernel::start().await;
        let mut client = kernel.client().await;
        client.submit("print begun\nspin", json!({})).await;
        while client.next().await.msg_type() != "stream" {}
        let id = client.send(channel, "shutdown_request", json!({"restart": restart})).await;
        let reply = client.reply(channel, &id).await;
        assert_eq!(reply.content, json!({"status": "ok", "restart": restart}));
        let told = client.outputs(&id).await;
        assert_eq!(told[0].msg_type(), "shutdown_reply");
        kernel.served.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resources_and_the_absent_debugger_are_told_politely() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let usage = client.ask(Channel::Control, "usage_request", json!({})).await;
    assert_eq!(usage["pid"], std::process::id());
    assert!(usage["kernel_memory"].as_u64().unwrap() > 0);
    let debug = json!({"type": "request", "seq": 7, "command": "debugInfo"});
    let info = client.ask(Channel::Control, "debug_request", debug).await;
    assert_eq!((&info["success"], &info["request_seq"]), (&json!(true), &json!(7)));
    assert_eq!(info["body"]["isStarted"], false);
    let attach = json!({"type": "request", "seq": 8, "command": "attach"});
    assert_eq!(client.ask(Channel::Control, "debug_request", attach).await["success"], false);
}
