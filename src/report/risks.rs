//! What may go wrong: how likely down, how bad across, and why.

use crate::facts::Facts;
use serde::Serialize;

#[derive(Serialize)]
pub struct Risks {
    /// By likelihood from 3 to 1, each by impact from 1 to 3.
    pub matrix: Vec<Vec<Cell>>,
    pub rows: Vec<Row>,
    /// How many rows the page leaves out, all of them low.
    pub left_out: usize,
}

/// A place of the matrix.
#[derive(Serialize)]
pub struct Cell {
    pub count: usize,
    /// The first few.
    pub names: Vec<String>,
    pub more: usize,
    pub level: &'static str,
}

/// Something at risk.
#[derive(Serialize)]
pub struct Row {
    pub on: String,
    pub cluster: String,
    pub level: &'static str,
    /// What the numbers come to, when a person says otherwise.
    pub computed: Option<&'static str>,
    pub likelihood: u8,
    pub impact: u8,
    pub factors: Vec<String>,
    pub stage: String,
    pub reason: String,
}

const NAMES: usize = 4;
const ROWS: usize = 200;

pub fn risks(facts: &Facts<'_>) -> Risks {
    let resolved = &facts.resolved;
    let all = &facts.stages.risks;
    let cell = |likelihood: u8, impact: u8| {
        let here = || all.iter().filter(move |risk| (risk.likelihood, risk.impact) == (likelihood, impact));
        let count = here().count();
        Cell {
            count,
            names: here().take(NAMES).map(|risk| risk.on.clone()).collect(),
            more: count.saturating_sub(NAMES),
            level: match likelihood * impact {
                0..=2 => "low",
                3..=5 => "medium",
                _ => "high",
            },
        }
    };
    let matrix =
        (1..=3).rev().map(|likelihood| (1..=3).map(|impact| cell(likelihood, impact)).collect()).collect();
    let row = |risk: &crate::facts::stages::Risk| Row {
        on: risk.on.clone(),
        cluster: risk.cluster.map_or(String::new(), |id| resolved.cluster(id).name.to_owned()),
        level: risk.level.word(),
        computed: (risk.level != risk.computed).then(|| risk.computed.word()),
        likelihood: risk.likelihood,
        impact: risk.impact,
        factors: risk.factors.iter().map(|factor| factor.phrase()).collect(),
        stage: risk.stage.map_or(String::new(), |at| resolved.stages[at].name.to_owned()),
        reason: risk.reason.clone().unwrap_or_default(),
    };
    Risks { matrix, rows: all.iter().take(ROWS).map(row).collect(), left_out: all.len().saturating_sub(ROWS) }
}
