//! Policies as people write them: what they hold up, and how near each came to letting it through.

use ipnet::IpNet;
use plan::connectivity::{
    Block, Certainty, Conjunct, Direction, Endpoint, Miss, Namespace, NamespaceScope, Nearest, Network, Peer,
    Peers, Policy, PortMatch, Ports, Protocol, Rule, Selector, Side, Workload, WorkloadId, World,
};

const MLSERVER: Endpoint = Endpoint::Workload(WorkloadId(0));
const SCHEDULER: Endpoint = Endpoint::Workload(WorkloadId(1));
const COREDNS: Endpoint = Endpoint::Workload(WorkloadId(2));

fn cidr(text: &str) -> IpNet {
    text.parse().expect("a CIDR")
}

fn workload(namespace: &str, name: &str) -> Workload {
    Workload {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        labels: [("app".to_owned(), name.to_owned())].into(),
        ports: vec![],
        host_network: false,
        addresses: vec![],
    }
}

fn named(namespace: &str) -> Vec<Peer> {
    let namespaces = NamespaceScope::Matching(Selector::labels([("name", namespace)]));
    vec![Peer::Pods { namespaces, pods: Selector::everything() }]
}

fn rule(peers: Vec<Peer>, protocol: Protocol, port: u16) -> Rule {
    Rule { peers: Peers::listed(peers), ports: Ports::listed(vec![PortMatch::one(protocol, port)]) }
}

/// A baseline for both directions with egress rules only: DNS over UDP, its own namespace, and `to: []` for HTTPS.
fn baseline() -> Policy {
    Policy::from_spec(
        "seldon-system",
        "baseline",
        Selector::everything(),
        Some(&[Direction::Ingress, Direction::Egress]),
        vec![],
        vec![
            rule(named("kube-system"), Protocol::Udp, 53),
            rule(named("seldon-system"), Protocol::Tcp, 9004),
            rule(vec![], Protocol::Tcp, 443),
        ],
    )
}

/// With or without the `name` labels that no API server sets.
fn world(labelled: bool) -> World {
    let namespace = |name: &str| Namespace {
        name: name.to_owned(),
        labels: labelled.then(|| ("name".to_owned(), name.to_owned())).into_iter().collect(),
    };
    World {
        namespaces: vec![namespace("seldon-system"), namespace("kube-system")],
        workloads: vec![
            workload("seldon-system", "mlserver"),
            workload("seldon-system", "seldon-scheduler"),
            workload("kube-system", "coredns"),
        ],
        nodes: vec![Block::new(cidr("192.168.1.0/24"))],
        pods: vec![Block::new(cidr("10.52.0.0/16"))],
        services: vec![Block::new(cidr("10.53.0.0/16"))],
        blocks_match_nodes: true,
        policies: vec![baseline()],
    }
}

fn nearest(side: &Side) -> &Nearest {
    let Side::Denied(misses) = side else { panic!("not denied: {side:?}") };
    let [Miss { policy: 0, nearest }] = &misses[..] else { panic!("not one policy: {misses:?}") };
    nearest
}

#[test]
fn a_name_label_that_nobody_sets_denies_dns() {
    let network = Network::new(&world(false));
    let verdict = network.allowed(&MLSERVER, &COREDNS, Protocol::Udp, 53);
    let failed = vec![Conjunct::NamespaceLabel { requirement: 0 }];
    let expected = Nearest::Rule { rule: 0, peer: Some(0), port: Some(0), failed };
    assert_eq!(*nearest(&verdict.egress), expected);

    let network = Network::new(&world(true));
    assert!(network.allowed(&MLSERVER, &COREDNS, Protocol::Udp, 53).is_allowed());
}

#[test]
fn dns_over_udp_alone_misses_by_the_protocol() {
    let network = Network::new(&world(true));
    let verdict = network.allowed(&MLSERVER, &COREDNS, Protocol::Tcp, 53);
    let failed = vec![Conjunct::Protocol];
    assert_eq!(*nearest(&verdict.egress), Nearest::Rule { rule: 0, peer: Some(0), port: Some(0), failed });
}

#[test]
fn a_baseline_without_ingress_rules_denies_its_own_namespace() {
    let network = Network::new(&world(true));
    let verdict = network.allowed(&MLSERVER, &SCHEDULER, Protocol::Tcp, 9004);
    assert_eq!(verdict.egress.certainty(), Certainty::Allowed);
    assert_eq!(*nearest(&verdict.ingress), Nearest::NoRules);

    let verdict = network.allowed(&MLSERVER, &SCHEDULER, Protocol::Tcp, 9005);
    let failed = vec![Conjunct::Port];
    assert_eq!(*nearest(&verdict.egress), Nearest::Rule { rule: 1, peer: Some(0), port: Some(0), failed });
}

