//! What is made from the code is committed as the code makes it.

use plan::cli::schema::files;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn the_files_in_schema_are_what_the_code_makes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let mut stale = Vec::new();
    for (name, text) in files() {
        let committed = fs::read_to_string(folder.join(name)).unwrap_or_default();
        if committed != text {
            let lines = committed.lines().zip(text.lines()).take_while(|(old, new)| old == new).count();
            stale.push(format!("schema/{name} differs from line {}", lines + 1));
        }
    }
    assert!(stale.is_empty(), "run `cargo run -- generate`: {stale:#?}");
}

#[test]
fn nothing_else_is_in_schema() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let known: BTreeSet<String> = files().into_iter().map(|(name, _)| name.to_owned()).collect();
    let there: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, known, "`plan generate` makes every file of this folder; remove the others by hand");
}

#[test]
fn the_schema_for_editors_accepts_the_plans_of_this_repository() {
    let (_, schema) = files().into_iter().find(|(name, _)| *name == "migration.schema.json").unwrap();
    let validator = jsonschema::draft7::new(&serde_json::from_str(&schema).unwrap()).unwrap();
    for plan in ["article", "ml-platform"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans").join(plan).join("migration.toml");
        let text = fs::read_to_string(path).unwrap();
        // Taplo hands a date over as a string, so the test writes it as one.
        let text: String = text
            .lines()
            .map(|line| match line.split_once("= ").filter(|(key, _)| key.trim() == "until") {
                Some((key, date)) => format!("{key}= \"{date}\"\n"),
                None => format!("{line}\n"),
            })
            .collect();
        let value: serde_json::Value = toml::from_str(&text).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{plan}: {errors:#?}");
    }
}
