//! A tenant: a team with a namespace of its own.

use super::namespace::PolicyMode;
use super::seldon::SeldonAddress;
use super::service::TrafficPolicy;
use super::values::{DnsLabel, DnsSubdomain, LabelKey, LabelValue, PortNumber};
use crate::decode::{Entries, OneOrMany, Raw};
use crate::source::Located;
use crate::table;

table! {
    /// What tenants have in common.
    TenantShared: Default {
        /// Whether it has a Seldon runtime of its own, which the controller watches.
        default(false) seldon: bool = "true";
        /// How much its policies do.
        default(PolicyMode::Isolated) policy: PolicyMode = "\"observe\"";
        /// What its pods call: names of services, `external`s, `tenants.NAME`, `seldon`. Egress here, ingress there.
        optional needs: Vec<Located<String>> = "[\"minio\", \"mlflow\"]";
        /// Who calls it: `lan` and services reach the inference endpoint of a tenant with Seldon; without Seldon, services
        /// reach `ports`.
        optional clients: Vec<Located<String>> = "[\"lan\", \"ingress-nginx\"]";
        /// The pod ports that clients of a tenant without Seldon may call; without it all ports.
        optional ports: Vec<Located<PortNumber>> = "[8080]";
        /// Ports of the internet that its pods call. Pod, Service, node, private and link-local ranges are excluded.
        optional internet: Vec<Located<PortNumber>> = "[443]";
        /// Whether its pods call the Kubernetes API server. Seldon's servers do, and are let through without this.
        default(false) api_server: bool = "true";
        /// Ports of the OpenTelemetry collectors that its pods send to, in the namespaces of `scraped_by`.
        optional telemetry: Vec<Located<PortNumber>> = "[4317, 4318]";
        /// Services that scrape its pods.
        optional scraped_by: Vec<Located<String>> = "[\"prometheus\"]";
        /// Pull secrets that its pods name.
        optional pull_secrets: Vec<Located<DnsSubdomain>> = "[\"ghcr\"]";
        /// The cluster that it is in; several for a copy in each. Without it: the only one that the plan generates.
        optional cluster: OneOrMany<DnsLabel> = "\"after\"";
        /// The pool of its addresses; without it the cluster's default.
        optional pool: DnsSubdomain = "\"homelab\"";
        /// Where traffic for its inference endpoint goes. `Local` keeps the client's address, so that its policy can tell
        /// the LAN from other pods.
        default(TrafficPolicy::Local) traffic: TrafficPolicy = "\"Cluster\"";
    }
}

table! {
    /// A tenant.
    Tenant {
        flatten shared: TenantShared;
        /// Its namespace, when it is not the tenant's name.
        optional namespace: DnsLabel = "\"fraud\"";
        /// The address of its inference endpoint: an address, or `true` for a free one.
        optional mesh: SeldonAddress = "\"192.168.1.221\"";
        /// The address of its scheduler. It is a control plane without authentication.
        optional scheduler: SeldonAddress = "\"192.168.1.220\"";
        /// Its host name, when it is not `NAME.DOMAIN`.
        optional host: DnsSubdomain = "\"fraud.test\"";
        /// More labels of the namespace.
        optional labels: Entries<LabelKey, LabelValue> = "{ team = \"fraud\" }";
        /// Annotations of the namespace.
        optional annotations: Raw = "{ \"example.com/owner\" = \"fraud\" }";
    }
}
