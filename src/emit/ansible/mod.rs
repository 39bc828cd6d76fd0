//! Ansible gets one folder for each cluster: an inventory, variables, and what else the profile's templates make.
//!
//! `ansible/CLUSTER/` even for one cluster, so that a second one moves no file. Ansible reads every file of
//! `group_vars/all/` beside the inventory, by name: `plan.yaml` is ours, `vars.yaml` is `[ansible] vars` and comes later,
//! so that its values win, and a vault of one's own can lie beside them.

use super::{ClusterEmitter, Files, Made, PlanEmitter};
use crate::facts::{Facts, ansible};
use crate::resolve::Cluster;
use crate::template::Templates;
use rayon::prelude::*;
use serde::Serialize;

pub const CLUSTER: ClusterEmitter = ClusterEmitter { name: "ansible", emit: cluster };
pub const README: PlanEmitter = PlanEmitter { name: "ansible-readme", emit: readme };

/// The files of one cluster.
fn cluster(facts: &Facts<'_>, cluster: &Cluster<'_>, files: &mut Files) {
    let folder = format!("ansible/{}", cluster.name);
    let (made, failures) = facts.ansible_of(cluster);
    assert!(failures.is_empty(), "broken promise: a check renders every template: {failures:?}");
    let mut from = vec![format!("clusters.{}", cluster.name), "hosts".to_owned()];
    from.extend(cluster.replaces.map(|old| format!("clusters.{}", facts.resolved.cluster(old).name)));
    from.sort();
    for file in made {
        // The first line of somebody's own file may have to be its own, as `#!` has.
        let header = if file.own { String::new() } else { format!("# from: {}\n", from.join(", ")) };
        files.text(format!("{folder}/{}", file.name), header + &file.text);
    }
    let vars = facts.resolved.delivery.ansible.and_then(|ansible| ansible.vars.as_ref());
    if let Some(vars) = vars.filter(|vars| !vars.value.is_empty()) {
        files.values(
            format!("{folder}/{}", ansible::VARS),
            &vars.value.to_json(),
            &["ansible.vars".to_owned()],
        );
    }
}

const INDEX: &str = include_str!("../../../templates/ansible/index.md");

/// `ansible/README.md`.
fn readme(facts: &Facts<'_>, made: &[Made], files: &mut Files) {
    let made: Vec<&Made> = made.iter().filter(|file| file.path.starts_with("ansible/")).collect();
    let targets: Vec<&Cluster<'_>> = facts.resolved.targets().collect();
    let clusters: Vec<Page<'_>> = targets
        .into_par_iter()
        .map(|cluster| {
            let folder = format!("ansible/{}/", cluster.name);
            let names = made.iter().filter_map(|file| file.path.strip_prefix(&folder)).map(str::to_owned);
            Page { context: ansible::context(facts, cluster), files: names.collect(), name: cluster.name }
        })
        .collect();
    let mut templates = Templates::new();
    templates.add("README.md", INDEX).expect("broken promise: a test renders this template");
    let profile = ansible::profile_of(facts).map_or("default", |profile| profile.name);
    let index = Index { plan: facts.resolved.name, profile, clusters };
    let text = templates.render("README.md", &index).expect("broken promise: a test renders this template");
    files.text("ansible/README.md", text);
}

#[derive(Serialize)]
struct Index<'a> {
    plan: &'a str,
    profile: &'a str,
    clusters: Vec<Page<'a>>,
}

#[derive(Serialize)]
struct Page<'a> {
    name: &'a str,
    files: Vec<String>,
    context: ansible::Context,
}
