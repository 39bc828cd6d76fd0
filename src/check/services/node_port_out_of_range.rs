//! A node port lies in the range of its cluster.

use super::node_ports::{cluster_of, node_ports, range};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4504",
    name: "node-port-out-of-range",
    level: Level::Error,
    summary: "node ports lie in the cluster's `node_port_range`",
    explanation: "The API server refuses others (\"provided port is not in the valid range\"), so a `was` outside of the range \
                  is a slip: today's Service cannot have it. The range is 30000-32767 unless the cluster says otherwise.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nwas = { http = 3080 }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nwas = { http = 30080 }\n",
    covers: &["SVC-02", "SV020"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts) {
        for port in node_ports(service) {
            let cluster = cluster_of(&facts.resolved, service, &port);
            let Some(range) = range(cluster).filter(|range| !range.contains(&port.number)) else { continue };
            let (first, last) = (range.start(), range.end());
            let message =
                format!("`{}` has the node port {}, outside of {first}-{last}", service.path(), port.number);
            let finding = Diagnostic::new(&RULE, port.span, message)
                .here(format!("`{}` has {first}-{last}", cluster.name))
                .help(format!(
                    "write the real port (kubectl get service -n {}), or add to the table [clusters.{}]:\n\
                     node_port_range = \"{}-{}\"",
                    service.written.namespace.value,
                    cluster.name,
                    port.number.min(*first),
                    port.number.max(*last)
                ))
                .on(service.path());
            found.push(finding);
        }
    }
}
