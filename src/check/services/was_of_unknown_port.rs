//! Today's node port is that of a declared port.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Names, Rule, key, nearest};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4502",
    name: "was-of-unknown-port",
    level: Level::Error,
    summary: "`was` names ports of the same service",
    explanation: "The runbook, the firewall and the cutover check look a node port up by the name of its port. A name that no \
                  port has would leave that node port out of all three, and open.",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nwas = { htp = 30080 }\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nwas = { http = 30080 }\n",
    covers: &["SV022"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts) {
        for was in service.written.was.iter().flat_map(|was| was.value.iter()) {
            let name = was.name.value.as_str();
            let ports = &service.written.ports.value;
            if ports.get(name).is_some() {
                continue;
            }
            let path = format!("{}.was", service.path());
            let finding =
                Diagnostic::new(&RULE, was.name.span, format!("`{}` has no port `{name}`", service.path()))
                    .here("not among `ports`")
                    .on(path);
            found.push(match nearest(name, ports.names()) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")).spell(
                    was.name.span,
                    name,
                    ports.names(),
                    Names::Chosen,
                    key,
                ),
                None => {
                    finding.help(format!("the ports are: {}", ports.names().collect::<Vec<_>>().join(", ")))
                }
            });
        }
    }
}
