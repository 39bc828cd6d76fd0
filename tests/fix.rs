//! `plan check --fix` mends what is certain and nothing else.

use crate::desk::{Desk, PLAN};
use serde_json::Value;

/// Mistakes of several stages: what is right, and what is written in its place.
const MISTAKES: &[(&str, &str)] = &[
    ("cidr    = \"192.168.1.0/24\"", "cidr    = \"192.168.1.7/24\""),
    ("\"192.168.1.200-192.168.1.220\"", "\"192.168.1.200-220\""),
    ("pods         = \"10.42", "podz         = \"10.42"),
    ("encapsulation = \"VXLAN\"", "encapsulation = \"vxlan\""),
    ("servers      = [\"node-1\"]", "servers      = \"node-1\""),
    ("version      = \"v1.33.1+k3s1\"", "version      = \"1.33.1+k3s1\""),
    ("needs     = [\"database\"]                # what", "needs     = [\"databse\"]                # what"),
    ("path = \"out/lab\"", "path = \"/out/lab\""),
];

fn with_mistakes() -> (Desk, String) {
    let desk = Desk::lab("");
    let good = desk.read(PLAN);
    for (right, wrong) in MISTAKES {
        desk.edit(PLAN, right, wrong);
    }
    (desk, good)
}

fn json(desk: &Desk, arguments: &[&str]) -> Value {
    let ran = desk.plan(&[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stderr))
}

#[test]
fn what_was_certainly_meant_is_written_and_everything_else_stays() {
    let (desk, good) = with_mistakes();
    let fixed = desk.plan(&["check", "--fix"]);
    assert_eq!((fixed.status, fixed.stdout.as_str()), (0, ""), "{}", fixed.stderr);
    assert_eq!(desk.read(PLAN), good);
    assert_eq!(fixed.stderr.matches("fixed plans/lab/migration.toml:").count(), MISTAKES.len());
    assert!(fixed.stderr.contains(":10:11: P0009 host-bits-set: \"192.168.1.7/24\" -> \"192.168.1.0/24\"\n"));
    assert!(fixed.stderr.contains(" unknown-name: \"databse\" -> \"database\"\n"), "{}", fixed.stderr);
    assert!(fixed.stderr.ends_with("plans/lab/migration.toml: no findings\n"));
    let again = desk.plan(&["check", "--fix"]);
    assert_eq!((again.status, again.stderr.as_str()), (0, "plans/lab/migration.toml: no findings\n"));
}

#[test]
fn a_diff_is_shown_without_writing_and_gives_the_same_text() {
    let (desk, good) = with_mistakes();
    let bad = desk.read(PLAN);
    let shown = desk.plan(&["check", "--fix", "--diff"]);
    assert_eq!(shown.status, 1);
    assert_eq!(desk.read(PLAN), bad, "a diff writes nothing");
    assert!(shown.stdout.starts_with("--- a/plans/lab/migration.toml\n+++ b/plans/lab/migration.toml\n@@ "));
    assert!(shown.stderr.contains("would fix plans/lab/migration.toml:10:11: P0009"), "{}", shown.stderr);
    // Every line that goes has its mended one, in order.
    let lines = |mark: char| -> Vec<&str> {
        let of_mark = shown.stdout.lines().skip(2).filter_map(|line| line.strip_prefix(mark));
        of_mark.collect()
    };
    let differs = |text: &str, other: &str| -> Vec<String> {
        let pairs = text.lines().zip(other.lines()).filter(|(one, two)| one != two);
        pairs.map(|(one, _)| one.to_owned()).collect()
    };
    assert_eq!(lines('-'), differs(&bad, &good));
    assert_eq!(lines('+'), differs(&good, &bad));
    desk.plan(&["check", "--fix"]);
    let again = desk.plan(&["check", "--fix", "--diff"]);
    assert_eq!((again.status, again.stdout.as_str()), (0, ""));
    let alone = desk.plan(&["check", "--diff"]);
    assert!(alone.status == 2 && alone.stderr.contains("--fix"), "{}", alone.stderr);
}

