//! Tasks in words over a real engine: a question, its chart, a follow-up, and the quality of the data.

use std::sync::Arc;

use synthbook_agents::agent::{Conversation, Coordinator, Services, Silent};
use synthbook_agents::ask::{Engine, EngineOptions};
use synthbook_agents::warehouse::{Cancel, Warehouse};

use super::retail::warehouse;

fn coordinator() -> Coordinator {
    let duck: Arc<dyn Warehouse> = Arc::new(warehouse());
    let engine = Arc::new(Engine::open(Arc::clone(&duck), EngineOptions::default()).unwrap());
    let services = Services { engine: Some(engine), warehouse: Some(duck), ..Services::default() };
    Coordinator::new(Arc::new(services)).unwrap()
}

#[test]
fn a_task_of_several_steps_is_done_and_drawn() {
    let mut conversation = Conversation::default();
    let task = "Plot sales by state as a bar chart, then check the data quality";
    let reply = coordinator().run(task, &mut conversation, &Silent, &Cancel::new()).unwrap();
    let agents: Vec<&str> = reply.steps.iter().map(|done| done.step.agent.as_str()).collect();
    assert_eq!(agents, ["data", "visualization", "etl"]);
    assert!(reply.complete, "{}", reply.text);
    let chart = reply.steps[1].report.as_ref().unwrap().chart.as_ref().unwrap();
    assert_eq!((chart.kind.as_str(), chart.marks.len()), ("bar", 2));
    assert!(reply.steps[0].report.as_ref().unwrap().sql.is_some());
    assert!(reply.text.contains("checks of the data"), "{}", reply.text);
    assert_eq!(conversation.context(), ["sales by state"]);
}

#[test]
fn synthetic_rows_are_learned_from_a_table_of_the_warehouse() {
    let task = "generate 5 synthetic rows of dim_date with marginals";
    let reply = coordinator().run(task, &mut Conversation::default(), &Silent, &Cancel::new()).unwrap();
    let report = reply.steps[0].report.as_ref().unwrap();
    assert_eq!(report.frame.as_ref().unwrap().height(), 5);
    assert_eq!((report.data["source"].as_str(), report.data["learned_from"].as_u64()), (Some("dim_date"), Some(762)));
}

#[test]
fn every_agent_with_a_warehouse_is_well() {
    let health = coordinator().health(std::time::Duration::from_secs(20)).unwrap();
    let well: Vec<&str> = health.iter().filter(|(_, health)| health.is_well()).map(|(name, _)| *name).collect();
    assert_eq!(well, ["data", "etl", "help", "synthesis", "visualization"]);
}
