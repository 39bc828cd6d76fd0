//! A Service says which pods it is.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4528",
    name: "empty-selector",
    level: Level::Error,
    summary: "the selector of a service has at least one label",
    explanation: "A Service without a selector gets no endpoints, so its address answers nothing. In a NetworkPolicy the same \
                  empty selector means every pod of the namespace: what is meant for one workload would be opened on all.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { }\nports = { http = \"80\" }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n",
    covers: &["SV031", "SV018"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts) {
        let selector = &service.written.selector;
        if selector.value.is_empty() {
            let path = format!("{}.selector", service.path());
            let finding = Diagnostic::new(&RULE, selector.span, format!("`{path}` selects no pod"))
                .here("has no label")
                .help("write the labels of the pods: selector = { app = \"web\" }")
                .on(path);
            found.push(finding);
        }
        let ports = &service.written.ports;
        if ports.value.is_empty() {
            let path = format!("{}.ports", service.path());
            let finding = Diagnostic::new(&RULE, ports.span, format!("`{path}` has no port"))
                .here("the API server wants at least one")
                .help("write: ports = { http = \"80\" }")
                .on(path);
            found.push(finding);
        }
    }
}
