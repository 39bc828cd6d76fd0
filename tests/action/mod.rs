//! A pull request on a desk: a repository, stand-ins for the programs that post comments, and the steps of `action.yml`
//! run one after the other as a runner would.

mod expression;

use crate::desk::{Desk, PLAN, Ran};
use expression::evaluate;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A service with a pinned address, which the tests move.
const SERVICE: &str = r#"
[services.wiki]
namespace = "wiki"
selector = { app = "wiki" }
ports = { http = "80" }
ip = "192.168.1.215"
"#;

/// A repository whose branch `main` has a plan and its tree; `change` is checked out.
pub struct Job {
    desk: Desk,
    /// Comments, calls and what steps write.
    store: tempfile::TempDir,
}

/// What a run of all steps left.
pub struct Finished {
    pub status: i32,
    pub said: String,
    outputs: BTreeMap<String, String>,
}

impl Finished {
    pub fn output(&self, step: &str, key: &str) -> &str {
        self.outputs.get(&format!("steps.{step}.outputs.{key}")).map_or("", String::as_str)
    }
}

impl Job {
    pub fn new() -> Job {
        let job = Job { desk: Desk::lab(SERVICE), store: tempfile::tempdir().expect("a folder") };
        job.git(&["init", "--quiet", "--initial-branch", "main"]);
        assert_eq!(job.plan(&["build"]).status, 0);
        job.commit("the platform");
        job.git(&["switch", "--quiet", "--create", "change"]);
        for (name, text) in [("gh", GH), ("curl", CURL)] {
            let path = job.bin().join(name);
            fs::create_dir_all(job.bin()).expect("a folder");
            fs::write(&path, text).expect("a program");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a program");
        }
        fs::create_dir(job.store.path().join("comments")).expect("a folder");
        job
    }

    fn bin(&self) -> PathBuf {
        self.store.path().join("bin")
    }

    pub fn plan(&self, arguments: &[&str]) -> Ran {
        self.desk.plan(arguments)
    }

    pub fn write(&self, path: &str, text: &str) {
        self.desk.write(path, text);
    }

    /// A folder and those above it.
    pub fn make(&self, path: &str) {
        fs::create_dir_all(self.desk.path(path)).expect("a folder");
    }

    pub fn read(&self, path: &str) -> String {
        self.desk.read(path)
    }

    pub fn edit(&self, path: &str, old: &str, new: &str) {
        self.desk.edit(path, old, new);
    }

