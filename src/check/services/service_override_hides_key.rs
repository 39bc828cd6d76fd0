//! What the plan has a key for is not overridden behind its back.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Owner, ServiceType};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4510",
    name: "service-override-hides-key",
    level: Level::Warning,
    summary: "`service` overrides only what the plan has no key for",
    explanation: "Policies, flows, addresses and the endpoint list are derived from the service's own keys. An override of \
                  the same field changes the Service and none of these: a policy would allow the old port, or select other \
                  pods than the Service does.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nservice = { selector = { app = \"other\" } }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"other\" }\nports = { http = \"80\" }\n",
    covers: &["SVC-03", "SVC-05"],
};

/// Fields of `Service.spec`, and the key that means the same.
const KEYS: &[(&str, &str)] = &[
    ("allocateLoadBalancerNodePorts", "node_ports"),
    ("externalTrafficPolicy", "traffic"),
    ("internalTrafficPolicy", "internal_traffic"),
    ("ipFamilies", "family_policy"),
    ("ipFamilyPolicy", "family_policy"),
    ("loadBalancerClass", "class"),
    ("loadBalancerSourceRanges", "source_ranges"),
    ("ports", "ports"),
    ("selector", "selector"),
    ("sessionAffinity", "session_affinity"),
    ("sessionAffinityConfig", "session_timeout"),
    ("type", "type"),
];

/// Fields that only a LoadBalancer has: on others they are refused, by another rule.
const OF_LOAD_BALANCERS: &[&str] = &[
    "allocateLoadBalancerNodePorts",
    "externalTrafficPolicy",
    "loadBalancerClass",
    "loadBalancerSourceRanges",
];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts).filter(|service| service.owner == Owner::Plan) {
        for (field, _) in service.written.service.iter().flat_map(|raw| raw.value.0.iter()) {
            let Some((_, key)) = KEYS.iter().find(|(known, _)| *known == field.value) else { continue };
            let exposed = service.exposure == ServiceType::LoadBalancer;
            if !exposed && OF_LOAD_BALANCERS.contains(&field.value.as_str()) {
                continue;
            }
            let path = format!("{}.service", service.path());
            let message = format!("`{path}` overrides `{}` behind the key `{key}`", field.value);
            let finding = Diagnostic::new(&RULE, field.span, message)
                .here("policies and addresses do not know of it")
                .help(format!("remove it and write `{key}` in the service's table"))
                .on(path);
            found.push(finding);
        }
    }
}
