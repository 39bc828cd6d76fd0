//! An annotation under MetalLB's prefix is one that MetalLB reads.

use crate::check::Check;
use crate::decode::{Raw, RawValue};
use crate::diagnostics::{Diagnostic, Level, Names, Rule, certain, quoted};
use crate::facts::Facts;
use crate::model::Owner;
use crate::resolve::Service;
use crate::source::Span;
use crate::upstream::metallb::{Reading, reading};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4506",
    name: "metallb-annotation-unread",
    level: Level::Error,
    summary: "annotations under a MetalLB prefix are ones that its release reads",
    explanation: "MetalLB reads four keys and ignores all others without an event: `loadBalancer-ips` and `loadBalancer-ip` \
                  have pinned nothing, ever, and the address drifts to the lowest free one. The prefix `metallb.io/` is \
                  read from v0.14.9 on; an older release knows `metallb.universe.tf/` only (controller/service.go).",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nannotations = { \"metallb.universe.tf/loadBalancer-ips\" = \"192.168.1.215\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nip = \"192.168.1.215\"\n",
    covers: &["SV009", "SV010", "LB-01", "LB-02", "CAL103"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in &facts.resolved.services {
        let Some(metallb) = facts.resolved.cluster(service.cluster).metallb() else { continue };
        let version = &metallb.version.value;
        for (key, span, path) in annotations(service) {
            let (message, works) = match reading(version, &key) {
                Reading::NotOurs | Reading::Read(_) => continue,
                Reading::PrefixTooNew { works } => {
                    (format!("MetalLB {version} does not read `{key}` yet"), works)
                }
                Reading::Ignored { nearest } => (format!("no MetalLB reads `{key}`"), nearest),
            };
            let key_of_plan = super::metallb_annotation_taken::key_of_plan(&works);
            let finding = Diagnostic::new(&RULE, span, message)
                .here("ignored without a word")
                .label(metallb.version.span, "MetalLB's release")
                .help(format!("remove it and write `{key_of_plan}`: `plan` makes `{works}` of it"))
                .on(path);
            // One slip away from a key that is read, or under the prefix of another release.
            let meant = certain(name(&key), [name(&works)], Names::Fixed).is_some();
            let finding = if meant { finding.fix(span, quoted(&works)) } else { finding };
            found.push(finding);
        }
    }
}

/// An annotation key without its prefix.
fn name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// The keys that become annotations of a Service: those of its table, and those in the values of its chart.
pub(super) fn annotations(service: &Service<'_>) -> Vec<(String, Span, String)> {
    let mut keys = Vec::new();
    if service.owner != Owner::Operator
        && let Some(raw) = &service.written.annotations
    {
        let path = format!("{}.annotations", service.path());
        keys.extend(raw.value.0.iter().map(|(key, _)| (key.value.clone(), key.span, path.clone())));
    }
    let values = service.written.release.as_ref().and_then(|release| release.value.raw.as_ref());
    if let Some(values) = values {
        let mut inside = Vec::new();
        walk(&values.value, &mut inside);
        let path = format!("{}.release.raw", service.path());
        keys.extend(inside.into_iter().map(|(key, span)| (key, span, path.clone())));
    }
    keys
}

fn walk(raw: &Raw, keys: &mut Vec<(String, Span)>) {
    for (key, value) in &raw.0 {
        keys.push((key.value.clone(), key.span));
        if let RawValue::Table(table) = &value.value {
            walk(table, keys);
        }
    }
}
