//! The program as a person and a script see it: arguments in; streams, files and an exit status out.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder of its own in which `plan` is run.
struct Desk {
    folder: TempDir,
}

/// What a run left behind.
struct Ran {
    status: i32,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            status: output.status.code().expect("no signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    /// A desk with the plans of `plan init` under these names.
    fn with(names: &[&str]) -> Desk {
        let desk = Desk::new();
        for name in names {
            assert_eq!(desk.plan(&["init", name]).status, 0);
        }
        desk
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE"] {
            command.env_remove(name);
        }
        command.env("LANG", "C.UTF-8").env("TERM", "xterm");
        command
    }

    fn plan(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    /// Replaces a part of a file that is there.
    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} has no {old}");
        self.write(path, &text.replace(old, new));
    }
}

const PLAN: &str = "plans/lab/migration.toml";

/// Gives the plan of `plan init` a warning: a machine that is not on the LAN.
fn with_warning(plan: &str) -> String {
    plan.replace("node-3 = { ip = \"192.168.1.13\" }", "node-3 = { ip = \"192.168.7.13\" }")
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut files: Vec<String> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    files
}

#[test]
fn a_new_plan_is_clean_and_is_not_overwritten() {
    let desk = Desk::new();
    let init = desk.plan(&["init", "lab"]);
    assert_eq!((init.status, init.stdout.as_str()), (0, "plans/lab/migration.toml\n"));
    let text = desk.read(PLAN);
    let check = desk.plan(&["check"]);
    assert_eq!((check.status, check.stdout.as_str()), (0, ""));
    assert_eq!(check.stderr, "plans/lab/migration.toml: no findings\n");
    desk.edit(PLAN, "lab.test", "mine.test");
    let again = desk.plan(&["init", "lab"]);
    assert_eq!((again.status, again.stdout.as_str()), (2, ""));
    assert!(again.stderr.contains("exists and is left as it is"), "{}", again.stderr);
    assert_eq!(desk.read(PLAN), text.replace("lab.test", "mine.test"));
}

#[test]
fn a_new_plan_may_be_anywhere_but_not_have_any_name() {
    let desk = Desk::new();
    assert_eq!(desk.plan(&["init", "./other"]).status, 0);
    assert!(desk.read("other/migration.toml").contains("name   = \"other\""));
    let bad = desk.plan(&["init", "My_Lab"]);
    assert_eq!(bad.status, 2);
    assert!(bad.stderr.contains("write my-lab"), "{}", bad.stderr);
    assert!(!desk.path("plans").exists());
}

#[test]
fn a_build_goes_beside_the_folder_of_plans_and_a_second_one_changes_nothing() {
    let desk = Desk::with(&["lab"]);
    let build = desk.plan(&["build"]);
    assert_eq!((build.status, build.stdout.as_str()), (0, ""), "{}", build.stderr);
    assert!(build.stderr.starts_with("lab: ") && build.stderr.contains(" -> out/lab"), "{}", build.stderr);
    assert!(desk.read("plans/lab/plan.lock").contains("main/services.web"));
    assert!(desk.path("out/lab/plan.json").exists());
    let before = files_below(desk.folder.path());
    let again = desk.plan(&["build", "--locked"]);
    assert!(again.status == 0 && again.stderr.contains(" 0 written"), "{}", again.stderr);
    assert_eq!(files_below(desk.folder.path()), before);
}

#[test]
fn a_build_of_a_folder_goes_into_that_folder_or_where_out_says() {
    let desk = Desk::new();
    desk.plan(&["init", "./solo"]);
    assert_eq!(desk.plan(&["build", "solo"]).status, 0);
    assert!(desk.path("solo/out/solo/plan.json").exists());
    assert_eq!(desk.plan(&["build", "solo/migration.toml", "--out", "there"]).status, 0);
    assert_eq!(files_below(&desk.path("there/solo")), files_below(&desk.path("solo/out/solo")));
    let mut inside = desk.command(&["build", "-v"]);
    let inside: Ran = inside.current_dir(desk.path("solo")).output().unwrap().into();
    assert!(inside.status == 0 && inside.stderr.contains("-> out/solo"), "{}", inside.stderr);
}

