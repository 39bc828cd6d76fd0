//! A brute-force reading of the NetworkPolicy API text agrees with the evaluator on random small clusters.
//!
//! The oracle works on what a manifest says (missing, empty, defaulted) and shares no code with the evaluator: strings,
//! one address and one port at a time. `PLAN_ORACLE_CASES` sets how many clusters, `PLAN_ORACLE_FIRST` the first seed.

mod generate;
mod oracle;

use self::generate::{Case, Random};
use self::oracle::{Answer, RawEnd};
use plan::connectivity::{Certainty, Endpoint, Flow, Grant, Network, Party, Protocol, Side, WorkloadId};

const PROTOCOLS: [(Protocol, &str); 3] =
    [(Protocol::Tcp, "TCP"), (Protocol::Udp, "UDP"), (Protocol::Sctp, "SCTP")];

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn the_evaluator_agrees_with_the_api_text() {
    let (first, cases) = (setting("PLAN_ORACLE_FIRST", 0), setting("PLAN_ORACLE_CASES", 3_000));
    let mut counts = [0_u64; 3];
    for seed in first..first + cases {
        check(seed, &mut counts);
    }
    println!("{cases} clusters: {} denied, {} depends, {} allowed", counts[0], counts[1], counts[2]);
    // An oracle that sees only one kind of answer proves nothing.
    assert!(cases < 1_000 || counts.iter().all(|count| *count > cases / 2), "{counts:?}");
}

fn check(seed: u64, counts: &mut [u64; 3]) {
    let mut random = Random::new(seed);
    let case = Case::random(&mut random);
    let world = case.world();
    let network = Network::new(&world);
    let endpoints = case.endpoints();
    check_sets(seed, &case, &network, &mut random);
    for from in 0..endpoints.len() {
        for to in 0..endpoints.len() {
            let (source, destination): (&Endpoint, &Endpoint) = (&endpoints[from].1, &endpoints[to].1);
            let connection = network.connection(source, destination);
            for _ in 0..2 {
                let (protocol, word) = PROTOCOLS[random.below(3).min(random.below(3))];
                let port = random.port();
                let expected = case.oracle().connects(&endpoints[from].0, &endpoints[to].0, word, port);
                let verdict = network.allowed(source, destination, protocol, port);
                let fast = network.certainty(source, destination, protocol, port);
                let sets = match (
                    connection.surely.get(protocol).contains(port),
                    connection.possibly.get(protocol).contains(port),
                ) {
                    (true, true) => Certainty::Allowed,
                    (false, true) => Certainty::Depends,
                    (false, false) => Certainty::Denied,
                    (true, false) => panic!("seed {seed}: sure and not possible"),
                };
                let context = || {
                    format!(
                        "seed {seed}: {:?} -> {:?} {word}/{port}\n{case:#?}",
                        endpoints[from].0, endpoints[to].0
                    )
                };
                assert_eq!(certainty(expected.egress), verdict.egress.certainty(), "egress, {}", context());
                assert_eq!(
                    certainty(expected.ingress),
                    verdict.ingress.certainty(),
                    "ingress, {}",
                    context()
                );
                assert_eq!(fast, verdict.certainty(), "without reasons, {}", context());
                assert_eq!(sets, verdict.certainty(), "as port sets, {}", context());
                let pods = [&endpoints[from].0, &endpoints[to].0].iter().all(|end| case.oracle().is_pod(end));
                if pods {
                    for (side, reasons) in [
                        (&verdict.egress, &expected.egress_reasons),
                        (&verdict.ingress, &expected.ingress_reasons),
                    ] {
                        match side {
                            Side::Allowed(grants) => assert_eq!(&triples(grants), reasons, "{}", context()),
                            Side::Denied(misses) => {
                                assert!(reasons.is_empty() && !misses.is_empty(), "{}", context());
                            }
                            Side::Open(_) | Side::Depends { .. } => {
                                assert!(reasons.is_empty(), "{}", context())
                            }
                        }
                    }
                }
                counts[verdict.certainty() as usize] += 1;
            }
        }
    }
}

