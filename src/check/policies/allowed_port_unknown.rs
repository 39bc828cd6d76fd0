//! A port that is allowed is one that the other side has.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::values::PortName;
use crate::resolve::Party;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5004",
    name: "allowed-port-unknown",
    level: Level::Error,
    summary: "the name of a port in `allow` is one that its destination has",
    explanation: "A policy is about numbers of pods' ports; a name is looked up in the plan. One that means nothing would open \
                  nothing, or everything that the destination declares. A tenant with Seldon has `mesh`, a service the \
                  names of its `ports`, everything else has numbers only.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[tenants.search]\n\n[[allow]]\nfrom = \"tenants.search\"\nto = \"services.web\"\nport = \"https\"\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[tenants.search]\n\n[[allow]]\nfrom = \"tenants.search\"\nto = \"services.web\"\nport = \"http\"\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for allow in &resolved.allows {
        let Some(port) = &allow.written.port else { continue };
        let PortName::Named(name) = &port.value else { continue };
        let known: Vec<&str> = match &allow.to {
            Party::Service(id) => resolved.service(*id).ports.iter().map(|port| port.name).collect(),
            Party::Tenant(id) if resolved.tenant(*id).runtime.is_none() => Vec::new(),
            Party::Tenant(_) | Party::Runtime(_) => vec!["mesh"],
            _ => Vec::new(),
        };
        if known.contains(&name.as_str()) {
            continue;
        }
        let to = &allow.written.to.value;
        let help = match known.is_empty() {
            true => "write the number of the port".to_owned(),
            false => format!("it has: {}", known.join(", ")),
        };
        let finding = Diagnostic::new(&RULE, port.span, format!("`{to}` has no port `{name}`"))
            .here("no port of it")
            .help(help)
            .on(format!("allow.{}", allow.index));
        found.push(finding);
    }
}
