//! A pool has addresses.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P2032",
    name: "empty-pool",
    level: Level::Error,
    summary: "a pool has at least one address",
    explanation: "The CRD of MetalLB takes an empty list and its webhook refuses it (`internal/config/config.go`, pool without \
                  prefixes); where the webhook does not run, the whole configuration is refused and every Service keeps the \
                  address that it had before, or none.",
    fails: "[pools.lan]\ncluster = \"main\"\naddresses = []\n",
    passes: "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200/32\"]\n",
    covers: &["PL001"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for pool in facts.resolved.pools.iter().filter(|pool| pool.written.addresses.value.is_empty()) {
        let finding =
            Diagnostic::new(&RULE, pool.written.addresses.span, format!("the pool `{}` is empty", pool.name))
                .here("no address")
                .help("add a range, such as \"192.168.1.200-192.168.1.250\"")
                .on(format!("pools.{}", pool.name));
        found.push(finding);
    }
}
