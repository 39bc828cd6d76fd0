//! An address of the LAN has a holder: a Service, or the values of the chart that writes one.

use super::document::Document;
use super::side::Side;
use crate::addresses::{Address, address};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The annotations by which MetalLB takes addresses (metallb `controller/service.go`).
pub const PINS: [&str; 2] = ["metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs"];
/// Those by which Services share one.
pub const SHARES: [&str; 2] = ["metallb.io/allow-shared-ip", "metallb.universe.tf/allow-shared-ip"];

/// Who holds which address, by cluster.
pub type Holders = BTreeMap<(Option<String>, Address), Vec<Arc<Document>>>;

/// The addresses that a Service asks for, or that the values of a chart make one ask for.
pub fn addresses(document: &Document) -> BTreeSet<Address> {
    let mut found = BTreeSet::new();
    if document.id.is("", "Service") {
        if document.text_at(&["spec", "type"]) == Some("LoadBalancer") {
            read(document.annotation(&PINS).unwrap_or_default(), &mut found);
            read(document.text_at(&["spec", "loadBalancerIP"]).unwrap_or_default(), &mut found);
        }
    } else if document.id.is_file() && is_of_chart(document) {
        below(&document.value, &mut found);
    }
    found
}

/// The addresses that a Service has got, as its status says.
pub fn observed(document: &Document) -> BTreeSet<Address> {
    let mut found = BTreeSet::new();
    if document.id.is("", "Service") && document.text_at(&["spec", "type"]) == Some("LoadBalancer") {
        let ingress = document.at(&["status", "loadBalancer", "ingress"]).and_then(Value::as_array);
        let addresses = ingress.into_iter().flatten().filter_map(|one| one.get("ip")?.as_str());
        addresses.for_each(|text| read(text, &mut found));
    }
    found
}

/// Values of a chart lie in their own folder; what else is no object says addresses to people and to Ansible.
fn is_of_chart(document: &Document) -> bool {
    document.path.starts_with("values/") || document.path.contains("/values/")
}

fn below(value: &Value, found: &mut BTreeSet<Address>) {
    let Some(map) = value.as_object() else { return };
    for (key, value) in map {
        let pins = PINS.contains(&key.as_str()) || key == "loadBalancerIP" || key == "IP";
        match value {
            Value::String(text) if pins => read(text, found),
            _ => below(value, found),
        }
    }
}

fn read(text: &str, found: &mut BTreeSet<Address>) {
    found.extend(text.split(',').filter_map(|part| address::parse(part.trim()).ok()));
}

/// Every holder of a side.
pub fn holders(side: &Side<'_>) -> Holders {
    let mut found = Holders::new();
    let services = side.of_kind("Service");
    let values =
        side.files.keys().filter(|path| path.starts_with("values/")).filter_map(|path| side.file(path));
    for document in services.iter().cloned().chain(values) {
        for address in addresses(&document) {
            found.entry((document.id.cluster.clone(), address)).or_default().push(document.clone());
        }
    }
    found
}

/// The ranges of an IPAddressPool.
pub fn pool(document: &Document) -> crate::addresses::AddressSet {
    let mut set = crate::addresses::AddressSet::new();
    let entries = document.at(&["spec", "addresses"]).and_then(Value::as_array);
    let read = |entry: &Value| crate::addresses::AddressRange::parse_pool_entry(entry.as_str()?).ok();
    entries.into_iter().flatten().filter_map(read).for_each(|range| set.insert(range));
    set
}

/// Addresses as people list them.
pub fn listed(addresses: impl IntoIterator<Item = Address>) -> String {
    let all: Vec<String> = addresses.into_iter().map(|address| format!("`{address}`")).collect();
    match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => all.join(""),
    }
}

/// Ranges as MetalLB writes them.
pub fn ranges(set: &crate::addresses::AddressSet) -> String {
    let all: Vec<String> = set.ranges().map(|range| format!("`{range}`")).collect();
    all.join(", ")
}

/// What sentences call a document: the Service, or the table of the plan whose chart writes it.
pub fn called(document: &Document) -> String {
    let table = document.from.iter().find(|table| table.starts_with("services."));
    match table.filter(|_| document.id.is_file()) {
        Some(table) => format!("`{table}`"),
        None => format!("`{}`", document.id),
    }
}
