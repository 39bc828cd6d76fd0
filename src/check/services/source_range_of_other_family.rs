//! The networks that a load balancer lets in are of its own families.

use crate::addresses::Family;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::{Owner, ServiceType};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4524",
    name: "source-range-of-other-family",
    level: Level::Error,
    summary: "`source_ranges` are of the families that the service has",
    explanation: "kube-proxy keeps the ranges of a Service's own family and drops the others with a log line; when none is \
                  left it has no restriction to program, and everybody is let in.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nsource_ranges = [\"fd00:1::/64\"]\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nsource_ranges = [\"192.168.1.0/24\"]\n",
    covers: &["SV026"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in &facts.resolved.services {
        if service.owner != Owner::Plan || service.exposure != ServiceType::LoadBalancer {
            continue;
        }
        for range in service.shared.source_ranges.iter().flat_map(|ranges| ranges.value.iter()) {
            let family = range.value.family();
            if service.families.contains(&family) {
                continue;
            }
            let families: Vec<String> = service.families.iter().map(Family::to_string).collect();
            let path = format!("{}.source_ranges", service.path());
            let message =
                format!("`{path}` has {}, and the service is {} only", range.value, families.join(" and "));
            let finding = Diagnostic::new(&RULE, range.span, message)
                .here(format!("a network of {family}"))
                .help(format!("remove it, and write networks of {}", families.join(" and ")))
                .on(path);
            found.push(finding);
        }
    }
}
