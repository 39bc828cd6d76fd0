//! What it costs to prove a large cluster, as a curve, and apart from that what it costs to read one.

#[path = "cluster.rs"]
mod cluster;

use cluster::{NAMESPACES, flows, leaks, manifests, world};
use plan::connectivity::Network;
use plan::manifests::Manifests;
use plan::source::Source;
use std::time::{Duration, Instant};

const SIZES: [usize; 4] = [10, 100, 1_000, 4_000];

/// Prints two tables. Every step runs on one core; the least of the rounds counts.
pub fn tables(rounds: usize) {
    println!(
        "\n| namespaces | workloads | policies | flows | tenant pairs | compile | flows proved | pairs proved | all | grouped matrix |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for namespaces in SIZES {
        let world = world(namespaces, None);
        let flows = flows(namespaces);
        let mut least = [Duration::MAX; 4];
        for _ in 0..rounds {
            let (network, compile) = timed(|| Network::new(&world));
            let (failures, prove) = timed(|| network.prove(&flows));
            let (leaks, isolate) = timed(|| leaks(&network, namespaces));
            let (matrix, group) = timed(|| network.matrix());
            assert!(failures.is_empty() && leaks.is_empty() && !matrix.cells.is_empty());
            for (least, cost) in least.iter_mut().zip([compile, prove, isolate, group]) {
                *least = (*least).min(cost);
            }
        }
        let tenants = namespaces / NAMESPACES;
        let [compile, prove, isolate, group] = least;
        println!(
            "| {namespaces} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            world.workloads.len(),
            world.policies.len(),
            flows.len(),
            tenants * tenants.saturating_sub(1),
            shown(compile),
            shown(prove),
            shown(isolate),
            shown(compile + prove + isolate),
            shown(group),
        );
    }
    println!("\n| namespaces | manifests | read | rate |");
    println!("| --- | --- | --- | --- |");
    for namespaces in [10, 100, 1_000] {
        let text = manifests(namespaces);
        let size = text.len() as f64 / 1e6;
        let sources = [Source::new("cluster.yaml", text)];
        let cost =
            (0..rounds.min(3)).map(|_| timed(|| Manifests::read(&sources)).1).min().unwrap_or_default();
        println!("| {namespaces} | {size:.1} MB | {} | {:.0} MB/s |", shown(cost), size / cost.as_secs_f64());
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let made = work();
    (made, start.elapsed())
}

fn shown(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
