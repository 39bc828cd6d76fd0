//! A pinned address is not given to whoever asks first.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::AddressSource;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4033",
    name: "auto-assign-with-pins",
    level: Level::Warning,
    summary: "a pool with pinned addresses has `auto_assign = false`",
    explanation: "With autoAssign any Service of type LoadBalancer gets the lowest free address of the pool: a chart's default, \
                  a test. If that is an address that the plan pins and whose Service is not there yet, or is just being \
                  recreated, the pinned Service stays `<pending>` until the stranger is gone. `plan` pins every address \
                  of its own, so it does not need autoAssign.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nauto_assign = true\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nip = \"192.168.1.210\"\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\nip = \"192.168.1.210\"\n",
    covers: &["PL020", "PL021", "LB-08", "LB-09"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (_, _, pool) in super::pools(facts) {
        let Some(auto) = pool.written.auto_assign.as_ref().filter(|auto| auto.value) else { continue };
        let of_pool = |assigned: &&crate::resolve::Assigned| {
            assigned.pool == Some(pool.id) && assigned.source == AddressSource::Pinned
        };
        let pinned = facts.resolved.addresses.iter().filter(of_pool).count();
        let Some(first) = facts.resolved.addresses.iter().find(of_pool) else { continue };
        let path = format!("{}.auto_assign", super::pool_path(pool));
        let message = match pinned {
            1 => format!(
                "the pool `{}` gives its addresses to anybody, and {} is pinned",
                pool.name, first.address
            ),
            many => format!(
                "the pool `{}` gives its addresses to anybody, and {many} of them are pinned",
                pool.name
            ),
        };
        let finding = Diagnostic::new(&RULE, auto.span, message)
            .here("a Service that names no address may take a pinned one")
            .help("write: auto_assign = false")
            .fix(auto.span, "false")
            .on(path);
        found.push(finding);
    }
}
