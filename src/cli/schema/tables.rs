//! Every table of the language once, with a name of its own and every place where it may stand.

use crate::decode::{Key, ReadTable, Shape, TableShape};
use crate::model::Plan;

/// A table of the language.
#[derive(Debug)]
pub struct Table {
    /// Unique: two tables that the code calls the same have the name of what they are in before theirs.
    pub id: String,
    pub docs: String,
    pub keys: Vec<Key>,
    /// How its header is written at each place: `[clusters.NAME.calico]`, `[[stages]]`; empty for the root.
    pub headers: Vec<String>,
    name: &'static str,
    parent: &'static str,
}

/// Every table, each before those inside it, in the order of declaration.
pub fn tables() -> Vec<Table> {
    let mut tables = Vec::new();
    let root = TableShape { name: Plan::NAME, docs: Plan::DOCS, keys: Plan::keys };
    visit(root, "", "", false, &mut tables);
    let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
    let is_shared = |name: &str| names.iter().filter(|other| **other == name).count() > 1;
    let shared: Vec<bool> = tables.iter().map(|table| is_shared(table.name)).collect();
    for (table, shared) in tables.iter_mut().zip(shared) {
        // The shortest way to write it comes first.
        table.headers.sort_by_key(|header| header.matches('.').count());
        table.id = if shared { format!("{}{}", table.parent, table.name) } else { table.name.to_owned() };
    }
    super::ranges::narrow(&mut tables);
    tables
}

fn visit(shape: TableShape, parent: &'static str, path: &str, many: bool, tables: &mut Vec<Table>) {
    let header = match (path, many) {
        ("", _) => String::new(),
        (path, true) => format!("[[{path}]]"),
        (path, false) => format!("[{path}]"),
    };
    let known = tables.iter_mut().find(|table| same(table, &shape));
    if let Some(table) = known {
        table.headers.push(header);
        return;
    }
    let keys = (shape.keys)();
    tables.push(Table {
        id: String::new(),
        docs: prose(shape.docs),
        keys: keys.clone(),
        headers: vec![header],
        name: shape.name,
        parent,
    });
    for key in &keys {
        let path = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        descend(&key.shape, shape.name, &path, false, tables);
    }
}

fn descend(shape: &Shape, parent: &'static str, path: &str, many: bool, tables: &mut Vec<Table>) {
    match shape {
        Shape::Table(table) => visit(*table, parent, path, many, tables),
        Shape::List(item) | Shape::OneOrMany(item) => descend(item, parent, path, true, tables),
        Shape::Map { value, .. } => descend(value, parent, &format!("{path}.NAME"), many, tables),
        Shape::Either(shapes) => shapes.iter().for_each(|shape| descend(shape, parent, path, many, tables)),
        Shape::Boolean
        | Shape::Integer { .. }
        | Shape::Text { .. }
        | Shape::Word(_)
        | Shape::Date
        | Shape::Raw => {}
    }
}

/// Two tables are the same when the code declares them once.
fn same(table: &Table, shape: &TableShape) -> bool {
    table.name == shape.name && table.docs == prose(shape.docs)
}

/// The table that a shape means.
pub fn of<'t>(tables: &'t [Table], shape: &TableShape) -> &'t Table {
    let found = tables.iter().find(|table| same(table, shape));
    found.expect("broken promise: every table is reached from the root")
}

/// A doc comment as running text.
pub fn prose(docs: &str) -> String {
    docs.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value as it is written in TOML, as JSON; a date becomes a string.
pub fn json(literal: &str) -> Option<serde_json::Value> {
    let mut table: serde_json::Map<_, _> = toml::from_str(&format!("value = {literal}\n")).ok()?;
    table.remove("value").map(plain_dates)
}

/// `toml` hands a date to serde as a table with one private key.
fn plain_dates(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(mut table) => match table.remove("$__toml_private_datetime") {
            Some(date) => date,
            None => Value::Object(table.into_iter().map(|(key, value)| (key, plain_dates(value))).collect()),
        },
        Value::Array(items) => items.into_iter().map(plain_dates).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Presence, Reader};
    use toml::de::DeTable;

    #[test]
    fn every_table_has_a_name_of_its_own() {
        let tables = tables();
        let mut ids: Vec<_> = tables.iter().map(|table| table.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), tables.len());
        let calico = tables.iter().find(|table| table.id == "Calico").unwrap();
        assert_eq!(calico.headers, ["[clusters.NAME.calico]"]);
        assert!(tables.iter().any(|table| table.headers == ["[[stages]]"]));
        assert!(ids.contains(&"CalicoBgpPeer") && ids.contains(&"MetallbBgpPeer"));
    }

    #[test]
    fn every_example_and_default_can_be_written_at_its_key() {
        for table in tables() {
            for key in &table.keys {
                let default = match &key.presence {
                    Presence::Default(literal) => Some(literal.as_str()),
                    _ => None,
                };
                assert!(!key.example.is_empty(), "{}.{} has no example", table.id, key.name);
                for literal in std::iter::once(key.example).chain(default) {
                    let text = format!("value = {literal}\n");
                    let place = format!("{}.{} = {literal}", table.id, key.name);
                    let document = DeTable::parse(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
                    let mut found = Vec::new();
                    let read = (key.reads)(&document.get_ref()["value"], &mut Reader::new(0, &mut found));
                    assert!(read && found.is_empty(), "{place}: {found:#?}");
                    assert!(json(literal).is_some(), "{place}");
                }
            }
        }
    }

    #[test]
    fn every_key_and_table_is_described() {
        for table in tables() {
            assert!(table.docs.ends_with('.'), "{}: {}", table.id, table.docs);
            for key in &table.keys {
                assert!(prose(key.docs).ends_with('.'), "{}.{}: {}", table.id, key.name, key.docs);
            }
        }
    }
}
