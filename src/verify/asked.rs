//! Which cluster is asked about, as of which stage, and everything of the plan that the tree does not say.

use super::described;
use super::due::{Due, Dues};
use super::planned::Planned;
use crate::addresses::{Address, AddressSet, Cidr};
use crate::facts::Facts;
use crate::model::Tool;
use crate::resolve::{Argo, Cluster};
use std::collections::BTreeSet;

/// The question.
#[derive(Debug)]
pub struct Asked {
    pub cluster: String,
    /// `app.kubernetes.io/part-of` of every object of the plan.
    pub platform: String,
    pub stage: Option<String>,
    /// Whether another cluster takes its place, so that nothing is generated for it.
    pub replaced: bool,
    pub dues: Dues,
    /// What the tree has no object for.
    pub described: Vec<Planned>,
    /// The namespaces that the plan rules.
    pub namespaces: BTreeSet<String>,
    /// Its pools by name.
    pub pools: Vec<(String, AddressSet)>,
    pub addresses: Vec<PlannedAddress>,
    /// Node ports of today, for a cluster that is replaced.
    pub node_ports: Vec<NodePort>,
    /// The pod networks.
    pub pods: Vec<Cidr>,
    /// Whether Calico gives pods their addresses, and in which release.
    pub calico: Option<String>,
    /// Where the objects of the GitOps controller for this cluster lie in the tree: prefixes.
    pub gitops: Vec<String>,
    /// Whether the controller reaches the cluster by a name: it runs in another one, unless the dump shows that it runs here.
    pub controller_elsewhere: bool,
    /// Where the controller's repository holds the tree.
    pub repository_path: String,
    /// The stage and those before it, by place; nothing is all of them.
    done: Option<BTreeSet<usize>>,
    stages: Vec<String>,
}

/// An address that the plan gives.
#[derive(Clone, Debug)]
pub struct PlannedAddress {
    pub address: Address,
    /// The key path of its holder.
    pub holder: String,
    /// Its Service.
    pub namespace: String,
    pub service: String,
    pub pool: Option<String>,
    pub due: Due,
}

/// A node port that a service has in the cluster that is replaced.
#[derive(Clone, Debug)]
pub struct NodePort {
    pub number: u16,
    pub namespace: String,
    pub service: String,
    /// The key path of the service.
    pub from: String,
}

/// A name that the plan does not have, and those that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuch {
    pub message: String,
    pub help: String,
}

impl Asked {
    /// Asks about a cluster as of the end of a stage; without a stage, as of the end of all. The cluster may be left out
    /// where the stage says it or the plan generates only one.
    pub fn new(facts: &Facts<'_>, stage: Option<&str>, cluster: Option<&str>) -> Result<Asked, NoSuch> {
        let resolved = &facts.resolved;
        let as_of = stage.map(|name| find_stage(facts, name)).transpose()?;
        let of_stage = as_of.and_then(|at| resolved.stages[at].on);
        let cluster = match cluster {
            Some(name) => find_cluster(facts, name)?,
            None => match of_stage {
                Some(id) => resolved.cluster(id),
                None => only_target(facts)?,
            },
        };
        let dues = Dues::new(facts);
        let mut pools: Vec<(String, AddressSet)> = (resolved.pools_of(cluster.id))
            .map(|pool| (pool.name.to_owned(), pool.addresses.clone()))
            .collect();
        pools.sort_by(|a, b| a.0.cmp(&b.0));
        let mut asked = Asked {
            cluster: cluster.name.to_owned(),
            platform: resolved.name.to_owned(),
            stage: stage.map(str::to_owned),
            replaced: !cluster.is_target(),
            described: Vec::new(),
            namespaces: resolved.namespaces_of(cluster.id).iter().map(|space| space.name.clone()).collect(),
            pools,
            addresses: Vec::new(),
            node_ports: Vec::new(),
            pods: cluster.pods.clone(),
            calico: cluster.calico.as_ref().map(|calico| calico.version.to_string()),
            gitops: gitops(facts, cluster),
            controller_elsewhere: resolved.delivery.gitops.as_ref().is_some_and(|target| {
                target.tool == Tool::ArgoCd
                    && matches!(target.destinations.get(&cluster.id), Some(Argo::Named(_)))
            }),
            repository_path: resolved
                .delivery
                .gitops
                .as_ref()
                .map_or(String::new(), |target| target.path.clone()),
            done: as_of.map(|at| facts.stages.graph.before(at).chain([at]).collect()),
            stages: resolved.stages.iter().map(|stage| stage.name.to_owned()).collect(),
            dues,
        };
        described::describe(facts, cluster, &mut asked);
        Ok(asked)
    }

    /// Whether something has to be there.
    pub fn is_due(&self, due: Due) -> bool {
        match (due, &self.done) {
            (_, None) | (Due::Start, _) => true,
            (Due::Stage(due), Some(done)) => done.contains(&due),
            (Due::End, Some(_)) => false,
        }
    }

    pub fn stage_name(&self, due: Due) -> Option<String> {
        match due {
            Due::Stage(stage) => self.stages.get(stage).cloned(),
            Due::Start | Due::End => None,
        }
    }

    /// The pool that an address is in.
    pub fn pool_of(&self, address: Address) -> Option<&str> {
        self.pools.iter().find(|(_, set)| set.contains(address)).map(|(name, _)| name.as_str())
    }
}

/// Applications of every cluster lie where Argo CD runs; Flux runs in each cluster.
fn gitops(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Vec<String> {
    let Some(target) = facts.resolved.delivery.gitops.as_ref().filter(|_| cluster.is_target()) else {
        return Vec::new();
    };
    match target.tool {
        Tool::Flux => {
            vec![format!("gitops/{}/", cluster.name), format!("gitops/root-{}.yaml", cluster.name)]
        }
        Tool::ArgoCd => vec!["gitops/".to_owned()],
    }
}

fn find_stage(facts: &Facts<'_>, name: &str) -> Result<usize, NoSuch> {
    let stages = &facts.resolved.stages;
    stages.iter().position(|stage| stage.name == name).ok_or_else(|| NoSuch {
        message: format!("the plan has no stage `{name}`"),
        help: match stages.len() {
            0 => "it has no [[stages]]; without --stage the whole plan is compared".to_owned(),
            _ => format!("it has {}", stages.iter().map(|stage| stage.name).collect::<Vec<_>>().join(", ")),
        },
    })
}

fn find_cluster<'f, 'p>(facts: &'f Facts<'p>, name: &str) -> Result<&'f Cluster<'p>, NoSuch> {
    let clusters = &facts.resolved.clusters;
    clusters.iter().find(|cluster| cluster.name == name).ok_or_else(|| NoSuch {
        message: format!("the plan has no cluster `{name}`"),
        help: format!(
            "it has {}",
            clusters.iter().map(|cluster| cluster.name).collect::<Vec<_>>().join(", ")
        ),
    })
}

fn only_target<'f, 'p>(facts: &'f Facts<'p>) -> Result<&'f Cluster<'p>, NoSuch> {
    let targets: Vec<_> = facts.resolved.targets().collect();
    match targets.as_slice() {
        [only] => Ok(only),
        _ => Err(NoSuch {
            message: "the plan generates several clusters, and one dump is of one of them".to_owned(),
            help: format!(
                "name it: --cluster, one of {}",
                targets.iter().map(|cluster| cluster.name).collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}
