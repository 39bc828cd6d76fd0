//! Where one commit cannot be applied, several can: each compiles, and no step between two of them is blocked.

use crate::desk::Desk;
use plan::diff::stage::{Staging, stage};
use plan::diff::transition::{RULES, Way};
use plan::diff::{Context, compare, with_plan};
use plan::source::Source;
use plan::{Inputs, compile};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/cases").join(name)
}

fn inputs(name: &str, side: &str, lock: Option<&str>) -> Inputs {
    let file = format!("{side}.toml");
    let text =
        fs::read_to_string(case(name).join(&file)).unwrap_or_else(|error| panic!("{name}/{file}: {error}"));
    let lock = lock.map(|text| Source::new("plan.lock", text));
    Inputs { lock, ..Inputs::new(Source::new(file, text)) }
}

/// The plans of a case, each with its lock.
fn both(name: &str) -> (Inputs, Inputs) {
    let old = inputs(name, "before", None);
    let lock = compile(&old).output.unwrap_or_else(|| panic!("{name}: before.toml")).lock;
    let old = inputs(name, "before", Some(&lock));
    let new = inputs(name, "after", Some(&lock));
    let lock = compile(&new).output.unwrap_or_else(|| panic!("{name}: after.toml")).lock;
    (old, inputs(name, "after", Some(&lock)))
}

/// What blocks one plan from the other: the rule, whether it does for ever, and whether there is a way around. Without a
/// lock of its own, the other plan gets the one that the first leaves.
fn blocked(old: &Inputs, new: &Inputs) -> Vec<(&'static str, bool, bool)> {
    let (problems, found) = with_plan("before", old, |first, output| {
        let mut new = new.clone();
        new.lock = new.lock.or_else(|| Some(Source::new("plan.lock", output.lock.as_str())));
        let (problems, found) = with_plan("after", &new, |second, _| {
            let diff = compare(first, second);
            let context = Context { old: first, new: second, addresses: &diff.addresses, flows: &diff.flows };
            let has_way = |name: &str| {
                let rule = RULES.iter().find(|rule| rule.name == name).expect(name);
                !rule.steps(&context, &diff.changes).is_empty()
            };
            let seen = diff.obstacles.iter().map(|found| (found.name, found.forever, has_way(found.name)));
            seen.collect::<Vec<_>>()
        });
        found.unwrap_or_else(|| panic!("{problems:#?}"))
    });
    found.unwrap_or_else(|| panic!("{problems:#?}"))
}

