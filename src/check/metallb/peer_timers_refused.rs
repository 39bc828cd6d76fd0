//! The timers of a BGP session fit each other.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4014",
    name: "peer-timers-refused",
    level: Level::Error,
    summary: "a hold time is 0 or 3 s and more, and no keepalive is longer",
    explanation: "RFC 4271 allows a hold time of 0 or at least 3 s. MetalLB refuses a peer with another one, and one whose \
                  keepalive time is longer than its hold time; with one of the two written, the other is a third or three \
                  times of it (internal/config parseTimers). `connectTime` is 1 s to 65535 s by the CRD.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, hold_time = \"2s\" } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, hold_time = \"3s\", keepalive_time = \"1s\" } }\n",
    covers: &["PE004"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        for peer in super::peers(metallb) {
            let path = super::peer_path(cluster, peer);
            let written = &peer.value;
            if let Some(hold) = &written.hold_time
                && (1..3).contains(&hold.value.seconds)
            {
                let finding =
                    Diagnostic::new(&RULE, hold.span, format!("`{path}.hold_time` is {}", hold.value))
                        .here("MetalLB takes 0s, or 3s and more")
                        .help("write: hold_time = \"3s\" (for a failover in less, add a BFD profile)")
                        .on(format!("{path}.hold_time"));
                found.push(finding);
            }
            if let (Some(hold), Some(keepalive)) = (&written.hold_time, &written.keepalive_time)
                && keepalive.value.seconds > hold.value.seconds
                && !(1..3).contains(&hold.value.seconds)
            {
                let message = format!(
                    "`{path}` sends a keepalive every {} and gives up after {}",
                    keepalive.value, hold.value
                );
                let finding = Diagnostic::new(&RULE, keepalive.span, message)
                    .here("longer than the hold time")
                    .label(hold.span, "the hold time")
                    .help(format!("write: keepalive_time = \"{}s\"", hold.value.seconds / 3))
                    .on(format!("{path}.keepalive_time"));
                found.push(finding);
            }
            if let Some(connect) = &written.connect_time
                && !(1..=65535).contains(&connect.value.seconds)
            {
                let message = format!("`{path}.connect_time` is {}", connect.value);
                let finding = Diagnostic::new(&RULE, connect.span, message)
                    .here("MetalLB takes 1s to 65535s")
                    .help("write: connect_time = \"10s\"")
                    .on(format!("{path}.connect_time"));
                found.push(finding);
            }
        }
    }
}
