//! A host name leads to one address.

use crate::addresses::Address;
use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::Resolved;
use crate::source::Span;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4526",
    name: "duplicate-host-name",
    level: Level::Warning,
    summary: "no two things with different addresses have one host name",
    explanation: "In a hosts file the first line of a name wins; a DNS server hands out all addresses in turn. Either way \
                  half of the calls for one service reach the other.",
    fails: "domain = \"test\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.api]\nnamespace = \"api\"\nhost = \"web.test\"\nselector = { app = \"api\" }\nports = { http = \"80\" }\n",
    passes: "domain = \"test\"\n\n[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\n[services.api]\nnamespace = \"api\"\nhost = \"api.test\"\nselector = { app = \"api\" }\nports = { http = \"80\" }\n",
    covers: &[],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    let mut names: BTreeMap<&str, (&[Address], Span, String)> = BTreeMap::new();
    for (host, addresses, span, path) in entries(resolved) {
        let Some((other, first, of)) = names.get(host) else {
            names.insert(host, (addresses, span, path));
            continue;
        };
        // The copies of a service in several clusters share their names on purpose.
        if *other == addresses || *of == path {
            continue;
        }
        let finding = Diagnostic::new(&RULE, span, format!("`{host}` is both `{of}` and `{path}`"))
            .here(format!("at {}", list(addresses)))
            .label(*first, format!("at {}", list(other)))
            .help("give one of them another `host`")
            .on(path);
        found.push(finding);
    }
}

/// Every host name with an address, where it is written, and the table that it is of.
fn entries<'a>(resolved: &'a Resolved<'_>) -> Vec<(&'a str, &'a [Address], Span, String)> {
    let mut entries: Vec<(&str, &[Address], Span, String)> = Vec::new();
    for service in resolved.services.iter().filter(|service| !service.addresses.is_empty()) {
        let main = service.written.host.iter().map(|host| (host.value.as_str(), host.span));
        let more = service.written.hosts.iter().flat_map(|hosts| hosts.value.iter());
        let places: BTreeMap<&str, Span> =
            main.chain(more.map(|host| (host.value.as_str(), host.span))).collect();
        for host in &service.hosts {
            let span = places.get(host.as_str()).copied().unwrap_or(service.span);
            entries.push((host, &service.addresses, span, service.path()));
        }
    }
    for runtime in resolved.runtimes.iter().filter(|runtime| !runtime.mesh.is_empty()) {
        if let Some(host) = &runtime.host {
            entries.push((host, &runtime.mesh, runtime.span, runtime.path(resolved)));
        }
    }
    entries
}

fn list(addresses: &[Address]) -> String {
    addresses.iter().map(Address::to_string).collect::<Vec<_>>().join(", ")
}
