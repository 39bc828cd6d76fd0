//! An Installation lists at most 25 pools.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::PoolUse;
use crate::source::Span;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3116",
    name: "too-many-ip-pools",
    level: Level::Error,
    summary: "a cluster has one to 25 IP pools",
    explanation: "The list of pools in the Installation has at most 25 items (maxItems in the CRD of \
                  operator.tigera.io), so the API server refuses the whole Installation and no node gets a \
                  network. An empty list means that no pod ever gets an address.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.pool-0]
cidr = "10.42.0.0/21"

[clusters.main.calico.pools.pool-1]
cidr = "10.42.8.0/21"

[clusters.main.calico.pools.pool-2]
cidr = "10.42.16.0/21"

[clusters.main.calico.pools.pool-3]
cidr = "10.42.24.0/21"

[clusters.main.calico.pools.pool-4]
cidr = "10.42.32.0/21"

[clusters.main.calico.pools.pool-5]
cidr = "10.42.40.0/21"

[clusters.main.calico.pools.pool-6]
cidr = "10.42.48.0/21"

[clusters.main.calico.pools.pool-7]
cidr = "10.42.56.0/21"

[clusters.main.calico.pools.pool-8]
cidr = "10.42.64.0/21"

[clusters.main.calico.pools.pool-9]
cidr = "10.42.72.0/21"

[clusters.main.calico.pools.pool-10]
cidr = "10.42.80.0/21"

[clusters.main.calico.pools.pool-11]
cidr = "10.42.88.0/21"

[clusters.main.calico.pools.pool-12]
cidr = "10.42.96.0/21"

[clusters.main.calico.pools.pool-13]
cidr = "10.42.104.0/21"

[clusters.main.calico.pools.pool-14]
cidr = "10.42.112.0/21"

[clusters.main.calico.pools.pool-15]
cidr = "10.42.120.0/21"

[clusters.main.calico.pools.pool-16]
cidr = "10.42.128.0/21"

[clusters.main.calico.pools.pool-17]
cidr = "10.42.136.0/21"

[clusters.main.calico.pools.pool-18]
cidr = "10.42.144.0/21"

[clusters.main.calico.pools.pool-19]
cidr = "10.42.152.0/21"

[clusters.main.calico.pools.pool-20]
cidr = "10.42.160.0/21"

[clusters.main.calico.pools.pool-21]
cidr = "10.42.168.0/21"

[clusters.main.calico.pools.pool-22]
cidr = "10.42.176.0/21"

[clusters.main.calico.pools.pool-23]
cidr = "10.42.184.0/21"

[clusters.main.calico.pools.pool-24]
cidr = "10.42.192.0/21"

[clusters.main.calico.pools.pool-25]
cidr = "10.42.200.0/21"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"

[clusters.main.calico.pools.pool-0]
cidr = "10.42.0.0/21"

[clusters.main.calico.pools.pool-1]
cidr = "10.42.8.0/21"
"#,
    covers: &["CAL021"],
};

/// `maxItems` of `calicoNetwork.ipPools` (operator.tigera.io installations CRD, since operator v1.34).
const MOST: usize = 25;

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        // Load balancer pools are objects of their own.
        let listed = settings.pools.iter().filter(|pool| !pool.uses.contains(&PoolUse::LoadBalancer));
        let Some(written) = &settings.written.pools else { continue };
        let count = listed.clone().count();
        if (1..=MOST).contains(&count) {
            continue;
        }
        let message =
            format!("`{}` has {count} IP pools for pods, an Installation takes 1 to {MOST}", cluster.name);
        let help = if count == 0 {
            "remove `pools`: then `pods` makes one pool of each family"
        } else {
            "join neighbouring networks into larger pools"
        };
        let mut finding = Diagnostic::new(&RULE, written.span, message).here(format!("{count} pools"));
        let mut places: Vec<Span> = listed.map(|pool| pool.span).collect();
        places.sort();
        if let Some(place) = places.get(MOST) {
            finding = finding.label(*place, "one too many");
        }
        found.push(finding.help(help).on(path(cluster)));
    }
}
