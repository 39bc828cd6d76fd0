//! Every sample of the README does what it says.

use plan::Inputs;
use plan::source::Source;
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../README.md");

/// The fenced blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    let after = README.split(&opening).skip(1);
    after.filter_map(|rest| rest.split("\n```").next()).map(str::to_owned).collect()
}

/// Whether a line is what the README shows, where `…` stands for anything.
fn like(shown: &str, line: &str) -> bool {
    let mut rest = line;
    let mut parts = shown.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    let parts: Vec<&str> = parts.collect();
    for (at, part) in parts.iter().enumerate() {
        if at + 1 == parts.len() {
            return rest.ends_with(part);
        }
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
    }
    rest.is_empty()
}

#[test]
fn every_command_prints_what_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut commands = 0;
    for block in blocks("console") {
        for part in block.split("$ ").filter(|part| !part.trim().is_empty()) {
            let (command, shown) = part.split_once('\n').unwrap_or((part, ""));
            let mut words = command.split_whitespace();
            assert_eq!(words.next(), Some("plan"), "{command}");
            let output = run(folder.path(), words);
            let printed = format!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
            assert!(output.status.success(), "{command}: {printed}");
            for line in shown.lines().filter(|line| !line.is_empty() && *line != "…") {
                assert!(
                    printed.lines().any(|printed| like(line, printed)),
                    "{command}: no `{line}` in\n{printed}"
                );
            }
            commands += 1;
        }
    }
    assert!(commands >= 8, "{commands} commands");
}

fn run<'a>(folder: &Path, words: impl Iterator<Item = &'a str>) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
    command.args(words).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

#[test]
fn every_piece_of_a_plan_compiles() {
    // What the pieces refer to, beside the plan that `scaffold` puts around an example.
    let around = "[services.database]\nnamespace = \"wiki\"\nselector = { app = \"database\" }\nports = { sql = \"5432\" }\n\
                  clients = []\n[tenants.team-a]\n[seldon]\nversion = \"2.9.1\"\nserver_configs = [\"mlserver\"]\n\
                  scheduler = \"192.168.1.201\"\n";
    for piece in blocks("toml").iter().filter(|piece| !piece.starts_with("#:schema")) {
        let text = plan::check::scaffold(&format!("{around}{piece}\n"));
        let compilation = plan::compile(&Inputs::new(Source::new("migration.toml", text.clone())));
        let errors: Vec<&String> = (compilation.diagnostics.iter())
            .filter(|finding| finding.level == plan::diagnostics::Level::Error)
            .map(|finding| &finding.message)
            .collect();
        assert!(errors.is_empty(), "{errors:#?} in\n{text}");
    }
}

#[test]
fn the_two_commands_are_those_that_ci_runs() {
    let commands = blocks("sh").concat();
    assert!(commands.contains("cargo run --release -- build plans/ml-platform"));
    let test = commands.lines().find(|line| line.starts_with("cargo test")).expect("a test command");
    let test = test.split('#').next().unwrap_or_default().trim();
    assert!(include_str!("../.ci/run").contains(&format!("run {test} --locked")), "{test}");
}

#[test]
fn every_file_that_is_linked_exists() {
    for link in README.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let here = !link.starts_with("http");
        assert!(!here || Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link}");
    }
}
