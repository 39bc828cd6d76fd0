//! A large cluster as values and as manifests: tenants of four namespaces, fifty workloads and five policies in each.

use ipnet::IpNet;
use plan::connectivity::{
    Block, Direction, Endpoint, Flow, Group, Namespace, NamespaceScope, Network, Party, Peer, Peers, Policy,
    PortMatch, Ports, Protocol, Rule, Selector, Workload, WorkloadId, World,
};

pub const WORKLOADS: usize = 50;
/// Namespaces of one tenant.
pub const NAMESPACES: usize = 4;

/// Pairs of tenants that are not isolated.
pub fn leaks(network: &Network, namespaces: usize) -> Vec<(usize, usize)> {
    let groups: Vec<Group> = (0..namespaces / NAMESPACES)
        .map(|tenant| {
            let first = tenant * NAMESPACES * WORKLOADS;
            let members: Vec<WorkloadId> = (first..first + NAMESPACES * WORKLOADS).map(WorkloadId).collect();
            network.group(&members)
        })
        .collect();
    let tenants: Vec<usize> = (0..groups.len()).collect();
    let shut = network.shut(&groups, &tenants);
    let leaks = |from: usize| network.breaches(&shut, from).into_iter().map(move |(to, _)| (from, to));
    tenants.iter().flat_map(|from| leaks(*from)).collect()
}

fn cidr(text: &str) -> IpNet {
    text.parse().expect("a CIDR")
}

/// Six flows for each workload: DNS twice, two neighbours, the internet, and the ingress controller; and one more
/// neighbour for every fifth.
pub fn flows(namespaces: usize) -> Vec<Flow> {
    let one = |workload: usize| Party::One(Endpoint::Workload(WorkloadId(workload)));
    let (dns, controller) = (namespaces * WORKLOADS, namespaces * WORKLOADS + 1);
    let mut flows = Vec::new();
    for workload in 0..namespaces * WORKLOADS {
        let first = workload / WORKLOADS * WORKLOADS;
        let neighbour = |step: usize| first + (workload + step) % WORKLOADS;
        let mut add = |from: Party, to: Party, protocol, port| flows.push(Flow { from, to, protocol, port });
        add(one(workload), one(dns), Protocol::Udp, 53);
        add(one(workload), one(dns), Protocol::Tcp, 53);
        add(one(workload), one(neighbour(1)), Protocol::Tcp, 8080);
        add(one(workload), one(neighbour(7)), Protocol::Tcp, 9000);
        add(one(workload), Party::One(Endpoint::Internet), Protocol::Tcp, 443);
        add(one(controller), one(workload), Protocol::Tcp, 8080);
        if workload % 5 == 0 {
            add(one(workload), one(neighbour(3)), Protocol::Tcp, 8080);
        }
    }
    flows
}

/// The cluster; `flaw` is `leak`, two tenants that reach each other, or `gap`, a namespace without TCP for names.
pub fn world(namespaces: usize, flaw: Option<&str>) -> World {
    let mut world = World {
        nodes: vec![Block::new(cidr("192.168.1.0/24"))],
        pods: vec![Block::new(cidr("10.52.0.0/16"))],
        services: vec![Block::new(cidr("10.53.0.0/16"))],
        blocks_match_nodes: true,
        ..World::default()
    };
    for number in 0..namespaces {
        let name = format!("tenant-{number}");
        let tenant = (number / NAMESPACES).to_string();
        let labels = [("plan.dev/tenant".to_owned(), tenant)].into();
        world.namespaces.push(Namespace { name: name.clone(), labels });
        for workload in 0..WORKLOADS {
            world.workloads.push(pod(&name, &format!("app-{workload}"), "app"));
        }
        world.policies.extend(policies(&name, number, flaw));
    }
    for (namespace, app, key) in
        [("kube-system", "kube-dns", "k8s-app"), ("ingress-nginx", "controller", "app")]
    {
        world.namespaces.push(Namespace { name: namespace.to_owned(), labels: [].into() });
        world.workloads.push(pod(namespace, app, key));
    }
    world
}

fn pod(namespace: &str, name: &str, key: &str) -> Workload {
    let labels = [(key, name), ("tier", "web"), ("version", "v1")];
    Workload {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        ports: Vec::new(),
        host_network: false,
        addresses: Vec::new(),
    }
}

