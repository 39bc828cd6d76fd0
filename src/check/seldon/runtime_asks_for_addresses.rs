//! The Services of a runtime take no address that nobody hands out.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::Facts;
use crate::resolve::{Install, Resolved};
use serde_json::Value;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P6023",
    name: "runtime-asks-for-addresses",
    level: Level::Error,
    summary: "the Services of the runtimes that are of the type `LoadBalancer` find addresses",
    explanation: "The operator makes `seldon-mesh` and `seldon-scheduler` in each namespace with a runtime and gives them no \
                  annotation, so they take any free address of a pool with `auto_assign = true`, one for each namespace. Without \
                  such a pool, or with too small a one, they stay `<pending>`. `mesh = true` in `[seldon]` or in a tenant makes a \
                  Service of the plan with an address that is counted and never moves.",
    fails: tested!(
        "[seldon]\nversion = \"2.9.1\"\nvalues = { runtime = { envoy = { serviceType = \"LoadBalancer\" } } }\n"
    ),
    passes: tested!("[seldon]\nversion = \"2.9.1\"\nmesh = true\n"),
    covers: &["P-13"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let resolved = &facts.resolved;
    for install in &resolved.installs {
        let Some(values) = &install.settings.values else { continue };
        let Some(raw) = &values.value.runtime else { continue };
        let value = raw.value.to_json();
        let asking: Vec<&str> = (["envoy", "scheduler"].into_iter())
            .filter(|part| {
                value.pointer(&format!("/{part}/serviceType")).and_then(Value::as_str) == Some("LoadBalancer")
            })
            .collect();
        let wanted = (asking.len() * resolved.runtimes_of(install.cluster).count()) as u128;
        let free = free(resolved, install);
        if wanted <= free {
            continue;
        }
        for part in asking {
            let span = raw.value.key_place(&format!("/{part}"), "serviceType").unwrap_or(raw.span);
            let (message, here) = match free {
                0 => (
                    format!(
                        "the Services of `{part}` ask for addresses, and no pool hands out one by itself"
                    ),
                    "stays `<pending>`".to_owned(),
                ),
                _ => (
                    format!(
                        "the Services of the runtimes ask for {wanted} addresses, and the pools have {free} to hand out"
                    ),
                    "one for each namespace".to_owned(),
                ),
            };
            let key = if part == "envoy" { "mesh" } else { "scheduler" };
            let finding = Diagnostic::new(&RULE, span, message)
                .here(here)
                .help(format!("remove it, and write for an address: {key} = true"))
                .on("seldon.values.runtime");
            found.push(finding);
        }
    }
}

/// How many addresses MetalLB gives to Services that ask for no pool.
fn free(resolved: &Resolved<'_>, install: &Install<'_>) -> u128 {
    let taken = resolved.taken(install.cluster);
    let pools = resolved.pools_of(install.cluster);
    pools
        .filter(|pool| pool.written.auto_assign() && pool.written.namespaces.is_none())
        .map(|pool| pool.addresses.difference(&pool.excluded).difference(&taken).size())
        .sum()
}
