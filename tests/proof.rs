//! The proof notices every hole: a rule that is taken away denies a declared flow, a rule that is too wide breaks an
//! isolation.

use plan::connectivity::{Peers, Policy, Ports, Rule};
use plan::diagnostics::Diagnostic;
use plan::facts::{Facts, Guard};
use plan::resolve::LockFile;
use plan::source::Source;

const PLANS: [&str; 2] =
    [include_str!("../plans/ml-platform/migration.toml"), include_str!("../plans/article/migration.toml")];

/// Compiles up to the facts, lets `change` spoil them, and judges.
fn judged(text: &str, change: impl FnOnce(&mut Facts<'_>)) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let plan = plan::decode::read(&Source::new("plan", text), 0, &mut found).expect("a plan");
    let resolved = plan::resolve::resolve(&plan, &LockFile::default(), &mut found).expect("known names");
    let mut facts = plan::facts::derive(resolved, &[], &[]);
    change(&mut facts);
    plan::check::check(&facts, &mut found);
    found.retain(|finding| finding.rule.code.starts_with("P5"));
    found
}

fn enforced(facts: &Facts<'_>) -> Vec<usize> {
    (0..facts.guards.len()).filter(|at| !facts.guards[*at].staged).collect()
}

#[test]
fn the_plans_of_this_repository_are_proved() {
    for text in PLANS {
        assert!(judged(text, |_| {}).is_empty());
    }
}

#[test]
fn no_rule_can_be_missing() {
    for text in PLANS {
        let mut rules = Vec::new();
        judged(text, |facts| {
            for at in enforced(facts) {
                let policy = &facts.guards[at].policy;
                let count = |rules: &Option<Vec<Rule>>| rules.as_ref().map_or(0, Vec::len);
                rules.extend((0..count(&policy.ingress)).map(|rule| (at, true, rule)));
                rules.extend((0..count(&policy.egress)).map(|rule| (at, false, rule)));
            }
        });
        assert!(rules.len() > 15, "{} rules", rules.len());
        for (at, ingress, rule) in rules {
            let mut name = String::new();
            let found = judged(text, |facts| {
                let side = |policy: &mut Policy| {
                    if ingress { policy.ingress.take() } else { policy.egress.take() }.unwrap_or_default()
                };
                let policy = facts.guards[at].policy.clone();
                let removed = side(&mut policy.clone()).remove(rule);
                name = format!("{}/{} ingress={ingress}: {removed:?}", policy.namespace, policy.name);
                // Two tables may ask for one flow, such as Kafka for pipelines and in `needs`: both have to forget it.
                for other in
                    facts.guards.iter_mut().filter(|guard| guard.policy.namespace == policy.namespace)
                {
                    let rules = if ingress { &mut other.policy.ingress } else { &mut other.policy.egress };
                    rules.iter_mut().for_each(|rules| rules.retain(|rule| rule.peers != removed.peers));
                }
            });
            assert!(found.iter().any(|finding| finding.rule.name == "flow-denied"), "nobody misses {name}");
        }
    }
}

#[test]
fn no_port_or_protocol_can_be_missing() {
    let text = PLANS[0];
    let found = judged(text, |facts| {
        let dns: Vec<&mut Guard> = facts
            .guards
            .iter_mut()
            .filter(|guard| !guard.staged && guard.policy.name == "allow-dns")
            .collect();
        for guard in dns {
            let rule = &mut guard.policy.egress.as_mut().expect("egress")[0];
            // The article's mistake: DNS over UDP only.
            if let Ports::Listed(ports) = &mut rule.ports {
                ports.retain(|port| port.protocol == plan::connectivity::Protocol::Udp);
            }
        }
    });
    assert!(found.iter().all(|finding| finding.rule.name == "flow-denied" && finding.message.contains("53")));
    assert_eq!(found.len(), 6, "one for each isolated tenant");
}

#[test]
fn a_wide_rule_breaks_the_isolation() {
    let found = judged(PLANS[0], |facts| {
        for at in enforced(facts) {
            let policy = &mut facts.guards[at].policy;
            let open = || vec![Rule { peers: Peers::Any, ports: Ports::All }];
            if policy.name == "default-deny" && policy.namespace == "iris-demo" {
                policy.egress = Some(open());
            }
            if policy.name == "default-deny" && policy.namespace == "financial-ml" {
                policy.ingress = Some(open());
            }
        }
    });
    let names: Vec<(&str, &str)> =
        found.iter().map(|finding| (finding.rule.name, finding.on.as_str())).collect();
    assert_eq!(names, [("tenants-not-isolated", "tenants.financial-ml")], "{found:#?}");
}
