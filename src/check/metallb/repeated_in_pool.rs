//! A list of a pool names nothing twice.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::source::Span;
use std::collections::BTreeMap;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4025",
    name: "repeated-in-pool",
    level: Level::Error,
    summary: "`namespaces`, `peers`, `communities` and `interfaces` of a pool hold each name once",
    explanation: "MetalLB refuses a pool or an advertisement with a duplicate in one of its lists (\"duplicate definition\", \
                  internal/config), and a refused object keeps the others from being used.",
    fails: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\npeers = [\"tor\", \"tor\"]\n",
    passes: "[clusters.main.metallb]\nversion = \"v0.15.3\"\nasn = 64512\npeers = { tor = { address = \"192.168.1.1\", asn = 65000 } }\n\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.250\"]\nadvertise = \"bgp\"\npeers = [\"tor\"]\n",
    covers: &["AD003", "PL015"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (_, _, pool) in super::pools(facts) {
        let written = pool.written;
        let texts = |list: &Option<crate::source::Located<Vec<crate::source::Located<String>>>>| -> Vec<(String, Span)> {
            list.iter().flat_map(|list| list.value.iter()).map(|item| (item.value.clone(), item.span)).collect()
        };
        let namespaces = written.namespaces.iter().flat_map(|list| list.value.iter());
        let peers = written.peers.iter().flat_map(|list| list.value.iter());
        let lists: [(&str, Vec<(String, Span)>); 4] = [
            ("namespaces", namespaces.map(|item| (item.value.to_string(), item.span)).collect()),
            ("peers", peers.map(|item| (item.value.to_string(), item.span)).collect()),
            ("communities", texts(&written.communities)),
            ("interfaces", texts(&written.interfaces)),
        ];
        for (key, items) in lists {
            let path = format!("{}.{key}", super::pool_path(pool));
            let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
            for (name, span) in &items {
                let Some(first) = seen.insert(name, *span) else { continue };
                let finding = Diagnostic::new(&RULE, *span, format!("`{path}` has `{name}` twice"))
                    .here("the second time")
                    .label(first, "the first time")
                    .help("remove one of them")
                    .on(path.clone());
                found.push(finding);
            }
        }
    }
}
