//! K3s needs containers that forward packets.

use super::{path, with_calico};
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Distribution;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P3139",
    name: "forwarding-off",
    level: Level::Warning,
    summary: "on K3s, containers may forward packets",
    explanation: "Calico's CNI plugin sets `net.ipv4.ip_forward = 0` inside each pod unless `containerIPForwarding` is on. \
                  The pods of K3s' own load balancer forward what they get, and crash in a loop without it \
                  (k3s-io/klipper-lb#6, projectcalico/calico#6732); K3s' documentation asks for the switch with any \
                  network plugin of one's own.",
    fails: "[clusters.main.calico]\nversion = \"v3.30.7\"\nip_forwarding = false\n",
    passes: "[clusters.main.calico]\nversion = \"v3.30.7\"\nip_forwarding = true\n",
    covers: &["CAL-08", "CAL056"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, settings) in with_calico(facts) {
        let Some(written) = settings.written.ip_forwarding.as_ref().filter(|written| !written.value) else {
            continue;
        };
        if cluster.distribution != Distribution::K3s {
            continue;
        }
        let message =
            format!("containers of `{}` may not forward packets, and K3s wants them to", cluster.name);
        let finding = Diagnostic::new(&RULE, written.span, message)
            .here("pods that forward will not work")
            .help("remove the key: K3s gets `true`")
            .on(path(cluster));
        found.push(finding);
    }
}