fn policies(namespace: &str, number: usize, flaw: Option<&str>) -> Vec<Policy> {
    let elsewhere = |namespace: &str, pods: Selector| Peer::Pods {
        namespaces: NamespaceScope::Matching(Selector::namespace(namespace)),
        pods,
    };
    let own = Peer::Pods { namespaces: NamespaceScope::Own, pods: Selector::labels([("tier", "web")]) };
    let rule = |peers: Vec<Peer>, ports: &[(Protocol, u16)]| Rule {
        peers: Peers::listed(peers),
        ports: Ports::listed(ports.iter().map(|(protocol, port)| PortMatch::one(*protocol, *port)).collect()),
    };
    let policy = |name: &str, ingress: Option<Vec<Rule>>, egress: Option<Vec<Rule>>| {
        let types: Vec<Direction> =
            [ingress.as_ref().map(|_| Direction::Ingress), egress.as_ref().map(|_| Direction::Egress)]
                .into_iter()
                .flatten()
                .collect();
        let (ingress, egress) = (ingress.unwrap_or_default(), egress.unwrap_or_default());
        Policy::from_spec(namespace, name, Selector::everything(), Some(&types), ingress, egress)
    };
    let mut dns = vec![(Protocol::Udp, 53), (Protocol::Tcp, 53)];
    if flaw == Some("gap") && number == 17 {
        dns.pop();
    }
    let internet = Peer::Block {
        cidr: cidr("0.0.0.0/0"),
        except: ["10.52.0.0/16", "10.53.0.0/16", "169.254.0.0/16", "192.168.1.0/24"].map(cidr).to_vec(),
    };
    let web = [(Protocol::Tcp, 8080), (Protocol::Tcp, 9000)];
    let mut policies = vec![
        policy("default-deny", Some(vec![]), Some(vec![])),
        policy(
            "dns",
            None,
            Some(vec![rule(
                vec![elsewhere("kube-system", Selector::labels([("k8s-app", "kube-dns")]))],
                &dns,
            )]),
        ),
        policy("own", Some(vec![rule(vec![own.clone()], &web)]), Some(vec![rule(vec![own], &web)])),
        policy("internet", None, Some(vec![rule(vec![internet], &[(Protocol::Tcp, 443)])])),
        policy(
            "controller",
            Some(vec![rule(vec![elsewhere("ingress-nginx", Selector::everything())], &web[..1])]),
            None,
        ),
    ];
    let both = NAMESPACES..3 * NAMESPACES;
    if flaw == Some("leak") && both.contains(&number) {
        let (source, destination) = (format!("tenant-{NAMESPACES}"), format!("tenant-{}", 2 * NAMESPACES));
        let open = |peer: &str| {
            Some(vec![rule(vec![elsewhere(peer, Selector::everything())], &[(Protocol::Tcp, 5432)])])
        };
        if namespace == source {
            policies.push(policy("leak", None, open(&destination)));
        } else if namespace == destination {
            policies.push(policy("leak", open(&source), None));
        }
    }
    policies
}

/// The same cluster as a team would hand it over: one text of many documents.
pub fn manifests(namespaces: usize) -> String {
    let mut text = String::new();
    for number in 0..namespaces {
        let (name, tenant) = (format!("tenant-{number}"), number / NAMESPACES);
        text.push_str(&format!(
            "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n  labels:\n    plan.dev/tenant: \"{tenant}\"\n"
        ));
        for workload in 0..WORKLOADS {
            text.push_str(&pod_manifest(&name, &format!("app-{workload}"), "app"));
        }
        text.push_str(&POLICIES.replace("NAMESPACE", &name));
    }
    text.push_str(&pod_manifest("kube-system", "kube-dns", "k8s-app"));
    text.push_str(&pod_manifest("ingress-nginx", "controller", "app"));
    text
}

fn pod_manifest(namespace: &str, name: &str, key: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  namespace: {namespace}\n  labels:\n    {key}: {name}\n    \
         tier: web\n    version: v1\nspec:\n  containers:\n  - name: main\n    image: example.com/{name}:v1\n"
    )
}

const POLICIES: &str = include_str!("policies.yaml");
