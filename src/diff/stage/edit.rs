//! A state in between is the plan with a few keys set, taken away, or left as they were.

use toml_edit::{DocumentMut, Item, TableLike, Value};

/// One edit of a plan. A path is the keys from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The key says this, in TOML.
    Set { path: Vec<String>, value: String },
    /// The key, or the table, is not there.
    Remove { path: Vec<String> },
    /// The key says what it says in the old plan, or is not there if it was not.
    Hold { path: Vec<String> },
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|key| (*key).to_owned()).collect()
}

impl Edit {
    pub fn set(path: &[&str], value: impl Into<String>) -> Edit {
        Edit::Set { path: owned(path), value: value.into() }
    }

    pub fn remove(path: &[&str]) -> Edit {
        Edit::Remove { path: owned(path) }
    }

    pub fn hold(path: &[&str]) -> Edit {
        Edit::Hold { path: owned(path) }
    }
}

/// The text of a plan after some edits; everything else stays as it was written. `old` is the old plan. Nothing when one of
/// both is no TOML.
pub fn edited(text: &str, old: &str, edits: &[Edit]) -> Option<String> {
    let mut document: DocumentMut = unix(text).parse().ok()?;
    let before: DocumentMut = unix(old).parse().ok()?;
    for edit in edits {
        match edit {
            Edit::Set { path, value } => set(&mut document, path, Item::Value(value.parse().ok()?)),
            Edit::Remove { path } => remove(&mut document, path),
            Edit::Hold { path } => match path.iter().try_fold(before.as_item(), |item, key| item.get(key)) {
                Some(item) => set(&mut document, path, item.clone()),
                None => remove(&mut document, path),
            },
        }
    }
    let mut edited = document.to_string();
    if text.contains("\r\n") {
        edited = edited.replace('\n', "\r\n");
    }
    if text.starts_with(MARK) {
        edited.insert(0, MARK);
    }
    Some(edited)
}

/// The byte order mark that some editors begin a file with.
const MARK: char = '\u{feff}';

/// A text with the line breaks that `toml_edit` writes; it knows no others.
fn unix(text: &str) -> String {
    text.trim_start_matches(MARK).replace("\r\n", "\n")
}

/// What is at a path.
fn at<'d>(document: &'d mut DocumentMut, path: &[String]) -> Option<&'d mut Item> {
    path.iter().try_fold(document.as_item_mut(), |item, key| match key.parse::<usize>() {
        Ok(index) if item.is_array_of_tables() => item.get_mut(index),
        _ => item.get_mut(key.as_str()),
    })
}

/// The table that holds the last key of a path; tables that are not there are made when `make` says so.
fn table<'d>(document: &'d mut DocumentMut, path: &[String], make: bool) -> Option<&'d mut dyn TableLike> {
    let mut item = document.as_item_mut();
    for key in path {
        if let (Item::ArrayOfTables(list), Ok(index)) = (&*item, key.parse::<usize>())
            && index < list.len()
        {
            item = item.get_mut(index)?;
            continue;
        }
        let table = item.as_table_like_mut()?;
        if !table.contains_key(key) {
            if !make {
                return None;
            }
            let mut made = toml_edit::Table::new();
            made.set_implicit(true);
            table.insert(key, Item::Table(made));
        }
        item = table.get_mut(key)?;
    }
    item.as_table_like_mut()
}

fn set(document: &mut DocumentMut, path: &[String], new: Item) {
    let Some((last, parents)) = path.split_last() else { return };
    put(document, parents, last, new);
    // Blanks of an inline table belong to its entries, and the new one has none.
    if let Some(Item::Value(Value::InlineTable(table))) = at(document, parents) {
        table.fmt();
    }
}

fn put(document: &mut DocumentMut, parents: &[String], last: &str, mut new: Item) {
    if let Item::Table(table) = &mut new {
        // Behind what stood before it in the other text, as far as the numbers of tables tell.
        table.set_position(table.position().map(|place| place.saturating_sub(1)));
    }
    let Some(table) = table(document, parents, true) else { return };
    match (table.get_mut(last), new) {
        // What stands around the old value, a comment say, stays.
        (Some(Item::Value(known)), Item::Value(mut value)) => {
            *value.decor_mut() = known.decor().clone();
            *known = value;
        }
        (_, Item::Value(mut value)) => {
            let decor = Value::from(0).decor().clone();
            *value.decor_mut() = decor;
            table.insert(last, Item::Value(value));
        }
        (_, item) => {
            table.insert(last, item);
        }
    }
}

fn remove(document: &mut DocumentMut, path: &[String]) {
    let Some((last, parents)) = path.split_last() else { return };
    if let Some(table) = table(document, parents, false) {
        table.remove(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = "name = \"a\" # said\n\n[pools.b]\ncluster = \"c\" # whose\nsize = 3\n\n[services]\nx = { ip = \"1\" }\n";

    #[test]
    fn a_value_is_replaced_and_its_comment_stays() {
        let text = edited(NEW, "", &[Edit::set(&["pools", "b", "cluster"], "\"d\"")]).unwrap();
        assert_eq!(text, NEW.replace("\"c\"", "\"d\""));
    }

    #[test]
    fn line_breaks_stay_what_they_are() {
        let text = format!("\u{feff}{}", NEW.replace('\n', "\r\n"));
        let found = edited(&text, "", &[Edit::set(&["pools", "b", "cluster"], "\"d\"")]).unwrap();
        assert_eq!(found, text.replace("\"c\"", "\"d\""));
    }

    #[test]
    fn inline_tables_and_missing_tables_take_keys() {
        let edits = [
            Edit::set(&["services", "x", "type"], "\"ClusterIP\""),
            Edit::remove(&["services", "x", "ip"]),
            Edit::set(&["pools", "z", "addresses"], "[\"1-2\"]"),
        ];
        let text = edited(NEW, "", &edits).unwrap();
        assert!(
            text.contains("x = { type = \"ClusterIP\" }") || text.contains("x = {type = \"ClusterIP\" }"),
            "{text}"
        );
        assert!(text.contains("[pools.z]\naddresses = [\"1-2\"]"), "{text}");
    }

    #[test]
    fn what_is_held_is_what_it_was() {
        let old = "[pools.b]\nsize = 2\n\n[pools.gone]\ncluster = \"c\"\n";
        let edits = [
            Edit::hold(&["pools", "b", "size"]),
            Edit::hold(&["pools", "b", "cluster"]),
            Edit::hold(&["pools", "gone"]),
        ];
        let text = edited(NEW, old, &edits).unwrap();
        assert!(text.contains("[pools.b]\nsize = 2\n"), "{text}");
        assert!(text.contains("[pools.gone]\ncluster = \"c\"\n"), "{text}");
    }
}
