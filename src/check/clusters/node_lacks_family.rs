//! A node has an address of every family that its pods have.

use crate::addresses::{Cidr, address};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3007",
    name: "node-lacks-family",
    level: Level::Error,
    summary: "a node has an address of every family of its cluster",
    explanation: "The kubelet reports one address of each family, and Calico builds its routes and tunnels \
                  between these. On a node without an IPv6 address in a dual-stack cluster, calico-node finds \
                  none and exits, and the node stays `NotReady`.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = ["10.42.0.0/16", "fd00:42::/56"]
services = ["10.43.0.0/16", "fd00:43::/112"]
"#,
    passes: r#"[lan]
cidr = ["192.168.1.0/24", "fd00:1::/64"]
gateway = "192.168.1.1"

[hosts]
node-1 = { ip = ["192.168.1.11", "fd00:1::11"] }

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = ["10.42.0.0/16", "fd00:42::/56"]
services = ["10.43.0.0/16", "fd00:43::/112"]
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        for family in crate::addresses::Family::BOTH {
            if !cluster.pods.iter().map(Cidr::family).any(|of_pods| of_pods == family) {
                continue;
            }
            let lacking = cluster.nodes().map(|host| facts.resolved.host(host));
            for host in lacking.filter(|host| host.addresses.iter().all(|ip| address::family(*ip) != family))
            {
                let message = format!(
                    "the pods of `{}` have {family}, and its node `{}` has no {family} address",
                    cluster.name, host.name
                );
                let finding = Diagnostic::new(&RULE, host.written.ip.span, message)
                    .here(format!("no {family} address"))
                    .label(cluster.written.pods.span, "the pod networks")
                    .help(format!("add its {family} address: ip = [\"IPv4\", \"IPv6\"]"))
                    .on(format!("hosts.{}", host.name));
                found.push(finding);
            }
        }
    }
}
