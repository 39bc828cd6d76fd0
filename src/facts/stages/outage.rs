//! For how long a service is away: from the moment its old copy stops until the stage that brings the new one is over.

use super::step::{controller_starts, hands_over, plain};
use super::{Graph, is_held};
use crate::facts::Order;
use crate::model::Strategy;
use crate::resolve::{Resolved, ServiceId, Unit};
use crate::time::Schedule;

/// A service and the time without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    pub service: ServiceId,
    /// The stage that stops it, by its place in the plan.
    pub stops: usize,
    /// The stage that brings it back.
    pub returns: usize,
    /// Seconds from the beginning of the schedule.
    pub from: u64,
    pub to: u64,
}

/// Every outage that the plan itself causes, by service. A service of a parallel cluster that hands nothing over has
/// none: the old copy answers until the names move.
pub fn outages(resolved: &Resolved<'_>, order: &Order, graph: &Graph, schedule: &Schedule) -> Vec<Outage> {
    let mut outages = Vec::new();
    for service in &resolved.services {
        let Some(returns) = order.stage_of(Unit::Service(service.id)) else { continue };
        let cluster = resolved.cluster(service.cluster);
        if cluster.replaces.is_none() {
            continue;
        }
        let torn_down = graph.first_on(cluster.id).filter(|_| cluster.strategy == Some(Strategy::Rebuild));
        // A controller that applies by itself does not wait for the stage, so the old copy stops before it starts.
        let handed_over =
            hands_over(resolved, service.id).then(|| match is_held(&resolved.stages[returns]) {
                true => returns,
                false => controller_starts(resolved, cluster.id).unwrap_or(returns).min(returns),
            });
        let drained = resolved.stages.iter().position(|stage| {
            let words = stage.written.r#do.iter().flat_map(|list| &list.value);
            stage.on == cluster.replaces
                && words
                    .filter_map(|word| word.value.strip_prefix("drain:"))
                    .any(|name| plain(name) == service.key)
        });
        let stops = [torn_down, handed_over, drained].into_iter().flatten();
        let Some(stops) = stops.min_by_key(|at| schedule.slots[*at].start) else { continue };
        outages.push(Outage {
            service: service.id,
            stops,
            returns,
            from: schedule.slots[stops].start,
            to: schedule.slots[returns].end,
        });
    }
    outages
}
