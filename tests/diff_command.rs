//! `plan diff` as a person runs it: what is compared, how it ends, and how it looks.

use crate::desk::{Desk, PLAN, Ran};
use crate::diff_history::{commit, git, repository};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

const SERVICE: &str = "\n[services.wiki]\nnamespace = \"wiki\"\nselector = { app = \"wiki\" }\nports = { http = \"80:8080\" }\nclients = [\"lan\"]\n";

fn config(name: &str, value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: shop}}\ndata: {{key: {value}}}\n"
    )
}

/// A run that reads something from stdin.
fn fed(desk: &Desk, arguments: &[&str], stdin: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
    command.args(arguments).current_dir(desk.path(".")).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A lab whose tree is built, and then a service more.
fn changed_lab() -> Desk {
    let desk = Desk::lab("");
    assert_eq!(desk.plan(&["build"]).status, 0);
    let text = desk.read(PLAN);
    desk.write(PLAN, &format!("{text}{SERVICE}"));
    desk
}

#[test]
fn the_exit_status_is_the_answer() {
    let desk = Desk::lab("");
    let none = desk.plan(&["diff"]);
    assert_eq!(none.status, 1, "{}", none.stderr);
    assert!(none.stderr.contains("there is no tree in `out/lab` yet"), "{}", none.stderr);
    assert_eq!(desk.plan(&["build"]).status, 0);
    let same = desk.plan(&["diff"]);
    assert_eq!((same.status, same.stderr.as_str()), (0, ""));
    assert!(same.stdout.contains("no changes"), "{}", same.stdout);
    let text = desk.read(PLAN);
    desk.write(PLAN, &format!("{text}{SERVICE}"));
    let ran = desk.plan(&["diff"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.starts_with("out/lab -> plans/lab/migration.toml\n"), "{}", ran.stdout);
    assert_eq!(desk.plan(&["diff", "--exit-zero"]).status, 0);
    assert_eq!(desk.plan(&["diff", "--fail-on", "impossible"]).status, 0);
    assert_eq!(desk.plan(&["diff", "--fail-on", "note"]).status, 1);
    desk.write(PLAN, &format!("{text}[services.wiki]\nnamespace = 1\n"));
    let wrong = desk.plan(&["diff"]);
    assert_eq!((wrong.status, wrong.stdout.as_str()), (2, ""), "a plan with errors has no tree");
    assert!(wrong.stderr.contains("namespace"), "{}", wrong.stderr);
    assert_eq!(desk.plan(&["diff", "nowhere.toml"]).status, 2);
    assert_eq!(desk.plan(&["diff", "--manifests", "nowhere", "plans"]).status, 2);
}

#[test]
fn what_somebody_did_to_the_tree_is_seen_and_what_is_not_plans_is_not() {
    let desk = Desk::lab("");
    assert_eq!(desk.plan(&["build"]).status, 0);
    fs::create_dir_all(desk.path("out/lab/mine")).unwrap();
    desk.write("out/lab/mine/config.yaml", &config("mine", "1"));
    assert_eq!(desk.plan(&["diff"]).status, 0);
    let service = "out/lab/clusters/lab/40-services/web/service-web.yaml";
    let path = if desk.path(service).exists() { service.to_owned() } else { some_service(&desk) };
    let text = desk.read(&path);
    desk.write(&path, &text.replace("kind: Service", "kind: Service\n# by hand"));
    let comment = desk.plan(&["diff"]);
    assert_eq!(comment.status, 0, "a comment is no change: {}", comment.stdout);
    assert!(comment.stdout.contains("1 file with other comments"), "{}", comment.stdout);
    fs::remove_file(desk.path(&path)).unwrap();
    let gone = desk.plan(&["diff"]);
    assert_eq!(gone.status, 1);
    assert!(gone.stdout.contains("added Service"), "{}", gone.stdout);
}

fn some_service(desk: &Desk) -> String {
    let root = desk.path(".");
    let entries = walkdir::WalkDir::new(root.join("out")).into_iter().flatten();
    let is_service =
        |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().starts_with("service-");
    let found = entries.map(|entry| entry.into_path()).find(|path| is_service(path)).unwrap();
    found.strip_prefix(root).unwrap().to_string_lossy().into_owned()
}

#[test]
fn two_plans_are_compared_with_each_other() {
    let desk = Desk::lab("");
    let text = desk.read(PLAN);
    fs::create_dir_all(desk.path("plans/next")).unwrap();
    desk.write("plans/next/migration.toml", &format!("{text}{SERVICE}"));
    let ran = desk.plan(&["diff", "plans/lab", "plans/next", "--format", "json"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let diff: Value = serde_json::from_str(&ran.stdout).unwrap();
    let added = diff["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["new"]["object"]["kind"] == "Service");
    let cause = &added.expect("the Service of the wiki")["causes"][0];
    assert_eq!(
        (cause["file"].as_str(), cause["key"].as_str()),
        (Some("plans/next/migration.toml"), Some("services.wiki"))
    );
    let line =
        desk.read("plans/next/migration.toml").lines().position(|line| line == "[services.wiki]").unwrap()
            + 1;
    assert_eq!(cause["line"].as_u64(), Some(line as u64));
    assert_eq!(desk.plan(&["diff", "plans/lab", "plans/next", "--against", "main"]).status, 2);
}

#[test]
fn manifests_come_from_folders_files_and_stdin() {
    let desk = Desk::new();
    desk.write("old.yaml", &config("one", "a"));
    desk.write("renamed.yml", &format!("# the same\n{}", config("one", "a")));
    assert_eq!(
        desk.plan(&["diff", "--manifests", "old.yaml", "renamed.yml"]).status,
        0,
        "a file's name says nothing"
    );
    fs::create_dir_all(desk.path("new/.hidden")).unwrap();
    desk.write("new/.hidden/two.yaml", &config("two", "a"));
    desk.write("new/one.yaml", &config("one", "b"));
    let ran = desk.plan(&["diff", "--manifests", "old.yaml", "new"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains("data.key: a -> b") && !ran.stdout.contains("two"), "{}", ran.stdout);
    let json = "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"namespace\":\"shop\",\"name\":\"one\"},\"data\":{\"key\":\"b\"}}";
    assert_eq!(fed(&desk, &["diff", "--manifests", "-", "new"], json).status, 0, "JSON says the same");
    assert_eq!(fed(&desk, &["diff", "--manifests", "old.yaml", "-"], json).status, 1);
    assert_eq!(desk.plan(&["diff", "--manifests", "-", "-"]).status, 2);
    assert_eq!(desk.plan(&["diff", "--manifests", "old.yaml"]).status, 2);
}

#[test]
fn a_revision_is_compiled_with_its_own_lock_and_templates() {
    let desk = repository();
    let plan = "plans/mlops/migration.toml";
    fs::create_dir_all(desk.path("plans/mlops/mine")).unwrap();
    desk.write("plans/mlops/mine/notes.yaml.j2", "size: 1\n");
    let text = desk.read(plan) + "\n[ansible]\nowns = [\"hosts\", \"k3s\"]\ntemplates = \"mine\"\n";
    // The lock gives this one an address.
    let text = text + SERVICE;
    desk.write(plan, &text);
    commit(&desk, "templates of our own");
    let lock = desk.read("plans/mlops/plan.lock");
    assert!(lock.contains("services.wiki"), "{lock}");
    desk.write("plans/mlops/mine/notes.yaml.j2", "size: 2\n");
    let ran = desk.plan(&["diff", "--against", "HEAD", "--format", "json"]);
    let diff: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
    let paths: Vec<&str> = diff["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|change| change["new"]["path"].as_str())
        .collect();
    assert_eq!(paths.len(), 1, "{paths:?}");
    assert!(paths[0].starts_with("ansible/") && paths[0].ends_with("notes.yaml"), "{paths:?}");
    // The address of the lock moves when the lock of the work tree says so, and that of the revision does not.
    desk.write("plans/mlops/mine/notes.yaml.j2", "size: 1\n");
    let held = lock.lines().find(|line| line.contains("services.wiki")).unwrap();
    let address = held.split('"').find(|part| part.starts_with("192.168.1.")).unwrap();
    desk.write("plans/mlops/plan.lock", &lock.replace(address, "192.168.1.233"));
    let ran = desk.plan(&["diff", "--against", "HEAD"]);
    assert!(ran.stdout.contains(&format!("{address} -> 192.168.1.233")), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_revision_that_is_not_there_is_no_answer() {
    let desk = repository();
    let unknown = desk.plan(&["diff", "--against", "mian"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("`mian` is no revision of the repository"), "{}", unknown.stderr);
    let option = desk.plan(&["diff", "--against=--all"]);
    assert_eq!(option.status, 2, "a revision is no option of git: {}", option.stdout);
    // A plan that the revision does not have is new as a whole.
    fs::create_dir_all(desk.path("plans/new")).unwrap();
    desk.write(
        "plans/new/migration.toml",
        &desk.read("plans/mlops/migration.toml").replace("\"mlops\"", "\"new\""),
    );
    let new = desk.plan(&["diff", "--against", "main", "plans/new", "--stat"]);
    assert_eq!(new.status, 1, "{}", new.stderr);
    assert!(new.stderr.contains("`main` has no `plans/new/migration.toml`"), "{}", new.stderr);
    assert!(new.stdout.contains("Namespace"), "{}", new.stdout);
    let outside = Desk::lab("");
    let ran = outside.plan(&["diff", "--against", "main"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("cannot find the Git repository of `plans/lab`"), "{}", ran.stderr);
}

#[test]
fn a_plan_that_had_errors_is_no_answer() {
    let desk = repository();
    let plan = "plans/mlops/migration.toml";
    let good = desk.read(plan);
    desk.write(plan, &good.replace("192.168.1.201", "10.9.9.9"));
    git(&desk, &["commit", "--quiet", "--all", "--message", "wrong"]);
    desk.write(plan, &good);
    // The place is one of the revision, also where stages are asked for.
    for arguments in [&["diff", "--against", "HEAD"][..], &["diff", "--against", "HEAD", "--stage"]] {
        let ran = desk.plan(arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains("10.9.9.9"), "{}", ran.stderr);
        assert!(ran.stderr.contains("plans/mlops/migration.toml at HEAD:"), "{}", ran.stderr);
    }
}

#[test]
fn a_plan_that_was_elsewhere_is_found_there() {
    let desk = repository();
    git(&desk, &["mv", "plans/mlops", "plans/platform"]);
    git(&desk, &["mv", "out/mlops", "out/platform"]);
    desk.edit("plans/platform/migration.toml", "192.168.1.201", "192.168.1.209");
    let ran = desk.plan(&["diff", "--against", "main"]);
    let title = "plans/mlops/migration.toml at main -> plans/platform/migration.toml\n";
    assert!(ran.stdout.starts_with(title), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("192.168.1.201 -> 192.168.1.209"), "{}", ran.stdout);
    let out = desk.plan(&["diff", "--against-out", "main"]);
    assert!(out.stdout.starts_with("out/mlops at main -> plans/platform"), "{}{}", out.stdout, out.stderr);
    assert_eq!(desk.plan(&["diff", "--against", "main", "--stage"]).status, 0);
    // A copy is no move: the first one is still there.
    git(&desk, &["checkout", "main", "--", "plans/mlops"]);
    let copy = desk.plan(&["diff", "--against", "main", "plans/platform"]);
    assert!(copy.stderr.contains("`main` has no `plans/platform/migration.toml`"), "{}", copy.stderr);
}

#[test]
fn a_plan_that_is_gone_takes_everything_along() {
    let desk = repository();
    git(&desk, &["rm", "--quiet", "-r", "plans/mlops", "out/mlops"]);
    for name in ["plans/mlops", "plans/mlops/migration.toml"] {
        let ran = desk.plan(&["diff", "--against", "main", name]);
        assert_eq!(ran.status, 1, "{}", ran.stderr);
        assert!(ran.stderr.contains("`plans/mlops/migration.toml` is no longer there"), "{}", ran.stderr);
        assert!(ran.stdout.contains("removed") && ran.stdout.contains("addresses lost"), "{}", ran.stdout);
    }
    let ran = desk.plan(&["diff", "--against", "main", "plans/other"]);
    assert!(ran.status == 2 && ran.stderr.contains("plans/other"), "{}", ran.stderr);
}

#[test]
fn a_hook_of_git_and_a_machine_without_git() {
    let desk = repository();
    let run = |name: &str, value: &str, revision: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
        command.args(["diff", "--against", revision]).current_dir(desk.path(".")).env(name, value);
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    // Git tells its hooks where the repository is, by a path from the folder that they start in.
    assert_eq!(run("GIT_DIR", ".git", "main"), (0, String::new()));
    let (status, said) = run("PATH", "/nowhere", "main");
    assert!(status == 2 && said.contains("need the program `git`"), "{said}");
    let (status, said) = run("GIT_DIR", ".git", "main..HEAD");
    assert!(status == 2 && said.contains("write one commit and no range"), "{said}");
    let (status, said) = run("GIT_DIR", ".git", "mian");
    assert!(status == 2 && !said.contains("shallow"), "{said}");
    git(&desk, &["commit", "--quiet", "--allow-empty", "--message", "next"]);
    let from = format!("file://{}", desk.path(".").display());
    git(&desk, &["clone", "--quiet", "--depth", "1", &from, "shallow"]);
    let ran = desk.plan(&["diff", "--against", "HEAD~1", "shallow/plans/mlops"]);
    assert!(ran.status == 2 && ran.stderr.contains("this clone is shallow"), "{}", ran.stderr);
}

#[test]
fn a_patch_makes_the_new_tree() {
    let desk = repository();
    let tree = desk.path("out/mlops");
    let plan = "plans/mlops/migration.toml";
    desk.edit(plan, "192.168.1.201", "192.168.1.209");
    desk.write(plan, &(desk.read(plan) + SERVICE));
    let text = desk.read(plan);
    desk.write(plan, &text.replace("[tenants.fraud-detection]", "[tenants.fraud]"));
    let patch = desk.plan(&["diff", "--format", "unified"]);
    assert_eq!(patch.status, 1, "{}", patch.stderr);
    desk.write("change.patch", &patch.stdout);
    git(&desk, &["apply", "--directory=out/mlops", "--whitespace=nowarn", "change.patch"]);
    // The patch leaves `plan.json` alone, which lists the files: those that are new are not known to it.
    let applied = desk.path("applied");
    copy(&tree, &applied);
    let built = desk.plan(&["build", "--force", "plans/mlops"]);
    assert_eq!(built.status, 0, "{}", built.stderr);
    let ran = desk.plan(&["diff", "--manifests", "applied", "out/mlops", "--format", "json"]);
    let diff: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(diff["changes"], Value::Array(Vec::new()), "{}", ran.stdout);
}

#[test]
fn a_patch_has_every_file_once_and_a_file_that_is_no_text_differs() {
    let desk = Desk::new();
    let both = |side: &str, files: &[(&str, &[u8])]| {
        for (file, bytes) in files {
            let path = desk.path(&format!("{side}/{file}"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    };
    let all = |names: &[(&str, &str)]| -> String {
        names.iter().map(|(name, value)| format!("{}---\n", config(name, value))).collect()
    };
    let before = all(&[("a", "1"), ("b", "1"), ("c", "1")]);
    let (after, apart) = (all(&[("a", "2"), ("c", "1")]), all(&[("z", "1"), ("b", "1")]));
    both(
        "old",
        &[("all.yaml", before.as_bytes()), ("gone.txt", b"x"), ("image", b"\x89\xff"), ("dos", b"a\r\n")],
    );
    both(
        "new",
        &[
            ("all.yaml", after.as_bytes()),
            ("z.yaml", apart.as_bytes()),
            ("image", b"\x89\xfe"),
            ("dos", b"b\r\n"),
        ],
    );
    let patch = desk.plan(&["diff", "--manifests", "old", "new", "--format", "unified"]).stdout;
    for file in ["all.yaml", "z.yaml", "gone.txt", "dos"] {
        assert_eq!(patch.matches(&format!("diff --git a/{file} ")).count(), 1, "{patch}");
    }
    assert!(patch.contains("# image is no text\n"), "{patch}");
    desk.write("old/change.patch", &patch);
    git(&desk, &["init", "--quiet", "old"]);
    git(&desk, &["-C", "old", "apply", "--whitespace=nowarn", "change.patch"]);
    fs::write(desk.path("old/image"), b"\x89\xfe").unwrap();
    fs::remove_file(desk.path("old/change.patch")).unwrap();
    assert_eq!(desk.plan(&["diff", "--manifests", "old", "new"]).status, 0);
    // One file against another one is one patch too.
    let one = desk.plan(&["diff", "--manifests", "new/z.yaml", "new/all.yaml", "--format", "unified"]).stdout;
    assert!(one.starts_with("diff --git a/manifests.yaml b/manifests.yaml\n--- a/"), "{one}");
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().flatten().filter(|entry| entry.file_type().is_file())
    {
        let path = to.join(entry.path().strip_prefix(from).unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(entry.path(), path).unwrap();
    }
}

#[test]
fn only_a_part_is_shown_when_only_a_part_is_asked_for() {
    let desk = changed_lab();
    let all = desk.plan(&["diff"]).stdout;
    assert!(
        all.contains("Namespace wiki") && all.contains("Service wiki/wiki") && all.contains("README.md"),
        "{all}"
    );
    let kind = desk.plan(&["diff", "--only", "service"]);
    assert!(
        kind.stdout.contains("Service wiki/wiki") && !kind.stdout.contains("Namespace"),
        "{}",
        kind.stdout
    );
    let danger = desk.plan(&["diff", "--only", "none"]);
    assert!(
        danger.stdout.contains("README.md") && !danger.stdout.contains("added Service"),
        "{}",
        danger.stdout
    );
    let nothing = desk.plan(&["diff", "--only", "irreversible"]);
    assert_eq!((nothing.status, nothing.stdout.contains("no changes")), (0, true));
    let both = desk.plan(&["diff", "--only", "service", "--only", "namespace"]);
    assert!(
        both.stdout.contains("Service wiki/wiki") && both.stdout.contains("Namespace wiki"),
        "{}",
        both.stdout
    );
    let misspelt = desk.plan(&["diff", "--only", "Servise"]);
    assert_eq!(misspelt.status, 2);
    assert!(misspelt.stderr.contains("did you mean `Service`?"), "{}", misspelt.stderr);
}

#[test]
fn what_is_in_the_way_of_a_whole_cluster_is_shown_with_it() {
    let desk = Desk::new();
    let cases = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/cases/cluster_network");
    for side in ["before", "after"] {
        desk.write(&format!("{side}.toml"), &fs::read_to_string(cases.join(format!("{side}.toml"))).unwrap());
    }
    let only = |word: &str| desk.plan(&["diff", "before.toml", "after.toml", "--only", word]).stdout;
    assert!(only("floor").contains("cluster-network") && only("impossible").contains("cluster-network"));
    assert!(!only("Service").contains("cluster-network") && !only("note").contains("cluster-network"));
}

#[test]
fn numbers_alone_are_a_table() {
    let ran = changed_lab().plan(&["diff", "--stat"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "cluster  kind                           added  removed  changed  renamed  moved  danger"
    );
    assert!(lines.iter().any(|line| line.contains("Service ") && line.contains('1')), "{}", ran.stdout);
    assert!(lines.last().unwrap().contains("changes: "), "{}", ran.stdout);
}

#[test]
fn colours_are_where_they_are_wanted() {
    let desk = changed_lab();
    assert!(!desk.plan(&["diff"]).stdout.contains('\x1b'));
    let colored = desk.plan(&["diff", "--color", "always"]).stdout;
    assert!(colored.contains("\x1b[1m") && colored.contains('→'), "{colored}");
    assert!(!desk.plan(&["diff", "--color", "always", "--format", "markdown"]).stdout.contains('\x1b'));
}

/// Two folders with many objects that all differ in another way.
fn many(desk: &Desk, objects: usize) {
    for (side, value) in [("old", "a"), ("new", "b")] {
        fs::create_dir_all(desk.path(side)).unwrap();
        let all = (0..objects)
            .map(|at| config(&format!("config-{at}"), &format!("\"`````{value}{at} {}\"", "x".repeat(90))));
        desk.write(&format!("{side}/all.yaml"), &all.collect::<Vec<_>>().join("---\n"));
    }
}

#[test]
fn a_comment_is_never_too_long_and_says_what_it_leaves_out() {
    for objects in [10, 120, 400, 3000] {
        let desk = Desk::new();
        many(&desk, objects);
        let ran = desk.plan(&["diff", "--manifests", "old", "new", "--format", "markdown"]);
        assert_eq!(ran.status, 1);
        let text = &ran.stdout;
        assert!(text.len() <= 65_000, "{objects}: {} bytes", text.len());
        assert!(
            text.contains(&format!("**{objects} changes: {objects} harmless**")),
            "{objects}: {}",
            &text[..200]
        );
        assert_eq!(text.contains("Left out: "), objects > 120, "{objects}: {} bytes", text.len());
        assert_fences_are_closed(text);
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
}

fn assert_fences_are_closed(text: &str) {
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let ticks = line.trim_start().bytes().take_while(|byte| *byte == b'`').count();
        let rest = &line.trim_start()[ticks..];
        match open {
            None if ticks >= 3 && !rest.contains('`') => open = Some(ticks),
            Some(fence) if ticks >= fence && rest.is_empty() => open = None,
            _ => {}
        }
    }
    assert_eq!(open, None, "a fence is open at the end");
}

#[test]
fn what_is_alike_is_said_once_and_all_of_it_when_asked() {
    let desk = Desk::new();
    many(&desk, 30);
    let short = desk.plan(&["diff", "--manifests", "old", "new"]).stdout;
    let long = desk.plan(&["diff", "--manifests", "old", "new", "--verbose"]).stdout;
    assert!(long.len() >= short.len());
    assert!(long.contains("config-29"), "{long}");
}

#[test]
fn what_cannot_be_read_is_no_answer_and_not_gone() {
    let desk = Desk::new();
    desk.write("good.yaml", &config("x", "1"));
    for (name, text, said) in [
        ("bad.yaml", "kind: ConfigMap\n  metadata: [\n", "`bad.yaml` as YAML: line 2: "),
        ("bad.json", "{\"kind\": ", "`bad.json` as YAML: "),
    ] {
        desk.write(name, text);
        for arguments in [["good.yaml", name], [name, "good.yaml"]] {
            let ran = desk.plan(&[&["diff", "--manifests"][..], &arguments].concat());
            assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
            assert!(ran.stderr.contains(said), "{}", ran.stderr);
        }
        // What is the same on both sides needs no reading.
        assert_eq!(desk.plan(&["diff", "--manifests", name, name]).status, 0, "{name}");
    }
    let ran = fed(&desk, &["diff", "--manifests", "good.yaml", "-"], "a: [\n");
    assert!(ran.status == 2 && ran.stderr.contains("`stdin` as YAML: line"), "{}", ran.stderr);
    let text = desk.path("latin.yaml");
    fs::write(text, b"a: \xff\n").unwrap();
    let ran = desk.plan(&["diff", "--manifests", "latin.yaml", "good.yaml"]);
    assert!(ran.status == 2 && ran.stderr.contains("it is not UTF-8"), "{}", ran.stderr);
}

#[test]
fn links_lead_to_what_is_meant_and_nothing_else_is_read_twice() {
    let desk = Desk::new();
    for folder in ["real", "old", "new"] {
        fs::create_dir_all(desk.path(folder)).unwrap();
    }
    desk.write("real/x.yaml", &config("x", "1"));
    std::os::unix::fs::symlink("../real/x.yaml", desk.path("old/x.yaml")).unwrap();
    desk.write("new/x.yaml", &config("x", "2"));
    let ran = desk.plan(&["diff", "--manifests", "old", "new", "--format", "json"]);
    let diff: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(diff["counts"]["what"]["changed"], 1, "{}", ran.stdout);
    std::os::unix::fs::symlink(".", desk.path("old/loop")).unwrap();
    assert_eq!(desk.plan(&["diff", "--manifests", "old", "new"]).status, 2);
}

#[test]
fn a_page_needs_nothing_but_itself() {
    let desk = Desk::new();
    for (side, value) in [("old", "1"), ("new", "2")] {
        fs::create_dir_all(desk.path(side)).unwrap();
        let evil = config("x", &format!("\"<script>alert({value})</script><img src=x>\""));
        desk.write(&format!("{side}/x.yaml"), &evil);
    }
    let page = desk.plan(&["diff", "--manifests", "old", "new", "--format", "html"]).stdout;
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for outside in ["<script", "<img", "src=", "href=", "url(", "@import", "http://", "https://"] {
        assert!(
            !page.replace("&lt;script&gt;", "").replace("&lt;img src=x&gt;", "").contains(outside),
            "{outside}"
        );
    }
    assert!(page.contains("&lt;script&gt;alert(2)&lt;/script&gt;"), "{page}");
}
