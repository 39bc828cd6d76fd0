//! The Helm charts that a plan installs: where each one is, and what of a cluster it touches.

use super::super::Made;
use crate::model::ApiMode;
use crate::resolve::Cluster;
use crate::upstream::{Version, calico, metallb, seldon};

/// The namespace of Calico's operator in all of upstream's manifests.
pub const OPERATOR_NAMESPACE: &str = "tigera-operator";

/// A group and a kind.
pub type ClusterKind = (&'static str, &'static str);

const CRD: ClusterKind = ("apiextensions.k8s.io", "CustomResourceDefinition");
const ROLE: ClusterKind = ("rbac.authorization.k8s.io", "ClusterRole");
const BINDING: ClusterKind = ("rbac.authorization.k8s.io", "ClusterRoleBinding");
const WEBHOOKS: ClusterKind = ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration");

/// A release of a chart in a cluster.
#[derive(Debug)]
pub struct Chart<'a> {
    pub repository: &'static str,
    /// A name for the repository where one is needed.
    pub repository_name: &'static str,
    pub name: &'static str,
    /// As the index of the repository spells it.
    pub version: String,
    pub release: &'static str,
    pub namespace: String,
    /// The file with its values, when it was made.
    pub values: Option<&'a Made>,
    /// The kinds without a namespace that its templates make.
    pub cluster_kinds: Vec<ClusterKind>,
    /// Whether it makes objects of kinds that another chart brings.
    pub needs_kinds: bool,
    /// Whether it has webhooks whose certificate authority its pods write into the configuration.
    pub webhooks: bool,
    /// Whether its pods need a privileged namespace.
    pub privileged: bool,
}

/// The CRDs of Calico's operator, where they are a chart of their own: before the operator, or no Installation is known
/// (projectcalico/calico#12860).
pub fn calico_crds<'a>(version: &Version, api: ApiMode) -> Option<Chart<'a>> {
    let newest = calico::LINES.last().filter(|newest| version.minor_line() >= newest.minor);
    let chart = match calico::line(version) {
        Some(line) => line.crd_chart?,
        // A line that the table does not know is newer than all or older than all.
        None => newest?.crd_chart?,
    };
    let native = api == ApiMode::Native;
    let mut cluster_kinds = vec![CRD];
    if native {
        // charts/projectcalico.org.v3/templates/admission-policies.yaml
        let policies = [
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
        ];
        cluster_kinds.extend(policies.map(|kind| ("admissionregistration.k8s.io", kind)));
    }
    Some(Chart {
        name: if native { calico::NATIVE_CRD_CHART } else { chart },
        release: "calico-crds",
        cluster_kinds,
        needs_kinds: false,
        values: None,
        ..calico_operator(version, None)
    })
}

/// Calico's operator. Its custom resources are switched off in its values and applied after it.
pub fn calico_operator<'a>(version: &Version, values: Option<&'a Made>) -> Chart<'a> {
    Chart {
        repository: calico::CHART_REPOSITORY,
        repository_name: "projectcalico",
        name: calico::OPERATOR_CHART,
        version: format!("v{}{}", version.numbers(), version.suffix),
        // `helm.mdx`: helm install calico projectcalico/tigera-operator
        release: "calico",
        namespace: OPERATOR_NAMESPACE.to_owned(),
        values,
        cluster_kinds: vec![CRD, ROLE, BINDING],
        needs_kinds: false,
        webhooks: false,
        privileged: true,
    }
}

/// MetalLB, without its configuration: the webhooks of this release must answer before a pool is applied
/// (metallb/metallb#1597, #3133).
pub fn metallb<'a>(cluster: &Cluster<'_>, values: Option<&'a Made>) -> Option<Chart<'a>> {
    let settings = cluster.metallb()?;
    let version = &settings.version.value;
    Some(Chart {
        repository: metallb::CHART_REPOSITORY,
        repository_name: "metallb",
        name: metallb::CHART,
        version: format!("{}{}", version.numbers(), version.suffix),
        release: "metallb",
        namespace: settings.namespace().to_string(),
        values,
        cluster_kinds: vec![CRD, ROLE, BINDING, WEBHOOKS],
        needs_kinds: false,
        webhooks: true,
        privileged: true,
    })
}

/// A chart of Seldon in a namespace.
pub fn seldon<'a>(
    chart: seldon::Chart,
    version: &Version,
    namespace: &str,
    values: Option<&'a Made>,
) -> Chart<'a> {
    let name = seldon::chart_name(chart);
    Chart {
        repository: seldon::CHART_REPOSITORY,
        repository_name: "seldon",
        name,
        version: format!("{}{}", version.numbers(), version.suffix),
        release: name,
        namespace: namespace.to_owned(),
        values,
        cluster_kinds: match chart {
            seldon::Chart::Crds => vec![CRD],
            seldon::Chart::Setup => vec![ROLE, BINDING],
            seldon::Chart::Runtime | seldon::Chart::Servers => vec![],
        },
        needs_kinds: chart != seldon::Chart::Crds,
        webhooks: false,
        privileged: false,
    }
}
