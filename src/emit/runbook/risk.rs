//! The risk matrix, and why everything stands where it stands.

use super::{Context, inline, level};
use crate::emit::readme::table;
use crate::facts::stages::{Factor, Risk, is_held};
use crate::model::RiskLevel;
use std::fmt::Write;

/// So many names stand in a field of the matrix; the others are counted.
const SHOWN: usize = 8;

pub fn page(context: &Context<'_, '_>) -> String {
    let facts = context.facts;
    let risks = &facts.stages.risks;
    let mut text = format!("# Risks of {}\n\n", facts.resolved.name);
    let count = |level: RiskLevel| risks.iter().filter(|risk| risk.level == level).count();
    let _ = writeln!(
        text,
        "{} high, {} medium, {} low. Computed from the plan: how likely it goes wrong, 1 to 3 (its address changes or is \
         shared, outside state changes its writer, it is torn down, its network changes), times how much that hurts, 1 to 3 \
         (it keeps data, has one pod or one server, others need it, nothing leads back). 1 and 2 are low, 3 and 4 medium, 6 \
         and 9 high. `[[risks]]` with a reason says otherwise.\n",
        count(RiskLevel::High),
        count(RiskLevel::Medium),
        count(RiskLevel::Low),
    );
    text.push_str("## Matrix\n\n");
    let field = |likelihood: u8, impact: u8| {
        let there: Vec<&Risk> =
            risks.iter().filter(|risk| (risk.likelihood, risk.impact) == (likelihood, impact)).collect();
        let names: Vec<String> = there.iter().take(SHOWN).map(|risk| format!("`{}`", risk.on)).collect();
        match there.len() {
            0 => String::new(),
            more if more > SHOWN => format!("{} and {} more", names.join(", "), more - SHOWN),
            _ => names.join(", "),
        }
    };
    let rows: Vec<Vec<String>> = [(3, "likely (3)"), (2, "possible (2)"), (1, "unlikely (1)")]
        .into_iter()
        .map(|(likelihood, word)| {
            let fields = (1..=3).map(|impact| field(likelihood, impact));
            std::iter::once(format!("**{word}**")).chain(fields).collect()
        })
        .collect();
    table(&mut text, &["", "a nuisance (1)", "an outage (2)", "data or the whole (3)"], &rows);
    text.push_str("## Every risk, the worst first\n\n");
    let rows: Vec<Vec<String>> = risks.iter().map(|risk| row(context, risk)).collect();
    table(&mut text, &["what", "cluster", "stage", "risk", "why", "what helps"], &rows);
    text
}

fn row(context: &Context<'_, '_>, risk: &Risk) -> Vec<String> {
    let resolved = &context.facts.resolved;
    let mut why: Vec<String> = risk.factors.iter().map(|factor| factor.phrase()).collect();
    let weight = match &risk.reason {
        Some(reason) if risk.level != risk.computed => {
            why.push(format!("but: {}", inline(reason)));
            format!("{} (computed: {})", level(risk.level), risk.computed.word())
        }
        Some(reason) => {
            why.push(inline(reason));
            format!("{} ({} × {})", level(risk.level), risk.likelihood, risk.impact)
        }
        None => format!("{} ({} × {})", level(risk.level), risk.likelihood, risk.impact),
    };
    // What can be done about it, for the gravest reason that has an answer.
    let helps = (risk.factors.iter().filter(|_| risk.level != RiskLevel::Low))
        .filter_map(|factor| match factor {
            Factor::NotSaved => Some("save it: `backup:NAME` in a stage before"),
            Factor::NoRollback => Some("say where to go back to: `rollback`"),
            Factor::Irreversible if risk.stage.is_some_and(|at| is_held(&resolved.stages[at])) => {
                Some("rehearse it, and say \"go\" only when everything before it has passed")
            }
            Factor::Irreversible => Some("let a person decide: `hold = \"manual\"`"),
            Factor::OneWriter => Some("the hand-over is a step of its own; do not skip its check"),
            Factor::Stateful => Some("rehearse the restore"),
            Factor::SingleServer => Some("a second person at the stage that rebuilds it"),
            Factor::AddressChange => Some("tell its clients; `names-resolve` shows that names are right"),
            Factor::SingleReplica => Some("a second pod for that night"),
            _ => None,
        })
        .next();
    vec![
        format!("`{}`", risk.on),
        risk.cluster.map_or(String::new(), |id| resolved.cluster(id).name.to_owned()),
        risk.stage.map_or(String::new(), |at| resolved.stages[at].name.to_owned()),
        weight,
        why.join(", "),
        helps.unwrap_or_default().to_owned(),
    ]
}
