//! The addresses of a real platform moved three times in two months. Replayed as commits, each of them gets the comment
//! that its author should have had: `tests/diff/history/*.md`, rewritten with `BLESS=1`.
//!
//! What happened: MLflow was given 192.168.1.201 and moved to .203 when Seldon's scheduler took its address, five more
//! Services got addresses, one was forgotten, and at last MLflow moved to .215, out of everybody's way.

use crate::desk::{Desk, Ran};
use std::fs;
use std::path::Path;
use std::process::Command;

const PLAN: &str = "plans/mlops/migration.toml";

/// A commit: the name of its comment, its subject, and what it changes in the plan; an empty text is the end.
struct Commit {
    name: &'static str,
    subject: &'static str,
    edits: &'static [(&'static str, &'static str)],
}

const HISTORY: &[Commit] = &[
    Commit {
        name: "1-seldon-takes-the-address-of-mlflow",
        subject: "Seldon Core v2: its scheduler and mesh get addresses; MLflow moves to .203",
        edits: &[
            ("ip        = \"192.168.1.201\"", "ip        = \"192.168.1.203\""),
            (
                "",
                "\n[seldon]\nversion   = \"2.9.1\"\nnamespace = \"seldon-system\"\nmesh      = \"192.168.1.202\"\nscheduler = \"192.168.1.201\"\n",
            ),
        ],
    },
    Commit {
        name: "2-services-get-addresses",
        subject: "LoadBalancers for JupyterHub, Argo Workflows, Grafana, the dashboard and Argo CD",
        edits: &[
            (
                "ports     = { http = \"80:8000\" }\nclients   = []",
                "ports     = { http = \"80:8000\" }\nip        = \"192.168.1.206\"",
            ),
            (
                "ports     = { http = \"80:2746\" }\nclients   = []",
                "ports     = { http = \"80:2746\" }\nip        = \"192.168.1.205\"",
            ),
            (
                "",
                "\n[services.grafana]\nnamespace = \"monitoring\"\nselector  = { app = \"grafana\" }\nports     = { http = \"80:3000\" }\nip        = \"192.168.1.207\"\n\
                 \n[services.dashboard]\nnamespace = \"kubernetes-dashboard\"\nselector  = { app = \"dashboard\" }\nports     = { https = \"443:8443\" }\nip        = \"192.168.1.208\"\n\
                 \n[services.argocd]\nnamespace = \"argocd\"\nselector  = { app = \"argocd-server\" }\nports     = { http = \"80:8080\", https = \"443:8080\" }\nip        = \"192.168.1.204\"\n",
            ),
        ],
    },
    Commit {
        name: "3-mlflow-moves-out-of-the-way",
        subject: "Address stability: MLflow moves to .215, and nothing else takes an address of the pool",
        edits: &[
            ("ip        = \"192.168.1.203\"", "ip        = \"192.168.1.215\""),
            (
                "addresses = [\"192.168.1.200-192.168.1.250\"]",
                "addresses = [\"192.168.1.200-192.168.1.250\"]\nauto_assign = false\nreserve     = [\"192.168.1.203\"]",
            ),
        ],
    },
];

/// A repository with the platform as it began.
pub fn repository() -> Desk {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("plans/mlops")).unwrap();
    desk.write(PLAN, &fs::read_to_string(folder().join("migration.toml")).unwrap());
    git(&desk, &["init", "--quiet", "--initial-branch=main"]);
    commit(&desk, "MetalLB: addresses for MinIO and MLflow");
    desk
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/history")
}

/// Builds, and commits the plan, its lock and its tree.
pub fn commit(desk: &Desk, subject: &str) {
    let built = desk.plan(&["build", "plans/mlops"]);
    assert_eq!(built.status, 0, "{}", built.stderr);
    git(desk, &["add", "--all"]);
    git(desk, &["commit", "--quiet", "--message", subject]);
}

pub fn git(desk: &Desk, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(desk.path("."));
    for who in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{who}_NAME"), "Somebody")
            .env(format!("GIT_{who}_EMAIL"), "somebody@example.com");
        command.env(format!("GIT_{who}_DATE"), "2025-07-07T18:54:00Z");
    }
    // Whoever runs the tests may have signing or hooks on.
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.output().expect("git");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn edit(desk: &Desk, edits: &[(&str, &str)]) {
    for (old, new) in edits {
        match old.is_empty() {
            true => desk.write(PLAN, &(desk.read(PLAN) + new)),
            false => desk.edit(PLAN, old, new),
        }
    }
}

fn compared(desk: &Desk, arguments: &[&str]) -> Ran {
    let ran = desk.plan(&[&["diff"], arguments].concat());
    assert_eq!(ran.status, 1, "{arguments:?}: {}{}", ran.stdout, ran.stderr);
    ran
}

#[test]
fn every_commit_gets_the_comment_that_it_should_have_had() {
    let desk = repository();
    let mut wrong = Vec::new();
    for step in HISTORY {
        edit(&desk, step.edits);
        // What the branch would say before its tree is built, and after it was committed, is one and the same.
        let before = compared(&desk, &["--against", "HEAD", "--format", "markdown"]).stdout;
        commit(&desk, step.subject);
        let after = compared(&desk, &["--against", "HEAD~1", "--format", "markdown"]).stdout;
        assert_eq!(before.replace("HEAD", "HEAD~1"), after);
        assert_eq!(desk.plan(&["diff"]).status, 0, "the tree is what the plan gives");
        let path = folder().join(format!("{}.md", step.name));
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &after).unwrap();
        } else if expected != after {
            let lines = similar::TextDiff::from_lines(&expected, &after).unified_diff().to_string();
            wrong.push(format!("{}:\n{lines}", step.name));
        }
    }
    assert!(wrong.is_empty(), "read it, and bless it if it is right:\n{}", wrong.join("\n"));
}

#[test]
fn a_committed_tree_says_the_same_objects_as_the_plan_that_made_it() {
    let desk = repository();
    edit(&desk, HISTORY[0].edits);
    let objects = |arguments: &[&str]| {
        let ran = compared(&desk, &[arguments, &["--format", "json"]].concat());
        let diff: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let changes = diff["changes"].as_array().unwrap().iter();
        let told =
            |change: &serde_json::Value| format!("{} {} {}", change["what"], change["old"], change["new"]);
        let mut told: Vec<String> = changes.map(told).collect();
        told.sort();
        (told, diff["addresses"].as_array().unwrap().len())
    };
    let of_plan = objects(&["--against", "main"]);
    assert_eq!(of_plan.1, 3);
    assert_eq!(of_plan, objects(&["--against-out", "main"]));
    assert_eq!(of_plan, objects(&[]));
}
