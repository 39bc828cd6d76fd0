//! A chart that cannot switch node ports off leaves them open.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Owner, ServiceType};
use crate::upstream::charts::service_keys;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4518",
    name: "chart-keeps-node-ports",
    level: Level::Note,
    summary: "where the plan says `node_ports = false`, the chart can say it too",
    explanation: "The API server allocates a node port for each port of a LoadBalancer unless `allocateLoadBalancerNodePorts` \
                  is false. The template of this chart has no key for it, so every node answers on a random port as well. \
                  The host firewall that `plan` generates keeps it closed to the LAN; a Service of `plan` beside the \
                  chart's ClusterIP has none.",
    fails: "[services.minio]\nnamespace = \"minio\"\nowner = \"chart\"\nrelease = { chart = \"bitnami/minio\", values = \"service\" }\nselector = { app = \"minio\" }\nports = { api = \"9000\" }\nnode_ports = false\n",
    passes: "[services.gateway]\nnamespace = \"istio-gateway\"\nowner = \"chart\"\nrelease = { chart = \"istio/gateway\", version = \"1.27.0\", values = \"service\" }\nselector = { istio = \"gateway\" }\nports = { http = \"80\" }\nnode_ports = false\n",
    covers: &["LB-15"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts) {
        let (Owner::Chart, ServiceType::LoadBalancer) = (service.owner, service.exposure) else { continue };
        let Some(release) = &service.written.release else { continue };
        // Only where a person asked for it; that it is the default is no promise.
        let Some(wish) = service.shared.node_ports.as_ref().filter(|wish| !wish.value) else { continue };
        let release = &release.value;
        let version = release.version.as_ref().map(|version| &version.value);
        let keys = service_keys(&release.chart.value, &release.values.value, version);
        if !keys.known || keys.allocate_node_ports.is_some() {
            continue;
        }
        let message = format!("the chart `{}` cannot switch off node ports", release.chart.value);
        let finding = Diagnostic::new(&RULE, release.chart.span, message)
            .here("has no key for `allocateLoadBalancerNodePorts`")
            .label(wish.span, "the plan wants none")
            .help(format!(
                "for none at all write: owner = \"plan\", name = \"{}-lb\", without `release`",
                service.key
            ))
            .on(service.path());
        found.push(finding);
    }
}
