//! What each format says of the same findings, levels, and what weighs.

use crate::desk::{Desk, PLAN};
use serde_json::Value;

/// Two services on one address, and a machine that is not on the LAN.
const CLASH: &str = r#"
[services.wiki]
namespace = "wiki"
selector = { app = "wiki" }
ports = { http = "80" }
ip = "192.168.1.215"

[services.docs]
namespace = "wiki"
selector = { app = "docs" }
ports = { http = "80" }
ip = "192.168.1.215"
"#;

fn clash() -> Desk {
    let desk = Desk::lab(CLASH);
    desk.edit(PLAN, "node-3 = { ip = \"192.168.1.13\" }", "node-3 = { ip = \"192.168.7.13\" }");
    desk
}

fn program(desk: &Desk, format: &str) -> Value {
    let ran = desk.plan(&["check", "--format", format]);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
}

/// The line and column, from 1, at which a text is in a file for the n-th time.
fn place(text: &str, part: &str, nth: usize) -> (usize, usize, usize) {
    let at = text.match_indices(part).nth(nth).expect(part).0;
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at].rsplit('\n').next().unwrap().chars().count() + 1;
    (line, column, text[..at].chars().count())
}

#[test]
fn concise_is_one_line_a_finding() {
    let desk = clash();
    let ran = desk.plan(&["check", "--format", "concise"]);
    let text = desk.read(PLAN);
    let (host, _, _) = place(&text, "\"192.168.7.13\"", 0);
    let (line, column, _) = place(&text, "\"192.168.1.215\"", 1);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!((ran.status, lines.len()), (1, 2), "{}", ran.stdout);
    assert!(
        lines[0].starts_with(&format!("{PLAN}:{host}:17: warning[P2011] host-outside-lan: ")),
        "{}",
        lines[0]
    );
    let start = format!("{PLAN}:{line}:{column}: error[P2020] address-conflict: `services.");
    assert!(lines[1].starts_with(&start), "{}", lines[1]);
    let quiet = desk.plan(&["check", "--format", "concise", "--quiet"]);
    assert_eq!(quiet.stdout.lines().count(), 1);
}

#[test]
fn sarif_is_what_its_schema_asks_for() {
    let schema: Value = serde_json::from_str(include_str!("data/sarif-schema-2.1.0.json")).unwrap();
    let validator = jsonschema::draft4::new(&schema).unwrap();
    let valid = |report: &Value| {
        let errors: Vec<String> = validator
            .iter_errors(report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}\n{report:#}");
    };
    let desk = clash();
    // Characters of several bytes before the places: SARIF counts characters.
    let text = format!("# üöä {}", desk.read(PLAN));
    desk.write(PLAN, &text);
    let report = program(&desk, "sarif");
    valid(&report);
    let run = &report["runs"][0];
    let results = run["results"].as_array().unwrap();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!((results.len(), rules.len()), (2, 2));
    let (warning, error) = (&results[0], &results[1]);
    assert_eq!((warning["level"].as_str(), error["level"].as_str()), (Some("warning"), Some("error")));
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("```toml") && rule["helpUri"].is_null());
    }
    let physical = &error["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], PLAN);
    let (line, column, offset) = place(&text, "\"192.168.1.215\"", 1);
    let region = &physical["region"];
    let number = |key: &str| region[key].as_u64().unwrap() as usize;
    assert_eq!((number("startLine"), number("startColumn")), (line, column));
    assert_eq!((number("endLine"), number("endColumn")), (line, column + 15));
    assert_eq!((number("charOffset"), number("charLength")), (offset, 15));
    let (line, _, _) = place(&text, "\"192.168.1.215\"", 0);
    let related = &error["relatedLocations"][0];
    assert_eq!(related["physicalLocation"]["region"]["startLine"], line);
    assert!(related["message"]["text"].as_str().unwrap().contains("has it"));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);

    desk.edit(PLAN, "192.168.1.0/24", "192.168.1.9/24");
    let report = program(&desk, "sarif");
    valid(&report);
    let change = &report["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], PLAN);
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "\"192.168.1.0/24\"");

    let unread = desk.plan(&["check", "--format", "sarif", "gone.toml"]);
    let report: Value = serde_json::from_str(&unread.stdout).unwrap();
    valid(&report);
    assert_eq!(
        (unread.status, &report["runs"][0]["invocations"][0]["executionSuccessful"]),
        (2, &Value::Bool(false))
    );
    // The schema is the real one: it refuses what SARIF does not have.
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0", "runs": [{ "tools": {} }] })));
}

