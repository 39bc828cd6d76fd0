//! The NetworkPolicies that allow every flow of guarded namespaces, and nothing else there.
//!
//! They are derived as the plain values that the evaluator judges, and printed one to one. The dialect is narrow on
//! purpose, so that every network plugin and tool reads it alike: numeric ports with their protocol, both `policyTypes`
//! and `podSelector` written, namespaces by `kubernetes.io/metadata.name`, networks without host bits, and no empty
//! `from` or `to` except where the plan's clients cannot be told from others.

use super::flow::{Flow, FlowPort, Group, Kind, Pods, Side};
use crate::connectivity::{NamespaceScope, Peer, Peers, Policy, PortMatch, PortSpec, Ports, Rule, Selector};
use crate::model::PolicyMode;
use crate::resolve::{ClusterId, Namespace, NamespaceId, Resolved};
use ipnet::IpNet;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A policy that the plan emits.
#[derive(Clone, Debug)]
pub struct Guard {
    pub cluster: ClusterId,
    pub namespace: NamespaceId,
    /// Staged: it is shown, not enforced.
    pub staged: bool,
    pub part: Part,
    pub policy: Policy,
    /// The tables that it comes from, sorted.
    pub from: Vec<String>,
}

/// Which part of the defence a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The same in every guarded namespace: default deny, DNS, API server, neighbours.
    Baseline,
    /// From what tables declare.
    Application,
    /// From Seldon's flow table.
    Seldon,
}

impl Part {
    /// The `app.kubernetes.io/component` of the policy.
    pub fn component(self) -> &'static str {
        match self {
            Part::Baseline => "baseline",
            Part::Application => "application",
            Part::Seldon => "seldon",
        }
    }
}

/// A policy in the making: rules by their ports, so that callers of the same ports share one rule.
struct Draft {
    part: Part,
    selector: Selector,
    ingress: Option<BTreeMap<Vec<FlowPort>, Callers>>,
    egress: Option<BTreeMap<Vec<FlowPort>, Callers>>,
    from: BTreeSet<String>,
}

#[derive(Default)]
struct Callers {
    anybody: bool,
    peers: BTreeSet<Peer>,
}

type Drafts = BTreeMap<(NamespaceId, String), Draft>;

/// Every policy, by cluster, namespace and name.
pub fn policies(resolved: &Resolved<'_>, flows: &[Flow]) -> Vec<Guard> {
    // Namespaces and flows both lie by cluster.
    let of_clusters: Vec<Vec<Guard>> = (resolved.namespaces)
        .par_chunk_by(|one, next| one.cluster == next.cluster)
        .map(|namespaces| {
            let cluster = namespaces[0].cluster;
            let start = flows.partition_point(|flow| flow.cluster < cluster);
            let end = flows.partition_point(|flow| flow.cluster <= cluster);
            of_cluster(resolved, namespaces, &flows[start..end])
        })
        .collect();
    of_clusters.into_iter().flatten().collect()
}

/// The policies of one cluster, by namespace and name.
fn of_cluster(resolved: &Resolved<'_>, namespaces: &[Namespace<'_>], flows: &[Flow]) -> Vec<Guard> {
    let guarded: HashMap<&str, NamespaceId> = (namespaces.iter())
        .filter(|namespace| namespace.is_guarded())
        .map(|namespace| (namespace.name.as_str(), namespace.id))
        .collect();
    let mut drafts = Drafts::new();
    for namespace in namespaces.iter().filter(|namespace| namespace.is_guarded()) {
        let deny = Draft {
            part: Part::Baseline,
            selector: Selector::everything(),
            ingress: Some(BTreeMap::new()),
            egress: Some(BTreeMap::new()),
            from: namespace.from.iter().cloned().collect(),
        };
        drafts.insert((namespace.id, "default-deny".to_owned()), deny);
    }
    for flow in flows {
        if let Side::Pods(pods) = &flow.to
            && let Some(namespace) = guarded.get(pods.namespace.as_str())
        {
            let draft = draft(&mut drafts, *namespace, pods, flow, true);
            let callers = draft.ingress.get_or_insert_default().entry(flow.ports.clone()).or_default();
            callers.add(&flow.from, pods);
        }
        if let Side::Pods(pods) = &flow.from
            && let Some(namespace) = guarded.get(pods.namespace.as_str())
        {
            let draft = draft(&mut drafts, *namespace, pods, flow, false);
            draft.egress.get_or_insert_default().entry(flow.ports.clone()).or_default().add(&flow.to, pods);
        }
    }
    let guards = drafts.into_iter().map(|((id, name), draft)| {
        let namespace = resolved.namespace(id);
        Guard {
            cluster: namespace.cluster,
            namespace: id,
            staged: namespace.policy == PolicyMode::Observe,
            part: draft.part,
            policy: Policy {
                namespace: namespace.name.clone(),
                name,
                pods: draft.selector,
                ingress: draft.ingress.map(rules),
                egress: draft.egress.map(rules),
            },
            from: draft.from.into_iter().collect(),
        }
    });
    guards.collect()
}

