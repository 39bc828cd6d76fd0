//! A plan whose runbook is on disk, and what stands in for its clusters.

use plan::facts::Facts;
use plan::runbook::Meaning;
use plan::source::Source;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A plan, its runbook on disk, and what stands in for its clusters.
pub struct Stage {
    pub folder: TempDir,
    /// Scripts by their path below the runbook, in order, with the cluster that each talks to.
    pub scripts: Vec<(String, String)>,
    /// The templates that the scripts are made of.
    pub templates: BTreeSet<&'static str>,
}

impl Stage {
    pub fn new(plan: &str) -> Stage {
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

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// What a healthy cluster of the plan would say, for the stub.
    pub fn write_answers(&self, facts: &Facts<'_>) {
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
    pub fn denied(&self) -> Vec<String> {
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
    pub fn script(&self, file: &str) -> (String, String) {
        self.scripts.iter().find(|(path, _)| path == file).cloned().unwrap_or_else(|| panic!("no {file}"))
    }

    /// Runs one script; the status, what it printed, and its results.
    pub fn run(&self, script: &str, cluster: &str, outcome: &str) -> Ran {
        self.run_in(&["sh"], &[], script, cluster, outcome)
    }

    pub fn run_in(
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

pub struct Ran {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub results: Vec<Value>,
}

impl Ran {
    /// The results of each word.
    pub fn by_check(&self) -> BTreeMap<String, BTreeSet<String>> {
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
    pub fn agrees(&self) {
        let lines = self.stdout.lines();
        let counted =
            lines.filter(|line| ["PASS ", "FAIL ", "UNKNOWN "].iter().any(|word| line.starts_with(word)));
        assert_eq!(counted.count(), self.results.len(), "{}", self.stdout);
        assert_eq!(self.stderr, "", "{}", self.stdout);
    }
}
