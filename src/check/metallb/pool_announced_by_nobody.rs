//! Somebody announces the addresses of a pool.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Advertise;

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
    for (cluster, _, pool) in super::pools(facts) {
        let by_calico = super::calico_announces(cluster);
        let by_metallb = pool.is_advertised_by(Advertise::L2) || pool.is_advertised_by(Advertise::Bgp);
        if by_calico || by_metallb {
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
