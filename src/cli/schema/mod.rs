//! `schema/`: what editors, programs and readers have to know of the language and the rules, made from the declarations
//! in the code. `plan generate` writes it, and a test keeps it true.

mod changes;
mod editor;
mod ranges;
mod reference;
mod rules;
mod tables;

pub use rules::{diagnostic, diagnostics};

/// Every file of `schema/` with its text, by name.
pub fn files() -> Vec<(&'static str, String)> {
    let pretty = |value: serde_json::Value| format!("{value:#}\n");
    let files: Vec<(&str, &str, String)> = vec![
        (
            "changes.md",
            "what `plan diff` says of a change: the classes of danger, what is noticed, and what no controller can apply",
            changes::page(),
        ),
        (
            "diagnostics.md",
            "every rule: what it asks for, why, and two plans that show it",
            diagnostics(&crate::check::rules()),
        ),
        (
            "diff.schema.json",
            "the JSON Schema of what `plan diff --format json` prints",
            pretty(crate::diff::format::schema()),
        ),
        (
            "migration.schema.json",
            "the JSON Schema of `migration.toml`, for editors that complete and check it",
            pretty(editor::schema()),
        ),
        ("reference.md", "the language: every table and key of `migration.toml`", reference::page()),
        (
            "report.schema.json",
            "the JSON Schema of what `plan --format json` prints",
            pretty(super::format::report_schema()),
        ),
        (
            "rules.md",
            "the catalogue: what upstreams refuse or ignore, and how `plan` answers each",
            crate::catalogue::page(),
        ),
        (
            "stages.schema.json",
            "the JSON Schema of what `plan diff --stage --format json` prints",
            pretty(crate::diff::format::stages::schema()),
        ),
        (
            "verify.schema.json",
            "the JSON Schema of what `plan verify --format json` prints",
            pretty(crate::verify::format::schema()),
        ),
    ];
    let lines: String =
        files.iter().map(|(name, about, _)| format!("- [{name}]({name}): {about}\n")).collect();
    let readme = format!(
        "# Contracts\n\nMade from the code by `cargo run -- generate`; not edited by hand.\n\n{lines}"
    );
    std::iter::once(("README.md", readme))
        .chain(files.into_iter().map(|(name, _, text)| (name, text)))
        .collect()
}
