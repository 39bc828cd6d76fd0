//! A service that people reach today by a node port is reached by something afterwards.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Owner, ServiceType};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4521",
    name: "node-port-left-behind",
    level: Level::Warning,
    summary: "a service with a node port today gets an address, or says that it stays inside",
    explanation: "The migration drops the node ports. A service whose clients are all inside the cluster gets no address in \
                  their place, so whoever used the node port from the LAN finds nothing. `clients = []` says that this is \
                  meant.",
    fails: "[services.grafana]\nnamespace = \"monitoring\"\nselector = { app = \"grafana\" }\nports = { http = \"3000\" }\nclients = []\n\n[services.prometheus]\nnamespace = \"monitoring\"\nselector = { app = \"prometheus\" }\nports = { http = \"9090\" }\nwas = { http = 30090 }\nclients = [\"grafana\"]\n",
    passes: "[services.prometheus]\nnamespace = \"monitoring\"\nselector = { app = \"prometheus\" }\nports = { http = \"9090\" }\nwas = { http = 30090 }\nclients = []\n",
    covers: &["OWN-03"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts) {
        let Some(was) = &service.written.was else { continue };
        let decided = service.shared.clients().is_empty();
        if service.owner == Owner::Operator || service.exposure == ServiceType::LoadBalancer || decided {
            continue;
        }
        let path = service.path();
        let message = format!("`{path}` has a node port today and no address afterwards");
        let mut finding = Diagnostic::new(&RULE, was.span, message)
            .here("answers on every node today")
            .help("add \"lan\" to `clients` for an address, or write: clients = []")
            .on(path);
        if let Some(clients) = &service.shared.clients {
            finding = finding.label(clients.span, "all of them inside the cluster");
        }
        found.push(finding);
    }
}
