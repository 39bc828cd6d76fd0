//! Seldon's Envoy listens on IPv4, and looks up IPv4.

use crate::addresses::{Family, address};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::SeldonAddress;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6010",
    name: "seldon-on-ipv6-only",
    level: Level::Error,
    summary: "Seldon's inference is called and resolved by IPv4",
    explanation: "The scheduler configures every cluster of Envoy with `dns_lookup_family: V4_ONLY` \
                  (scheduler/pkg/envoy/resources resource.go). On a cluster without IPv4 no name resolves, and every \
                  inference call answers 503. Envoy itself listens on 0.0.0.0 (scheduler/pkg/envoy/xdscache \
                  seldoncache.go), so an IPv6 address of a `mesh` is announced, and refuses every connection.",
    fails: "[lan]\ncidr = \"fd00:1::/64\"\n\n[hosts]\nnode-1 = { ip = \"fd00:1::11\" }\nnode-2 = { ip = \"fd00:1::12\" }\n\n[clusters.main]\ndistribution = \"k3s\"\nversion = \"v1.31.9+k3s1\"\nservers = [\"node-1\"]\nagents = [\"node-2\"]\npods = \"fd00:42::/56\"\nservices = \"fd00:43::/112\"\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"fd00:1::200-fd00:1::250\"]\n\n[seldon]\nversion = \"2.9.1\"\n",
    passes: tested!("[seldon]\nversion = \"2.9.1\"\n"),
    covers: &["P-29"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for install in &facts.resolved.installs {
        let cluster = facts.resolved.cluster(install.cluster);
        if cluster.families().any(|family| family == Family::V4) {
            continue;
        }
        let message = format!("Seldon runs in `{}`, which has no IPv4", cluster.name);
        let place = install.settings.version.as_ref().map_or(install.span, |version| version.span);
        let finding = Diagnostic::new(&RULE, place, message)
            .here("its Envoy looks up IPv4 addresses only")
            .label(cluster.written.services.span, "IPv6 only")
            .help("add an IPv4 network to `pods` and `services` of the cluster")
            .on("seldon");
        found.push(finding);
    }
    for runtime in &facts.resolved.runtimes {
        let cluster = facts.resolved.cluster(runtime.cluster);
        let Some(SeldonAddress::Pinned(pins)) = runtime.mesh_wish.as_ref().map(|wish| &wish.value) else {
            continue;
        };
        let six = pins.iter().find(|pin| address::family(pin.value) == Family::V6);
        let Some(pin) = six.filter(|_| cluster.is_dual_stack()) else { continue };
        let path = format!("{}.mesh", runtime.path(&facts.resolved));
        let message = format!("`{path}` pins an IPv6 address, and Seldon's Envoy listens on IPv4 only");
        let mut finding = Diagnostic::new(&RULE, pin.span, message)
            .here("refuses every connection")
            .help("pin an IPv4 address alone")
            .on(path);
        finding.level = Level::Warning;
        found.push(finding);
    }
}
