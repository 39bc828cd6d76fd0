//! Every address that the plan gives, in ascending order.

use super::table;
use crate::facts::Facts;
use crate::resolve::{AddressSource, Holder};

pub fn write(facts: &Facts<'_>, text: &mut String) {
    let resolved = &facts.resolved;
    let rows: Vec<Vec<String>> = resolved
        .addresses
        .iter()
        .map(|assigned| {
            let (holder, hosts) = match assigned.holder {
                Holder::Service(id) => {
                    let service = resolved.service(id);
                    (service.path(), service.hosts.join(", "))
                }
                Holder::Mesh(id) => {
                    let runtime = resolved.runtime(id);
                    (format!("{}.mesh", runtime.path(resolved)), runtime.host.clone().unwrap_or_default())
                }
                Holder::Scheduler(id) => {
                    (format!("{}.scheduler", resolved.runtime(id).path(resolved)), String::new())
                }
            };
            let pool = assigned.pool.map_or(String::new(), |pool| format!("`{}`", resolved.pool(pool).name));
            // Whether it was locked before or is new would make two builds of one plan differ.
            let source = if assigned.source == AddressSource::Pinned { "pinned" } else { "`plan.lock`" };
            vec![assigned.address.to_string(), format!("`{holder}`"), hosts, pool, source.to_owned()]
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    text.push_str("## Addresses\n\n");
    table(text, &["address", "of", "host names", "pool", "fixed by"], &rows);
}
