//! What a person reads: each plan beside the very sentences that it earns.
//!
//! `tests/findings/NAME.toml` is an example that the scaffold completes; its first lines, as comments `#> rule: message`,
//! are the findings in the order in which they are shown. A plan without such lines earns none.

use plan::source::Source;

#[test]
fn every_case_earns_its_findings() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    names.sort();
    assert!(names.len() > 20, "the cases are gone");
    let mut wrong = String::new();
    for path in names {
        let case = std::fs::read_to_string(&path).expect("a readable case");
        let lines = case.lines().filter_map(|line| line.strip_prefix("#> "));
        let expected: Vec<&str> = lines.collect();
        let plan = Source::new("migration.toml", plan::check::scaffold(&case));
        let found = plan::compile(&plan::Inputs::new(plan)).diagnostics;
        let found: Vec<String> =
            found.iter().map(|finding| format!("{}: {}", finding.rule.name, finding.message)).collect();
        if found != expected {
            let found: Vec<String> = found.iter().map(|line| format!("#> {line}")).collect();
            wrong += &format!("\n{}:\n{}\n", path.display(), found.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
