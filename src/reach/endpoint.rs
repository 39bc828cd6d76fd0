//! What a person calls an end of a connection: a service, a tenant, pods by label, a network, the internet, a node.

use super::address::AddressRange;
use super::subject::{Of, Subject, Unanswerable};
use crate::connectivity::{Block, Endpoint, Labels, Protocol, Selector, Workload, WorkloadId};
use crate::diagnostics::nearest;
use crate::facts::flow::{self, Side};
use crate::resolve::{Party, Resolved};
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// An end, with everything that it stands for.
#[derive(Clone, Debug)]
pub struct Named {
    /// As it was written.
    pub name: String,
    pub ends: Vec<Endpoint>,
    /// The party of the plan, where it is one.
    pub party: Option<Party>,
    /// The ports of its pods, where it declares some.
    pub ports: Vec<(Protocol, u16)>,
}

/// Which role an end has: who calls is all pods of a namespace, who is called is exactly the pods of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    From,
    To,
}

/// A port that is asked about, before it is known whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub port: String,
    pub protocol: Option<Protocol>,
}

/// Splits `TO[:PORT[/PROTO]]`.
pub fn split(text: &str) -> (&str, Option<Asked>) {
    // `fd00::1` and `10.0.0.0/8` have the same characters, and mean no port.
    if text.parse::<IpAddr>().is_ok() || text.parse::<IpNet>().is_ok() {
        return (text, None);
    }
    let Some((name, rest)) = text.rsplit_once(':') else { return (text, None) };
    let (port, protocol) = match rest.split_once('/') {
        Some((port, word)) => match protocol(word) {
            Some(protocol) => (port, Some(protocol)),
            None => return (text, None),
        },
        None => (rest, None),
    };
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    if port.is_empty() { (text, None) } else { (name, Some(Asked { port: port.to_owned(), protocol })) }
}

fn protocol(word: &str) -> Option<Protocol> {
    Protocol::ALL.into_iter().find(|protocol| protocol.name().eq_ignore_ascii_case(word))
}