#[test]
fn github_annotations_are_escaped() {
    let desk = clash();
    let ran = desk.plan(&["check", "--format", "github"]);
    let text = desk.read(PLAN);
    let (line, column, _) = place(&text, "\"192.168.1.215\"", 1);
    let end = column + 15;
    let expected = format!(
        "::error file={PLAN},line={line},endLine={line},col={column},endColumn={end},title=P2020 address-conflict::`services."
    );
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(lines[0].starts_with("::warning file=") && lines[1].starts_with(&expected), "{}", lines[1]);
    assert!(lines[1].contains("%0Ahelp: "), "{}", lines[1]);
    let locked = Desk::lab("");
    let refused = locked.plan(&["build", "--locked", "--format", "github"]);
    assert_eq!(refused.status, 1);
    assert!(
        refused.stdout.starts_with("::error file=plans/lab/plan.lock,title=plan::"),
        "{}",
        refused.stdout
    );
}

#[test]
fn gitlab_fingerprints_stay_when_lines_move() {
    let desk = clash();
    let issues = |desk: &Desk| program(desk, "gitlab").as_array().unwrap().clone();
    let before = issues(&desk);
    let text = desk.read(PLAN);
    desk.write(PLAN, &format!("# a line more\n\n{text}"));
    let after = issues(&desk);
    assert_eq!(before.len(), 2);
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old["fingerprint"], new["fingerprint"]);
        assert_eq!(old["location"]["path"], PLAN);
        let line = |issue: &Value| issue["location"]["lines"]["begin"].as_u64().unwrap();
        assert_eq!(line(old) + 2, line(new));
        assert!(old["description"].as_str().is_some() && old["check_name"].as_str().is_some());
    }
    assert_eq!(
        (before[0]["severity"].as_str(), before[1]["severity"].as_str()),
        (Some("minor"), Some("critical"))
    );
    // The same mistake twice has two fingerprints.
    assert_ne!(before[0]["fingerprint"], before[1]["fingerprint"]);
    desk.write(PLAN, "schema = 1\n");
    let all = issues(&desk);
    let prints: std::collections::BTreeSet<&str> =
        all.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), all.len());
}

#[test]
fn markdown_counts_first_escapes_and_stays_short() {
    let desk = clash();
    let text = desk.plan(&["check", "--format", "markdown"]).stdout;
    assert!(text.starts_with("**plans/lab/migration.toml**: 1 error, 1 warning\n\n| | Where |"), "{text}");
    let error = text.find("| error |").unwrap();
    assert!(error < text.find("| warning |").unwrap(), "what weighs more comes first");
    assert_eq!(text.matches("<details><summary>").count(), 2);
    assert!(!text.contains("left out"));
    let keys: String = (0..2000).map(|number| format!("\"a|b<i>{number}\" = 1\n")).collect();
    let plan = desk.read(PLAN);
    desk.write(PLAN, &(keys + &plan));
    let long = desk.plan(&["check", "--format", "markdown"]).stdout;
    assert!(long.len() <= 65_000 && long.len() > 60_000, "{}", long.len());
    let rows = long.lines().filter(|line| line.starts_with("| error |")).count();
    assert!(
        long.contains(&format!("\n{} more findings are left out; `plan check` shows them.\n", 2000 - rows))
    );
    assert!(long.contains("a\\|b<i>") && long.contains("1 more explanations are left out"), "{long}");
}

fn weighed(checks: &str) -> (i32, String) {
    let desk = Desk::lab(checks);
    desk.edit(PLAN, "node-3 = { ip = \"192.168.1.13\" }", "node-3 = { ip = \"192.168.7.13\" }");
    let ran = desk.plan(&["check", "--format", "concise"]);
    (ran.status, ran.stdout)
}

