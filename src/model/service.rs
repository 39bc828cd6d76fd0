//! A service: which pods, which ports, who calls it, and the address it gets.

use super::values::{
    DnsLabel, DnsSubdomain, Duration, HostAddress, LabelKey, LabelValue, LoadBalancerClass, PortNumber,
    PortSpec, Release as Version, ServiceName,
};
use crate::addresses::Cidr;
use crate::decode::{Entries, OneOrMany, Raw};
use crate::source::Located;
use crate::{table, words};

words! {
    /// Who writes the Service object.
    Owner {
        /// `plan` does.
        Plan = "plan",
        /// A Helm chart does; `plan` writes its values. `release` says which.
        Chart = "chart",
        /// An operator does; `plan` only refers to it.
        Operator = "operator",
    }
}

words! {
    /// The type of a Service.
    ServiceType {
        /// An address on the LAN.
        LoadBalancer = "LoadBalancer",
        /// An address inside the cluster.
        ClusterIp = "ClusterIP",
        /// No address: DNS answers with the pods.
        Headless = "Headless",
    }
}

words! {
    /// Where traffic from outside goes.
    TrafficPolicy {
        /// To any pod of the cluster; the client's address is lost.
        Cluster = "Cluster",
        /// To pods of the node that it arrives at; the client's address is kept.
        Local = "Local",
    }
}

words! {
    /// Whether a client stays with its pod.
    Affinity {
        /// No.
        Nobody = "None",
        /// By its address.
        ClientIp = "ClientIP",
    }
}

words! {
    /// An IP family.
    IpFamily {
        /// IPv4.
        V4 = "IPv4",
        /// IPv6.
        V6 = "IPv6",
    }
}

words! {
    /// How many families a Service gets.
    FamilyPolicy {
        /// One.
        SingleStack = "SingleStack",
        /// Two where the cluster has two.
        PreferDualStack = "PreferDualStack",
        /// Two, or it is refused.
        RequireDualStack = "RequireDualStack",
    }
}

table! {
    /// What services have in common.
    ServiceShared: Default {
        /// Who writes the Service object.
        default(Owner::Plan) owner: Owner = "\"chart\"";
        /// The cluster that it runs in; several for a copy in each. Without it: the cluster of its pool, or the only one
        /// that the plan generates.
        optional cluster: OneOrMany<DnsLabel> = "\"after\"";
        /// The pool of its address. Without it: the pool that holds `ip`, or the cluster's default pool.
        optional pool: DnsSubdomain = "\"homelab\"";
        /// Who calls it besides the services and tenants that `need` it: names of services, `tenants`, `tenants.NAME`,
        /// `seldon`, `lan`, `internet`, or networks. A service that is called from outside gets an address; `[]` keeps it
        /// inside.
        default(vec![Located::new("lan".to_owned(), Default::default())]) clients: Vec<Located<String>> = "[\"lan\", \"ingress-nginx\"]";
        /// Whether node ports are allocated beside the address. MetalLB does not need them.
        default(false) node_ports: bool = "true";
        /// Where traffic from outside goes (`externalTrafficPolicy`).
        default(TrafficPolicy::Cluster) traffic: TrafficPolicy = "\"Local\"";
        /// Where traffic from inside goes (`internalTrafficPolicy`).
        default(TrafficPolicy::Cluster) internal_traffic: TrafficPolicy = "\"Local\"";
        /// The class of the load balancer. Without it: the cluster's `metallb.load_balancer_class`, or none.
        optional class: LoadBalancerClass = "\"metallb.io/metallb\"";
        /// Whether a client stays with its pod (`sessionAffinity`).
        default(Affinity::Nobody) session_affinity: Affinity = "\"ClientIP\"";
        /// How long it stays, 1 s to 1 day.
        optional session_timeout: Duration = "\"3h\"";
        /// How many IP families it gets. Without it: `RequireDualStack` for pins of both families, else `SingleStack`.
        optional family_policy: FamilyPolicy = "\"PreferDualStack\"";
        /// The clients' networks that the load balancer lets in; without it all.
        optional source_ranges: Vec<Located<Cidr>> = "[\"192.168.1.0/24\"]";
        /// Services that scrape its pods, on `metrics` or any declared port.
        optional scraped_by: Vec<Located<String>> = "[\"prometheus\"]";
    }
}

