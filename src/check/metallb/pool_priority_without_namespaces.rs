//! A pool is tried first for somebody.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::upstream::metallb::BARE_PRIORITY_FOR_ALL_SINCE;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4031",
    name: "pool-priority-without-namespaces",
    level: Level::Warning,
    summary: "`priority` of a pool comes with `namespaces`",
    explanation: "Both are parts of `serviceAllocation`. An allocation without namespaces matches every Service from MetalLB \
                  v0.15.0 on and none before (internal/config addressPoolServiceAllocationFromCR), so the same plan means \
                  opposite things on two releases.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\npriority = 10\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\npriority = 10\nnamespaces = [\"web\"]\n",
    covers: &["PL018"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (_, metallb, pool) in super::pools(facts) {
        let named = pool.written.namespaces.as_ref().is_some_and(|list| !list.value.is_empty());
        let Some(priority) = pool.written.priority.as_ref().filter(|_| !named) else { continue };
        let whom = if metallb.version.value.at_least(BARE_PRIORITY_FOR_ALL_SINCE) {
            "every Service"
        } else {
            "no Service"
        };
        let path = format!("{}.priority", super::pool_path(pool));
        let message = format!(
            "`{path}` is said of no namespace, and MetalLB {} takes that for {whom}",
            metallb.version.value
        );
        let finding = Diagnostic::new(&RULE, priority.span, message)
            .here(format!("applies to {whom}"))
            .help("add: namespaces = [\"ingress-nginx\"], or remove `priority`")
            .on(path);
        found.push(finding);
    }
}
