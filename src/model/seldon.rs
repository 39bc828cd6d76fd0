//! Seldon Core v2.

use super::service::TrafficPolicy;
use super::values::{DnsLabel, DnsSubdomain, HostAddress, PortNumber, Release};
use crate::decode::{Decode, Raw, Reader, Shape, Value};
use crate::source::Located;
use crate::table;
use toml::de::DeValue;

table! {
    /// Seldon Core v2.
    Seldon: Default {
        /// The Seldon release; it decides the chart keys that are written.
        optional version: Release = "\"2.9.1\"";
        /// The namespace of the controller, of the ServerConfigs and of a shared runtime.
        optional namespace: DnsLabel = "\"seldon-system\"";
        /// The cluster, when the plan generates several: those with tenants that use Seldon, unless this names some.
        optional cluster: Vec<Located<DnsLabel>> = "[\"after\"]";
        /// Whether a runtime runs beside the controller, shared by those who have none.
        default(true) runtime: bool = "false";
        /// The service that is its Kafka; without it pipelines and dataflow are off.
        optional kafka: DnsLabel = "\"kafka\"";
        /// The ServerConfigs that are used: `mlserver`, `triton`. They are looked up in the controller's namespace only.
        default(vec![Located::new("mlserver".to_owned(), Default::default()), Located::new("triton".to_owned(), Default::default())]) server_configs: Vec<Located<String>> = "[\"mlserver\"]";
        /// What the controller asks for.
        optional resources: Resources = "{ cpu = \"100m\", memory = \"128Mi\" }";
        /// The address of the shared runtime's inference endpoint: an address, or `true` for a free one.
        optional mesh: SeldonAddress = "\"192.168.1.202\"";
        /// The address of the shared runtime's scheduler. It is a control plane without authentication.
        optional scheduler: SeldonAddress = "\"192.168.1.201\"";
        /// The pool of these addresses; without it the cluster's default.
        optional pool: DnsSubdomain = "\"homelab\"";
        /// Where traffic for these addresses goes. `Local` keeps the client's address.
        default(TrafficPolicy::Local) traffic: TrafficPolicy = "\"Cluster\"";
        /// What the shared runtime calls, as in a service.
        optional needs: Vec<Located<String>> = "[\"minio\"]";
        /// Who calls the shared runtime's inference endpoint, as in a service.
        optional clients: Vec<Located<String>> = "[\"lan\"]";
        /// Ports of the internet that the shared runtime calls.
        optional internet: Vec<Located<PortNumber>> = "[443]";
        /// Services that scrape it.
        optional scraped_by: Vec<Located<String>> = "[\"prometheus\"]";
        /// The OpenTelemetry collector, as `host:port`; without it tracing is off.
        optional telemetry: String = "\"otel-collector.monitoring:4317\"";
        /// Values for the charts, merged last and checked against the keys that the release reads.
        optional values: SeldonValues = "{ setup = { scheduler = { logLevel = \"debug\" } } }";
    }
}

table! {
    /// What a pod asks for.
    Resources {
        /// CPU request.
        optional cpu: String = "\"100m\"";
        /// Memory request and limit.
        optional memory: String = "\"128Mi\"";
    }
}

table! {
    /// Values for Seldon's charts.
    SeldonValues {
        /// For `seldon-core-v2-crds`.
        optional crds: Raw = "{ }";
        /// For `seldon-core-v2-setup`.
        optional setup: Raw = "{ scheduler = { logLevel = \"debug\" } }";
        /// For every `seldon-core-v2-runtime`.
        optional runtime: Raw = "{ envoy = { replicas = 2 } }";
        /// For every `seldon-core-v2-servers`.
        optional servers: Raw = "{ mlserver = { replicas = 2 } }";
    }
}

/// An address that is pinned, or whether one is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeldonAddress {
    Pinned(Vec<Located<HostAddress>>),
    Wanted(bool),
}

impl Decode for SeldonAddress {
    fn shape() -> Shape {
        Shape::Either(vec![Shape::OneOrMany(Box::new(<HostAddress as Decode>::shape())), Shape::Boolean])
    }

    fn decode(value: &Value<'_>, reader: &mut Reader<'_>) -> Option<SeldonAddress> {
        match value.get_ref() {
            DeValue::Boolean(wanted) => Some(SeldonAddress::Wanted(*wanted)),
            DeValue::Array(_) => Vec::decode(value, reader).map(SeldonAddress::Pinned),
            DeValue::String(_) => {
                let span = reader.span(value);
                HostAddress::decode(value, reader)
                    .map(|address| SeldonAddress::Pinned(vec![Located::new(address, span)]))
            }
            _ => {
                reader.wrong_type(value, &Self::shape());
                None
            }
        }
    }
}
