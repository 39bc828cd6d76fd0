//! A cluster has one default pool.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4034",
    name: "two-default-pools",
    level: Level::Error,
    summary: "at most one pool of a cluster has `default = true`",
    explanation: "A service that names no pool gets an address of the default one. With two it would be the first by name, \
                  so that renaming a pool would move addresses.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.220\"]\ndefault = true\n\n[pools.dmz]\ncluster = \"main\"\naddresses = [\"192.168.1.230-192.168.1.250\"]\ndefault = true\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.220\"]\ndefault = true\n\n[pools.dmz]\ncluster = \"main\"\naddresses = [\"192.168.1.230-192.168.1.250\"]\n",
    covers: &["PL019"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for cluster in facts.resolved.targets() {
        let default = |pool: &&crate::resolve::Pool<'_>| pool.written.default();
        let mut pools = facts.resolved.pools_of(cluster.id).filter(default);
        let Some(first) = pools.next() else { continue };
        for second in pools {
            let place = |pool: &crate::resolve::Pool<'_>| {
                pool.written.default.as_ref().map_or(pool.span, |default| default.span)
            };
            let message = format!(
                "`{}` and `{}` are both the default pool of `{}`",
                first.name, second.name, cluster.name
            );
            let finding = Diagnostic::new(&RULE, place(second), message)
                .here("the second default")
                .label(place(first), "the first")
                .help("remove `default` from one of them")
                .on(format!("{}.default", super::pool_path(second)));
            found.push(finding);
        }
    }
}
