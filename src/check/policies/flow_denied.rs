//! Every flow that the plan declares gets through, from end to end.

use crate::addresses::{Cidr, Family};
use crate::check::Check;
use crate::connectivity::{Endpoint, Failure, Side};
use crate::diagnostics::{Diagnostic, Level, Rule};
use crate::facts::flow::{Kind, Side as FlowSide};
use crate::facts::{ClusterWorld, Facts, Flow, Origin};
use crate::resolve::Cluster;
use rayon::prelude::*;
use std::collections::BTreeSet;

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
    fails: r#"[services.api]
namespace = "api"
selector = { app = "api" }
ports = { http = "8080" }
clients = []

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
clients = []
needs = ["api"]

[policies.close-api]
metadata = { namespace = "api" }
spec = { podSelector = { matchLabels = { app = "api" } }, policyTypes = ["Ingress"] }
"#,
    passes: r#"[services.api]
namespace = "api"
selector = { app = "api" }
ports = { http = "8080" }
clients = []

[services.web]
namespace = "web"
selector = { app = "web" }
ports = { http = "80" }
clients = []
needs = ["api"]

[policies.close-api]
metadata = { namespace = "api" }
spec = { podSelector = { matchLabels = { app = "api" } }, policyTypes = ["Ingress"], ingress = [{ from = [{ namespaceSelector = { matchLabels = { "kubernetes.io/metadata.name" = "web" } } }], ports = [{ protocol = "TCP", port = 8080 }] }] }
"#,
    covers: &["POL-03", "POL-06", "POL-09", "POL-12", "N-01", "N-04", "N-05", "N-06", "N-11"],
};

fn find(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let clusters: Vec<&Cluster<'_>> = facts.resolved.targets().collect();
    let parts: Vec<Vec<Diagnostic>> = clusters.par_iter().map(|cluster| of_cluster(facts, cluster)).collect();
    found.extend(parts.into_iter().flatten());
}

/// Whether an address says what it is: where networks overlap, or pods and Services have other families, a packet can be
/// anything. Rules about addresses report that, and nothing can be said here.
fn is_judgeable(facts: &Facts<'_>, cluster: &Cluster<'_>) -> bool {
    let families = |cidrs: &[Cidr]| -> BTreeSet<Family> { cidrs.iter().map(Cidr::family).collect() };
    let own: Vec<&Cidr> = cluster.pods.iter().chain(&cluster.services).collect();
    let overlap = |a: &Cidr, b: &Cidr| a.contains(b.first()) || b.contains(a.first());
    let mut lan = facts.resolved.plan.lan.value.cidr.value.iter().map(|cidr| &cidr.value);
    let outside = lan.any(|lan| own.iter().any(|cidr| overlap(lan, cidr)));
    let inside = own.iter().enumerate().any(|(at, one)| own[..at].iter().any(|other| overlap(one, other)));
    !outside && !inside && families(&cluster.pods) == families(&cluster.services)
}

fn of_cluster(facts: &Facts<'_>, cluster: &Cluster<'_>) -> Vec<Diagnostic> {
    if !is_judgeable(facts, cluster) {
        return Vec::new();
    }
    let judged = facts.judged(cluster);
    let (world, network) = (&judged.world, &judged.network);
    let mut found = Vec::new();
    for flow in facts.flows_of(cluster.id) {
        let questions = world.questions(flow);
        if let Some(failure) = network.prove(&questions).into_iter().next() {
            let unasked = flow.kind == Kind::SameNamespace || is_presumed(facts, cluster, flow);
            if unasked && is_meant(world, &failure) {
                continue;
            }
            found.push(finding(facts, flow, questions[failure.flow].port, world, &failure));
        }
    }
    found
}

