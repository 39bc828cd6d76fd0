//! How long `plan build` and `plan check` take, as ratios to `cp -r` of the same tree in the same run.
//!
//! `cargo bench` prints a table for 10 and for 100 clusters of 100 services and 20 tenants each: wall time, CPU time and
//! peak memory of the whole process. Every round runs each step once, interleaved, so that a busy machine disturbs all of
//! them alike; the least of the rounds counts. A step always gets a folder that never existed: on ext4, files that are
//! created where others were just deleted cost many times as much.
//!
//! Below it stands the share of the checks in a build. A second table says how the time of `plan check` grows from 1,000
//! to 10,000 services in one cluster, and another compares `plan diff` of two such trees, 1 % changed, with `diff -r` of
//! the same trees. The last two say what the proof alone costs from 10 to 4,000 namespaces, and what reading manifests
//! costs.
//!
//! `PLAN_BENCH_ROUNDS` (5) and `PLAN_BENCH_CLUSTERS` ("10 100"; "" leaves out the first two tables) change the run, `TMPDIR` the file system.

mod difference;
#[path = "generate.rs"]
mod generate;
#[path = "proof.rs"]
mod proof;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// What one run of a program took.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    cpu: Duration,
    /// Peak resident memory in bytes.
    memory: u64,
}

fn main() -> ExitCode {
    let number = |name: &str, usual: usize| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let rounds = number("PLAN_BENCH_ROUNDS", 5);
    let sizes = std::env::var("PLAN_BENCH_CLUSTERS").unwrap_or_else(|_| "10 100".to_owned());
    let mut builds: Vec<(usize, Cost)> = Vec::new();
    for clusters in sizes.split_whitespace().filter_map(|text| text.parse::<usize>().ok()) {
        if let Err(problem) = difference::measure(clusters, rounds) {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
        match measure(clusters, rounds) {
            Ok(build) => builds.push((clusters, build)),
            Err(problem) => {
                eprintln!("{problem}");
                return ExitCode::FAILURE;
            }
        }
    }
    if !builds.is_empty()
        && let Err(problem) = curve(rounds)
    {
        eprintln!("{problem}");
        return ExitCode::FAILURE;
    }
    proof::tables(rounds);
    if let [(small, few), .., (large, many)] = builds.as_slice() {
        let times = many.cpu.as_secs_f64() / few.cpu.as_secs_f64();
        println!(
            "\n{large} clusters cost {times:.1} times the CPU of {small} ({} times the input)",
            large / small
        );
    }
    ExitCode::SUCCESS
}

/// How `plan check` grows with the services of one cluster.
fn curve(rounds: usize) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| format!("a temporary folder: {error}"))?;
    let input = folder.path().join("migration.toml");
    println!("\n| services in one cluster | check: wall | CPU | CPU for 1,000 services |");
    println!("| --- | --- | --- | --- |");
    for services in [1_000, 2_000, 5_000, 10_000] {
        let text = generate::plan(1, services, 20);
        fs::write(&input, text).map_err(|error| format!("{}: {error}", input.display()))?;
        let mut best: Option<Cost> = None;
        for _ in 0..rounds {
            let mut check = Command::new(env!("CARGO_BIN_EXE_plan"));
            check.args(["--quiet", "check"]).arg(&input);
            let cost = run(check)?;
            best = Some(best.map_or(cost, |best| best.least(cost)));
        }
        let Some(best) = best else { return Err("no rounds".to_owned()) };
        let cpu = best.cpu.as_secs_f64();
        println!(
            "| {services} | {:.3} s | {cpu:.3} s | {:.3} s |",
            best.wall.as_secs_f64(),
            cpu * 1000.0 / services as f64
        );
    }
    Ok(())
}

