//! A Service answers once on each port.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4501",
    name: "duplicate-port",
    level: Level::Error,
    summary: "the ports of a service differ in number or protocol",
    explanation: "The API server refuses a Service with one port and protocol twice (`spec.ports[1]: Duplicate value`), \
                  whatever their names and targets are.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80:8080\", admin = \"80:9090\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80:8080\", admin = \"9090\" }\n",
    covers: &["SV019"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts) {
        // They are sorted by number, then protocol.
        for pair in service.ports.windows(2) {
            let (first, second) = (&pair[0], &pair[1]);
            if (first.port, first.protocol) != (second.port, second.protocol) {
                continue;
            }
            let path = format!("{}.ports", service.path());
            let message = format!("`{path}` has {}/{} twice", second.port, second.protocol.word());
            let finding = Diagnostic::new(&RULE, second.span, message)
                .here(format!("`{}`", second.name))
                .label(first.span, format!("`{}` is the same port", first.name))
                .help("give one of them another number: \"8080:8080\"")
                .on(path);
            found.push(finding);
        }
    }
}
