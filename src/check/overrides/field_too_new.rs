//! An override names fields that the release of the plan has.

use super::list::overrides;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::Version;
use crate::upstream::schema::newer_fields;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3503",
    name: "field-too-new",
    level: Level::Error,
    summary: "a raw override names fields that the chosen release has",
    explanation: "A field that came with a later release is pruned by the older CRD: the object is admitted and does not do \
                  what the override says. MetalLB's `serviceSelectors` is from v0.16.0, Calico's `kubeProxyManagement` \
                  from v3.31.0.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nl2_advertisement = { serviceSelectors = [{ matchLabels = { public = \"yes\" } }] }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.16.1\"\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nl2_advertisement = { serviceSelectors = [{ matchLabels = { public = \"yes\" } }] }\n",
    covers: &["AD006", "AD013", "GO025"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for part in overrides(facts) {
        let Some(release) = part.release else { continue };
        let raw = part.raw.to_json();
        for kind in part.kinds.iter().filter(|kind| kind.at == "/spec") {
            for field in newer_fields(kind.api_version, kind.kind) {
                let Some(inside) = field.path.strip_prefix("spec.") else { continue };
                let pointer = format!("/{}", inside.replace('.', "/"));
                if release.at_least(field.since) || raw.pointer(&pointer).is_none() {
                    continue;
                }
                let (above, key) = pointer.rsplit_once('/').unwrap_or(("", inside));
                let span = part.raw.key_place(above, key).unwrap_or(part.span);
                let since = Version::from(field.since);
                let message =
                    format!("`{}.{inside}` came with {since}, and the plan has {release}", part.path);
                let finding = Diagnostic::new(&RULE, span, message)
                    .here("this release would drop it without a word")
                    .help(format!("remove it, or write in the plan: version = \"{since}\""))
                    .on(part.path.clone());
                found.push(finding);
            }
        }
    }
}