impl Subject<'_> {
    /// What a name means. Pods that nobody declares are imagined, so that one may ask about any label.
    pub fn named(&mut self, text: &str, role: Role) -> Result<Named, Unanswerable> {
        let plain = |ends: Vec<Endpoint>, party: Option<Party>| {
            Ok(Named { name: text.to_owned(), ends, party, ports: Vec::new() })
        };
        match text {
            "internet" => return plain(vec![Endpoint::Internet], Some(Party::Internet)),
            "node" => return plain(vec![Endpoint::Node], None),
            _ => {}
        }
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        if let Ok(network) = network {
            return self.network_named(text, network, role);
        }
        if let Some((namespace, pods)) = text.split_once('/') {
            return self.pods_named(text, namespace, pods, role);
        }
        match &self.of {
            Of::Plan { .. } => self.party_named(text, role),
            Of::Manifests { .. } => {
                let pods = self.in_namespace(text, &Selector::everything());
                if pods.is_empty() {
                    return Err(self.unknown(text));
                }
                plain(pods, None)
            }
        }
    }

    fn network_named(&mut self, text: &str, network: IpNet, role: Role) -> Result<Named, Unanswerable> {
        let address = network.addr();
        let single = network.prefix_len() == network.max_prefix_len();
        if let (Of::Plan { facts, cluster, .. }, true, Role::To) = (&self.of, single, role) {
            let resolved = &facts.resolved;
            let has = |service: &&crate::resolve::Service<'_>| service.addresses.contains(&address);
            // An address of a Service is rewritten to its pods before a policy looks.
            if let Some(service) = resolved.services_of(cluster.id).iter().find(has) {
                return Ok(self.of_party(text, Party::Service(service.id), role));
            }
            let runtime = resolved.runtimes_of(cluster.id).find(|runtime| runtime.mesh.contains(&address));
            if let Some(runtime) = runtime {
                return Ok(self.of_party(text, Party::Runtime(runtime.id), role));
            }
        }
        if let (Of::Manifests { manifests, .. }, true, Role::To) = (&self.of, single, role)
            && let Some((namespace, name)) = manifests.service_addresses.get(&address)
        {
            let (service, namespace, name) = (format!("{namespace}/{name}"), namespace.clone(), name.clone());
            return match manifests
                .services
                .iter()
                .any(|each| each.name == name && each.namespace == namespace)
            {
                true => self.pods_named(&service, &namespace, &name, role),
                false => Err(Unanswerable::new(format!(
                    "`{text}` is the address of the Service `{service}`, which selects no pods here"
                ))
                .help("policies see the address behind it: ask about that one, as in 192.168.1.11:6443 for an API server")),
            };
        }
        let of_pod = |workload: &Workload| single && workload.addresses.contains(&address);
        if let Some(at) = self.world.workloads.iter().position(of_pod) {
            let ends = vec![Endpoint::Workload(WorkloadId(at))];
            return Ok(Named { name: text.to_owned(), ends, party: None, ports: Vec::new() });
        }
        let cidr = crate::addresses::Cidr::parse(&network.trunc().to_string()).ok();
        let ends = vec![Endpoint::Block(Block::new(network))];
        Ok(Named { name: text.to_owned(), ends, party: cidr.map(Party::Network), ports: Vec::new() })
    }

    /// `namespace/*`, `namespace/name`, `namespace/key=value,key=value`.
    fn pods_named(
        &mut self,
        text: &str,
        namespace: &str,
        pods: &str,
        role: Role,
    ) -> Result<Named, Unanswerable> {
        let named = |ends: Vec<Endpoint>, ports: Vec<(Protocol, u16)>| Named {
            name: text.to_owned(),
            ends,
            party: None,
            ports,
        };
        if pods == "*" {
            let ends = self.in_namespace(namespace, &Selector::everything());
            return if ends.is_empty() { Err(self.unknown(text)) } else { Ok(named(ends, Vec::new())) };
        }
        if pods.contains('=') {
            let mut labels = Labels::new();
            for pair in pods.split(',') {
                let Some((key, value)) = pair.split_once('=') else {
                    let message = format!("`{pair}` of `{text}` is not a label");
                    return Err(Unanswerable::new(message).help("write namespace/key=value,key=value"));
                };
                labels.insert(key.trim().to_owned(), value.trim().to_owned());
            }
            let ends = self.in_namespace(namespace, &Selector::labels(labels.clone()));
            if !ends.is_empty() {
                return Ok(named(ends, Vec::new()));
            }
            self.world.workloads.push(Workload {
                namespace: namespace.to_owned(),
                name: pods.to_owned(),
                labels,
                ports: Vec::new(),
                host_network: false,
                addresses: Vec::new(),
            });
            let imagined = WorkloadId(self.world.workloads.len() - 1);
            return Ok(named(vec![Endpoint::Workload(imagined)], Vec::new()));
        }
        let of_name = |workload: &Workload| {
            let name = &workload.name;
            workload.namespace == namespace
                && (name == pods || name.split_once('[').is_some_and(|(name, _)| name == pods))
        };
        let workloads = || {
            let all = self.world.workloads.iter().enumerate().filter(|(_, workload)| of_name(workload));
            all.map(|(at, _)| Endpoint::Workload(WorkloadId(at))).collect::<Vec<_>>()
        };
        let services = || match &self.of {
            Of::Manifests { manifests, .. } => {
                let service = manifests
                    .services
                    .iter()
                    .find(|service| service.namespace == namespace && service.name == pods)?;
                let pods = service.pods(&self.world);
                let first = *pods.first()?;
                let ports = service
                    .ports
                    .iter()
                    .filter_map(|port| Some((port.protocol, service.pod_port(port, &self.world, first)?)));
                Some(named(pods.iter().copied().map(Endpoint::Workload).collect(), ports.collect()))
            }
            Of::Plan { .. } => None,
        };
        // Who is called is called by its Service; who calls is a pod.
        let found = match role {
            Role::To => services().or_else(|| Some(named(workloads(), Vec::new()))),
            Role::From => {
                Some(named(workloads(), Vec::new())).filter(|named| !named.ends.is_empty()).or_else(services)
            }
        };
        found.filter(|named| !named.ends.is_empty()).ok_or_else(|| self.unknown(text))
    }

    fn in_namespace(&self, namespace: &str, selector: &Selector) -> Vec<Endpoint> {
        (self.world.workloads.iter().enumerate())
            .filter(|(_, workload)| workload.namespace == namespace && selector.matches(&workload.labels))
            .map(|(at, _)| Endpoint::Workload(WorkloadId(at)))
            .collect()
    }

    fn party_named(&self, text: &str, role: Role) -> Result<Named, Unanswerable> {
        let Of::Plan { facts, cluster, .. } = &self.of else { return Err(self.unknown(text)) };
        let resolved = &facts.resolved;
        if text == "lan" {
            return Ok(self.of_party(text, Party::Lan, role));
        }
        if text == "seldon" {
            let runtimes: Vec<Named> = (resolved.runtimes_of(cluster.id))
                .map(|runtime| self.of_party(text, Party::Runtime(runtime.id), role))
                .collect();
            let [first, ..] = &runtimes[..] else { return Err(self.unknown(text)) };
            let (party, ports) = (first.party.clone().filter(|_| runtimes.len() == 1), first.ports.clone());
            let ends = runtimes.into_iter().flat_map(|named| named.ends).collect();
            return Ok(Named { name: text.to_owned(), ends, party, ports });
        }
        let parties = parties(resolved, cluster.id, text);
        match &parties[..] {
            [] => Err(self.unknown(text)),
            [one] => Ok(self.of_party(text, one.clone(), role)),
            _ => Err(Unanswerable::new(format!("`{text}` is the name of more than one thing")).help(
                format!("write services.{text}, tenants.{text}, external.{text} or namespaces.{text}"),
            )),
        }
    }

    fn of_party(&self, text: &str, party: Party, role: Role) -> Named {
        let Of::Plan { facts, cluster, world } = &self.of else {
            return Named { name: text.to_owned(), ends: Vec::new(), party: None, ports: Vec::new() };
        };
        let called = flow::called(&facts.resolved, cluster, &party);
        let side = match role {
            Role::From => flow::caller(&facts.resolved, cluster, &party),
            Role::To => called.0,
        };
        let ends = match &side {
            Side::Pods(pods) => {
                world.select_in(&self.world, pods).into_iter().map(Endpoint::Workload).collect()
            }
            Side::Blocks(blocks) => blocks.iter().map(crate::facts::world::endpoint).collect(),
            Side::Unrecognisable { .. } => vec![Endpoint::Node],
        };
        let ports = called.1.iter().map(|port| (port.protocol, port.first)).collect();
        Named { name: text.to_owned(), ends, party: Some(party), ports }
    }

    fn unknown(&self, text: &str) -> Unanswerable {
        let mut known: BTreeSet<String> =
            self.world.workloads.iter().map(|workload| workload.namespace.clone()).collect();
        if let Of::Plan { facts, cluster, .. } = &self.of {
            let resolved = &facts.resolved;
            known.extend(resolved.services_of(cluster.id).iter().map(|service| service.key.to_owned()));
            known.extend(resolved.tenants_of(cluster.id).map(|tenant| tenant.key.to_owned()));
            known.extend(resolved.tenants_of(cluster.id).map(|tenant| tenant.path()));
            known.extend(resolved.externals.iter().map(|external| external.name.to_owned()));
            known.extend(["lan", "internet", "node", "seldon"].map(str::to_owned));
        } else {
            let name = |id: usize| {
                let workload = &self.world.workloads[id];
                format!("{}/{}", workload.namespace, workload.name.split('[').next().unwrap_or_default())
            };
            known.extend((0..self.world.workloads.len()).map(name));
        }
        if let Of::Manifests { manifests, .. } = &self.of
            && manifests.without_pods.contains(text)
        {
            return Unanswerable::new(format!("the Service `{text}` selects no pods")).help(
                "ask for an address behind it: policies see where a packet goes, not which name led there",
            );
        }
        let error = Unanswerable::new(format!("nothing here is called `{text}`"));
        match nearest(text, known.iter().map(String::as_str)) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error.help(
                "an end is a service, tenants.NAME, namespace/name, namespace/key=value, a network, internet, node or lan",
            ),
        }
    }

    /// The port of the pods that is asked about: a name or a Service's port becomes the port behind it.
    pub fn pod_port(&self, to: &Named, asked: &Asked) -> Result<(Protocol, u16), Unanswerable> {
        let wanted = asked.port.parse::<u16>().ok().filter(|number| *number > 0);
        if let (Of::Plan { facts, .. }, Some(Party::Service(id))) = (&self.of, &to.party) {
            let service = facts.resolved.service(*id);
            let port = service.ports.iter().find(|port| port.name == asked.port || wanted == Some(port.port));
            if let Some(port) = port {
                let protocol = flow::FlowPort::new(port.protocol, 0).protocol;
                let number = port.pod_port().ok_or_else(|| {
                    let message =
                        format!("the pods of `{}` call their port for `{}` by a name", to.name, port.name);
                    Unanswerable::new(message).help("ask for the number of the port")
                })?;
                return Ok((asked.protocol.unwrap_or(protocol), number));
            }
        }
        if let Of::Manifests { manifests, .. } = &self.of
            && let Some((namespace, name)) = to.name.split_once('/')
            && let Some(service) = manifests
                .services
                .iter()
                .find(|service| service.namespace == namespace && service.name == name)
            && let Some(pod) = service.pods(&self.world).first()
        {
            let of = |port: &&crate::manifests::ServicePort| {
                port.name.as_deref() == Some(&*asked.port) || wanted == Some(port.port)
            };
            if let Some(port) = service.ports.iter().find(of)
                && let Some(number) = service.pod_port(port, &self.world, *pod)
            {
                return Ok((asked.protocol.unwrap_or(port.protocol), number));
            }
        }
        if asked.port == "mesh"
            && let [port, ..] = to.ports[..]
        {
            return Ok(port);
        }
        let named = to.ends.iter().find_map(|end| {
            let Endpoint::Workload(id) = end else { return None };
            let ports = &self.world.workloads[id.0].ports;
            let port = ports.iter().find(|port| port.name.as_deref() == Some(&*asked.port))?;
            Some((port.protocol, port.number))
        });
        match (wanted, named) {
            (Some(number), _) => {
                let declared =
                    to.ports.iter().find(|(_, port)| *port == number).map(|(protocol, _)| *protocol);
                Ok((asked.protocol.or(declared).unwrap_or(Protocol::Tcp), number))
            }
            (None, Some(port)) => Ok(port),
            (None, None) => Err(Unanswerable::new(format!("`{}` has no port `{}`", to.name, asked.port))
                .help("ask for a number, as in NAME:8080 or NAME:53/UDP")),
        }
    }
}

