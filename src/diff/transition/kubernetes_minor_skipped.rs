//! Kubernetes is upgraded one minor release at a time.

use super::{Edit, Obstacle, Rule, Step, Way, way};
use crate::diff::change::Change;
use crate::diff::context::Context;
use crate::model::Distribution;
use crate::upstream::Version;

pub static RULE: Rule = Rule {
    name: "kubernetes-minor-skipped",
    about: "a cluster shall pass over a minor release of Kubernetes",
    find,
    way: Way::Staged(way_around),
};

struct Skip {
    cluster: String,
    was: Version,
    is: Version,
    distribution: Distribution,
}

fn skips(context: &Context<'_>) -> Vec<Skip> {
    let Some(facts) = context.new.facts() else { return Vec::new() };
    let skip = |new: &crate::resolve::Cluster<'_>| {
        let old = way::cluster(context.old, new.name).filter(|old| old.is_target())?;
        let (was, is) = (old.version.clone(), new.version.clone());
        let passed = was.major == is.major && is.minor > was.minor + 1;
        passed.then(|| Skip { cluster: new.name.to_owned(), was, is, distribution: new.distribution })
    };
    facts.resolved.targets().filter_map(skip).collect()
}

fn find(context: &Context<'_>, _: &[Change]) -> Vec<Obstacle> {
    let obstacle = |Skip { cluster, was, is, distribution }: Skip| {
        // kubernetes docs, setup/release/version-skew-policy; kubeadm `cmd/kubeadm/app/phases/upgrade/policy.go`.
        let (refused, forever) = match distribution {
            Distribution::Kubeadm => ("`kubeadm upgrade` refuses it", true),
            Distribution::K3s => ("K3s tries it, and nobody upstream tests it", false),
        };
        Obstacle {
            name: RULE.name,
            controller: context.controller(),
            sentence: format!("`{cluster}` goes from {was} to {is} and passes over a minor release: {refused}"),
            advice: "go over the newest patch of each minor release, and let every node arrive before the next step".to_owned(),
            forever,
            objects: Vec::new(),
        }
    };
    skips(context).into_iter().map(obstacle).collect()
}

fn way_around(context: &Context<'_>, _: &[Change]) -> Vec<Step> {
    let step = |skip: &Skip, minor: u32| {
        let suffix = if skip.is.suffix.starts_with("+k3s") { "+k3s1" } else { "" };
        let version = format!("v{}.{minor}.0{suffix}", skip.is.major);
        let path = ["clusters", &skip.cluster, "version"];
        let title = format!("`{}` runs {version}; take the newest patch release of it", skip.cluster);
        let hand = "run the playbook, and wait until every node is Ready in the new release".to_owned();
        Step::new(title, vec![Edit::set(&path, format!("\"{version}\""))])
            .map(|step| step.of_old().by_hand(hand))
    };
    skips(context)
        .iter()
        .flat_map(|skip| {
            (skip.was.minor + 1..skip.is.minor).filter_map(|minor| step(skip, minor)).collect::<Vec<_>>()
        })
        .collect()
}
