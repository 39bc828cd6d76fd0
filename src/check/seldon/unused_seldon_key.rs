//! What is said about a runtime is said of one that there is.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::source::Span;
use std::collections::BTreeSet;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6013",
    name: "unused-seldon-key",
    level: Level::Error,
    summary: "a tenant has only keys that its runtime, or its lack of one, reads",
    explanation: "`mesh`, `scheduler`, `host` and `traffic` are about the runtime of a tenant with `seldon = true`; `ports` is \
                  about a tenant without one, because the port of an inference endpoint is known. Where nothing reads a \
                  key, the address that it asks for is never given and the port that it names never opened.",
    fails: "[tenants.fraud]\nmesh = \"192.168.1.221\"\n",
    passes: tested!(
        "[seldon]\nversion = \"2.9.1\"\n\n[tenants.fraud]\nseldon = true\nmesh = \"192.168.1.221\"\n"
    ),
    covers: &["POL-11"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    let mut report = |path: String, key: &str, span: Span, why: &str, help: String| {
        if seen.insert(span) {
            let finding = Diagnostic::new(&RULE, span, format!("`{path}` has `{key}`, and {why}"))
                .here("nothing reads this key")
                .help(help)
                .on(format!("{path}.{key}"));
            found.push(finding);
        }
    };
    for tenant in &facts.resolved.tenants {
        let written = tenant.written;
        let of_runtime = [
            ("mesh", written.mesh.as_ref().filter(|mesh| mesh.value.is_wanted()).map(|key| key.span)),
            ("scheduler", written.scheduler.as_ref().filter(|key| key.value.is_wanted()).map(|key| key.span)),
            ("host", written.host.as_ref().map(|key| key.span)),
            ("traffic", written.shared.traffic.as_ref().map(|key| key.span)),
        ];
        if tenant.runtime.is_none() {
            for (key, span) in of_runtime {
                if let Some(span) = span {
                    let help = format!("write: seldon = true, or remove `{key}`");
                    report(tenant.path(), key, span, "it has no Seldon runtime", help);
                }
            }
        } else if let Some(ports) = &written.shared.ports {
            let help = "remove `ports`: clients reach the inference endpoint".to_owned();
            report(tenant.path(), "ports", ports.span, "it has a Seldon runtime", help);
        }
    }
    for install in facts.resolved.installs.iter().filter(|install| !install.settings.runtime()) {
        let settings = &install.settings;
        let wishes = [("mesh", &settings.mesh), ("scheduler", &settings.scheduler)];
        for (key, wish) in wishes {
            if let Some(wish) = wish.as_ref().filter(|wish| wish.value.is_wanted()) {
                let help = format!("remove `{key}`, or write: runtime = true");
                report("seldon".to_owned(), key, wish.span, "has no runtime of its own", help);
            }
        }
    }
}
