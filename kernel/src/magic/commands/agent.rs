//! `%agent` and `%%agent`: tasks in words, planned, shared out among the agents, and shown as they go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use synthbook_agents::agent::{self, Coordinator, Done, Event, Reply};
use synthbook_agents::ask::Outcome;

use super::ask::{candidates, show_answer};
use super::watch::cancellable;
use crate::asking::Asking;
use crate::display::{Bundle, TableOptions, chart_bundle, refusal_bundle, table_bundle};
use crate::engine::Completion;
use crate::error::KernelError;
use crate::magic::complete::item;
use crate::magic::{Argument, Arguments, Call, Context, Magic, MagicKind, MagicSpec, ValueKind, Word};
use crate::session::Session;

/// The magic.
pub(in crate::magic) struct Agent;

const SPEC: MagicSpec = MagicSpec {
    name: "agent",
    kind: MagicKind::Both,
    summary: "Gives a task in words to the agents: questions, charts, checks of the data, search, synthetic data.",
    arguments: &[
        Argument::optional(
            "--connection|-c",
            ValueKind::Connection,
            "The data to work on; as %ask chooses it without one.",
        ),
        Argument::optional("--plan", ValueKind::Switch, "Only shows the steps that would be taken."),
        Argument::optional("--json", ValueKind::Switch, "Shows the whole reply as JSON."),
        Argument::optional(
            "TASK",
            ValueKind::Rest,
            "The task; one that begins with an agent's name is for that agent. Without a task the agents are listed.",
        ),
    ],
    examples: &["%agent", "%agent --plan chart people by city", "%agent help"],
};

/// The agents that need no database.
const ALONE: [&str; 3] = ["help", "search", "synthesis"];

impl Magic for Agent {
    fn spec(&self) -> MagicSpec {
        SPEC
    }

    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError> {
        let arguments = Arguments::parse(SPEC, call)?;
        let line = arguments.get("TASK");
        let words = [line.map_or("", |word| word.text.as_str()), call.body.as_deref().unwrap_or_default()];
        let task = words.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
        if task.is_empty() {
            list(context);
            return Ok(());
        }
        let (named, task) = addressed(&task);
        let place = line.map_or(call.name_span.clone(), |word: &Word| word.span.clone());
        let coordinator = coordinator(named, task, &arguments, context)?;
        if arguments.has("--plan") {
            for (number, step) in coordinator.plan(task).iter().enumerate() {
                context.say(&format!("{}. {}: {}", number + 1, step.agent, step.task));
            }
            return Ok(());
        }
        let (out, steps) = (context.out.clone(), AtomicUsize::new(0));
        let told = move |event: &Event| {
            if let Event::Planned { steps: planned } = event {
                steps.store(planned.len(), Ordering::Relaxed);
            }
            // The failure of a single step is the cell's.
            if let Some(line) = in_line(event).filter(|_| steps.load(Ordering::Relaxed) > 1) {
                out.print(format!("{line}\n"));
            }
        };
        let reply = context.session.with_conversation(|conversation| {
            cancellable("Working", context, |cancel| match named {
                Some(agent) => coordinator.run_with(agent, task, conversation, &told, cancel),
                None => coordinator.run(task, conversation, &told, cancel),
            })
        });
        let reply = reply.map_err(|error| KernelError::foreign(error).at(place))?;
        if arguments.has("--json") {
            let value = serde_json::to_value(&reply).unwrap_or_default();
            context.out.display(Bundle::text(format!("{value:#}")).with("application/json", value));
            return Ok(());
        }
        show(&reply, context)
    }

    fn complete(&self, call: &Call, cursor: usize, _session: &Session) -> Vec<Completion> {
        let typed = &call.cell[call.line_span.start..cursor];
        if typed.split_whitespace().count() > 1 || typed.trim_start().starts_with('-') {
            return Vec::new();
        }
        agent::agents().iter().map(|one| item(one.spec().name, "instance", Some(one.spec().summary))).collect()
    }
}

/// The agent that a task begins with, and the rest of it.
fn addressed(task: &str) -> (Option<&'static str>, &str) {
    let Some((first, rest)) = task.split_once(char::is_whitespace) else { return (None, task) };
    match agent::agents().iter().find(|one| one.spec().name == first.trim_end_matches(':')) {
        Some(found) => (Some(found.spec().name), rest.trim()),
        None => (None, task),
    }
}

