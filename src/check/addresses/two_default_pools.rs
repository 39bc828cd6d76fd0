//! A cluster has at most one default pool.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2030",
    name: "two-default-pools",
    level: Level::Error,
    summary: "a cluster has at most one default pool",
    explanation: "The default is the pool of every service that names none. With two of them the name of \
        the pool would \
                  decide, and renaming one would move addresses.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
default = true

[pools.edge]
cluster = "main"
addresses = ["192.168.1.100-192.168.1.109"]
default = true
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
default = true

[pools.edge]
cluster = "main"
addresses = ["192.168.1.100-192.168.1.109"]
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let mut defaults = BTreeMap::new();
    for pool in &facts.resolved.pools {
        let Some(written) = pool.written.default.as_ref().filter(|default| default.value) else { continue };
        let Some((first, span)) = defaults.get(&pool.cluster) else {
            defaults.insert(pool.cluster, (pool.name, written.span));
            continue;
        };
        let cluster = facts.resolved.cluster(pool.cluster).name;
        let message = format!(
            "the pools `{first}` and `{}` are both the default of \
            `{cluster}`",
            pool.name
        );
        let finding = Diagnostic::new(&RULE, written.span, message)
            .here("a second default")
            .label(*span, format!("`{first}` is the default"))
            .help("remove `default` from one of them")
            .on(format!("pools.{}", pool.name));
        found.push(finding);
    }
}
