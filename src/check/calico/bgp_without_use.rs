//! A BGP mesh that carries nothing is only another port to open.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Encapsulation;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3106",
    name: "bgp-without-use",
    level: Level::Warning,
    summary: "BGP runs where something uses it",
    explanation: "With VXLAN in every pool, Felix programs all routes and nobody listens to what BIRD \
        says. \
                  `bgp = true` then runs a daemon on each node, a session between each two nodes and an open \
                  port 179, which is also the one that MetalLB in BGP mode and a router would want (the \
                  operator's own default is on, which is why so many clusters have it).",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = true
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = false
"#,
    covers: &["CAL019", "CAL-06"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts).filter(|(_, settings)| settings.bgp) {
        let written = settings.written;
        let Some(bgp) = &written.bgp else { continue };
        let overlay = settings.pools.iter().all(|pool| pool.encapsulation == Encapsulation::Vxlan);
        let peers = written.peers.as_ref().is_some_and(|peers| !peers.value.is_empty());
        if !overlay || peers || written.announce_pools() || written.bgp_configuration.is_some() {
            continue;
        }
        let message =
            format!("`{}` runs BGP, and every pool is VXLAN: nothing uses its routes", cluster.name);
        let finding = Diagnostic::new(&RULE, bgp.span, message)
            .here("no peers, and no pool without overlay")
            .help("write: bgp = false, or declare `peers`")
            .on(path(cluster));
        found.push(finding);
    }
}
