//! The objects of both controllers, over trees that are made here and not by the other emitters.

use super::*;
use crate::facts::Layer;
use crate::objects::AnyObject;
use crate::resolve::Cluster;
use crate::source::Source;
use crate::{Inputs, judge};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A plan with everything: Calico, MetalLB, Seldon with two runtimes, and three stages of which the last is held.
fn plan(names: &[&str], gitops: &str) -> String {
    let mut text = String::from(
        "schema = 1\nname = \"home\"\n[lan]\ncidr = \"192.168.1.0/24\"\ngateway = \"192.168.1.1\"\n[hosts]\n",
    );
    for (at, name) in names.iter().enumerate() {
        text += &format!("host-{name} = {{ ip = \"192.168.1.{}\" }}\n", 10 + at);
    }
    for (at, name) in names.iter().enumerate() {
        text += &format!(
            "[clusters.{name}]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"host-{name}\"]\npods = \"10.{}.0.0/16\"\n\
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
ip = "192.168.1.200"
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
fn tree(names: &[&str], gitops: &str) -> BTreeMap<String, String> {
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

fn parsed(tree: &BTreeMap<String, String>, path: &str) -> Value {
    let text = tree.get(path).unwrap_or_else(|| panic!("no {path} in {:#?}", tree.keys()));
    serde_yaml::from_str(text).expect(path)
}

/// The objects of a kind, by name.
fn of_kind(tree: &BTreeMap<String, String>, kind: &str) -> BTreeMap<String, Value> {
    let gitops = tree.iter().filter(|(path, _)| path.starts_with("gitops/") && path.ends_with(".yaml"));
    gitops
        .map(|(_, text)| serde_yaml::from_str::<Value>(text).expect("YAML"))
        .filter(|object| object["kind"] == kind && object["spec"] != Value::Null)
        .map(|object| (object["metadata"]["name"].as_str().expect("a name").to_owned(), object))
        .collect()
}

fn wave(application: &Value) -> u32 {
    let text = application["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"].as_str();
    text.expect("a wave that is a string").parse().expect("a number")
}

fn options(application: &Value) -> Vec<&str> {
    let list = application["spec"]["syncPolicy"]["syncOptions"].as_array().expect("options");
    list.iter().filter_map(Value::as_str).collect()
}

const ARGO: &str = "tool = \"argocd\"";
const FLUX: &str = "tool = \"flux\"";

#[test]
fn waves_follow_what_needs_what() {
    let applications = of_kind(&tree(&["main"], ARGO), "Application");
    let wave = |name: &str| wave(&applications[&format!("main-{name}")]);
    let order = [
        "calico-crds",
        "calico-operator",
        "calico-installation",
        "namespaces",
        "calico",
        "metallb",
        "metallb-config",
        "policies",
        "stage-data",
        "seldon-crds",
        "seldon-setup",
        "stage-models",
        "seldon-runtime-one",
        "seldon-servers-one",
    ];
    let waves: Vec<u32> = order.into_iter().map(wave).collect();
    assert!(waves.windows(2).all(|pair| pair[0] + 1 < pair[1]), "{waves:?}");
    // Two runtimes need nothing of each other.
    assert_eq!(wave("seldon-runtime-one"), wave("seldon-runtime-two"));
    assert_eq!(wave("seldon-servers-one"), wave("seldon-servers-two"));
}

#[test]
fn every_path_of_an_application_exists() {
    for names in [&["main"][..], &["main", "other"]] {
        let tree = tree(names, ARGO);
        let applications = of_kind(&tree, "Application");
        assert!(applications.len() > 10);
        for (name, application) in &applications {
            let spec = &application["spec"];
            let one = std::iter::once(&spec["source"]);
            for source in one.chain(spec["sources"].as_array().into_iter().flatten()) {
                if let Some(path) = source["path"].as_str() {
                    let folder = path.strip_prefix("out/home/").expect("the path of the plan");
                    assert!(tree.contains_key(&format!("{folder}/kustomization.yaml")), "{name}: {path}");
                }
                for file in source["helm"]["valueFiles"].as_array().into_iter().flatten() {
                    let path = file.as_str().and_then(|file| file.strip_prefix("$values/out/home/"));
                    assert!(tree.contains_key(path.expect("a file of the plan")), "{name}: {file}");
                }
            }
        }
    }
}

#[test]
fn the_root_brings_every_other_application_and_not_itself() {
    let one = tree(&["main"], ARGO);
    let listed = parsed(&one, "gitops/kustomization.yaml")["resources"].to_string();
    for path in one.keys().filter(|path| path.starts_with("gitops/main/")) {
        assert!(listed.contains(path.strip_prefix("gitops/").expect("a prefix")), "{path}");
    }
    assert!(
        listed.contains("appproject-home.yaml") && !listed.contains("root") && !listed.contains("health")
    );
    assert_eq!(parsed(&one, "gitops/root.yaml")["spec"]["source"]["path"], "out/home/gitops");
    // Several clusters do not wait for each other: each has an Application of Applications.
    let two = tree(&["main", "other"], ARGO);
    let listed = parsed(&two, "gitops/kustomization.yaml")["resources"].clone();
    let wanted = ["application-home-main.yaml", "application-home-other.yaml", "appproject-home.yaml"];
    assert_eq!(listed, json!(wanted));
    let of_other = parsed(&two, "gitops/application-home-other.yaml");
    assert_eq!(of_other["spec"]["source"]["path"], "out/home/gitops/other");
    assert_eq!(of_other["spec"]["destination"]["namespace"], "argocd");
}

#[test]
fn clusters_of_a_hub_are_destinations_by_name() {
    let applications = of_kind(&tree(&["main", "other"], ARGO), "Application");
    let destination = |name: &str| applications[name]["spec"]["destination"].clone();
    assert_eq!(destination("main-metallb"), json!({ "name": "main", "namespace": "metallb-system" }));
    assert_eq!(
        destination("other-metallb-config"),
        json!({ "name": "other", "namespace": "metallb-system" })
    );
    let alone = of_kind(&tree(&["main"], ARGO), "Application");
    let server = json!({ "server": "https://kubernetes.default.svc", "namespace": "metallb-system" });
    assert_eq!(alone["main-metallb"]["spec"]["destination"], server);
}

#[test]
fn the_project_allows_what_its_applications_do_and_no_more() {
    let tree = tree(&["main", "other"], ARGO);
    let project = parsed(&tree, "gitops/appproject-home.yaml");
    let list = |key: &str| project["spec"][key].as_array().expect(key).clone();
    let (repositories, destinations) = (list("sourceRepos"), list("destinations"));
    let mut used = Vec::new();
    for (name, application) in of_kind(&tree, "Application") {
        let spec = &application["spec"];
        assert!(destinations.contains(&spec["destination"]), "{name}");
        let one = std::iter::once(&spec["source"]);
        for source in one.chain(spec["sources"].as_array().into_iter().flatten()) {
            if !source.is_null() {
                assert!(repositories.contains(&source["repoURL"]), "{name}: {source}");
                used.push(source["repoURL"].clone());
            }
        }
    }
    assert!(repositories.iter().all(|repository| used.contains(repository)), "{repositories:?}");
    let has = |group: &str, kind: &str| {
        list("clusterResourceWhitelist").contains(&json!({ "group": group, "kind": kind }))
    };
    assert!(has("", "Namespace") && has("operator.tigera.io", "Installation"));
    assert!(has("projectcalico.org", "FelixConfiguration"));
    assert!(!project.to_string().contains('*'), "{project}");
}

#[test]
fn only_a_held_stage_waits_for_a_person() {
    for (name, application) in of_kind(&tree(&["main"], ARGO), "Application") {
        let held = name.starts_with("main-seldon") || name == "main-stage-models";
        assert_eq!(application["spec"]["syncPolicy"]["automated"].is_null(), held, "{name}");
    }
    for (name, kustomization) in of_kind(&tree(&["main"], FLUX), "Kustomization") {
        let held = name.starts_with("main-seldon") || name == "main-stage-models";
        assert_eq!(kustomization["spec"]["suspend"] == true, held, "{name}");
    }
}

#[test]
fn the_network_is_never_pruned() {
    let kept = ["calico-crds", "calico-installation", "calico-operator", "metallb", "seldon-crds"];
    let is_kept = |name: &str| kept.iter().any(|kept| name == format!("main-{kept}"));
    for (name, application) in of_kind(&tree(&["main"], ARGO), "Application") {
        assert!(application["metadata"]["finalizers"].is_null(), "{name}");
        let automated = &application["spec"]["syncPolicy"]["automated"];
        if !automated.is_null() {
            assert_eq!(automated["prune"] == false, is_kept(&name), "{name}");
        }
    }
    let flux = tree(&["main"], FLUX);
    for (name, kustomization) in of_kind(&flux, "Kustomization") {
        assert_eq!(kustomization["spec"]["prune"] == false, is_kept(&name), "{name}");
        let orphans = kustomization["spec"]["deletionPolicy"] == "Orphan";
        assert_eq!(orphans, name != "home-main", "{name}");
    }
    for (name, release) in of_kind(&flux, "HelmRelease") {
        let annotation = &release["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/prune"];
        assert_eq!(annotation == "disabled", is_kept(&name), "{name}");
        assert_eq!(release["spec"]["install"]["strategy"]["name"], "RetryOnFailure", "{name}");
    }
}

#[test]
fn kinds_of_somebody_else_skip_the_dry_run() {
    let applications = of_kind(&tree(&["main"], ARGO), "Application");
    let skips = |name: &str| options(&applications[name]).contains(&"SkipDryRunOnMissingResource=true");
    for name in ["main-calico-installation", "main-calico", "main-metallb-config", "main-seldon-runtime-one"]
    {
        assert!(skips(name), "{name}");
    }
    for name in ["main-namespaces", "main-metallb", "main-policies", "main-stage-data", "main-seldon-crds"] {
        assert!(!skips(name), "{name}");
    }
    for application in applications.values() {
        assert!(options(application).contains(&"ServerSideApply=true"));
        assert!(application["spec"]["syncPolicy"]["retry"]["limit"].as_i64().expect("a limit") > 0);
    }
}

#[test]
fn a_chart_makes_its_namespace_when_no_folder_does() {
    let applications = of_kind(&tree(&["main"], ARGO), "Application");
    let creates = |name: &str| options(&applications[name]).contains(&"CreateNamespace=true");
    assert!(creates("main-calico-operator") && !creates("main-metallb"));
    let flux = of_kind(&tree(&["main"], FLUX), "HelmRelease");
    let creates = |name: &str| flux[name]["spec"]["install"]["createNamespace"] == true;
    assert!(creates("main-calico-operator") && !creates("main-metallb"));
}

#[test]
fn what_metallb_writes_into_its_webhooks_is_ignored() {
    let applications = of_kind(&tree(&["main"], ARGO), "Application");
    for (name, application) in &applications {
        let ignored = application["spec"]["ignoreDifferences"].to_string().contains("caBundle");
        assert_eq!(ignored, name == "main-metallb", "{name}");
    }
    assert!(options(&applications["main-metallb"]).contains(&"RespectIgnoreDifferences=true"));
}

#[test]
fn server_side_diff_needs_argocd_3_1() {
    let with = |version: &str| {
        let applications = of_kind(&tree(&["main"], &format!("{ARGO}\n{version}")), "Application");
        let annotations = applications["main-metallb"]["metadata"]["annotations"].clone();
        annotations["argocd.argoproj.io/compare-options"] == "ServerSideDiff=true"
    };
    assert!(with("") && with("version = \"v3.1.0\"") && !with("version = \"v3.0.9\""));
}

#[test]
fn health_is_a_patch_that_nothing_syncs() {
    let tree = tree(&["main"], ARGO);
    let patch = parsed(&tree, "gitops/health/argocd-cm-patch.yaml");
    let data = patch["data"].as_object().expect("data");
    let kinds: Vec<&str> =
        data.keys().filter_map(|key| key.strip_prefix("resource.customizations.health.")).collect();
    assert_eq!(
        kinds,
        [
            "argoproj.io_Application",
            "operator.tigera.io_APIServer",
            "operator.tigera.io_Installation",
            "operator.tigera.io_TigeraStatus",
        ]
    );
    let readme = &tree["gitops/README.md"];
    assert!(readme.contains("--patch-file gitops/health/argocd-cm-patch.yaml"));
    assert!(readme.contains("-f gitops/appproject-home.yaml -f gitops/root.yaml"));
}

#[test]
fn a_kustomization_waits_for_the_wave_before() {
    let kustomizations = of_kind(&tree(&["main"], FLUX), "Kustomization");
    let after = |name: &str| -> Vec<String> {
        let list = kustomizations[&format!("main-{name}")]["spec"]["dependsOn"].as_array().cloned();
        let names = list.unwrap_or_default().into_iter();
        names.map(|one| one["name"].as_str().expect("a name").replacen("main-", "", 1)).collect()
    };
    assert_eq!(after("calico-crds"), [""; 0]);
    assert_eq!(after("metallb"), ["calico"]);
    assert_eq!(after("metallb-config"), ["metallb"]);
    assert_eq!(after("stage-data"), ["policies"]);
    assert_eq!(after("seldon-setup"), ["seldon-crds"]);
    assert_eq!(after("seldon-runtime-two"), ["stage-models"]);
    assert_eq!(after("seldon-servers-two"), ["seldon-runtime-two"]);
    for (name, kustomization) in &kustomizations {
        for one in kustomization["spec"]["dependsOn"].as_array().into_iter().flatten() {
            let other = &kustomizations[one["name"].as_str().expect("a name")];
            // One that is suspended does not note its new generation, so the usual check would never pass.
            assert_eq!(one["readyExpr"].is_null(), other["spec"]["suspend"].is_null(), "{name}");
        }
    }
}

#[test]
fn every_path_of_a_kustomization_exists_and_holds_its_release() {
    let tree = tree(&["main", "other"], FLUX);
    let mut releases = 0;
    for (name, kustomization) in of_kind(&tree, "Kustomization") {
        let path = kustomization["spec"]["path"].as_str().and_then(|path| path.strip_prefix("./out/home/"));
        let folder = path.expect("the path of the plan");
        let list = parsed(&tree, &format!("{folder}/kustomization.yaml"));
        let only = format!("helmrelease-{name}.yaml");
        if list["resources"] == json!([only]) {
            releases += 1;
            assert_eq!(kustomization["spec"]["wait"], true, "{name}");
        }
        assert_eq!(kustomization["spec"]["postBuild"], Value::Null);
    }
    assert_eq!(releases, of_kind(&tree, "HelmRelease").len());
    // The root of a cluster applies sources and Kustomizations, and no release on its own.
    let listed = parsed(&tree, "gitops/main/kustomization.yaml")["resources"].to_string();
    assert!(!listed.contains("helmrelease") && listed.contains("gitrepository-home.yaml"));
    assert!(!parsed(&tree, "gitops/other/kustomization.yaml")["resources"].to_string().contains("main"));
}

#[test]
fn a_release_has_the_values_of_its_file() {
    let tree = tree(&["main"], FLUX);
    let releases = of_kind(&tree, "HelmRelease");
    let spec = &releases["main-metallb"]["spec"];
    assert_eq!(spec["values"], parsed(&tree, "values/main/metallb.yaml"));
    assert_eq!(spec["chart"]["spec"]["version"], "0.15.3");
    assert_eq!(spec["releaseName"], "metallb");
    assert_eq!(releases["main-calico-operator"]["spec"]["chart"]["spec"]["version"], "v3.32.1");
    assert_eq!(releases["main-seldon-crds"]["spec"]["values"], Value::Null);
}

#[test]
fn flux_asks_the_operator_whether_the_network_is_there() {
    let kustomizations = of_kind(&tree(&["main"], FLUX), "Kustomization");
    let spec = &kustomizations["main-calico-installation"]["spec"];
    // With `wait` the health checks would be ignored, and the TigeraStatus is not in the folder.
    assert_eq!(spec["wait"], Value::Null);
    let names: Vec<String> = (spec["healthChecks"].as_array().expect("checks").iter())
        .map(|check| format!("{}/{}", check["kind"], check["name"]).replace('"', ""))
        .collect();
    let wanted =
        ["APIServer/default", "Installation/default", "TigeraStatus/apiserver", "TigeraStatus/calico"];
    assert_eq!(names, wanted);
    let kinds: Vec<&Value> =
        spec["healthCheckExprs"].as_array().expect("expressions").iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["APIServer", "Installation", "TigeraStatus"]);
}

#[test]
fn an_older_flux_gets_no_newer_field() {
    let tree = tree(&["main"], &format!("{FLUX}\nversion = \"v2.4.0\""));
    let text: String =
        tree.iter().filter(|(path, _)| path.ends_with(".yaml")).map(|(_, text)| text.as_str()).collect();
    for field in ["readyExpr", "healthCheckExprs", "deletionPolicy", "RetryOnFailure"] {
        assert!(!text.contains(field), "{field}");
    }
    let kustomizations = of_kind(&tree, "Kustomization");
    assert_eq!(kustomizations["main-calico-installation"]["spec"]["wait"], true);
}

#[test]
fn a_revision_is_a_branch_a_tag_a_reference_or_a_commit() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let kinds = [("main", "branch"), ("v1.2.0", "tag"), ("refs/heads/x", "name"), (commit, "commit")];
    for (revision, key) in kinds {
        let tree = tree(&["main"], &format!("{FLUX}\nrevision = \"{revision}\""));
        let source = parsed(&tree, "gitops/main/gitrepository-home.yaml");
        assert_eq!(source["spec"]["ref"], json!({ key: revision }));
    }
}

#[test]
fn only_what_gitops_owns_is_applied() {
    let owns = "owns = [\"metallb\", \"policies\"]";
    let applications = of_kind(&tree(&["main"], &format!("{ARGO}\n{owns}")), "Application");
    let names: Vec<&str> = applications.keys().map(String::as_str).collect();
    assert_eq!(names, ["home", "main-metallb", "main-metallb-config", "main-policies"]);
    // The namespace is not ours, so the chart has to be able to make it.
    assert!(options(&applications["main-metallb"]).contains(&"CreateNamespace=true"));
}
