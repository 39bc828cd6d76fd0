//! A packet of a pod fits into a packet of the LAN, with its wrapping.

use super::{mtu, path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3122",
    name: "mtu-too-large",
    level: Level::Error,
    summary: "the MTU of pods leaves room for the encapsulation",
    explanation: "`mtu` is the MTU of pods, not of the wire: VXLAN takes 50 bytes of each packet (70 over \
                  IPv6), IPIP 20, WireGuard 60 (80 over IPv6). With a larger value small packets pass and large ones vanish, because they \
                  are wrapped with \"do not fragment\": connections open and then hang, image pulls and \
                      TLS \
                  handshakes first. Left out, it is the MTU of the LAN minus the overhead.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
mtu = 1500
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
mtu = 1450
"#,
    covers: &["CAL032", "CAL033"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let lan = facts.resolved.lan.mtu;
    for (cluster, settings) in with_calico(facts) {
        let Some((mtu, span)) = mtu(settings) else { continue };
        let (overhead, word) = (settings.overhead, settings.overhead_of);
        let most = lan.saturating_sub(overhead);
        if mtu <= most {
            continue;
        }
        let message = if mtu == lan {
            format!(
                "the pods of `{}` have the MTU of the LAN ({lan}), and {word} needs {overhead} bytes of it",
                cluster.name
            )
        } else {
            format!(
                "the pods of `{}` have an MTU of {}, the LAN has {lan} and {word} takes {overhead}",
                cluster.name, mtu
            )
        };
        let mut finding = Diagnostic::new(&RULE, span, message)
            .here(format!("at most {most}"))
            .help(format!("write: mtu = {most}, or remove the key: `plan` computes it"))
            .on(path(cluster));
        if let Some(lan) = &facts.resolved.plan.lan.value.mtu {
            finding = finding.label(lan.span, "the MTU of the LAN");
        }
        found.push(finding);
    }
}
