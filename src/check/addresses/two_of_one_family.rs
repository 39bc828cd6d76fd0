//! Where there is one address for each family, there are not two of one.

use crate::addresses::{Address, Cidr, Family, address};
use crate::check::Check;
use crate::decode::OneOrMany;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::source::{Located, Span};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2014",
    name: "two-of-one-family",
    level: Level::Error,
    summary: "hosts, Services and the networks of a cluster have at most one address of each family",
    explanation: "Kubernetes takes at most one pod network, one Service network and one node address of \
        each family \
                  (`--cluster-cidr` refuses two of one family), and MetalLB takes at most two pinned addresses, of \
                  different families (controller/service.go). Several IPv4 networks for pods are several Calico pools \
                  inside one network.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = ["10.42.0.0/16", "10.44.0.0/16"]
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"
pools = { main = { cidr = "10.42.0.0/16" } }
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    covers: &["SV005"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let of_address = |ip: &Address| address::family(*ip);
    if let Some(gateway) = &resolved.plan.lan.value.gateway {
        report(gateway.value.0.as_slice(), of_address, "lan.gateway", found);
    }
    for host in &resolved.hosts {
        report(&host.written.ip.value.0, of_address, &format!("hosts.{}.ip", host.name), found);
    }
    for cluster in &resolved.clusters {
        let networks: [(&str, &OneOrMany<Cidr>); 2] =
            [("pods", &cluster.written.pods.value), ("services", &cluster.written.services.value)];
        for (key, list) in networks {
            report(&list.0, Cidr::family, &format!("clusters.{}.{key}", cluster.name), found);
        }
    }
    for wanting in super::wanting::wanting(resolved) {
        report(&wanting.pins, of_address, &wanting.path, found);
    }
}

fn report<T>(list: &[Located<T>], family: impl Fn(&T) -> Family, path: &str, found: &mut Vec<Diagnostic>) {
    let mut first: [Option<Span>; 2] = [None, None];
    for item in list {
        let family = family(&item.value);
        let Some(before) = first[family as usize].replace(item.span) else { continue };
        let message = format!("`{path}` has two {family} entries, and takes one of each family");
        let finding = Diagnostic::new(&RULE, item.span, message)
            .here(format!("a second {family} entry"))
            .label(before, "the first one")
            .help("keep one of each family")
            .on(path);
        found.push(finding);
    }
}
