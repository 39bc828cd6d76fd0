//! The release of MetalLB knows every field that the plan sets.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Backend;
use crate::source::Span;
use crate::upstream::{Release, Version, metallb};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4005",
    name: "metallb-field-too-new",
    level: Level::Error,
    summary: "MetalLB's release knows every field that the plan uses",
    explanation: "The CRDs of an older release have no such field: the API server prunes it without a word (kubectl \
                  warns), so the peer, the pool or the advertisement works as if the key were not there. `interfaces` \
                  dates from v0.13.6, `serviceAllocation` from v0.13.8, the frr-k8s backend from v0.14.0, `connectTime` \
                  from v0.14.4, `dynamicASN` from v0.14.9, unnumbered peers from v0.15.0 (MetalLB's release notes).",
    fails: "[clusters.main.metallb]\nversion = \"v0.14.8\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", dynamic_asn = \"external\" } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.14.9\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", dynamic_asn = \"external\" } }\n",
    covers: &["AD013", "GO025"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in super::installed(facts) {
        let version = &settings.version.value;
        let mut judge = |key: &str, span: Span, since: Release, on: String| {
            if version.at_least(since) {
                return;
            }
            let since = Version::from(since);
            let message = format!("MetalLB {version} does not know `{key}`, which came with {since}");
            let finding = Diagnostic::new(&RULE, span, message)
                .here(format!("needs {since}"))
                .label(settings.version.span, "this release would drop it without a word")
                .help(format!("write: version = \"{since}\", or remove `{key}`"))
                .on(on);
            found.push(finding);
        };
        if let Some(backend) = &settings.backend
            && backend.value == Backend::FrrK8s
        {
            let on = format!("clusters.{}.metallb.backend", cluster.name);
            judge("backend = \"frr-k8s\"", backend.span, metallb::FRR_K8S_SINCE, on);
        }
        for peer in super::peers(settings) {
            let path = super::peer_path(cluster, peer);
            let keys = [
                ("interface", "spec.interface", peer.value.interface.as_ref().map(|key| key.span)),
                ("dynamic_asn", "spec.dynamicASN", peer.value.dynamic_asn.as_ref().map(|key| key.span)),
                ("connect_time", "spec.connectTime", peer.value.connect_time.as_ref().map(|key| key.span)),
            ];
            for (key, field, span) in keys {
                if let (Some(span), Some(since)) = (span, metallb::since("BGPPeer", field)) {
                    judge(key, span, since, format!("{path}.{key}"));
                }
            }
        }
        for pool in facts.resolved.pools_of(cluster.id) {
            let written = pool.written;
            let allocation = ("IPAddressPool", "spec.serviceAllocation");
            let keys = [
                ("namespaces", allocation, written.namespaces.as_ref().map(|key| key.span)),
                ("priority", allocation, written.priority.as_ref().map(|key| key.span)),
                (
                    "interfaces",
                    ("L2Advertisement", "spec.interfaces"),
                    written.interfaces.as_ref().map(|key| key.span),
                ),
            ];
            for (key, (kind, field), span) in keys {
                if let (Some(span), Some(since)) = (span, metallb::since(kind, field)) {
                    judge(key, span, since, format!("{}.{key}", super::pool_path(pool)));
                }
            }
        }
    }
}
