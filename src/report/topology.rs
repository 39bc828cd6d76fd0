//! Machines to the left, pools in the middle, what has an address to the right: one drawing a cluster.

use crate::facts::Facts;
use crate::model::Strategy;
use crate::resolve::{Assigned, Cluster, Holder, Resolved};
use serde::Serialize;
use std::collections::BTreeMap;

/// Every drawing, and the table that says the same.
#[derive(Serialize)]
pub struct Topology {
    pub lan: Vec<String>,
    pub clusters: Vec<Drawing>,
    /// Machines that are in no cluster, and what is outside.
    pub others: Vec<[String; 3]>,
    /// Whether the drawings are few enough to be all open.
    pub open: bool,
}

/// One cluster: facts for the table, and boxes and lines.
#[derive(Serialize)]
pub struct Drawing {
    pub name: String,
    pub software: String,
    pub network: String,
    /// What it replaces, or what replaces it, as a sentence; possibly nothing.
    pub about: String,
    pub pods: String,
    pub services: String,
    pub servers: usize,
    pub agents: usize,
    pub held: usize,
    pub is_target: bool,
    pub height: usize,
    pub frame: usize,
    pub machines: Vec<Shape>,
    pub pools: Vec<Shape>,
    pub holders: Vec<Shape>,
    pub lines: Vec<Line>,
}

/// A box with two lines of text.
#[derive(Clone, Serialize)]
pub struct Shape {
    pub y: usize,
    pub height: usize,
    pub title: String,
    pub about: String,
    pub class: &'static str,
}

/// From the right side of one column to the left side of the next.
#[derive(Serialize)]
pub struct Line {
    pub path: String,
    pub class: &'static str,
}

/// Pixels: the tops of the boxes, their heights, and the sides of the columns; the first ends with its frame, for all of
/// its machines announce. The template draws with the same widths.
const TOP: usize = 52;
const MACHINE: usize = 44;
const POOL: usize = 64;
const HOLDER: usize = 30;
const GAP: usize = 10;
const SIDES: [(usize, usize); 3] = [(20, 262), (350, 600), (690, 1050)];

/// A pool with more holders shows this many and counts the rest; the table of services has them all.
const SHOWN: usize = 30;

pub fn topology(facts: &Facts<'_>) -> Topology {
    let resolved = &facts.resolved;
    let mut of_pool: BTreeMap<_, Vec<&Assigned>> = BTreeMap::new();
    for assigned in &resolved.addresses {
        of_pool.entry(assigned.pool).or_default().push(assigned);
    }
    let clusters: Vec<Drawing> =
        resolved.clusters.iter().map(|cluster| drawing(resolved, cluster, &of_pool)).collect();
    let lan = resolved.lan.cidrs.iter().map(ToString::to_string).collect();
    let open = clusters.len() <= 3;
    Topology { lan, clusters, others: others(resolved), open }
}

