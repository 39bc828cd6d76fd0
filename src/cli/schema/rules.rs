//! The page about every rule.

use crate::diagnostics::{Level, Rule};

const INTRODUCTION: &str = "\
# Diagnostics

Every finding of `plan` belongs to one of these rules. A rule has a code, which never changes and is never given to
another rule, and a name. `plan explain NAME` prints its section.

An *error* is something that a controller refuses or that cannot work; nothing is built. A *warning* is something that
works and that you may regret. `--deny-warnings` treats it as an error, `[checks]` changes the level of a rule, and an
`[[accept]]` entry keeps one finding, with a reason:

```toml
[checks]
host-outside-lan = \"deny\"

[[accept]]
rule   = \"seldon-scheduler-exposed\"
on     = \"seldon.scheduler\"
reason = \"debug access from the workstation\"
until  = 2027-03-31
```

`on` is the key path that the finding is about; `plan check --format json` prints it. Errors cannot be accepted.

The examples below show only what matters; the rest of the plan is like that of `plan init`.

| Code | Name | Level | Rule |
|---|---|---|---|
";

/// The whole page.
pub fn diagnostics(rules: &[&'static Rule]) -> String {
    let row = |rule: &&'static Rule| {
        let Rule { code, name, level, summary, .. } = rule;
        format!("| [{code}](#{code}) | `{name}` | {} | {} |\n", level.word(), summary.replace('|', "\\|"))
    };
    let rows: String = rules.iter().map(row).collect();
    let sections: String = rules.iter().map(|rule| format!("\n{}", diagnostic(rule))).collect();
    format!("{INTRODUCTION}{rows}{sections}")
}

/// The section about one rule.
pub fn diagnostic(rule: &Rule) -> String {
    let Rule { code, name, summary, explanation, .. } = rule;
    let level = match rule.level {
        Level::Error => "Error",
        Level::Warning => "Warning",
        Level::Note => "Note",
    };
    let mut text =
        format!("<a id=\"{code}\"></a>\n\n## {code} `{name}`\n\n**{level}**: {summary}\n\n{explanation}\n");
    if !rule.covers.is_empty() {
        text.push_str(&format!("\nCovers {}.\n", rule.covers.join(", ")));
    }
    for (heading, example) in [("This fails:", rule.fails), ("This passes:", rule.passes)] {
        if !example.is_empty() {
            text.push_str(&format!("\n{heading}\n\n```toml\n{}\n```\n", example.trim_end()));
        }
    }
    text
}