/// Every party that a name may mean.
fn parties(resolved: &Resolved<'_>, cluster: crate::resolve::ClusterId, text: &str) -> Vec<Party> {
    let (kind, name) = match text.split_once('.') {
        Some((kind @ ("services" | "tenants" | "external" | "hosts" | "namespaces"), name)) => {
            (Some(kind), name)
        }
        _ => (None, text),
    };
    let is = |wanted: &str| kind.is_none() || kind == Some(wanted);
    let mut found = Vec::new();
    if is("services") {
        let service = resolved.services_of(cluster).iter().find(|service| service.key == name);
        found.extend(service.map(|service| Party::Service(service.id)));
    }
    if is("tenants") {
        let tenant = resolved.tenants_of(cluster).find(|tenant| tenant.key == name);
        found.extend(tenant.map(|tenant| Party::Tenant(tenant.id)));
    }
    if is("external") {
        let external = resolved.externals.iter().position(|external| external.name == name);
        found.extend(external.map(|at| Party::External(crate::resolve::ExternalId::new(at))));
    }
    // A host and a namespace often have the name of what runs there; what runs there is meant.
    if kind == Some("hosts") || (found.is_empty() && kind.is_none()) {
        let host = resolved.hosts.iter().find(|host| host.name == name);
        found.extend(host.map(|host| Party::Host(host.id)));
    }
    if kind == Some("namespaces") || (found.is_empty() && kind.is_none()) {
        found.extend(resolved.find_namespace(cluster, name).map(|namespace| Party::Namespace(namespace.id)));
    }
    found
}

