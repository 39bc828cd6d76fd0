//! Calico is tested with a window of Kubernetes releases.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::{calico, kubernetes};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3103",
    name: "calico-kubernetes-untested",
    level: Level::Warning,
    summary: "upstream tests this Calico with this Kubernetes",
    explanation: "Each Calico minor is tested with three to five minors of Kubernetes (system requirements of \
                  the release). Outside of the window it may work until Kubernetes removes an API that Calico \
                  reads; then its pods crash-loop after an upgrade of Kubernetes, and with them the network.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.36.0+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.35.2+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"
"#,
    covers: &["CAL069", "CAL-03"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let minor = kubernetes::minor(cluster.version);
        let Some(line) = calico::line(settings.version) else { continue };
        let (first, last) = line.kubernetes;
        if (first..=last).contains(&minor) {
            continue;
        }
        let fitting: Vec<String> = (calico::LINES.iter())
            .filter(|line| (line.kubernetes.0..=line.kubernetes.1).contains(&minor))
            .map(|line| format!("v{}", line.minor))
            .collect();
        let message = format!("Calico {} is not tested with Kubernetes {minor}", settings.version);
        let help = match fitting.as_slice() {
            [] => format!("take a Kubernetes release of {first} to {last}"),
            lines => {
                format!("take Calico {}, or a Kubernetes release of {first} to {last}", lines.join(" or "))
            }
        };
        let finding = Diagnostic::new(&RULE, settings.written.version.span, message)
            .here(format!("tested with {first} to {last}"))
            .label(cluster.written.version.span, format!("this is {minor}"))
            .help(help)
            .on(path(cluster));
        found.push(finding);
    }
}
