//! Services that share one address can be told apart by port.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::{ClusterId, Service};
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2026",
    name: "sharing-refused",
    level: Level::Error,
    summary: "services that share an address differ in ports, and agree in pool and traffic policy",
    explanation: "MetalLB lets Services share an address when no two of them have the same port and \
        protocol, and either all \
                  have `externalTrafficPolicy: Cluster`, or all have `Local` and select exactly the same pods, because with \
                  `Local` the node that answers must have a pod of each (internal/allocator checkSharing, backend key). \
                  Otherwise the later one gets no address.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
share = "front"

[services.api]
namespace = "web"
selector = { app = "api" }
ports = { http = "80:8080" }
share = "front"
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
share = "front"

[services.api]
namespace = "web"
selector = { app = "api" }
ports = { http = "8080" }
share = "front"
"#,
    covers: &["SV007", "LB-05"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut groups: BTreeMap<(ClusterId, &str), Vec<&Service<'_>>> = BTreeMap::new();
    for service in facts.resolved.services.iter().filter(|service| service.pool.is_some()) {
        let Some(share) = &service.written.share else { continue };
        groups.entry((service.cluster, share.value.as_str())).or_default().push(service);
    }
    for ((_, share), members) in &groups {
        ports(share, members, found);
        agreement(facts, share, members, found);
    }
}

/// Two of one group never have the same port and protocol.
fn ports(share: &str, members: &[&Service<'_>], found: &mut Vec<Diagnostic>) {
    let mut taken = BTreeMap::new();
    for service in members {
        for port in &service.ports {
            let Some((other, span)) = taken.insert((port.port, port.protocol), (*service, port.span)) else {
                continue;
            };
            if other.id == service.id {
                continue;
            }
            let message = format!(
                "`{}` and `{}` share `{share}` and both have {}/{}",
                other.path(),
                service.path(),
                port.port,
                port.protocol.word()
            );
            let finding = Diagnostic::new(&RULE, port.span, message)
                .here("the same port")
                .label(span, format!("of `{}`", other.path()))
                .help("give one of them another port, or an address of its own")
                .on(service.path());
            found.push(finding);
        }
    }
}

/// Every member agrees with the first one.
fn agreement(facts: &Facts<'_>, share: &str, members: &[&Service<'_>], found: &mut Vec<Diagnostic>) {
    let Some((first, others)) = members.split_first() else { return };
    let local = crate::model::TrafficPolicy::Local;
    for service in others {
        let (one, other) = (first.shared.traffic(), service.shared.traffic());
        let same_pods = || first.namespace == service.namespace && first.selector().eq(service.selector());
        let (difference, help) = if first.pool != service.pool {
            let name = |service: &Service<'_>| service.pool.map_or("", |pool| facts.resolved.pool(pool).name);
            let difference = format!("take it from the pools `{}` and `{}`", name(first), name(service));
            (difference, "name the same pool in both")
        } else if one != other {
            let difference = format!("have `traffic` {} and {}", one.word(), other.word());
            (difference, "write: traffic = \"Cluster\" in both")
        } else if one == local && !same_pods() {
            let difference = "have `traffic` Local and select different pods".to_owned();
            (difference, "write: traffic = \"Cluster\" in both, or let both select the same pods")
        } else {
            continue;
        };
        let span = service.written.share.as_ref().map_or(service.span, |share| share.span);
        let of_first = first.written.share.as_ref().map_or(first.span, |share| share.span);
        let message = format!(
            "`{}` and `{}` share `{share}` and \
            {difference}",
            first.path(),
            service.path()
        );
        let finding = Diagnostic::new(&RULE, span, message)
            .here("MetalLB refuses to share")
            .label(of_first, "with this one")
            .help(help)
            .on(service.path());
        found.push(finding);
    }
}
