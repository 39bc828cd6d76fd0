//! Network plugins read some policies differently, so a proof says for which of them it holds.
//!
//! Two differences matter for what is emitted: whether an `ipBlock` matches a pod (never counted as a proof), and
//! whether it matches a node. Calico looks at the packet alone; Cilium matches nodes by `ipBlock` only with
//! `policyCIDRMatchMode=nodes`.

use crate::connectivity::{Block, Endpoint, Flow, Network, Party, World};
use crate::facts::{ClusterWorld, Facts};
use crate::model::PolicyMode;
use crate::resolve::Cluster;

/// What is known of one plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub plugin: &'static str,
    /// How many declared flows there are.
    pub flows: usize,
    /// Those that are not proved: the table that asks, and whom it calls.
    pub unproved: Vec<(String, String)>,
    /// What lets them through.
    pub remedy: &'static str,
}

/// The plugins: name, whether an `ipBlock` matches a node, and what helps where it does not.
const PLUGINS: [(&str, bool, &str); 2] =
    [("Calico", true, ""), ("Cilium", false, "policyCIDRMatchMode=nodes")];

/// For each plugin, how many of the declared flows are proved, under the policies that are enforced or, with `staged`,
/// were those enforced that are only observed.
pub fn profiles(facts: &Facts<'_>, cluster: &Cluster<'_>, staged: bool) -> Vec<Profile> {
    let known = ClusterWorld::new(facts, cluster, staged);
    let profile = |(plugin, blocks_match_nodes, remedy): (&'static str, bool, &'static str)| {
        let network = Network::new(&World { blocks_match_nodes, ..known.world.clone() });
        let flows = facts.flows_of(cluster.id);
        let failing = flows.iter().filter_map(|flow| {
            let questions: Vec<Flow> =
                known.questions(flow).into_iter().map(|question| without_nodes(question, &known)).collect();
            let failure = network.prove(&questions).into_iter().next()?;
            let to = match failure.to {
                Endpoint::Workload(id) => known.world.workloads[id.0].name.clone(),
                Endpoint::Block(block) => super::address::block(&block),
                Endpoint::Internet => "the internet".to_owned(),
                Endpoint::Node | Endpoint::OwnNode => "a node".to_owned(),
            };
            Some((flow.from_table.clone(), to))
        });
        Profile { plugin, flows: flows.len(), unproved: failing.collect(), remedy }
    };
    PLUGINS.into_iter().map(profile).collect()
}

/// The clients of a network are not the nodes in it, which only Calico matches by an address.
fn without_nodes(mut question: Flow, known: &ClusterWorld) -> Flow {
    if let Party::One(Endpoint::Block(block)) = &mut question.from {
        let inside = |node: &&Block| {
            node.family == block.family
                && block.first <= node.first
                && node.last <= block.last
                && block.first != block.last
        };
        let holes: Vec<(u128, u128)> =
            known.world.nodes.iter().filter(inside).map(|node| (node.first, node.last)).collect();
        block.except.extend(holes);
    }
    question
}

/// For each cluster of a plan what its proof holds for, one sentence for each plugin.
pub fn sentences(facts: &Facts<'_>) -> Vec<String> {
    let of = |cluster: &Cluster<'_>| {
        let name = cluster.name.to_string();
        let proved = profiles(facts, cluster, false).into_iter().map(|profile| profile.sentence());
        let sentences: Vec<String> = proved.chain(observed(facts, cluster)).collect();
        sentences.into_iter().map(move |sentence| format!("{name}: {sentence}"))
    };
    facts.resolved.targets().flat_map(of).collect()
}

/// What enforcing the policies of the observed namespaces would cut; nothing where none is observed.
pub fn observed(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Option<String> {
    let namespaces = facts.resolved.namespaces_of(cluster.id);
    let count = namespaces.iter().filter(|namespace| namespace.policy == PolicyMode::Observe).count();
    // Cilium has no staged policies, so what it would cut is no question.
    let calico = profiles(facts, cluster, true).into_iter().next().filter(|_| count > 0)?;
    let are = if count == 1 { "namespace is" } else { "namespaces are" };
    let cut = match &calico.unproved[..] {
        [] => "keep every declared flow and cut".to_owned(),
        [(table, to), ..] => {
            let (cut, flows) = (calico.unproved.len(), calico.flows);
            format!("cut {cut} of {flows} declared flows, such as {table} to {to}, and")
        }
    };
    Some(format!(
        "{count} {are} only observed: enforced, the policies {cut} what `plan reach --if-enforced` shows"
    ))
}

impl Profile {
    /// `Calico: all 214 flows are proved`.
    pub fn sentence(&self) -> String {
        let (plugin, flows) = (self.plugin, self.flows);
        match &self.unproved[..] {
            [] => format!("{plugin}: all {flows} declared flows are proved"),
            [(table, to), ..] => {
                let count = self.unproved.len();
                let remedy = if self.remedy.is_empty() {
                    String::new()
                } else {
                    format!("; {} {}", if count == 1 { "it needs" } else { "they need" }, self.remedy)
                };
                let are = if count == 1 { "is" } else { "are" };
                format!(
                    "{plugin}: {count} of {flows} declared flows {are} not proved, such as {table} to {to}{remedy}"
                )
            }
        }
    }
}