table! {
    /// A service.
    Service {
        flatten shared: ServiceShared;
        /// The namespace of its pods.
        required namespace: DnsLabel = "\"mlflow\"";
        /// The name of the Service object, when it is not the plan's name for it.
        optional name: ServiceName = "\"argocd-server-lb\"";
        /// The type of the Service. Without it: LoadBalancer when something outside the cluster calls it, else ClusterIP.
        optional r#type: ServiceType = "\"Headless\"";
        /// The labels of its pods. `plan` writes them into the Service and into every policy about it.
        required selector: Entries<LabelKey, LabelValue> = "{ app = \"mlflow\" }";
        /// Its ports, by name: `port[:targetPort][/protocol]`. Policies use the target port.
        required ports: Entries<DnsLabel, PortSpec> = "{ http = \"80:8080\" }";
        /// The node port of each port today, for the migration; it is dropped.
        optional was: Entries<DnsLabel, PortNumber> = "{ http = 30800 }";
        /// Its address: one of the pool, or one of each family. Without it: the locked one, or the lowest free.
        optional ip: OneOrMany<HostAddress> = "\"192.168.1.215\"";
        /// Services with the same word share one address; their ports differ.
        optional share: DnsLabel = "\"dns\"";
        /// Its host name, when it is not `NAME.DOMAIN`.
        optional host: DnsSubdomain = "\"argocd-server.test\"";
        /// More host names that point to it.
        optional hosts: Vec<Located<DnsSubdomain>> = "[\"fraud-detection.test\"]";
        /// What its pods call: names of services, `external`s, `tenants.NAME`, `seldon`. Egress here, ingress there.
        optional needs: Vec<Located<String>> = "[\"minio\", \"postgres\"]";
        /// Ports of the internet that the pods of its namespace call.
        optional internet: Vec<Located<PortNumber>> = "[443]";
        /// Ports that the API server calls: admission webhooks of its pods. A known chart brings its own.
        optional webhooks: Vec<Located<PortNumber>> = "[8443]";
        /// Pod ports that serve metrics and are not among `ports`.
        optional metrics: Vec<Located<PortNumber>> = "[9090]";
        /// The Helm release that owns the Service.
        optional release: Release = "{ chart = \"bitnami/minio\", values = \"service\" }";
        /// Buckets that must exist behind it.
        optional buckets: Vec<Located<DnsSubdomain>> = "[\"mlflow-artifacts\"]";
        /// Secrets that its pods mount.
        optional secrets: Vec<Located<DnsSubdomain>> = "[\"mlflow-s3-secret\"]";
        /// How many pods it has. Nothing is written from it; one pod alone is a risk that the runbook names.
        default(1) replicas: u16 = "3";
        /// Whether it keeps data: its stage needs a backup before it.
        default(false) stateful: bool = "true";
        /// Whether it is part of the platform at all.
        default(true) enabled: bool = "false";
        /// More labels of the Service.
        optional labels: Entries<LabelKey, LabelValue> = "{ team = \"ml\" }";
        /// More annotations of the Service.
        optional annotations: Raw = "{ \"example.com/owner\" = \"ml-team\" }";
        /// Overrides of `Service.spec`, merged last.
        optional service: Raw = "{ publishNotReadyAddresses = true }";
    }
}

table! {
    /// A Helm release that owns a Service.
    Release {
        /// The chart, as `repository/chart`.
        required chart: String = "\"bitnami/minio\"";
        /// The chart's version.
        optional version: Version = "\"1.15.2\"";
        /// The path in the chart's values under which the Service is configured.
        required values: String = "\"controller.service\"";
        /// How the chart takes the address: `annotation`, or the field `spec.loadBalancerIP` where it has no annotations.
        default(Pin::Annotation) pin: Pin = "\"spec.loadBalancerIP\"";
        /// More values, merged last.
        optional raw: Raw = "{ replicaCount = 2 }";
    }
}

words! {
    /// How a chart takes an address.
    Pin {
        /// By MetalLB's annotation on the Service.
        Annotation = "annotation",
        /// By the deprecated field; it takes one IPv4 or IPv6 address.
        LoadBalancerIp = "spec.loadBalancerIP",
    }
}
