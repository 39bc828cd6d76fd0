//! What the operator writes back is not overridden.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3504",
    name: "operator-owned-field",
    level: Level::Error,
    summary: "Felix' settings that the operator derives are not overridden",
    explanation: "The operator sets `nftablesMode`, `bpfEnabled` and `programClusterRoutes` of the FelixConfiguration from the \
                  Installation and refuses to go on when somebody else has set them (tigera/operator \
                  pkg/controller/installation bpf.go, core_controller.go): Calico turns degraded, and the two writers \
                  undo each other's work.",
    fails: "[clusters.main.calico]\nversion = \"v3.30.7\"\nfelix_configuration = { bpfEnabled = true }\n",
    passes: "[clusters.main.calico]\nversion = \"v3.30.7\"\nfelix_configuration = { logSeverityScreen = \"Warning\" }\n",
    covers: &["CAL048"],
};

/// The fields, and what to write instead.
const OWNED: &[(&str, &str)] = &[
    ("bpfEnabled", "dataplane = \"BPF\""),
    ("nftablesMode", "dataplane = \"Nftables\""),
    ("programClusterRoutes", "installation = { calicoNetwork = { clusterRoutingMode = \"Felix\" } }"),
];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let Some(calico) = &cluster.calico else { continue };
        for (key, _) in calico.written.felix_configuration.iter().flat_map(|raw| raw.value.0.iter()) {
            let Some((_, instead)) = OWNED.iter().find(|(owned, _)| *owned == key.value) else { continue };
            let path = format!("clusters.{}.calico.felix_configuration", cluster.name);
            let finding = Diagnostic::new(
                &RULE,
                key.span,
                format!("`{path}` sets `{}`, which is the operator's", key.value),
            )
            .here("the operator derives it from the Installation")
            .help(format!("remove it and write: {instead}"))
            .on(path);
            found.push(finding);
        }
    }
}
