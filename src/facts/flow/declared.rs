//! What tables declare: `needs`, `clients`, `internet`, `telemetry`, `scraped_by`, `webhooks`, `allow`.

use super::{Block, Flow, FlowPort, Group, Kind, Side};
use crate::addresses::{Cidr, Family};
use crate::model::values::{PortName, PortNumber, TargetPort};
use crate::model::{ServiceType, TrafficPolicy};
use crate::resolve::{Cluster, Named, NamespaceId, Party, Resolved, RuntimeId, Service, Tenant};
use crate::source::{Located, Span};
use crate::upstream::charts;
use crate::upstream::seldon::Component;

/// The pod port of a runtime's inference endpoint.
const MESH: u16 = 9000;

/// Private, shared, loopback, link-local, benchmarking, multicast and reserved ranges: whatever is not the internet
/// (IANA special-purpose registries).
const NOT_INTERNET: [&str; 13] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/127",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

struct Call<'a, 'p> {
    resolved: &'a Resolved<'p>,
    cluster: &'a Cluster<'p>,
}

pub fn flows(resolved: &Resolved<'_>, cluster: &Cluster<'_>, flows: &mut Vec<Flow>) {
    let call = Call { resolved, cluster };
    for service in resolved.services_of(cluster.id) {
        call.of_service(service, flows);
    }
    for tenant in resolved.tenants_of(cluster.id) {
        call.of_tenant(tenant, flows);
    }
    if let Some(install) = resolved.install_of(cluster.id) {
        let runtime = resolved.runtimes_of(cluster.id).find(|runtime| runtime.tenant.is_none());
        let from = call.namespace(install.namespace);
        call.needs(&install.needs, &from, "seldon", flows);
        if let Some(runtime) = runtime {
            let party = Party::Runtime(runtime.id);
            call.clients(
                &install.clients,
                &party,
                runtime.traffic,
                !runtime.mesh.is_empty(),
                "seldon",
                flows,
            );
        }
        call.internet(install.settings.internet.as_ref(), &from, "seldon", flows);
    }
    for namespace in resolved.namespaces_of(cluster.id) {
        let path = format!("namespaces.{}", namespace.name);
        let all = Side::namespace(&namespace.name);
        call.internet(namespace.shared.internet.as_ref(), &all, &path, flows);
        for scraper in &namespace.scrapers {
            let flow = call.flow(
                Kind::Scrape,
                call.pods_of(&scraper.party),
                all.clone(),
                Vec::new(),
                &path,
                scraper.span,
            );
            flows.push(flow);
        }
    }
    for allow in &resolved.allows {
        let (from, to) = (call.caller(&allow.from), &allow.to);
        let port = allow.written.port.as_ref().map(|port| &port.value);
        let path = format!("allow.{}", allow.index);
        if call.is_here(&allow.from) && call.is_here(to) {
            flows.extend(call.to(Kind::Call, from, to, port, &path, allow.written.to.span));
        }
    }
}

/// A party as it calls.
pub fn caller(resolved: &Resolved<'_>, cluster: &Cluster<'_>, party: &Party) -> Side {
    Call { resolved, cluster }.caller(party)
}

/// A party as it is called, and the ports that it declares; none is every port.
pub fn called(resolved: &Resolved<'_>, cluster: &Cluster<'_>, party: &Party) -> (Side, Vec<FlowPort>) {
    let call = Call { resolved, cluster };
    let nobody = Side::Blocks(Vec::new());
    let flows = call.to(Kind::Call, nobody, party, None, "", Span::default());
    (call.pods_of(party), flows.into_iter().flat_map(|flow| flow.ports).collect())
}

impl Call<'_, '_> {
    fn flow(&self, kind: Kind, from: Side, to: Side, ports: Vec<FlowPort>, path: &str, span: Span) -> Flow {
        let unknown_ports = Vec::new();
        Flow {
            cluster: self.cluster.id,
            kind,
            from,
            to,
            ports,
            unknown_ports,
            from_table: path.to_owned(),
            span,
        }
    }

