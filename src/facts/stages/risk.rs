//! What is at risk, computed from what the plan says, unless a person says otherwise and why.
//!
//! How likely it goes wrong times how much that hurts, each from 1 to 3, as in any risk matrix.

use super::rollback::{Loss, Rollback, outlives};
use super::step::{one_writer, plain};
use crate::facts::Order;
use crate::model::{RiskLevel, Strategy};
use crate::resolve::{Cluster, ClusterId, InstallId, Party, Resolved, Service, ServiceId, TenantId, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// Something that may go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    pub subject: Subject,
    /// Its key path, such as `services.minio`.
    pub on: String,
    pub cluster: Option<ClusterId>,
    /// The stage that applies it, by its place in the plan.
    pub stage: Option<usize>,
    /// Why, in a fixed order.
    pub factors: Vec<Factor>,
    /// 1 to 3.
    pub likelihood: u8,
    /// 1 to 3.
    pub impact: u8,
    /// What the two come to.
    pub computed: RiskLevel,
    /// The same, or what a person says.
    pub level: RiskLevel,
    /// Why the person says so.
    pub reason: Option<String>,
}

/// What is at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Cluster(ClusterId),
    Stage(usize),
    Service(ServiceId),
    Seldon(InstallId),
    Tenant(TenantId),
}

/// Why something is at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// It keeps data.
    Stateful,
    /// It keeps data that no stage saves, on machines that are torn down.
    NotSaved,
    /// One pod alone.
    SingleReplica,
    /// One control plane node alone.
    SingleServer,
    /// It shares its address with others.
    SharedAddress,
    /// Clients find it elsewhere than before.
    AddressChange,
    /// Outside state changes its one writer.
    OneWriter,
    /// Torn down and installed again on the same machines.
    Rebuilt,
    /// Its pod or Service network is another than before.
    NetworkChange,
    /// Nothing brings back what the stage does.
    Irreversible,
    /// Neither its stage nor a later one says where to go back to.
    NoRollback,
    /// So many services and tenants need it.
    NeededBy(usize),
}

impl Factor {
    /// One phrase.
    pub fn phrase(self) -> String {
        match self {
            Factor::Stateful => "keeps data".to_owned(),
            Factor::NotSaved => "its data is in no backup and goes with the machines".to_owned(),
            Factor::SingleReplica => "one pod".to_owned(),
            Factor::SingleServer => "one control plane node".to_owned(),
            Factor::SharedAddress => "shares its address".to_owned(),
            Factor::AddressChange => "clients find it elsewhere than before".to_owned(),
            Factor::OneWriter => "outside state changes its one writer".to_owned(),
            Factor::Rebuilt => "torn down and installed again".to_owned(),
            Factor::NetworkChange => "its networks change".to_owned(),
            Factor::Irreversible => "does what nothing undoes".to_owned(),
            Factor::NoRollback => "no stage says where to go back to".to_owned(),
            Factor::NeededBy(1) => "one other needs it".to_owned(),
            Factor::NeededBy(count) => format!("{count} others need it"),
        }
    }

    fn likelihood(self) -> u8 {
        match self {
            Factor::NotSaved
            | Factor::SharedAddress
            | Factor::AddressChange
            | Factor::OneWriter
            | Factor::Rebuilt
            | Factor::NetworkChange => 1,
            _ => 0,
        }
    }

    fn impact(self) -> u8 {
        match self {
            Factor::Stateful | Factor::SingleReplica | Factor::SingleServer | Factor::NoRollback => 1,
            Factor::NotSaved | Factor::Irreversible => 2,
            Factor::NeededBy(count) if count >= 4 => 2,
            Factor::NeededBy(_) => 1,
            _ => 0,
        }
    }
}

impl RiskLevel {
    fn of(likelihood: u8, impact: u8) -> RiskLevel {
        match likelihood * impact {
            0..=2 => RiskLevel::Low,
            3..=5 => RiskLevel::Medium,
            _ => RiskLevel::High,
        }
    }
}

