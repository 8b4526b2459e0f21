//! Completion and documentation of Rust code by the analysis host, while cells run or not.

use std::os::unix::net::UnixStream;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use super::cell_api::CELL_API;
use super::evaluator::{Backstage, lock};
use super::host::protocol::{Reply, Request};
use super::process::{HostOptions, HostProcess};
use crate::display::Bundle;
use crate::engine::{Completion, Completions};

/// How long a question waits for rust-analyzer to come up. Front ends that give up earlier lose nothing by it.
const PATIENCE: Duration = Duration::from_secs(15);

/// The analysis host and how far it is.
pub(super) struct Analysis {
    state: Mutex<State>,
    changed: Condvar,
    arrivals: Mutex<Receiver<UnixStream>>,
}

#[derive(Default)]
enum State {
    #[default]
    Off,
    Starting,
    Ready(Box<HostProcess>),
    /// A question is being answered; the host is with whoever asked.
    Busy,
    Unavailable,
}

impl Analysis {
    pub(super) fn new(arrivals: Receiver<UnixStream>) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), arrivals: Mutex::new(arrivals) }
    }

    /// Starts the host in the background, once.
    pub(super) fn warm(backstage: &Arc<Backstage>) {
        {
            let mut state = lock(&backstage.analysis.state);
            if !matches!(*state, State::Off) {
                return;
            }
            *state = State::Starting;
        }
        let backstage = Arc::clone(backstage);
        std::thread::spawn(move || {
            let started = start(&backstage);
            let analysis = &backstage.analysis;
            *lock(&analysis.state) = started.map_or(State::Unavailable, |host| State::Ready(Box::new(host)));
            analysis.changed.notify_all();
        });
    }

    /// Ends the host.
    pub(super) fn stop(&self) {
        *lock(&self.state) = State::Unavailable;
        self.changed.notify_all();
    }

    /// Completes code at a byte offset.
    pub(super) fn complete(&self, backstage: &Arc<Backstage>, prefix: &str, code: &str, cursor: usize) -> Completions {
        let request = Request::Complete { code: format!("{prefix}{code}"), offset: prefix.len() + cursor };
        let Some(Reply::Completed { start, end, items }) = self.ask(backstage, &request) else {
            return Completions { start: cursor, end: cursor, items: Vec::new() };
        };
        let inside = |offset: usize| offset.saturating_sub(prefix.len()).min(code.len());
        let mut found: Vec<Completion> = Vec::with_capacity(items.len());
        for (text, kind, label) in items {
            let text = insertable(&text);
            if text.starts_with("synthbook_")
                || text.starts_with("SynthbookPlace")
                || found.iter().any(|known| known.text == text)
            {
                continue;
            }
            found.push(Completion { signature: (label != text).then_some(label), text, kind });
        }
        Completions { start: inside(start), end: inside(end), items: found }
    }

    /// Documentation of the name that ends at or stands around a byte offset.
    pub(super) fn inspect(
        &self,
        backstage: &Arc<Backstage>,
        prefix: &str,
        code: &str,
        cursor: usize,
    ) -> Option<Bundle> {
        let end = end_of_name(code, cursor)?;
        let before = format!("{prefix}{}", &code[..end]);
        if let Some(Reply::Hovered { found: Some((text, html)) }) =
            self.ask(backstage, &Request::Hover { offset: before.len(), code: before })
        {
            return Some(Bundle::text(text).with("text/html", html));
        }
        // Macros are not explained by their bare name, but they are completed with their signature.
        let start = code[..end].rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
        let name = &code[start..end];
        let found = self
            .complete(backstage, prefix, &code[..end], end)
            .items
            .into_iter()
            .find(|item| item.text.trim_end_matches('!') == name)?;
        Some(Bundle::text(found.signature.unwrap_or(found.text)))
    }

    fn ask(&self, backstage: &Arc<Backstage>, request: &Request) -> Option<Reply> {
        Self::warm(backstage);
        let deadline = Instant::now() + PATIENCE;
        let mut state = lock(&self.state);
        let mut host = loop {
            match std::mem::replace(&mut *state, State::Busy) {
                State::Ready(host) => break host,
                State::Unavailable => {
                    *state = State::Unavailable;
                    return None;
                }
                other => *state = other,
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            state = self.changed.wait_timeout(state, left).unwrap_or_else(std::sync::PoisonError::into_inner).0;
        };
        drop(state);
        let reply = host.ask(request).ok();
        let mut state = lock(&self.state);
        if matches!(*state, State::Busy) {
            // A host that died of a question is started afresh by the next one.
            *state = if reply.is_some() { State::Ready(host) } else { State::Off };
        }
        self.changed.notify_all();
        reply
    }
}

fn start(backstage: &Backstage) -> Option<HostProcess> {
    let Some(std_source) = &backstage.toolchain.std_source else {
        tracing::warn!("the standard library's source is missing: Rust code is not completed (see `synthbook doctor`)");
        return None;
    };
    let options = HostOptions {
        role: "analyse",
        socket: backstage.link.socket(),
        crate_dir: backstage.crates.path().join("analyse"),
        std_source,
        memory: None,
        toolchain: &backstage.toolchain,
    };
    HostProcess::start(&options, &lock(&backstage.analysis.arrivals))
        .map_err(|error| tracing::warn!(%error, "rust-analyzer could not be started"))
        .ok()
}

/// Items and variables of earlier cells, as code that declares them.
pub(super) fn prefix(items: &str, variables: &[(String, String)]) -> String {
    use std::fmt::Write as _;
    let mut code = format!("{CELL_API}\n{items}\nfn synthbook_value<T>() -> T {{ loop {{}} }}\n");
    for (name, ty) in variables {
        let _ = writeln!(code, "let mut {name}: {ty} = synthbook_value();");
    }
    code
}

/// The part of a completion that can stand in code: no argument list with made-up names.
fn insertable(text: &str) -> String {
    text.split(['(', '{', ' ', '[']).next().filter(|head| !head.is_empty()).unwrap_or(text).to_owned()
}

fn end_of_name(code: &str, cursor: usize) -> Option<usize> {
    let cursor = (0..=cursor.min(code.len())).rev().find(|at| code.is_char_boundary(*at))?;
    let name = |c: char| c.is_alphanumeric() || c == '_';
    let end = cursor + code[cursor..].find(|c| !name(c)).unwrap_or(code.len() - cursor);
    code[..end].chars().next_back().is_some_and(name).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_around_the_cursor() {
        assert_eq!(end_of_name("foo.bar(x)", 5), Some(7));
        assert_eq!(end_of_name("foo.bar(x)", 7), Some(7));
        assert_eq!(end_of_name("a + b", 2), None);
        assert_eq!(end_of_name("größe", 2), Some("größe".len()));
    }

    #[test]
    fn the_declarations_name_what_the_cells_library_offers() {
        let prelude = include_str!("../../cell/src/prelude.rs");
        let names: Vec<&str> =
            prelude.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
        for name in [
            "Table",
            "TableBuilder",
            "DisplayHandle",
            "Progress",
            "table",
            "publish",
            "display_id",
            "clear_output",
            "input",
            "password",
            "sleep",
            "frames",
        ] {
            assert!(names.contains(&name) && CELL_API.contains(name), "{name}");
        }
    }

    #[test]
    fn completions_are_insertable() {
        assert_eq!(insertable("push(value)"), "push");
        assert_eq!(insertable("println!($0)"), "println!");
        assert_eq!(insertable("is_empty()"), "is_empty");
    }
}
