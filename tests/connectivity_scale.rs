//! A leak and a gap are found among many; `cargo bench` says what that costs.

#[path = "../benches/cluster.rs"]
mod cluster;

use cluster::{WORKLOADS, flows, leaks, manifests, world};
use plan::connectivity::Network;
use plan::manifests::Manifests;
use plan::source::Source;

/// The same cluster must not be proved because nothing is looked at.
#[test]
fn a_leak_and_a_gap_are_found_among_many() {
    let namespaces = 40;
    let good = Network::new(&world(namespaces, None));
    assert_eq!(good.prove(&flows(namespaces)), []);
    assert_eq!(leaks(&good, namespaces), []);

    let leaky = Network::new(&world(namespaces, Some("leak")));
    assert_eq!(leaky.prove(&flows(namespaces)), []);
    assert_eq!(leaks(&leaky, namespaces), [(1, 2)]);

    let gap = Network::new(&world(namespaces, Some("gap")));
    let failures = gap.prove(&flows(namespaces));
    assert_eq!(failures.len(), WORKLOADS);
    assert_eq!(leaks(&gap, namespaces), []);
}

/// What is measured as values and as manifests is the same cluster.
#[test]
fn manifests_of_the_cluster_say_the_same() {
    let values = world(8, None);
    let read = Manifests::read(&[Source::new("cluster.yaml", manifests(8))]);
    assert!(read.found.is_empty(), "{:#?}", read.found);
    assert_eq!(read.world.workloads.len(), values.workloads.len());
    let sorted = |mut policies: Vec<plan::connectivity::Policy>| {
        policies.sort();
        policies
    };
    assert_eq!(sorted(read.world.policies), sorted(values.policies));
}
