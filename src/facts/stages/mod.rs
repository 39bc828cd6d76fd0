//! The migration as people do it: what waits for what and for how long, what each stage does step by step, how far back
//! there is a way, and what is at risk.

mod graph;
mod outage;
mod risk;
mod rollback;
mod step;

pub use graph::Graph;
pub use outage::Outage;
pub use risk::{Factor, Risk, Subject, adjustable};
pub use rollback::{Loss, Rollback, Undo, is_guarded};
pub use step::{By, Step, StepKind, bootstraps, controller_starts, hands_over, one_writer, plain, tool};

use super::Order;
use crate::model::{Hold, RiskLevel};
use crate::resolve::Resolved;
use crate::time::{Moment, Schedule};

/// Every stage of the plan with what follows from it, and the whole of them in time.
#[derive(Debug, Default)]
pub struct Stages {
    /// In the order of the plan.
    pub stages: Vec<Stage>,
    pub graph: Graph,
    /// When each stage happens, in the order of the plan. A plan whose stages wait for each other is scheduled without
    /// what closes the circle; the checks refuse it.
    pub schedule: Schedule,
    /// When the migration begins, where the plan says so.
    pub start: Option<Moment>,
    /// How long it may take, in seconds, where the plan says so.
    pub allowed: Option<u64>,
    /// For how long each service is away, by cluster and name.
    pub outages: Vec<Outage>,
    /// Everything at risk, the worst first.
    pub risks: Vec<Risk>,
}

/// What follows from one stage.
#[derive(Debug)]
pub struct Stage {
    /// Its number in names of files and on pages, from 1.
    pub number: usize,
    /// What is done, in order.
    pub steps: Vec<Step>,
    pub rollback: Rollback,
    /// The worst of what it applies.
    pub risk: RiskLevel,
}

impl Stages {
    pub(super) fn new(resolved: &Resolved<'_>, order: &Order) -> Stages {
        let graph = Graph::new(resolved);
        let start = resolved.runbook().and_then(|runbook| runbook.start.as_ref()).map(|start| start.value);
        let allowed = resolved.runbook().and_then(|runbook| runbook.window.as_ref());
        let schedule = graph.schedule(resolved, start.map_or(0, Moment::time_of_day));
        let rollbacks = rollback::rollbacks(resolved, order, &graph);
        let risks = risk::risks(resolved, order, &rollbacks);
        let stages = rollbacks.into_iter().enumerate().map(|(at, rollback)| Stage {
            number: at + 1,
            steps: step::steps(resolved, order, at),
            rollback,
            risk: risks
                .iter()
                .filter(|risk| risk.stage == Some(at))
                .map(|risk| risk.level)
                .max()
                .unwrap_or(RiskLevel::Low),
        });
        Stages {
            stages: stages.collect(),
            outages: outage::outages(resolved, order, &graph, &schedule),
            graph,
            schedule,
            start,
            allowed: allowed.map(|window| window.value.seconds),
            risks,
        }
    }

    /// A time of the schedule on the clocks of the people: `Sat 2026-07-04 22:00`, or `+6h` without a beginning.
    pub fn clock(&self, seconds: u64) -> String {
        match self.start {
            Some(start) => {
                let moment = start.plus(seconds);
                format!("{} {moment}", moment.weekday())
            }
            None if seconds == 0 => "the start".to_owned(),
            None => format!("+{}", crate::model::values::Duration { seconds }),
        }
    }
}

/// Whether a stage waits for a person before it applies anything.
pub fn is_held(stage: &crate::resolve::Stage<'_>) -> bool {
    stage.written.hold.as_ref().is_some_and(|hold| hold.value == Hold::Manual)
}
