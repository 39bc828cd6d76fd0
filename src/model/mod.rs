//! The plan as it was written: every table and key of `migration.toml`, declared once.
//!
//! `Plan` is the root. Defaults, names and addresses are resolved later; here stands only what a person wrote.

mod accept;
mod answers;
mod calico;
mod cluster;
mod delivery;
mod lan;
mod metallb;
mod namespace;
mod pool;
mod seldon;
mod service;
mod stage;
mod tenant;
pub mod values;

pub use answers::ANSWERS;

pub use accept::{Accept, CheckLevel};
pub use calico::{
    Allocation, ApiMode, BgpPeer as CalicoPeer, Calico, Dataplane, Encapsulation, IpPool, PoolUse, Tier,
    TierAction,
};
pub use cluster::{Cluster, Cni, Distribution, Firewall, KubeProxy, Strategy};
pub use delivery::{Ansible, Bootstrap, Gitops, Layer, Tool};
pub use lan::{External, Host, HostRole, Lan, Lease, Writer};
pub use metallb::{Backend, BfdProfile, BgpPeer as MetallbPeer, DynamicAsn, Metallb};
pub use namespace::{Namespace, NamespaceShared, PodSecurity, PolicyMode};
pub use pool::{Advertise, Pool};
pub use seldon::{Resources, Seldon, SeldonAddress, SeldonValues};
pub use service::{
    Affinity, FamilyPolicy, IpFamily, Owner, Pin, Release, Service, ServiceShared, ServiceType, TrafficPolicy,
};
pub use stage::{Hold, Risk, RiskLevel, Runbook, Stage};
pub use tenant::{Tenant, TenantShared};

use crate::decode::{Entries, Raw};
use crate::source::Located;
use crate::table;
use values::{DnsLabel, DnsSubdomain};