/// Which ends a matrix is about.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// `None`: all.
    only: Option<Vec<Endpoint>>,
}

impl Filter {
    /// Only what a name means; everything without one.
    pub fn new(subject: &mut Subject<'_>, name: Option<&str>, role: Role) -> Result<Filter, Unanswerable> {
        let Some(name) = name else { return Ok(Filter::default()) };
        let named = subject.named(name, role)?;
        if named.ends.iter().any(|end| matches!(end, Endpoint::Node | Endpoint::OwnNode)) {
            return Err(Unanswerable::new(format!(
                "`{name}` is in no row: rows are about pods and addresses"
            ))
            .help(format!("ask about a pair: plan why FROM {name}")));
        }
        Ok(Filter { only: Some(named.ends) })
    }

    /// Those of the members that are let through.
    pub fn of(&self, members: &[WorkloadId]) -> Vec<WorkloadId> {
        match &self.only {
            None => members.to_vec(),
            Some(ends) => {
                let wanted = |id: &&WorkloadId| ends.contains(&Endpoint::Workload(**id));
                members.iter().filter(wanted).copied().collect()
            }
        }
    }

    pub fn internet(&self) -> bool {
        self.only.as_ref().is_none_or(|ends| ends.contains(&Endpoint::Internet))
    }

    /// Whether it lets any address through.
    pub fn is_outside(&self) -> bool {
        let address = |end: &Endpoint| matches!(end, Endpoint::Internet | Endpoint::Block(_));
        self.only.as_ref().is_none_or(|ends| ends.iter().any(address))
    }