#[test]
fn the_list_of_files_is_what_a_build_writes() {
    let desk = Desk::with(&["lab"]);
    let show = desk.plan(&["show", "files", "--format", "json"]);
    assert_eq!((show.status, show.stderr.as_str()), (0, ""));
    assert!(!desk.path("out").exists() && !desk.path("plans/lab/plan.lock").exists());
    let shown: Value = serde_json::from_str(&show.stdout).unwrap();
    let mut names: Vec<String> = shown["plans"][0]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["path"].as_str().unwrap().to_owned())
        .collect();
    assert!(names.len() > 10, "{names:?}");
    desk.plan(&["build"]);
    names.push("plan.json".to_owned());
    names.sort();
    assert_eq!(files_below(&desk.path("out/lab")), names);
    let verbose = desk.plan(&["build", "-v", "--out", "fresh"]);
    assert_eq!(verbose.stderr.lines().filter(|line| line.starts_with("+ ")).count(), names.len() - 1);
}

#[test]
fn addresses_are_shown_with_their_reason() {
    let desk = Desk::with(&["lab"]);
    let row = |desk: &Desk| desk.plan(&["show", "addresses"]).stdout;
    assert_eq!(row(&desk), "192.168.1.200  main  services.web  lan  new\n");
    desk.plan(&["build"]);
    assert_eq!(row(&desk), "192.168.1.200  main  services.web  lan  locked\n");
    desk.edit(PLAN, "needs     = [\"database\"]", "needs     = [\"database\"]\nip = \"192.168.1.210\"");
    assert_eq!(row(&desk), "192.168.1.210  main  services.web  lan  pinned\n");
}

#[test]
fn an_error_is_an_answer_and_nothing_is_built() {
    let desk = Desk::with(&["lab"]);
    desk.edit(PLAN, "pods         =", "podz         =");
    let check = desk.plan(&["check"]);
    assert_eq!(check.status, 1);
    assert!(check.stdout.contains("P0002 unknown-key") && check.stdout.contains("did you mean `pods`?"));
    assert_eq!(check.stderr, "plans/lab/migration.toml: 1 error\n");
    let build = desk.plan(&["build"]);
    assert_eq!((build.status, build.stdout.as_str()), (1, ""));
    assert!(build.stderr.contains("P0002 unknown-key"));
    let show = desk.plan(&["show", "addresses"]);
    assert_eq!((show.status, show.stdout.as_str()), (1, ""));
    assert!(show.stderr.contains("P0002"));
    assert_eq!(files_below(desk.folder.path()), [PLAN]);
}

#[test]
fn a_file_that_cannot_be_read_is_no_answer() {
    let desk = Desk::new();
    for (arguments, says) in [
        (vec!["check"], "there is no plan here"),
        (vec!["check", "nowhere"], "there is no `nowhere`"),
        (vec!["build", "."], "there is no `migration.toml`"),
    ] {
        let ran = desk.plan(&arguments);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
    }
    fs::write(desk.path("migration.toml"), b"name = \"\xff\"").unwrap();
    let ran = desk.plan(&["check"]);
    assert!(ran.status == 2 && ran.stderr.contains("it is not UTF-8, see byte 8"), "{}", ran.stderr);
}

#[test]
fn one_bad_plan_does_not_stop_the_others_and_the_worst_status_counts() {
    let desk = Desk::with(&["a", "b", "c"]);
    desk.write("plans/b/migration.toml", "schema = 1\n");
    let build = desk.plan(&["build"]);
    assert_eq!(build.status, 1);
    assert!(desk.path("out/a/plan.json").exists() && desk.path("out/c/plan.json").exists());
    assert!(!desk.path("out/b").exists());
    let line = |start: &str| build.stderr.lines().any(|line| line.starts_with(start));
    assert!(line("a: ") && line("plans/b/migration.toml: ") && line("c: "), "{}", build.stderr);
    let missing = desk.plan(&["check", "plans/a", "plans/b", "plans/gone.toml"]);
    assert_eq!(missing.status, 2);
    assert!(
        missing.stdout.contains("P0003") && missing.stderr.contains("plans/a/migration.toml: no findings")
    );
}

