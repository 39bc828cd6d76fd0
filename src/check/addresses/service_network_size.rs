//! A Service network is neither larger than the API server takes nor too small for the cluster's DNS.

use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Distribution;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2016",
    name: "service-network-size",
    level: Level::Error,
    summary: "a Service network has a size that the API server takes",
    explanation: "The API server keeps the addresses of Services in one bitmap of at most 20 bits and \
        does not start with a \
                  larger network: /12 for IPv4, /108 for IPv6 (K3s documents /112). The cluster's DNS gets the tenth \
                  address, so a network has at least sixteen.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.64.0.0/11"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.64.0.0/12"
"#,
    covers: &["CAL059", "NET-03"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        for written in cluster.written.services.value.iter() {
            let least = match (written.value.family(), cluster.distribution) {
                (Family::V4, _) => 12,
                (Family::V6, Distribution::K3s) => 112,
                (Family::V6, Distribution::Kubeadm) => 108,
            };
            let length = written.value.prefix_length();
            let (message, here) = if length < least {
                (
                    format!(
                        "the Service network {} of `{}` is larger than /{least}",
                        written.value, cluster.name
                    ),
                    "too large",
                )
            } else if written.value.nth(10).is_none() {
                let message = format!(
                    "the Service network {} of `{}` has no tenth address for DNS",
                    written.value, cluster.name
                );
                (message, "too small")
            } else {
                continue;
            };
            let usual = if written.value.family() == Family::V4 { "10.43.0.0/16" } else { "fd00:43::/112" };
            let finding = Diagnostic::new(&RULE, written.span, message)
                .here(here)
                .help(format!("write a network such as \"{usual}\""))
                .on(format!("clusters.{}.services", cluster.name));
            found.push(finding);
        }
    }
}
