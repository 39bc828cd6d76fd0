//! A brute-force reading of the NetworkPolicy API text agrees with the evaluator on random small clusters.
//!
//! The oracle works on what a manifest says (missing, empty, defaulted) and shares no code with the evaluator: strings,
//! one address and one port at a time. `PLAN_ORACLE_CASES` sets how many clusters, `PLAN_ORACLE_FIRST` the first seed.

#[path = "connectivity_oracle/generate.rs"]
mod generate;
#[path = "connectivity_oracle/oracle.rs"]
mod oracle;

use generate::{Case, Random};
use oracle::Answer;
use plan::connectivity::{Certainty, Endpoint, Grant, Network, Protocol, Side};

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
