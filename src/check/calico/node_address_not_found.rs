//! Calico finds an address on every node.

use super::{path, with_calico};
use crate::addresses::{Cidr, address};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::values::NodeAddress;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3124",
    name: "node-address-not-found",
    level: Level::Error,
    summary: "every node has an address in the networks where Calico looks for it",
    explanation: "calico-node takes the first address of the node that lies in `nodeAddressAutodetection.cidrs`. \
                  Where there is none it finds no address and exits, and this node alone stays `NotReady` \
                  (node/pkg/lifecycle/startup).",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
node_address = "cidr:192.168.2.0/24"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
node_address = "cidr:192.168.1.0/24"
"#,
    covers: &["CAL038"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(method) = &settings.written.node_address else { continue };
        let NodeAddress::Cidrs(cidrs) = &method.value else { continue };
        for family in cluster.pods.iter().map(Cidr::family) {
            let own: Vec<&Cidr> = cidrs.iter().filter(|cidr| cidr.family() == family).collect();
            // A node without any address of the family is a finding of its own.
            let outside = cluster.nodes().map(|host| facts.resolved.host(host)).filter(|host| {
                let mut addresses =
                    host.addresses.iter().filter(|ip| address::family(**ip) == family).peekable();
                addresses.peek().is_some() && !addresses.any(|ip| own.iter().any(|cidr| cidr.contains(*ip)))
            });
            let outside: Vec<_> = outside.collect();
            if own.is_empty() || outside.is_empty() {
                continue;
            }
            let lan: Vec<String> = facts.resolved.lan.cidrs.iter().map(Cidr::to_string).collect();
            let message = format!(
                "Calico finds no {family} address on {} of {} nodes of `{}`",
                outside.len(),
                cluster.nodes().count(),
                cluster.name
            );
            let mut finding = Diagnostic::new(&RULE, method.span, message)
                .here("it looks only here")
                .help(format!("write: node_address = \"cidr:{}\", or remove the key", lan.join(",")))
                .on(path(cluster));
            for host in outside.iter().take(3) {
                finding = finding.label(host.written.ip.span, format!("`{}` is outside", host.name));
            }
            found.push(finding);
        }
    }
}
