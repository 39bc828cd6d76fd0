//! The page about the language: every table and every key.

use super::tables::{Table, of, prose, tables};
use crate::decode::{Key, Presence, Shape};
use crate::runbook::words;

const INTRODUCTION: &str = include_str!("introduction.md");

/// The plan that the page shows; a test compiles it.
pub const EXAMPLE: &str = include_str!("example.toml");

/// The whole page.
pub fn page() -> String {
    let tables = tables();
    let contents: String = tables.iter().map(|table| format!("- {}\n", link(table, &title(table)))).collect();
    let sections: String = tables.iter().map(|table| section(table, &tables)).collect();
    INTRODUCTION
        .replace("{{ example }}", EXAMPLE.trim_end())
        .replace("{{ checks }}", checks().trim_end())
        .replace("{{ actions }}", actions().trim_end())
        .replace("{{ contents }}", contents.trim_end())
        + &sections
}

/// Every word of `check`.
fn checks() -> String {
    let row = |word: &words::Word| {
        let name = match word.argument {
            Some(argument) => format!("{}:{argument}", word.name),
            None => word.name.to_owned(),
        };
        format!("| `{name}` | {} | {} |\n", word.asks, word.expects)
    };
    let rows: String = words::CHECKS.iter().map(row).collect();
    format!("| Word | asks | passes when |\n|---|---|---|\n{rows}")
}

/// What stands behind `backup:`, `restore:` and `drain:`, with the templates that it means.
const ACTIONS: &[(&str, &str, &str)] = &[
    ("an `external` with `databases`", "backup-database", "restore-database"),
    ("an `external` with a `path`", "backup-path", "restore-path"),
    ("another `external`, or a database that is not PostgreSQL", "backup-by-hand", "restore-by-hand"),
    ("a service", "backup-volumes", "restore-volumes"),
    ("`tenants.NAME`, `seldon`", "backup-namespace", "restore-objects"),
    ("`manifests`", "backup-manifests", "restore-objects"),
    ("`sealed-secrets-key`", "backup-sealed-secrets-key", "restore-sealed-secrets-key"),
    ("`etcd`", "backup-etcd", "restore-by-hand"),
];

fn actions() -> String {
    let row = |(what, backup, restore): &(&str, &str, &str)| {
        format!("| {what} | {} | {} |\n", words::action(backup).does, words::action(restore).does)
    };
    let rows: String = ACTIONS.iter().map(row).collect();
    let drain = words::action("drain").does;
    format!(
        "| Behind the colon | `backup:` | `restore:` |\n|---|---|---|\n{rows}\n`drain:` of a service, a tenant, or an \
         `external` (everything that needs it) {drain}; the way back starts them again.\n"
    )
}

/// How the table is written, such as `[clusters.NAME.calico]`.
fn title(table: &Table) -> String {
    match table.headers.first().map(String::as_str) {
        None | Some("") => "The top of the file".to_owned(),
        Some(header) => format!("`{header}`"),
    }
}

fn link(table: &Table, text: &str) -> String {
    format!("[{text}](#table-{})", table.id)
}

fn section(table: &Table, tables: &[Table]) -> String {
    let also = match table.headers.get(1..) {
        Some(others @ [_, ..]) => {
            let list: Vec<String> = others.iter().map(|header| format!("`{header}`")).collect();
            format!(" Written as {} too.", list.join(", "))
        }
        _ => String::new(),
    };
    let rows: String = table.keys.iter().map(|key| row(key, table, tables)).collect();
    format!(
        "\n<a id=\"table-{}\"></a>\n\n### {}\n\n{}{also}\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n{rows}",
        table.id,
        title(table),
        table.docs,
    )
}

fn row(key: &Key, table: &Table, tables: &[Table]) -> String {
    let default = match &key.presence {
        Presence::Required => "**required**".to_owned(),
        Presence::Optional => String::new(),
        Presence::Default(literal) => format!("`{literal}`"),
    };
    let words: String =
        words(&key.shape).iter().map(|(word, docs)| format!("<br>`\"{word}\"`: {}", docs.trim())).collect();
    let meaning = format!("{}{words}<br>Example: `{} = {}`", prose(key.docs), key.name, key.example);
    let cells = [
        format!("<a id=\"{0}.{1}\"></a>`{1}`", table.id, key.name),
        phrase(&key.shape, tables),
        default,
        meaning,
    ];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

/// What a person may write at the key, with links to tables.
fn phrase(shape: &Shape, tables: &[Table]) -> String {
    match shape {
        Shape::Word(_) => "one of the words at the right".to_owned(),
        Shape::Date => "a date, without quotes".to_owned(),
        Shape::List(item) => format!("list: {}", phrase(item, tables)),
        Shape::OneOrMany(item) => format!("{}; or a list", phrase(item, tables)),
        Shape::Map { value, .. } => format!("table, NAME = {}", phrase(value, tables)),
        Shape::Table(table) => link(of(tables, table), "table"),
        Shape::Either(shapes) => {
            shapes.iter().map(|shape| phrase(shape, tables)).collect::<Vec<_>>().join("; or ")
        }
        Shape::Raw => "table in upstream's words".to_owned(),
        Shape::Boolean | Shape::Integer { .. } | Shape::Text { .. } => shape.phrase(),
    }
}

/// The words of a closed set, wherever it is in the shape.
fn words(shape: &Shape) -> &'static [(&'static str, &'static str)] {
    match shape {
        Shape::Word(words) => words,
        Shape::List(item) | Shape::OneOrMany(item) => words(item),
        Shape::Map { value, .. } => words(value),
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn the_example_compiles_without_a_finding() {
        let plan = Source::new("example.toml", EXAMPLE);
        let compilation = crate::compile(&crate::Inputs::new(plan));
        assert!(compilation.diagnostics.is_empty(), "{:#?}", compilation.diagnostics);
    }

    #[test]
    fn every_action_is_named() {
        let named: Vec<&str> = ACTIONS.iter().flat_map(|(_, backup, restore)| [*backup, *restore]).collect();
        for action in words::ACTIONS.iter().filter(|action| !action.name.ends_with("drain")) {
            assert!(named.contains(&action.name), "{}", action.name);
        }
    }

    #[test]
    fn every_link_of_the_page_leads_to_an_anchor() {
        let page = page();
        let mut links = 0;
        for target in page.split("](#").skip(1).filter_map(|rest| rest.split_once(')')) {
            assert!(page.contains(&format!("<a id=\"{}\"></a>", target.0)), "{}", target.0);
            links += 1;
        }
        assert!(links > 30 && !page.contains("{{"));
    }
}
