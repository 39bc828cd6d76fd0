//! A service takes its address from a pool of its own cluster.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Owner;
use crate::resolve::Exposure;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2025",
    name: "pool-of-other-cluster",
    level: Level::Error,
    summary: "the pool that a service names belongs to its cluster",
    explanation: "MetalLB of one cluster cannot give addresses of a pool that only another cluster has: \
        \"unknown pool\". A \
                  pool in `service_defaults` is left aside in other clusters, a pool in the service's own table is not.",
    fails: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
metallb = { version = "v0.15.3" }

[pools.second]
cluster = "second"
addresses = ["192.168.1.100-192.168.1.109"]

[services.web]
namespace = "web"
cluster = "second"
selector = { app = "web" }
ports = { http = "80" }
pool = "lan"
"#,
    passes: r#"[clusters.second]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-3"]
cni = "flannel"
pods = "10.52.0.0/16"
services = "10.53.0.0/16"
metallb = { version = "v0.15.3" }

[pools.second]
cluster = "second"
addresses = ["192.168.1.100-192.168.1.109"]

[services.web]
namespace = "web"
cluster = "second"
selector = { app = "web" }
ports = { http = "80" }
pool = "second"
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let pools: std::collections::BTreeMap<&str, _> =
        resolved.pools.iter().map(|pool| (pool.name, pool)).collect();
    for service in &resolved.services {
        if service.exposure != Exposure::LoadBalancer || service.owner == Owner::Operator {
            continue;
        }
        let Some(written) = &service.written.shared.pool else { continue };
        let Some(pool) = pools.get(written.value.as_str()) else { continue };
        // A copy in each of several clusters names one pool and takes the others' own.
        let copies = service.shared.cluster.as_ref().map_or(1, |clusters| clusters.value.0.len());
        if pool.cluster == service.cluster || copies > 1 {
            continue;
        }
        let (own, other) = (resolved.cluster(service.cluster).name, resolved.cluster(pool.cluster).name);
        let message = format!(
            "`{}` is in the cluster `{own}`, and its pool `{}` belongs to `{other}`",
            service.path(),
            pool.name
        );
        let names: Vec<&str> = resolved.pools_of(service.cluster).map(|pool| pool.name).collect();
        let help = match names.first() {
            Some(name) => format!("write: pool = \"{name}\""),
            None => format!("give `{own}` a pool of its own"),
        };
        let finding = Diagnostic::new(&RULE, written.span, message)
            .here(format!("a pool of `{other}`"))
            .label(pool.written.cluster.span, "says so here")
            .help(help)
            .on(service.path());
        found.push(finding);
    }
}