fn is_in_the_way(obstacle: &(&'static str, bool, bool)) -> bool {
    obstacle.1 || obstacle.2
}

/// Every case of two plans: what is in the way of the change is not in the way of any step, and every state compiles.
#[test]
fn each_state_compiles_and_each_step_can_be_applied() {
    let cases = fs::read_dir(case("")).expect("cases").map(|entry| entry.expect("a case").path());
    let mut cases: Vec<PathBuf> = cases.filter(|case| case.join("before.toml").exists()).collect();
    cases.sort();
    let (mut staged, mut no_way) = (BTreeSet::new(), BTreeSet::new());
    let mut rules = BTreeSet::new();
    for path in cases {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found = blocked(&inputs(&name, "before", None), &inputs(&name, "after", None));
        if !found.iter().any(is_in_the_way) {
            continue;
        }
        let (old, new) = both(&name);
        match stage(&old, &new).unwrap_or_else(|found| panic!("{name}: {found:#?}")) {
            Staging::One => panic!("{name}: {found:?}"),
            Staging::NoWay(why) => {
                assert!(!why.is_empty(), "{name}");
                assert!(!found.iter().any(|found| found.2), "{name} promises stages: {found:?}");
                no_way.insert(name);
            }
            Staging::Several { states, .. } => {
                assert!(!states.is_empty(), "{name}");
                let mut before = old.clone();
                for state in &states {
                    let plan = Source::new("between.toml", state.plan.as_str());
                    let lock = Some(Source::new("plan.lock", state.lock.as_str()));
                    let now = Inputs { plan, lock, templates: Vec::new(), runbook: Vec::new() };
                    let compiled = compile(&now);
                    assert!(
                        compiled.output.is_some(),
                        "{name}, {}: {:#?}",
                        state.title,
                        compiled.diagnostics
                    );
                    let left = blocked(&before, &now);
                    assert!(!left.iter().any(is_in_the_way), "{name}, {}: {left:?}", state.title);
                    before = now;
                }
                let left = blocked(&before, &new);
                assert!(!left.iter().any(is_in_the_way), "{name}, at last: {left:?}");
                staged.insert(name);
                rules.extend(found.iter().map(|found| found.0));
            }
        }
    }
    // These are decided when a cluster, or its only pool, is made, or wait for a person: no edit of the plan is a way.
    let expected = [
        "calico_api_mode",
        "calico_block_size_of_the_only_pool",
        "cluster_network",
        "delivery_removed",
        "only_peer_renamed_under_flux",
        "writer_goes_and_never_lets_go",
    ];
    assert_eq!(no_way.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert!(staged.len() > 15, "{staged:?}");
    for rule in RULES.iter().filter(|rule| matches!(rule.way, Way::Staged(_))) {
        assert!(rules.contains(rule.name), "no case is staged because of `{}`", rule.name);
    }
}

/// Nothing is promised that no case shows: every rule of both lists speaks somewhere.
#[test]
fn every_rule_has_a_case() {
    let cases = fs::read_dir(case("")).expect("cases").map(|entry| entry.expect("a case").path());
    let expected: Vec<serde_json::Value> = cases
        .map(|case| fs::read_to_string(case.join("expected.json")).expect("an expectation"))
        .map(|text| serde_json::from_str(&text).expect("JSON"))
        .collect();
    let names = |list: &serde_json::Value, key: &str| -> Vec<String> {
        let items = list.as_array().into_iter().flatten();
        items.map(|item| item[key].as_str().unwrap_or_default().to_owned()).collect()
    };
    let mut said = BTreeSet::new();
    for diff in &expected {
        said.extend(names(&diff["obstacles"], "name"));
        for change in diff["changes"].as_array().expect("changes") {
            said.extend(names(&change["meanings"], "name"));
        }
    }
    let meanings = plan::diff::meaning::RULES.iter().map(|rule| rule.name);
    let silent: Vec<&str> =
        meanings.chain(RULES.iter().map(|rule| rule.name)).filter(|name| !said.contains(*name)).collect();
    assert!(silent.is_empty(), "no case for {silent:?}");
    assert!(expected.len() >= 60);
}

fn states(name: &str) -> Vec<plan::diff::stage::State> {
    let (old, new) = both(name);
    let Ok(Staging::Several { states, .. }) = stage(&old, &new) else { panic!("{name} needs no stages") };
    states
}

#[test]
fn one_of_a_ring_waits_at_a_free_address() {
    let states = states("addresses_in_a_ring");
    let addresses = |plan: &str| -> Vec<String> {
        let lines = plan.lines().filter_map(|line| line.strip_prefix("ip = \"10.20.1."));
        lines.map(|rest| rest.trim_end_matches('"').to_owned()).collect()
    };
    let all: Vec<Vec<String>> = states.iter().map(|state| addresses(&state.plan)).collect();
    assert_eq!(all, [["0", "16", "17"], ["0", "15", "16"]]);
}

#[test]
fn what_leaves_leaves_alone_and_its_address_is_free_then() {
    let states = states("confirmation_blocks_an_address");
    let says = |at: usize, text: &str| states[at].plan.contains(text);
    assert_eq!(states.len(), 2);
    assert!(says(0, "[services.shop]") && says(0, "[services.mall]"), "{}", states[0].plan);
    assert!(says(0, r#"apply = ["metallb", "wiki", "mall", "shop"]"#), "{}", states[0].plan);
    assert_eq!((states[0].plan.matches("10.20.1.16").count(), says(1, "10.20.1.16")), (1, false));
    assert!(!says(1, "[services.shop]"), "{}", states[1].plan);
    assert_eq!(
        states[1].by_hand,
        ["`argocd app confirm-deletion floor-namespaces`", "`argocd app confirm-deletion floor-stage-web`"]
    );
}

#[test]
fn what_no_commit_gets_around_does_not_hide_the_commits_that_help() {
    let plan = |side: &str| {
        fs::read_to_string(case("peers_change_together_under_flux").join(format!("{side}.toml"))).unwrap()
    };
    let inputs = |text: String| Inputs::new(Source::new("plan.toml", text));
    let new = plan("after").replace("10.61.0.0/16", "10.63.0.0/16");
    let Ok(Staging::Several { states, left }) = stage(&inputs(plan("before")), &inputs(new)) else {
        panic!("the peers are staged")
    };
    assert_eq!(states.len(), 2);
    assert!(left.len() == 1 && left[0].starts_with("cluster-network: in the running cluster"), "{left:?}");
}

#[test]
fn a_peer_goes_before_another_one_has_its_address() {
    let peers = |name: &str| -> Vec<Vec<bool>> {
        let has = |plan: &str| {
            ["left", "right", "rack"].map(|peer| plan.contains(&format!("peers.{peer}"))).to_vec()
        };
        states(name).iter().map(|state| has(&state.plan)).collect()
    };
    assert_eq!(peers("peer_renamed_under_flux"), [[true, false, false]]);
    assert_eq!(peers("peer_joins_while_another_changes_under_argocd"), [[false, true, false]]);
    assert_eq!(peers("peers_exchange_their_addresses"), [[true, false, false], [true, false, false]]);
}

#[test]
fn a_range_is_in_no_pool_before_it_is_in_another_one() {
    let [state] = &states("pool_range_moves_under_flux")[..] else { panic!("two commits") };
    let pools: Vec<&str> = state.plan.lines().filter(|line| line.starts_with("addresses")).collect();
    assert_eq!(pools, [r#"addresses = ["10.20.1.0-10.20.1.63"]"#, r#"addresses = ["10.20.2.0-10.20.2.63"]"#]);
    // The one Service that has an address of the range waits inside.
    assert!(state.plan.contains(r#"type = "ClusterIP""#), "{}", state.plan);
}

#[test]
fn one_peer_carries_the_routes_while_the_others_change() {
    let states = states("peers_change_together_under_flux");
    let peers = |at: usize| states[at].plan.matches("[clusters.floor.metallb.peers.").count();
    assert_eq!((states.len(), peers(0), peers(1)), (2, 1, 1));
    assert!(
        states[0].plan.contains("my_asn = 64512") && !states[1].plan.contains("my_asn"),
        "{}",
        states[0].plan
    );
}

#[test]
fn each_minor_release_has_its_commit() {
    let versions = |name: &str| -> Vec<String> {
        let line = |plan: &str| plan.lines().find(|line| line.starts_with("version")).unwrap().to_owned();
        states(name).iter().map(|state| line(&state.plan)).collect()
    };
    assert_eq!(
        versions("kubernetes_minor_skipped_by_kubeadm"),
        [r#"version = "v1.33.0""#, r#"version = "v1.34.0""#]
    );
    assert_eq!(versions("kubernetes_minor_skipped_by_k3s"), [r#"version = "v1.32.0+k3s1""#]);
}

#[test]
fn a_pool_changes_its_blocks_by_way_of_another_pool() {
    let states = states("calico_block_size");
    let says = |at: usize, text: &str| states[at].plan.contains(text);
    assert_eq!(states.len(), 3);
    assert!(
        says(0, "disable_new_allocations = true") && says(0, "west-between") && !says(0, "block_size = 24")
    );
    assert!(says(1, "west-between") && !says(1, "pools.west]"), "{}", states[1].plan);
    assert!(says(2, "block_size = 24") && says(2, "west-between"));
    assert!(states[0].by_hand[0].contains("restart every pod"), "{:?}", states[0].by_hand);
}

#[test]
fn the_command_prints_a_series_that_git_applies() {
    let desk = Desk::new();
    for (side, file) in [("before", "old.toml"), ("after", "migration.toml")] {
        let text = fs::read_to_string(case("peers_change_together_under_flux").join(format!("{side}.toml")));
        desk.write(file, &text.unwrap());
    }
    let ran = desk.plan(&["diff", "old.toml", "migration.toml", "--stage", "--write", "steps"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("3 commits get there"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\n1/3 only `left` is left"), "{}", ran.stdout);
    // The whole series, in one go, makes the new plan of the old one.
    let new = desk.read("migration.toml");
    fs::copy(desk.path("old.toml"), desk.path("migration.toml")).unwrap();
    desk.write("series.patch", &ran.stdout);
    let git = std::process::Command::new("git")
        .args(["apply", "--unsafe-paths", "series.patch"])
        .current_dir(desk.path("."))
        .output()
        .expect("git");
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
    assert_eq!(desk.read("migration.toml"), new);
    // What was written are whole plans.
    for state in ["1", "2"] {
        let ran = desk.plan(&["check", &format!("steps/{state}")]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert!(!desk.read(&format!("steps/{state}/message.txt")).is_empty());
        assert!(desk.read(&format!("steps/{state}/plan.lock")).contains("10.20.4.15"));
    }
    let full = desk.plan(&["diff", "old.toml", "migration.toml", "--stage", "--write", "steps"]);
    assert!(full.status == 2 && full.stderr.contains("`steps` is there and not empty"), "{}", full.stderr);
    let same = desk.plan(&["diff", "migration.toml", "migration.toml", "--stage"]);
    assert_eq!((same.status, same.stdout.as_str()), (0, "one commit will do\n"), "{}", same.stderr);
}

/// A desk with the plans of a case.
fn plans(name: &str) -> Desk {
    let desk = Desk::new();
    for (side, file) in [("before", "old.toml"), ("after", "new.toml")] {
        desk.write(file, &fs::read_to_string(case(name).join(format!("{side}.toml"))).unwrap());
    }
    desk
}

#[test]
fn a_program_gets_every_commit_and_is_told_before_whether_there_are_any() {
    let schema = |name: &str| -> jsonschema::Validator {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
        let schema = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    };
    let (of_diff, of_stages) = (schema("diff.schema.json"), schema("stages.schema.json"));
    for (name, status, answer, can_be_staged) in [
        ("peers_change_together_under_flux", 1, "several", true),
        ("calico_pools_exchange_networks", 1, "several", true),
        ("cluster_network", 2, "none", false),
        ("only_peer_renamed_under_flux", 2, "none", false),
        ("plan_renamed_under_argocd", 0, "one", false),
    ] {
        let desk = plans(name);
        let json = |more: &[&str]| {
            let ran = desk.plan(&[&["diff", "old.toml", "new.toml", "--format", "json"], more].concat());
            let value: serde_json::Value = serde_json::from_str(&ran.stdout).expect(name);
            (ran.status, value)
        };
        let (_, diff) = json(&[]);
        assert!(of_diff.is_valid(&diff), "{name}");
        assert_eq!(diff["obstacles"][0]["can_be_staged"], can_be_staged, "{name}");
        let (ended, stages) = json(&["--stage"]);
        assert!(of_stages.is_valid(&stages), "{name}: {stages:#}");
        assert_eq!((ended, stages["answer"].as_str()), (status, Some(answer)), "{name}");
        let commits = stages["commits"].as_array().unwrap();
        assert_eq!(commits.is_empty(), answer == "none", "{name}");
        assert_eq!(stages["left"] == serde_json::json!([]), answer == "several", "{name}");
        if let Some(last) = commits.last() {
            assert_eq!(last["plan"], desk.read("new.toml"), "{name}");
            assert!(!last["lock"].as_str().unwrap().is_empty(), "{name}");
        }
    }
    let ran =
        plans("cluster_network").plan(&["diff", "old.toml", "new.toml", "--stage", "--format", "markdown"]);
    assert!(ran.status == 2 && ran.stderr.contains("--stage prints no `markdown`"), "{}", ran.stderr);
}

#[test]
fn pools_that_exchange_their_networks_get_out_of_each_others_way() {
    let states = states("calico_pools_exchange_networks");
    assert_eq!(states.len(), 3);
    let says = |at: usize, text: &str| states[at].plan.contains(text);
    assert!(says(0, "left-between") && says(0, "right-between") && says(0, "disable_new_allocations = true"));
    // Nodes of the one get no addresses of what stands in for the other.
    assert!(says(0, "kubernetes.io/hostname == 'n1'") && says(1, "kubernetes.io/hostname == 'n2'"));
    assert!(!says(1, "\nleft = "), "{}", states[1].plan);
    assert!(says(2, "left = { cidr = \"10.60.16.0/20\""), "{}", states[2].plan);
}

#[test]
fn the_command_says_when_no_commits_help() {
    let desk = Desk::new();
    for (side, file) in [("before", "old.toml"), ("after", "new.toml")] {
        let text = fs::read_to_string(case("cluster_network").join(format!("{side}.toml")));
        desk.write(file, &text.unwrap());
    }
    let ran = desk.plan(&["diff", "old.toml", "new.toml", "--stage"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("cluster-network: in the running cluster `floor` pods go from"),
        "{}",
        ran.stderr
    );
    let alone = desk.plan(&["diff", "new.toml", "--stage"]);
    assert!(alone.status == 2 && alone.stderr.contains("--against REV"), "{}", alone.stderr);
}
