//! What tests of the kernel share: a sink that keeps its events, a language that echoes, a session in a folder of its
//! own with frames for the magics' examples.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::{DataFrame, DataType, NamedFrom, Series, df};
use tempfile::TempDir;

use crate::display::Bundle;
use crate::engine::{CellEngine, CellError, CellRequest, Completeness, Completions};
use crate::evaluator::{Evaluator, Snippet};
use crate::frames::{FrameStore, StoreConfig};
use crate::output::{InputError, Output, OutputEvent, OutputSink, StreamName};
use crate::session::{Paths, Session, SessionConfig};

/// A sink that keeps what it is sent and answers every question with `answer`.
#[derive(Default)]
pub struct Collector {
    events: Mutex<Vec<OutputEvent>>,
}

impl Collector {
    /// An empty collector.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// An output that sends to this collector.
    #[must_use]
    pub fn output(self: &Arc<Self>) -> Output {
        Output::new(self.clone())
    }

    /// What was sent so far.
    #[must_use]
    pub fn events(&self) -> Vec<OutputEvent> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was printed to standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.stream(StreamName::Stdout)
    }

    /// What was printed to a stream so far.
    #[must_use]
    pub fn stream(&self, stream: StreamName) -> String {
        let mut bytes = Vec::new();
        for event in self.events() {
            if let OutputEvent::Stream { name, bytes: piece } = event
                && name == stream
            {
                bytes.extend_from_slice(&piece);
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The bundles shown so far, values and updates included.
    #[must_use]
    pub fn bundles(&self) -> Vec<Bundle> {
        self.events()
            .into_iter()
            .filter_map(|event| match event {
                OutputEvent::Display { bundle, .. }
                | OutputEvent::Update { bundle, .. }
                | OutputEvent::Result { bundle } => Some(bundle),
                _ => None,
            })
            .collect()
    }

    /// Everything printed and the plain text of everything shown, pages of help included, in order.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for event in self.events() {
            match event {
                OutputEvent::Stream { bytes, .. } => text.push_str(&String::from_utf8_lossy(&bytes)),
                OutputEvent::Display { bundle, .. }
                | OutputEvent::Update { bundle, .. }
                | OutputEvent::Result { bundle } => {
                    text.push_str(bundle.get("text/plain").unwrap_or(""));
                    text.push('\n');
                }
                OutputEvent::Payload(page) => text.push_str(page["data"]["text/plain"].as_str().unwrap_or("")),
                OutputEvent::Clear { .. } => {}
            }
        }
        text
    }
}

impl OutputSink for Collector {
    fn emit(&self, event: OutputEvent) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    fn input(&self, _prompt: &str, _password: bool) -> Result<String, InputError> {
        Err(InputError::NotAllowed)
    }
}

/// A language whose value is its own text: `fail` is an error, everything else is shown.
#[derive(Default)]
pub struct EchoLanguage {
    log: Mutex<Vec<String>>,
}

impl EchoLanguage {
    /// The calls so far, in order.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, text: impl Into<String>) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(text.into());
    }
}

impl Evaluator for EchoLanguage {
    fn execute(&self, snippet: &Snippet, out: &Output) -> Result<(), CellError> {
        self.note(format!("execute@{} {}", snippet.first_line, snippet.code.trim()));
        if snippet.code.trim() == "fail" {
            return Err(CellError { ename: "E".into(), evalue: "failed".into(), traceback: vec!["E: failed".into()] });
        }
        if snippet.show_value {
            out.result(Bundle::text(snippet.code.trim()));
        }
        Ok(())
    }

    fn complete(&self, code: &str, cursor: usize) -> Completions {
        self.note(format!("complete {code}@{cursor}"));
        Completions { start: cursor, end: cursor, items: Vec::new() }
    }

    fn inspect(&self, code: &str, _cursor: usize, _detail: u8) -> Option<Bundle> {
        (code == "known").then(|| Bundle::text("documentation of known"))
    }

    fn is_complete(&self, code: &str) -> Completeness {
        if code.ends_with('{') { Completeness::Incomplete("    ".into()) } else { Completeness::Complete }
    }

    fn variables(&self) -> Vec<(String, String)> {
        vec![("answer".into(), "i32".into())]
    }

    fn use_prelude(&self, name: &str, _out: &Output) -> Result<(), CellError> {
        self.note(format!("use {name}"));
        Ok(())
    }

