//! MetalLB's own BGP code can do less than FRR.

use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, announced};
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4017",
    name: "native-backend-limits",
    level: Level::Error,
    summary: "what only FRR can do is not asked of the native backend",
    explanation: "With `backend = \"native\"` MetalLB refuses the whole configuration when a peer has a BFD profile, a VRF, a \
                  keepalive or connect time, graceful restart, a dynamic number or no address, when there is a BFD \
                  profile at all, when a pool that is announced by BGP has IPv6 addresses, and for large communities \
                  (internal/config validation.go DiscardFRROnly).",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nbackend = \"native\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, vrf = \"red\" } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nbackend = \"frr-k8s\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, vrf = \"red\" } }\n",
    covers: &["PE008"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts).filter(|(_, metallb)| super::is_native(metallb)) {
        let mut report = |what: String, span: Span, on: String| {
            let mut finding =
                Diagnostic::new(&RULE, span, format!("{what}, which the native backend refuses"))
                    .here("needs FRR")
                    .help("write: backend = \"frr-k8s\" (\"frr\" before MetalLB v0.14)")
                    .on(on);
            if let Some(backend) = &metallb.backend {
                finding = finding.label(backend.span, "the backend");
            }
            found.push(finding);
        };
        for peer in super::peers(metallb) {
            let written = &peer.value;
            let keys: [(&str, Option<Span>); 7] = [
                ("bfd", written.bfd.as_ref().map(|key| key.span)),
                ("connect_time", written.connect_time.as_ref().map(|key| key.span)),
                ("dynamic_asn", written.dynamic_asn.as_ref().map(|key| key.span)),
                (
                    "graceful_restart",
                    written.graceful_restart.as_ref().filter(|key| key.value).map(|key| key.span),
                ),
                ("interface", written.interface.as_ref().map(|key| key.span)),
                ("keepalive_time", written.keepalive_time.as_ref().map(|key| key.span)),
                ("vrf", written.vrf.as_ref().map(|key| key.span)),
            ];
            let path = super::peer_path(cluster, peer);
            for (key, span) in keys {
                if let Some(span) = span {
                    report(format!("`{path}` has `{key}`"), span, format!("{path}.{key}"));
                }
            }
        }
        for profile in metallb.bfd_profiles.iter().flat_map(|all| all.value.iter()) {
            let path = format!("clusters.{}.metallb.bfd_profiles.{}", cluster.name, profile.name.value);
            report(format!("`{path}` is a BFD profile"), profile.name.span, path);
        }
        for alias in metallb.communities.iter().flat_map(|all| all.value.iter()) {
            if alias.value.starts_with("large:") {
                let path = format!("clusters.{}.metallb.communities.{}", cluster.name, alias.name.value);
                report(format!("`{path}` is a large community"), alias.span, path);
            }
        }
        for pool in facts.resolved.pools_of(cluster.id) {
            if !announced::by_metallb_bgp(cluster, pool) {
                continue;
            }
            let path = super::pool_path(pool);
            if pool.has_family(Family::V6) {
                report(format!("`{path}` announces IPv6 addresses by BGP"), pool.span, path.clone());
            }
            for community in pool.written.communities.iter().flat_map(|list| list.value.iter()) {
                if community.value.starts_with("large:") {
                    report(
                        format!("`{path}` has a large community"),
                        community.span,
                        format!("{path}.communities"),
                    );
                }
            }
        }
    }
}
