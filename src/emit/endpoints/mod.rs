//! Where everything answers after the migration, and where it answered before: for people, for a hosts file, for
//! programs.
//!
//! The files lie in a folder of their own, which no GitOps object applies. Whether an address was pinned or chosen is not
//! said: that changes when the plan is compiled a second time, and the address does not.

mod collect;
mod table;

use super::PlanEmitter;
use crate::facts::Facts;
pub use collect::{Endpoint, EndpointPort, endpoints};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

pub const EMITTER: PlanEmitter = PlanEmitter {
    name: "endpoints",
    emit: |facts, _, files| {
        let endpoints = endpoints(facts);
        files.text("endpoints/ENDPOINTS.md", table::markdown(facts, &endpoints));
        files.text("endpoints/hosts", hosts(facts, &endpoints));
        files.text("endpoints/endpoints.json", json(facts, &endpoints));
    },
};

/// A block for `/etc/hosts`: by address, one line for each, between two comments by which the next one can be replaced.
fn hosts(facts: &Facts<'_>, endpoints: &[Endpoint]) -> String {
    let mut names: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for endpoint in endpoints {
        for address in &endpoint.addresses {
            let line = names.entry(*address).or_default();
            let mut known: BTreeSet<&str> = line.iter().copied().collect();
            line.extend(endpoint.hosts.iter().map(String::as_str).filter(|name| known.insert(name)));
        }
    }
    let name = facts.resolved.name;
    let lines = names.iter().filter(|(_, names)| !names.is_empty());
    let lines: String = lines.map(|(address, names)| format!("{address} {}\n", names.join(" "))).collect();
    format!("# BEGIN plan {name}\n{lines}# END plan {name}\n")
}

#[derive(Serialize)]
struct Document<'a> {
    plan: &'a str,
    endpoints: &'a [Endpoint],
}

fn json(facts: &Facts<'_>, endpoints: &[Endpoint]) -> String {
    let document = Document { plan: facts.resolved.name, endpoints };
    let text = serde_json::to_string_pretty(&document);
    text.expect("broken promise: endpoints are texts and numbers") + "\n"
}
