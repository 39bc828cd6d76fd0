//! The real plans: what Argo CD and Flux are told is in the tree, in order, and nothing else is.

use plan::source::Source;
use plan::{Inputs, compile};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The compiled tree of `plans/NAME`, changed by `change`.
fn tree(name: &str, change: impl FnOnce(String) -> String) -> BTreeMap<String, String> {
    let path = format!("{}/plans/{name}/migration.toml", env!("CARGO_MANIFEST_DIR"));
    let text = change(fs::read_to_string(path).expect("a real plan"));
    let compilation = compile(&Inputs::new(Source::new("migration.toml", text)));
    let output = compilation.output.unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics));
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    output.tree.iter().map(|(path, bytes)| (path.to_string(), text(bytes))).collect()
}

/// The objects of a kind in `gitops/`, by name.
fn of_kind(tree: &BTreeMap<String, String>, kind: &str) -> BTreeMap<String, Value> {
    let gitops = tree.iter().filter(|(path, _)| path.starts_with("gitops/") && path.ends_with(".yaml"));
    gitops
        .map(|(_, text)| serde_yaml::from_str::<Value>(text).expect("YAML"))
        .filter(|object| object["kind"] == kind && object["spec"] != Value::Null)
        .map(|object| (object["metadata"]["name"].as_str().expect("a name").to_owned(), object))
        .collect()
}

/// The folders below `root` that have a kustomization.
fn folders<'t>(tree: &'t BTreeMap<String, String>, root: &str) -> Vec<&'t str> {
    let lists = tree.keys().filter_map(|path| path.strip_suffix("/kustomization.yaml"));
    lists.filter(|folder| folder.starts_with(root)).collect()
}

#[test]
fn argocd_applies_every_folder_of_the_platform() {
    let tree = tree("ml-platform", |text| text);
    let applications = of_kind(&tree, "Application");
    let paths: Vec<&str> = applications
        .values()
        .filter_map(|application| application["spec"]["source"]["path"].as_str())
        .collect();
    for folder in folders(&tree, "clusters/").into_iter().chain(folders(&tree, "bootstrap/")) {
        assert!(paths.contains(&format!("out/ml-platform/{folder}").as_str()), "nobody applies {folder}");
    }
    for path in &paths {
        let folder = path.strip_prefix("out/ml-platform/").expect("the path of the plan");
        assert!(tree.contains_key(&format!("{folder}/kustomization.yaml")), "{path} is not there");
    }
    assert_eq!(applications["homelab-mlops"]["spec"]["project"], "homelab-mlops");
    assert!(applications.keys().all(|name| name.len() <= 63));
}

#[test]
fn the_stateful_stage_of_the_platform_waits_for_a_person() {
    let applications = of_kind(&tree("ml-platform", |text| text), "Application");
    let held = |name: &str| applications[name]["spec"]["syncPolicy"]["automated"].is_null();
    assert!(!held("after-metallb") && held("after-seldon-crds") && held("after-seldon-setup"));
}

#[test]
fn charts_of_the_platform_are_the_releases_of_its_plan() {
    let applications = of_kind(&tree("ml-platform", |text| text), "Application");
    let version = |name: &str| {
        let spec = &applications[name]["spec"];
        let source = spec["sources"].get(0).unwrap_or(&spec["source"]);
        source["targetRevision"].as_str().expect("a release").to_owned()
    };
    assert_eq!(version("after-calico-operator"), "v3.30.2");
    assert_eq!(version("after-metallb"), "0.14.8");
    assert_eq!(version("after-seldon-setup"), "2.9.1");
    // The chart of that Calico carries its CRDs itself.
    assert!(!applications.contains_key("after-calico-crds"));
}

#[test]
fn flux_applies_the_article_one_after_the_other() {
    let tree = tree("article", |text| text);
    let kustomizations = of_kind(&tree, "Kustomization");
    let mut paths = Vec::new();
    for (name, kustomization) in &kustomizations {
        let path =
            kustomization["spec"]["path"].as_str().and_then(|path| path.strip_prefix("./out/article/"));
        let folder = path.expect("the path of the plan");
        assert!(tree.contains_key(&format!("{folder}/kustomization.yaml")), "{name}: {folder} is not there");
        paths.push(folder);
        for one in kustomization["spec"]["dependsOn"].as_array().into_iter().flatten() {
            assert!(kustomizations.contains_key(one["name"].as_str().expect("a name")), "{name}: {one}");
        }
    }
    for folder in folders(&tree, "clusters/") {
        assert!(paths.contains(&folder), "nobody applies {folder}");
    }
    // Whoever follows the dependencies from the last one comes to the first: there is no circle and no island.
    let waited_for: Vec<&str> = (kustomizations.values())
        .flat_map(|one| one["spec"]["dependsOn"].as_array().into_iter().flatten())
        .filter_map(|one| one["name"].as_str())
        .collect();
    let mut next: Vec<&str> =
        kustomizations.keys().map(String::as_str).filter(|name| !waited_for.contains(name)).collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = next.pop() {
        if seen.insert(name) {
            let list = kustomizations[name]["spec"]["dependsOn"].as_array().into_iter().flatten();
            next.extend(list.filter_map(|one| one["name"].as_str()));
        }
    }
    assert_eq!(seen.len(), kustomizations.len());
}

#[test]
fn a_plan_without_gitops_gets_none() {
    let without = |text: String| {
        let start = text.find("[gitops]").expect("a table");
        let end = start + text[start..].find("[[stages]]").expect("stages");
        format!("{}{}", &text[..start], &text[end..])
    };
    let tree = tree("article", without);
    assert!(!tree.keys().any(|path| path.starts_with("gitops/")));
}

#[test]
fn the_same_plan_can_change_its_controller() {
    let tree = tree("ml-platform", |text| text.replace("tool     = \"argocd\"", "tool = \"flux\""));
    assert!(of_kind(&tree, "Application").is_empty());
    let kustomizations = of_kind(&tree, "Kustomization");
    assert_eq!(kustomizations["after-seldon-setup"]["spec"]["suspend"], true);
    let releases = of_kind(&tree, "HelmRelease");
    assert_eq!(releases["after-metallb"]["spec"]["targetNamespace"], "metallb-system");
}
