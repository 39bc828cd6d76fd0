//! An override of a pool or of its advertisement names things once, and never nothing.

use crate::check::Check;
use crate::decode::{Raw, RawValue};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::Pool;
use crate::source::{Located, Span};

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P4035",
    name: "pool-override-refused",
    level: Level::Error,
    summary: "an override of a pool or an advertisement has no item twice and chooses its pools by name",
    explanation: "The webhook of MetalLB refuses an object that names a pool, a peer, a community or a namespace twice \
                  (internal/config/config.go, validateDuplicate), and a GitOps controller then applies nothing of the folder. \
                  An advertisement with neither `ipAddressPools` nor a selector of pools is taken, and announces every pool \
                  of the cluster.",
    fails: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
l2_advertisement = { ipAddressPools = [] }
"#,
    passes: r#"[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
l2_advertisement = { interfaces = ["eno1"] }
"#,
    covers: &["PL015", "AD001", "AD002", "AD003"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for pool in &facts.resolved.pools {
        let written = pool.written;
        for (key, raw) in [
            ("ip_address_pool", &written.ip_address_pool),
            ("l2_advertisement", &written.l2_advertisement),
            ("bgp_advertisement", &written.bgp_advertisement),
        ] {
            let Some(raw) = raw else { continue };
            let path = format!("pools.{}.{key}", pool.name);
            repeated(&raw.value, &path, found);
            announces_all(raw, &path, found);
            names_others(facts, pool, raw, &path, found);
        }
    }
}

/// Lists of the whole override, however deep.
fn repeated(raw: &Raw, path: &str, found: &mut Vec<Diagnostic>) {
    for (key, value) in &raw.0 {
        match &value.value {
            RawValue::Table(table) => repeated(table, path, found),
            RawValue::List(items) => {
                let twice = |at: usize| items[..at].iter().find(|first| same(first, &items[at]));
                for (at, item) in items.iter().enumerate() {
                    if let Some(first) = twice(at) {
                        found.push(finding(item.span, first.span, &key.value, path));
                    }
                    if let RawValue::Table(table) = &item.value {
                        repeated(table, path, found);
                    }
                }
            }
            _ => {}
        }
    }
}

fn same(one: &Located<RawValue>, other: &Located<RawValue>) -> bool {
    one.value.to_json() == other.value.to_json()
}

fn finding(span: Span, first: Span, key: &str, path: &str) -> Diagnostic {
    Diagnostic::new(&RULE, span, format!("`{key}` of `{path}` names the same thing twice"))
        .here("a second time")
        .label(first, "the first time")
        .help("remove one of them")
        .on(path)
}

fn announces_all(raw: &Located<Raw>, path: &str, found: &mut Vec<Diagnostic>) {
    let value = raw.value.to_json();
    let by_selector = value.pointer("/ipAddressPoolSelectors/0").is_some();
    let Some(pools) = value.pointer("/ipAddressPools").and_then(serde_json::Value::as_array) else { return };
    if pools.is_empty() && !by_selector {
        let span = raw.value.place("/ipAddressPools", raw.span);
        let finding = Diagnostic::new(&RULE, span, format!("`{path}` announces every pool of the cluster"))
            .here("an empty list means all of them")
            .help("remove `ipAddressPools`: the pool names itself")
            .on(path);
        found.push(finding);
    }
}

/// The pools that an advertisement names are there, and its own is among them.
fn names_others(
    facts: &Facts<'_>,
    pool: &Pool<'_>,
    raw: &Located<Raw>,
    path: &str,
    found: &mut Vec<Diagnostic>,
) {
    let value = raw.value.to_json();
    let Some(named) = value.pointer("/ipAddressPools").and_then(serde_json::Value::as_array) else { return };
    let named: Vec<&str> = named.iter().filter_map(serde_json::Value::as_str).collect();
    let known: Vec<&str> = facts.resolved.pools_of(pool.cluster).map(|pool| pool.name).collect();
    for (at, name) in named.iter().enumerate().filter(|(_, name)| !known.contains(name)) {
        let span = raw.value.place(&format!("/ipAddressPools/{at}"), raw.span);
        let finding =
            Diagnostic::new(&RULE, span, format!("`{path}` announces the pool `{name}`, and there is none"))
                .here("MetalLB passes over it without a word")
                .help("remove `ipAddressPools`: the pool names itself")
                .on(path);
        found.push(finding);
    }
    if !named.is_empty() && named.iter().all(|name| known.contains(name)) && !named.contains(&pool.name) {
        let span = raw.value.place("/ipAddressPools", raw.span);
        let message = format!("`{path}` announces other pools, and nobody `{}`", pool.name);
        let finding = Diagnostic::new(&RULE, span, message)
            .here("leaves the pool of this table out")
            .help("remove `ipAddressPools`: the pool names itself")
            .on(path);
        found.push(finding);
    }
}
