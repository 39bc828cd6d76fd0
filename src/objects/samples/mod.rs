//! Objects of every kind that between them fill every field, printed in `printed/` and compared byte for byte.
//!
//! They show the printing, and give a check against the upstream schemas something to refuse; most are no sensible
//! configuration, since fields that exclude each other stand side by side.

mod argocd;
mod calico;
mod core;
mod felix;
mod flux;
mod metallb;
mod operator;
mod seldon;

use super::*;
use serde_json::json;
use std::collections::BTreeMap;

/// Every sample; some kinds have two, where one cannot show all.
pub fn samples() -> Vec<AnyObject> {
    [
        core::core(),
        operator::operator(),
        calico::calico(),
        metallb::metallb(),
        argocd::argocd(),
        flux::flux(),
        seldon::seldon(),
    ]
    .concat()
}

/// Group, kind and name: a kind alone would name two upstreams, as `BGPPeer` does.
fn file_name(object: &AnyObject) -> String {
    let group = object.api_version().split_once('/').map_or("core", |(group, _)| group);
    let name = format!("{group}-{}-{}", object.kind().to_lowercase(), object.name());
    name.trim_end_matches('-').to_string() + ".yaml"
}

fn some(text: &str) -> Option<String> {
    Some(text.into())
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn table(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

fn labelled(entries: &[(&str, &str)]) -> LabelSelector {
    LabelSelector { match_labels: Some(table(entries)), match_expressions: None }
}

fn default() -> Metadata {
    Metadata::named("default")
}

/// What a fully labelled object says.
fn labels() -> BTreeMap<String, String> {
    table(&[
        ("app.kubernetes.io/name", "mlflow"),
        ("app.kubernetes.io/component", "tracking"),
        ("app.kubernetes.io/part-of", "homelab"),
        ("app.kubernetes.io/managed-by", "plan"),
    ])
}

/// Compares with the files in `printed/`, which were read by a person. `PLAN_SAMPLES_DIR` names a folder that gets
/// the prints as well: pointed at `src/objects/samples/printed` it accepts them, pointed elsewhere it feeds a schema check.
#[test]
fn samples_are_printed_as_reviewed() {
    let reviewed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/objects/samples/printed");
    if let Some(folder) = std::env::var_os("PLAN_SAMPLES_DIR").map(std::path::PathBuf::from) {
        std::fs::create_dir_all(&folder).unwrap();
        for object in samples() {
            std::fs::write(folder.join(file_name(&object)), object.yaml()).unwrap();
        }
    }
    let mut names = Vec::new();
    for object in samples() {
        let name = file_name(&object);
        let expected = std::fs::read_to_string(reviewed.join(&name)).unwrap_or_default();
        assert_print(&name, &expected, object.yaml());
        names.push(name);
    }
    names.sort();
    let mut files = std::fs::read_dir(reviewed)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect::<Vec<_>>();
    files.sort();
    assert_eq!(files, names, "`src/objects/samples/printed` holds one file per sample");
}

#[track_caller]
fn assert_print(name: &str, expected: &str, printed: &str) {
    let diff = similar::TextDiff::from_lines(expected, printed);
    assert!(expected == printed, "`{name}` is printed differently:\n{}", diff.unified_diff());
}
