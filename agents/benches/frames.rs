//! How fast DuckDB reads frames, against the same rows in a table of its own, in one run.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use polars::prelude::*;
use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{DuckDb, FrameSource, Guard, Request, Sql, check, preview, query_to_ipc};

const ROWS: i64 = 5_000_000;
const REPEATS: usize = 7;

struct One(PathBuf);

impl FrameSource for One {
    fn names(&self) -> Vec<String> {
        vec!["f".to_owned()]
    }

    fn path(&self, _name: &str) -> Option<PathBuf> {
        Some(self.0.clone())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
    let path = folder.path().join("f.1.arrow");
    let mut frame = df!(
        "k" => (0..ROWS).map(|row| row * 7919 % 1000).collect::<Vec<_>>(),
        "x" => (0..ROWS).map(|row| (row * 31 % 977) as f64).collect::<Vec<_>>(),
        "t" => (0..ROWS).map(|row| format!("category {}", row % 50)).collect::<Vec<_>>(),
    )?;
    IpcWriter::new(std::fs::File::create(&path)?).with_compat_level(CompatLevel::newest()).finish(&mut frame)?;
    drop(frame);

    let (duck, opened) = timed(DuckDb::in_memory)?;
    println!("open a database: {opened:?}");
    duck.set_frames(Arc::new(One(path)));
    println!("first query over the frame: {:?}", timed(|| ask(&duck, "SELECT count(*) FROM f"))?.1);
    ask(&duck, "CREATE TABLE native AS FROM f")?;
    println!("SELECT 1: {:?}", median(|| ask(&duck, "SELECT 1"))?);
    for (what, select, group) in [
        ("group by a number", "k, sum(x), avg(x), count(*)", "k"),
        ("group by a text", "t, sum(x), count(*)", "t"),
        ("sum of a column", "sum(x)", "()"),
    ] {
        let frame = median(|| ask(&duck, &format!("SELECT {select} FROM f GROUP BY {group}")))?;
        let native = median(|| ask(&duck, &format!("SELECT {select} FROM native GROUP BY {group}")))?;
        println!("{what}: frame {frame:?}, native {native:?}, ratio {:.2}", frame.as_secs_f64() / native.as_secs_f64());
    }
    let written = folder.path().join("written.arrow");
    let sql = check(Sql::new("FROM native"), &Guard::write())?;
    let (_, time) = timed(|| query_to_ipc(&duck, &sql, &Request::default(), &written))?;
    println!("write {ROWS} rows as a frame: {time:?}");
    Ok(())
}

fn ask(duck: &DuckDb, sql: &str) -> Result<(), AgentsError> {
    preview(duck, &check(Sql::new(sql), &Guard::write())?, &Request::default(), 10_000).map(drop)
}

fn timed<T>(work: impl FnOnce() -> Result<T, AgentsError>) -> Result<(T, Duration), AgentsError> {
    let start = Instant::now();
    let result = work()?;
    Ok((result, start.elapsed()))
}

fn median(work: impl Fn() -> Result<(), AgentsError>) -> Result<Duration, AgentsError> {
    let mut times = (0..REPEATS).map(|_| timed(&work).map(|((), time)| time)).collect::<Result<Vec<_>, _>>()?;
    times.sort();
    Ok(times[REPEATS / 2])
}
