//! A policy that lets the LAN in can tell the LAN from pods.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{PolicyMode, TrafficPolicy};
use crate::resolve::{Named, NamespaceId, Party};
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4527",
    name: "lan-not-recognisable",
    level: Level::Warning,
    summary: "an isolated service with clients outside the cluster has `traffic = \"Local\"`",
    explanation: "With externalTrafficPolicy Cluster, kube-proxy gives the packets of a client the address of the node, so an \
                  `ipBlock` of the LAN never matches. `plan` opens the port to everybody instead, other tenants included. \
                  With Local the client's address stays, and only nodes with a ready pod answer.",
    fails: "[namespaces.web]\npolicy = \"isolated\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    passes: "[namespaces.web]\npolicy = \"isolated\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\ntraffic = \"Local\"\n",
    covers: &["LB-16", "CAL093", "N-11"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut judge = |clients: &[Named],
                     namespace: NamespaceId,
                     traffic: Option<Span>,
                     span: Span,
                     path: String| {
        let outside = |named: &&Named| {
            matches!(
                named.party,
                Party::Lan | Party::Internet | Party::Network(_) | Party::Host(_) | Party::External(_)
            )
        };
        let isolated = resolved.namespace(namespace).policy == PolicyMode::Isolated;
        if !isolated || !clients.iter().any(|named| outside(&named)) {
            return;
        }
        let message = format!(
            "`{path}` is isolated, and still any pod may call it, because callers from outside look like nodes"
        );
        let finding = Diagnostic::new(&RULE, traffic.unwrap_or(span), message)
            .here("the client's address is lost on the way")
            .help("write: traffic = \"Local\", which keeps the client's address")
            .on(path);
        found.push(finding);
    };
    for service in resolved.services.iter().filter(|service| !service.addresses.is_empty()) {
        if service.shared.traffic() == TrafficPolicy::Cluster {
            let traffic = service.shared.traffic.as_ref().map(|traffic| traffic.span);
            judge(&service.clients, service.namespace, traffic, service.span, service.path());
        }
    }
    for runtime in resolved.runtimes.iter().filter(|runtime| !runtime.mesh.is_empty()) {
        if runtime.traffic != TrafficPolicy::Cluster {
            continue;
        }
        let install = resolved.install(runtime.install);
        let (clients, traffic) = match runtime.tenant {
            Some(id) => (&resolved.tenant(id).clients, &resolved.tenant(id).shared.traffic),
            None => (&install.clients, &install.settings.traffic),
        };
        let traffic = traffic.as_ref().map(|traffic| traffic.span);
        judge(clients, runtime.namespace, traffic, runtime.span, runtime.path(resolved));
    }
}
