//! An address is gained, lost or moved, and somebody used it.

use super::change::Change;
use super::danger::Danger;
use super::document::{Document, at};
use super::side::Side;
use crate::resolve::{Party, Resolved};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What became of the addresses of one holder. Both lists are sorted, and they differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressChange {
    pub cluster: Option<String>,
    /// Who has it: a key path of the plan such as `services.mlflow`, or `namespace/name` of a Service.
    pub holder: String,
    /// `namespace/name` of the Service.
    pub service: String,
    pub old: Vec<String>,
    pub new: Vec<String>,
    /// Names that resolve, or resolved, to them.
    pub hosts: Vec<String>,
    /// `5000/TCP`, of the side that has the addresses.
    pub ports: Vec<String>,
    /// Who calls it, as far as the plan says: `lan`, `services.jupyterhub`.
    pub users: Vec<String>,
    /// Who has what it lost: address, holder.
    pub given_to: Vec<(String, String)>,
    /// Who had what it gained: address, holder.
    pub taken_from: Vec<(String, String)>,
}

/// Something with addresses.
#[derive(Clone, Debug, Default)]
struct Holder {
    service: String,
    addresses: BTreeSet<String>,
    hosts: Vec<String>,
    ports: Vec<String>,
}

type Holders = BTreeMap<(Option<String>, String), Holder>;

impl AddressChange {
    /// `gained`, `lost` or `moved`.
    pub fn what(&self) -> &'static str {
        match (self.old.is_empty(), self.new.is_empty()) {
            (true, _) => "gained",
            (_, true) => "lost",
            _ => "moved",
        }
    }

    pub fn danger(&self) -> Danger {
        if self.lost().next().is_some() { Danger::Disruptive } else { Danger::Note }
    }

    /// What is no longer there.
    pub fn lost(&self) -> impl Iterator<Item = &String> {
        self.old.iter().filter(|address| !self.new.contains(address))
    }
}

/// Where the endpoints of a compiled tree are listed.
const LIST: &str = "endpoints/endpoints.json";

/// Every change of addresses, by cluster and holder. Compiled trees list all their endpoints; of other manifests the
/// Services that differ are asked.
pub fn addresses(old: &Side<'_>, new: &Side<'_>, changes: &[Change]) -> Vec<AddressChange> {
    let listed = old.files.contains_key(LIST) && new.files.contains_key(LIST);
    if listed && old.files.get(LIST) == new.files.get(LIST) {
        return Vec::new();
    }
    let (before, after) = match listed {
        true => (of_list(old), of_list(new)),
        false => (
            of_services(changes.iter().filter_map(|change| change.old.as_deref())),
            of_services(changes.iter().filter_map(|change| change.new.as_deref())),
        ),
    };
    let (who_had, who_has) = (by_address(&before), by_address(&after));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let nobody = Holder::default();
    let mut found = Vec::new();
    for key in keys {
        let (was, is) = (before.get(key).unwrap_or(&nobody), after.get(key).unwrap_or(&nobody));
        if was.addresses == is.addresses {
            continue;
        }
        let current = if is.addresses.is_empty() { was } else { is };
        let other = |who: &BTreeMap<(Option<String>, String), Vec<String>>, address: &String| {
            let holders = who.get(&(key.0.clone(), address.clone())).into_iter().flatten();
            let others = holders.filter(|holder| **holder != key.1);
            others.map(|holder| (address.clone(), holder.clone())).collect::<Vec<_>>()
        };
        let hosts: BTreeSet<&String> = was.hosts.iter().chain(&is.hosts).collect();
        let sides = [old, new];
        let users: BTreeSet<String> = (sides.iter().filter_map(|side| side.facts()))
            .flat_map(|facts| users(&facts.resolved, key.0.as_deref(), &key.1))
            .collect();
        found.push(AddressChange {
            cluster: key.0.clone(),
            holder: key.1.clone(),
            service: current.service.clone(),
            old: was.addresses.iter().cloned().collect(),
            new: is.addresses.iter().cloned().collect(),
            hosts: hosts.into_iter().cloned().collect(),
            ports: current.ports.clone(),
            users: users.into_iter().collect(),
            given_to: was
                .addresses
                .difference(&is.addresses)
                .flat_map(|lost| other(&who_has, lost))
                .collect(),
            taken_from: is
                .addresses
                .difference(&was.addresses)
                .flat_map(|got| other(&who_had, got))
                .collect(),
        });
    }
    found
}

