//! Some objects hold a network or an address: a controller asks a person before it deletes one, or never does.

use crate::model::{Layer, Tool};
use crate::resolve::Resolved;
use crate::upstream::{argocd, flux};
use std::collections::BTreeMap;

/// What would be lost with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuardKind {
    /// A Namespace: everything in it.
    Namespace,
    /// An Installation or an APIServer of Calico's operator: the network of the cluster.
    Network,
    /// An IPPool of Calico: the addresses of pods. Its blocks are released at once when it goes.
    PodPool,
    /// An IPAddressPool of MetalLB: the addresses of Services. They are taken back at once when it goes.
    Pool,
    /// A Service with an address: its clients know the address.
    Address,
}

impl GuardKind {
    fn layer(self) -> Layer {
        match self {
            GuardKind::Namespace => Layer::Namespaces,
            GuardKind::Network | GuardKind::PodPool => Layer::Calico,
            GuardKind::Pool => Layer::Metallb,
            GuardKind::Address => Layer::Services,
        }
    }
}

/// The annotations that keep the GitOps controller from deleting an object on its own; none where no GitOps controller
/// writes the object.
///
/// Flux cannot ask. It keeps all of them, and a person deletes what is no longer wanted.
pub fn guard(resolved: &Resolved<'_>, kind: GuardKind) -> BTreeMap<String, String> {
    let delivery = &resolved.delivery;
    let Some(gitops) = delivery.gitops.as_ref().filter(|_| delivery.gitops_owns(kind.layer())) else {
        return BTreeMap::new();
    };
    let asks = gitops
        .written
        .version
        .as_ref()
        .is_none_or(|version| argocd::has(&version.value, argocd::Feature::Confirmation));
    let (key, value) = match gitops.tool {
        Tool::ArgoCd if kind == GuardKind::Network || !asks => {
            (argocd::SYNC_OPTIONS, "Prune=false,Delete=false")
        }
        Tool::ArgoCd => (argocd::SYNC_OPTIONS, "Prune=confirm,Delete=confirm"),
        Tool::Flux => (flux::PRUNE, "disabled"),
    };
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::{Inputs, judge};

    const KINDS: [GuardKind; 5] =
        [GuardKind::Namespace, GuardKind::Network, GuardKind::PodPool, GuardKind::Pool, GuardKind::Address];

    /// The annotations of every kind, as `key=value`, in a plan that ends in `gitops`.
    fn guards(gitops: &str) -> Vec<String> {
        let plan = format!(
            r#"schema = 1
name = "home"
[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"
[hosts]
one = {{ ip = "192.168.1.10" }}
[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["one"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"
[clusters.main.calico]
version = "v3.30.7"
{gitops}"#
        );
        let mut found = None;
        let inputs = Inputs::new(Source::new("migration.toml", plan));
        let diagnostics = judge(&inputs, |facts, _| {
            let of =
                |kind| guard(&facts.resolved, kind).into_iter().map(|(key, value)| format!("{key}={value}"));
            found = Some(KINDS.into_iter().map(|kind| of(kind).collect::<Vec<_>>().join(" ")).collect());
        });
        found.unwrap_or_else(|| panic!("{diagnostics:?}"))
    }

    fn gitops(tool: &str, more: &str) -> String {
        format!("[gitops]\ntool = \"{tool}\"\nrepo = \"https://git.test/p.git\"\npath = \"out/home\"\n{more}")
    }

    #[test]
    fn argocd_asks_and_never_touches_the_network() {
        let asks = "argocd.argoproj.io/sync-options=Prune=confirm,Delete=confirm";
        let keeps = "argocd.argoproj.io/sync-options=Prune=false,Delete=false";
        assert_eq!(guards(&gitops("argocd", "")), [asks, keeps, asks, asks, asks]);
        assert_eq!(guards(&gitops("argocd", "version = \"v2.14.0\"")), [asks, keeps, asks, asks, asks]);
        assert_eq!(guards(&gitops("argocd", "version = \"v2.13.9\"")), [keeps; 5]);
    }

    #[test]
    fn flux_keeps_all_of_them() {
        assert_eq!(guards(&gitops("flux", "")), ["kustomize.toolkit.fluxcd.io/prune=disabled"; 5]);
    }

    #[test]
    fn what_gitops_does_not_write_is_not_guarded() {
        assert_eq!(guards(""), [""; 5]);
        let only_metallb = guards(&gitops("flux", "owns = [\"metallb\"]"));
        assert_eq!(only_metallb, ["", "", "", "kustomize.toolkit.fluxcd.io/prune=disabled", ""]);
    }
}
