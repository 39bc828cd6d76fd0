//! No peer switches off the check that would refuse it.

use crate::check::Check;
use crate::decode::RawValue;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4019",
    name: "peer-disables-mp",
    level: Level::Error,
    summary: "no BGP peer sets `disableMP`",
    explanation: "`disableMP` is deprecated and, as long as it is set, MetalLB's webhook skips every other check of the peer \
                  (internal/k8s/webhooks/webhookv1beta2/bgppeer_webhook.go): a mistake in it is found when the session \
                  does not come up.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, raw = { disableMP = true } } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, raw = { disableMP = false } } }\n",
    covers: &["PE010"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        for peer in super::peers(metallb) {
            let raw = peer.value.raw.iter().flat_map(|raw| raw.value.0.iter());
            for (key, value) in raw {
                if key.value != "disableMP" || !matches!(value.value, RawValue::Boolean(true)) {
                    continue;
                }
                let path = super::peer_path(cluster, peer);
                let finding = Diagnostic::new(&RULE, value.span, format!("`{path}` sets `disableMP`"))
                    .here("the webhook checks nothing of this peer any more")
                    .help("remove `disableMP`: FRR negotiates each family by itself")
                    .on(format!("{path}.raw"));
                found.push(finding);
            }
        }
    }
}
