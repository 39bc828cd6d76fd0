//! Those who share an address pin the same one.

use super::wanting::by_key;
use crate::addresses::Problem;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2021",
    name: "shared-pins-differ",
    level: Level::Error,
    summary: "services that share an address pin the same one",
    explanation: "MetalLB's sharing key only allows two Services to have one address; it does not bring \
        them together. With \
                  two pins they have two addresses, and clients of one find nothing on the other.",
    fails: r#"[services.dns-udp]
namespace = "dns"
selector = { app = "dns" }
ports = { dns = "53/udp" }
share = "dns"
ip = "192.168.1.201"

[services.dns-tcp]
namespace = "dns"
selector = { app = "dns" }
ports = { dns = "53" }
share = "dns"
ip = "192.168.1.202"
"#,
    passes: r#"[services.dns-udp]
namespace = "dns"
selector = { app = "dns" }
ports = { dns = "53/udp" }
share = "dns"
ip = "192.168.1.201"

[services.dns-tcp]
namespace = "dns"
selector = { app = "dns" }
ports = { dns = "53" }
share = "dns"
"#,
    covers: &["SV007", "LB-05", "SV008"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    if resolved.address_problems.is_empty() {
        return;
    }
    let wanting = by_key(resolved);
    for problem in &resolved.address_problems {
        let Problem::PinsDiffer { sharing, pins, .. } = problem else { continue };
        let Some((key, address)) = pins.first() else { continue };
        let Some(first) = wanting.get(key) else { continue };
        for (key, other) in pins.iter().filter(|(_, other)| other != address) {
            let Some(one) = wanting.get(key) else { continue };
            let message = format!(
                "`{}` and `{}` share `{sharing}` and pin {address} and {other}",
                first.path, one.path
            );
            let finding = Diagnostic::new(&RULE, one.place_of(*other), message)
                .here("another address")
                .label(first.place_of(*address), format!("`{}` pins this one", first.path))
                .help("pin it in one of them; the others get the same")
                .on(&one.path);
            found.push(finding);
        }
    }
}
