//! A load balancer pool is for load balancers alone.

use super::{encapsulation_span, pool_path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Encapsulation, PoolUse};
use crate::upstream::calico::{Feature, has};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3119",
    name: "load-balancer-ip-pool",
    level: Level::Error,
    summary: "a pool for load balancers has no other use, no overlay and no selector",
    explanation: "From 3.30 on Calico can give addresses to Services itself, out of pools with \
        `allowedUses: \
                  [LoadBalancer]`. It refuses such a pool beside another use, with an overlay, with a node \
                  selector other than `all()`, or with `disableBGPExport` (libcalico-go clientv3 ippool.go): \
                  nothing but BGP announces it.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = true

[clusters.main.calico.pools.pods]
cidr = "10.42.0.0/16"

[clusters.main.calico.pools.edge]
cidr = "192.168.50.0/24"
uses = ["LoadBalancer"]
encapsulation = "VXLAN"

[clusters.main.calico.peers.tor]
address = "192.168.1.1"
asn = 65000
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
bgp = true

[clusters.main.calico.pools.pods]
cidr = "10.42.0.0/16"

[clusters.main.calico.pools.edge]
cidr = "192.168.50.0/24"
uses = ["LoadBalancer"]

[clusters.main.calico.peers.tor]
address = "192.168.1.1"
asn = 65000
"#,
    covers: &["CAL023", "CAL024", "CAL027"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for pool in settings.pools.iter().filter(|pool| pool.uses.contains(&PoolUse::LoadBalancer)) {
            let Some(written) = pool.written else { continue };
            let uses = written.uses.as_ref().map_or(pool.span, |uses| uses.span);
            let (span, problem, help) = if !has(settings.version, Feature::LoadBalancerPools) {
                (uses, "needs Calico 3.30", "remove the pool: MetalLB gives out the addresses of `pools`")
            } else if pool.uses.len() > 1 {
                (
                    uses,
                    "has other uses as well",
                    "write: uses = [\"LoadBalancer\"], and another pool for the rest",
                )
            } else if pool.encapsulation != Encapsulation::Unencapsulated {
                (
                    encapsulation_span(settings, pool),
                    "has an encapsulation",
                    "write: encapsulation = \"None\"",
                )
            } else if pool.node_selector != "all()" {
                let span = written.node_selector.as_ref().map_or(pool.span, |selector| selector.span);
                (span, "has a node selector", "remove `node_selector`")
            } else if pool.disable_bgp_export {
                let span = written.disable_bgp_export.as_ref().map_or(pool.span, |export| export.span);
                (span, "is kept from BGP, which alone announces it", "remove `disable_bgp_export`")
            } else if let Some(span) =
                written.raw.as_ref().and_then(|raw| raw.value.key_place("", "namespaceSelector"))
            {
                (
                    span,
                    "has a namespace selector, which only a pool for workloads takes",
                    "remove `namespaceSelector`",
                )
            } else {
                continue;
            };
            let message = format!("the load balancer pool `{}` of `{}` {problem}", pool.name, cluster.name);
            let finding = Diagnostic::new(&RULE, span, message)
                .here("Calico refuses this")
                .help(help)
                .on(pool_path(cluster, pool));
            found.push(if span == uses { finding } else { finding.label(uses, "for load balancers") });
        }
    }
}
