//! What is emitted allows what is declared and nothing else, asked naively: pod by pod, port by port.

use plan::connectivity::{Endpoint, Network, PortSet, PortSets, WorkloadId};
use plan::facts::flow::{Flow, Side};
use plan::facts::{ClusterWorld, Facts};
use plan::source::Source;

/// Whether a flow is about this end.
fn is_about(world: &ClusterWorld, side: &Side, end: &Endpoint) -> bool {
    match (side, end) {
        (Side::Pods(pods), Endpoint::Workload(id)) => world.select(pods).contains(id),
        (Side::Unrecognisable { .. }, _) => true,
        (Side::Blocks(blocks), Endpoint::Internet) => {
            blocks.iter().any(|block| block.cidr.prefix_length() == 0)
        }
        _ => false,
    }
}

fn declared(world: &ClusterWorld, flows: &[Flow], from: &Endpoint, to: &Endpoint) -> PortSets {
    let mut sets = PortSets::default();
    for flow in flows.iter().filter(|flow| is_about(world, &flow.from, from) && is_about(world, &flow.to, to))
    {
        if flow.ports.is_empty() {
            return PortSets::all();
        }
        for port in &flow.ports {
            let set = sets.get_mut(port.protocol);
            *set = set.union(&PortSet::range(port.first, port.last));
        }
    }
    sets
}

/// Open connections of isolated pods that no flow declares.
fn undeclared(facts: &Facts<'_>, staged: bool) -> (usize, Vec<String>) {
    let (mut asked, mut open) = (0, Vec::new());
    for cluster in facts.resolved.targets() {
        let world = ClusterWorld::new(facts, cluster, staged);
        let network = Network::new(&world.world);
        let flows = facts.flows_of(cluster.id);
        let unprotected = network.unprotected();
        let is_open = |end: &Endpoint, ingress: bool| match end {
            Endpoint::Workload(id) => (unprotected.iter())
                .any(|found| found.workload == *id && if ingress { found.ingress } else { found.egress }),
            _ => true,
        };
        let pods = (0..world.world.workloads.len()).map(|at| Endpoint::Workload(WorkloadId(at)));
        let ends: Vec<Endpoint> = pods.chain([Endpoint::Internet]).collect();
        for from in &ends {
            for to in ends.iter().filter(|to| *to != from) {
                if is_open(from, false) && is_open(to, true) {
                    continue;
                }
                asked += 1;
                let possibly = network.connection(from, to).possibly;
                let more = possibly.difference(&declared(&world, flows, from, to));
                if !more.is_empty() {
                    let name = |end: &Endpoint| match end {
                        Endpoint::Workload(id) => {
                            let workload = &world.world.workloads[id.0];
                            format!("{}/{}", workload.namespace, workload.name)
                        }
                        other => format!("{other:?}"),
                    };
                    open.push(format!(
                        "{} -> {}: {}",
                        name(from),
                        name(to),
                        plan::reach::words::ports(&more)
                    ));
                }
            }
        }
    }
    (asked, open)
}

#[test]
fn no_plan_opens_what_it_does_not_declare() {
    let mut total = 0;
    for path in crate::dialect::plans() {
        let plan = Source::new("migration.toml", std::fs::read_to_string(&path).unwrap());
        plan::judge(&plan::Inputs::new(plan), |facts, _| {
            for staged in [false, true] {
                let (asked, open) = undeclared(facts, staged);
                assert_eq!(open, Vec::<String>::new(), "{}", path.display());
                total += asked;
            }
        });
    }
    assert!(total > 10_000, "{total}");
}

#[test]
fn one_more_peer_or_port_is_noticed() {
    let text = include_str!("../plans/ml-platform/migration.toml");
    let mut found = Vec::new();
    let plan = plan::decode::read(&Source::new("plan", text), 0, &mut found).unwrap();
    let lock = plan::resolve::LockFile::default();
    let resolved = plan::resolve::resolve(&plan, &lock, &mut found).unwrap();
    let mut facts = plan::facts::derive(resolved, &[], &[]);
    let is_dns = |guard: &&mut plan::facts::Guard| !guard.staged && guard.policy.name == "allow-dns";
    let guard = facts.guards.iter_mut().find(is_dns).unwrap();
    guard.policy.egress.as_mut().unwrap()[0].ports = plan::connectivity::Ports::All;
    let (_, open) = undeclared(&facts, false);
    assert!(open.iter().any(|line| line.contains(" -> kube-system/kube-dns: ")), "{open:#?}");
}
