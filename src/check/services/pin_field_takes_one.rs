//! The deprecated field pins one address.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Owner, Pin};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4519",
    name: "pin-field-takes-one",
    level: Level::Error,
    summary: "a service with two addresses is pinned by annotation",
    explanation: "`spec.loadBalancerIP` holds one address; for a dual-stack Service MetalLB refuses it and gives none \
                  (controller/service.go). The annotation takes one of each family.",
    fails: "[lan]\ncidr = [\"192.168.1.0/24\", \"fd00:1::/64\"]\ngateway = \"192.168.1.1\"\n\n[hosts]\nnode-1 = { ip = [\"192.168.1.11\", \"fd00:1::11\"] }\nnode-2 = { ip = [\"192.168.1.12\", \"fd00:1::12\"] }\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = [\"10.42.0.0/16\", \"fd00:42::/56\"]\nservices = [\"10.43.0.0/16\", \"fd00:43::/112\"]\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\", \"fd00:1::200-fd00:1::250\"]\n\n[services.web]\nnamespace = \"web\"\nowner = \"chart\"\nrelease = { chart = \"istio/gateway\", version = \"1.27.0\", values = \"service\", pin = \"spec.loadBalancerIP\" }\nselector = { app = \"web\" }\nports = { http = \"80\" }\nip = [\"192.168.1.210\", \"fd00:1::210\"]\n",
    passes: "[services.web]\nnamespace = \"web\"\nowner = \"chart\"\nrelease = { chart = \"istio/gateway\", version = \"1.27.0\", values = \"service\", pin = \"spec.loadBalancerIP\" }\nselector = { app = \"web\" }\nports = { http = \"80\" }\nip = \"192.168.1.210\"\n",
    covers: &["SV012"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts).filter(|service| service.owner == Owner::Chart) {
        let Some(release) = &service.written.release else { continue };
        let Some(pin) = release.value.pin.as_ref().filter(|pin| pin.value == Pin::LoadBalancerIp) else {
            continue;
        };
        if service.addresses.len() < 2 {
            continue;
        }
        let path = service.path();
        let message = format!("`{path}` has {} addresses and one field for them", service.addresses.len());
        let place = service.written.ip.as_ref().map_or(service.span, |ip| ip.span);
        let finding = Diagnostic::new(&RULE, pin.span, message)
            .here("holds one address")
            .label(place, "the addresses")
            .help("write: pin = \"annotation\"")
            .fix(pin.span, "\"annotation\"")
            .on(format!("{path}.release"));
        found.push(finding);
    }
}