/// Whether the pods of a platform's namespace may call the API server only because nobody said that they do not.
fn is_presumed(facts: &Facts<'_>, cluster: &Cluster<'_>, flow: &Flow) -> bool {
    let (Kind::ApiServer, FlowSide::Pods(from)) = (flow.kind, &flow.from) else { return false };
    let resolved = &facts.resolved;
    let controls = |id| resolved.install_of(cluster.id).is_some_and(|install| install.namespace == id);
    resolved.find_namespace(cluster.id, &from.namespace).is_some_and(|namespace| {
        namespace.tenant().is_none() && namespace.shared.api_server.is_none() && !controls(namespace.id)
    })
}

/// Neighbours may talk because nobody said otherwise; a raw policy says otherwise.
fn is_meant(world: &ClusterWorld, failure: &Failure) -> bool {
    [&failure.verdict.egress, &failure.verdict.ingress].into_iter().any(|side| match side {
        Side::Denied(misses) => {
            misses.iter().all(|miss| matches!(world.origins[miss.policy], Origin::Raw(_)))
        }
        Side::Depends { grants, .. } => {
            !grants.is_empty()
                && grants.iter().all(|grant| matches!(world.origins[grant.policy], Origin::Raw(_)))
        }
        _ => false,
    })
}

fn finding(facts: &Facts<'_>, flow: &Flow, port: u16, world: &ClusterWorld, failure: &Failure) -> Diagnostic {
    let name = |end: &Endpoint| match end {
        Endpoint::Workload(id) => {
            let workload = &world.world.workloads[id.0];
            format!("`{}` in `{}`", workload.name, workload.namespace)
        }
        Endpoint::Block(block) => block_words(block),
        Endpoint::Internet => "the internet".to_owned(),
        Endpoint::Node | Endpoint::OwnNode => "a node".to_owned(),
    };
    let sides = [("egress", &failure.verdict.egress), ("ingress", &failure.verdict.ingress)];
    let deciding = sides.into_iter().find_map(|(side, part)| {
        let Side::Denied(misses) = part else { return None };
        Some((side, misses.iter().map(|miss| miss.policy).collect::<Vec<usize>>()))
    });
    let port = if flow.ports.is_empty() { "every port".to_owned() } else { format!("port {port}") };
    let message = format!(
        "`{}` asks for {} to {} on {port}, and the policies deny it",
        flow.from_table,
        name(&failure.from),
        name(&failure.to)
    );
    let here = match &deciding {
        None => "not every network plugin lets it through".to_owned(),
        Some((side, policies)) => {
            let names: Vec<String> =
                policies.iter().map(|policy| format!("`{}`", world.world.policies[*policy].name)).collect();
            format!("no rule of {} allows its {side}", names.join(", "))
        }
    };
    let mut finding = Diagnostic::new(&RULE, flow.span, message).here(here);
    for (side, policy) in
        deciding.iter().flat_map(|(side, policies)| policies.iter().map(move |at| (side, *at)))
    {
        if let Origin::Raw(at) = world.origins[policy] {
            let raw = &facts.raw_policies[at];
            finding = finding.label(raw.places.name, format!("`{}` isolates the {side} here", raw.path));
        }
    }
    // Nothing denies it: an address of a pod or a Service is simply nothing that a policy can be trusted to see.
    let help = match (&failure.to, &deciding) {
        (Endpoint::Block(_), None) => {
            "pods and Services are called by name: write the service, tenant or namespace in place of the network"
        }
        (Endpoint::Workload(_), None) => {
            "pods call by name: write the service, tenant or namespace in place of the network"
        }
        _ => "allow the flow in the policy that denies it, or let the policy select fewer pods",
    };
    finding.help(help).on(flow.from_table.clone())
}

/// An address, or a network by its ends.
fn block_words(block: &crate::connectivity::Block) -> String {
    let address = |number: u128| match block.family {
        crate::connectivity::Family::V4 => {
            std::net::Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).to_string()
        }
        crate::connectivity::Family::V6 => std::net::Ipv6Addr::from(number).to_string(),
    };
    match block.first == block.last {
        true => address(block.first),
        false => format!("{}-{}", address(block.first), address(block.last)),
    }
}
