//! How long `plan diff` takes, as a ratio to `diff -r` of the same two trees in the same run.

use super::{Cost, generate, run};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Builds a platform and the same with 1 % of its services changed, and compares both, over and over.
pub fn measure(clusters: usize, rounds: usize) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| format!("a temporary folder: {error}"))?;
    let text = generate::plan(clusters, 100, 20);
    let trees = [("old", text.clone()), ("new", changed(&text))];
    for (name, text) in &trees {
        let input = folder.path().join(name).join("plans/benchmark/migration.toml");
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(input.parent().unwrap_or(folder.path()))?;
            fs::write(&input, text)
        };
        write().map_err(|error| format!("{}: {error}", input.display()))?;
        run(plan(&[OsStr::new("--quiet"), OsStr::new("build"), input.as_os_str()]))?;
    }
    let out = |name: &str| folder.path().join(name).join("out");
    let (old, new) = (out("old").join("benchmark"), out("new").join("benchmark"));
    let input = folder.path().join("new/plans/benchmark/migration.toml");
    let (name, of_plan) = (OsStr::new("diff"), OsStr::new("--exit-zero"));
    let steps: [(&str, &dyn Fn() -> Command); 4] = [
        ("diff -r", &|| diff_r(&old, &new)),
        ("plan diff --manifests", &|| {
            plan(&[name, of_plan, OsStr::new("--manifests"), old.as_os_str(), new.as_os_str()])
        }),
        ("plan diff, plan against tree", &|| {
            plan(&[name, of_plan, OsStr::new("--out"), out("old").as_os_str(), input.as_os_str()])
        }),
        ("plan check", &|| plan(&[OsStr::new("--quiet"), OsStr::new("check"), input.as_os_str()])),
    ];
    let mut best: [Option<Cost>; 4] = [None; 4];
    for _ in 0..rounds {
        for (best, (_, step)) in best.iter_mut().zip(&steps) {
            let cost = run(step())?;
            *best = Some(best.map_or(cost, |best| best.least(cost)));
        }
    }
    let Some(reference) = best[0] else { return Err("no rounds".to_owned()) };
    println!("\n{clusters} clusters, 1 % of the services changed:");
    println!("| step | wall | CPU | wall / diff -r | peak memory |");
    println!("| --- | --- | --- | --- | --- |");
    for ((step, _), cost) in steps.iter().zip(best.iter().flatten()) {
        println!(
            "| {step} | {:.3} s | {:.3} s | {:.2} | {:.1} MB |",
            cost.wall.as_secs_f64(),
            cost.cpu.as_secs_f64(),
            cost.wall.as_secs_f64() / reference.wall.as_secs_f64(),
            cost.memory as f64 / 1e6,
        );
    }
    Ok(())
}

/// Every hundredth service has another port.
fn changed(text: &str) -> String {
    let mut services = 0;
    let lines = text.lines().map(|line| {
        services += usize::from(line.starts_with("ports = "));
        let is_changed = line.starts_with("ports = ") && services % 100 == 1;
        if is_changed { line.replace("\"9090\"", "\"9091\"") } else { line.to_owned() }
    });
    lines.map(|line| line + "\n").collect()
}

fn plan(arguments: &[&OsStr]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
    command.args(arguments).stdout(Stdio::null());
    command
}

/// It ends with 1 where trees differ.
fn diff_r(old: &Path, new: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "diff -r \"$1\" \"$2\" || true", "sh"]).arg(old).arg(new).stdout(Stdio::null());
    command
}
