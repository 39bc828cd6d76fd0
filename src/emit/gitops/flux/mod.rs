//! Flux: in each cluster one folder of sources and Kustomizations, one Kustomization for each unit, each after the one
//! before.
//!
//! A Kustomization can wait only for a Kustomization, so a HelmRelease lies in a folder of its own, and the Kustomization
//! of that folder is ready when the release is. No postBuild is used, so `${…}` in a file stays as it is.

mod kustomization;
mod release;
mod source;

use super::in_repository;
use super::index::Index;
use super::name::Names;
use super::order::units;
use super::unit::{Content, Unit, brought_namespaces};
use crate::emit::Files;
use crate::facts::Facts;
use crate::objects::{AnyObject, Metadata};
use crate::resolve::GitopsTarget;
use crate::upstream::flux::{Feature, has};
use std::fmt::Write;

/// What every object here needs to know.
struct Context<'a> {
    platform: &'a str,
    target: &'a GitopsTarget<'a>,
}

impl Context<'_> {
    /// Whether the Flux of the plan can do something; one that is not named is new.
    fn has(&self, feature: Feature) -> bool {
        self.target.written.version.as_ref().is_none_or(|version| has(&version.value, feature))
    }

    fn metadata(&self, name: &str) -> Metadata {
        let labels = crate::emit::files::labels(name, "gitops", self.platform);
        crate::emit::files::metadata(name, Some(&self.target.namespace), labels)
    }

    fn interval(&self) -> String {
        self.target.written.interval().to_string()
    }
}

pub fn emit(facts: &Facts<'_>, target: &GitopsTarget<'_>, index: &Index<'_>, files: &mut Files) {
    let context = Context { platform: facts.resolved.name, target };
    let from = ["gitops".to_owned()];
    let mut clusters = Vec::new();
    for cluster in facts.resolved.targets() {
        let units = units(facts, cluster, index);
        if units.is_empty() {
            continue;
        }
        let folder = format!("gitops/{}", cluster.name);
        files.object(&folder, AnyObject::new(&source::git(&context)), &from);
        let mut charts: Vec<_> = units.iter().filter_map(Unit::chart).collect();
        charts.sort_by_key(|chart| chart.repository_name);
        charts.dedup_by_key(|chart| chart.repository_name);
        for chart in charts {
            files.object(&folder, AnyObject::new(&source::helm(&context, chart)), &from);
        }
        let mut names = Names::default();
        let root = names.give(&[context.platform, cluster.name]);
        let names: Vec<String> = units.iter().map(|unit| names.give(&[cluster.name, &unit.key])).collect();
        let namespaces = brought_namespaces(&units);
        for (at, unit) in units.iter().enumerate() {
            let path = match &unit.content {
                Content::Folder(of_unit) => of_unit.path.clone(),
                Content::Chart(chart) => {
                    let below = format!("{folder}/releases/{}", unit.key);
                    let creates = !namespaces.contains(chart.namespace.as_str());
                    let release = release::release(&context, unit, chart, &names[at], creates);
                    files.object(&below, AnyObject::new(&release), &unit.from);
                    below
                }
            };
            let after =
                kustomization::after(&units, at).into_iter().map(|at| (names[at].as_str(), units[at].held));
            let object = kustomization::of_unit(&context, unit, &names[at], &path, after);
            files.object(&folder, AnyObject::new(&object), &unit.from);
        }
        let object = kustomization::root(&context, &root, &folder);
        let by_hand = format!("gitops/root-{}.yaml", cluster.name);
        files.object_by_hand(by_hand, &AnyObject::new(&object), &from);
        clusters.push((cluster.name, units));
    }
    if !clusters.is_empty() {
        files.text("gitops/README.md", readme(&context, &clusters));
    }
}

fn readme(context: &Context<'_>, clusters: &[(&str, Vec<Unit<'_>>)]) -> String {
    let platform = context.platform;
    let mut text = format!(
        "# Flux applies this tree

Run this once in each cluster, from the root of this tree, after `flux install`. After that Flux follows
`{}` of `{}`.

```sh
",
        context.target.revision, context.target.repository
    );
    for (cluster, _) in clusters {
        let _ = writeln!(
            text,
            "# in {cluster}\nkubectl apply --server-side -f gitops/{cluster}/gitrepository-{platform}.yaml \
             -f gitops/root-{cluster}.yaml"
        );
    }
    text += "```

A cluster that was made with `flux bootstrap` can instead have its path, or a Kustomization of its own, lead to
`gitops/CLUSTER` here.

## What comes when

| cluster | unit | starts |
|---|---|---|
";
    for (cluster, units) in clusters {
        for unit in units {
            let starts = if unit.held { "when a person resumes it" } else { "by itself" };
            let _ = writeln!(text, "| {cluster} | {} | {starts} |", unit.key);
        }
    }
    if clusters.iter().any(|(_, units)| units.iter().any(|unit| unit.held)) {
        text += "
A unit of a stage with `hold = \"manual\"` is suspended, and everything after it waits. Delete `hold` from the stage to let
it start and to keep it up to date. To let it run once, keep the root from suspending it again meanwhile:

```sh
flux suspend kustomization ROOT
flux resume kustomization UNIT...
flux resume kustomization ROOT
```

";
        for (cluster, _) in clusters {
            let _ = writeln!(text, "ROOT is the Kustomization in `gitops/root-{cluster}.yaml`.");
        }
    }
    text += "
## What Flux does not do

- Units of the network (Calico's operator, Installation and CRDs, MetalLB's chart, Seldon's CRDs) are never pruned, and no
  HelmRelease is: `helm uninstall` of Calico's operator removes the Installation, and the cluster loses its network.
- Namespaces, address pools and Services with an address are kept (`kustomize.toolkit.fluxcd.io/prune: disabled`) when
  they leave the plan. Delete them by hand.
- Deleting a Kustomization, or a unit leaving the plan, leaves what it applied (`deletionPolicy: Orphan`, from Flux 2.5).
- Flux calls a Service ready before it has an address. The checks of the runbook see the addresses.
- A failed release is tried again and not uninstalled (`RetryOnFailure`, from Flux 2.7).
";
    text
}
