//! Two IP pools of a cluster never hold the same address.

use super::{pool_path, with_calico};
use crate::addresses::Cidr;
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
        let mut pools: Vec<(Cidr, &CalicoPool<'_>)> =
            settings.pools.iter().map(|pool| (network(pool), pool)).collect();
        pools.sort_by_key(|(cidr, pool)| (cidr.first(), cidr.prefix_length(), pool.span));
        // Of two networks that overlap one holds the other, so the last one that has not ended is enough to look at.
        let mut open: Option<(Cidr, &CalicoPool<'_>)> = None;
        for (cidr, pool) in pools {
            let Some(outer) = open.filter(|(outer, _)| outer.overlaps(&cidr)) else {
                open = Some((cidr, pool));
                continue;
            };
            let own = (cidr, pool);
            let ((one, first), (other, second)) =
                if outer.1.span < pool.span { (outer, own) } else { (own, outer) };
            let message = format!(
                "the IP pools `{}` ({one}) and `{}` ({other}) of `{}` overlap",
                first.name, second.name, cluster.name
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

/// The network that Calico gets: an override comes last.
fn network(pool: &CalicoPool<'_>) -> Cidr {
    let raw = pool.written.and_then(|written| written.raw.as_ref());
    let over = raw.and_then(|raw| Cidr::parse(raw.value.to_json().get("cidr")?.as_str()?).ok());
    over.unwrap_or(pool.cidr)
}
