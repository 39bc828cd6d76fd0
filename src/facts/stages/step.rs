//! What is done in a stage, one step after the other: save and drain, machines, the network, what a controller applies in
//! its order, what comes back from a backup, and the checks.

use crate::facts::Order;
use crate::model::{Layer, Strategy, Tool};
use crate::resolve::{Cluster, ClusterId, Party, Resolved, ServiceId, Unit, Writer};
use std::collections::BTreeSet;

/// One step of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    pub by: By,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// A word of `do`, such as `backup:postgres`.
    Do(String),
    /// The old cluster's copy of a service stops writing to what one cluster at a time may write to; no `do` says so.
    HandOver(ServiceId),
    /// The playbook with these tags; without any, the whole cluster is installed.
    Machines(Vec<String>),
    /// Calico by kubectl, before a controller can run.
    Bootstrap,
    /// The GitOps controller is told where the tree lies; from here on it applies by itself.
    StartController,
    /// Something that the stage applies; services after those that they need.
    Apply(Unit),
    /// Something that was saved comes back; the word behind `restore:`.
    Restore(String),
    /// A word of `check`.
    Check(String),
}

/// Who does a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// A script of the runbook.
    Script,
    Ansible,
    /// kubectl or helm, by a person.
    Person,
    ArgoCd,
    Flux,
    /// The release of a chart, or an operator, that somebody else keeps.
    Chart,
}

pub fn steps(resolved: &Resolved<'_>, order: &Order, at: usize) -> Vec<Step> {
    let stage = &resolved.stages[at];
    let mut steps = Vec::new();
    let mut push = |kind, by| steps.push(Step { kind, by });
    // The pods that data is put back under must be there first.
    let brought = |name: &str| {
        stage
            .apply
            .iter()
            .any(|unit| matches!(unit.value, Unit::Service(id) if resolved.service(id).key == name))
    };
    let mut later = Vec::new();
    for word in stage.written.r#do.iter().flat_map(|list| &list.value) {
        match word.value.strip_prefix("restore:").map(plain).filter(|name| brought(name)) {
            Some(name) => later.push(name.to_owned()),
            None => push(StepKind::Do(word.value.clone()), By::Script),
        }
    }
    for service in handovers(resolved, order, at) {
        push(StepKind::HandOver(service), By::Script);
    }
    let tags: Vec<String> =
        stage.written.tags.iter().flat_map(|tags| &tags.value).map(|tag| tag.value.clone()).collect();
    if !tags.is_empty() || is_installed_here(resolved, at) {
        let by = if resolved.delivery.ansible.is_some() { By::Ansible } else { By::Person };
        push(StepKind::Machines(tags), by);
    }
    let mut units: Vec<Unit> = stage.apply.iter().map(|unit| unit.value).collect();
    let calico = |unit: &Unit| matches!(unit, Unit::BootstrapCalico | Unit::Calico);
    let clusters = || resolved.targets().filter(|cluster| stage.on.is_none_or(|on| on == cluster.id));
    if units.iter().any(calico) && clusters().any(|cluster| bootstraps(resolved, cluster) == Some(at)) {
        push(StepKind::Bootstrap, By::Person);
    }
    if clusters().any(|cluster| controller_starts(resolved, cluster.id) == Some(at)) {
        push(StepKind::StartController, By::Person);
    }
    units.retain(|unit| *unit != Unit::BootstrapCalico);
    for unit in sorted(resolved, units) {
        push(StepKind::Apply(unit), by(resolved, unit).unwrap_or(By::Person));
    }
    for word in later.into_iter().chain(restores(resolved, order, at)) {
        push(StepKind::Restore(word), By::Script);
    }
    for word in stage.written.check.iter().flat_map(|list| &list.value) {
        push(StepKind::Check(word.value.clone()), By::Script);
    }
    steps
}

/// Whether a stage is the first on a cluster that takes the place of another: there is nothing to apply to before somebody
/// has installed it.
fn is_installed_here(resolved: &Resolved<'_>, at: usize) -> bool {
    let stage = &resolved.stages[at];
    let new = stage.on.is_some_and(|on| resolved.cluster(on).replaces.is_some());
    new && stage.brings_something()
        && !resolved.stages[..at].iter().any(|before| before.on == stage.on && before.brings_something())
}

/// The stage in which the GitOps controller of a cluster is told where the tree lies: the first that applies something by
/// it. From then on it brings whatever is not held, of later stages too.
pub fn controller_starts(resolved: &Resolved<'_>, on: ClusterId) -> Option<usize> {
    let tool = Some(tool(resolved)?);
    let by_it = |unit: &Unit| by(resolved, *unit) == tool && *unit != Unit::BootstrapCalico;
    let mut stages = resolved.stages.iter();
    stages.position(|stage| {
        stage.on.is_none_or(|stage| stage == on) && stage.apply.iter().any(|unit| by_it(&unit.value))
    })
}

