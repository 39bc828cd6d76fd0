//! The page of a plan: whole, the same every time, small, and without a way for a plan's words to become markup.

use crate::desk::Desk;
use plan::source::Source;
use serde_json::Value;

fn report(plan: &str) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_plan"))
        .args(["report", plan])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("a run");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The page of a text, and its data.
fn page(text: &str) -> String {
    let inputs = plan::Inputs::new(Source::new("migration.toml", text));
    let mut seen = None;
    let found = plan::judge(&inputs, |facts, _| seen = Some(plan::report::view(facts)));
    let found: Vec<_> = found.iter().collect();
    let view = seen.unwrap_or_else(|| panic!("{found:#?}"));
    plan::report::page(&view, &found, std::slice::from_ref(&inputs.plan), None)
}

fn data(page: &str) -> Value {
    let start = page.find("id=\"reach-data\">").expect("data") + "id=\"reach-data\">".len();
    let end = start + page[start..].find("</script>").expect("an end");
    serde_json::from_str(&page[start..end]).expect("JSON")
}

/// Every tag is closed by the tag that it opened with.
fn well_formed(page: &str) {
    const VOID: &[&str] = &["meta", "link", "br", "input", "!doctype"];
    let mut open: Vec<String> = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("a tag ends");
        let tag = &rest[..end];
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|letter| !letter.is_whitespace()).collect();
        let name = name.trim_end_matches('/').to_lowercase();
        rest = &rest[end + 1..];
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "before {:.200}", rest);
        } else if !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            if name == "script" || name == "style" {
                rest = &rest[rest.find(&format!("</{name}>")).expect("its end")..];
            }
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_page_is_whole_and_the_same_every_time() {
    for plan in [
        "plans/ml-platform",
        "plans/article",
        "tests/plans/kubeadm-dual-stack",
        "tests/plans/two-clusters",
        "tests/plans/minimal",
    ] {
        let page = report(plan);
        assert_eq!(page, report(plan), "{plan}");
        well_formed(&page);
        for part in ["overview", "topology", "services", "addresses", "connectivity", "risks", "findings"] {
            assert!(
                page.contains(&format!("<section id=\"{part}\" aria-labelledby=\"{part}-title\">")),
                "{plan} {part}"
            );
        }
    }
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let page = report("plans/ml-platform");
    for way in ["src=", "@import", "url(http", "fetch(", "XMLHttpRequest", " style=\"", " onclick="] {
        assert!(!page.contains(way), "{way}");
    }
    assert!(page.contains("default-src &#x27;none&#x27;"), "{:.600}", page);
    let links = page.match_indices("href=\"").map(|(at, start)| &page[at + start.len()..]);
    for link in links {
        assert!(link.starts_with('#') || link.starts_with("data:,"), "{link:.40}");
    }
}

#[test]
fn everything_of_the_plan_is_on_it() {
    let page = report("plans/ml-platform");
    for text in [
        "nuc8i5behs",
        "192.168.1.204",
        "services.argocd",
        "tenants.fraud-detection.mesh",
        "homelab: l2",
        "takes the place of before",
        "7 stages, 48h in all",
        "waits for a person",
        "keeps data",
    ] {
        assert!(page.contains(text), "{text}");
    }
    // Of 51 addresses 21 are pinned and the others are reserved.
    assert!(page.contains("51 addresses, 21 pinned, 30 reserved"));
}

#[test]
fn the_data_are_the_rows_of_reach() {
    let data = data(&report("plans/ml-platform"));
    let cluster = &data[0];
    let number = |name: &str| {
        let all = cluster["namespaces"].as_array().expect("namespaces");
        all.iter().position(|namespace| namespace == name).expect(name)
    };
    let (from, to) = (number("financial-inference"), number("fraud-detection"));
    let meets = |row: &Value, from: usize, to: usize| {
        let has = |end: &Value, one: usize| {
            let namespaces = &cluster["ends"][end.as_u64().expect("a number") as usize][0];
            namespaces.as_array().expect("an end").iter().any(|number| *number == one)
        };
        has(&row[0], from) && has(&row[1], to)
    };
    let rows = cluster["enforced"].as_array().expect("rows");
    let row = rows.iter().find(|row| meets(row, from, to)).expect("the tenant is let in");
    let connection = &cluster["connections"][row[2].as_u64().expect("a number") as usize];
    assert!(connection.as_str().expect("text").contains("TCP 9000"), "{connection}");
    assert!(!rows.iter().any(|row| meets(row, to, from)), "and not the other way");
    let kafka = number("kafka");
    let is_open = |view: &str| {
        cluster[view].as_array().expect("rows").iter().any(|row| meets(row, kafka, number("argocd")))
    };
    assert!(
        is_open("enforced") && !is_open("staged"),
        "a namespace that is only observed is open until its policies are enforced"
    );
}

const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>&\\\"'";

#[test]
fn words_of_a_plan_are_never_markup() {
    let text = include_str!("plans/minimal/migration.toml");
    let stage = format!(
        "\n[[stages]]\nname = \"one\"\ndo = [\"{EVIL}\"]\ncheck = [\"{EVIL}\"]\nirreversible = [\"{EVIL}\"]\n"
    );
    let accept = format!("\n[[accept]]\nrule = \"{EVIL}\"\non = \"{EVIL}\"\nreason = \"{EVIL}\"\n");
    let page = page(&format!("{text}{stage}{accept}"));
    well_formed(&page);
    assert!(page.contains("&lt;script&gt;alert(1)"), "the finding quotes the plan");
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
    assert_eq!(page.matches("<script").count(), 2);
}

