//! Traffic that leaves an overlay has an address that the LAN can answer.

use super::{pool_path, with_calico};
use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Encapsulation, PoolUse};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3135",
    name: "overlay-without-nat",
    level: Level::Warning,
    summary: "pods of an overlay leave it with the address of their node",
    explanation: "The LAN has no route to pod addresses while they live in an overlay. With \
        `nat_outgoing = \
                  false`, the packets of a pod reach the database and the answers go to the gateway, which \
                  drops them; reverse path filters often drop the packets before.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
nat_outgoing = false
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
nat_outgoing = true
"#,
    covers: &["CAL031"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for pool in
            settings.pools.iter().filter(|pool| !pool.nat_outgoing && pool.uses.contains(&PoolUse::Workload))
        {
            // Between subnets and without overlay, BGP may well tell the LAN where pods are.
            let overlay = match pool.encapsulation {
                Encapsulation::Vxlan => true,
                // `ipip-over-ipv6` speaks of the others.
                Encapsulation::Ipip => pool.cidr.family() == Family::V4,
                _ => false,
            };
            if !overlay {
                continue;
            }
            let own = pool.written.and_then(|written| written.nat_outgoing.as_ref());
            let span = own.or(settings.written.nat_outgoing.as_ref()).map_or(pool.span, |nat| nat.span);
            let message = format!(
                "pods of the pool `{}` of `{}` leave the overlay with addresses that the LAN cannot answer",
                pool.name, cluster.name
            );
            let finding = Diagnostic::new(&RULE, span, message)
                .here(format!("in a {} overlay", pool.encapsulation.word()))
                .help("write: nat_outgoing = true")
                .on(pool_path(cluster, pool));
            found.push(finding);
        }
    }
}
