//! A cluster that is replaced still has the node ports that the plan moves, and no others.

use super::asked::Asked;
use super::identity::Identity;
use super::live::Live;
use super::{Deviation, Sort};
use serde_json::Value;
use std::collections::BTreeMap;

/// Compares the node ports of the old cluster with every `was`. A port that no service of the plan was reachable by
/// would be gone after the migration.
pub fn compare(asked: &Asked, live: &Live, deviations: &mut Vec<Deviation>) {
    if !asked.replaced || asked.node_ports.is_empty() {
        return;
    }
    let mut there: BTreeMap<u16, &Identity> = BTreeMap::new();
    for (identity, service) in live.of_kind("Service") {
        let ports = service.pointer("/spec/ports").and_then(Value::as_array).into_iter().flatten();
        let numbers = ports.filter_map(|port| u16::try_from(port["nodePort"].as_u64()?).ok());
        there.extend(numbers.filter(|number| *number > 0).map(|number| (number, identity)));
    }
    let mut found = |sort, object: Identity, about: String, from: Vec<String>| {
        let (fields, file, stage) = (Vec::new(), None, None);
        deviations.push(Deviation { sort, object, fields, about, from, file, stage });
    };
    for port in &asked.node_ports {
        let from = vec![port.from.clone()];
        match there.get(&port.number) {
            Some(holder) if holder.namespace.as_deref() == Some(port.namespace.as_str()) => {}
            Some(holder) => {
                let about = format!("node port {} is of {holder}", port.number);
                found(
                    Sort::Missing,
                    Identity::new("v1", "Service", Some(&port.namespace), &port.service),
                    about,
                    from,
                );
            }
            None => {
                let about = format!("nothing has node port {}", port.number);
                found(
                    Sort::Missing,
                    Identity::new("v1", "Service", Some(&port.namespace), &port.service),
                    about,
                    from,
                );
            }
        }
    }
    for (number, identity) in there {
        let known = asked.node_ports.iter().any(|port| port.number == number);
        let ours = identity.namespace.as_ref().is_some_and(|name| asked.namespaces.contains(name));
        if !known && ours {
            let about =
                format!("node port {number} has no service in the plan, so nobody reaches it afterwards");
            found(Sort::Foreign, identity.clone(), about, Vec::new());
        }
    }
}
