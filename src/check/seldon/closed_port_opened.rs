//! What answers without asking who calls stays shut.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::flow::{Group, Kind, Side};
use crate::upstream::seldon::MUST_STAY_CLOSED;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6019",
    name: "closed-port-opened",
    level: Level::Warning,
    summary: "nobody outside of its pod reaches the control ports of an inference server",
    explanation: "The agent beside each inference server, and rclone beside it, ask nobody for a password and listen on every \
                  address of the pod: 5572 copies anything anywhere, three calls of 9007 `/terminate` drain the replica, 7777 \
                  is a debugger, and 9000 and 9500 go past routing and metrics. They are for the pod itself. What `plan` \
                  opens by itself leaves them shut; an `[[allow]]` to the whole namespace may not.",
    fails: tested!(
        "[seldon]\nversion = \"2.9.1\"\nruntime = false\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n\n[tenants.fraud]\nseldon = true\n\n[[allow]]\nfrom = \"services.web\"\nto = \"namespaces.fraud\"\nport = 5572\n"
    ),
    passes: tested!(
        "[seldon]\nversion = \"2.9.1\"\nruntime = false\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n\n[tenants.fraud]\nseldon = true\n\n[[allow]]\nfrom = \"services.web\"\nto = \"tenants.fraud\"\nport = \"mesh\"\n"
    ),
    covers: &["N-08"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut told = BTreeSet::new();
    for cluster in resolved.targets() {
        let runtimes: BTreeSet<&str> = resolved
            .runtimes_of(cluster.id)
            .map(|runtime| resolved.namespace(runtime.namespace).name.as_str())
            .collect();
        for flow in facts.flows_of(cluster.id).iter().filter(|flow| flow.kind == Kind::Call) {
            let Side::Pods(to) = &flow.to else { continue };
            if to.group != Group::All || !runtimes.contains(to.namespace.as_str()) {
                continue;
            }
            let open = |number: u16| {
                let mut ports = flow.ports.iter();
                flow.ports.is_empty() || ports.any(|port| (port.first..=port.last).contains(&number))
            };
            let Some((_, port, why)) = MUST_STAY_CLOSED.iter().find(|(_, port, _)| open(*port)) else {
                continue;
            };
            if !told.insert(flow.span) {
                continue;
            }
            let message = format!(
                "`{}` opens port {port} of the inference servers in `{}`",
                flow.from_table, to.namespace
            );
            let finding = Diagnostic::new(&RULE, flow.span, message)
                .here(*why)
                .help(
                    match resolved
                        .runtimes_of(cluster.id)
                        .find(|runtime| resolved.namespace(runtime.namespace).name == to.namespace)
                    {
                        Some(runtime) => format!(
                            "call the inference endpoint: to = \"{}\", port = \"mesh\"",
                            runtime.path(resolved)
                        ),
                        None => "name the port that is meant".to_owned(),
                    },
                )
                .on(flow.from_table.clone());
            found.push(finding);
        }
    }
}
