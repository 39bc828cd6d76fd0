//! What runs in a pull request is what its host takes, and posts one comment that it finds again.

use crate::action::{Action, Job};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A file as its schema sees it; what the schema says against it.
fn against_schema(document: &Value, schema: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(&read(&format!("tests/data/ci/{schema}.json"))).expect(schema);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_file_is_what_its_host_takes() {
    let files = [
        ("action.yml", "github-actions"),
        (".github/workflows/plan.yml", "github-workflows"),
        (".github/workflows/ci.yml", "github-workflows"),
        (".gitlab/plan.yml", "gitlab-ci"),
        (".pre-commit-hooks.yaml", "pre-commit-hooks"),
    ];
    for (file, schema) in files {
        let document = yaml(file);
        assert_eq!(against_schema(&document, schema), Vec::<String>::new(), "{file}");
    }
    // The schemas see something: a misspelt key is a finding in each.
    let refused = |file: &str, schema: &str, pointer: &str, key: &str| {
        let mut document = yaml(file);
        let table = document.pointer_mut(pointer).and_then(Value::as_object_mut).expect(pointer);
        table.insert(key.to_owned(), Value::from(3));
        assert_ne!(against_schema(&document, schema), Vec::<String>::new(), "{file}: {pointer}/{key}");
    };
    refused("action.yml", "github-actions", "/runs/steps/0", "runs");
    refused(".github/workflows/plan.yml", "github-workflows", "/jobs/plan", "timeout");
    refused(".gitlab/plan.yml", "gitlab-ci", "/plan/artifacts", "when");
    refused(".pre-commit-hooks.yaml", "pre-commit-hooks", "/0", "file");
}

/// What the README tells a stranger to write is what the hosts take, and names what is there.
#[test]
fn the_examples_of_the_readme_are_taken() {
    let readme = read("README.md");
    let blocks = readme.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let blocks: Vec<&str> = blocks.collect();
    let of = |file: &str| -> Value {
        let block = blocks.iter().find(|block| block.starts_with(&format!("# {file}\n")));
        serde_yaml::from_str(block.unwrap_or_else(|| panic!("no block `{file}`"))).expect(file)
    };
    let workflow = of(".github/workflows/plan.yml");
    assert_eq!(against_schema(&workflow, "github-workflows"), Vec::<String>::new());
    let step = &workflow["jobs"]["plan"]["steps"][1];
    for input in step["with"].as_object().expect("inputs").keys() {
        assert!(yaml("action.yml")["inputs"][input].is_object(), "`{input}` is no input");
    }
    let pipeline = of(".gitlab-ci.yml");
    assert_eq!(against_schema(&pipeline, "gitlab-ci"), Vec::<String>::new());
    assert!(root().join(pipeline["include"][0]["file"].as_str().expect("a file")).exists());
    let hooks = yaml(".pre-commit-hooks.yaml");
    let known: Vec<&Value> = hooks.as_array().expect("hooks").iter().map(|hook| &hook["id"]).collect();
    for hook in of(".pre-commit-config.yaml")["repos"][0]["hooks"].as_array().expect("hooks") {
        assert!(known.contains(&&hook["id"]), "{hook}");
    }
}

#[test]
fn readers_of_yaml_agree_on_every_file() {
    for file in ["action.yml", ".github/workflows/plan.yml", ".gitlab/plan.yml", ".pre-commit-hooks.yaml"] {
        let other: Value =
            serde_saphyr::from_str(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(other, yaml(file), "{file}");
    }
}

/// What a workflow of a stranger may say: every input is declared with a default, and no expression is pasted into a
/// script, where a branch name could run anything.
#[test]
fn inputs_reach_scripts_by_the_environment_alone() {
    let action = yaml("action.yml");
    for (name, input) in action["inputs"].as_object().expect("inputs") {
        assert!(input["default"].is_string() && input["description"].is_string(), "{name}");
        assert!(read("action.yml").contains(&format!("inputs.{name}")), "nothing reads `{name}`");
    }
    for step in action["runs"]["steps"].as_array().expect("steps") {
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step}");
    }
}

#[test]
fn hooks_are_commands_that_exist() {
    for hook in yaml(".pre-commit-hooks.yaml").as_array().expect("hooks") {
        let words: Vec<&str> = hook["entry"].as_str().expect("entry").split(' ').collect();
        assert_eq!(words[0], "plan");
        let help = crate::desk::Desk::new().plan(&[words[1], "--help"]);
        assert_eq!(help.status, 0, "{}", help.stderr);
    }
}

#[test]
fn the_comment_is_posted_once_and_then_kept_up_to_date() {
    let job = Job::new();
    job.change("192.168.1.215", "192.168.1.216");
    let first = Action::read().run(&job, &[]);
    assert_eq!(first.status, 0, "{}", first.said);
    let comments = job.comments();
    assert_eq!(comments.len(), 1, "{}", first.said);
    assert!(comments[0].starts_with("<!-- plan-diff: plan -->\n"), "{}", comments[0]);
    assert!(comments[0].contains("192.168.1.216"), "{}", comments[0]);
    assert_eq!(first.output("diff", "different"), "true");
    // The comment is what `plan diff` says, and nothing is rewritten on the way.
    let base = job.git(&["rev-parse", "--short", "main"]);
    let said = job.plan(&["diff", "plans/lab", "--against", &base, "--format", "markdown"]);
    assert_eq!(said.status, 1, "{}", said.stderr);
    assert_eq!(comments[0], format!("<!-- plan-diff: plan -->\n\n{}", said.stdout));

    job.change("192.168.1.216", "192.168.1.217");
    let second = Action::read().run(&job, &[]);
    assert_eq!(second.status, 0, "{}", second.said);
    let comments = job.comments();
    assert_eq!(comments.len(), 1, "it was posted twice: {}", job.calls());
    assert!(
        comments[0].contains("192.168.1.217") && !comments[0].contains("192.168.1.216"),
        "{}",
        comments[0]
    );
    assert_eq!(job.calls().matches("POST").count(), 1, "{}", job.calls());
    assert_eq!(job.calls().matches("PATCH").count(), 1, "{}", job.calls());

    // Another job on the same pull request has a comment of its own.
    let other = Action::read().run(&job, &[("name", "network")]);
    assert_eq!((other.status, job.comments().len()), (0, 2), "{}", other.said);
}

#[test]
fn a_pull_request_that_changes_nothing_is_left_alone() {
    let job = Job::new();
    job.write("README.md", "words\n");
    job.commit("words");
    let ran = Action::read().run(&job, &[]);
    assert_eq!((ran.status, job.comments().len()), (0, 0), "{}", ran.said);
    assert_eq!(ran.output("diff", "different"), "false");
}

#[test]
fn a_plan_that_is_removed_is_in_the_comment_and_one_that_is_moved_is_not_removed() {
    let job = Job::new();
    job.git(&["switch", "--quiet", "main"]);
    for name in ["moved", "removed"] {
        let text = job.read("plans/lab/migration.toml").replace("192.168.1.215", "192.168.1.218");
        job.make(&format!("plans/{name}"));
        job.write(&format!("plans/{name}/migration.toml"), &format!("# {name}\n{text}"));
    }
    let built = job.plan(&["build"]);
    assert_eq!(built.status, 0, "{}", built.stderr);
    job.commit("three");
    job.git(&["switch", "--quiet", "--force-create", "change"]);
    job.git(&["rm", "--quiet", "-r", "plans/removed", "out/removed"]);
    for folder in ["plans", "out"] {
        job.git(&["mv", &format!("{folder}/moved"), &format!("{folder}/here")]);
    }
    job.edit("plans/here/migration.toml", "192.168.1.218", "192.168.1.219");
    assert_eq!(job.plan(&["build", "--force"]).status, 0);
    job.commit("one is gone, one is elsewhere");
    let ran = Action::read().run(&job, &[]);
    let comments = job.comments();
    assert_eq!((ran.status, comments.len()), (0, 1), "{}", ran.said);
    let titles: Vec<&str> = comments[0].lines().filter(|line| line.starts_with("### ")).collect();
    assert_eq!(titles.len(), 3, "{titles:?}");
    assert!(comments[0].contains("### `plans/moved/migration.toml` at "), "{titles:?}");
    assert!(
        titles[2].starts_with("### `plans/removed/migration.toml` at ") && titles[2].ends_with("→ `nothing`"),
        "{titles:?}"
    );
}

#[test]
fn findings_take_the_place_of_a_comparison_that_there_is_none_of() {
    let job = Job::new();
    job.edit("plans/lab/migration.toml", "192.168.1.215", "192.168.9.9");
    job.commit("an address of nowhere");
    let ran = Action::read().run(&job, &[]);
    assert_eq!(ran.status, 1, "{}", ran.said);
    assert!(ran.said.contains("::error title=plan check::"), "{}", ran.said);
    let comments = job.comments();
    assert!(comments[0].contains("address-outside-pool"), "{}", comments[0]);
    let report: Value = serde_json::from_str(&job.temporary("plan.sarif")).expect("SARIF");
    assert_eq!(report["runs"][0]["results"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_tree_that_was_not_built_fails() {
    let job = Job::new();
    job.edit("plans/lab/migration.toml", "ports = { http = \"80\" }", "ports = { http = \"81\" }");
    job.git(&["commit", "--quiet", "--all", "--message", "without its tree"]);
    let ran = Action::read().run(&job, &[]);
    assert_eq!(ran.status, 1, "{}", ran.said);
    assert!(ran.said.contains("the committed tree is not what the plan gives"), "{}", ran.said);
}

#[test]
fn a_dangerous_change_fails_when_it_is_asked_to() {
    let job = Job::new();
    job.change("192.168.1.215", "192.168.1.216");
    let ran = Action::read().run(&job, &[("fail-on", "disruptive")]);
    assert_eq!(ran.status, 1, "{}", ran.said);
    assert!(ran.said.contains("in the class `disruptive` or above"), "{}", ran.said);
    // The comment is kept all the same.
    assert_eq!(job.comments().len(), 1);
}

#[test]
fn a_token_that_may_not_write_is_a_warning() {
    let job = Job::new();
    job.change("192.168.1.215", "192.168.1.216");
    job.forbid_comments();
    let ran = Action::read().run(&job, &[]);
    assert_eq!(ran.status, 0, "{}", ran.said);
    assert!(ran.said.contains("::warning title=there is no comment::"), "{}", ran.said);
    assert!(job.temporary("summary.md").contains("192.168.1.216"));
}

#[test]
fn gitlab_gets_a_report_and_one_note() {
    if std::process::Command::new("jq").arg("--version").output().is_err() {
        eprintln!("there is no jq here, and the job of GitLab uses it");
        return;
    }
    let job = Job::new();
    job.change("192.168.1.215", "192.168.1.216");
    let first = job.gitlab(&yaml(".gitlab/plan.yml"));
    assert_eq!(first.status, 0, "{}", first.said);
    job.change("192.168.1.216", "192.168.1.217");
    let second = job.gitlab(&yaml(".gitlab/plan.yml"));
    assert_eq!(second.status, 0, "{}", second.said);
    let comments = job.comments();
    assert_eq!(comments.len(), 1, "{}", job.calls());
    assert!(comments[0].contains("192.168.1.217"), "{}", comments[0]);
    assert!(comments[0].starts_with("<!-- plan-diff: platform/plans -->\n"), "{}", comments[0]);
    let report: Value = serde_json::from_str(&job.read("gl-code-quality-report.json")).expect("JSON");
    assert!(report.is_array());
}

/// What both hosts make of the same branch: the comment of each, without the line that finds it again.
fn on_both(job: &Job) -> Vec<(&'static str, i32, String, String)> {
    let body = |comments: &[String]| {
        let last = comments.last().cloned().unwrap_or_default();
        last.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned())
    };
    let github = Action::read().run(job, &[]);
    let mut found = vec![("GitHub", github.status, github.said, body(&job.comments()))];
    if std::process::Command::new("jq").arg("--version").output().is_ok() {
        let gitlab = job.gitlab(&yaml(".gitlab/plan.yml"));
        found.push(("GitLab", gitlab.status, gitlab.said, body(&job.comments())));
    }
    found
}

#[test]
fn a_new_plan_is_all_new() {
    let job = Job::new();
    job.make("plans/more");
    let text = job.read("plans/lab/migration.toml").replace("name = \"lab\"", "name = \"more\"");
    job.write("plans/more/migration.toml", &text.replace("192.168.1.215", "192.168.1.218"));
    assert_eq!(job.plan(&["build"]).status, 0);
    job.commit("another one");
    for (host, status, said, comment) in on_both(&job) {
        assert_eq!(status, 0, "{host}: {said}");
        assert!(comment.contains("### `nothing` at `"), "{host}: {comment}");
        assert!(comment.contains("`plans/more/migration.toml`"), "{host}: {comment}");
        assert!(!comment.contains("removed"), "{host}: {comment}");
    }
}

#[test]
fn the_last_plan_may_go() {
    let job = Job::new();
    job.git(&["rm", "--quiet", "-r", "plans", "out"]);
    job.commit("nothing is left");
    for (host, status, said, comment) in on_both(&job) {
        assert_eq!(status, 0, "{host}: {said}");
        assert!(comment.contains("→ `nothing`"), "{host}: {said}{comment}");
    }
}

#[test]
fn a_base_with_errors_has_a_tree_all_the_same() {
    let job = Job::new();
    job.git(&["switch", "--quiet", "main"]);
    job.edit("plans/lab/migration.toml", "192.168.1.215", "192.168.9.9");
    job.commit("an address of nowhere");
    job.git(&["switch", "--quiet", "--force-create", "change"]);
    job.change("192.168.9.9", "192.168.1.217");
    for (host, status, said, comment) in on_both(&job) {
        assert_eq!(status, 0, "{host}: {said}");
        assert!(comment.contains("192.168.1.215") && comment.contains("192.168.1.217"), "{host}: {comment}");
        assert!(comment.contains("this compares with the tree that is committed there"), "{host}: {comment}");
        assert!(said.contains("address-outside-pool"), "{host}: {said}");
    }
}

#[test]
fn what_is_not_known_is_said_and_fails() {
    let job = Job::new();
    job.git(&["switch", "--quiet", "main"]);
    job.edit("plans/lab/migration.toml", "192.168.1.215", "192.168.9.9");
    job.commit("an address of nowhere");
    job.git(&["switch", "--quiet", "--force-create", "change"]);
    job.git(&["rm", "--quiet", "-r", "plans", "out"]);
    job.commit("nothing is left");
    for (host, status, said, comment) in on_both(&job) {
        assert_ne!(status, 0, "{host}: {said}");
        assert!(comment.contains("What changes is not known:\n\n    "), "{host}: {said}{comment}");
        assert!(comment.contains("address-outside-pool"), "{host}: {comment}");
    }
}

#[test]
fn every_plan_that_changes_has_its_part() {
    let job = Job::new();
    job.git(&["switch", "--quiet", "main"]);
    let text = job.read("plans/lab/migration.toml");
    for name in ["one", "two"] {
        job.make(&format!("plans/{name}"));
        job.write(
            &format!("plans/{name}/migration.toml"),
            &text.replace("name = \"lab\"", &format!("name = \"{name}\"")),
        );
    }
    assert_eq!(job.plan(&["build"]).status, 0);
    job.commit("three");
    job.git(&["switch", "--quiet", "--force-create", "change"]);
    for name in ["lab", "two"] {
        job.edit(&format!("plans/{name}/migration.toml"), "192.168.1.215", "192.168.1.220");
    }
    assert_eq!(job.plan(&["build"]).status, 0);
    job.commit("two of them");
    for (host, status, said, comment) in on_both(&job) {
        assert_eq!(status, 0, "{host}: {said}");
        let parts: Vec<&str> = comment.lines().filter(|line| line.starts_with("### ")).collect();
        assert_eq!(parts.len(), 3, "{host}: {parts:?}");
        assert_eq!(comment.matches("**no changes**").count(), 1, "{host}: {comment}");
    }
}

#[test]
fn a_note_that_nobody_may_write_fails_nothing() {
    if std::process::Command::new("jq").arg("--version").output().is_err() {
        return;
    }
    let job = Job::new();
    job.change("192.168.1.215", "192.168.1.216");
    let fork = job.gitlab_with(&yaml(".gitlab/plan.yml"), "");
    assert_eq!((fork.status, job.calls().as_str()), (0, ""), "{}", fork.said);
    assert!(job.read("plan-note.md").contains("192.168.1.216"));
    job.forbid_comments();
    let weak = job.gitlab(&yaml(".gitlab/plan.yml"));
    assert_eq!(weak.status, 0, "{}", weak.said);
    assert!(weak.said.contains("there is no note: the artifacts have its text"), "{}", weak.said);
}
