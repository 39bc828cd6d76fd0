//! The address of a node is not one that wanders between nodes.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::values::NodeAddress;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3138",
    name: "first-found-with-shared-address",
    level: Level::Warning,
    summary: "Calico does not guess a node's address where the servers share one more",
    explanation: "`first-found` takes the first address of the first interface that looks usable. On the server that holds \
                  the shared address of the API at that moment it may be that one (projectcalico/calico#5094, #6711): two \
                  nodes then claim one tunnel endpoint after the address has moved, and pods of one of them are cut off. \
                  The kubelet knows its own address, and the networks of the nodes are known too.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
api_address = "192.168.1.80"

[clusters.main.calico]
version = "v3.30.7"
node_address = "first-found"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
api_address = "192.168.1.80"

[clusters.main.calico]
version = "v3.30.7"
node_address = "NodeInternalIP"
"#,
    covers: &["CAL037"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(written) = &settings.written.node_address else { continue };
        let Some(shared) = &cluster.written.api_address else { continue };
        if written.value != NodeAddress::FirstFound {
            continue;
        }
        let message = format!("Calico may take {} for the address of a node", shared.value);
        let finding = Diagnostic::new(&RULE, written.span, message)
            .here("takes the first address that it sees")
            .label(shared.span, "which the servers share")
            .help("write: node_address = \"NodeInternalIP\"")
            .on(path(cluster));
        found.push(finding);
    }
}