/// The coordinator, with a database to ask where a step of the task needs one.
fn coordinator(
    named: Option<&str>,
    task: &str,
    arguments: &Arguments,
    context: &Context<'_>,
) -> Result<Coordinator, KernelError> {
    let alone = context.session.services(None, &Asking::default())?;
    let alone = Coordinator::new(Arc::new(alone)).map_err(KernelError::foreign)?;
    let asks = match named {
        Some(agent) => !ALONE.contains(&agent),
        None => alone.plan(task).iter().any(|step| !ALONE.contains(&step.agent.as_str())),
    };
    if !asks || arguments.has("--plan") {
        return Ok(alone);
    }
    let connection = match candidates(task, arguments, context) {
        Ok(mut all) => all.swap_remove(0),
        Err(error) if arguments.has("--connection|-c") => return Err(error),
        // A chart of a frame needs no database; who needs one says so.
        Err(_) => return Ok(alone),
    };
    let opened = cancellable(&format!("Getting to know {connection}"), context, |_| {
        context.session.services(Some(&connection), &Asking::default())
    });
    let services = opened.map_err(|error| match arguments.get("--connection|-c") {
        Some(word) => error.at(word.span.clone()),
        None => error,
    })?;
    Coordinator::new(Arc::new(services)).map_err(KernelError::foreign)
}

fn list(context: &Context<'_>) {
    for one in agent::agents() {
        let spec = one.spec();
        context.say(&format!("{:14} {}", spec.name, spec.summary));
    }
}

fn in_line(event: &Event) -> Option<String> {
    match event {
        Event::Planned { steps } => {
            let steps: Vec<String> = steps
                .iter()
                .enumerate()
                .map(|(number, step)| format!("  {}. {}: {}", number + 1, step.agent, step.task))
                .collect();
            Some(format!("Plan:\n{}", steps.join("\n")))
        }
        Event::Failed { step, failure } => Some(format!("Step {} failed: {failure}", step + 1)),
        _ => None,
    }
}

fn show(reply: &Reply, context: &Context<'_>) -> Result<(), KernelError> {
    for done in &reply.steps {
        step(done, context)?;
    }
    if !reply.complete {
        context.say("note: not every step was done, so this is a part of what was asked for");
    }
    Ok(())
}

fn step(done: &Done, context: &Context<'_>) -> Result<(), KernelError> {
    if let Some(failure) = &done.failure {
        let help = failure.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        context.say(&format!("Not done: {} [{}]: {failure}{help}", done.step.task, done.step.agent));
    }
    let Some(report) = &done.report else { return Ok(()) };
    match report.outcome.as_deref() {
        Some(Outcome::Answer(answer)) => return show_answer(answer, &done.step.agent, false, context),
        Some(Outcome::Refusal(refusal)) => {
            context.out.display(refusal_bundle(refusal));
            return Ok(());
        }
        None => context.say(&report.text),
    }
    if let Some(frame) = &report.frame {
        let options = TableOptions { quotes: false, ..context.session.settings().table() };
        context.out.display(table_bundle(frame, &options));
    }
    if let Some(chart) = &report.chart {
        context.out.display(chart_bundle(chart));
    }
    if let Some(name) = &report.saved {
        context.say(&format!("Frame {name} was made"));
    }
    for suggestion in &report.suggestions {
        context.say(&format!("- {suggestion}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::testing::TestSession;

    #[test]
    fn agents_are_listed_and_tasks_planned() {
        let kernel = TestSession::with_examples();
        assert!(kernel.text("%agent").contains("visualization"));
        assert!(kernel.text("%agent --plan how many people are there?").contains("1. data"));
        assert!(kernel.text("%agent help").contains("visualization"));
    }

    #[test]
    fn a_task_is_done() {
        let kernel = TestSession::with_examples();
        let text = kernel.text("%agent data how many people are there?");
        assert!(text.contains("60"), "{text}");
        let error = kernel.error("%agent ???");
        assert!(error.ename.starts_with("agents::"), "{}", error.ename);
    }
}
