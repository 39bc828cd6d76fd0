//! A Service has only families that its cluster has.

use super::wanting::wanting;
use crate::addresses::address;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::FamilyPolicy;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2028",
    name: "family-not-in-cluster",
    level: Level::Error,
    summary: "a Service has the families of its pins, and its cluster has them too",
    explanation: "The API server refuses `RequireDualStack` in a single-stack cluster, and MetalLB refuses pins \
                  whose families are not exactly those of the Service (controller/service.go, \
                  internal/allocator). Seldon's charts make Services of the cluster's first family only.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250", "fd00::200-fd00::250"]
advertise = "bgp"

[clusters.main.metallb]
version = "v0.15.3"
asn = 64512
peers = { tor = { address = "192.168.1.1", asn = 65000 } }

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "fd00::200"
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250", "fd00::200-fd00::250"]
advertise = "bgp"

[clusters.main.metallb]
version = "v0.15.3"
asn = 64512
peers = { tor = { address = "192.168.1.1", asn = 65000 } }

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
ip = "192.168.1.200"
"#,
    covers: &["SV005", "SV030"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for service in &resolved.services {
        let cluster = resolved.cluster(service.cluster);
        let required = service.shared.family_policy.as_ref();
        let required = required.filter(|policy| policy.value == FamilyPolicy::RequireDualStack);
        let Some(policy) = required.filter(|_| !cluster.is_dual_stack()) else { continue };
        let message = format!(
            "`{}` requires two families, and the cluster `{}` has \
                one",
            service.path(),
            cluster.name
        );
        let finding = Diagnostic::new(&RULE, policy.span, message)
            .here("the API server refuses this")
            .label(cluster.written.services.span, "the Service network")
            .help("write: family_policy = \"PreferDualStack\"")
            .on(service.path());
        found.push(finding);
    }
    for one in wanting(resolved) {
        let cluster = resolved.cluster(one.cluster);
        let stranger = one.pins.iter().find(|pin| {
            let family = address::family(pin.value);
            !one.families.contains(&family) || !cluster.families().any(|known| known == family)
        });
        let Some(pin) = stranger else { continue };
        let family = address::family(pin.value);
        let known = cluster.families().any(|known| known == family);
        let (message, help) = if !known {
            let message = format!(
                "`{}` pins an {family} address, and the Services of `{}` have no {family}",
                one.path, cluster.name
            );
            let other = if family == crate::addresses::Family::V6 { "IPv4" } else { "IPv6" };
            (message, format!("pin an {other} address, or make the cluster dual-stack"))
        } else {
            let own: Vec<String> = one.families.iter().map(|family| family.to_string()).collect();
            let message = format!(
                "`{}` pins an {family} address, and its Service has only {}",
                one.path,
                own.join(" and ")
            );
            let help = if one.path.starts_with("services.") {
                "write: family_policy = \"RequireDualStack\"".to_owned()
            } else {
                format!("pin one address of {}", own.join(" and "))
            };
            (message, help)
        };
        let finding = Diagnostic::new(&RULE, pin.span, message)
            .here(format!("an {family} address"))
            .label(cluster.written.services.span, format!("the Services of `{}`", cluster.name))
            .help(help)
            .on(&one.path);
        found.push(finding);
    }
}