#[test]
fn what_may_be_another_thing_is_not_rewritten() {
    for (right, wrong) in [
        // There may be a fourth machine that nobody wrote down.
        ("\"node-2\", \"node-3\"]", "\"node-2\", \"node-4\"]"),
        // A team that is still to be declared.
        ("clients   = [\"lan\"]", "clients   = [\"team-b\"]"),
        // Far from every key.
        ("gateway =", "router ="),
        // Where `..` leads, only a person knows.
        ("path = \"out/lab\"", "path = \"../out/lab\""),
    ] {
        let desk = Desk::lab("");
        desk.edit(PLAN, right, wrong);
        let bad = desk.read(PLAN);
        let ran = desk.plan(&["check", "--fix"]);
        assert_eq!((ran.status, desk.read(PLAN)), (1, bad), "{wrong}");
        assert!(!ran.stderr.contains("fixed "), "{}", ran.stderr);
        // The report says the same as the fix: no certain fix.
        let report = json(&desk, &["check"]);
        assert!(report["plans"][0]["diagnostics"][0]["fix"].is_null(), "{report:#}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_left_and_it_is_said() {
    let (desk, _) = with_mistakes();
    desk.edit(PLAN, "[lan]\n", "[lan\n");
    let bad = desk.read(PLAN);
    let ran = desk.plan(&["check", "--fix", "--quiet"]);
    assert_eq!((ran.status, desk.read(PLAN)), (1, bad));
    assert!(ran.stdout.contains("P0001"), "{}", ran.stdout);
    assert!(ran.stderr.contains("nothing is fixed in a file that is no TOML"), "{}", ran.stderr);
}

#[test]
fn two_keys_that_mean_one_are_not_made_the_same() {
    let desk = Desk::lab("");
    desk.edit(PLAN, "gateway = \"192.168.1.1\"", "gatewy = \"192.168.1.1\"\ngatewya = \"192.168.1.2\"");
    let ran = desk.plan(&["check", "--fix"]);
    assert_eq!(ran.status, 1);
    let text = desk.read(PLAN);
    assert!(text.contains("\ngateway") && text.matches("192.168.1.1\"\n").count() == 1, "{text}");
    assert!(ran.stdout.contains("P0002") && !ran.stdout.contains("P0001"), "{}", ran.stdout);
    // A key beside the right one is not a slip of it at all.
    let desk = Desk::lab("");
    desk.edit(PLAN, "gateway = ", "gatewy = \"192.168.1.2\"\ngateway = ");
    let bad = desk.read(PLAN);
    assert_eq!((desk.plan(&["check", "--fix"]).status, desk.read(PLAN)), (1, bad));
}

#[test]
fn words_layout_and_line_ends_stay() {
    let desk = Desk::lab("");
    let good = desk.read(PLAN).replace('\n', "\r\n");
    desk.write(
        PLAN,
        &good
            .replace(
                "agents       = [\"node-2\", \"node-3\"]",
                "agents =\t[ \"node-2\",\r\n  # ü\r\n  \"node-3\" ,]",
            )
            .replace("pods   ", "podz   "),
    );
    assert_eq!(desk.plan(&["check", "--fix"]).status, 0);
    let text = desk.read(PLAN);
    assert!(
        text.contains("agents =\t[ \"node-2\",\r\n  # ü\r\n  \"node-3\" ,]") && text.contains("\npods   ")
    );
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
}

#[test]
fn a_link_and_permissions_stay_and_a_read_only_plan_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (desk, good) = with_mistakes();
    let bad = desk.read(PLAN);
    let permit = |mode| {
        std::fs::set_permissions(desk.path(PLAN), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    permit(0o444);
    let refused = desk.plan(&["check", "--fix"]);
    assert_eq!((refused.status, desk.read(PLAN)), (2, bad));
    assert!(refused.stderr.contains("read-only"), "{}", refused.stderr);
    permit(0o640);
    std::os::unix::fs::symlink(desk.path(PLAN), desk.path("link.toml")).unwrap();
    assert_eq!(desk.plan(&["check", "--fix", "link.toml"]).status, 0);
    assert!(desk.path("link.toml").is_symlink());
    assert_eq!(desk.read(PLAN), good);
    assert_eq!(std::fs::metadata(desk.path(PLAN)).unwrap().permissions().mode() & 0o777, 0o640);
    let names: Vec<_> = std::fs::read_dir(desk.path("plans/lab")).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing is left beside the plan");
}

#[test]
fn programs_get_what_was_mended_and_the_diff() {
    let (_, schema) =
        plan::cli::schema::files().into_iter().find(|(name, _)| *name == "report.schema.json").unwrap();
    let validator = jsonschema::draft202012::new(&serde_json::from_str(&schema).unwrap()).unwrap();
    let (desk, good) = with_mistakes();
    let shown = json(&desk, &["check", "--fix", "--diff"]);
    assert!(validator.is_valid(&shown), "{shown:#}");
    let plan = &shown["plans"][0];
    assert_eq!(plan["status"], 1);
    // The findings are those of the file as it lies there, so that their places are right.
    assert!(plan["diagnostics"].as_array().unwrap().len() >= 5, "{plan:#}");
    assert_eq!(plan["fixed"].as_array().unwrap().len(), MISTAKES.len());
    assert!(plan["diff"].as_str().unwrap().starts_with("--- a/plans/lab/migration.toml\n"));
    let fixed = json(&desk, &["check", "--fix"]);
    assert!(validator.is_valid(&fixed), "{fixed:#}");
    let plan = &fixed["plans"][0];
    assert_eq!((plan["status"].as_u64(), plan["diff"].is_null()), (Some(0), true));
    assert_eq!(plan["fixed"][0]["was"], "\"192.168.1.7/24\"");
    assert_eq!(plan["diagnostics"].as_array().unwrap().len(), 0);
    assert_eq!(desk.read(PLAN), good);
}

#[test]
fn values_of_the_right_kind_in_the_wrong_type_are_rewritten() {
    for (wrong, right) in [
        ("[checks]\nhost-outside-lan = \"Deny\"\n", "[checks]\nhost-outside-lan = \"deny\"\n"),
        ("[checks]\nhost-outside-lam = \"deny\"\n", "[checks]\nhost-outside-lan = \"deny\"\n"),
        (
            "[services.a]\nnamespace = \"web\"\nselector = { app = \"a\" }\nports = { http = 80 }\nclients = []\nnode_ports = \"false\"\n",
            "[services.a]\nnamespace = \"web\"\nselector = { app = \"a\" }\nports = { http = \"80\" }\nclients = []\nnode_ports = false\n",
        ),
    ] {
        let desk = Desk::lab("");
        let plan = desk.read(PLAN);
        desk.write(PLAN, &format!("{plan}\n{wrong}"));
        let ran = desk.plan(&["check", "--fix"]);
        assert_eq!(desk.read(PLAN), format!("{plan}\n{right}"), "{}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn a_misspelt_field_of_a_raw_table_is_rewritten() {
    let desk = Desk::lab("");
    desk.edit(
        PLAN,
        "encapsulation = \"VXLAN\" ",
        "installation = { calicoNetwrok = { linuxDataplane = \"Iptables\" } } # raw\nencapsulation = \"VXLAN\" ",
    );
    desk.edit(
        PLAN,
        "needs     = [\"database\"]                # what",
        "annotations = { \"metallb.universe.tf/loadBalancer-IPs\" = \"192.168.1.210\" }\nneeds     = [\"database\"] # what",
    );
    let ran = desk.plan(&["check", "--fix"]);
    // MetalLB reads the mended key, and says the address that the plan has a key for.
    assert!(
        desk.read(PLAN).contains("{ \"metallb.io/loadBalancerIPs\" = \"192.168.1.210\" }"),
        "{}",
        ran.stderr
    );
    assert!(ran.status == 1 && ran.stdout.contains("P4507"), "{}", ran.stdout);
    let expected = "installation = { calicoNetwork = { linuxDataplane = \"Iptables\" } } # raw";
    assert!(desk.read(PLAN).contains(expected), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_name_that_is_misspelt_where_it_is_declared_is_not_spread() {
    let desk = Desk::lab("");
    desk.edit(PLAN, "[services.database]", "[services.databse]");
    let bad = desk.read(PLAN);
    let ran = desk.plan(&["check", "--fix"]);
    assert_eq!((ran.status, desk.read(PLAN)), (1, bad), "{}", ran.stderr);
    assert_eq!(ran.stdout.matches("did you mean `databse`?").count(), 2, "{}", ran.stdout);
}

/// Slips of the hand in the plans of this repository: a fix of the place gives back what was written, or there is none.
#[test]
fn a_certain_fix_gives_back_what_was_meant() {
    let (mut slips, mut mended, mut wrong) = (0, 0, String::new());
    for name in ["article", "ml-platform"] {
        let path = format!("{}/plans/{name}/migration.toml", env!("CARGO_MANIFEST_DIR"));
        let good = std::fs::read_to_string(path).unwrap();
        for (nth, at) in letters(&good).into_iter().step_by(19).enumerate() {
            let mut bad = good.clone().into_bytes();
            match nth % 2 {
                0 => drop(bad.remove(at)),
                _ => bad.swap(at, at + 1),
            }
            let bad = String::from_utf8(bad).unwrap();
            if bad == good {
                continue;
            }
            slips += 1;
            let source = plan::source::Source::new("migration.toml", bad.clone());
            let found = plan::compile(&plan::Inputs::new(source)).diagnostics;
            let fixes: Vec<_> = found.iter().filter_map(|finding| finding.fix.as_ref()).collect();
            let [fix] = fixes.as_slice() else {
                assert!(fixes.len() <= 1, "{}: {fixes:?}", &good[at - 9..at + 9]);
                continue;
            };
            let mut text = bad.clone();
            text.replace_range(fix.span.range(), &fix.replacement);
            mended += usize::from(text == good);
            // A slip in a declaration is followed by the one place that names it: then both agree.
            if text != good && fix.span.range().contains(&at) {
                wrong += &format!("{name}: {:?} -> {}\n", &bad[fix.span.range()], fix.replacement);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(slips > 100 && mended * 5 > slips, "{mended} of {slips} slips are mended");
}

/// The places of letters inside of longer words, outside of comments.
fn letters(text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or_default().as_bytes();
        for at in 2..code.len().saturating_sub(2) {
            if code[at - 2..at + 3].iter().all(u8::is_ascii_lowercase) {
                places.push(start + at);
            }
        }
        start += line.len();
    }
    places
}
