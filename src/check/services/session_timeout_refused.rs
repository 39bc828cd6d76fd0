//! A client stays with its pod for a time only if it stays at all.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::model::Affinity;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4511",
    name: "session-timeout-refused",
    level: Level::Error,
    summary: "`session_timeout` is 1 s to 1 day and goes with `session_affinity = \"ClientIP\"`",
    explanation: "The API server refuses `sessionAffinityConfig` without ClientIP, and a timeout of 0 or of more than 86400 s \
                  (pkg/apis/core/validation ValidateService).",
    fails: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nsession_timeout = \"3h\"\n",
    passes: "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nsession_affinity = \"ClientIP\"\nsession_timeout = \"3h\"\n",
    covers: &["SV032"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for service in super::once(facts) {
        let stays = service.shared.session_affinity() == Affinity::ClientIp;
        // A default for all services says nothing about one that does not keep its clients.
        let own = service.written.shared.session_timeout.as_ref();
        let Some(timeout) = own.or(service.shared.session_timeout.as_ref().filter(|_| stays)) else {
            continue;
        };
        let path = format!("{}.session_timeout", service.path());
        if !stays {
            let finding =
                Diagnostic::new(&RULE, timeout.span, format!("`{path}` is written, and no client stays"))
                    .here("needs session_affinity = \"ClientIP\"")
                    .help("add: session_affinity = \"ClientIP\"")
                    .on(path);
            found.push(finding);
        } else if !(1..=86400).contains(&timeout.value.seconds) {
            let finding = Diagnostic::new(&RULE, timeout.span, format!("`{path}` is {}", timeout.value))
                .here("the API server takes 1s to 24h")
                .help("write: session_timeout = \"3h\"")
                .on(path);
            found.push(finding);
        }
    }
}
