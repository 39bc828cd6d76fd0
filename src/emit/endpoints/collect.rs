//! An endpoint is a service with its names, addresses and ports, whoever writes the Service.

use crate::addresses::Address;
use crate::facts::Facts;
use crate::model::ServiceType;
use crate::model::values::Protocol;
use crate::resolve::{Cluster, Resolved, Runtime, Service};
use serde::Serialize;
use std::net::IpAddr;

/// Something that can be called.
#[derive(Clone, Debug, Serialize)]
pub struct Endpoint {
    pub cluster: String,
    /// The key path of its table, such as `services.mlflow` or `tenants.fraud.mesh`.
    pub service: String,
    pub namespace: String,
    /// The name of the Service object.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The name by which pods of the cluster call it.
    pub inside: String,
    /// Names that resolve to `addresses`; none without an address.
    pub hosts: Vec<String>,
    /// IPv4 first.
    pub addresses: Vec<Address>,
    pub ports: Vec<EndpointPort>,
}

/// A port of an endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct EndpointPort {
    pub name: String,
    pub port: u16,
    pub protocol: &'static str,
    /// For what speaks HTTP and can be reached from the LAN: by name, or by address where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `http` or `https`, as far as its name or number tells.
    #[serde(skip)]
    pub scheme: Option<&'static str>,
    /// Where it answered before, as `address:port`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

/// Every endpoint of the generated clusters: those with an address first, by address.
pub fn endpoints(facts: &Facts<'_>) -> Vec<Endpoint> {
    let resolved = &facts.resolved;
    let mut all = Vec::new();
    for cluster in resolved.targets() {
        let mut own: Vec<Endpoint> = resolved
            .services_of(cluster.id)
            .iter()
            .map(|service| of_service(resolved, cluster, service))
            .collect();
        own.extend(
            resolved.runtimes_of(cluster.id).flat_map(|runtime| of_runtime(resolved, cluster, runtime)),
        );
        own.sort_by_cached_key(|endpoint| {
            (endpoint.addresses.is_empty(), endpoint.addresses.clone(), endpoint.service.clone())
        });
        all.extend(own);
    }
    all
}

fn of_service(resolved: &Resolved<'_>, cluster: &Cluster<'_>, service: &Service<'_>) -> Endpoint {
    let namespace = &resolved.namespace(service.namespace).name;
    let old = old_server(resolved, cluster);
    let ports = service.ports.iter().map(|port| EndpointPort {
        name: port.name.to_owned(),
        port: port.port,
        protocol: port.protocol.word(),
        url: None,
        scheme: scheme(port.name, port.port, port.protocol),
        before: port.was.zip(old).map(|(number, server)| socket(server, number)),
    });
    Endpoint {
        cluster: cluster.name.to_owned(),
        service: service.path(),
        namespace: namespace.clone(),
        name: service.name.to_owned(),
        kind: service.exposure.word(),
        inside: inside(cluster, service.name, namespace),
        hosts: service.hosts.clone(),
        addresses: service.addresses.clone(),
        ports: ports.collect(),
    }
    .finished()
}

fn of_runtime(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    runtime: &Runtime<'_>,
) -> impl Iterator<Item = Endpoint> {
    let namespace = resolved.namespace(runtime.namespace).name.clone();
    let path = runtime.path(resolved);
    let mesh = ("mesh", &runtime.mesh, runtime.host.clone(), ("http", 80));
    let tls = super::super::seldon::has_tls(resolved.install(runtime.install));
    let control = if tls { ("scheduler-mtls", 9044) } else { ("scheduler", 9004) };
    let scheduler = ("scheduler", &runtime.scheduler, runtime.scheduler_host.clone(), control);
    let held = [mesh, scheduler].into_iter().filter(|(_, addresses, ..)| !addresses.is_empty());
    let endpoints = held.map(|(what, addresses, host, (name, port))| {
        Endpoint {
            cluster: cluster.name.to_owned(),
            service: format!("{path}.{what}"),
            namespace: namespace.clone(),
            name: format!("seldon-{what}-lb"),
            kind: ServiceType::LoadBalancer.word(),
            // Pods call the operator's own Service.
            inside: inside(cluster, &format!("seldon-{what}"), &namespace),
            hosts: host.into_iter().collect(),
            addresses: addresses.clone(),
            ports: vec![EndpointPort {
                name: name.to_owned(),
                port,
                protocol: Protocol::Tcp.word(),
                url: None,
                scheme: scheme(name, port, Protocol::Tcp),
                before: None,
            }],
        }
        .finished()
    });
    endpoints.collect::<Vec<_>>().into_iter()
}

impl Endpoint {
    /// Fills in the URLs, and drops the names that nothing would answer to.
    fn finished(mut self) -> Endpoint {
        if self.addresses.is_empty() {
            self.hosts.clear();
        }
        let literal = self.addresses.first().map(|address| host_of(*address));
        if let Some(host) = self.hosts.first().cloned().or(literal) {
            for port in &mut self.ports {
                port.url = port.scheme.map(|scheme| url(scheme, &host, port.port));
            }
        }
        self
    }
}

/// The machine on which node ports answered: a server of the cluster that is replaced, or of the one that is changed.
fn old_server(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Option<Address> {
    let old = cluster.replaces.map_or(cluster, |old| resolved.cluster(old));
    old.servers.first().map(|host| resolved.host(*host).address())
}

fn inside(cluster: &Cluster<'_>, name: &str, namespace: &str) -> String {
    format!("{name}.{namespace}.svc.{}", cluster.written.domain())
}

/// What a port speaks, by the names that Kubernetes and Istio use, or by its registered number.
fn scheme(name: &str, port: u16, protocol: Protocol) -> Option<&'static str> {
    let named = |word: &str| {
        name == word || name.starts_with(&format!("{word}-")) || name.ends_with(&format!("-{word}"))
    };
    match port {
        _ if protocol != Protocol::Tcp => None,
        _ if named("https") => Some("https"),
        _ if named("http") => Some("http"),
        443 => Some("https"),
        80 => Some("http"),
        _ => None,
    }
}

/// The URL of a host; the number is left out where the scheme says it.
pub fn url(scheme: &str, host: &str, port: u16) -> String {
    match (scheme, port) {
        ("http", 80) | ("https", 443) => format!("{scheme}://{host}"),
        _ => format!("{scheme}://{host}:{port}"),
    }
}

/// An address as the host of a URL.
pub fn host_of(address: Address) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// An address with a port.
pub fn socket(address: Address, port: u16) -> String {
    format!("{}:{port}", host_of(address))
}