    fn interrupt(&self) {
        self.note("interrupt");
    }

    fn reset(&self) -> Result<(), CellError> {
        self.note("reset");
        Ok(())
    }

    fn warm(&self) {}

    fn shutdown(&self) {
        self.note("shutdown");
    }
}

/// A session in a temporary folder.
pub struct TestSession {
    /// The session.
    pub session: Session,
    /// Its language.
    pub language: Arc<EchoLanguage>,
    folder: PathBuf,
    _root: TempDir,
}

impl Default for TestSession {
    fn default() -> Self {
        Self::new()
    }
}

impl TestSession {
    /// An empty session.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    #[must_use]
    #[allow(clippy::unwrap_used, reason = "a test without its folder can only fail")]
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let paths = Paths {
            data: root.path().join("data"),
            runtime: root.path().join("run"),
            config: root.path().join("config"),
        };
        let work = root.path().join("work");
        std::fs::create_dir(&work).unwrap();
        let store = StoreConfig { runtime: paths.runtime.clone(), spill: paths.spill(), connection: None, title: None };
        let frames = Arc::new(FrameStore::open(store).unwrap());
        let language = Arc::new(EchoLanguage::default());
        let config = SessionConfig { paths, folder: work.clone(), owns_process: false };
        Self { session: Session::new(frames, language.clone(), config), language, folder: work, _root: root }
    }

    /// A session with what the magics' examples need: the frame `people`, the file `people.csv`, and the demo table
    /// `shop/orders`.
    ///
    /// # Panics
    /// When the files can't be written.
    #[must_use]
    #[allow(clippy::unwrap_used, reason = "a test without its data can only fail")]
    pub fn with_examples() -> Self {
        let test = Self::new();
        let people = people();
        test.session.frames.publish("people", &people, "example").unwrap();
        crate::data::save(&people, &test.folder().join("people.csv"), None).unwrap();
        let demo = test.session.paths().demo_data().join("shop");
        std::fs::create_dir_all(&demo).unwrap();
        crate::data::save(&people, &demo.join("orders.parquet"), None).unwrap();
        test
    }

    /// The folder that relative paths start from.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a cell and returns its output and outcome.
    pub fn run(&self, code: &str) -> (Arc<Collector>, Result<(), CellError>) {
        let collector = Collector::new();
        let request = CellRequest { code: code.to_owned(), execution_count: 1, silent: false };
        let result = self.session.execute(&request, &collector.output());
        (collector, result)
    }

    /// Runs a cell that must work and returns its text.
    ///
    /// # Panics
    /// When the cell fails.
    #[must_use]
    #[allow(clippy::panic, reason = "a test's failure")]
    pub fn text(&self, code: &str) -> String {
        let (collector, result) = self.run(code);
        if let Err(error) = result {
            panic!("{code}\n{}\n{}", error.traceback.join("\n"), collector.text());
        }
        collector.text()
    }

    /// Runs a cell that must fail and returns its error.
    ///
    /// # Panics
    /// When the cell works.
    #[must_use]
    #[allow(clippy::panic, reason = "a test's failure")]
    pub fn error(&self, code: &str) -> CellError {
        match self.run(code) {
            (_, Err(error)) => error,
            (collector, Ok(())) => panic!("{code} worked: {}", collector.text()),
        }
    }
}

/// A table of 60 people with every common type and some missing values.
///
/// # Panics
/// Never: the columns are of one length.
#[must_use]
#[allow(clippy::unwrap_used, reason = "the columns are of one length")]
pub fn people() -> DataFrame {
    let numbers = 0..60i64;
    let age: Vec<Option<i64>> = numbers.clone().map(|n| (n % 13 != 5).then_some(18 + n * 7 % 50)).collect();
    let income: Vec<f64> = numbers.clone().map(|n| 1000.0 + (n * n % 37) as f64 * 12.5).collect();
    let city: Vec<&str> = numbers.clone().map(|n| ["Rome", "Oslo", "Cairo"][(n % 3) as usize]).collect();
    let member: Vec<bool> = numbers.clone().map(|n| n % 2 == 0).collect();
    let days: Vec<i32> = numbers.map(|n| 19_000 + n as i32).collect();
    let joined = Series::new("joined".into(), days).cast(&DataType::Date).unwrap();
    let mut frame = df!("age" => age, "income" => income, "city" => city, "member" => member).unwrap();
    frame.with_column(joined.into()).unwrap();
    frame
}
