//! The nftables dataplane became generally available with Calico 3.31.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Dataplane;
use crate::upstream::calico::{Feature, has};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3126",
    name: "nftables-preview",
    level: Level::Warning,
    summary: "the nftables dataplane runs on Calico 3.31 or newer",
    explanation: "Before 3.31 it is a technical preview: no support, no promise that an upgrade keeps \
        it, and \
                  bugs that were only fixed for the release that made it general.",
    fails: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
kube_proxy = "nftables"

[clusters.main.calico]
version = "v3.30.7"
dataplane = "Nftables"
"#,
    passes: r#"[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
kube_proxy = "nftables"

[clusters.main.calico]
version = "v3.31.7"
dataplane = "Nftables"
"#,
    covers: &["CAL044"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(dataplane) = &settings.written.dataplane else { continue };
        if dataplane.value != Dataplane::Nftables || has(settings.version, Feature::Nftables) {
            continue;
        }
        let message = format!(
            "the nftables dataplane of Calico {} is a technical \
            preview",
            settings.version
        );
        let finding = Diagnostic::new(&RULE, dataplane.span, message)
            .here("generally available from 3.31")
            .label(settings.written.version.span, "the release")
            .help("take Calico v3.31 or newer, or write: dataplane = \"Iptables\"")
            .on(path(cluster));
        found.push(finding);
    }
}
