//! An override does not make a Service that a controller refuses.

use super::node_ports::node_ports;
use crate::check::Check;
use crate::decode::RawValue;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Owner, ServiceType, TrafficPolicy};
use crate::resolve::Service;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4509",
    name: "service-override-refused",
    level: Level::Error,
    summary: "`service` overrides nothing into a contradiction",
    explanation: "MetalLB gives no address to a Service with both `loadBalancerIP` and its annotation (\"service can not have \
                  both\"). The API server refuses a headless Service of type LoadBalancer, a node port on a ClusterIP, and \
                  LoadBalancer fields on other types (pkg/apis/core/validation ValidateService).",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nservice = { loadBalancerIP = \"192.168.1.215\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nservice = { publishNotReadyAddresses = true }\n",
    covers: &["LB-03", "SV012", "SV021", "SV029", "SVC-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts).filter(|service| service.owner == Owner::Plan) {
        let exposed = service.exposure == ServiceType::LoadBalancer;
        let path = format!("{}.service", service.path());
        let mut report = |span, message: String, here: &str, help: &str| {
            let finding = Diagnostic::new(&RULE, span, message).here(here).help(help).on(path.clone());
            found.push(finding);
        };
        for (key, value) in service.written.service.iter().flat_map(|raw| raw.value.0.iter()) {
            let headless = matches!(&value.value, RawValue::Text(text) if text == "None");
            match key.value.as_str() {
                "loadBalancerIP" if exposed => report(
                    value.span,
                    format!("`{path}` asks for an address in a second way"),
                    "MetalLB refuses a Service with this field and its annotation",
                    "remove it and write in the service's table: ip = \"192.168.1.215\"",
                ),
                "clusterIP" if headless && exposed => report(
                    value.span,
                    format!("`{path}` makes a LoadBalancer headless"),
                    "a LoadBalancer has an address inside the cluster",
                    "write in the service's table: type = \"Headless\", with clients = []",
                ),
                "ports" if matches!(&value.value, RawValue::List(items) if items.len() > 1) => {
                    let RawValue::List(items) = &value.value else { continue };
                    let nameless = items.iter().find(|item| match &item.value {
                        RawValue::Table(port) => !port.0.iter().any(|(key, _)| key.value == "name"),
                        _ => false,
                    });
                    if let Some(item) = nameless {
                        report(
                            item.span,
                            format!("`{path}` has several ports, and one without a name"),
                            "the API server wants a name for each of several",
                            "write the ports in the service's table: ports = { http = \"80:8080\", metrics = \"9090\" }",
                        );
                    }
                }
                "healthCheckNodePort" if exposed && !keeps_clients(service) => report(
                    key.span,
                    format!("`{path}` sets `healthCheckNodePort` with `externalTrafficPolicy: Cluster`"),
                    "the API server takes it with `Local` alone",
                    "remove it, or write in the service's table: traffic = \"Local\"",
                ),
                "loadBalancerIP"
                | "loadBalancerClass"
                | "loadBalancerSourceRanges"
                | "externalTrafficPolicy"
                | "allocateLoadBalancerNodePorts"
                | "healthCheckNodePort"
                    if !exposed =>
                {
                    report(
                        key.span,
                        format!("`{path}` sets `{}` on a {}", key.value, service.exposure.word()),
                        "only a LoadBalancer has it",
                        "remove it, or write in the service's table: type = \"LoadBalancer\"",
                    );
                }
                _ => {}
            }
        }
        for port in node_ports(service).iter().filter(|port| !port.of_today) {
            if exposed && service.shared.node_ports() {
                continue;
            }
            report(
                port.span,
                format!("`{path}` asks for the node port {}, and the service has none", port.number),
                "contradicts the service's table",
                "remove it, or write in the service's table: node_ports = true",
            );
        }
    }
}

/// Whether traffic from outside stays on its node, by an override or by the plan.
fn keeps_clients(service: &Service<'_>) -> bool {
    let raw = service.written.service.iter().flat_map(|raw| raw.value.0.iter());
    let mut written = raw.filter(|(key, _)| key.value == "externalTrafficPolicy");
    match written.next() {
        Some((_, value)) => matches!(&value.value, RawValue::Text(word) if word == "Local"),
        None => service.shared.traffic() == TrafficPolicy::Local,
    }
}
