//! A namespace of the platform, and how its pods are guarded.

use super::values::{DnsLabel, LabelKey, LabelValue, PortNumber};
use crate::decode::{Entries, Raw};
use crate::source::Located;
use crate::{table, words};

words! {
    /// How much the NetworkPolicies of a namespace do.
    PolicyMode {
        /// No policies: every flow is open.
        Open = "open",
        /// Staged policies: nothing is dropped, Goldmane and Whisker show what would be. From Calico 3.30.
        Observe = "observe",
        /// Default deny, and what the plan declares is allowed.
        Isolated = "isolated",
    }
}

words! {
    /// The Pod Security Standard that a namespace enforces.
    PodSecurity {
        /// Anything goes.
        Privileged = "privileged",
        /// No known privilege escalations.
        Baseline = "baseline",
        /// Hardened.
        Restricted = "restricted",
    }
}

table! {
    /// What namespaces of the platform have in common.
    NamespaceShared: Default {
        /// How much its policies do. Without it: `observe` where the Calico release has staged policies, else `open`,
        /// because a plan rarely knows every pod of a platform namespace.
        optional policy: PolicyMode = "\"isolated\"";
        /// Ports of the internet that its pods call. Pod, Service, node, private and link-local ranges are excluded.
        optional internet: Vec<Located<PortNumber>> = "[443]";
        /// Whether its pods call the Kubernetes API server. Without it they may: controllers and operators do, and a plan
        /// rarely knows which of a platform's pods are one.
        optional api_server: bool = "false";
        /// Services that scrape its pods, on every port: those that the plan does not know have some of their own.
        optional scraped_by: Vec<Located<String>> = "[\"prometheus\"]";
        /// The Pod Security Standard that it enforces.
        optional pod_security: PodSecurity = "\"baseline\"";
    }
}

table! {
    /// A namespace.
    Namespace {
        flatten shared: NamespaceShared;
        /// The cluster that it is in, when the plan has several and no service says it.
        optional cluster: DnsLabel = "\"after\"";
        /// More labels.
        optional labels: Entries<LabelKey, LabelValue> = "{ \"istio-injection\" = \"enabled\" }";
        /// Annotations.
        optional annotations: Raw = "{ \"example.com/owner\" = \"ml-team\" }";
    }
}