fn measure(clusters: usize, rounds: usize) -> Result<Cost, String> {
    let folder = tempfile::tempdir().map_err(|error| format!("a temporary folder: {error}"))?;
    let text = generate::plan(clusters, 100, 20);
    let input = folder.path().join("plans/benchmark/migration.toml");
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(input.parent().unwrap_or(folder.path()))?;
        fs::write(&input, &text)
    };
    write().map_err(|error| format!("{}: {error}", input.display()))?;
    let plan = |arguments: &[&OsStr]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
        command.args(["--quiet"]).args(arguments);
        run(command)
    };
    let steps = ["cp -r", "build into an empty folder", "build that changes nothing", "check"];
    let mut best: [Option<Cost>; 4] = [None; 4];
    let mut files = 0;
    let mut bytes = 0;
    for round in 0..rounds {
        let out = folder.path().join(format!("out-{round}"));
        let copy = folder.path().join(format!("copy-{round}"));
        let build = [OsStr::new("build"), input.as_os_str(), OsStr::new("--out"), out.as_os_str()];
        let first = plan(&build)?;
        if files == 0 {
            (files, bytes) = size(&out).map_err(|error| format!("{}: {error}", out.display()))?;
        }
        let mut cp = Command::new("cp");
        cp.arg("-r").arg(&out).arg(&copy);
        let costs = [run(cp)?, first, plan(&build)?, plan(&[OsStr::new("check"), input.as_os_str()])?];
        for (best, cost) in best.iter_mut().zip(costs) {
            *best = Some(best.map_or(cost, |best| best.least(cost)));
        }
    }
    let [Some(cp), Some(build), ..] = best else { return Err("no rounds".to_owned()) };
    println!(
        "\n{clusters} clusters, 100 services and 20 tenants each: {files} files, {:.1} MB",
        bytes as f64 / 1e6
    );
    println!("| step | wall | CPU | wall / cp | CPU / cp | peak memory | bytes for each byte of the tree |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (step, cost) in steps.iter().zip(best.iter().flatten()) {
        println!(
            "| {step} | {:.3} s | {:.3} s | {:.2} | {:.2} | {:.1} MB | {:.2} |",
            cost.wall.as_secs_f64(),
            cost.cpu.as_secs_f64(),
            cost.wall.as_secs_f64() / cp.wall.as_secs_f64(),
            cost.cpu.as_secs_f64() / cp.cpu.as_secs_f64(),
            cost.memory as f64 / 1e6,
            cost.memory as f64 / bytes as f64,
        );
    }
    let checks =
        (0..rounds.max(1)).filter_map(|_| checks(&text)).min().ok_or("the benchmark plan is wrong")?;
    println!(
        "\nThe checks take {:.3} s of CPU, {:.1} % of a build into an empty folder.",
        checks.as_secs_f64(),
        checks.as_secs_f64() / build.cpu.as_secs_f64() * 100.0
    );
    Ok(build)
}

/// The CPU time of every check on a plan; nothing where it cannot be read.
fn checks(text: &str) -> Option<Duration> {
    let source = plan::source::Source::new("migration.toml", text);
    let mut found = Vec::new();
    let written = plan::decode::read::<plan::model::Plan>(&source, plan::PLAN, &mut found)?;
    let resolved = plan::resolve::resolve(&written, &plan::resolve::LockFile::default(), &mut found)?;
    let facts = plan::facts::derive(resolved, &[], &[]);
    // A check reads these files first, and a build writes them all the same.
    for cluster in facts.resolved.targets() {
        facts.ansible_of(cluster);
    }
    let before = own_cpu();
    plan::check::check(&facts, &mut found);
    Some(own_cpu() - before)
}

/// The CPU time of this process, all threads together.
fn own_cpu() -> Duration {
    let mut usage = unsafe { std::mem::zeroed::<libc::rusage>() };
    // SAFETY: the pointer is to a live value of the right type.
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    time(usage.ru_utime) + time(usage.ru_stime)
}

fn time(time: libc::timeval) -> Duration {
    Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000)
}

impl Cost {
    fn least(self, other: Cost) -> Cost {
        Cost {
            wall: self.wall.min(other.wall),
            cpu: self.cpu.min(other.cpu),
            memory: self.memory.min(other.memory),
        }
    }
}

/// The number of files below a folder, and their bytes.
fn size(folder: &Path) -> std::io::Result<(usize, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            files += 1;
            bytes += entry.metadata()?.len();
        }
    }
    Ok((files, bytes))
}

/// Runs a program to its end. `wait4` is the one call that tells the CPU time and the peak memory of one child.
fn run(mut command: Command) -> Result<Cost, String> {
    let what = format!("{command:?}");
    let start = Instant::now();
    let child = command.spawn().map_err(|error| format!("{what}: {error}"))?;
    let (mut status, mut usage) = (0, unsafe { std::mem::zeroed::<libc::rusage>() });
    let pid = child.id() as libc::pid_t;
    // SAFETY: both pointers are to live values of the right types, and nobody else waits for this child.
    let waited = unsafe { libc::wait4(pid, &mut status, 0, &mut usage) };
    let wall = start.elapsed();
    if waited != pid || !libc::WIFEXITED(status) || libc::WEXITSTATUS(status) != 0 {
        return Err(format!("{what}: ended with {status}"));
    }
    Ok(Cost { wall, cpu: time(usage.ru_utime) + time(usage.ru_stime), memory: usage.ru_maxrss as u64 * 1024 })
}
