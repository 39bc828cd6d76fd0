//! A policy can say the pod port of a service that is called.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PolicyMode;
use crate::model::values::TargetPort;
use crate::resolve::{NamespaceId, Party, ServiceId};
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4525",
    name: "named-target-port",
    level: Level::Error,
    summary: "the pod port of a service is a number where a policy is about it",
    explanation: "A NetworkPolicy sees a packet after the Service's address was translated, so it says pod ports. The number \
                  behind a container port's name is in the pod's manifest, which `plan` does not have: the call would be \
                  denied where policies are enforced, and shown as denied where they are observed.",
    fails: "[namespaces.web]\npolicy = \"isolated\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80:http\" }\ntraffic = \"Local\"\n",
    passes: "[namespaces.web]\npolicy = \"isolated\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80:8080\" }\ntraffic = \"Local\"\n",
    covers: &["POL-04", "N-02"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let callers = callers(facts);
    for service in &resolved.services {
        let Some(port) = service.ports.iter().find(|port| matches!(port.target, TargetPort::Name(_))) else {
            continue;
        };
        let called = !service.clients.is_empty() || !service.scrapers.is_empty();
        let from = callers.get(&service.id).map_or(&[] as &[NamespaceId], Vec::as_slice);
        if !called && from.is_empty() {
            continue;
        }
        let modes = from.iter().chain([&service.namespace]).map(|id| resolved.namespace(*id).policy);
        let level = match modes.max() {
            Some(PolicyMode::Isolated) => Level::Error,
            Some(PolicyMode::Observe) => Level::Warning,
            _ => continue,
        };
        let TargetPort::Name(name) = port.target else { continue };
        let path = format!("{}.ports", service.path());
        let message = format!(
            "`{path}.{}` leads to the container port `{name}`, whose number the plan does not say",
            port.name
        );
        let mut finding = Diagnostic::new(&RULE, port.span, message)
            .here("a policy needs the number")
            .help(format!("write the number of the container port: {} = \"{}:8080\"", port.name, port.port))
            .on(path);
        finding.level = level;
        found.push(finding);
    }
}

/// The namespaces from which each service is called by name.
fn callers(facts: &Facts<'_>) -> BTreeMap<ServiceId, Vec<NamespaceId>> {
    let resolved = &facts.resolved;
    let services = resolved.services.iter().map(|service| (&service.needs, service.namespace));
    let tenants = resolved.tenants.iter().map(|tenant| (&tenant.needs, tenant.namespace));
    let installs = resolved.installs.iter().map(|install| (&install.needs, install.namespace));
    let mut callers: BTreeMap<ServiceId, Vec<NamespaceId>> = BTreeMap::new();
    for (needs, namespace) in services.chain(tenants).chain(installs) {
        for need in needs {
            if let Party::Service(id) = need.party {
                callers.entry(id).or_default().push(namespace);
            }
        }
    }
    // Every runtime of a controller talks to its Kafka.
    for runtime in &resolved.runtimes {
        if let Some(kafka) = resolved.install(runtime.install).kafka {
            callers.entry(kafka).or_default().push(runtime.namespace);
        }
    }
    for allow in &resolved.allows {
        if let Party::Service(id) = allow.to {
            let namespace = resolved.service(id).namespace;
            callers.entry(id).or_default().push(namespace);
        }
    }
    callers
}
