//! The roles of the profile `ml-platform` install one server.

use crate::check::Check;
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, ansible};
use crate::model::Distribution;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P7004",
    name: "several-servers",
    level: Level::Error,
    summary: "under the profile `ml-platform` a K3s cluster has exactly one server",
    explanation: "The roles start every host of `k3s_control_plane` as the first server of a cluster: they know neither \
                  `--cluster-init` nor `--server`, so that three servers become three clusters, and the agents join the \
                  first. The profile `default` writes what several servers need.",
    fails: "[ansible]\nprofile = \"ml-platform\"\n\n[hosts]\nnode-1 = { ip = \"192.168.1.11\" }\nnode-2 = { ip = \"192.168.1.12\" }\nnode-7 = { ip = \"192.168.1.17\" }\nnode-8 = { ip = \"192.168.1.18\" }\nnode-9 = { ip = \"192.168.1.19\" }\n\n\
            [clusters.several]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-7\", \"node-8\", \"node-9\"]\n\
            pods = \"10.62.0.0/16\"\nservices = \"10.63.0.0/16\"\ncni = \"flannel\"\n",
    passes: "[ansible]\nprofile = \"ml-platform\"\n",
    covers: &["K3S-05"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    if ansible::profile_of(facts).is_none_or(|profile| profile.name != "ml-platform") {
        return;
    }
    for cluster in facts.resolved.targets() {
        if cluster.distribution != Distribution::K3s || cluster.servers.len() < 2 {
            continue;
        }
        let servers = &cluster.written.servers;
        let message = format!(
            "the roles of `ml-platform` install one server, and `{}` has {}",
            cluster.name,
            servers.value.len()
        );
        let mut finding = Diagnostic::new(&RULE, servers.span, message)
            .here("each would be a cluster of its own")
            .help("keep one server, or take the profile `default`")
            .on(format!("clusters.{}.servers", cluster.name));
        if let Some(profile) = facts.resolved.delivery.ansible.and_then(|ansible| ansible.profile.as_ref()) {
            finding = finding.label(profile.span, "the profile");
        }
        found.push(finding);
    }
}
