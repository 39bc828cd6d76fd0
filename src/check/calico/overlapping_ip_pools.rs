//! Two IP pools of a cluster never hold the same address.

use super::{pool_path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::CalicoPool;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3113",
    name: "overlapping-ip-pools",
    level: Level::Error,
    summary: "the IP pools of a cluster do not overlap",
    explanation: "Calico's API server refuses the second of two overlapping pools. The operator compares \
        only \
                  the texts of the networks, and writes the first pools past the API server at bootstrap \
                  (pool_controller.go): then both exist, and two pods get one address.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.rack-1]
cidr = "10.42.0.0/17"

[clusters.main.calico.pools.rack-2]
cidr = "10.42.64.0/18"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.rack-1]
cidr = "10.42.0.0/17"

[clusters.main.calico.pools.rack-2]
cidr = "10.42.128.0/18"
"#,
    covers: &["CAL002"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let mut pools: Vec<&CalicoPool<'_>> = settings.pools.iter().collect();
        pools.sort_by_key(|pool| (pool.cidr.first(), pool.cidr.prefix_length(), pool.span));
        // Of two networks that overlap one holds the other, so the last one that has not ended is enough to look at.
        let mut open: Option<&CalicoPool<'_>> = None;
        for pool in pools {
            let Some(outer) = open.filter(|outer| outer.cidr.overlaps(&pool.cidr)) else {
                open = Some(pool);
                continue;
            };
            let (first, second) = if outer.span < pool.span { (outer, pool) } else { (pool, outer) };
            let message = format!(
                "the IP pools `{}` ({}) and `{}` ({}) of `{}` overlap",
                first.name, first.cidr, second.name, second.cidr, cluster.name
            );
            let finding = Diagnostic::new(&RULE, second.span, message)
                .here("overlaps")
                .label(first.span, "the other pool")
                .help("give each pool a part of `pods` of its own")
                .on(pool_path(cluster, second));
            found.push(finding);
        }
    }
}
