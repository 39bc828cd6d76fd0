//! What the plan says in its own words is not said again in an annotation.

use super::metallb_annotation_unread::annotations;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::metallb::{Reading, reading};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4507",
    name: "metallb-annotation-taken",
    level: Level::Error,
    summary: "addresses, pools and sharing are said by `ip`, `pool` and `share`, not by annotations",
    explanation: "An address in an annotation is one that `plan` does not know: it may give the same one to another service. \
                  With both prefixes on one Service MetalLB takes the new one, with the annotation and `loadBalancerIP` \
                  it gives no address (\"service can not have both\"), and `ip-allocated-from-pool` is its own to write \
                  (controller/service.go).",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nannotations = { \"metallb.io/loadBalancerIPs\" = \"192.168.1.215\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nip = \"192.168.1.215\"\n",
    covers: &["SV008", "SV011", "LB-03"],
};

/// What to write in the plan instead of an annotation.
pub(super) fn key_of_plan(annotation: &str) -> &'static str {
    match annotation.rsplit('/').next() {
        Some("address-pool") => "pool = \"lan\"",
        Some("allow-shared-ip") => "share = \"dns\"",
        Some("loadBalancerIPs") => "ip = \"192.168.1.215\"",
        _ => "nothing",
    }
}

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in &facts.resolved.services {
        let Some(metallb) = facts.resolved.cluster(service.cluster).metallb() else { continue };
        for (key, span, path) in annotations(service) {
            let Reading::Read(annotation) = reading(&metallb.version.value, &key) else { continue };
            let (message, help) = if annotation.output {
                (format!("`{key}` is what MetalLB writes back"), "remove it".to_owned())
            } else {
                let help = format!("remove it and write: {}", key_of_plan(&key));
                (format!("`{key}` of `{}` is for `plan` to write", service.path()), help)
            };
            let finding = Diagnostic::new(&RULE, span, message)
                .here("`plan` reads no annotations, and would know nothing of this")
                .help(help)
                .on(path);
            found.push(finding);
        }
    }
}