#[test]
fn a_rule_of_judgement_weighs_what_the_plan_says() {
    let (status, said) = weighed("");
    assert!(status == 0 && said.contains("warning[P2011]"), "{said}");
    assert_eq!(weighed("\n[checks]\nhost-outside-lan = \"allow\"\n"), (0, String::new()));
    let (status, said) = weighed("\n[checks]\nhost-outside-lan = \"deny\"\n");
    assert!(status == 1 && said.contains("error[P2011]"), "{said}");
    let (status, said) = weighed("\n[checks]\nhost-outside-lan = \"warn\"\n");
    assert!(status == 0 && said.contains("warning[P2011]"), "{said}");
    let (status, said) = weighed("\n[checks]\nhost-outside-lann = \"deny\"\n");
    assert!(status == 1 && said.contains("error[P9002]"), "{said}");
}

#[test]
fn what_a_controller_refuses_is_no_matter_of_judgement() {
    for level in ["allow", "warn"] {
        let desk = Desk::lab(&format!("{CLASH}\n[checks]\naddress-conflict = \"{level}\"\n"));
        let ran = desk.plan(&["check", "--format", "concise"]);
        assert!(ran.status == 1 && ran.stdout.contains("error[P2020]"), "{level}: {}", ran.stdout);
    }
    let entry = "\n[[accept]]\nrule = \"address-conflict\"\non = \"services.wiki\"\nreason = \"debug\"\n";
    let desk = Desk::lab(&format!("{CLASH}{entry}"));
    let ran = desk.plan(&["check", "--format", "concise"]);
    assert!(ran.status == 1 && ran.stdout.contains("error[P2020]"), "{}", ran.stdout);
}

#[test]
fn an_entry_accepts_by_code_or_name_and_is_found_when_it_accepts_nothing() {
    let entry = |rule: &str, on: &str, more: &str| {
        format!("\n[[accept]]\nrule = \"{rule}\"\non = \"{on}\"\nreason = \"debug\"\n{more}")
    };
    for rule in ["P2011", "host-outside-lan"] {
        assert_eq!(weighed(&entry(rule, "hosts.node-3", "")), (0, String::new()), "{rule}");
    }
    let (status, said) = weighed(&entry("P2011", "hosts.node-1", ""));
    assert!(
        status == 0 && said.contains("[P2011]") && said.contains("warning[P9001] unused-accept"),
        "{said}"
    );
    let (status, said) = weighed(&entry("P2011", "hosts.node-3", "until = 2020-01-31\n"));
    assert!(status == 0 && said.contains("warning[P9003]") && !said.contains("[P2011]"), "{said}");
    let desk = Desk::lab(&entry("P2011", "hosts.node-1", ""));
    assert_eq!(desk.plan(&["check"]).status, 0);
    assert_eq!(desk.plan(&["check", "--deny-warnings"]).status, 1);
}

#[test]
fn explain_prints_everything_about_a_rule() {
    let desk = Desk::new();
    let rules = plan::check::rules();
    let rule = rules.iter().find(|rule| rule.name == "address-conflict").unwrap();
    let page = desk.plan(&["explain", rule.name]).stdout;
    assert!(page.starts_with("P2020 address-conflict (error)\n"), "{page}");
    for covered in rule.covers {
        assert!(page.contains(covered), "{page}");
    }
    for example in [rule.fails, rule.passes] {
        let indented: Vec<String> =
            example.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect();
        assert!(page.contains(&indented.join("\n")), "{page}");
    }
    let markdown = desk.plan(&["explain", rule.name, "--markdown"]).stdout;
    assert!(markdown.contains("**Error**") && markdown.matches("```toml").count() == 2, "{markdown}");
    assert!(rule.covers.iter().all(|covered| markdown.contains(covered)));
    let list: Value = serde_json::from_str(&desk.plan(&["explain", "--format", "json"]).stdout).unwrap();
    let list = list["rules"].as_array().unwrap();
    assert_eq!(list.len(), rules.len());
    let one: Value =
        serde_json::from_str(&desk.plan(&["explain", "P2020", "--format", "json"]).stdout).unwrap();
    assert!(list.contains(&one));
    assert_eq!((one["level"].as_str(), one["fails"].as_str()), (Some("error"), Some(rule.fails)));
}