    /// Whether it lets addresses of a range through.
    pub fn touches(&self, range: AddressRange) -> bool {
        let touches = |end: &Endpoint| match end {
            Endpoint::Internet => true,
            Endpoint::Block(block) => {
                block.family == range.family && block.first <= range.last && range.first <= block.last
            }
            _ => false,
        };
        self.only.as_ref().is_none_or(|ends| ends.iter().any(touches))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_stands_behind_the_last_colon() {
        let asked = |port: &str, protocol| Some(Asked { port: port.to_owned(), protocol });
        assert_eq!(split("minio:9000"), ("minio", asked("9000", None)));
        assert_eq!(
            split("kube-system/k8s-app=kube-dns:53/udp"),
            ("kube-system/k8s-app=kube-dns", asked("53", Some(Protocol::Udp)))
        );
        assert_eq!(split("10.0.0.0/8"), ("10.0.0.0/8", None));
        assert_eq!(split("10.0.0.0/8:443/TCP"), ("10.0.0.0/8", asked("443", Some(Protocol::Tcp))));
        assert_eq!(split("fd00::1"), ("fd00::1", None));
        assert_eq!(split("[fd00::1]:443"), ("fd00::1", asked("443", None)));
        assert_eq!(split("mlflow:http"), ("mlflow", asked("http", None)));
    }
}