fn drawing(
    resolved: &Resolved<'_>,
    cluster: &Cluster<'_>,
    of_pool: &BTreeMap<Option<crate::resolve::PoolId>, Vec<&Assigned>>,
) -> Drawing {
    let mut machines = Vec::new();
    for id in cluster.nodes() {
        let host = resolved.host(id);
        let server = cluster.servers.contains(&id);
        let addresses: Vec<String> = host.addresses.iter().map(ToString::to_string).collect();
        machines.push(Shape {
            y: TOP + machines.len() * (MACHINE + GAP),
            height: MACHINE,
            title: host.name.to_owned(),
            about: format!("{}{}", if server { "server, " } else { "agent, " }, addresses.join(" ")),
            class: if server { "server" } else { "agent" },
        });
    }
    let frame = (machines.len() * (MACHINE + GAP)).max(MACHINE + GAP);
    let (mut pools, mut holders, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    let (mut held, mut next, mut below) = (0, TOP, TOP);
    for pool in resolved.pools_of(cluster.id) {
        let all = of_pool.get(&Some(pool.id)).map_or(&[][..], Vec::as_slice);
        held += all.len();
        let first = next;
        for assigned in all.iter().take(SHOWN) {
            let title = assigned.address.to_string();
            let about = holder(resolved, assigned);
            holders.push(Shape { y: next, height: HOLDER, title, about, class: "holder" });
            next += HOLDER + GAP;
        }
        if all.len() > SHOWN {
            let title = format!("and {} more", all.len() - SHOWN);
            let about = "see the table".to_owned();
            holders.push(Shape { y: next, height: HOLDER, title, about, class: "more" });
            next += HOLDER + GAP;
        }
        let middle = (first + next.max(first + HOLDER + GAP) - GAP) / 2;
        let y = middle.saturating_sub(POOL / 2).max(below);
        below = y + POOL + GAP;
        let ranges: Vec<String> = pool.ranges.iter().map(ToString::to_string).collect();
        let ways: Vec<&str> = pool.advertise.iter().map(|way| way.word()).collect();
        pools.push(Shape {
            y,
            height: POOL,
            title: format!("{}: {}", pool.name, ways.join(" and ")),
            about: ranges.join(" "),
            class: "pool",
        });
        let centre = y + POOL / 2;
        let from_machines = TOP + frame / 2 - GAP / 2;
        lines.push(line(SIDES[0].1, from_machines, SIDES[1].0, centre, "announces"));
        let own = holders.iter().filter(|shape| shape.y >= first);
        lines.extend(
            own.map(|shape| line(SIDES[1].1, centre, SIDES[2].0, shape.y + HOLDER / 2, "gives"))
                .collect::<Vec<_>>(),
        );
        next = next.max(below);
    }
    let calico = cluster.calico.as_ref().map(|calico| format!("Calico {}", calico.version));
    let metallb = cluster.metallb().map(|metallb| format!("MetalLB {}", metallb.version.value));
    let list = |networks: &[crate::addresses::Cidr]| {
        networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    Drawing {
        name: cluster.name.to_owned(),
        software: format!("{} {}", cluster.distribution.word(), cluster.version),
        network: [calico.or_else(|| Some(cluster.cni.word().to_owned())), metallb]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", "),
        about: about(resolved, cluster),
        pods: list(&cluster.pods),
        services: list(&cluster.services),
        servers: cluster.servers.len(),
        agents: cluster.agents.len(),
        held,
        is_target: cluster.is_target(),
        height: (TOP + frame).max(next).max(below) + GAP,
        frame,
        machines,
        pools,
        holders,
        lines,
    }
}

fn about(resolved: &Resolved<'_>, cluster: &Cluster<'_>) -> String {
    match (cluster.replaces, cluster.replaced_by) {
        (Some(old), _) => {
            let old = resolved.cluster(old).name;
            match cluster.strategy {
                Some(Strategy::Rebuild) => format!("takes the place of {old} on the same machines"),
                _ => format!("takes the place of {old}, beside it"),
            }
        }
        (None, Some(new)) => format!("described only: {} takes its place", resolved.cluster(new).name),
        (None, None) => String::new(),
    }
}

fn line(x1: usize, y1: usize, x2: usize, y2: usize, class: &'static str) -> Line {
    let bend = (x1 + x2) / 2;
    Line { path: format!("M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}"), class }
}

/// The key path of what has an address.
pub fn holder(resolved: &Resolved<'_>, assigned: &Assigned) -> String {
    match assigned.holder {
        Holder::Service(id) => resolved.service(id).path(),
        Holder::Mesh(id) => format!("{}.mesh", resolved.runtime(id).path(resolved)),
        Holder::Scheduler(id) => format!("{}.scheduler", resolved.runtime(id).path(resolved)),
    }
}

/// Name, what it is, where it is.
fn others(resolved: &Resolved<'_>) -> Vec<[String; 3]> {
    let mut in_cluster = vec![false; resolved.hosts.len()];
    for host in resolved.clusters.iter().flat_map(Cluster::nodes) {
        in_cluster[host.index()] = true;
    }
    let list = |all: &[crate::addresses::Address]| {
        all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let hosts = resolved.hosts.iter().filter(|host| !in_cluster[host.id.index()]);
    let mut rows: Vec<[String; 3]> =
        hosts.map(|host| [host.name.to_owned(), "machine".to_owned(), list(&host.addresses)]).collect();
    rows.extend(resolved.externals.iter().map(|external| {
        let ports: Vec<String> = external.ports.iter().map(ToString::to_string).collect();
        let about = format!("outside, port {}/{}", ports.join(", "), external.protocol.word());
        [external.name.to_owned(), about, list(&external.addresses)]
    }));
    rows
}
