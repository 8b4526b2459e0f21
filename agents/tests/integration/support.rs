//! Frames in a folder, and short ways to ask.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use polars::prelude::*;
use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{
    Checked, DuckDb, FrameSource, Guard, Request, Sql, Written, check, preview, query_to_ipc,
};

/// The frames of a session, each in a file of its generation.
pub(crate) struct Frames {
    folder: tempfile::TempDir,
    paths: Mutex<(usize, BTreeMap<String, PathBuf>)>,
}

impl Frames {
    pub(crate) fn path_of(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(crate) fn put(&self, name: &str, frame: &DataFrame) {
        let path = self.fresh();
        write(frame, &path);
        self.put_file(name, path);
    }

    pub(crate) fn put_file(&self, name: &str, path: PathBuf) {
        self.paths.lock().unwrap().1.insert(name.to_owned(), path);
    }

    pub(crate) fn remove(&self, name: &str) {
        self.paths.lock().unwrap().1.remove(name);
    }

    pub(crate) fn fresh(&self) -> PathBuf {
        let mut paths = self.paths.lock().unwrap();
        paths.0 += 1;
        self.folder.path().join(format!("frame.{}.arrow", paths.0))
    }
}

impl FrameSource for Frames {
    fn names(&self) -> Vec<String> {
        self.paths.lock().unwrap().1.keys().cloned().collect()
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.paths.lock().unwrap().1.get(name).cloned()
    }
}

pub(crate) fn session() -> (DuckDb, Arc<Frames>) {
    let frames = Arc::new(Frames { folder: tempfile::tempdir().unwrap(), paths: Mutex::default() });
    let duck = DuckDb::in_memory().unwrap();
    duck.set_frames(frames.clone());
    (duck, frames)
}

pub(crate) fn write(frame: &DataFrame, path: &Path) {
    let mut writer = IpcWriter::new(File::create(path).unwrap()).with_compat_level(CompatLevel::newest());
    writer.finish(&mut frame.clone()).unwrap();
}

pub(crate) fn read(path: &Path) -> DataFrame {
    IpcReader::new(File::open(path).unwrap()).finish().unwrap()
}

pub(crate) fn sql(text: &str) -> Checked<Sql> {
    check(Sql::new(text), &Guard::write()).unwrap()
}

/// A result by way of a frame's file, as polars reads it.
pub(crate) fn frame_of(duck: &DuckDb, frames: &Frames, text: &str) -> DataFrame {
    let path = frames.fresh();
    let written = to_file(duck, text, &path).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    assert!(written.change.is_none(), "{text} gave no rows");
    read(&path)
}

pub(crate) fn to_file(duck: &DuckDb, text: &str, path: &Path) -> Result<Written, AgentsError> {
    query_to_ipc(duck, &sql(text), &Request::default(), path)
}

pub(crate) fn fails(duck: &DuckDb, text: &str) -> AgentsError {
    match preview(duck, &sql(text), &Request::default(), 10) {
        Err(error) => error,
        Ok(shown) => panic!("{text} gave {shown:?}"),
    }
}

pub(crate) fn runs(duck: &DuckDb, text: &str) -> synthbook_agents::warehouse::Preview {
    preview(duck, &sql(text), &Request::default(), 100).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// The single whole number that a query gives.
pub(crate) fn number(duck: &DuckDb, text: &str) -> i64 {
    use arrow_array::cast::AsArray;
    let shown = runs(duck, text);
    shown.batch.column(0).as_primitive::<arrow_array::types::Int64Type>().value(0)
}