fn by_address(holders: &Holders) -> BTreeMap<(Option<String>, String), Vec<String>> {
    let mut found: BTreeMap<(Option<String>, String), Vec<String>> = BTreeMap::new();
    for ((cluster, name), holder) in holders {
        for address in &holder.addresses {
            found.entry((cluster.clone(), address.clone())).or_default().push(name.clone());
        }
    }
    found
}

fn of_list(side: &Side<'_>) -> Holders {
    let mut holders = Holders::new();
    let Some(list) = side.file(LIST) else { return holders };
    for endpoint in list.at(&["endpoints"]).and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| at(endpoint, &[key]).and_then(Value::as_str).unwrap_or_default().to_owned();
        let holder = Holder {
            service: format!("{}/{}", text("namespace"), text("name")),
            addresses: texts(at(endpoint, &["addresses"])).collect(),
            hosts: texts(at(endpoint, &["hosts"])).collect(),
            ports: ports(at(endpoint, &["ports"])),
        };
        if !holder.addresses.is_empty() {
            holders.insert((Some(text("cluster")), text("service")), holder);
        }
    }
    holders
}

fn of_services<'d>(documents: impl Iterator<Item = &'d Document>) -> Holders {
    let services = documents.filter(|document| document.id.is("", "Service"));
    let holder = |service: &Document| {
        let addresses = service_addresses(service);
        let name = service.id.full_name();
        let ports = ports(service.at(&["spec", "ports"]));
        let holder = Holder { service: name.clone(), addresses, hosts: Vec::new(), ports };
        (!holder.addresses.is_empty()).then_some(((service.id.cluster.clone(), name), holder))
    };
    services.filter_map(holder).collect()
}

/// The addresses that a Service of type LoadBalancer asks for, or has: metallb v0.16 internal/allocator/k8salloc and
/// controller/service.go read the annotations in this order, then `spec.loadBalancerIP`.
pub fn service_addresses(service: &Document) -> BTreeSet<String> {
    if service.text_at(&["spec", "type"]) != Some("LoadBalancer") {
        return BTreeSet::new();
    }
    let asked = service
        .annotation(&["metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs"])
        .or(service.text_at(&["spec", "loadBalancerIP"]));
    let split =
        |text: &str| text.split(',').map(|address| address.trim().to_owned()).collect::<BTreeSet<_>>();
    let has = service.at(&["status", "loadBalancer", "ingress"]).and_then(Value::as_array);
    let has = has.into_iter().flatten().filter_map(|one| one.get("ip")?.as_str());
    asked.map_or_else(|| has.map(str::to_owned).collect(), split)
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned)
}

fn ports(list: Option<&Value>) -> Vec<String> {
    let port = |port: &Value| {
        let number = port.get("port")?.as_u64()?;
        Some(format!("{number}/{}", port.get("protocol").and_then(Value::as_str).unwrap_or("TCP")))
    };
    list.and_then(Value::as_array).into_iter().flatten().filter_map(port).collect()
}

/// Who calls a holder, in the words of the plan: its clients, and who needs it.
fn users(resolved: &Resolved<'_>, cluster: Option<&str>, holder: &str) -> Vec<String> {
    let in_cluster = |id| cluster.is_none_or(|cluster| resolved.cluster(id).name == cluster);
    let mut found = Vec::new();
    let words = |list: &[crate::source::Located<String>]| {
        list.iter().map(|word| word.value.clone()).collect::<Vec<_>>()
    };
    let service =
        resolved.services.iter().find(|service| in_cluster(service.cluster) && service.path() == holder);
    if let Some(service) = service {
        found.extend(words(&service.shared.clients()));
        let needs = |needs: &[crate::resolve::Named]| {
            needs.iter().any(|need| need.party == Party::Service(service.id))
        };
        found.extend(resolved.services.iter().filter(|other| needs(&other.needs)).map(|other| other.path()));
        found.extend(
            resolved.tenants.iter().filter(|tenant| needs(&tenant.needs)).map(|tenant| tenant.path()),
        );
    }
    let tenant = resolved.tenants.iter().find(|tenant| {
        in_cluster(tenant.cluster)
            && holder.strip_prefix(&tenant.path()).is_some_and(|rest| rest.starts_with('.'))
    });
    if let Some(tenant) = tenant {
        found.extend(tenant.shared.clients.iter().flat_map(|list| words(&list.value)));
    }
    found
}
