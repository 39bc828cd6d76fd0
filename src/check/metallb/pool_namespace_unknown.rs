//! A pool is kept for namespaces that the plan knows.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4032",
    name: "pool-namespace-unknown",
    level: Level::Warning,
    summary: "`namespaces` of a pool are namespaces of the plan",
    explanation: "MetalLB never checks these names. A misspelt one keeps the pool from the Services that it is for, and they \
                  stay `<pending>`; a namespace that somebody else makes is fine, once it is declared.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nnamespaces = [\"wbe\"]\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nclients = []\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nnamespaces = [\"web\"]\n",
    covers: &["PL016", "PL017"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, _, pool) in super::pools(facts) {
        for (name, span) in pool.allowed_namespaces().unwrap_or_default() {
            let text = name.as_str();
            if facts.resolved.find_namespace(cluster.id, text).is_some() {
                continue;
            }
            let message =
                format!("`{}` is kept for the namespace `{text}`, which the plan does not have", pool.name);
            let finding = Diagnostic::new(&RULE, span, message)
                .here("nothing of the plan is in it")
                .on(format!("{}.namespaces", super::pool_path(pool)));
            let known =
                facts.resolved.namespaces_of(cluster.id).iter().map(|namespace| namespace.name.as_str());
            found.push(match nearest(text, known.clone()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(
                    span,
                    text,
                    known,
                    Names::Chosen,
                    quoted,
                ),
                None => finding.help(format!("if somebody else makes it, add:\n[namespaces.{text}]")),
            });
        }
    }
}
