//! Comms: opened from either side, with binary buffers, and the states of widgets.

use bytes::Bytes;
use serde_json::json;

use crate::jupyter_client::{Channel, TestKernel};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_go_both_ways_with_their_buffers() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let opening = json!({"comm_id": "c1", "target_name": "echo", "data": {"hello": 1}});
    let id = client.send(Channel::Shell, "comm_open", opening).await;
    assert_eq!(client.outputs(&id).await[0].content, json!({"comm_id": "c1", "data": {"hello": 1}}));
    let info = client.ask(Channel::Shell, "comm_info_request", json!({"target_name": "echo"})).await;
    assert_eq!(info["comms"], json!({"c1": {"target_name": "echo"}}));
    let other = client.ask(Channel::Shell, "comm_info_request", json!({"target_name": "other"})).await;
    assert_eq!(other["comms"], json!({}));
    let buffers = vec![Bytes::from(vec![0_u8; 100_000]), Bytes::from_static(b"\xff\x00")];
    let message = json!({"comm_id": "c1", "data": {"n": 2}});
    let id = client.send_full(Channel::Shell, "comm_msg", message, json!({}), None, buffers.clone()).await;
    let echoed = client.outputs(&id).await;
    assert_eq!(echoed[0].msg_type(), "comm_msg");
    assert_eq!(echoed[0].buffers, buffers);
    let id = client.send(Channel::Shell, "comm_msg", json!({"comm_id": "c1", "data": {"close": true}})).await;
    assert_eq!(client.outputs(&id).await[0].msg_type(), "comm_close");
    assert_eq!(client.ask(Channel::Shell, "comm_info_request", json!({})).await["comms"], json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn comms_are_answered_while_a_cell_runs_and_in_order() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let cell = client.submit("spin", json!({})).await;
    client.send(Channel::Shell, "comm_open", json!({"comm_id": "c", "target_name": "echo", "data": {}})).await;
    let mut last = String::new();
    for n in 0..50 {
        last = client.send(Channel::Shell, "comm_msg", json!({"comm_id": "c", "data": {"n": n}})).await;
    }
    let mut seen = Vec::new();
    while seen.len() < 50 {
        let message = client.next().await;
        seen.extend(message.content["data"]["n"].as_i64());
        assert!(message.msg_type() != "comm_msg" || seen.len() < 50 || message.is_of(&last));
    }
    assert_eq!(seen, (0..50).collect::<Vec<_>>());
    client.ask(Channel::Control, "interrupt_request", json!({})).await;
    client.reply(Channel::Shell, &cell).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_is_not_there_or_refuses_closes_the_comm() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    for opening in [
        json!({"comm_id": "c2", "target_name": "no.such.target", "data": {}}),
        json!({"comm_id": "c2", "target_name": "echo", "data": {"refuse": true}}),
    ] {
        let id = client.send(Channel::Shell, "comm_open", opening).await;
        let told = client.outputs(&id).await;
        assert_eq!((told[0].msg_type(), &told[0].content["comm_id"]), ("comm_close", &json!("c2")));
    }
    let id = client.send(Channel::Shell, "comm_msg", json!({"comm_id": "c2", "data": {}})).await;
    assert!(client.outputs(&id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_loaded_again_gets_the_widgets_states() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let (_, outputs) = client.run("widget").await;
    assert_eq!(outputs[1].msg_type(), "comm_open");
    assert_eq!(outputs[1].metadata["version"], "2.1.0");
    let model = outputs[1].content["comm_id"].as_str().unwrap();
    assert_eq!(outputs[2].content["data"]["application/vnd.jupyter.widget-view+json"]["model_id"], model);
    client
        .send(
            Channel::Shell,
            "comm_open",
            json!({"comm_id": "ctl", "target_name": "jupyter.widget.control", "data": {}}),
        )
        .await;
    let request = json!({"comm_id": "ctl", "data": {"method": "request_states"}});
    let id = client.send(Channel::Shell, "comm_msg", request).await;
    let states = client.outputs(&id).await;
    let data = &states[0].content["data"];
    assert_eq!(data["method"], "update_states");
    assert_eq!(data["states"][model]["model_name"], "EchoModel");
    assert_eq!(data["buffer_paths"], json!([[model, "state", "audio"]]));
    assert_eq!(states[0].buffers, [Bytes::from_static(b"\x01\x02")]);
}
