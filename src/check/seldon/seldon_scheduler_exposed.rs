//! A Seldon scheduler has no address on the LAN.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6001",
    name: "seldon-scheduler-exposed",
    level: Level::Warning,
    summary: "a scheduler is reached from inside its cluster only",
    explanation: "The scheduler speaks plaintext gRPC without authentication on 9002, 9004, 9005 and \
        9008: whoever reaches \
                  it loads and unloads models. The runtime chart makes it a LoadBalancer by default; `plan` makes it a \
                  ClusterIP, and gives it an address only where the plan asks for one.",
    fails: tested!("[seldon]\nversion = \"2.9.1\"\nscheduler = \"192.168.1.201\"\n"),
    passes: tested!("[seldon]\nversion = \"2.9.1\"\n"),
    covers: &["SEL-05"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for runtime in &facts.resolved.runtimes {
        let Some(wish) = runtime.scheduler_wish.as_ref().filter(|wish| wish.value.is_wanted()) else {
            continue;
        };
        let path = format!("{}.scheduler", runtime.path(&facts.resolved));
        let message = format!("`{path}` puts a control plane without authentication on the LAN");
        let finding = Diagnostic::new(&RULE, wish.span, message)
            .here("anyone on the LAN can load and unload models")
            .help(format!(
                "remove the key, or accept it:\n[[accept]]\nrule = \"{}\"\non = \"{path}\"\n\
                 reason = \"why it is meant\"",
                RULE.name
            ))
            .on(path);
        found.push(finding);
    }
}
