//! The numbers of a BFD profile are those that MetalLB takes, and a peer's profile exists.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, nearest, quoted};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4015",
    name: "bfd-profile-refused",
    level: Level::Error,
    summary: "a BFD profile exists and its numbers are in MetalLB's ranges",
    explanation: "Intervals are 10 to 60000 ms, the detect multiplier is 2 to 255 and the minimum TTL 1 to 254: the webhook \
                  refuses others (internal/config parseBFDProfile). A peer that names a profile that does not exist is \
                  worse: it is admitted, and then the whole configuration stays unused until the profile appears.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, bfd = \"fast\" } }\nbfd_profiles = { fast = { receive_interval = 5 } }\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000, bfd = \"fast\" } }\nbfd_profiles = { fast = { receive_interval = 50 } }\n",
    covers: &["PE006", "PE007"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (cluster, metallb) in super::installed(facts) {
        let names: Vec<&str> = metallb.bfd_profiles.iter().flat_map(|all| all.value.names()).collect();
        for profile in metallb.bfd_profiles.iter().flat_map(|all| all.value.iter()) {
            let path = format!("clusters.{}.metallb.bfd_profiles.{}", cluster.name, profile.name.value);
            let written = &profile.value;
            let numbers = [
                ("receive_interval", &written.receive_interval, 10, 60000),
                ("transmit_interval", &written.transmit_interval, 10, 60000),
                ("echo_interval", &written.echo_interval, 10, 60000),
                ("detect_multiplier", &written.detect_multiplier, 2, 255),
                ("minimum_ttl", &written.minimum_ttl, 1, 254),
            ];
            for (key, number, least, most) in numbers {
                let Some(number) = number.as_ref().filter(|number| !(least..=most).contains(&number.value))
                else {
                    continue;
                };
                let message = format!("`{path}.{key}` is {}", number.value);
                let finding = Diagnostic::new(&RULE, number.span, message)
                    .here(format!("MetalLB takes {least} to {most}"))
                    .help(format!("write: {key} = {}", number.value.clamp(least, most)))
                    .on(format!("{path}.{key}"));
                found.push(finding);
            }
        }
        for peer in super::peers(metallb) {
            let Some(name) = &peer.value.bfd else { continue };
            if names.contains(&name.value.as_str()) {
                continue;
            }
            let path = super::peer_path(cluster, peer);
            let finding =
                Diagnostic::new(&RULE, name.span, format!("there is no BFD profile `{}`", name.value))
                    .here("not declared")
                    .on(format!("{path}.bfd"));
            found.push(match nearest(name.value.as_str(), names.iter().copied()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(
                    name.span,
                    name.value.as_str(),
                    names.iter().copied(),
                    Names::Chosen,
                    quoted,
                ),
                None => finding.help(format!(
                    "add: [clusters.{}.metallb.bfd_profiles.{}]\nreceive_interval = 300",
                    cluster.name, name.value
                )),
            });
        }
    }
}
