//! Two clusters that are alive at once keep their networks apart.

use crate::check::{Check, alive_together};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2010",
    name: "overlapping-clusters",
    level: Level::Warning,
    summary: "clusters that are alive at once have networks of their own",
    explanation: "As long as both clusters stay behind their nodes' addresses nothing happens. Once one \
        of them routes pod \
                  addresses on the LAN (BGP, `nat_outgoing = false`), a pod calls an address of the other cluster, or a \
                  firewall rule names a pod network, the two cannot be told apart; and networks cannot change while a \
                  cluster lives.",
    fails: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.42.0.0/16"
services = "10.53.0.0/16"
"#,
    passes: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
"#,
    covers: &["CAL052"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for (at, second) in resolved.clusters.iter().enumerate() {
        for first in resolved.clusters[..at].iter().filter(|first| alive_together(first, second)) {
            // Networks of a cluster that is alive cannot change, so it is the new one that gives way.
            let (first, second) =
                if first.replaces == Some(second.id) { (second, first) } else { (first, second) };
            for one in super::networks(first) {
                for other in super::networks(second).filter(|other| other.cidr.overlaps(&one.cidr)) {
                    let message = format!(
                        "the {} of `{}` ({}) and the {} of `{}` ({}) overlap while both are alive",
                        one.many, first.name, one.cidr, other.many, second.name, other.cidr
                    );
                    let finding = Diagnostic::new(&RULE, other.span, message)
                        .here("overlaps")
                        .label(one.span, format!("the network of `{}`", first.name))
                        .help(format!(
                            "give `{}` another network, such as \"10.52.0.0/16\" for pods and \
                            \"10.53.0.0/16\" for Services",
                            second.name
                        ))
                        .on(format!("clusters.{}", second.name));
                    found.push(finding);
                }
            }
        }
    }
}
