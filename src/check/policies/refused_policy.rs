//! The API server takes every raw NetworkPolicy.

use crate::check::{Check, overrides};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, raw};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5005",
    name: "refused-policy",
    level: Level::Error,
    summary: "a raw NetworkPolicy passes the API server's own validation",
    explanation: "A schema knows fields and types, and the API server knows more: `endPort` needs a numeric `port` that is not \
                  above it, `except` lies strictly inside `cidr`, a peer is either an `ipBlock` or selectors and never empty, \
                  `In` needs values and `Exists` takes none (pkg/apis/networking/validation). A policy that is refused \
                  guards nothing, and stops the apply of what stands behind it.",
    fails: r#"[policies.allow-probe]
metadata = { name = "allow-probe", namespace = "web" }
spec = { podSelector = { }, policyTypes = ["Ingress"], ingress = [{ ports = [{ protocol = "TCP", port = 8080, endPort = 80 }] }] }

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
clients = []
"#,
    passes: r#"[policies.allow-probe]
metadata = { name = "allow-probe", namespace = "web" }
spec = { podSelector = { }, policyTypes = ["Ingress"], ingress = [{ ports = [{ protocol = "TCP", port = 80, endPort = 8080 }] }] }

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
clients = []
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (path, _, read, refusals) in raw::judged(&facts.resolved) {
        // A policy that is taken may mean less than it says.
        if read.is_some() {
            found.extend(refusals.into_iter().map(|remark| remark.on(path.clone())));
            continue;
        }
        // What the schema refuses is told there.
        if overrides::is_refused(facts, &path) {
            continue;
        }
        for refusal in refusals.into_iter().filter(|finding| finding.level == Level::Error) {
            let why = refusal.labels[0].text.clone();
            let finding =
                Diagnostic::new(&RULE, refusal.span(), format!("the API server refuses `{path}`: {why}"));
            found.push(
                finding.here(why).help("mend it; a policy that is refused guards nothing").on(path.clone()),
            );
        }
    }
}
