//! A pool holds at least one block.

use super::{block_size_span, pool_path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3108",
    name: "block-larger-than-pool",
    level: Level::Error,
    summary: "a block fits into its pool",
    explanation: "A node claims whole blocks. A pool that is smaller than one block gives nobody an address, and \
                  both the operator and the API server refuse it.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/27"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"

[checks]
more-nodes-than-networks = "allow"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/22"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"
"#,
    covers: &["CAL010", "NET-04"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        for pool in settings.pools.iter().filter(|pool| pool.cidr.prefix_length() > pool.block_size) {
            let message = format!(
                "the pool `{}` ({}) is smaller than one block (/{})",
                pool.name, pool.cidr, pool.block_size
            );
            // A pool as small as that may be meant for a few addresses of load balancers.
            let own = pool.written.is_some() && pool.cidr.prefix_length() <= pool.cidr.family().bits();
            let help = match own {
                true => format!(
                    "write smaller blocks: block_size = {}; or take a larger network",
                    pool.cidr.prefix_length()
                ),
                false => "take a larger network, such as \"10.42.0.0/16\"".to_owned(),
            };
            let size = block_size_span(settings, pool);
            let mut finding = Diagnostic::new(&RULE, pool.span, message)
                .here("smaller than a block")
                .help(help)
                .on(pool_path(cluster, pool));
            if size != pool.span {
                finding = finding.label(size, format!("blocks are /{}", pool.block_size));
            }
            found.push(finding);
        }
    }
}