#[test]
fn a_plan_that_is_named_twice_is_compiled_once_and_two_never_share_a_tree() {
    let desk = Desk::with(&["a"]);
    let twice = desk.plan(&["check", "plans/a", "plans/a/migration.toml"]);
    assert_eq!(twice.stderr, "plans/a/migration.toml: no findings\n");
    desk.plan(&["init", "./a"]);
    let clash = desk.plan(&["build", "a", "plans/a", "--out", "x"]);
    assert_eq!(clash.status, 2);
    assert!(clash.stderr.contains("would both write") && !desk.path("x").exists(), "{}", clash.stderr);
}

#[test]
fn locked_says_what_would_change_and_changes_nothing() {
    let desk = Desk::with(&["lab"]);
    let first = desk.plan(&["build", "--locked"]);
    assert_eq!(first.status, 1);
    assert!(first.stderr.contains("main/services.web gets 192.168.1.200"), "{}", first.stderr);
    assert_eq!(files_below(desk.folder.path()), [PLAN]);
    desk.plan(&["build"]);
    let lock = desk.read("plans/lab/plan.lock");
    desk.edit(PLAN, "needs     = [\"database\"]", "needs     = [\"database\"]\nip = \"192.168.1.210\"");
    let moved = desk.plan(&["build", "--locked"]);
    assert_eq!(moved.status, 1);
    let change = "main/services.web moves from 192.168.1.200 to 192.168.1.210";
    assert!(moved.stderr.contains(change), "{}", moved.stderr);
    assert_eq!(desk.read("plans/lab/plan.lock"), lock);
    assert_eq!(desk.plan(&["build"]).status, 0);
    assert!(desk.read("plans/lab/plan.lock").contains("192.168.1.210"));
}

