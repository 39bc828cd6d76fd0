//! Somebody announces the addresses of a pool.

use crate::check::Check;
use crate::decode::Raw;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, announced};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4026",
    name: "pool-announced-by-nobody",
    level: Level::Warning,
    summary: "a pool is announced by MetalLB or by Calico",
    explanation: "MetalLB assigns addresses of a pool that no advertisement selects, the Services show them, and nothing on \
                  the LAN answers: neither ARP nor a route leads there. With `announce_pools` Calico's BGP sessions carry \
                  them instead.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"none\"\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"l2\"\n",
    covers: &["PL013", "LB-06"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb, pool) in super::pools(facts) {
        let values = metallb.values.as_ref().map(|values| &values.value);
        let off =
            |raw: &&Raw| raw.to_json().pointer("/speaker/enabled") == Some(&serde_json::Value::Bool(false));
        let silenced = values.filter(off).and_then(|raw| raw.key_place("/speaker", "enabled"));
        let by_metallb = announced::by_l2(cluster, pool) || announced::by_metallb_bgp(cluster, pool);
        if let Some(span) = silenced.filter(|_| by_metallb) {
            let message =
                format!("without a speaker nobody announces the addresses of the pool `{}`", pool.name);
            let finding = Diagnostic::new(&RULE, span, message)
                .here("MetalLB assigns them and keeps quiet")
                .help("remove it, or let Calico announce: announce_pools = true in its table, which needs bgp = true")
                .on(super::pool_path(pool));
            found.push(finding);
            continue;
        }
        if by_metallb || announced::by_calico(cluster, pool) {
            continue;
        }
        let span = pool.written.advertise.as_ref().map_or(pool.span, |advertise| advertise.span);
        let message = format!("nobody announces the addresses of the pool `{}`", pool.name);
        let finding = Diagnostic::new(&RULE, span, message)
            .here("MetalLB assigns them and keeps quiet")
            .help("write: advertise = \"l2\", or announce_pools = true in Calico's table, which needs bgp = true")
            .on(format!("{}.advertise", super::pool_path(pool)));
        found.push(finding);
    }
}
