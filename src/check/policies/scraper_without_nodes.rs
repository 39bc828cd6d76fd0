//! What scrapes pods usually scrapes the nodes as well.

use crate::check::Check;
use crate::connectivity::{Endpoint, Protocol};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::facts::flow::Block;
use crate::facts::world::endpoint;
use crate::model::PolicyMode;
use crate::resolve::{Named, Party, ServiceId};
use crate::upstream::kubernetes::KUBELET_PORT;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5007",
    name: "scraper-without-nodes",
    level: Level::Note,
    summary: "a service in an isolated namespace that scrapes pods reaches the metrics of the nodes as well",
    explanation: "`scraped_by` opens the way to pods. The kubelet (10250) and node-exporter (9100) answer on the address of \
                  their node, which is no pod, so an isolated Prometheus does not reach them, and the graphs of CPU, memory \
                  and volumes stay empty while everything else works. An `[[allow]]` to the network of the nodes opens it. \
                  Where nodes are scraped by something else, or not at all, accept this note.",
    fails: r#"[namespaces.monitoring]
policy = "isolated"

[services.prometheus]
namespace = "monitoring"
selector = { app = "prometheus" }
ports = { http = "9090" }
clients = []

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
clients = []
scraped_by = ["prometheus"]
"#,
    passes: r#"[namespaces.monitoring]
policy = "isolated"

[services.prometheus]
namespace = "monitoring"
selector = { app = "prometheus" }
ports = { http = "9090" }
clients = []

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
clients = []
scraped_by = ["prometheus"]

[[allow]]
from = "services.prometheus"
to = "192.168.1.0/24"
port = 10250
"#,
    covers: &[],
};

/// node-exporter, by its own default.
const NODE_EXPORTER: u16 = 9100;

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let lists = (resolved.services.iter().map(|service| &service.scrapers))
        .chain(resolved.tenants.iter().map(|tenant| &tenant.scrapers))
        .chain(resolved.installs.iter().map(|install| &install.scrapers))
        .chain(resolved.namespaces.iter().map(|namespace| &namespace.scrapers));
    // Copies in several clusters have one table.
    let mut scrapers: BTreeMap<&str, (ServiceId, &Named)> = BTreeMap::new();
    for named in lists.flatten() {
        if let Party::Service(id) = named.party {
            scrapers.entry(resolved.service(id).key).or_insert((id, named));
        }
    }
    for (id, named) in scrapers.into_values() {
        let service = resolved.service(id);
        if resolved.namespace(service.namespace).policy != PolicyMode::Isolated {
            continue;
        }
        let cluster = resolved.cluster(service.cluster);
        let Some(node) = cluster.nodes().next().map(|node| resolved.host(node).address()) else { continue };
        let node = endpoint(&Block { cidr: crate::addresses::Cidr::single(node), except: Vec::new() });
        let judged = facts.judged(cluster);
        let labels = service.selector().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let own = |id: &&crate::connectivity::WorkloadId| judged.world.world.workloads[id.0].labels == labels;
        let pods = judged.world.namespace(service.written.namespace.value.as_str());
        let Some(pod) = pods.iter().find(own) else { continue };
        let reaches = |port: u16| {
            judged.network.allowed(&Endpoint::Workload(*pod), &node, Protocol::Tcp, port).is_allowed()
        };
        if reaches(KUBELET_PORT) || reaches(NODE_EXPORTER) {
            continue;
        }
        let path = service.path();
        let lan = resolved.plan.lan.value.cidr.value.iter().map(|cidr| cidr.value.to_string()).next();
        let mut finding = Diagnostic::new(
            &RULE,
            service.span,
            format!("`{path}` scrapes pods, and reaches neither a kubelet nor node-exporter"),
        )
        .here("is isolated")
        .label(named.span, "scrapes here")
        .help(format!(
            "if it scrapes nodes too, write this, and the same for {NODE_EXPORTER}:\n[[allow]]\nfrom = \"{path}\"\nto = \
             \"{}\"\nport = {KUBELET_PORT}",
            lan.unwrap_or_default()
        ))
        .on(path);
        if let Some(policy) = &resolved.namespace(service.namespace).shared.policy {
            finding = finding.label(policy.span, "isolates it");
        }
        found.push(finding);
    }
}
