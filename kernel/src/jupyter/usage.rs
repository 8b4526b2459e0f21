//! What the kernel and its child processes use of the machine, read from `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Map, Value, json};

/// Clock ticks a second in `/proc`: fixed at 100 for user space on Linux.
const TICKS: f64 = 100.0;

/// Measures; the CPU's share is that since the last measurement.
#[derive(Default)]
pub(crate) struct Usage {
    last: Mutex<Option<Sample>>,
}

struct Sample {
    at: Instant,
    /// CPU seconds of each process of the tree.
    processes: BTreeMap<u32, f64>,
    host_busy: f64,
    host_total: f64,
}

impl Usage {
    /// The content of a `usage_reply`: shares in percent of one CPU, memory in bytes.
    pub(crate) fn measure(&self) -> Value {
        let pid = std::process::id();
        let tree = tree(pid);
        let memory: u64 = tree.iter().map(|pid| memory_of(*pid)).sum();
        let (host_busy, host_total) = host_cpu();
        let processes: BTreeMap<u32, f64> = tree.iter().map(|pid| (*pid, cpu_of(*pid))).collect();
        let sample = Sample { at: Instant::now(), processes, host_busy, host_total };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (kernel_cpu, host_cpu) = last.as_ref().map_or((0.0, 0.0), |before| sample.since(before));
        *last = Some(sample);
        json!({
            "status": "ok",
            "hostname": fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim(),
            "pid": pid,
            "kernel_cpu": kernel_cpu,
            "kernel_memory": memory,
            "host_cpu_percent": host_cpu,
            "cpu_count": std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            "host_virtual_memory": host_memory(),
        })
    }
}

impl Sample {
    fn since(&self, before: &Self) -> (f64, f64) {
        let seconds = self.at.duration_since(before.at).as_secs_f64().max(1e-3);
        let used: f64 = self.processes.iter().map(|(pid, cpu)| cpu - before.processes.get(pid).unwrap_or(&0.0)).sum();
        let host = (self.host_busy - before.host_busy) / (self.host_total - before.host_total).max(1e-9);
        (percent(used / seconds), percent(host))
    }
}

fn percent(share: f64) -> f64 {
    (share.max(0.0) * 1000.0).round() / 10.0
}

/// The process and all that descend from it.
fn tree(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if let Some(pid) = pid
            && let Some(parent) = stat(pid, 1).and_then(|text| text.parse().ok())
        {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(pid) = found.get(next) {
        found.extend(children.remove(pid).unwrap_or_default());
        next += 1;
    }
    found
}

/// A field of `/proc/PID/stat`, counted from the one after the command's name.
fn stat(pid: u32, field: usize) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    fields.split_whitespace().nth(field).map(str::to_owned)
}

fn cpu_of(pid: u32) -> f64 {
    let ticks = |field| stat(pid, field).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS
}

/// The proportional share, so that what a process and its forks hold in common counts once; else the resident set.
fn memory_of(pid: u32) -> u64 {
    let kilobytes = |file: &str, key: &str| {
        let text = fs::read_to_string(format!("/proc/{pid}/{file}")).ok()?;
        field(&text, key)
    };
    kilobytes("smaps_rollup", "Pss:").or_else(|| kilobytes("status", "VmRSS:")).unwrap_or(0) * 1024
}

fn host_cpu() -> (f64, f64) {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = line.split_whitespace().skip(1).take(8).filter_map(|tick| tick.parse().ok()).collect();
    let total: f64 = ticks.iter().sum();
    let idle: f64 = ticks.iter().skip(3).take(2).sum();
    (total - idle, total)
}

fn host_memory() -> Map<String, Value> {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let bytes = |key: &str| field(&text, key).unwrap_or(0) * 1024;
    let (total, available, free) = (bytes("MemTotal:"), bytes("MemAvailable:"), bytes("MemFree:"));
    let used = total.saturating_sub(available);
    let share = percent(used as f64 / (total as f64).max(1.0));
    Map::from_iter([
        ("total".to_owned(), json!(total)),
        ("available".to_owned(), json!(available)),
        ("percent".to_owned(), json!(share)),
        ("used".to_owned(), json!(used)),
        ("free".to_owned(), json!(free)),
    ])
}

fn field(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_process_shows_its_share_and_its_memory() {
        let usage = Usage::default();
        let first = usage.measure();
        assert_eq!(first["pid"], std::process::id());
        assert_eq!(first["kernel_cpu"], 0.0);
        assert!(first["kernel_memory"].as_u64().unwrap() > 1024 * 1024);
        assert!(first["host_virtual_memory"]["total"].as_u64().unwrap() > first["kernel_memory"].as_u64().unwrap());
        let mut number = 1_u64;
        let begin = cpu_of(std::process::id());
        while cpu_of(std::process::id()) < begin + 0.05 {
            for _ in 0..10_000 {
                number = std::hint::black_box(number.wrapping_mul(31).wrapping_add(7));
            }
        }
        assert!(usage.measure()["kernel_cpu"].as_f64().unwrap() > 0.0);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the tree needs a child")]
    fn the_tree_holds_the_children() {
        let mut child = std::process::Command::new("sleep").arg("30").spawn().unwrap();
        assert!(tree(std::process::id()).contains(&child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