#[test]
fn a_plan_with_errors_has_a_page_and_its_lines() {
    let desk = Desk::lab("");
    desk.edit("plans/lab/migration.toml", "192.168.1.0/24", "192.168.2.0/24");
    let ran = desk.plan(&["report", "plans/lab", "--out", "lab.html"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let page = desk.read("lab.html");
    assert!(page.contains("Not ready:") && page.contains("class=\"finding error\""));
    assert!(page.contains("<mark>"), "the place is marked");
    assert!(ran.stdout.is_empty());
}

/// What would change stands on the page when it is asked for, against any commit.
#[test]
fn a_page_shows_what_changes_against_a_revision() {
    let desk = Desk::lab("");
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
        let ran =
            std::process::Command::new("git").args(name).args(arguments).current_dir(desk.path("")).output();
        assert!(ran.expect("git").status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "before"]);
    let same = desk.plan(&["report", "plans/lab", "--against", "HEAD"]);
    assert_eq!(same.status, 0, "{}", same.stderr);
    assert!(
        same.stdout.contains("<section id=\"changes\"")
            && same.stdout.contains("0 objects and files would change")
    );
    let text = desk.read("plans/lab/migration.toml");
    let more = "\n[services.added]\nnamespace = \"added\"\nselector = { app = \"added\" }\nports = { http = \"80\" }\nclients = [\"lan\"]\n";
    desk.write("plans/lab/migration.toml", &format!("{text}{more}"));
    let ran = desk.plan(&["report", "plans/lab", "--against", "HEAD"]);
    well_formed(&ran.stdout);
    let changes = &ran.stdout[ran.stdout.find("<section id=\"changes\"").expect("changes")..];
    assert!(changes.contains("services.added"), "{changes:.3000}");
    let unknown = desk.plan(&["report", "plans/lab", "--against", "no-such-branch"]);
    assert_eq!((unknown.status, unknown.stdout.as_str()), (2, ""));
}

#[test]
fn without_a_plan_there_is_no_page() {
    let desk = Desk::new();
    let ran = desk.plan(&["report", "nowhere", "--out", "x.html"]);
    assert_eq!((ran.status, desk.path("x.html").exists()), (2, false));
}

/// The page grows with the clusters and no faster.
#[test]
fn many_clusters_make_a_small_page() {
    let size = |clusters: usize| page(&crate::benchmark::plan(clusters, 20, 4)).len();
    let (few, many) = (size(4), size(16));
    assert!(many < 4 * few + 100_000, "{few} {many}");
    assert!(many < 1_500_000, "{many}");
    // For those who want to see a large one.
    if let Some(file) = std::env::var_os("PLAN_WRITE_LARGE") {
        std::fs::write(file, crate::benchmark::plan(100, 100, 20)).expect("a plan");
    }
}

/// A plan that cannot be read has nothing to draw, and what is wrong with it is still a page.
#[test]
fn a_plan_that_cannot_be_read_has_a_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = folder.path().join("lab");
    std::fs::create_dir(&plan).expect("a folder");
    std::fs::write(plan.join("migration.toml"), "schema = 1\nname = \"<b>\"\n").expect("a plan");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_plan"))
        .args(["report", "lab"])
        .current_dir(folder.path())
        .output()
        .expect("a run");
    let page = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{page}");
    assert!(page.contains("<h1>lab</h1>") && page.contains("Not readable:"), "{page}");
    assert!(page.contains("migration.toml:2</code>") && !page.contains("<b>"), "{page}");
}

/// Two paths of the same length both decide when all is over.
#[test]
fn every_stage_without_slack_is_marked() {
    let stages = ["one", "two"].map(|name| {
        format!(
            "[[stages]]\nname = \"{name}\"\nafter = []\ntakes = \"1h\"\ndo = []\ncheck = [\"nodes-ready\"]\n"
        )
    });
    let plan = plan::check::scaffold(&stages.concat());
    let inputs = plan::Inputs::new(plan::source::Source::new("migration.toml", plan));
    let mut pages = Vec::new();
    plan::judge(&inputs, |facts, _| {
        pages.push(plan::report::page(&plan::report::view(facts), &[], &[], None));
        pages.push(plan::timeline::svg(facts));
    });
    for page in &pages {
        assert_eq!(page.matches("class=\"stage critical\"").count(), 2, "{page}");
    }
    assert_eq!(pages.len(), 2);
}

/// The longest path may have time in it, where a stage waits for its hours.
#[test]
fn the_table_of_stages_says_the_slack_that_the_drawing_shows() {
    let stages = "[runbook]\nstart = \"2026-07-04 18:00\"\n\
                  [[stages]]\nname = \"one\"\ntakes = \"1h\"\ncheck = [\"nodes-ready\"]\n\
                  [[stages]]\nname = \"two\"\ntakes = \"2h\"\nwindow = \"22:00-06:00\"\nhold = \"manual\"\ncheck = [\"nodes-ready\"]\n";
    let plan = plan::source::Source::new("migration.toml", plan::check::scaffold(stages));
    let mut page = String::new();
    plan::judge(&plan::Inputs::new(plan), |facts, _| {
        page = plan::report::page(&plan::report::view(facts), &[], &[], None);
    });
    assert_eq!(page.matches("class=\"stage critical\"").count(), 2, "{page}");
    assert!(page.contains("<td>1h</td><td>3h</td>") && page.contains("<td>2h</td><td>none</td>"), "{page}");
    assert!(page.contains("nothing to undo") && !page.contains("undone in"), "{page}");
}