/// Questions about many workloads at once, each against pairs and ports one by one.
fn check_sets(seed: u64, case: &Case, network: &Network, random: &mut Random) {
    let (oracle, pods) = (case.oracle(), case.pods());
    let ask = |from: usize, to: usize, word: &str, port: u16| {
        let answers = oracle.connects(&RawEnd::Pod(from), &RawEnd::Pod(to), word, port);
        certainty(answers.egress).min(certainty(answers.ingress))
    };
    let some = |random: &mut Random| -> Vec<usize> { (0..pods).filter(|_| random.below(2) == 0).collect() };
    let ids = |group: &[usize]| -> Vec<WorkloadId> { group.iter().map(|pod| WorkloadId(*pod)).collect() };
    let (left, right) = (some(random), some(random));
    let pairs: Vec<(usize, usize)> = left.iter().flat_map(|a| right.iter().map(|b| (*a, *b))).collect();

    let (protocol, word) = PROTOCOLS[random.below(2)];
    let port = random.port();
    let flow = Flow { from: Party::Workloads(ids(&left)), to: Party::Workloads(ids(&right)), protocol, port };
    let holds = pairs.iter().all(|(from, to)| ask(*from, *to, word, port) == Certainty::Allowed);
    let failures = network.prove(std::slice::from_ref(&flow));
    assert_eq!(failures.is_empty(), holds, "seed {seed}: {flow:?}\n{case:#?}");
    for failure in failures {
        let (Endpoint::Workload(from), Endpoint::Workload(to)) = (&failure.from, &failure.to) else {
            panic!("seed {seed}: not a workload: {failure:?}")
        };
        let expected = ask(from.0, to.0, word, port);
        assert_eq!(failure.verdict.certainty(), expected, "seed {seed}: {failure:?}");
        assert_ne!(expected, Certainty::Allowed, "seed {seed}: {failure:?}");
    }

    let ports = case.telling_ports();
    let open = pairs.iter().any(|(from, to)| {
        let mut questions = PROTOCOLS.iter().flat_map(|(_, word)| ports.iter().map(move |port| (word, port)));
        questions.any(|(word, port)| ask(*from, *to, word, *port) != Certainty::Denied)
    });
    let witness = network.isolated(&network.group(&ids(&left)), &network.group(&ids(&right)));
    assert_eq!(witness.is_some(), open, "seed {seed}: {left:?} -> {right:?}\n{case:#?}");
    if let Some(witness) = witness {
        assert!(left.contains(&witness.from.0) && right.contains(&witness.to.0), "seed {seed}: {witness:?}");
        let answer = ask(witness.from.0, witness.to.0, witness.protocol.name(), witness.port);
        assert_ne!(answer, Certainty::Denied, "seed {seed}: {witness:?}");
        assert_eq!(answer, witness.verdict.certainty(), "seed {seed}: {witness:?}");
    }

    // Many groups at once are asked as each pair is.
    let mut groups = vec![network.group(&ids(&left)), network.group(&ids(&right))];
    groups.extend((0..pods).map(|pod| network.group(&ids(&[pod]))));
    let these: Vec<usize> = (0..groups.len()).filter(|_| random.below(4) != 0).collect();
    let shut = network.shut(&groups, &these);
    for from in 0..groups.len() {
        let others = these.iter().copied().filter(|to| *to != from);
        let one_by_one: Vec<_> =
            others.filter_map(|to| Some((to, network.isolated(&groups[from], &groups[to])?))).collect();
        assert_eq!(network.breaches(&shut, from), one_by_one, "seed {seed}: {from} of {these:?}\n{case:#?}");
    }

    let matrix = network.matrix();
    let group_of = |pod: usize| {
        let mut groups =
            (0..matrix.groups.len()).filter(|group| matrix.groups[*group].members.contains(&WorkloadId(pod)));
        let group = groups.next().expect("a group");
        assert!(groups.next().is_none(), "seed {seed}: in two groups");
        group
    };
    for from in 0..pods {
        for to in 0..pods {
            let cell =
                matrix.cells.iter().find(|cell| (cell.from, cell.to) == (group_of(from), group_of(to)));
            let ends = (Endpoint::Workload(WorkloadId(from)), Endpoint::Workload(WorkloadId(to)));
            let connection = network.connection(&ends.0, &ends.1);
            let told = cell.map_or_else(Default::default, |cell| cell.connection.clone());
            assert_eq!(told, connection, "seed {seed}: {from} -> {to} in the matrix\n{case:#?}");
        }
        let alike = &matrix.groups[group_of(from)];
        let end = Endpoint::Workload(WorkloadId(from));
        assert_eq!(alike.to_internet, network.connection(&end, &Endpoint::Internet), "seed {seed}");
        assert_eq!(alike.from_internet, network.connection(&Endpoint::Internet, &end), "seed {seed}");
    }

    let unprotected: Vec<(usize, bool, bool)> =
        (network.unprotected().iter()).map(|found| (found.workload.0, found.ingress, found.egress)).collect();
    let expected: Vec<(usize, bool, bool)> = (0..pods)
        .map(|pod| (pod, !oracle.is_isolated(pod, "Ingress"), !oracle.is_isolated(pod, "Egress")))
        .filter(|(_, ingress, egress)| *ingress || *egress)
        .collect();
    assert_eq!(unprotected, expected, "seed {seed}\n{case:#?}");
}

fn certainty(answer: Answer) -> Certainty {
    match answer {
        Answer::No => Certainty::Denied,
        Answer::Unsure => Certainty::Depends,
        Answer::Yes => Certainty::Allowed,
    }
}

fn triples(grants: &[Grant]) -> Vec<(usize, usize, Option<usize>)> {
    grants.iter().map(|grant| (grant.policy, grant.rule, grant.peer)).collect()
}