table! {
    /// A migration plan: one platform, the network it has and the network it shall have.
    Plan {
        /// The version of this language. There is one: `1`.
        required schema: u8 = "1";
        /// The platform's name. It becomes the `app.kubernetes.io/part-of` label and the name of the GitOps project.
        required name: DnsLabel = "\"homelab-mlops\"";
        /// The DNS domain of the platform: the service `mlflow` answers as `mlflow.DOMAIN` unless it says `host`.
        /// Without it no host names are generated.
        optional domain: DnsSubdomain = "\"test\"";
        /// The network that the machines share, and what on it must never be handed out.
        required lan: Lan = "{ cidr = \"192.168.1.0/24\" }";
        /// The machines. The name of a host becomes its node name, so it is a lowercase label.
        optional hosts: Entries<DnsLabel, Host> = "{ node-1 = { ip = \"192.168.1.11\" } }";
        /// What lies outside every cluster and is called from inside: databases, NFS, registries.
        optional external: Entries<DnsLabel, External> = "{ postgres = { host = \"db-1\", port = 5432 } }";
        /// The clusters, old and new. One that another `replaces` is described, and nothing is generated for it.
        required clusters: Entries<DnsLabel, Cluster> = "{ main = { distribution = \"k3s\", version = \"v1.33.1+k3s1\", servers = [\"node-1\"], pods = \"10.42.0.0/16\", services = \"10.43.0.0/16\" } }";
        /// The address pools that MetalLB hands out.
        optional pools: Entries<DnsSubdomain, Pool> = "{ lan = { cluster = \"main\", addresses = [\"192.168.1.200-192.168.1.250\"] } }";
        /// What every namespace of a service says unless its own table says otherwise.
        optional namespace_defaults: NamespaceShared = "{ policy = \"isolated\" }";
        /// More about a namespace than its services say: labels, policy mode, Pod Security.
        optional namespaces: Entries<DnsLabel, Namespace> = "{ monitoring = { policy = \"open\" } }";
        /// What every service says unless its own table says otherwise.
        optional service_defaults: ServiceShared = "{ pool = \"lan\" }";
        /// The services. The name is how the plan refers to one; the Kubernetes name is `name`, or the same.
        optional services: Entries<DnsLabel, Service> = "{ mlflow = { namespace = \"mlflow\", selector = { app = \"mlflow\" }, ports = { http = \"5000\" } } }";
        /// Seldon Core v2: the controller, and a shared runtime beside it.
        optional seldon: Seldon = "{ version = \"2.9.1\" }";
        /// What every tenant says unless its own table says otherwise.
        optional tenant_defaults: TenantShared = "{ policy = \"isolated\" }";
        /// The teams: each has a namespace, and what it may reach and be reached by.
        optional tenants: Entries<DnsLabel, Tenant> = "{ fraud = { policy = \"isolated\" } }";
        /// One more flow that is allowed, with the reason.
        optional allow: Vec<Located<Allow>> = "[{ from = \"tenants.a\", to = \"tenants.b\", port = \"mesh\" }]";
        /// What Ansible gets: machines, and what must exist before a pod can run.
        optional ansible: Ansible = "{ profile = \"default\" }";
        /// What is applied once with kubectl, before a GitOps controller can run.
        optional bootstrap: Bootstrap = "{ owns = [\"calico\"] }";
        /// What Argo CD or Flux applies from the compiled tree.
        optional gitops: Gitops = "{ tool = \"argocd\", repo = \"https://git.example.com/plans.git\", path = \"out/main\" }";
        /// The steps of the migration, in order: a stage starts when the one before has passed its checks.
        optional stages: Vec<Located<Stage>> = "[{ name = \"foundation\", apply = [\"metallb\"] }]";
        /// How the runbook of the stages is made.
        optional runbook: Runbook = "{ start = \"2026-07-04 22:00\", window = \"48h\" }";
        /// Risks that a person judges otherwise than the plan does.
        optional risks: Vec<Located<Risk>> = "[{ on = \"services.minio\", level = \"low\", reason = \"the buckets are replicated\" }]";
        /// Findings that a person has looked at and keeps.
        optional accept: Vec<Located<Accept>> = "[{ rule = \"seldon-scheduler-exposed\", on = \"seldon.scheduler\", reason = \"the LAN is trusted\" }]";
        /// The level of a check: `allow`, `warn` or `deny`.
        optional checks: Entries<DnsLabel, CheckLevel> = "{ unpinned-address = \"deny\" }";
        /// Raw NetworkPolicy objects to add, each a whole object in upstream's words, keyed by a name of yours. They
        /// take part in every judgement about connectivity.
        optional policies: Entries<DnsLabel, Raw> = "{ allow-probe = { apiVersion = \"networking.k8s.io/v1\", kind = \"NetworkPolicy\", metadata = { name = \"allow-probe\", namespace = \"mlflow\" }, spec = { podSelector = { }, policyTypes = [\"Ingress\"] } } }";
    }
}

table! {
    /// One more flow that is allowed.
    Allow {
        /// Who calls: `tenants.NAME`, `services.NAME`, `namespaces.NAME`, `seldon`, `lan`, `internet`, or a network.
        required from: String = "\"tenants.financial-inference\"";
        /// What is called: `tenants.NAME`, `services.NAME`, `external.NAME`, `seldon`, `internet`, or a network.
        required to: String = "\"tenants.fraud-detection\"";
        /// The port of the destination: the name of a port of the service, `mesh` for a tenant's inference port, or a
        /// number. Without it, every declared port.
        optional port: values::PortName = "\"mesh\"";
        /// Why the flow is needed, for the one who reads the policy in a year.
        optional why: String = "\"scores transactions before it answers\"";
    }
}

#[cfg(test)]
mod tests {
    use super::Plan;
    use crate::source::Source;

    #[test]
    fn the_plans_of_this_repository_are_read() {
        for text in [
            include_str!("../../plans/ml-platform/migration.toml"),
            include_str!("../../plans/article/migration.toml"),
        ] {
            let mut found = Vec::new();
            let plan: Option<Plan> = crate::decode::read(&Source::new("plan", text), 0, &mut found);
            let messages: Vec<_> = found.iter().map(|finding| &finding.message).collect();
            assert!(plan.is_some() && messages.is_empty(), "{messages:#?}");
        }
    }
}
