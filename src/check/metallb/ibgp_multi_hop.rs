//! Only an external peer can be said to be more than one hop away.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4013",
    name: "ibgp-multi-hop",
    level: Level::Error,
    summary: "`ebgp_multi_hop` is for peers of another autonomous system",
    explanation: "Between speakers of one autonomous system any number of hops is fine already, so MetalLB's webhook refuses \
                  the flag there (\"invalid EBGPMultiHop parameter set for an ibgp peer\", internal/config).",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { core = { address = \"192.168.1.1\", asn = 64512, ebgp_multi_hop = true } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { core = { address = \"192.168.1.1\", asn = 65000, ebgp_multi_hop = true } }\n",
    covers: &["PE003"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        for peer in super::peers(metallb) {
            let Some(flag) = peer.value.ebgp_multi_hop.as_ref().filter(|flag| flag.value) else { continue };
            if super::is_internal(metallb, &peer.value) != Some(true) {
                continue;
            }
            let path = super::peer_path(cluster, peer);
            let message = format!("`{path}` is in our own autonomous system and has `ebgp_multi_hop`");
            let mut finding = Diagnostic::new(&RULE, flag.span, message)
                .here("MetalLB refuses it for an internal peer")
                .help("remove `ebgp_multi_hop`: an internal peer may be any number of hops away")
                .on(format!("{path}.ebgp_multi_hop"));
            let asn = peer.value.asn.as_ref().map(|asn| asn.span);
            if let Some(span) = asn.or(peer.value.dynamic_asn.as_ref().map(|kind| kind.span)) {
                finding = finding.label(span, "the same system as ours");
            }
            found.push(finding);
        }
    }
}
