//! The networks of a cluster are decided when it is installed.

use super::{Obstacle, Rule, Way, way};
use crate::addresses::Cidr;
use crate::diff::change::Change;
use crate::diff::context::Context;

pub static RULE: Rule = Rule {
    name: "cluster-network",
    about: "a running cluster gets another pod or Service network, network plugin, domain or distribution",
    find,
    way: Way::ByHand("it is another cluster"),
};

fn find(context: &Context<'_>, _: &[Change]) -> Vec<Obstacle> {
    let Some(facts) = context.new.facts() else { return Vec::new() };
    let mut found = Vec::new();
    for new in facts.resolved.targets() {
        let Some(old) = way::cluster(context.old, new.name).filter(|old| old.is_target()) else { continue };
        let networks =
            |list: &[Cidr]| list.iter().map(|cidr| format!("`{cidr}`")).collect::<Vec<_>>().join(" and ");
        let mut changed = Vec::new();
        let mut differs = |what: &str, was: String, is: String| {
            if was != is {
                changed.push(format!("{what} go from {was} to {is}"));
            }
        };
        differs("pods", networks(&old.pods), networks(&new.pods));
        differs("Services", networks(&old.services), networks(&new.services));
        differs("names inside", format!("`{}`", old.written.domain()), format!("`{}`", new.written.domain()));
        differs("packets", format!("`{}`", old.cni), format!("`{}`", new.cni));
        differs("the machines", format!("`{}`", old.distribution), format!("`{}`", new.distribution));
        if changed.is_empty() {
            continue;
        }
        found.push(Obstacle {
            name: RULE.name,
            controller: context.controller(),
            // k3s docs, cli/server, critical configuration values; kubernetes docs, kubeadm: the ClusterConfiguration.
            sentence: format!(
                "in the running cluster `{}` {}: that is decided when a cluster is installed, and a server that is told \
                 otherwise later does not join, or serves addresses that nobody routes",
                new.name,
                changed.join(", ")
            ),
            advice: format!(
                "describe a new cluster that says `replaces = \"{}\"`, with `strategy = \"rebuild\"` on the same machines \
                 or `\"parallel\"` on others",
                new.name
            ),
            forever: true,
            objects: Vec::new(),
        });
    }
    found
}
