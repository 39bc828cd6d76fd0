//! MetalLB is configured by objects from v0.13 on.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::metallb::OBJECTS_SINCE;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4001",
    name: "metallb-release-too-old",
    level: Level::Error,
    summary: "MetalLB is v0.13 or newer",
    explanation: "Before v0.13 MetalLB read one ConfigMap; the kinds IPAddressPool, L2Advertisement and BGPAdvertisement \
                  did not exist, so the API server refuses every object that `plan` writes for it (\"no matches for \
                  kind\").",
    fails: "[clusters.main.metallb]\nversion = \"v0.12.1\"\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.14.9\"\n",
    covers: &["GO025"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        let version = &metallb.version;
        if version.value.at_least(OBJECTS_SINCE) {
            continue;
        }
        let message = format!("MetalLB {} has no configuration objects, only a ConfigMap", version.value);
        let finding = Diagnostic::new(&RULE, version.span, message)
            .here("IPAddressPool came with v0.13.0")
            .help("write: version = \"v0.15.3\"")
            .on(format!("clusters.{}.metallb.version", cluster.name));
        found.push(finding);
    }
}
