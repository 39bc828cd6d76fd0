//! A node port belongs to one Service of a cluster.

use super::node_ports::{cluster_of, node_ports};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4505",
    name: "duplicate-node-port",
    level: Level::Error,
    summary: "no two services of a cluster have one node port",
    explanation: "The API server gives a node port to one Service and refuses it to the next (\"provided port is already \
                  allocated\"): of two services that claim it, one does not have it today, or its last apply failed \
                  unseen.",
    fails: "[services.a]\nnamespace = \"web\"\nselector = { app = \"a\" }\nports = { http = \"80\" }\nwas = { http = 30080 }\n\n[services.b]\nnamespace = \"web\"\nselector = { app = \"b\" }\nports = { http = \"80\" }\nwas = { http = 30080 }\n",
    passes: "[services.a]\nnamespace = \"web\"\nselector = { app = \"a\" }\nports = { http = \"80\" }\nwas = { http = 30080 }\n\n[services.b]\nnamespace = \"web\"\nselector = { app = \"b\" }\nports = { http = \"80\" }\nwas = { http = 30081 }\n",
    covers: &["SVC-01", "SV019", "SV020"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut taken = BTreeMap::new();
    for service in &facts.resolved.services {
        for port in node_ports(service) {
            let cluster = cluster_of(&facts.resolved, service, &port);
            let Some((key, span)) =
                taken.insert((cluster.id, port.number, port.protocol), (service.key, port.span))
            else {
                continue;
            };
            // A copy in another target of one old cluster is the same port of the same service.
            if span == port.span {
                continue;
            }
            let message =
                format!("`services.{key}` and `{}` both have the node port {}", service.path(), port.number);
            let finding = Diagnostic::new(&RULE, port.span, message)
                .here("one of the two is not true")
                .label(span, format!("`services.{key}` has it"))
                .help(format!("look who has it: kubectl get services -A | grep {}", port.number))
                .on(service.path());
            found.push(finding);
        }
    }
}
