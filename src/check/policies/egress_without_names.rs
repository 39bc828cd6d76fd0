//! Pods whose egress a raw policy isolates still resolve names.

use crate::check::Check;
use crate::connectivity::{Direction, Endpoint, Protocol};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, Origin};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5009",
    name: "egress-without-names",
    level: Level::Warning,
    summary: "pods that a raw policy lets call something reach the cluster's DNS over UDP and TCP",
    explanation: "A policy with `Egress` isolates the pods that it selects, DNS included, and in a namespace that the plan \
                  leaves open nothing else lets them resolve a name: every other rule is then useless, because the client \
                  never learns an address. TCP is needed too: an answer that does not fit into a datagram is asked for again. \
                  A policy without any egress rule is taken to mean that its pods call nobody.",
    fails: r#"[namespaces.web]
policy = "open"

[policies.calls]
metadata = { namespace = "web" }
spec = { podSelector = { }, policyTypes = ["Egress"], egress = [{ to = [{ ipBlock = { cidr = "192.168.1.0/24" } }] }] }
"#,
    passes: r#"[namespaces.web]
policy = "open"

[policies.calls]
metadata = { namespace = "web" }
spec = { podSelector = { }, policyTypes = ["Egress"] }
"#,
    covers: &["CAL089", "POL-01", "POL-09"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if facts.raw_policies.is_empty() {
        return;
    }
    for cluster in facts.resolved.targets() {
        let judged = facts.judged(cluster);
        let world = &judged.world;
        let Some(dns) = world.namespace("kube-system").first() else { continue };
        for (origin, policy) in world.origins.iter().zip(&world.world.policies) {
            let Origin::Raw(at) = *origin else { continue };
            if policy.rules(Direction::Egress).is_none_or(<[_]>::is_empty) {
                continue;
            }
            let pods = world.namespace(&policy.namespace).iter();
            let mut selected = pods.filter(|id| policy.pods.matches(&world.world.workloads[id.0].labels));
            let blocked = |protocol: Protocol| {
                selected.clone().any(|id| {
                    let (from, to) = (Endpoint::Workload(*id), Endpoint::Workload(*dns));
                    !judged.network.allowed(&from, &to, protocol, 53).is_allowed()
                })
            };
            let missing: Vec<&str> = [Protocol::Udp, Protocol::Tcp]
                .into_iter()
                .filter(|protocol| blocked(*protocol))
                .map(|protocol| protocol.name())
                .collect();
            if missing.is_empty() || selected.next().is_none() {
                continue;
            }
            let raw = &facts.raw_policies[at];
            let words = missing.join(" and ");
            let message = format!(
                "pods of `{}` that `{}` selects resolve no names over {words}",
                policy.namespace, raw.path
            );
            let finding = Diagnostic::new(&RULE, raw.places.name, message)
                .here("isolates the egress, and no rule allows port 53")
                .help(
                    "add to `egress`: { to = [{ namespaceSelector = { matchLabels = { \"kubernetes.io/metadata.name\" = \
                     \"kube-system\" } } }], ports = [{ protocol = \"UDP\", port = 53 }, { protocol = \"TCP\", port = 53 }] }",
                )
                .on(raw.path.clone());
            found.push(finding);
        }
    }
}
