//! A local preference stays inside of an autonomous system.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, announced};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4022",
    name: "local-pref-to-external-peers",
    level: Level::Warning,
    summary: "`local_pref` goes to at least one peer of our own autonomous system",
    explanation: "LOCAL_PREF is not sent to a peer of another system (RFC 4271, 5.1.5), so there it prefers nothing. Towards \
                  an external router use a community that it maps to a preference, or a second address.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\nlocal_pref = 200\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 64512 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\nlocal_pref = 200\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb, pool) in super::pools(facts) {
        let Some(preference) = &pool.written.local_pref else { continue };
        let hearers: Vec<_> = super::peers(metallb).filter(|peer| super::hears(pool, peer)).collect();
        let external = |peer: &&super::Peer| super::is_internal(metallb, &peer.value) == Some(false);
        if !announced::by_metallb_bgp(cluster, pool) || hearers.is_empty() || !hearers.iter().all(external) {
            continue;
        }
        let path = format!("{}.local_pref", super::pool_path(pool));
        let mut finding = Diagnostic::new(&RULE, preference.span, format!("`{path}` reaches no peer"))
            .here("is sent to internal peers only")
            .help(
                "remove `local_pref`, or add a community that the router maps: communities = [\"65000:200\"]",
            )
            .on(path);
        for peer in hearers {
            finding = finding.label(peer.name.span, "is in another autonomous system");
        }
        found.push(finding);
    }
}
