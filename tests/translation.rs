//! The policies that are printed are the policies that were proved: read back as manifests, they give the same matrix.

use plan::connectivity::{Network, Policy, World};
use plan::facts::ClusterWorld;
use plan::manifests::Manifests;
use plan::source::Source;

/// One matrix of a world, as values that can be compared: replicas are in no order but their own.
fn matrix(world: &World) -> plan::connectivity::Matrix {
    Network::new(world).matrix()
}

fn sorted(policies: &[Policy]) -> Vec<Policy> {
    let mut policies = policies.to_vec();
    policies.sort();
    policies
}

#[test]
fn printed_policies_give_the_matrix_of_the_plan() {
    let (mut judged, mut staged) = (0, 0);
    for path in crate::dialect::plans() {
        let plan = Source::new("migration.toml", std::fs::read_to_string(&path).unwrap());
        let name = path.display();
        plan::judge(&plan::Inputs::new(plan), |facts, found| {
            let output = plan::render(facts, found).unwrap_or_else(|| panic!("{name}: {found:#?}"));
            for cluster in facts.resolved.targets() {
                let folder = format!("clusters/{}/", cluster.name);
                let files = output.tree.iter().filter(|(path, _)| path.to_string().starts_with(&folder));
                let sources: Vec<Source> = files
                    .map(|(path, bytes)| {
                        Source::new(path.to_string(), String::from_utf8(bytes.to_vec()).unwrap())
                    })
                    .collect();
                let read = Manifests::read(&sources);
                assert!(read.found.is_empty(), "{name}: {:#?}", read.found);
                for (with_staged, read) in [(false, &read), (true, &read.with_staged())] {
                    let proved = ClusterWorld::new(facts, cluster, with_staged).world;
                    assert_eq!(read.world.policies.len(), proved.policies.len(), "{name}");
                    // The namespaces as they are printed too: a label that only one of both knew would show.
                    let printed = World {
                        policies: sorted(&read.world.policies),
                        namespaces: read.world.namespaces.clone(),
                        ..proved.clone()
                    };
                    let proved = World { policies: sorted(&proved.policies), ..proved };
                    assert_eq!(matrix(&printed), matrix(&proved), "{name}");
                    if !with_staged {
                        judged += printed.policies.len();
                    }
                }
                staged += read.staged.len();
            }
        });
    }
    assert!(judged > 150 && staged > 20, "{judged} policies, {staged} staged");
}

/// The comparison notices what a printer could get wrong.
#[test]
fn a_policy_that_is_printed_wrong_is_noticed() {
    let text = include_str!("../plans/ml-platform/migration.toml");
    let mut noticed = 0;
    plan::judge(&plan::Inputs::new(Source::new("migration.toml", text)), |facts, found| {
        let output = plan::render(facts, found).unwrap();
        let cluster = facts.resolved.targets().next().unwrap();
        let proved = ClusterWorld::new(facts, cluster, false).world;
        let expected = matrix(&World { policies: sorted(&proved.policies), ..proved.clone() });
        for (right, wrong) in [
            ("policyTypes:\n  - Ingress\n  - Egress\n", "policyTypes:\n  - Ingress\n"),
            ("protocol: UDP", "protocol: SCTP"),
            ("port: 9005", "port: 9004"),
            ("kubernetes.io/metadata.name: minio", "kubernetes.io/metadata.name: monitoring"),
            ("        - 10.0.0.0/8\n", ""),
        ] {
            let mut changed = false;
            let sources: Vec<Source> = (output.tree.iter())
                .filter(|(path, _)| path.to_string().starts_with("clusters/"))
                .map(|(path, bytes)| {
                    let text = String::from_utf8(bytes.to_vec()).unwrap();
                    changed |= text.contains(right);
                    Source::new(path.to_string(), text.replace(right, wrong))
                })
                .collect();
            assert!(changed, "nothing holds {right:?}");
            let read = Manifests::read(&sources);
            let printed = World { policies: sorted(&read.world.policies), ..proved.clone() };
            assert_ne!(matrix(&printed), expected, "nobody notices {wrong:?}");
            noticed += 1;
        }
    });
    assert_eq!(noticed, 5);
}
