//! IPv6 does not work below 1280 bytes, and IPv4 hardly.

use super::{mtu, path, with_calico};
use crate::addresses::{Cidr, Family};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3123",
    name: "mtu-too-small",
    level: Level::Error,
    summary: "the MTU of pods is at least 1280 with IPv6, and 576 without",
    explanation: "RFC 8200: a link with a smaller MTU than 1280 cannot carry IPv6, and Linux switches \
        IPv6 off \
                  on such an interface without a word. RFC 791 has 576 for what every IPv4 host takes. A small \
                  number is mostly a digit that is missing.",
    fails: r#"[clusters.main.calico]
version = "v3.30.7"
mtu = 145
"#,
    passes: r#"[clusters.main.calico]
version = "v3.30.7"
mtu = 1450
"#,
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let has_v6 = cluster.pods.iter().map(Cidr::family).any(|family| family == Family::V6);
        let (least, what) = if has_v6 { (1280, "IPv6") } else { (576, "IPv4") };
        let written = mtu(settings);
        let value = written.map_or(settings.mtu, |(value, _)| value);
        if value >= least {
            continue;
        }
        let lan = &facts.resolved.plan.lan.value;
        let (span, here) = match written {
            Some((_, span)) => (span, "the MTU of pods"),
            None => (
                lan.mtu.as_ref().map_or(cluster.span, |mtu| mtu.span),
                "what is left after the encapsulation is too small",
            ),
        };
        let message = format!("the pods of `{}` have an MTU of {value}, {what} needs {least}", cluster.name);
        let finding = Diagnostic::new(&RULE, span, message)
            .here(here)
            .help("remove the key: `plan` computes it, 1450 for VXLAN on a usual LAN")
            .on(path(cluster));
        found.push(finding);
    }
}