    /// A change of the plan, built and committed.
    pub fn change(&self, old: &str, new: &str) {
        self.edit(PLAN, old, new);
        assert_eq!(self.plan(&["build"]).status, 0);
        self.commit(new);
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    /// From now on the host refuses to take comments.
    pub fn forbid_comments(&self) {
        fs::remove_dir(self.store.path().join("comments")).expect("no comments yet");
    }

    /// The comments on the pull request, oldest first.
    pub fn comments(&self) -> Vec<String> {
        let Ok(folder) = fs::read_dir(self.store.path().join("comments")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
        files.sort();
        files.iter().map(|file| fs::read_to_string(file).expect("a comment")).collect()
    }

    /// Every request to the host, one a line.
    pub fn calls(&self) -> String {
        fs::read_to_string(self.store.path().join("calls")).unwrap_or_default()
    }

    /// A file that a step wrote beside the repository.
    pub fn temporary(&self, name: &str) -> String {
        fs::read_to_string(self.store.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var("PATH").unwrap_or_default();
        let plan = Path::new(env!("CARGO_BIN_EXE_plan")).parent().expect("a folder");
        command
            .current_dir(self.desk.path("."))
            .stdin(Stdio::null())
            .env("PATH", format!("{}:{}:{path}", self.bin().display(), plan.display()))
            .env("STORE", self.store.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A").env(format!("GIT_{role}_EMAIL"), "a@example.com");
            command.env(format!("GIT_{role}_DATE"), "2026-01-02T03:04:05Z");
        }
        command
    }

    /// Runs a script as GitHub's and GitLab's runners run bash; stdout and stderr in one.
    fn bash(&self, script: &str, environment: &BTreeMap<String, String>) -> (i32, String) {
        let output = self
            .command("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .envs(environment)
            .output()
            .expect("bash");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().expect("no signal"), String::from_utf8(said).expect("UTF-8"))
    }

    /// Runs the job of a pipeline.
    pub fn gitlab(&self, pipeline: &Value) -> Finished {
        self.gitlab_with(pipeline, "secret")
    }

    /// The same with a token of its own; a fork has none.
    pub fn gitlab_with(&self, pipeline: &Value, token: &str) -> Finished {
        let lines = |key: &str| pipeline["plan"][key].as_array().cloned().unwrap_or_default();
        let scripts = [lines("before_script"), lines("script")].concat();
        let script: Vec<&str> = scripts.iter().filter_map(Value::as_str).collect();
        let mut environment: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in pipeline["variables"].as_object().expect("variables") {
            environment.insert(name.clone(), value.as_str().expect("a text").to_owned());
        }
        let base = self.git(&["merge-base", "main", "HEAD"]);
        for (name, value) in [
            ("CI_PROJECT_PATH", "platform/plans"),
            ("CI_MERGE_REQUEST_PROJECT_ID", "7"),
            ("CI_JOB_URL", "https://gitlab.example.com/jobs/1"),
            ("CI_MERGE_REQUEST_IID", "3"),
            ("CI_API_V4_URL", "https://gitlab.example.com/api/v4"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base),
            ("PLAN_NOTE_TOKEN", token),
        ] {
            environment.insert(name.to_owned(), value.to_owned());
        }
        let (status, said) = self.bash(&script.join("\n"), &environment);
        Finished { status, said, outputs: BTreeMap::new() }
    }
}

/// The steps of `action.yml`.
pub struct Action {
    document: Value,
}

impl Action {
    pub fn read() -> Action {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml");
        let text = fs::read_to_string(path).expect("action.yml");
        Action { document: serde_yaml::from_str(&text).expect("YAML") }
    }

    /// Runs every step with these inputs; steps that use another action are left out.
    pub fn run(&self, job: &Job, inputs: &[(&str, &str)]) -> Finished {
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in self.document["inputs"].as_object().expect("inputs") {
            known.insert(format!("inputs.{name}"), input["default"].as_str().unwrap_or_default().to_owned());
        }
        known.insert("inputs.token".to_owned(), "secret".to_owned());
        known.insert("github.action_path".to_owned(), env!("CARGO_MANIFEST_DIR").to_owned());
        known.insert("github.event.pull_request.number".to_owned(), "3".to_owned());
        known.insert("github.event.pull_request.base.sha".to_owned(), job.git(&["rev-parse", "main"]));
        for (name, value) in inputs {
            known.insert(format!("inputs.{name}"), (*value).to_owned());
        }
        let mut finished = Finished { status: 0, said: String::new(), outputs: BTreeMap::new() };
        for step in self.document["runs"]["steps"].as_array().expect("steps") {
            let wanted = step["if"].as_str().is_none_or(|condition| {
                let value = expression::value(condition, &known);
                !value.is_empty() && value != "false"
            });
            let Some(script) = step["run"].as_str().filter(|_| wanted) else { continue };
            let file = job.store.path().join("output");
            fs::write(&file, "").expect("a file");
            let summary = job.store.path().join("summary.md");
            let mut environment = BTreeMap::new();
            for (name, value) in step["env"].as_object().into_iter().flatten() {
                environment.insert(name.clone(), evaluate(value.as_str().expect("a text"), &known));
            }
            for (name, value) in [
                ("GITHUB_OUTPUT", file.display().to_string()),
                ("GITHUB_STEP_SUMMARY", summary.display().to_string()),
                ("RUNNER_TEMP", job.store.path().display().to_string()),
                ("GITHUB_REPOSITORY", "platform/plans".to_owned()),
                ("GITHUB_SERVER_URL", "https://github.com".to_owned()),
                ("GITHUB_RUN_ID", "12".to_owned()),
            ] {
                environment.insert(name.to_owned(), value);
            }
            let (status, said) = job.bash(script, &environment);
            finished.said.push_str(&format!("== {} ==\n{said}", step["name"]));
            let id = step["id"].as_str().unwrap_or_default();
            for line in fs::read_to_string(&file).expect("outputs").lines() {
                let (key, value) = line.split_once('=').expect("KEY=VALUE");
                known.insert(format!("steps.{id}.outputs.{key}"), value.to_owned());
            }
            if status != 0 {
                finished.status = status;
                break;
            }
        }
        finished.outputs = known;
        finished
    }
}

/// A stand-in for GitHub's program: comments are files, and of `--jq` it understands which marker is looked for.
const GH: &str = r#"#!/usr/bin/env bash
set -euo pipefail
method=GET body="" query="" path=""
echo "$*" >> "$STORE/calls"
[ "$1" = api ] && shift
while [ $# -gt 0 ]; do
  case $1 in
    --method) method=$2; shift ;;
    --field) body=${2#body=@}; shift ;;
    --jq) query=$2; shift ;;
    --paginate | --silent) ;;
    repos/platform/plans/issues/*) path=$1 ;;
    *) echo "unknown argument $1" >&2; exit 1 ;;
  esac
  shift
done
[ -n "$GH_TOKEN" ]
[ -d "$STORE/comments" ] || { echo "HTTP 403" >&2; exit 1; }
cd "$STORE/comments"
case $method in
  GET)
    for file in *; do
      [ -f "$file" ] || continue
      case $query in *"startswith(\"$(head -n 1 "$file")\")"*".id") echo "$file" ;; esac
    done ;;
  POST) cat "$body" > "$((1000 + $(ls | wc -l)))" ;;
  PATCH) [ -f "${path##*/}" ]; cat "$body" > "${path##*/}" ;;
esac
"#;

/// A stand-in for what talks to GitLab.
const CURL: &str = r#"#!/usr/bin/env bash
set -euo pipefail
method=GET body="" url=""
echo "$*" >> "$STORE/calls"
while [ $# -gt 0 ]; do
  case $1 in
    --request) method=$2; shift ;;
    --data-urlencode) body=${2#body@}; shift ;;
    --header) [ "$2" = "PRIVATE-TOKEN: secret" ]; shift ;;
    --output) shift ;;
    --silent | --show-error | --fail) ;;
    https://gitlab.example.com/api/v4/projects/7/merge_requests/3/notes*) url=$1 ;;
    *) echo "unknown argument $1" >&2; exit 1 ;;
  esac
  shift
done
here=$PWD
[ -d "$STORE/comments" ] || { echo "HTTP 403" >&2; exit 22; }
cd "$STORE/comments"
case $method in
  GET)
    if [ "${url#*&page=}" = 1 ]; then
      for file in *; do
        if [ -f "$file" ]; then jq --null-input --rawfile body "$file" --arg id "$file" '{id: ($id | tonumber), body: $body}'; fi
      done | jq --slurp .
    else
      echo '[]'
    fi ;;
  POST) cat "$here/$body" > "$((1000 + $(ls | wc -l)))" ;;
  PUT) [ -f "${url##*/}" ]; cat "$here/$body" > "${url##*/}" ;;
esac
"#;
