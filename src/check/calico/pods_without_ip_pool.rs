//! Pods of every family have a pool.

use super::capacity::gives_to_pods;
use super::{path, with_calico};
use crate::addresses::Cidr;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3117",
    name: "pods-without-ip-pool",
    level: Level::Error,
    summary: "each family of pods has a pool that gives addresses without being asked",
    explanation: "A pod gets its addresses from the pools that are for workloads, are assigned \
        automatically \
                  and take new allocations. If a family of the pod network has none, the CNI plugin fails for \
                  every pod without an annotation: \"no configured Calico pools\".",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.main]
cidr = "10.42.0.0/16"
assignment = "Manual"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.main]
cidr = "10.42.0.0/17"
assignment = "Manual"

[clusters.main.calico.pools.rest]
cidr = "10.42.128.0/17"
"#,
    covers: &["CAL029"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(written) = settings.written.pools.as_ref().filter(|pools| !pools.value.is_empty()) else {
            continue;
        };
        for family in cluster.pods.iter().map(Cidr::family) {
            if settings.pools.iter().any(|pool| pool.cidr.family() == family && gives_to_pods(pool)) {
                continue;
            }
            let message = format!("no IP pool of `{}` gives {family} addresses to pods", cluster.name);
            let mut finding = Diagnostic::new(&RULE, written.span, message)
                .here(format!("none for {family} pods"))
                .label(cluster.written.pods.span, "the pod networks")
                .help(
                    "give one pool uses = [\"Workload\", \"Tunnel\"] and assignment = \"Automatic\", \
                    which are the defaults",
                )
                .on(path(cluster));
            for pool in settings.pools.iter().filter(|pool| pool.cidr.family() == family).take(3) {
                finding = finding.label(pool.span, "not this one");
            }
            found.push(finding);
        }
    }
}