    fn of_service(&self, service: &Service<'_>, flows: &mut Vec<Flow>) {
        let path = service.path();
        let from = self.namespace(service.namespace);
        self.needs(&service.needs, &from, &path, flows);
        self.internet(service.written.internet.as_ref(), &from, &path, flows);
        let party = Party::Service(service.id);
        let exposed = service.exposure == ServiceType::LoadBalancer;
        self.clients(&service.clients, &party, service.shared.traffic(), exposed, &path, flows);
        for scraper in &service.scrapers {
            let scraped = self.pods_of(&party);
            let ports = match &service.written.metrics {
                Some(metrics) => metrics.value.iter().map(|port| FlowPort::tcp(port.value.0)).collect(),
                None => service
                    .ports
                    .iter()
                    .filter_map(|port| Some(FlowPort::new(port.protocol, port.pod_port()?)))
                    .collect(),
            };
            flows.push(self.flow(
                Kind::Scrape,
                self.pods_of(&scraper.party),
                scraped,
                ports,
                &path,
                scraper.span,
            ));
        }
        self.webhooks(service, flows);
    }

    /// Admission webhooks: the API server calls from a node or tunnel address, which nothing tells from others.
    fn webhooks(&self, service: &Service<'_>, flows: &mut Vec<Flow>) {
        let release = service.written.release.as_ref().map(|release| &release.value);
        let of_chart = release
            .map(|release| {
                let version = release.version.as_ref().map(|version| &version.value);
                charts::service_keys(&release.chart.value, &release.values.value, version).webhook_ports
            })
            .unwrap_or_default();
        let written =
            service.written.webhooks.iter().flat_map(|list| list.value.iter()).map(|port| port.value.0);
        let mut ports: Vec<FlowPort> = of_chart.iter().copied().chain(written).map(FlowPort::tcp).collect();
        ports.sort();
        ports.dedup();
        if ports.is_empty() {
            return;
        }
        let Side::Blocks(really) = super::baseline::api_server(self.resolved, self.cluster) else { return };
        let from = Side::Unrecognisable { really };
        let to = self.pods_of(&Party::Service(service.id));
        flows.push(self.flow(Kind::Webhook, from, to, ports, &service.path(), service.span));
    }

    fn of_tenant(&self, tenant: &Tenant<'_>, flows: &mut Vec<Flow>) {
        let path = tenant.path();
        let from = self.namespace(tenant.namespace);
        self.needs(&tenant.needs, &from, &path, flows);
        self.internet(tenant.shared.internet.as_ref(), &from, &path, flows);
        let exposed = tenant.runtime.is_some_and(|runtime| !self.resolved.runtime(runtime).mesh.is_empty());
        self.clients(
            &tenant.clients,
            &Party::Tenant(tenant.id),
            tenant.shared.traffic(),
            exposed,
            &path,
            flows,
        );
        let collectors = tenant.shared.telemetry.iter().flat_map(|ports| ports.value.iter());
        let ports: Vec<FlowPort> = collectors.map(|port| FlowPort::tcp(port.value.0)).collect();
        for scraper in &tenant.scrapers {
            let collector = match &scraper.party {
                Party::Service(service) => self.namespace(self.resolved.service(*service).namespace),
                other => self.caller(other),
            };
            if !ports.is_empty() {
                flows.push(self.flow(
                    Kind::Telemetry,
                    from.clone(),
                    collector,
                    ports.clone(),
                    &path,
                    scraper.span,
                ));
            }
            if tenant.runtime.is_none() {
                let scraped = self.tenant_ports(tenant);
                let from = self.pods_of(&scraper.party);
                flows.push(self.flow(
                    Kind::Scrape,
                    from,
                    self.namespace(tenant.namespace),
                    scraped,
                    &path,
                    scraper.span,
                ));
            }
        }
    }

