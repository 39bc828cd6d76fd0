//! What a stage saves, drains or asks exists.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule, nearest};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P8018",
    name: "saved-thing-unknown",
    level: Level::Error,
    summary: "`backup:`, `drain:`, `restore:`, `infer:` and `reachable:` of a stage name something that the plan declares",
    explanation: "The runbook asks a person to save it. A name that means nothing is a backup that is empty, which is found \
                  out on the day on which it is needed. Besides services, externals and tenants, three things have a name of \
                  their own: `manifests`, `sealed-secrets-key` and `etcd`.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[[stages]]\nname = \"workloads\"\ndo = [\"backup:wbe\"]\napply = [\"web\"]\ncheck = [\"ips-match\"]\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[[stages]]\nname = \"workloads\"\ndo = [\"backup:web\", \"backup:etcd\"]\napply = [\"web\"]\ncheck = [\"ips-match\"]\n",
    covers: &["STG-02"],
};

/// What belongs to a cluster as a whole.
const OF_A_CLUSTER: &[&str] = &["manifests", "sealed-secrets-key", "etcd"];

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let known = known(facts);
    for stage in &resolved.stages {
        let lists = [("do", &stage.written.r#do), ("check", &stage.written.check)];
        for (key, list) in lists {
            for word in list.iter().flat_map(|list| &list.value) {
                let Some((verb @ ("backup" | "drain" | "infer" | "reachable" | "restore"), name)) =
                    word.value.split_once(':')
                else {
                    continue;
                };
                let plain =
                    ["services.", "tenants.", "external."].iter().find_map(|start| name.strip_prefix(start));
                let name = plain.unwrap_or(name);
                if known.contains(&name) {
                    continue;
                }
                let message =
                    format!("`{name}`, which the stage `{}` is to {verb}, is not in the plan", stage.name);
                let finding = Diagnostic::new(&RULE, word.span, message)
                    .here("means nothing")
                    .on(format!("stages.{}.{key}", stage.name));
                found.push(match nearest(name, known.iter().copied()) {
                    Some(meant) => finding
                        .help(format!("did you mean `{meant}`?"))
                        .fix(word.span, format!("\"{verb}:{meant}\"")),
                    None => finding.help(
                        "name a service, an external, a tenant, `manifests`, `sealed-secrets-key` or `etcd`",
                    ),
                });
            }
        }
    }
}

/// Every name that may stand behind the colon.
fn known<'p>(facts: &Facts<'p>) -> Vec<&'p str> {
    let resolved = &facts.resolved;
    // A service that is not enabled may still have data in the old cluster.
    let services = resolved.plan.services.iter().flat_map(|services| services.value.names());
    let tenants = resolved.plan.tenants.iter().flat_map(|tenants| tenants.value.names());
    let externals = resolved.externals.iter().map(|external| external.name);
    services.chain(tenants).chain(externals).chain(["seldon"]).chain(OF_A_CLUSTER.iter().copied()).collect()
}

/// Whether a name may stand behind the colon, so that more can be said about it.
pub fn is_known(facts: &Facts<'_>, name: &str) -> bool {
    known(facts).contains(&name)
}