/// The stage that brings the network of a cluster, by kubectl: the first that applies Calico.
pub fn bootstraps(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Option<usize> {
    cluster.calico.as_ref()?;
    let calico = |unit: Unit| matches!(unit, Unit::BootstrapCalico | Unit::Calico);
    resolved.stages.iter().position(|stage| {
        stage.on.is_none_or(|on| on == cluster.id) && stage.apply.iter().any(|unit| calico(unit.value))
    })
}

/// The GitOps controller of the plan.
pub fn tool(resolved: &Resolved<'_>) -> Option<By> {
    resolved.delivery.gitops.as_ref().map(|gitops| match gitops.tool {
        Tool::ArgoCd => By::ArgoCd,
        Tool::Flux => By::Flux,
    })
}

/// Who applies a unit; nothing when nobody keeps it.
pub fn by(resolved: &Resolved<'_>, unit: Unit) -> Option<By> {
    let layer = match unit {
        Unit::BootstrapCalico | Unit::Calico => Layer::Calico,
        Unit::Metallb => Layer::Metallb,
        Unit::Namespaces => Layer::Namespaces,
        Unit::PoliciesBaseline | Unit::Policies => Layer::Policies,
        Unit::Service(id) if resolved.service(id).owner != crate::model::Owner::Plan => {
            return Some(By::Chart);
        }
        Unit::Service(_) => Layer::Services,
        Unit::Seldon | Unit::Tenant(_) => Layer::Seldon,
        Unit::Dns => return None,
    };
    match resolved.delivery.writer(layer)? {
        Writer::Ansible => Some(By::Ansible),
        Writer::Bootstrap => None,
        Writer::Gitops => tool(resolved),
    }
}

/// What is applied in the order in which a cluster takes it: the network, what defines kinds and gives addresses, policies,
/// services after those that they need, Seldon, tenants, and names last.
fn sorted(resolved: &Resolved<'_>, units: Vec<Unit>) -> Vec<Unit> {
    let rank = |unit: &Unit| match unit {
        Unit::BootstrapCalico | Unit::Calico => 0,
        Unit::Namespaces => 1,
        Unit::Metallb => 2,
        Unit::PoliciesBaseline => 3,
        Unit::Policies => 4,
        Unit::Service(_) => 5,
        Unit::Seldon => 6,
        Unit::Tenant(_) => 7,
        Unit::Dns => 8,
    };
    let services: BTreeSet<ServiceId> =
        units.iter().filter_map(|unit| if let Unit::Service(id) = unit { Some(*id) } else { None }).collect();
    let mut done = BTreeSet::new();
    let mut in_order = Vec::new();
    for id in &services {
        visit(resolved, *id, &services, &mut done, &mut in_order);
    }
    let mut others: Vec<Unit> = units.into_iter().filter(|unit| !matches!(unit, Unit::Service(_))).collect();
    others.sort_by_key(|unit| (rank(unit), *unit));
    others.dedup();
    let split = others.partition_point(|unit| rank(unit) < 5);
    let last = others.split_off(split);
    others.into_iter().chain(in_order.into_iter().map(Unit::Service)).chain(last).collect()
}

/// Depth first. Two services that call each other are both right: the one that comes first by name comes first.
fn visit(
    resolved: &Resolved<'_>,
    root: ServiceId,
    here: &BTreeSet<ServiceId>,
    done: &mut BTreeSet<ServiceId>,
    in_order: &mut Vec<ServiceId>,
) {
    // A chain of needs may be as long as the plan, so the stack is not that of the thread.
    let mut stack = vec![(root, false)];
    while let Some((id, needs_are_done)) = stack.pop() {
        if needs_are_done {
            in_order.push(id);
            continue;
        }
        if !done.insert(id) {
            continue;
        }
        stack.push((id, true));
        for need in resolved.service(id).needs.iter().rev() {
            if let Party::Service(need) = need.party
                && here.contains(&need)
                && !done.contains(&need)
            {
                stack.push((need, false));
            }
        }
    }
}

/// Services of a parallel cluster that write to what one cluster at a time may write to, and whose old copy no `drain:`
/// stops before this stage applies them.
pub(super) fn handovers(resolved: &Resolved<'_>, order: &Order, at: usize) -> Vec<ServiceId> {
    let stage = &resolved.stages[at];
    let services = stage.apply.iter().filter_map(|unit| match unit.value {
        Unit::Service(id) if order.stage_of(unit.value) == Some(at) => Some(id),
        _ => None,
    });
    services.filter(|id| hands_over(resolved, *id) && !is_drained(resolved, *id, at)).collect()
}

/// Whether a service takes outside state over from its copy in a cluster that is still alive.
pub fn hands_over(resolved: &Resolved<'_>, id: ServiceId) -> bool {
    let service = resolved.service(id);
    let cluster = resolved.cluster(service.cluster);
    cluster.replaces.is_some()
        && cluster.strategy == Some(Strategy::Parallel)
        && one_writer(resolved, id).next().is_some()
}

/// What a service needs that one cluster at a time may write to.
pub fn one_writer<'r>(
    resolved: &'r Resolved<'_>,
    id: ServiceId,
) -> impl Iterator<Item = crate::resolve::ExternalId> + 'r {
    let needs = resolved.service(id).needs.iter();
    needs.filter_map(|need| match need.party {
        Party::External(id) if resolved.external(id).written.writer() == crate::model::Writer::OneCluster => {
            Some(id)
        }
        _ => None,
    })
}

