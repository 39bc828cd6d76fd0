//! IP in IP carries IPv4 only.

use super::{encapsulation_span, pool_path, with_calico};
use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Encapsulation;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3105",
    name: "ipip-over-ipv6",
    level: Level::Error,
    summary: "a pool of IPv6 addresses does not use IP in IP",
    explanation: "The kernel's ipip tunnel has no IPv6 form that Calico uses; the operator \
                  (installation/validation.go) and the API server both refuse such a pool, the one by reporting \
                  Degraded, the other with an error.",
    fails: r#"[lan]
cidr = ["192.168.1.0/24", "fd00:1::/64"]

[hosts]
node-1 = { ip = ["192.168.1.11", "fd00:1::11"] }
node-2 = { ip = ["192.168.1.12", "fd00:1::12"] }

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = ["10.42.0.0/16", "fd00:42::/56"]
services = ["10.43.0.0/16", "fd00:43::/112"]

[clusters.main.calico]
version = "v3.30.7"
encapsulation = "IPIP"
bgp = true
"#,
    passes: r#"[lan]
cidr = ["192.168.1.0/24", "fd00:1::/64"]

[hosts]
node-1 = { ip = ["192.168.1.11", "fd00:1::11"] }
node-2 = { ip = ["192.168.1.12", "fd00:1::12"] }

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = ["10.42.0.0/16", "fd00:42::/56"]
services = ["10.43.0.0/16", "fd00:43::/112"]

[clusters.main.calico]
version = "v3.30.7"
encapsulation = "VXLAN"
"#,
    covers: &["CAL017"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for pool in settings.pools.iter().filter(|pool| pool.cidr.family() == Family::V6) {
            if !matches!(pool.encapsulation, Encapsulation::Ipip | Encapsulation::IpipCrossSubnet) {
                continue;
            }
            let message = format!(
                "the IPv6 pool `{}` of `{}` uses {}",
                pool.name,
                cluster.name,
                pool.encapsulation.word()
            );
            let finding = Diagnostic::new(&RULE, encapsulation_span(settings, pool), message)
                .here("IPv4 only")
                .label(pool.span, "the pool")
                .help(
                    "write: encapsulation = \"VXLAN\"; or declare `pools` and give the IPv6 one \
                    \"None\" or \"VXLAN\"",
                )
                .on(pool_path(cluster, pool));
            found.push(finding);
        }
    }
}
