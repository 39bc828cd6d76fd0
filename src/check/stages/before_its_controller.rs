//! Nothing is applied before what makes it work.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::Unit;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8506",
    name: "before-its-controller",
    level: Level::Error,
    summary: "a stage comes no earlier than the network, MetalLB and Seldon of its cluster",
    explanation: "Without a pod network no pod starts and no node is Ready, without MetalLB no Service gets an \
                  address, and without its controller no runtime of Seldon is made. Where a stage brings one of these, \
                  whatever needs it is in the same stage or a later one; a check that asks for it earlier never \
                  passes, and the migration waits for ever.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "workloads"
apply = ["web"]
check = ["ips-match"]

[[stages]]
name = "foundation"
apply = ["metallb"]
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }

[[stages]]
name = "foundation"
apply = ["metallb"]

[[stages]]
name = "workloads"
apply = ["web"]
check = ["ips-match"]
"#,
    covers: &["STG-01"],
};

/// Checks that start pods, or ask whether nodes are Ready.
const NEED_NETWORK: &[&str] = &[
    "api-from-pod",
    "cluster-dns",
    "cross-node-pod",
    "host-clean",
    "nodes-ready",
    "pods-ready",
    "policy-probes",
    "calico-available",
];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for cluster in resolved.targets() {
        let bringing = |such: fn(&Unit) -> bool| {
            resolved.stages.iter().position(|stage| {
                stage.on.is_none_or(|on| on == cluster.id) && stage.apply.iter().any(|unit| such(&unit.value))
            })
        };
        let network = bringing(|unit| matches!(unit, Unit::BootstrapCalico | Unit::Calico))
            .filter(|_| cluster.calico.is_some());
        let metallb = bringing(|unit| *unit == Unit::Metallb);
        let seldon = bringing(|unit| *unit == Unit::Seldon);
        let too_early = |at: usize, brought: Option<usize>| {
            brought.filter(|brought| *brought != at && !facts.stages.graph.is_before(*brought, at))
        };
        for (at, stage) in
            resolved.stages.iter().enumerate().filter(|(_, stage)| stage.on == Some(cluster.id))
        {
            // What waits for itself or for a later stage is a finding already, and its place is not known, nor is that of
            // what comes after it.
            let graph = &facts.stages.graph;
            let is_misplaced = |at: usize| graph.after[at].iter().any(|before| *before >= at);
            if is_misplaced(at) || graph.before(at).any(is_misplaced) {
                continue;
            }
            let mut say = |span, what: String, brought: usize, of: &str| {
                let other = &resolved.stages[brought];
                let message = format!(
                    "{what} of the stage `{}` needs {of}, which `{}` brings later",
                    stage.name, other.name
                );
                let mut finding = Diagnostic::new(&RULE, span, message)
                    .here("too early")
                    .label(other.written.name.span, format!("brings {of}"));
                if let Some(after) = &stage.written.after {
                    finding = finding.label(after.span, "does not wait for it");
                }
                found.push(
                    finding
                        .help(format!("move it to `{}` or to a stage after it", other.name))
                        .on(format!("stages.{}", stage.name)),
                );
            };
            for unit in &stage.apply {
                let network_first = !matches!(
                    unit.value,
                    Unit::BootstrapCalico | Unit::Calico | Unit::Dns | Unit::Namespaces
                );
                if let Some(brought) = too_early(at, network).filter(|_| network_first) {
                    say(unit.span, name(facts, unit.value), brought, "the pod network");
                    continue;
                }
                match unit.value {
                    Unit::Service(id) if resolved.service(id).pool.is_some() => {
                        if let Some(brought) = too_early(at, metallb) {
                            say(unit.span, name(facts, unit.value), brought, "MetalLB");
                        }
                    }
                    Unit::Tenant(id) if resolved.tenant(id).runtime.is_some() => {
                        if let Some(brought) = too_early(at, seldon) {
                            say(unit.span, name(facts, unit.value), brought, "Seldon");
                        }
                    }
                    _ => {}
                }
            }
            for word in stage.written.check.iter().flat_map(|list| &list.value) {
                if NEED_NETWORK.contains(&word.value.as_str())
                    && let Some(brought) = too_early(at, network)
                {
                    say(word.span, format!("the check `{}`", word.value), brought, "the pod network");
                }
            }
        }
    }
}

fn name(facts: &Facts<'_>, unit: Unit) -> String {
    match unit {
        Unit::Service(id) => format!("`{}`", facts.resolved.service(id).path()),
        Unit::Tenant(id) => format!("`{}`", facts.resolved.tenant(id).path()),
        Unit::Metallb => "`metallb`".to_owned(),
        Unit::Seldon => "`seldon`".to_owned(),
        _ => "what is applied".to_owned(),
    }
}
