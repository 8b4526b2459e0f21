//! Questions to the user: answers, passwords, front ends that can't ask, interrupts.

use serde_json::json;

use crate::jupyter_client::{Channel, TestKernel, printed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cell_asks_and_is_answered() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let id = client.submit("print first\nask Name? ", json!({"allow_stdin": true})).await;
    let question = client.question().await;
    assert_eq!(question.msg_type(), "input_request");
    assert!(question.is_of(&id));
    assert_eq!(question.content["password"], false);
    // An answer to another question is not taken for this one's.
    let stale = json!({"msg_id": "stale", "msg_type": "input_request"});
    client.send_full(Channel::Stdin, "input_reply", json!({"value": "Eve"}), stale, None, Vec::new()).await;
    client.send_full(Channel::Stdin, "input_reply", json!({"value": "Ada"}), question.header, None, Vec::new()).await;
    assert_eq!(client.reply(Channel::Shell, &id).await.content["status"], "ok");
    assert_eq!(printed(&client.outputs(&id).await, "stdout"), "first\nhi Ada\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_are_marked_and_clients_without_parents_answer_too() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let id = client.submit("secret Pw?", json!({"allow_stdin": true})).await;
    assert_eq!(client.question().await.content, json!({"prompt": "Pw?", "password": true}));
    client.send(Channel::Stdin, "input_reply", json!({"value": "hunter2"})).await;
    client.reply(Channel::Shell, &id).await;
    assert_eq!(printed(&client.outputs(&id).await, "stdout"), "7 characters\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_where_nobody_answers_is_an_error() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    assert_eq!(client.run("ask Name?").await.0["ename"], "kernel::no_stdin");
    // It says that it takes input, but has no stdin channel.
    drop(std::mem::replace(&mut client.stdin, zeromq::Socket::new()));
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let (reply, _) = client.run_with("ask Name?", json!({"allow_stdin": true})).await;
    assert_eq!(reply["ename"], "kernel::no_stdin");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_ends_a_question() {
    let kernel = TestKernel::start().await;
    let mut client = kernel.client().await;
    let id = client.submit("ask Name?", json!({"allow_stdin": true})).await;
    client.question().await;
    client.ask(Channel::Control, "interrupt_request", json!({})).await;
    assert_eq!(client.reply(Channel::Shell, &id).await.content["ename"], "kernel::interrupted");
    assert_eq!(client.run("1+1").await.0["status"], "ok");
}