/// The policy that a flow belongs to, seen from the pods that it selects.
fn draft<'a>(
    drafts: &'a mut Drafts,
    namespace: NamespaceId,
    pods: &Pods,
    flow: &Flow,
    ingress: bool,
) -> &'a mut Draft {
    let (part, name) = place(pods, flow, ingress);
    let draft = drafts.entry((namespace, name)).or_insert_with(|| Draft {
        part,
        selector: pods.selector.clone(),
        ingress: None,
        egress: None,
        from: BTreeSet::new(),
    });
    draft.from.insert(flow.from_table.clone());
    draft
}

/// The name of the policy for one side of a flow. Names are stable: a new flow joins the policy of its kind.
fn place(pods: &Pods, flow: &Flow, ingress: bool) -> (Part, String) {
    let (part, name) = match (&pods.group, flow.kind) {
        (Group::Part(name), _) => (Part::Seldon, *name),
        (_, Kind::Dns) => (Part::Baseline, "allow-dns"),
        (_, Kind::ApiServer) => (Part::Baseline, "allow-api-server"),
        (_, Kind::SameNamespace) => (Part::Baseline, "allow-same-namespace"),
        (Group::Service(service), _) if ingress => return (Part::Application, format!("allow-to-{service}")),
        (Group::Service(service), _) => return (Part::Application, format!("allow-from-{service}")),
        (_, Kind::Call | Kind::Seldon(_)) if ingress => (Part::Application, "allow-clients"),
        (_, Kind::Call | Kind::Seldon(_)) => (Part::Application, "allow-calls"),
        (_, Kind::Internet) => (Part::Application, "allow-internet"),
        (_, Kind::Telemetry) => (Part::Application, "allow-telemetry"),
        (_, Kind::Scrape) => (Part::Application, "allow-scraping"),
        (_, Kind::Webhook) => (Part::Application, "allow-webhooks"),
    };
    (part, name.to_owned())
}

impl Callers {
    /// Adds the other side of a flow; `own` is the side that the policy selects.
    fn add(&mut self, other: &Side, own: &Pods) {
        match other {
            Side::Unrecognisable { .. } => self.anybody = true,
            Side::Pods(pods) => {
                let namespaces = if pods.namespace == own.namespace {
                    NamespaceScope::Own
                } else {
                    NamespaceScope::Matching(Selector::namespace(&pods.namespace))
                };
                self.peers.insert(Peer::Pods { namespaces, pods: pods.selector.clone() });
            }
            Side::Blocks(blocks) => self.peers.extend(blocks.iter().map(|block| {
                let network = |cidr: &crate::addresses::Cidr| {
                    IpNet::new(cidr.first(), cidr.prefix_length())
                        .expect("broken promise: a Cidr has a valid prefix")
                };
                Peer::Block { cidr: network(&block.cidr), except: block.except.iter().map(network).collect() }
            })),
        }
    }
}

fn rules(by_ports: BTreeMap<Vec<FlowPort>, Callers>) -> Vec<Rule> {
    // The same peers on other ports are one rule with more ports.
    let mut by_peers: BTreeMap<Peers, BTreeSet<FlowPort>> = BTreeMap::new();
    let mut everything: BTreeSet<Peer> = BTreeSet::new();
    for (ports, callers) in by_ports {
        if ports.is_empty() && !callers.anybody {
            // No ports means all of them, so these peers must not join the ports of another rule.
            everything.extend(callers.peers);
            continue;
        }
        // Whoever is listed beside "anybody" on the same ports is allowed already.
        let peers =
            if callers.anybody { Peers::Any } else { Peers::Listed(callers.peers.into_iter().collect()) };
        by_peers.entry(peers).or_default().extend(ports);
    }
    let mut rules: Vec<Rule> = by_peers
        .into_iter()
        .map(|(peers, ports)| Rule {
            peers,
            ports: Ports::listed(ports.into_iter().map(port_match).collect()),
        })
        .collect();
    if !everything.is_empty() {
        rules.push(Rule { peers: Peers::Listed(everything.into_iter().collect()), ports: Ports::All });
    }
    rules.sort_by(|a, b| (&a.ports, &a.peers).cmp(&(&b.ports, &b.peers)));
    rules
}

fn port_match(port: FlowPort) -> PortMatch {
    PortMatch { protocol: port.protocol, port: PortSpec::Range(port.first, port.last) }
}
