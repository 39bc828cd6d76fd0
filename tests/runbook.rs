//! The scripts of the runbook are shell, and say the truth: each runs against programs that stand in for kubectl and its
//! like, when all is well, when everything is wrong, and when nothing answers.

use plan::facts::Facts;
use plan::runbook::Meaning;
use plan::source::Source;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const PLANS: [&str; 5] = [
    "plans/ml-platform",
    "plans/article",
    "tests/plans/runbook",
    "tests/plans/handover",
    "tests/runbook/annex",
];

/// Words that do not fail when the cluster is in disorder: they start again what nobody stopped.
const CANNOT_FAIL: [&str; 1] = ["undrain"];

/// A plan, its runbook on disk, and what stands in for its clusters.
struct Stage {
    folder: TempDir,
    /// Scripts by their path below the runbook, in order, with the cluster that each talks to.
    scripts: Vec<(String, String)>,
    /// The templates that the scripts are made of.
    templates: BTreeSet<&'static str>,
}

impl Stage {
    fn new(plan: &str) -> Stage {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(plan);
        let text = fs::read_to_string(root.join("migration.toml")).expect("a plan");
        let mut inputs = plan::Inputs::new(Source::new("migration.toml", text));
        if let Some(folder) = plan::runbook_folder(&inputs.plan) {
            for entry in fs::read_dir(root.join(folder)).expect("templates") {
                let path = entry.expect("an entry").path();
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                let text = fs::read_to_string(&path).expect("a template");
                inputs.runbook.push((name.clone(), Source::new(name, text)));
            }
        }
        let folder = tempfile::tempdir().expect("a folder");
        let mut scripts = Vec::new();
        let output = plan::compile(&inputs);
        let Some(output) = output.output else { panic!("{plan}: {:#?}", output.diagnostics) };
        for (path, bytes) in output.tree.iter() {
            let Some(below) = path.as_str().strip_prefix("runbook/") else { continue };
            let file = folder.path().join(below);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(&file, bytes).expect("a file");
            // What the scripts of the stages read is beside the stages.
            if below.contains('/') && below.ends_with(".sh") {
                let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
                let cluster = text.lines().find_map(|line| line.strip_prefix("cluster=")).expect("a cluster");
                scripts.push((below.to_owned(), cluster.to_owned()));
            }
        }
        // In the order in which they are run: what is saved first can be put back later.
        let place = |path: &str| {
            let (stage, file) = path.split_once('/').expect("a stage");
            let kinds = ["do", "handover", "restore", "check", "stop", "back", "undo"];
            (stage.to_owned(), kinds.iter().position(|kind| file.starts_with(kind)))
        };
        scripts.sort_by_key(|(path, _)| place(path));
        let mut stage = Stage { folder, scripts, templates: BTreeSet::new() };
        plan::judge(&inputs, |facts, _| {
            stage.write_answers(facts);
            stage.templates = templates(facts);
        });
        stage
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// What a healthy cluster of the plan would say, for the stub.
    fn write_answers(&self, facts: &Facts<'_>) {
        let resolved = &facts.resolved;
        let bin = self.path("bin");
        fs::create_dir_all(&bin).expect("a folder");
        let stub = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runbook/stub");
        for name in ["kubectl", "sleep", "getent", "curl", "pg_dump", "pg_restore", "ssh"] {
            symlink(&stub, bin.join(name)).expect("a link");
        }
        let denied = self.denied();
        for cluster in &resolved.clusters {
            let stub = self.path(&format!("stub/{}", cluster.name));
            let new = cluster.replaced_by.map_or(cluster, |new| resolved.cluster(new));
            let write = |name: &str, lines: Vec<String>| {
                fs::create_dir_all(&stub).expect("a folder");
                fs::write(stub.join(name), lines.iter().map(|line| format!("{line}\n")).collect::<String>())
                    .expect("a file");
            };
            let version = format!("v{}", cluster.version.to_string().trim_start_matches('v'));
            let nodes = cluster.nodes().map(|id| {
                let host = resolved.host(id);
                let addresses: Vec<String> = host.addresses.iter().map(ToString::to_string).collect();
                format!("{}\tTrue\t{version}\t{}", host.name, addresses.join(" "))
            });
            write("nodes", nodes.collect());
            write("dns", vec![cluster.dns.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")]);
            let calico = cluster
                .calico
                .as_ref()
                .map(|calico| format!("v{}", calico.version.to_string().trim_start_matches('v')));
            write("calico", calico.into_iter().collect());
            let pools = resolved.pools_of(cluster.id).map(|pool| {
                let ranges: Vec<String> = pool.ranges.iter().map(ToString::to_string).collect();
                format!("{} {}", pool.name, ranges.join(" "))
            });
            write("pools", pools.collect());
            let mut vips: Vec<String> = Vec::new();
            let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            let mut workloads: Vec<String> = Vec::new();
            for service in resolved.services_of(new.id) {
                let namespace = &resolved.namespace(service.namespace).name;
                let addresses: Vec<String> = service.addresses.iter().map(ToString::to_string).collect();
                vips.push(format!("{namespace}/{} {}", service.name, addresses.join(" ")));
                for host in &service.hosts {
                    names.entry(host.clone()).or_default().extend(addresses.iter().cloned());
                }
                let labels: BTreeMap<&str, &str> = service.selector().collect();
                let labels = serde_json::to_string(&labels).expect("JSON");
                workloads.push(format!("{namespace} Deployment/{} 2 {labels}", service.key));
            }
            for runtime in resolved.runtimes_of(new.id) {
                let namespace = &resolved.namespace(runtime.namespace).name;
                let both = [
                    ("seldon-mesh-lb", &runtime.mesh, &runtime.host),
                    ("seldon-scheduler-lb", &runtime.scheduler, &runtime.scheduler_host),
                ];
                for (name, addresses, host) in both {
                    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                    vips.push(format!("{namespace}/{name} {}", addresses.join(" ")));
                    let host = host.clone().unwrap_or_default();
                    names.entry(host).or_default().extend(addresses);
                }
                workloads.push(format!("{namespace} StatefulSet/any 1 {{}}"));
            }
            for tenant in resolved.tenants_of(new.id) {
                let namespace = &resolved.namespace(tenant.namespace).name;
                workloads.push(format!("{namespace} Deployment/any 1 {{}}"));
            }
            write("vips", vips);
            let names = names.into_iter().map(|(host, addresses)| {
                format!("{host} {}", addresses.into_iter().collect::<Vec<_>>().join(" "))
            });
            write("names", names.collect());
            write("workloads", workloads);
            write("denied", denied.clone());
            for service in resolved.services_of(new.id) {
                let buckets = service.written.buckets.iter().flat_map(|buckets| &buckets.value);
                for bucket in buckets {
                    let folder = stub.join("data/data").join(bucket.value.as_str());
                    fs::create_dir_all(&folder).expect("a folder");
                    fs::write(folder.join("object"), "data").expect("a file");
                }
            }
            fs::create_dir_all(stub.join("data")).expect("a folder");
            fs::write(stub.join("data/file"), "data").expect("a file");
        }
    }

    /// The connections that must be held back, as the stub knows them: namespace, labels, target, port.
    fn denied(&self) -> Vec<String> {
        let mut denied = Vec::new();
        for (script, _) in &self.scripts {
            let text = fs::read_to_string(self.path(script)).expect("a script");
            let (mut labels, mut namespace, mut target) = (String::new(), String::new(), String::new());
            for line in text.lines().map(str::trim) {
                if let Some(rest) = line.strip_prefix("if probe 'a pod like ") {
                    let after = rest.split_once("' ").expect("a title").1;
                    namespace = after.split(' ').next().expect("a namespace").to_owned();
                    let at = after.find("\"labels\":{").expect("labels");
                    let end = after[at..].find('}').expect("an end");
                    labels = after[at..=at + end].to_owned();
                } else if let Some(rest) = line.strip_prefix("if target_of '") {
                    let after = rest.split_once("' ").expect("a title").1;
                    let words: Vec<&str> = after.trim_end_matches("; then").split(' ').collect();
                    target = format!("{}|{}", words[0], words[1].trim_matches('\''));
                } else if line.starts_with("may_not '") {
                    let port = line.rsplit(' ').next().expect("a port");
                    denied.push(format!("{namespace}|{labels}|{target}|{port}"));
                }
            }
        }
        denied
    }

    /// A script by its path, with its cluster.
    fn script(&self, file: &str) -> (String, String) {
        self.scripts.iter().find(|(path, _)| path == file).cloned().unwrap_or_else(|| panic!("no {file}"))
    }

    /// Runs one script; the status, what it printed, and its results.
    fn run(&self, script: &str, cluster: &str, outcome: &str) -> Ran {
        self.run_in(&["sh"], &[], script, cluster, outcome)
    }

    fn run_in(
        &self,
        shell: &[&str],
        variables: &[(&str, &str)],
        script: &str,
        cluster: &str,
        outcome: &str,
    ) -> Ran {
        let state = self.path(&format!("state/{outcome}/{}", script.replace('/', "-")));
        fs::create_dir_all(&state).expect("a folder");
        let results = state.join("results.jsonl");
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        let output = Command::new(shell[0])
            .args(&shell[1..])
            .arg(self.path(script))
            .env("PATH", path)
            .env("STUB", self.path(&format!("stub/{cluster}")))
            .env("STATE", &state)
            .env("OUTCOME", outcome)
            .env("RUN_DIR", self.path(&format!("run/{outcome}")))
            .env("RESULTS", &results)
            .env("TIMEOUT", "20")
            .env("LONG", "40")
            .envs(variables.iter().copied())
            .output()
            .expect("a run");
        let text = fs::read_to_string(&results).expect("results");
        let results: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect();
        let lines = |name: &str| fs::read_to_string(state.join(name)).unwrap_or_default();
        for pod in lines("created").lines() {
            let (namespace, name) = pod.split_once(' ').expect("a namespace and a name");
            let taken = lines("deleted")
                .lines()
                .any(|line| line.starts_with(&format!("-n {namespace} delete pod {name} ")));
            assert!(taken, "{script} leaves {pod} behind");
        }
        Ran {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
            results,
        }
    }
}

/// The templates behind every word of every script.
fn templates(facts: &Facts<'_>) -> BTreeSet<&'static str> {
    let stages = 0..facts.resolved.stages.len();
    let scripts = stages.flat_map(|at| plan::runbook::scripts(facts, at).0);
    let meaning = |word: &str| match word.split_once(':') {
        Some(("undrain", _)) => Some("undrain"),
        _ => match plan::runbook::of_check(facts, word).or_else(|_| plan::runbook::of_do(facts, word)) {
            Ok(Meaning::Check(check, _)) => Some(check.name),
            Ok(Meaning::Action(action, _)) => Some(action.name),
            _ => None,
        },
    };
    scripts.flat_map(|script| script.parts).filter_map(|part| meaning(&part.word)).collect()
}

struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    results: Vec<Value>,
}

impl Ran {
    /// The results of each word.
    fn by_check(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for result in &self.results {
            let word =
                |key: &str| result[key].as_str().unwrap_or_else(|| panic!("no {key} in {result}")).to_owned();
            assert_eq!(result["format_version"], 1);
            for key in ["plan", "stage", "cluster", "what", "detail", "at"] {
                word(key);
            }
            all.entry(word("check")).or_default().insert(word("result"));
        }
        all
    }

    #[track_caller]
    fn agrees(&self) {
        let lines = self.stdout.lines();
        let counted =
            lines.filter(|line| ["PASS ", "FAIL ", "UNKNOWN "].iter().any(|word| line.starts_with(word)));
        assert_eq!(counted.count(), self.results.len(), "{}", self.stdout);
        assert_eq!(self.stderr, "", "{}", self.stdout);
    }
}

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

#[test]
fn a_backup_is_never_written_over_and_a_changed_one_is_found() {
    let stage = Stage::new("plans/ml-platform");
    let (save, cluster) = stage.script("01-freeze/do.sh");
    assert_eq!(stage.run(&save, &cluster, "good").status, Some(0));
    let again = stage.run(&save, &cluster, "good");
    assert_eq!(again.status, Some(1));
    assert!(again.stdout.contains("holds a backup already"), "{}", again.stdout);
    let kept = stage.run_in(&["sh"], &[("KEEP", "yes")], &save, &cluster, "good");
    assert_eq!(kept.status, Some(0), "{}", kept.stdout);
    let (check, cluster) = stage.script("01-freeze/check.sh");
    assert_eq!(stage.run(&check, &cluster, "good").status, Some(0));
    let dump = stage.path("run/good/backup/postgres/mlflow.dump");
    fs::write(dump, "broken").expect("a file");
    let found = stage.run(&check, &cluster, "good");
    assert_eq!(found.status, Some(1));
    assert!(found.stdout.contains("are not what they were"), "{}", found.stdout);
    let kept = stage.run_in(&["sh"], &[("KEEP", "yes")], &save, "before", "good");
    assert_eq!(kept.status, Some(1), "{}", kept.stdout);
}

/// The folder of one cluster's backup is no backup of another cluster, whatever was kept.
#[test]
fn a_backup_of_another_cluster_is_none() {
    let stage = Stage::new("tests/runbook/annex");
    let (save, cluster) = stage.script("02-save/do.sh");
    assert_eq!(stage.run(&save, &cluster, "good").status, Some(0));
    for name in ["manifests", "pg"] {
        let taken = stage.path(&format!("run/good/backup/{name}/TAKEN"));
        let text = fs::read_to_string(&taken).expect("when it was taken");
        assert!(text.contains("\nof old\n"), "{text}");
        fs::write(taken, text.replace("of old", "of elsewhere")).expect("a file");
    }
    let kept = stage.run_in(&["sh"], &[("KEEP", "yes")], &save, &cluster, "good");
    assert_eq!(kept.status, Some(1), "{}", kept.stdout);
    assert!(kept.stdout.contains("holds what was saved of elsewhere; give old a RUN_DIR"), "{}", kept.stdout);
    // What lies outside of the clusters is the same from everywhere.
    let results = kept.by_check();
    assert_eq!(results["backup:pg"], BTreeSet::from(["PASS".to_owned()]), "{}", kept.stdout);
    assert_eq!(results["backup:manifests"], BTreeSet::from(["FAIL".to_owned()]), "{}", kept.stdout);
}

#[test]
fn what_was_put_back_once_is_left_alone() {
    let stage = Stage::new("plans/ml-platform");
    let run = |file: &str| {
        let (script, cluster) = stage.script(file);
        stage.run(&script, &cluster, "good")
    };
    assert_eq!(run("01-freeze/do.sh").status, Some(0));
    let first = run("04-data/restore.sh");
    assert_eq!(first.status, Some(0), "{}", first.stdout);
    assert!(first.stdout.contains("entries are back"), "{}", first.stdout);
    let second = run("04-data/restore.sh");
    assert_eq!(second.status, Some(0));
    assert!(second.stdout.contains("was put back already"), "{}", second.stdout);
    assert!(!second.stdout.contains("entries are back"), "{}", second.stdout);
}

#[test]
fn a_restore_that_was_stopped_starts_the_pods_that_there_were() {
    let stage = Stage::new("plans/ml-platform");
    let (save, cluster) = stage.script("01-freeze/do.sh");
    assert_eq!(stage.run(&save, &cluster, "good").status, Some(0));
    // What a run leaves that was killed after it had scaled the pods down.
    let state = stage.path("run/good/state");
    fs::write(state.join("restore-minio-after"), "deployment/minio 3\n").expect("a file");
    let (restore, cluster) = stage.script("04-data/restore.sh");
    assert_eq!(stage.run(&restore, &cluster, "good").status, Some(0));
    let scaled = stage.path("state/good/04-data-restore.sh/scaled");
    let scaled = fs::read_to_string(scaled).expect("what was scaled");
    assert!(scaled.ends_with("scale deployment/minio --replicas=3\n"), "{scaled}");
}

#[test]
fn a_person_copies_what_no_script_can() {
    let stage = Stage::new("tests/plans/handover");
    let (save, cluster) = stage.script("02-orders/do.sh");
    let first = stage.run(&save, &cluster, "good");
    assert_eq!(first.status, Some(2), "{}", first.stdout);
    assert!(first.stdout.contains("run/good/backup/mysql with the tool of their maker"), "{}", first.stdout);
    // A dump that `pg_restore` cannot read, and a folder as `mongodump` makes it, with an empty collection.
    fs::write(stage.path("run/good/backup/mysql/orders.dump"), "-- MySQL dump\n").expect("a file");
    fs::create_dir_all(stage.path("run/good/backup/mongo/dump/shop")).expect("a folder");
    fs::write(stage.path("run/good/backup/mongo/dump/shop/carts.bson"), "").expect("a file");
    let kept = [("KEEP", "yes")];
    let second = stage.run_in(&["sh"], &kept, &save, &cluster, "good");
    assert_eq!(second.status, Some(1), "{}", second.stdout);
    assert!(second.stdout.contains("mongo/dump holds nothing"), "{}", second.stdout);
    fs::write(stage.path("run/good/backup/mongo/dump/shop/orders.bson"), "data").expect("a file");
    let third = stage.run_in(&["sh"], &kept, &save, &cluster, "good");
    assert_eq!(third.status, Some(0), "{}", third.stdout);
    assert!(third.stdout.contains("dump has 1 files"), "{}", third.stdout);
    let (check, cluster) = stage.script("02-orders/check.sh");
    let read = stage.run(&check, &cluster, "good");
    assert_eq!(read.status, Some(0), "{}", read.stdout);
    fs::write(stage.path("run/good/backup/mongo/dump/shop/orders.bson"), "other").expect("a file");
    assert_eq!(stage.run(&check, &cluster, "good").status, Some(1));
    let (restore, cluster) = stage.script("03-catalogue/do.sh");
    let asked = stage.run(&restore, &cluster, "good");
    assert_eq!(asked.status, Some(2), "{}", asked.stdout);
    fs::write(stage.path("run/good/state/restored-mysql-pier"), "").expect("a file");
    assert_eq!(stage.run(&restore, &cluster, "good").status, Some(0));
}

#[test]
fn a_bucket_may_be_on_any_of_several_claims() {
    let stage = Stage::new("plans/ml-platform");
    let (save, cluster) = stage.script("01-freeze/do.sh");
    let stub = stage.path("stub/before");
    fs::write(stub.join("claims"), "node-1 data-0 data-1 \n").expect("a file");
    // The first claim in the order of their names has none.
    fs::create_dir_all(stub.join("data-0")).expect("a folder");
    fs::write(stub.join("data-0/format.json"), "{}").expect("a file");
    let ran = stage.run(&save, &cluster, "good");
    assert_eq!(ran.status, Some(0), "{}", ran.stdout);
    assert!(ran.stdout.contains("data-1.tar reads back"), "{}", ran.stdout);
}

#[test]
fn the_old_writer_starts_again_only_after_the_new_one_has_stopped() {
    let stage = Stage::new("tests/plans/handover");
    let page = fs::read_to_string(stage.path("03-catalogue/README.md")).expect("a page");
    let stop = page.find("sh runbook/03-catalogue/stop.sh").expect("the new one stops");
    let start = page.find("sh runbook/03-catalogue/undo-quay.sh").expect("the old one starts");
    assert!(stop < start, "{page}");
    // Flux brings `catalogue` as soon as it runs, so that is when the old one stops.
    let index = fs::read_to_string(stage.path("README.md")).expect("a page");
    assert!(index.contains("Somebody who copies `mongo`, `mysql` into `$RUN_DIR/backup/NAME`"), "{index}");
    assert!(!index.contains("do not wait for each other"), "{index}");
    assert!(index.contains("| `catalogue` | the start (`build`) | +6h (`catalogue`) | 6h |"), "{index}");
    assert!(index.contains("| `orders` | +3h (`orders`) | +5h (`orders`) | 2h |"), "{index}");
}

/// `do` is done as it is written, whichever cluster a word is about, and data comes back once its pods are there.
#[test]
fn work_on_two_clusters_keeps_its_order() {
    let stage = Stage::new("tests/runbook/annex");
    let page = fs::read_to_string(stage.path("04-shop/README.md")).expect("a page");
    let steps = ["do-old.sh", "do.sh", "do-old-2.sh", "resume kustomization", "restore.sh", "check.sh"];
    let places = steps.map(|step| page.find(step).unwrap_or_else(|| panic!("no {step}:\n{page}")));
    assert!(places.is_sorted(), "{page}");
    // Flux is that of the cluster, whatever the shell was told before.
    for line in page.lines().filter(|line| line.contains(" suspend kustomization ")) {
        assert!(line.contains("`KUBECONFIG=~/new.yaml flux "), "{line}");
    }
    let text = |file: &str| fs::read_to_string(stage.path(file)).expect("a script");
    assert!(text("04-shop/do-old.sh").contains("run 'drain:shop' part_1\nfinish"));
    assert!(text("04-shop/do.sh").contains("run 'restore:pg' part_1\nfinish"));
    assert!(text("04-shop/do-old-2.sh").contains("run 'drain:crm' part_1\nfinish"));
    assert!(text("04-shop/restore.sh").contains("run 'restore:shop' part_1\nfinish"));
}

#[test]
fn data_that_no_backup_has_and_nothing_moves_is_said() {
    let stage = Stage::new("tests/runbook/annex");
    let page = |file: &str| fs::read_to_string(stage.path(file)).expect("a page");
    assert!(page("README.md").contains("such as `build` and `save`, may run at the same time"));
    assert!(page("02-save/README.md").contains("`shop` is used while the copy is made and afterwards"));
    assert!(page("03-web/README.md").contains("**`wiki` keeps data, and nothing in the plan brings it here"));
    assert!(!page("04-shop/README.md").contains("nothing in the plan brings it here"));
    let back = page("05-names/README.md");
    assert!(back.contains("What was written to `wiki`, `shop` in the new cluster stays there"), "{back}");
    // What was stopped before has no writer.
    let stage = Stage::new("tests/plans/runbook");
    let page = fs::read_to_string(stage.path("01-save/README.md")).expect("a page");
    assert!(page.contains("`minio` is used while the copy is made") && !page.contains("`mlflow` is used"));
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
fn what_nobody_keeps_has_its_commands_in_its_stage() {
    let plan = "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\
                [[stages]]\nname = \"base\"\napply = [\"bootstrap.calico\", \"metallb\"]\ncheck = [\"pool-synced\"]\n\
                [[stages]]\nname = \"apps\"\napply = [\"web\"]\ncheck = [\"http-health\"]\n";
    let inputs = plan::Inputs::new(Source::new("migration.toml", plan::check::scaffold(plan)));
    let output = plan::compile(&inputs).output.expect("a tree");
    let page = |wanted: &str| {
        let (_, bytes) = output.tree.iter().find(|(path, _)| path.as_str() == wanted).expect(wanted);
        String::from_utf8(bytes.to_vec()).expect("UTF-8")
    };
    let base = page("runbook/01-base/README.md");
    // The namespaces that no stage names, the controller before its objects, and none of a later stage.
    let commands =
        ["-k clusters/main/00-namespaces", "helm upgrade --install metallb", "-k clusters/main/20-metallb"];
    let places =
        commands.map(|command| base.find(command).unwrap_or_else(|| panic!("no {command}:\n{base}")));
    assert!(places.is_sorted() && !base.contains("40-apps"), "{base}");
    assert!(
        page("runbook/02-apps/README.md").contains("kubectl apply --server-side -k clusters/main/40-apps")
    );
    let index = page("runbook/README.md");
    assert!(
        index.contains("the plan does not say how long they take") && index.contains("`helm`"),
        "{index}"
    );
    // An address without a name needs no help to be found.
    let check = page("runbook/02-apps/check.sh");
    assert!(check.contains("answers http://192.168.1.200/\n"), "{check}");
}

/// A stage without `on` works on every cluster, each with its own network and one controller for all.
#[test]
fn a_stage_may_be_about_every_cluster() {
    let plan = "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\n\
                pods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\
                [gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/p.git\"\npath = \"out/example\"\n\
                [[stages]]\nname = \"base\"\napply = [\"bootstrap.calico\", \"metallb\", \"policies\"]\ncheck = [\"gitops-synced\"]\n";
    let inputs = plan::Inputs::new(Source::new("migration.toml", plan::check::scaffold(plan)));
    let compilation = plan::compile(&inputs);
    let Some(output) = compilation.output else { panic!("{:#?}", compilation.diagnostics) };
    let page = |wanted: &str| {
        let (_, bytes) = output.tree.iter().find(|(path, _)| path.as_str() == wanted).expect(wanted);
        String::from_utf8(bytes.to_vec()).expect("UTF-8")
    };
    let base = page("runbook/01-base/README.md");
    assert!(base.contains("sh bootstrap/main/bootstrap.sh") && !base.contains("bootstrap/second"), "{base}");
    assert!(base.contains("-f gitops/root.yaml"), "{base}");
    assert!(base.contains("export KUBECONFIG=~/argo-cd.yaml"), "{base}");
    assert!(page("runbook/README.md").contains("`~/argo-cd.yaml`"));
    let script = page("runbook/01-base/check-second.sh");
    assert!(script.contains("KUBECONFIG=${ARGO_CD:-${HOME:-.}/argo-cd.yaml}"), "{script}");
}

/// Flux runs in each cluster, so each has its own commands.
#[test]
fn every_cluster_of_flux_is_asked_for_its_own() {
    let plan = "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\n\
                pods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n[clusters.second.calico]\nversion = \"v3.30.7\"\n\
                [services.web]\nnamespace = \"web\"\ncluster = [\"main\", \"second\"]\nselector = { app = \"web\" }\n\
                ports = { http = \"80\" }\nclients = []\n\
                [gitops]\ntool = \"flux\"\nrepo = \"https://git.example.com/p.git\"\npath = \"out/example\"\n\
                [[stages]]\nname = \"base\"\napply = [\"bootstrap.calico\", \"metallb\"]\ncheck = [\"nodes-ready\"]\n\
                [[stages]]\nname = \"apps\"\nhold = \"manual\"\napply = [\"web\"]\ncheck = [\"pods-ready\"]\n";
    let inputs = plan::Inputs::new(Source::new("migration.toml", plan::check::scaffold(plan)));
    let compilation = plan::compile(&inputs);
    let Some(output) = compilation.output else { panic!("{:#?}", compilation.diagnostics) };
    let path = "runbook/02-apps/README.md";
    let (_, bytes) = output.tree.iter().find(|(file, _)| file.as_str() == path).expect("a page");
    let page = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    for name in ["main", "second"] {
        let commands = format!(
            "export KUBECONFIG=~/{name}.yaml\nflux -n flux-system resume kustomization {name}-stage-apps\n```"
        );
        assert!(page.contains(&commands), "{page}");
    }
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

#[test]
fn a_timeline_is_shown_in_every_format() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let show = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
        let output =
            command.args(["show", "timeline"]).args(arguments).current_dir(root).output().expect("a run");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"), output.stderr)
    };
    let (status, table, _) = show(&["tests/plans/runbook"]);
    assert_eq!(status, Some(0));
    assert!(table.contains("critical path: save -> rebuild -> data -> apps -> cutover, 13h"), "{table}");
    let rebuild = table.lines().find(|line| line.starts_with("rebuild")).expect("a line");
    assert!(rebuild.contains("Sat 2026-07-04 22:00  Sun 2026-07-05 04:00"), "{rebuild}");
    let (_, mermaid, _) = show(&["--format", "mermaid", "tests/plans/runbook"]);
    assert!(
        mermaid.starts_with("gantt\n") && mermaid.contains("rebuild :crit, s3, 2026-07-04 22:00, 360m\n"),
        "{mermaid}"
    );
    let (_, svg, _) = show(&["--format", "svg", "tests/plans/runbook"]);
    assert_eq!(svg.matches("<rect class=\"stage").count(), 6, "{svg}");
    assert_eq!(svg.matches("<rect class=\"slack").count(), 2, "{svg}");
    let (_, json, _) = show(&["--format", "json", "tests/plans/runbook"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["length"], 13 * 3600);
    assert_eq!(json["stages"][1]["slack"], 5400);
    let (status, _, error) = show(&["tests/plans/minimal"]);
    assert_eq!(status, Some(2));
    assert!(String::from_utf8_lossy(&error).contains("has no stages"));
}
