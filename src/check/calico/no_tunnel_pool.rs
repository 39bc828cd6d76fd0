//! An overlay needs an address for each end of its tunnels.

use super::{path, with_calico};
use crate::addresses::Cidr;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Encapsulation, PoolUse};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3118",
    name: "no-tunnel-pool",
    level: Level::Error,
    summary: "a cluster with an overlay has a pool for tunnel addresses",
    explanation: "Each node takes one address for its VXLAN or IPIP device out of a pool whose uses include \
                  `Tunnel`. Without such a pool the device gets no address, and what a node itself sends to pods \
                  of other nodes (the API server to webhooks, node ports) has no source that could be answered.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.main]
cidr = "10.42.0.0/16"
uses = ["Workload"]
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.main]
cidr = "10.42.0.0/16"
uses = ["Workload", "Tunnel"]
"#,
    covers: &["CAL028"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for family in cluster.pods.iter().map(Cidr::family) {
            let own = settings.pools.iter().filter(|pool| pool.cidr.family() == family);
            let overlay = own.clone().find(|pool| pool.encapsulation != Encapsulation::Unencapsulated);
            let Some(overlay) =
                overlay.filter(|_| !own.clone().any(|pool| pool.uses.contains(&PoolUse::Tunnel)))
            else {
                continue;
            };
            let span =
                overlay.written.and_then(|pool| pool.uses.as_ref()).map_or(overlay.span, |uses| uses.span);
            let message = format!(
                "`{}` uses {}, and no {family} pool is for tunnel addresses",
                cluster.name,
                overlay.encapsulation.word()
            );
            let finding = Diagnostic::new(&RULE, span, message)
                .here("without \"Tunnel\"")
                .help("write: uses = [\"Workload\", \"Tunnel\"]")
                .on(path(cluster));
            found.push(finding);
        }
    }
}
