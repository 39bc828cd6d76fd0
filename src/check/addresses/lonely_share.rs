//! Sharing takes two.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule, nearest};
use crate::facts::Facts;
use crate::resolve::{ClusterId, Service};
use std::collections::{BTreeMap, BTreeSet};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2027",
    name: "lonely-share",
    level: Level::Warning,
    summary: "an address that is to be shared has several holders",
    explanation: "Services share an address when they say the same word, in one cluster and with an \
        address of a pool. One \
                  alone is mostly a slip in the word, and then two services have two addresses where clients expect one.",
    fails: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
share = "front"

[services.api]
namespace = "web"
selector = { app = "api" }
ports = { http = "8080" }
share = "fromt"
"#,
    passes: r#"[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
share = "front"

[services.api]
namespace = "web"
selector = { app = "api" }
ports = { http = "8080" }
share = "front"
"#,
    covers: &["SV008"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut groups: BTreeMap<(ClusterId, &str), Vec<&Service<'_>>> = BTreeMap::new();
    for service in &facts.resolved.services {
        let Some(share) = &service.written.share else { continue };
        groups.entry((service.cluster, share.value.as_str())).or_default().push(service);
    }
    let mut told: BTreeSet<(ClusterId, &str)> = BTreeSet::new();
    for ((cluster, word), members) in &groups {
        let with_address: Vec<_> = members.iter().filter(|service| service.pool.is_some()).collect();
        let [service] = with_address.as_slice() else { continue };
        let Some(share) = &service.written.share else { continue };
        // Of two words that only a slip keeps apart, one finding is enough.
        if told.contains(&(*cluster, *word)) {
            continue;
        }
        let message = format!("`{}` shares its address as `{word}`, and nobody else does", service.path());
        let others =
            groups.keys().filter(|(other, name)| other == cluster && name != word).map(|(_, name)| *name);
        let mut finding =
            Diagnostic::new(&RULE, share.span, message).here("shared with nobody").on(service.path());
        match nearest(word, others) {
            Some(meant) => {
                told.insert((*cluster, meant));
                let other = groups.get(&(*cluster, meant)).and_then(|members| members.first());
                if let Some(place) = other.and_then(|other| other.written.share.as_ref()) {
                    finding = finding.label(place.span, "nearly the same word");
                }
                found.push(
                    finding.help(format!("if one address is meant, write one word: `{word}` or `{meant}`")),
                );
            }
            None => found.push(finding.help("remove the key, or write it in the other service as well")),
        }
    }
}