/// Whether `drain:` of a stage up to this one stops a service, or everything that writes to what it needs.
fn is_drained(resolved: &Resolved<'_>, id: ServiceId, at: usize) -> bool {
    let words =
        resolved.stages[..=at].iter().flat_map(|stage| &stage.written.r#do).flat_map(|list| &list.value);
    let names: BTreeSet<&str> =
        words.filter_map(|word| word.value.strip_prefix("drain:")).map(plain).collect();
    names.contains(resolved.service(id).key)
        || one_writer(resolved, id).all(|external| names.contains(resolved.external(external).name))
}

/// The name of a thing without the table that it is in.
pub fn plain(name: &str) -> &str {
    ["services.", "tenants.", "external."].iter().find_map(|table| name.strip_prefix(table)).unwrap_or(name)
}

/// What comes back in this stage from what stages on a rebuilt cluster saved: the key of sealed secrets before anything is
/// unsealed, and the data of a service once the service is there. What lies outside of the clusters stayed.
fn restores(resolved: &Resolved<'_>, order: &Order, at: usize) -> Vec<String> {
    let stage = &resolved.stages[at];
    let Some(cluster) = stage.on.map(|on| resolved.cluster(on)) else { return Vec::new() };
    if cluster.strategy != Some(Strategy::Rebuild) {
        return Vec::new();
    }
    let saved = saved(resolved, cluster);
    let written: BTreeSet<&str> = (resolved.stages.iter())
        .flat_map(|stage| &stage.written.r#do)
        .flat_map(|list| &list.value)
        .filter_map(|word| word.value.strip_prefix("restore:"))
        .map(plain)
        .collect();
    let mut words = Vec::new();
    if saved.contains(KEY) && !written.contains(KEY) && key_comes_back(resolved, cluster) == Some(at) {
        words.push(KEY.to_owned());
    }
    for unit in &stage.apply {
        let Unit::Service(id) = unit.value else { continue };
        let key = resolved.service(id).key;
        if order.stage_of(unit.value) == Some(at) && saved.contains(key) && !written.contains(key) {
            words.push(key.to_owned());
        }
    }
    words
}

/// The word for the key of sealed secrets.
pub const KEY: &str = "sealed-secrets-key";

/// What is saved on the cluster that a rebuilt one replaces, by the words behind `backup:`.
fn saved<'r>(resolved: &'r Resolved<'_>, cluster: &Cluster<'_>) -> BTreeSet<&'r str> {
    let on_old = resolved.stages.iter().filter(|stage| stage.on.is_some() && stage.on == cluster.replaces);
    let words = on_old.flat_map(|stage| &stage.written.r#do).flat_map(|list| &list.value);
    words.filter_map(|word| word.value.strip_prefix("backup:")).map(plain).collect()
}

/// The stage that brings the sealed-secrets controller: by its tag, or the first that checks that secrets open, or the
/// first that applies services.
fn key_comes_back(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Option<usize> {
    let on = || resolved.stages.iter().enumerate().filter(|(_, stage)| stage.on == Some(cluster.id));
    let has = |list: &Option<crate::source::Located<Vec<crate::source::Located<String>>>>, word: &str| {
        list.iter().flat_map(|list| &list.value).any(|written| written.value == word)
    };
    let by_tag = on().find(|(_, stage)| has(&stage.written.tags, "sealed-secrets"));
    let by_check = || on().find(|(_, stage)| has(&stage.written.check, "sealed-secrets-decrypt"));
    let by_service =
        || on().find(|(_, stage)| stage.apply.iter().any(|unit| matches!(unit.value, Unit::Service(_))));
    by_tag.or_else(by_check).or_else(by_service).map(|(at, _)| at)
}
