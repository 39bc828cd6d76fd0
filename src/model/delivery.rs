//! Who brings what to the clusters: Ansible, one kubectl, Argo CD or Flux.

use super::values::{DnsLabel, Duration, Release, Url};
use crate::decode::Raw;
use crate::source::Located;
use crate::{table, words};

words! {
    /// Something that has one writer.
    Layer {
        /// Machines: packages, kernel settings, firewall.
        Hosts = "hosts",
        /// K3s itself.
        K3s = "k3s",
        /// kubeadm itself.
        Kubeadm = "kubeadm",
        /// The NFS server and its StorageClass.
        Nfs = "nfs",
        /// The sealed-secrets controller.
        SealedSecrets = "sealed-secrets",
        /// Secrets.
        Secrets = "secrets",
        /// Calico: operator, Installation, pools, BGP.
        Calico = "calico",
        /// MetalLB: controller, pools, advertisements.
        Metallb = "metallb",
        /// Namespaces.
        Namespaces = "namespaces",
        /// Services.
        Services = "services",
        /// NetworkPolicies.
        Policies = "policies",
        /// Seldon: charts, runtimes, servers.
        Seldon = "seldon",
    }
}

words! {
    /// A GitOps controller.
    Tool {
        /// Argo CD.
        ArgoCd = "argocd",
        /// Flux.
        Flux = "flux",
    }
}

table! {
    /// What Ansible gets.
    Ansible {
        /// The templates that turn the plan into variables: `default`, or `ml-platform` for that platform's roles.
        default(DnsLabel::default_profile()) profile: DnsLabel = "\"ml-platform\"";
        /// The playbook that installs the machines; the README of the tree names it.
        optional playbook: String = "\"site.yml\"";
        /// What Ansible owns.
        optional owns: Vec<Located<Layer>> = "[\"hosts\", \"k3s\"]";
        /// A folder beside the plan with minijinja templates of your own: each `NAME.j2` becomes
        /// `ansible/CLUSTER/NAME`.
        optional templates: String = "\"templates\"";
        /// More variables for all hosts.
        optional vars: Raw = "{ timezone = \"Europe/Berlin\" }";
    }
}

table! {
    /// What is applied once with kubectl.
    Bootstrap {
        /// What it owns. Only `calico` has to come before a GitOps controller can run.
        optional owns: Vec<Located<Layer>> = "[\"calico\"]";
    }
}

table! {
    /// What Argo CD or Flux applies.
    Gitops {
        /// The controller.
        required tool: Tool = "\"argocd\"";
        /// Its release, when a generated field depends on it.
        optional version: Release = "\"v3.1.0\"";
        /// The repository that the compiled tree is committed to.
        required repo: Url = "\"https://git.example.com/platform/plans.git\"";
        /// The branch, tag or commit.
        default("main".to_owned()) revision: String = "\"main\"";
        /// Where this plan's tree lies in that repository.
        required path: String = "\"out/ml-platform\"";
        /// What it owns. Without it: everything that nobody else owns.
        optional owns: Vec<Located<Layer>> = "[\"metallb\", \"services\"]";
        /// The controller's namespace. Without it: `argocd`, or `flux-system`.
        optional namespace: DnsLabel = "\"argocd\"";
        /// How often Flux looks, 60 s or more.
        default(Duration { seconds: 600 }) interval: Duration = "\"10m\"";
        /// The Secret with which Flux reads the repository.
        optional secret: DnsLabel = "\"git-credentials\"";
    }
}