/// Every risk, the worst first, then by key path.
pub fn risks(resolved: &Resolved<'_>, order: &Order, rollbacks: &[Rollback]) -> Vec<Risk> {
    let said: BTreeMap<&str, &crate::model::Risk> = (resolved.plan.risks.iter())
        .flat_map(|risks| &risks.value)
        .map(|risk| (risk.value.on.value.as_str(), &risk.value))
        .collect();
    let ways_back = ways_back(resolved);
    let mut all = Vec::new();
    let mut add = |subject, on: String, cluster, stage: Option<usize>, mut factors: Vec<Factor>| {
        if stage.is_some_and(|at| !ways_back[at]) {
            factors.push(Factor::NoRollback);
        }
        factors.sort_unstable();
        let points = |of: fn(Factor) -> u8| factors.iter().map(|factor| of(*factor)).sum::<u8>();
        let likelihood = (1 + points(Factor::likelihood)).min(3);
        let impact = (1 + points(Factor::impact)).min(3);
        let computed = RiskLevel::of(likelihood, impact);
        let said = said.get(on.as_str());
        all.push(Risk {
            subject,
            on,
            cluster,
            stage,
            factors,
            likelihood,
            impact,
            computed,
            level: said.map_or(computed, |said| said.level.value),
            reason: said.map(|said| said.reason.value.clone()),
        });
    };
    for cluster in resolved.targets() {
        let first =
            resolved.stages.iter().position(|stage| stage.on == Some(cluster.id) && stage.brings_something());
        let on = format!("clusters.{}", cluster.name);
        add(Subject::Cluster(cluster.id), on, Some(cluster.id), first, of_cluster(resolved, cluster));
    }
    for (at, rollback) in rollbacks.iter().enumerate() {
        let stage = &resolved.stages[at];
        let on = format!("stages.{}", stage.name);
        let irreversible = rollback.losses.iter().any(Loss::is_sudden);
        if irreversible || said.contains_key(on.as_str()) {
            let factors = irreversible.then_some(Factor::Irreversible);
            add(Subject::Stage(at), on, stage.on, Some(at), factors.into_iter().collect());
        }
    }
    let needed = needed(resolved);
    let shared = shared(resolved);
    for service in &resolved.services {
        let stage = order.stage_of(Unit::Service(service.id));
        let mut factors = of_service(resolved, service, &shared);
        factors.extend(needed.get(&service.id).map(|count| Factor::NeededBy(*count)));
        add(Subject::Service(service.id), service.path(), Some(service.cluster), stage, factors);
    }
    for install in &resolved.installs {
        let stage = order.stage_of(Unit::Seldon);
        let runtimes =
            resolved.runtimes_of(install.cluster).filter(|runtime| runtime.tenant.is_some()).count();
        let factors = (runtimes > 0).then_some(Factor::NeededBy(runtimes));
        add(
            Subject::Seldon(install.id),
            "seldon".to_owned(),
            Some(install.cluster),
            stage,
            factors.into_iter().collect(),
        );
    }
    for tenant in &resolved.tenants {
        let stage = order.stage_of(Unit::Tenant(tenant.id));
        // A runtime has one scheduler, whatever its values say.
        let factors = tenant.runtime.map(|_| Factor::SingleReplica).into_iter().collect();
        add(Subject::Tenant(tenant.id), tenant.path(), Some(tenant.cluster), stage, factors);
    }
    all.sort_by(|a, b| {
        let weight = |risk: &Risk| (risk.level, risk.likelihood * risk.impact);
        weight(b).cmp(&weight(a)).then_with(|| (&a.on, a.cluster).cmp(&(&b.on, b.cluster)))
    });
    all
}

/// For each stage whether it, or a later one on its cluster, says where to go back to.
fn ways_back(resolved: &Resolved<'_>) -> Vec<bool> {
    let mut on: BTreeSet<Option<ClusterId>> = BTreeSet::new();
    let mut ways: Vec<bool> = Vec::with_capacity(resolved.stages.len());
    for stage in resolved.stages.iter().rev() {
        if stage.rollback.is_some() {
            on.insert(stage.on);
        }
        // On a cluster that replaces none, the state before is a commit away.
        let replaces = stage.on.is_some_and(|on| resolved.cluster(on).replaces.is_some());
        ways.push(!replaces || on.contains(&stage.on));
    }
    ways.reverse();
    ways
}

