//! eBPF carries neither IP in IP nor SCTP.

use super::{encapsulation_span, path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::values::Protocol;
use crate::model::{Dataplane, Encapsulation};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3127",
    name: "ebpf-dataplane",
    level: Level::Error,
    summary: "with the eBPF dataplane there is no IPIP pool and no SCTP port",
    explanation: "Calico's eBPF programs forward VXLAN and plain routing. Its documentation lists IP in IP and \
                  SCTP as unsupported there, and the operator takes both without a word: nodes then exchange no \
                  pod traffic, or an SCTP Service never answers.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
dataplane = "BPF"
encapsulation = "IPIP"
bgp = true
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
dataplane = "BPF"
encapsulation = "VXLAN"
"#,
    covers: &["CAL045"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(dataplane) = &settings.written.dataplane else { continue };
        if dataplane.value != Dataplane::Bpf {
            continue;
        }
        let ipip =
            |encapsulation| matches!(encapsulation, Encapsulation::Ipip | Encapsulation::IpipCrossSubnet);
        for pool in settings.pools.iter().filter(|pool| ipip(pool.encapsulation)).take(1) {
            let message = format!(
                "`{}` uses eBPF, and its IP pool `{}` has the encapsulation {}",
                cluster.name,
                pool.name,
                pool.encapsulation.word()
            );
            let finding = Diagnostic::new(&RULE, encapsulation_span(settings, pool), message)
                .here("eBPF has no IP in IP")
                .label(dataplane.span, "the dataplane")
                .help("write: encapsulation = \"VXLAN\"")
                .on(path(cluster));
            found.push(finding);
        }
        for service in facts.resolved.services_of(cluster.id) {
            let Some(port) = service.ports.iter().find(|port| port.protocol == Protocol::Sctp) else {
                continue;
            };
            let message = format!(
                "`{}` speaks SCTP, and `{}` uses eBPF, which drops \
                    it",
                service.path(),
                cluster.name
            );
            let finding = Diagnostic::new(&RULE, port.span, message)
                .here("SCTP")
                .label(dataplane.span, "the dataplane")
                .help("write: dataplane = \"Iptables\"")
                .on(service.path());
            found.push(finding);
        }
    }
}
