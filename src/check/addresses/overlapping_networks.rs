//! Inside a cluster, an address says whether it is a pod, a Service or a machine.

use crate::addresses::AddressRange;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::Cluster;
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2009",
    name: "overlapping-networks",
    level: Level::Error,
    summary: "pods, Services and machines have networks of their own",
    explanation: "A node sends packets for pod addresses into the overlay, and Calico does not rewrite \
        the source of traffic \
                  between addresses of its pools. Where the LAN or an external machine lies inside the pod network, nodes \
                  cannot be reached from pods (calico#1401); Calico's own default of 192.168.0.0/16 does this on most home \
                  networks. Where pods and Services overlap, kube-proxy swallows packets for pods.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "192.168.0.0/17"
services = "10.43.0.0/16"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
"#,
    covers: &["CAL004", "CAL005", "NET-02"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let machines = machines(facts);
    for cluster in &facts.resolved.clusters {
        let networks: Vec<_> = super::networks(cluster).collect();
        for (at, network) in networks.iter().enumerate() {
            for other in &networks[at + 1..] {
                if network.of != other.of && network.cidr.overlaps(&other.cidr) {
                    let message = format!(
                        "the pods {} and the Services {} of `{}` overlap",
                        network.cidr, other.cidr, cluster.name
                    );
                    found.push(finding(cluster, other.span, message, network.span, "the pod network"));
                }
            }
            let range = AddressRange::from(network.cidr);
            let mut covered: Option<AddressRange> = None;
            for (machine, what, span) in &machines {
                // What is on an overlapping LAN overlaps as well; the LAN is told first, and once.
                if range.overlap(machine).is_none()
                    || covered.is_some_and(|lan| lan.overlap(machine).is_some())
                {
                    continue;
                }
                covered = covered.or(Some(*machine));
                let message = format!(
                    "the {} network {} of `{}` holds \
                        {what}",
                    network.of, network.cidr, cluster.name
                );
                found.push(finding(cluster, network.span, message, *span, what));
            }
        }
    }
}

fn finding(cluster: &Cluster<'_>, span: Span, message: String, other: Span, what: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, message)
        .here("overlaps")
        .label(other, what)
        .help(
            "take private networks that nothing else here uses, such as \"10.42.0.0/16\" for pods and \
            \"10.43.0.0/16\" for Services",
        )
        .on(format!("clusters.{}", cluster.name))
}

/// The LAN, then every machine.
fn machines(facts: &Facts<'_>) -> Vec<(AddressRange, String, Span)> {
    let resolved = &facts.resolved;
    let mut all = Vec::new();
    for lan in &resolved.plan.lan.value.cidr.value.0 {
        all.push((AddressRange::from(lan.value), format!("the LAN {}", lan.value), lan.span));
    }
    for host in &resolved.hosts {
        let addresses = host.written.ip.value.iter();
        all.extend(addresses.map(|ip| {
            (AddressRange::single(ip.value), format!("the host `{}` ({})", host.name, ip.value), ip.span)
        }));
    }
    for external in &resolved.externals {
        let addresses = external.written.ip.iter().flat_map(|ip| ip.value.iter());
        all.extend(addresses.map(|ip| {
            (
                AddressRange::single(ip.value),
                format!(
                    "`external.{}` \
                ({})",
                    external.name, ip.value
                ),
                ip.span,
            )
        }));
    }
    all
}
