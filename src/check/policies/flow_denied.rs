//! Every flow that the plan declares gets through, from end to end.

use crate::check::Check;
use crate::connectivity::{Endpoint, Side, Verdict, World};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::{Facts, Flow};
use crate::resolve::Cluster;
use rayon::prelude::*;

pub const CHECK: Check = Check { rule: &RULE, find };

pub static RULE: Rule = Rule {
    code: "P5001",
    name: "flow-denied",
    level: Level::Error,
    summary: "every declared flow is allowed by the policies at both ends",
    explanation: "A connection needs the egress policies of its source and the ingress policies of its destination, on the \
                  port of the pod. One side alone is the commonest mistake with NetworkPolicies: the other side drops the \
                  packet, and the client sees a timeout. `plan` derives both sides; a policy of your own under `[policies]` \
                  that selects the same pods can still take something away, because it isolates what was open.",
    fails: r#"[tenants.search]

[[allow]]
from = "tenants.search"
to = "10.42.0.0/16"
port = 8080
"#,
    passes: r#"[tenants.fraud]

[tenants.search]

[[allow]]
from = "tenants.search"
to = "tenants.fraud"
port = 8080
"#,
    covers: &["POL-03", "POL-06", "POL-09", "POL-12", "N-01", "N-04", "N-05", "N-06", "N-11"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let clusters: Vec<&Cluster<'_>> = facts.resolved.targets().collect();
    let parts: Vec<Vec<Diagnostic>> = clusters.par_iter().map(|cluster| of_cluster(facts, cluster)).collect();
    found.extend(parts.into_iter().flatten());
}

fn of_cluster(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Vec<Diagnostic> {
    let judged = facts.judged(cluster);
    let (world, network) = (&judged.world, &judged.network);
    let mut found = Vec::new();
    for flow in facts.flows_of(cluster.id) {
        let questions = world.questions(flow);
        if let Some(failure) = network.prove(&questions).into_iter().next() {
            let port = questions[failure.flow].port;
            found.push(finding(flow, port, &world.world, &failure.from, &failure.to, &failure.verdict));
        }
    }
    found
}

fn finding(
    flow: &Flow,
    port: u16,
    world: &World,
    from: &Endpoint,
    to: &Endpoint,
    verdict: &Verdict,
) -> Diagnostic {
    let name = |end: &Endpoint| match end {
        Endpoint::Workload(id) => {
            let workload = &world.workloads[id.0];
            format!("`{}` in `{}`", workload.name, workload.namespace)
        }
        Endpoint::Block(_) => "an address".to_owned(),
        Endpoint::Internet => "the internet".to_owned(),
        Endpoint::Node | Endpoint::OwnNode => "a node".to_owned(),
    };
    let deciding =
        [("egress", &verdict.egress), ("ingress", &verdict.ingress)].into_iter().find_map(|(side, part)| {
            let Side::Denied(misses) = part else { return None };
            let names: Vec<String> =
                misses.iter().map(|miss| format!("`{}`", world.policies[miss.policy].name)).collect();
            Some(format!("no rule of {} allows its {side}", names.join(", ")))
        });
    let message = format!(
        "`{}` asks for {} to {} on port {port}, and the policies deny it",
        flow.from_table,
        name(from),
        name(to)
    );
    Diagnostic::new(&RULE, flow.span, message)
        .here(deciding.unwrap_or_else(|| "not every network plugin lets it through".to_owned()))
        .help("allow the flow in the policy that denies it, or let the policy select fewer pods")
        .on(flow.from_table.clone())
}