#[test]
fn a_refused_tree_leaves_the_lock_alone() {
    let desk = Desk::with(&["lab"]);
    desk.plan(&["build"]);
    let lock = desk.read("plans/lab/plan.lock");
    let file = files_below(&desk.path("out/lab")).into_iter().find(|file| file.ends_with(".yaml")).unwrap();
    desk.write(&format!("out/lab/{file}"), "edited: by hand\n");
    desk.edit(PLAN, "needs     = [\"database\"]", "needs     = [\"database\"]\nip = \"192.168.1.210\"");
    let refused = desk.plan(&["build"]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains(&file) && refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(desk.read("plans/lab/plan.lock"), lock);
    assert!(!desk.path("plans/lab/.plan.lock.new").exists());
    assert_eq!(desk.plan(&["build", "--force"]).status, 0);
    assert!(desk.read("plans/lab/plan.lock").contains("192.168.1.210"));
    assert!(!desk.read(&format!("out/lab/{file}")).contains("edited"));
}

#[test]
fn a_tree_that_cannot_be_written_is_no_answer_and_leaves_the_lock_alone() {
    let desk = Desk::with(&["lab"]);
    desk.write("blocked", "a file where a folder should be\n");
    let ran = desk.plan(&["build", "--out", "blocked"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("blocked") && ran.stderr.contains("help: "), "{}", ran.stderr);
    assert_eq!(files_below(desk.folder.path()), ["blocked", PLAN]);
}

#[test]
fn builds_at_the_same_time_take_turns() {
    let desk = Desk::with(&["lab"]);
    let spawn = |_| desk.command(&["build"]).stderr(Stdio::piped()).spawn().unwrap();
    let builds: Vec<_> = (0..4).map(spawn).collect();
    let ran: Vec<Ran> = builds.into_iter().map(|build| build.wait_with_output().unwrap().into()).collect();
    let wrote = |ran: &&Ran| ran.stderr.contains("plan.lock written") && !ran.stderr.contains(" 0 written");
    assert!(ran.iter().all(|ran| ran.status == 0), "{}", ran[0].stderr);
    assert_eq!(ran.iter().filter(wrote).count(), 1);
    assert_eq!(desk.plan(&["build", "--locked"]).status, 0);
}

#[test]
fn what_a_killed_build_left_of_the_lock_is_written_over() {
    let desk = Desk::with(&["lab"]);
    desk.write("plans/lab/.plan.lock.new", "half a lo");
    assert_eq!(desk.plan(&["build"]).status, 0);
    assert!(desk.read("plans/lab/plan.lock").ends_with("]\n"));
    assert!(!desk.path("plans/lab/.plan.lock.new").exists());
}

#[test]
fn warnings_are_denied_on_demand() {
    let desk = Desk::with(&["lab"]);
    let plan = desk.read(PLAN);
    desk.write(PLAN, &with_warning(&plan));
    let check = desk.plan(&["check"]);
    assert_eq!(check.status, 0);
    assert!(check.stdout.contains("P2011 host-outside-lan") && check.stderr.contains(": 1 warning\n"));
    assert_eq!(desk.plan(&["check", "--deny-warnings"]).status, 1);
    let build = desk.plan(&["build", "--deny-warnings"]);
    assert!(build.status == 1 && build.stderr.contains("warnings are denied"), "{}", build.stderr);
    assert!(!desk.path("out").exists());
    let quiet = desk.plan(&["check", "--quiet"]);
    assert_eq!((quiet.status, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
    let quiet = desk.plan(&["check", "--quiet", "--deny-warnings"]);
    assert!(quiet.status == 1 && quiet.stdout.contains("P2011") && quiet.stderr.is_empty());
}

#[test]
fn an_accepted_finding_comes_back_as_a_date_that_is_over() {
    let desk = Desk::with(&["lab"]);
    let accept = |until: &str| {
        format!(
            "\n[[accept]]\nrule = \"host-outside-lan\"\non = \"hosts.node-3\"\nreason = \"debug\"\nuntil = {until}\n"
        )
    };
    let plan = with_warning(&desk.read(PLAN));
    desk.write(PLAN, &format!("{plan}{}", accept("2999-12-31")));
    let check = desk.plan(&["check", "--deny-warnings"]);
    assert_eq!((check.status, check.stdout.as_str()), (0, ""));
    assert_eq!(desk.plan(&["build"]).status, 0);
    desk.write(PLAN, &format!("{plan}{}", accept("2020-01-31")));
    let check = desk.plan(&["check"]);
    assert!(check.status == 0 && check.stdout.contains("P9003 accept-expired"), "{}", check.stdout);
    assert!(check.stdout.contains("was accepted until 2020-01-31"));
    // The calendar changes no file.
    let build = desk.plan(&["build", "--locked"]);
    assert!(build.status == 0 && build.stderr.contains(" 0 written"), "{}", build.stderr);
}

#[test]
fn colour_is_for_terminals_unless_it_is_wanted() {
    let desk = Desk::with(&["lab"]);
    desk.edit(PLAN, "pods         =", "podz         =");
    let escapes = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let mut command = desk.command(arguments);
        command.envs(variable);
        let ran = Ran::from(command.output().unwrap());
        (ran.stdout + &ran.stderr).contains('\x1b')
    };
    assert!(!escapes(&["check"], None));
    assert!(escapes(&["check", "--color", "always"], None));
    assert!(escapes(&["check"], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!escapes(&["check"], Some(("CLICOLOR_FORCE", "0"))));
    assert!(escapes(&["check", "--color=always"], Some(("NO_COLOR", "1"))));
    assert!(!escapes(&["check", "--color=never"], Some(("CLICOLOR_FORCE", "1"))));
    let mut both = desk.command(&["check"]);
    let both: Ran = both.env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").output().unwrap().into();
    assert!(!both.stdout.contains('\x1b'));
}

#[test]
fn a_locale_without_unicode_gets_ascii() {
    let desk = Desk::with(&["lab"]);
    desk.edit(PLAN, "pods         =", "podz         =");
    let drawn = |locale: &str| {
        let mut command = desk.command(&["check", "--color=always"]);
        Ran::from(command.env("LC_ALL", locale).output().unwrap()).stdout
    };
    assert!(drawn("C").is_ascii() && drawn("de_DE.UTF-8").contains('╭'));
}

#[test]
fn many_findings_are_cut_short_for_people_only() {
    let desk = Desk::with(&["lab"]);
    let keys: String = (0..60).map(|number| format!("unknown{number} = 1\n")).collect();
    let plan = desk.read(PLAN);
    desk.write(PLAN, &(keys + &plan));
    let human = desk.plan(&["check"]);
    assert_eq!(human.stdout.matches("P0002 unknown-key").count(), 50);
    assert!(human.stdout.contains("and 10 more") && human.stderr.contains("60 errors"));
    let json: Value = serde_json::from_str(&desk.plan(&["check", "--format=json"]).stdout).unwrap();
    assert_eq!(json["plans"][0]["diagnostics"].as_array().unwrap().len(), 60);
}

#[test]
fn the_report_for_programs_has_the_form_of_its_schema() {
    let (_, schema) =
        plan::cli::schema::files().into_iter().find(|(name, _)| *name == "report.schema.json").unwrap();
    let validator = jsonschema::draft202012::new(&serde_json::from_str(&schema).unwrap()).unwrap();
    let desk = Desk::with(&["a", "b", "c"]);
    desk.edit("plans/b/migration.toml", "cidr    = \"192.168.1.0/24\"", "cidr    = \"192.168.1.7/24\"");
    desk.write("plans/c/plan.lock", "version = 2\n");
    for arguments in
        [vec!["check"], vec!["build"], vec!["build", "--locked"], vec!["check", "plans/a", "plans/x.toml"]]
    {
        let ran = desk.plan(&[arguments, vec!["--format", "json"]].concat());
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
    }
    let ran = desk.plan(&["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let finding = &report["plans"][1]["diagnostics"][0];
    assert_eq!((finding["code"].as_str(), finding["on"].as_str()), (Some("P0009"), Some("lan.cidr")));
    assert_eq!(finding["fix"]["replacement"], "\"192.168.1.0/24\"");
    let text = desk.read("plans/b/migration.toml");
    let offset = |side: &str| finding["labels"][0][side]["offset"].as_u64().unwrap() as usize;
    assert_eq!(&text[offset("start")..offset("end")], "\"192.168.1.7/24\"");
    let line = text[..offset("start")].lines().count() as u64;
    assert_eq!(finding["labels"][0]["start"]["line"], line);
    assert_eq!(report["plans"][2]["diagnostics"][0]["labels"][0]["file"], "plans/c/plan.lock");
    assert!(!validator.is_valid(&serde_json::json!({ "format_version": 1, "plans": [{}] })));
}

#[test]
fn explain_knows_every_rule_by_code_and_name() {
    let desk = Desk::new();
    let list = desk.plan(&["explain"]);
    assert_eq!((list.status, list.stderr.as_str()), (0, ""));
    for rule in plan::check::rules() {
        assert!(list.stdout.contains(rule.code) && list.stdout.contains(rule.name), "{}", rule.name);
        for name in [rule.code, rule.name] {
            let page = desk.plan(&["explain", name]);
            assert!(page.status == 0 && page.stdout.contains(rule.summary), "{name}");
        }
    }
    let markdown = desk.plan(&["explain", "p0002", "--markdown"]).stdout;
    assert!(markdown.contains("## P0002 `unknown-key`") && markdown.contains("```toml"));
    let whole = plan::cli::schema::diagnostics(&plan::check::rules());
    assert_eq!(desk.plan(&["explain", "--markdown"]).stdout, whole);
    let unknown = desk.plan(&["explain", "unknown-kee"]);
    assert_eq!((unknown.status, unknown.stdout.as_str()), (2, ""));
    assert!(unknown.stderr.contains("did you mean `unknown-key`?"));
}

#[test]
fn a_reader_who_stops_reading_is_no_failure() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["explain", "--markdown"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
}

#[test]
fn a_misspelt_subcommand_is_no_answer_and_gets_a_suggestion() {
    let desk = Desk::new();
    let ran = desk.plan(&["chek"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("'check'"), "{}", ran.stderr);
    assert_eq!(desk.plan(&["check", "--format", "yaml"]).status, 2);
    let help = desk.plan(&["--help"]);
    assert!(help.status == 0 && help.stdout.contains("Exit status") && !help.stdout.contains("generate"));
    assert!(desk.plan(&["--version"]).stdout.starts_with("plan 0."));
}

#[test]
fn shells_and_man_are_served() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = desk.plan(&["completions", shell]);
        assert!(
            ran.status == 0 && ran.stdout.contains("check") && ran.stdout.contains("addresses"),
            "{shell}"
        );
    }
    let page = desk.plan(&["man"]);
    assert!(page.status == 0 && page.stdout.contains(".TH plan 1"), "{}", page.stdout);
    assert_eq!(desk.plan(&["man", "pages", "-q"]).status, 0);
    let pages = files_below(&desk.path("pages"));
    let expected = ["plan-build.1", "plan-check.1", "plan-completions.1", "plan-diff.1", "plan-explain.1"];
    assert_eq!(pages[..5], expected);
    assert!(
        pages.contains(&"plan-show-addresses.1".to_owned()) && !pages.contains(&"plan-generate.1".to_owned())
    );
    assert!(desk.read("pages/plan-build.1").contains("locked"));
}

#[test]
fn templates_beside_the_plan_are_read() {
    let desk = Desk::with(&["lab"]);
    let plan = desk.read(PLAN);
    desk.write(PLAN, &format!("{plan}\n[ansible]\ntemplates = \"templates\"\n"));
    let missing = desk.plan(&["check"]);
    assert!(
        missing.status == 2 && missing.stderr.contains("cannot read the templates"),
        "{}",
        missing.stderr
    );
    fs::create_dir(desk.path("plans/lab/templates")).unwrap();
    desk.write("plans/lab/templates/motd.txt.j2", "hello\n");
    desk.write("plans/lab/templates/README.md", "not a template {{ \n");
    assert_eq!(desk.plan(&["build"]).status, 0);
    assert!(files_below(&desk.path("out/lab")).iter().any(|file| file.ends_with("motd.txt")));
    desk.write("plans/lab/templates/motd.txt.j2", "{{ nobody }}\n");
    let wrong = desk.plan(&["check"]);
    assert!(wrong.status == 1 && wrong.stdout.contains("templates/motd.txt.j2:1"), "{}", wrong.stdout);
}

#[test]
fn a_plan_that_is_not_there_is_told_from_one_that_is() {
    let desk = Desk::with(&["lab"]);
    for (written, help) in [
        ("lab", "did you mean `plans/lab`?"),
        ("plans/lba", "did you mean `plans/lab`?"),
        ("plans/elsewhere", "begin a plan with `plan init NAME`"),
    ] {
        let ran = desk.plan(&["check", written]);
        assert_eq!(ran.status, 2);
        assert!(ran.stderr.contains(help), "{written}: {}", ran.stderr);
    }
    let empty = desk.plan(&["init", ""]);
    assert_eq!(empty.status, 2, "{}", empty.stdout);
    assert!(empty.stderr.contains("the name of the platform is empty"), "{}", empty.stderr);
    assert!(!desk.path("plans/migration.toml").exists());
}

#[test]
fn explain_leads_from_a_word_to_the_rules_that_have_it() {
    let desk = Desk::with(&[]);
    let pools = desk.plan(&["explain", "pools"]);
    assert_eq!(pools.status, 2);
    assert!(pools.stderr.contains("there are `overlapping-pools`, "), "{}", pools.stderr);
    let check = desk.plan(&["explain", "nodes-ready"]).stderr;
    assert!(check.contains("is a word of `check` in `[[stages]]`"), "{check}");
}

/// A line that no terminal shows is not printed; where the finding is stands before what it is.
#[test]
fn an_endless_line_is_not_printed() {
    let desk = Desk::with(&["lab"]);
    let file = desk.path("plans/lab/migration.toml");
    let text = fs::read_to_string(&file).unwrap();
    let names: Vec<String> = (0..2000).map(|number| format!("\"team-{number}\"")).collect();
    let wrong = format!("{text}\n[[allow]]\nfrom = \"lan\"\nto = [{}]\n", names.join(", "));
    fs::write(&file, wrong).unwrap();
    let ran = desk.plan(&["check", "plans/lab"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.lines().all(|line| line.len() < 300), "{} bytes", ran.stdout.len());
    assert!(ran.stdout.contains("plans/lab/migration.toml:"), "{}", &ran.stdout[..400]);
}
