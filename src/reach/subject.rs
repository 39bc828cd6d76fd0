//! What is asked about: one cluster, with the words for everything in it.

use crate::connectivity::{Block, Direction, Endpoint, Network, Policy, WorkloadId, World};
use crate::facts::{ClusterWorld, Facts, Origin};
use crate::manifests::Manifests;
use crate::resolve::Cluster;
use crate::source::{Source, Span};

/// One cluster. The network is compiled by [`Subject::network`], after questions have added the pods that they imagine.
pub struct Subject<'a> {
    /// The cluster, as the heading calls it.
    pub title: String,
    pub world: World,
    pub(super) of: Of<'a>,
}

pub(super) enum Of<'a> {
    Plan { facts: &'a Facts<'a>, cluster: &'a Cluster<'a>, world: Box<ClusterWorld> },
    Manifests { manifests: &'a Manifests, sources: &'a [Source] },
}

/// Why a question has no answer, and what to ask instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswerable {
    pub message: String,
    pub help: Option<String>,
}

impl Unanswerable {
    pub fn new(message: impl Into<String>) -> Unanswerable {
        Unanswerable { message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Unanswerable {
        self.help = Some(help.into());
        self
    }
}

impl<'a> Subject<'a> {
    /// A cluster that a plan generates, under the policies that it enforces, or also under those that it only stages.
    pub fn of_plan(facts: &'a Facts<'a>, cluster: &'a Cluster<'a>, staged: bool) -> Subject<'a> {
        let mut known = ClusterWorld::new(facts, cluster, staged);
        let world = std::mem::take(&mut known.world);
        let title = format!("{} of {}", cluster.name, facts.resolved.name);
        Subject { title, world, of: Of::Plan { facts, cluster, world: Box::new(known) } }
    }

    /// The cluster that objects describe.
    pub fn of_manifests(
        manifests: &'a Manifests,
        sources: &'a [Source],
        title: impl Into<String>,
    ) -> Subject<'a> {
        let world = manifests.world.clone();
        Subject { title: title.into(), world, of: Of::Manifests { manifests, sources } }
    }

    pub fn network(&self) -> Network {
        Network::new(&self.world)
    }

    /// The same cluster were its staged policies enforced; nothing where none is staged.
    pub fn if_enforced(&self) -> Option<World> {
        let policies = match &self.of {
            Of::Plan { facts, cluster, .. } => {
                let staged = facts.guards_of(cluster.id).iter().any(|guard| guard.staged);
                staged.then(|| ClusterWorld::new(facts, cluster, true).world.policies)
            }
            Of::Manifests { manifests, .. } => {
                (!manifests.staged.is_empty()).then(|| manifests.with_staged().world.policies)
            }
        }?;
        Some(World { policies, ..self.world.clone() })
    }

    /// The single addresses that Services answer at, which no policy ever sees as a destination.
    pub fn service_addresses(&self) -> Vec<Block> {
        match &self.of {
            Of::Plan { facts, cluster, .. } => {
                let services = facts.resolved.services_of(cluster.id).iter();
                let runtimes = facts.resolved.runtimes_of(cluster.id);
                let of_runtimes = runtimes.flat_map(|runtime| runtime.mesh.iter().chain(&runtime.scheduler));
                let all = services.flat_map(|service| &service.addresses).chain(of_runtimes);
                all.map(|address| Block::address(*address)).collect()
            }
            Of::Manifests { manifests, .. } => {
                manifests.service_addresses.keys().map(|address| Block::address(*address)).collect()
            }
        }
    }

    /// Why an answer is no proof, where it is none.
    pub fn caveats(&self) -> Vec<String> {
        let Of::Manifests { manifests, .. } = &self.of else { return Vec::new() };
        let others = manifests.found.iter().filter(|found| crate::manifests::finding::is_not_judged(found));
        match others.count() {
            0 => Vec::new(),
            1 => vec!["no proof: 1 policy of another kind is not judged".to_owned()],
            many => vec![format!("no proof: {many} policies of other kinds are not judged")],
        }
    }

    /// `namespace/name[Kind]` of a workload. What a plan declares are pods, whoever makes them.
    pub fn workload(&self, id: WorkloadId) -> String {
        let workload = &self.world.workloads[id.0];
        format!("{}/{}{}", workload.namespace, workload.name, self.kind())
    }

    /// What stands behind the name of a workload, where the name has no kind of its own.
    pub(super) fn kind(&self) -> &'static str {
        match self.of {
            Of::Plan { .. } => "[Pod]",
            Of::Manifests { .. } => "",
        }
    }

    /// `namespace/name` of a policy.
    pub fn policy(&self, policy: usize) -> String {
        crate::manifests::finding::name(&self.world.policies[policy])
    }

    /// Where a policy comes from: tables of the plan, or a place in a file.
    pub fn origin(&self, policy: usize) -> String {
        match &self.of {
            Of::Plan { facts, world, .. } => world.tables(facts, policy).join(", "),
            Of::Manifests { manifests, .. } => self.place(manifests.places[policy].name),
        }
    }

    /// Where a rule of a policy stands, when that is a place of its own.
    pub fn rule_origin(&self, policy: usize, direction: Direction, rule: usize) -> Option<String> {
        match &self.of {
            Of::Plan { facts, world, .. } => match world.origins[policy] {
                Origin::Guard(_) => None,
                Origin::Raw(at) => Some(facts.raw_policies[at].path.clone()),
            },
            Of::Manifests { manifests, .. } => {
                let rules = manifests.places[policy].rules(direction);
                rules.get(rule).map(|places| self.place(places.rule))
            }
        }
    }

    fn place(&self, span: Span) -> String {
        let Of::Manifests { sources, .. } = &self.of else { return String::new() };
        let source = &sources[usize::from(span.source)];
        format!("{}:{}", source.name, source.position(span.start as usize).line)
    }

    /// One end of a connection, as sentences call it.
    pub fn end(&self, end: &Endpoint) -> String {
        match end {
            // That what a plan declares are pods goes without saying.
            Endpoint::Workload(id) => {
                let workload = &self.world.workloads[id.0];
                format!("{}/{}", workload.namespace, workload.name)
            }
            Endpoint::Block(block) => super::address::block(block),
            Endpoint::Internet => "internet".to_owned(),
            Endpoint::Node => "node".to_owned(),
            Endpoint::OwnNode => "own node".to_owned(),
        }
    }

    /// A policy of the world.
    pub fn written(&self, policy: usize) -> &Policy {
        &self.world.policies[policy]
    }
}