    fn needs(&self, needs: &[Named], from: &Side, path: &str, flows: &mut Vec<Flow>) {
        for need in needs {
            flows.extend(self.to(Kind::Call, from.clone(), &need.party, None, path, need.span));
        }
    }

    /// Those who call something. A client outside of the cluster arrives only where there is an address.
    fn clients(
        &self,
        clients: &[Named],
        to: &Party,
        traffic: TrafficPolicy,
        exposed: bool,
        path: &str,
        flows: &mut Vec<Flow>,
    ) {
        for client in clients {
            let outside = match &client.party {
                Party::Lan => Some(self.resolved.lan.cidrs.iter().map(|cidr| Block::whole(*cidr)).collect()),
                Party::Internet => Some(self.internet_blocks()),
                Party::Network(cidr) => Some(vec![Block::whole(*cidr)]),
                Party::Host(_) | Party::External(_) => match self.caller(&client.party) {
                    Side::Blocks(blocks) => Some(blocks),
                    _ => None,
                },
                _ => None,
            };
            let from = match outside {
                Some(_) if !exposed => continue,
                Some(blocks) if traffic == TrafficPolicy::Local => Side::Blocks(blocks),
                Some(blocks) => Side::Unrecognisable { really: blocks },
                None => self.caller(&client.party),
            };
            flows.extend(self.to(Kind::Call, from, to, None, path, client.span));
        }
    }

    fn internet(
        &self,
        ports: Option<&Located<Vec<Located<PortNumber>>>>,
        from: &Side,
        path: &str,
        flows: &mut Vec<Flow>,
    ) {
        let Some(ports) = ports.filter(|ports| !ports.value.is_empty()) else { return };
        let mut numbers: Vec<FlowPort> = ports.value.iter().map(|port| FlowPort::tcp(port.value.0)).collect();
        numbers.sort();
        let to = Side::Blocks(self.internet_blocks());
        flows.push(self.flow(Kind::Internet, from.clone(), to, numbers, path, ports.span));
    }

    /// A call to a party, on the port that is named or on all that it declares.
    fn to(
        &self,
        kind: Kind,
        from: Side,
        to: &Party,
        port: Option<&PortName>,
        path: &str,
        span: Span,
    ) -> Vec<Flow> {
        let mut flow = self.flow(kind, from, self.pods_of(to), Vec::new(), path, span);
        match (to, port) {
            (_, Some(PortName::Number(number))) => flow.ports.push(FlowPort::tcp(*number)),
            (Party::Service(id), name) => {
                for port in &self.resolved.service(*id).ports {
                    if let Some(PortName::Named(name)) = name
                        && name != port.name
                    {
                        continue;
                    }
                    match port.target {
                        TargetPort::Number(number) => flow.ports.push(FlowPort::new(port.protocol, *number)),
                        TargetPort::Name(_) => flow.unknown_ports.push(port.name.to_owned()),
                    }
                }
            }
            (Party::Tenant(id), _) if self.resolved.tenant(*id).runtime.is_some() => {
                flow.ports.push(FlowPort::tcp(MESH))
            }
            (Party::Tenant(id), _) => flow.ports = self.tenant_ports(self.resolved.tenant(*id)),
            (Party::Runtime(_), _) => flow.ports.push(FlowPort::tcp(MESH)),
            (Party::External(id), _) => {
                let external = self.resolved.external(*id);
                flow.ports.extend(external.ports.iter().map(|port| FlowPort::new(external.protocol, *port)));
            }
            (Party::Host(_) | Party::Namespace(_) | Party::Lan | Party::Internet | Party::Network(_), _) => {}
        }
        flow.ports.sort();
        flow.ports.dedup();
        // A service whose only port has a name for its pod port: there is nothing that a policy could say.
        if flow.ports.is_empty() && !flow.unknown_ports.is_empty() { vec![] } else { vec![flow] }
    }

    fn tenant_ports(&self, tenant: &Tenant<'_>) -> Vec<FlowPort> {
        let ports = tenant.shared.ports.iter().flat_map(|ports| ports.value.iter());
        ports.map(|port| FlowPort::tcp(port.value.0)).collect()
    }

