//! Calico announces the addresses of the pools, and no others.

use super::with_calico;
use crate::addresses::{AddressSet, Cidr};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PoolUse;
use serde_json::Value;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3143",
    name: "announced-beyond-pools",
    level: Level::Warning,
    summary: "`serviceLoadBalancerIPs` of Calico are the addresses of the pools",
    explanation: "Calico announces each network of this list as a whole, whether a Service uses its addresses or not: routers then \
                  send to this cluster what belongs to machines or to another one, and it is dropped. An address of a pool that is \
                  in none of them is assigned and never announced (metallb.io, \"Calico\"). `announce_pools = true` writes exactly \
                  the networks of the pools.",
    fails: "[clusters.main.calico]\nversion = \"v3.30.7\"\nbgp = true\nencapsulation = \"None\"\nbgp_configuration = { serviceLoadBalancerIPs = [{ cidr = \"192.168.1.128/25\" }] }\n\n[clusters.main.calico.peers.router]\naddress = \"192.168.1.1\"\nasn = 65000\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\n\n[clusters.main.calico]\nversion = \"v3.30.7\"\nbgp = true\nencapsulation = \"None\"\nannounce_pools = true\n\n[clusters.main.calico.peers.router]\naddress = \"192.168.1.1\"\nasn = 65000\n",
    covers: &["CAL099"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(raw) = settings.written.bgp_configuration.as_ref().filter(|_| settings.bgp) else {
            continue;
        };
        let Some(span) = raw.value.key_place("", "serviceLoadBalancerIPs") else { continue };
        let value = raw.value.to_json();
        let Some(blocks) = value.pointer("/serviceLoadBalancerIPs").and_then(Value::as_array) else {
            continue;
        };
        let mut announced = AddressSet::new();
        for block in blocks {
            let text = block.pointer("/cidr").and_then(Value::as_str).unwrap_or_default();
            // What is no network, a schema refuses.
            if let Ok(cidr) = Cidr::parse(text) {
                announced.insert(cidr);
            }
        }
        let pools = facts.resolved.pools_of(cluster.id);
        let known = pools.fold(AddressSet::new(), |all, pool| all.union(&pool.addresses));
        let of_calico = settings.pools.iter().filter(|pool| pool.uses.contains(&PoolUse::LoadBalancer));
        let known = of_calico.fold(known, |mut all, pool| {
            all.insert(pool.cidr);
            all
        });
        let beyond = announced.difference(&known);
        let Some(range) = beyond.ranges().next() else { continue };
        let message = format!(
            "Calico announces addresses that no pool of `{}` has, such as {}",
            cluster.name,
            range.first()
        );
        let finding = Diagnostic::new(&RULE, span, message)
            .here("each network is announced as a whole")
            .help("remove it and write: announce_pools = true")
            .on(format!("clusters.{}.calico.bgp_configuration", cluster.name));
        found.push(finding);
    }
}