fn of_cluster(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> Vec<Factor> {
    let mut factors = Vec::new();
    if cluster.servers.len() == 1 {
        factors.push(Factor::SingleServer);
    }
    if cluster.strategy == Some(Strategy::Rebuild) {
        factors.push(Factor::Rebuilt);
    }
    if let Some(old) = cluster.replaces.map(|old| resolved.cluster(old))
        && (&old.pods, &old.services) != (&cluster.pods, &cluster.services)
    {
        factors.push(Factor::NetworkChange);
    }
    factors
}

fn of_service(
    resolved: &Resolved<'_>,
    service: &Service<'_>,
    shared: &BTreeMap<(ClusterId, &str), usize>,
) -> Vec<Factor> {
    let cluster = resolved.cluster(service.cluster);
    let mut factors = Vec::new();
    if service.written.stateful() {
        factors.push(Factor::Stateful);
        let saves = resolved.stages.iter().flat_map(|stage| &stage.written.r#do).flat_map(|list| &list.value);
        let mut names = saves.filter_map(|word| word.value.strip_prefix("backup:")).map(plain);
        let torn_down = cluster.strategy == Some(Strategy::Rebuild) && !outlives(resolved);
        if torn_down && !names.any(|name| name == service.key) {
            factors.push(Factor::NotSaved);
        }
    }
    if service.written.replicas() <= 1 {
        factors.push(Factor::SingleReplica);
    }
    let word = service.written.share.as_ref().map(|share| (service.cluster, share.value.as_str()));
    if word.is_some_and(|word| shared.get(&word).is_some_and(|count| *count > 1)) {
        factors.push(Factor::SharedAddress);
    }
    if cluster.replaces.is_some() && service.ports.iter().any(|port| port.was.is_some()) {
        factors.push(Factor::AddressChange);
    }
    if cluster.replaces.is_some() && one_writer(resolved, service.id).next().is_some() {
        factors.push(Factor::OneWriter);
    }
    factors
}

/// How many services say each word of `share`.
fn shared<'r>(resolved: &'r Resolved<'_>) -> BTreeMap<(ClusterId, &'r str), usize> {
    let mut counts = BTreeMap::new();
    for service in &resolved.services {
        if let Some(share) = &service.written.share {
            *counts.entry((service.cluster, share.value.as_str())).or_default() += 1;
        }
    }
    counts
}

/// How many services and tenants need each service.
fn needed(resolved: &Resolved<'_>) -> BTreeMap<ServiceId, usize> {
    let mut counts: BTreeMap<ServiceId, usize> = BTreeMap::new();
    let lists = (resolved.services.iter().map(|service| &service.needs))
        .chain(resolved.tenants.iter().map(|tenant| &tenant.needs))
        .chain(resolved.installs.iter().map(|install| &install.needs));
    for list in lists {
        let ids =
            list.iter().filter_map(|need| if let Party::Service(id) = need.party { Some(id) } else { None });
        for id in ids.collect::<BTreeSet<_>>() {
            *counts.entry(id).or_default() += 1;
        }
    }
    counts
}

/// Whether a key path is something that a risk may be about.
pub fn adjustable<'r>(resolved: &'r Resolved<'_>) -> impl Iterator<Item = String> + 'r {
    let clusters = resolved.targets().map(|cluster| format!("clusters.{}", cluster.name));
    let stages = resolved.stages.iter().map(|stage| format!("stages.{}", stage.name));
    let services = resolved.services.iter().map(Service::path);
    let tenants = resolved.tenants.iter().map(|tenant| tenant.path());
    let seldon = resolved.installs.iter().map(|_| "seldon".to_owned());
    clusters.chain(stages).chain(services).chain(tenants).chain(seldon)
}
