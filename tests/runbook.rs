//! The scripts of the runbook are shell, and say the truth: each runs against programs that stand in for kubectl and its
//! like, when all is well, when everything is wrong, and when nothing answers.

mod copies;
mod pages;
mod stage;

use plan::source::Source;
use rayon::prelude::*;
use stage::Stage;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

const PLANS: [&str; 5] = [
    "plans/ml-platform",
    "plans/article",
    "tests/plans/runbook",
    "tests/plans/handover",
    "tests/runbook/annex",
];

/// Words that do not fail when the cluster is in disorder: they start again what nobody stopped.
const CANNOT_FAIL: [&str; 1] = ["undrain"];

#[test]
fn every_script_is_shell() {
    for plan in PLANS {
        let stage = Stage::new(plan);
        assert!(stage.scripts.len() >= 5, "{plan} has {:?}", stage.scripts);
        for (script, _) in &stage.scripts {
            let output = Command::new("sh").arg("-n").arg(stage.path(script)).output().expect("sh");
            assert!(output.status.success(), "{plan} {script}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[test]
fn every_check_passes_when_all_is_well() {
    PLANS.par_iter().for_each(|plan| {
        let stage = Stage::new(plan);
        // What people do by hand.
        for name in ["mysql", "mongo"] {
            fs::create_dir_all(stage.path(&format!("run/good/backup/{name}"))).expect("a folder");
            fs::write(stage.path(&format!("run/good/backup/{name}/copy")), "data").expect("a file");
        }
        fs::create_dir_all(stage.path("run/good/state")).expect("a folder");
        fs::write(stage.path("run/good/state/restored-mysql-pier"), "").expect("a file");
        for (script, cluster) in &stage.scripts {
            let ran = stage.run(script, cluster, "good");
            ran.agrees();
            assert_eq!(ran.status, Some(0), "{plan} {script}:\n{}", ran.stdout);
            assert!(ran.by_check().len() > 1, "{plan} {script}:\n{}", ran.stdout);
        }
    });
}

#[test]
fn every_check_fails_when_everything_is_wrong() {
    PLANS.par_iter().for_each(|plan| {
        let stage = Stage::new(plan);
        for (script, cluster) in &stage.scripts {
            let ran = stage.run(script, cluster, "bad");
            ran.agrees();
            let mut failed = false;
            for (check, results) in ran.by_check() {
                if check == "cluster" || CANNOT_FAIL.iter().any(|word| check.starts_with(word)) {
                    continue;
                }
                let wrong = results.contains("FAIL") || results.contains("UNKNOWN");
                assert!(wrong, "{plan} {script}: {check} passes\n{}", ran.stdout);
                failed |= results.contains("FAIL");
            }
            let undo = script.rsplit('/').next().is_some_and(|file| file.starts_with("undo"));
            let expected = match (undo, failed) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => 2,
            };
            assert_eq!(ran.status, Some(expected), "{plan} {script}:\n{}", ran.stdout);
        }
    });
}

#[test]
fn what_cannot_be_asked_is_neither_right_nor_wrong() {
    PLANS.par_iter().for_each(|plan| {
        let stage = Stage::new(plan);
        for (script, cluster) in &stage.scripts {
            let ran = stage.run(script, cluster, "down");
            ran.agrees();
            assert_eq!(ran.status, Some(2), "{plan} {script}:\n{}", ran.stdout);
            assert_eq!(ran.by_check().into_keys().collect::<Vec<_>>(), ["cluster"], "nothing else is asked");
        }
        // The cluster is known, and then the way to it is gone. What nobody stopped needs no way.
        for (script, cluster) in stage.scripts.iter().filter(|(script, _)| !script.contains("/undo")) {
            let ran = stage.run(script, cluster, "half");
            ran.agrees();
            assert_ne!(ran.status, Some(0), "{plan} {script}:\n{}", ran.stdout);
        }
    });
}

/// A template that says nothing, or that ends the script, has shown nothing.
#[test]
fn silence_is_no_pass() {
    let stage = Stage::new("tests/runbook/annex");
    let file = stage.path("04-shop/check.sh");
    let text = fs::read_to_string(&file).expect("a script");
    let start = text.find("\npart_4() {\n").expect("the template of the plan") + "\npart_4() {\n".len();
    let end = start + text[start..].find("\n}\n").expect("its end");
    for (body, said) in [
        (":", "nothing-left:shop: the template says neither pass nor fail nor unknown"),
        ("exit 0", "a part ended the script"),
    ] {
        fs::write(&file, format!("{}{body}{}", &text[..start], &text[end..])).expect("a file");
        let ran = stage.run("04-shop/check.sh", "new", "good");
        assert_eq!(ran.status, Some(2), "{}", ran.stdout);
        assert!(ran.stdout.contains(said), "{}", ran.stdout);
    }
}

/// A connection that was not tried was not held back: an image without `nc`, or with one that knows less.
#[test]
fn a_pod_that_cannot_try_has_no_answer() {
    let stage = Stage::new("tests/plans/runbook");
    let text = fs::read_to_string(stage.path("functions.sh")).expect("a script");
    let (_, rest) = text.split_once("sh -c 'if found=").expect("an attempt");
    let (attempt, _) = rest.split_once("' \"$4\"").expect("its end");
    let bin = stage.path("nc-bin");
    fs::create_dir_all(&bin).expect("a folder");
    let run = |nc: Option<&str>| {
        let file = bin.join("nc");
        let _ = fs::remove_file(&file);
        if let Some(nc) = nc {
            fs::write(&file, format!("#!/bin/sh\n{nc}\n")).expect("a file");
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("if found={attempt}"), "10.0.0.1", "80"]).env("PATH", &bin);
        String::from_utf8(shell.output().expect("a run").stdout).expect("UTF-8")
    };
    assert_eq!(run(Some("exit 0")), "open\n");
    assert_eq!(run(Some("echo 'nc: 10.0.0.1 (10.0.0.1:80): Connection refused' >&2; exit 1")), "refused\n");
    assert_eq!(run(Some("echo 'nc: 10.0.0.1 (10.0.0.1:80): Connection timed out' >&2; exit 1")), "silent\n");
    assert_eq!(run(Some("echo \"nc: invalid option -- 'z'\" >&2; exit 1")), "");
    assert_eq!(run(None), "");
}

#[test]
fn every_template_is_run_by_these_tests() {
    let run: BTreeSet<&str> = PLANS.iter().flat_map(|plan| Stage::new(plan).templates).collect();
    let checks = plan::runbook::words::CHECKS.iter().map(|check| check.name);
    let actions = plan::runbook::words::ACTIONS.iter().map(|action| action.name);
    assert_eq!(run, checks.chain(actions).collect());
}

#[test]
fn every_shell_runs_them() {
    for shell in [&["dash"][..], &["bash", "--posix"], &["busybox", "sh"], &["ksh"]] {
        // Each machine has some of them; the ones that it has must do.
        if Command::new(shell[0]).args(&shell[1..]).arg("-c").arg(":").output().is_err() {
            continue;
        }
        for plan in PLANS {
            let stage = Stage::new(plan);
            for (script, _) in &stage.scripts {
                let output =
                    Command::new(shell[0]).args(&shell[1..]).arg("-n").arg(stage.path(script)).output();
                let output = output.expect("a run");
                assert!(output.status.success(), "{shell:?} {plan} {script}: {output:?}");
            }
        }
        let stage = Stage::new("tests/plans/handover");
        let (script, cluster) = stage.script("03-catalogue/handover-quay.sh");
        let ran = stage.run_in(shell, &[], &script, &cluster, "good");
        ran.agrees();
        assert_eq!(ran.status, Some(0), "{shell:?}\n{}", ran.stdout);
        let (script, cluster) = stage.script("01-build/check.sh");
        for (outcome, status) in [("good", 0), ("bad", 1), ("down", 2)] {
            let ran = stage.run_in(shell, &[], &script, &cluster, outcome);
            ran.agrees();
            assert_eq!(ran.status, Some(status), "{shell:?} {outcome}\n{}", ran.stdout);
        }
    }
}

#[test]
fn another_cluster_is_left_alone() {
    let stage = Stage::new("plans/article");
    let (script, _) = stage.scripts[0].clone();
    // The old cluster's kubeconfig in place of the new one's.
    let ran = stage.run(&script, "production", "good");
    assert_eq!(ran.status, Some(2), "{}", ran.stdout);
    assert!(ran.stdout.contains("no node has the address 192.168.1.95"), "{}", ran.stdout);
}

#[test]
fn a_template_of_the_plan_wins_and_quotes() {
    let mut inputs = plan::Inputs::new(Source::new(
        "migration.toml",
        plan::check::scaffold(
            "[runbook]\ntemplates = \"runbook\"\n\n[[stages]]\nname = \"one\"\napply = [\"metallb\"]\ncheck = [\"pool-synced\", \"gpu:it\"]\n",
        ),
    ));
    let own = |name: &str, text: &str| (name.to_owned(), Source::new(name, text));
    inputs.runbook = vec![
        own(
            "gpu.sh.j2",
            "pass {{ \"it's \" ~ argument ~ \" $(x)\" }} {{ cluster.nodes | map(attribute='name') }}\n",
        ),
        own("pool-synced.sh.j2", "pass 'mine'\n"),
    ];
    let output = plan::compile(&inputs).output.expect("a tree");
    let script =
        output.tree.iter().find(|(path, _)| path.as_str() == "runbook/01-one/check.sh").expect("a script").1;
    let script = String::from_utf8(script.to_vec()).expect("UTF-8");
    assert!(script.contains("pass 'it'\\''s it $(x)' node-1 node-2\n"), "{script}");
    assert!(script.contains("pass 'mine'\n") && !script.contains("ipaddresspools"), "{script}");
}