#[test]
fn an_empty_list_of_peers_is_more_than_the_internet() {
    let network = Network::new(&world(false));
    let metadata = Endpoint::Block(Block::address([169, 254, 169, 254].into()));
    for to in [Endpoint::Internet, metadata, COREDNS, Endpoint::Node] {
        assert!(network.allowed(&MLSERVER, &to, Protocol::Tcp, 443).is_allowed(), "{to:?}");
    }
    assert!(!network.allowed(&MLSERVER, &Endpoint::Internet, Protocol::Tcp, 80).is_allowed());
}

#[test]
fn a_block_over_the_pods_proves_nothing_and_isolates_nothing() {
    let mut world = world(false);
    let everywhere = |except: Vec<IpNet>| vec![Peer::Block { cidr: cidr("0.0.0.0/0"), except }];
    world.policies[0].egress = Some(vec![rule(everywhere(vec![]), Protocol::Tcp, 443)]);
    let network = Network::new(&world);
    assert_eq!(network.certainty(&MLSERVER, &COREDNS, Protocol::Tcp, 443), Certainty::Depends);
    let (from, to) = (network.group(&[WorkloadId(0)]), network.group(&[WorkloadId(2)]));
    let witness = network.isolated(&from, &to).expect("a breach");
    assert_eq!((witness.protocol, witness.port), (Protocol::Tcp, 443));
    assert_eq!(network.isolated(&to, &from), None);

    world.policies[0].egress = Some(vec![rule(everywhere(vec![cidr("10.52.0.0/16")]), Protocol::Tcp, 443)]);
    let network = Network::new(&world);
    let verdict = network.allowed(&MLSERVER, &COREDNS, Protocol::Tcp, 443);
    let failed = vec![Conjunct::Excepted];
    assert_eq!(*nearest(&verdict.egress), Nearest::Rule { rule: 0, peer: Some(0), port: Some(0), failed });
    assert_eq!(network.certainty(&MLSERVER, &Endpoint::Internet, Protocol::Tcp, 443), Certainty::Allowed);
}

#[test]
fn two_halves_of_the_internet_are_the_internet() {
    let mut world = world(false);
    let half = |text: &str| rule(vec![Peer::Block { cidr: cidr(text), except: vec![] }], Protocol::Tcp, 443);
    world.policies[0].egress = Some(vec![half("0.0.0.0/1")]);
    let certainty =
        |world: &World| Network::new(world).certainty(&MLSERVER, &Endpoint::Internet, Protocol::Tcp, 443);
    assert_eq!(certainty(&world), Certainty::Depends);
    world.policies[0].egress = Some(vec![half("0.0.0.0/1"), half("128.0.0.0/1")]);
    assert_eq!(certainty(&world), Certainty::Allowed);
}

#[test]
fn what_selects_nobody_and_what_nobody_protects_is_told() {
    let network = Network::new(&world(false));
    let idle: Vec<(Direction, usize)> =
        network.idle_peers().iter().map(|idle| (idle.direction, idle.rule)).collect();
    assert_eq!(idle, [(Direction::Egress, 0), (Direction::Egress, 1)]);
    assert_eq!(network.subjects(0), [WorkloadId(0), WorkloadId(1)]);
    let open: Vec<WorkloadId> = network.unprotected().iter().map(|found| found.workload).collect();
    assert_eq!(open, [WorkloadId(2)]);
    assert_eq!(Network::new(&world(true)).idle_peers(), []);
}

#[test]
fn a_staged_policy_is_judged_as_if_it_were_enforced() {
    let world = world(true);
    let own = Peer::Pods { namespaces: NamespaceScope::Own, pods: Selector::everything() };
    let ingress = vec![rule(vec![own], Protocol::Tcp, 9004)];
    let staged = Policy::from_spec("seldon-system", "own", Selector::everything(), None, ingress, vec![]);
    let verdict =
        Network::new(&world.with_staged(&[staged])).allowed(&MLSERVER, &SCHEDULER, Protocol::Tcp, 9004);
    let Side::Allowed(grants) = &verdict.ingress else { panic!("{verdict:?}") };
    assert_eq!(grants[0].policy, world.policies.len());
}

#[test]
fn selecting_in_the_world_is_what_a_peer_does() {
    let mut world = world(false);
    world.workloads[1].host_network = true;
    let namespaces = Selector::namespace("seldon-system");
    assert_eq!(world.select(&namespaces, &Selector::everything()), [WorkloadId(0)]);
    assert_eq!(
        world.select(&Selector::everything(), &Selector::labels([("app", "coredns")])),
        [WorkloadId(2)]
    );
}
