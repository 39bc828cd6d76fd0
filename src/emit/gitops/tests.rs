//! The objects of both controllers, over trees that are made here and not by the other emitters.

use super::*;
use crate::facts::Layer;
use crate::objects::AnyObject;
use crate::resolve::Cluster;
use crate::source::Source;
use crate::{Inputs, judge};
use serde_json::json;
use std::collections::BTreeMap;

/// A plan with everything: Calico, MetalLB, Seldon with two runtimes, two stages of which one is held.
const CLUSTER: &str = r#"
distribution = "k3s"
version = "v1.33.1+k3s1"
"#;

fn plan(names: &[&str], gitops: &str) -> String {
    let mut text = String::from(
        "schema = 1\nname = \"home\"\n[lan]\ncidr = \"192.168.1.0/24\"\ngateway = \"192.168.1.1\"\n[hosts]\n",
    );
    for (at, name) in names.iter().enumerate() {
        text += &format!("host-{name} = {{ ip = \"192.168.1.{}\" }}\n", 10 + at);
    }
    for (at, name) in names.iter().enumerate() {
        text += &format!(
            "[clusters.{name}]{CLUSTER}servers = [\"host-{name}\"]\npods = \"10.{}.0.0/16\"\n\
             services = \"10.{}.0.0/16\"\n[clusters.{name}.calico]\nversion = \"v3.32.1\"\n\
             [clusters.{name}.metallb]\nversion = \"v0.15.3\"\n\
             [pools.{name}]\ncluster = \"{name}\"\naddresses = [\"192.168.1.{}0-192.168.1.{}9\"]\n",
            40 + at,
            50 + at,
            20 + at,
            20 + at,
        );
    }
    let cluster = names[0];
    text += &format!(
        r#"[services.web]
namespace = "web"
cluster = "{cluster}"
selector = {{ app = "web" }}
ports = {{ http = "80" }}
ip = true
[seldon]
version = "2.9.1"
namespace = "seldon-system"
cluster = ["{cluster}"]
[tenants.one]
cluster = "{cluster}"
seldon = true
[tenants.two]
cluster = "{cluster}"
seldon = true
[[stages]]
name = "foundation"
on = "{cluster}"
apply = ["metallb", "policies.baseline"]
[[stages]]
name = "data"
on = "{cluster}"
apply = ["web"]
[[stages]]
name = "models"
on = "{cluster}"
apply = ["seldon", "tenants"]
hold = "manual"
[gitops]
repo = "https://git.test/plans.git"
path = "out/home"
{gitops}
"#
    );
    text
}

fn object(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> AnyObject {
    let mut manifest = json!({ "apiVersion": api_version, "kind": kind, "metadata": { "name": name } });
    if let Some(namespace) = namespace {
        manifest["metadata"]["namespace"] = json!(namespace);
    }
    AnyObject::from_value(&manifest).expect("an object")
}

/// What the other emitters would make, one object a folder.
fn made(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    for folder in facts.order.folders(cluster.id) {
        let path = format!("clusters/{}/{}", cluster.name, folder.name);
        let one = match folder.layer {
            Layer::Namespaces => object("v1", "Namespace", None, "metallb-system"),
            Layer::Calico => object("projectcalico.org/v3", "FelixConfiguration", None, "default"),
            Layer::Metallb => object("metallb.io/v1beta1", "IPAddressPool", Some("metallb-system"), "pool"),
            Layer::Policies => object("networking.k8s.io/v1", "NetworkPolicy", Some("web"), "default-deny"),
            Layer::Workloads(Some(1)) => object("v1", "Service", Some("web"), "web"),
            Layer::Workloads(Some(_)) => object("v1", "Service", Some("one"), "seldon-mesh-lb"),
            Layer::Workloads(None) => continue,
        };
        files.object(&path, one, &[]);
    }
    let bootstrap = format!("bootstrap/{}/10-calico", cluster.name);
    files.object(&bootstrap, object("operator.tigera.io/v1", "Installation", None, "default"), &[]);
    files.object(&bootstrap, object("operator.tigera.io/v1", "APIServer", None, "default"), &[]);
    let values = [
        ("tigera-operator", json!({ "installation": { "enabled": false } })),
        ("metallb", json!({ "speaker": { "frr": { "enabled": false } } })),
        ("seldon-core-v2-setup", json!({ "controller": { "clusterwide": true } })),
        ("one/seldon-core-v2-runtime", json!({ "scheduler": { "serviceType": "ClusterIP" } })),
        ("one/seldon-core-v2-servers", json!({ "mlserver": { "replicas": 1 } })),
        ("two/seldon-core-v2-runtime", json!({ "scheduler": { "serviceType": "ClusterIP" } })),
        ("two/seldon-core-v2-servers", json!({ "mlserver": { "replicas": 1 } })),
    ];
    for (name, values) in values {
        files.values(format!("values/{}/{name}.yaml", cluster.name), &values, &["seldon".to_owned()]);
    }
}

/// Every file of both steps, by path.
pub(super) fn tree(names: &[&str], gitops: &str) -> BTreeMap<String, String> {
    let text = plan(names, gitops);
    let mut found = None;
    let inputs = Inputs::new(Source::new("migration.toml", text));
    let diagnostics = judge(&inputs, |facts, _| {
        let mut files = Files::default();
        facts.resolved.targets().for_each(|cluster| made(facts, cluster, &mut files));
        files.add_kustomizations();
        let mut of_plan = Files::default();
        emit(facts, files.made(), &mut of_plan);
        of_plan.add_kustomizations();
        files.append(of_plan);
        let text = |bytes| String::from_utf8(bytes).expect("text");
        found = Some(files.into_parts().map(|(path, bytes)| (path, text(bytes))).collect());
    });
    found.unwrap_or_else(|| panic!("{diagnostics:#?}"))
}

#[test]
fn dump() {
    for (name, names, gitops) in [
        ("argo1", &["main"][..], "tool = \"argocd\""),
        ("argo2", &["main", "other"], "tool = \"argocd\""),
        ("flux1", &["main"], "tool = \"flux\""),
        ("flux2", &["main", "other"], "tool = \"flux\""),
    ] {
        for (path, text) in tree(names, gitops) {
            let path = format!("/tmp/gops-dump/{name}/{path}");
            std::fs::create_dir_all(path.rsplit_once('/').unwrap().0).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
}
