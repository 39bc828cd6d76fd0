//! A Service is called by its name, never by its address.

use crate::check::Check;
use crate::connectivity::{Direction, Peer, Peers};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::flow::{Kind, Side};
use crate::resolve::Cluster;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5010",
    name: "address-of-a-service",
    level: Level::Error,
    summary: "what is called by its address is no Service of the same cluster",
    explanation: "The address of a Service is replaced by that of one of its pods before a policy is asked (kube-proxy, Calico and \
                  Cilium do so alike; calico issue 10664). A rule about the address matches no packet: the caller is shut in, \
                  and sees a timeout. The name of the service says which pods and which port are meant, on both sides.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80:8080" }
ip = "192.168.1.210"

[tenants.search]
needs = ["192.168.1.210/32"]
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80:8080" }
ip = "192.168.1.210"

[tenants.search]
needs = ["web"]
"#,
    covers: &["CAL094"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        of_cluster(facts, cluster, found);
    }
}

fn of_cluster(facts: &Facts<'_>, cluster: &Cluster<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut whose = BTreeMap::new();
    for service in resolved.services_of(cluster.id) {
        whose.extend(service.addresses.iter().map(|address| (*address, service.path())));
    }
    for runtime in resolved.runtimes_of(cluster.id) {
        whose.extend(runtime.mesh.iter().map(|address| (*address, runtime.path(resolved))));
    }
    let mut told = BTreeSet::new();
    for flow in facts.flows_of(cluster.id).iter().filter(|flow| flow.kind == Kind::Call) {
        let (Side::Pods(from), Side::Blocks(blocks)) = (&flow.from, &flow.to) else { continue };
        let namespace = resolved.find_namespace(cluster.id, &from.namespace);
        if !namespace.is_some_and(|namespace| namespace.is_guarded()) {
            continue;
        }
        for block in blocks.iter().filter(|block| block.cidr.first() == block.cidr.last()) {
            let Some(path) = whose.get(&block.cidr.first()) else { continue };
            if !told.insert(flow.span) {
                continue;
            }
            let address = block.cidr.first();
            let message = format!("`{}` calls {address}, which is the address of `{path}`", flow.from_table);
            let finding = Diagnostic::new(&RULE, flow.span, message)
                .here("no packet has this address when a policy is asked")
                .help(format!("write the name in place of the address: \"{path}\""))
                .on(flow.from_table.clone());
            found.push(finding);
        }
    }
    // A policy of the plan's own that lets pods call such an address lets them call nothing.
    for raw in facts.raw_policies.iter().filter(|raw| raw.cluster == cluster.id) {
        let rules = raw.policy.egress.iter().flatten().zip(raw.places.rules(Direction::Egress));
        for (rule, places) in rules {
            let Peers::Listed(peers) = &rule.peers else { continue };
            for (peer, span) in peers.iter().zip(&places.peers) {
                let Peer::Block { cidr, .. } = peer else { continue };
                let Some((address, path)) = whose.iter().find(|(address, _)| IpNet::from(**address) == *cidr)
                else {
                    continue;
                };
                let message = format!("`{}` opens {address}, which is the address of `{path}`", raw.path);
                let finding = Diagnostic::new(&RULE, *span, message)
                    .here("no packet has this address when a policy is asked")
                    .help("select the pods behind it, on the port of the pod")
                    .on(raw.path.clone());
                found.push(finding);
            }
        }
    }
}
