//! Without an overlay for every packet, somebody has to tell the nodes the routes.

use super::{encapsulation_span, path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Encapsulation, PoolUse};
use crate::upstream::calico::{Feature, has};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3104",
    name: "encapsulation-needs-bgp",
    level: Level::Error,
    summary: "pools without VXLAN need BGP",
    explanation: "VXLAN needs nothing else: Felix programs the routes itself. IPIP and unencapsulated pools get \
                  their routes from BIRD, so the tigera operator refuses them while BGP is disabled \
                  (installation/validation.go) and reports Degraded. Only from Calico 3.32 on can Felix do it, \
                  with `clusterRoutingMode: Felix`.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
encapsulation = "IPIP"
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
encapsulation = "IPIP"
bgp = true
"#,
    covers: &["CAL018", "CAL-05"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts).filter(|(_, settings)| !settings.bgp) {
        let installation = settings.written.installation.as_ref().map(|raw| raw.value.to_json());
        let mode = installation.as_ref().and_then(|spec| spec.pointer("/calicoNetwork/clusterRoutingMode"));
        if mode.is_some_and(|mode| mode == "Felix") && has(settings.version, Feature::ClusterRoutingMode) {
            continue;
        }
        let needs_bgp = settings.pools.iter().find(|pool| {
            let vxlan = matches!(pool.encapsulation, Encapsulation::Vxlan | Encapsulation::VxlanCrossSubnet);
            !vxlan && !pool.uses.contains(&PoolUse::LoadBalancer)
        });
        let Some(pool) = needs_bgp else { continue };
        let word = pool.encapsulation.word();
        let message = format!(
            "the pool `{}` of `{}` has the encapsulation {word}, and the nodes speak no BGP",
            pool.name, cluster.name
        );
        let bgp = settings.written.bgp.as_ref().map_or(cluster.span, |bgp| bgp.span);
        let finding = Diagnostic::new(&RULE, encapsulation_span(settings, pool), message)
            .here("its routes come over BGP")
            .label(bgp, "BGP is off")
            .help("write: encapsulation = \"VXLAN\" (or \"VXLANCrossSubnet\"), or: bgp = true")
            .on(path(cluster));
        found.push(finding);
    }
}
