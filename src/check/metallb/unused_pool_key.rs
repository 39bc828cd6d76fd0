//! What a pool says about its announcement is read by the way in which it is announced.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Advertise;
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4030",
    name: "unused-pool-key",
    level: Level::Error,
    summary: "a pool has only keys that its `advertise` reads",
    explanation: "`interfaces` is a field of the L2Advertisement; `peers`, `communities`, `local_pref` and the aggregation \
                  lengths are fields of the BGPAdvertisement; `nodes` is one of both. Without such an object the key goes \
                  nowhere: the pool would be announced otherwise than its table says.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"l2\"\ncommunities = [\"65000:100\"]\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"l2\"\ninterfaces = [\"eno1\"]\n",
    covers: &["AD010"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, _, pool) in super::pools(facts) {
        let written = pool.written;
        // Calico's sessions take the place of MetalLB's, and of L2 where nobody asked for it.
        let by_calico = super::calico_announces(cluster);
        let l2 = pool.is_advertised_by(Advertise::L2) && (written.advertise.is_some() || !by_calico);
        let bgp = pool.is_advertised_by(Advertise::Bgp) && !by_calico;
        let keys: [(&str, Option<Span>, bool, &str); 9] = [
            ("interfaces", written.interfaces.as_ref().map(|key| key.span), l2, "l2"),
            ("l2_advertisement", written.l2_advertisement.as_ref().map(|key| key.span), l2, "l2"),
            ("peers", written.peers.as_ref().map(|key| key.span), bgp, "bgp"),
            ("communities", written.communities.as_ref().map(|key| key.span), bgp, "bgp"),
            ("local_pref", written.local_pref.as_ref().map(|key| key.span), bgp, "bgp"),
            ("aggregation_length", written.aggregation_length.as_ref().map(|key| key.span), bgp, "bgp"),
            ("aggregation_length_v6", written.aggregation_length_v6.as_ref().map(|key| key.span), bgp, "bgp"),
            ("bgp_advertisement", written.bgp_advertisement.as_ref().map(|key| key.span), bgp, "bgp"),
            ("nodes", written.nodes.as_ref().map(|key| key.span), l2 || bgp, "l2"),
        ];
        for (key, span, is_read, way) in keys {
            let Some(span) = span.filter(|_| !is_read) else { continue };
            let path = super::pool_path(pool);
            let (why, help) = if by_calico && way == "bgp" {
                ("nothing reads, because Calico announces the pool".to_owned(), format!("remove `{key}`"))
            } else {
                (
                    format!("only a pool with advertise = \"{way}\" reads"),
                    format!("remove `{key}`, or write: advertise = \"{way}\" (a list for both)"),
                )
            };
            let mut finding = Diagnostic::new(&RULE, span, format!("`{path}` has `{key}`, which {why}"))
                .here("nothing reads this key")
                .help(help)
                .on(format!("{path}.{key}"));
            if let Some(advertise) = &written.advertise {
                finding = finding.label(advertise.span, "how it is announced");
            }
            found.push(finding);
        }
    }
}