    /// Whether a party of an `allow` is in this cluster.
    fn is_here(&self, party: &Party) -> bool {
        let cluster = match party {
            Party::Service(id) => self.resolved.service(*id).cluster,
            Party::Tenant(id) => self.resolved.tenant(*id).cluster,
            Party::Runtime(id) => self.resolved.runtime(*id).cluster,
            Party::Namespace(id) => self.resolved.namespace(*id).cluster,
            _ => return true,
        };
        cluster == self.cluster.id
    }

    fn namespace(&self, id: NamespaceId) -> Side {
        Side::namespace(&self.resolved.namespace(id).name)
    }

    /// A party as it calls: all pods of its namespace, because jobs and notebooks of a service call in its name.
    fn caller(&self, party: &Party) -> Side {
        match party {
            Party::Service(id) => self.namespace(self.resolved.service(*id).namespace),
            Party::Tenant(id) => self.namespace(self.resolved.tenant(*id).namespace),
            Party::Runtime(id) => self.namespace(self.resolved.runtime(*id).namespace),
            other => self.pods_of(other),
        }
    }

    /// A party as it is called or as it scrapes: exactly its pods, or its addresses.
    fn pods_of(&self, party: &Party) -> Side {
        match party {
            Party::Service(id) => {
                let service = self.resolved.service(*id);
                let namespace = &self.resolved.namespace(service.namespace).name;
                Side::pods(namespace, Group::Service(service.key.to_owned()), service.selector())
            }
            Party::Runtime(id) => self.envoy(*id),
            Party::Tenant(id) => match self.resolved.tenant(*id).runtime {
                Some(runtime) => self.envoy(runtime),
                None => self.namespace(self.resolved.tenant(*id).namespace),
            },
            Party::Namespace(id) => self.namespace(*id),
            Party::External(id) => Side::Blocks(singles(&self.resolved.external(*id).addresses)),
            Party::Host(id) => Side::Blocks(singles(&self.resolved.host(*id).addresses)),
            Party::Lan => {
                Side::Blocks(self.resolved.lan.cidrs.iter().map(|cidr| Block::whole(*cidr)).collect())
            }
            Party::Internet => Side::Blocks(self.internet_blocks()),
            Party::Network(cidr) => Side::Blocks(vec![Block::whole(*cidr)]),
        }
    }

    fn envoy(&self, runtime: RuntimeId) -> Side {
        let namespace = &self.resolved.namespace(self.resolved.runtime(runtime).namespace).name;
        Side::pods(namespace, Group::Part("seldon-envoy"), Component::Envoy.label())
    }

    /// Everything but what is ours, private or special, for each family that the cluster has.
    fn internet_blocks(&self) -> Vec<Block> {
        let mut ours: Vec<Cidr> = NOT_INTERNET.iter().filter_map(|text| Cidr::parse(text).ok()).collect();
        ours.extend(&self.cluster.pods);
        ours.extend(&self.cluster.services);
        ours.extend(&self.resolved.lan.cidrs);
        ours.sort_by_key(|cidr| (cidr.prefix_length(), *cidr));
        let mut kept: Vec<Cidr> = Vec::new();
        for cidr in ours {
            // A pod network inside 10.0.0.0/8 is said already.
            if !kept.iter().any(|wider| wider.contains_cidr(&cidr)) {
                kept.push(cidr);
            }
        }
        kept.sort();
        let whole = |family| if family == Family::V4 { "0.0.0.0/0" } else { "::/0" };
        (self.cluster.families())
            .filter_map(|family| {
                let cidr = Cidr::parse(whole(family)).ok()?;
                let except = kept.iter().filter(|cidr| cidr.family() == family).copied().collect();
                Some(Block { cidr, except })
            })
            .collect()
    }
}

fn singles(addresses: &[crate::addresses::Address]) -> Vec<Block> {
    addresses.iter().map(|address| Block::whole(Cidr::single(*address))).collect()
}
