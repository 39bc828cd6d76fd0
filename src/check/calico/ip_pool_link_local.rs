//! Link-local addresses belong to the link.

use super::{pool_path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::net::IpAddr;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3115",
    name: "ip-pool-link-local",
    level: Level::Error,
    summary: "no IP pool holds link-local addresses",
    explanation: "Calico gives every pod the gateway 169.254.1.1 (fe80::ecee:eeff:feee:eeee) and answers \
        for \
                  it by proxy ARP, so these networks cannot hold pods; the API server refuses such a pool, the \
                  operator does not look (validator.go).",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "169.254.0.0/17"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/17"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"
"#,
    covers: &["CAL003"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for pool in &settings.pools {
            // Both ends and both directions: the pool inside of the link-local network, or around it.
            let link_local = match (pool.cidr.first(), pool.cidr.last()) {
                (IpAddr::V4(first), IpAddr::V4(last)) => {
                    first <= std::net::Ipv4Addr::new(169, 254, 255, 255)
                        && last >= std::net::Ipv4Addr::new(169, 254, 0, 0)
                }
                (IpAddr::V6(first), IpAddr::V6(last)) => {
                    first.segments()[0] <= 0xfebf && last.segments()[0] >= 0xfe80
                }
                _ => false,
            };
            if !link_local {
                continue;
            }
            let span = pool.written.map_or(pool.span, |written| written.cidr.span);
            let finding = Diagnostic::new(
                &RULE,
                span,
                format!("the IP pool `{}` ({}) holds link-local addresses", pool.name, pool.cidr),
            )
            .here("169.254.0.0/16 and fe80::/10 belong to the link")
            .help("write a private network, such as \"10.42.0.0/16\"")
            .on(pool_path(cluster, pool));
            found.push(finding);
        }
    }
}
