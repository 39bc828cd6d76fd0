//! Which line of a plan a change comes from.

use super::change::Change;
use super::context::Context;
use super::side::{Known, Side};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A key of a plan that was added, removed or changed, or the table that an object comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Whether it stands in the old plan only.
    pub is_old: bool,
    /// The plan, as messages call it.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// The key path, such as `services.mlflow.ip`.
    pub key: String,
}

/// Every key of a plan.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Key path -> place, and what it says unless it is a table.
    keys: BTreeMap<String, Key>,
}

#[derive(Clone, Debug)]
struct Key {
    place: Range<usize>,
    value: Option<String>,
}

/// More lines than these help nobody.
const MOST: usize = 4;

impl Keys {
    /// The keys of a text; none where it is not TOML.
    pub fn new(text: &str) -> Keys {
        let mut keys = Keys::default();
        if let Ok(document) = DeTable::parse(text) {
            keys.table(document.get_ref(), "");
        }
        keys
    }

    /// Whether the plan says something at a key path.
    pub fn has(&self, path: &str) -> bool {
        self.keys.contains_key(path)
    }

    /// The paths of all keys, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    fn table(&mut self, table: &DeTable<'_>, path: &str) {
        for (key, value) in table.iter() {
            let path = super::list::below(path, key.get_ref());
            self.value(value.get_ref(), key.span(), path);
        }
    }

    fn value(&mut self, value: &DeValue<'_>, place: Range<usize>, path: String) {
        let said = match value {
            DeValue::Table(table) => {
                self.table(table, &path);
                None
            }
            DeValue::Array(items) if items.iter().any(|item| item.get_ref().as_table().is_some()) => {
                for (at, item) in items.iter().enumerate() {
                    self.value(item.get_ref(), item.span(), format!("{path}.{at}"));
                }
                None
            }
            other => Some(said(other)),
        };
        self.keys.insert(path, Key { place, value: said });
    }

    /// The keys below any of the tables that the other plan says differently or not at all.
    fn unlike<'k>(
        &'k self,
        other: &'k Keys,
        tables: &'k [String],
    ) -> impl Iterator<Item = (&'k String, &'k Key)> {
        let below = move |table: &'k String| {
            let own = self
                .keys
                .range(table.clone()..)
                .take_while(move |(path, _)| path.starts_with(table.as_str()));
            own.filter(move |(path, _)| {
                table.is_empty() || path.len() == table.len() || path.as_bytes()[table.len()] == b'.'
            })
        };
        let said = |key: &Key| key.value.is_some();
        tables.iter().flat_map(below).filter(move |(path, key)| {
            said(key) && other.keys.get(*path).is_none_or(|known| known.value != key.value)
        })
    }

    /// The tables above those of an object that say something for all of them.
    fn defaults(&self) -> Vec<String> {
        let whole =
            ["service_defaults", "tenant_defaults", "namespace_defaults", "domain", "name", "lan", "gitops"];
        whole.iter().map(|name| (*name).to_owned()).collect()
    }
}

/// A value as a text that is the same for the same value.
fn said(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()).to_string(),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| said(item.get_ref())).collect();
            format!("[{}]", items.join(","))
        }
        DeValue::Table(table) => {
            let entries =
                table.iter().map(|(key, value)| format!("{}={}", key.get_ref(), said(value.get_ref())));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        DeValue::Boolean(boolean) => boolean.to_string(),
        other => format!("{other:?}"),
    }
}

/// The lines that a change comes from: the keys of its tables that changed, those first that say a value which changed;
/// where none did, keys that say something for all; and where those did not either, the key that says the new value, or
/// the table itself.
pub fn causes(context: &Context<'_>, change: &Change) -> Vec<Cause> {
    let mut tables: Vec<String> = Vec::new();
    for table in [&change.new, &change.old].into_iter().flatten().flat_map(|document| &document.from) {
        if !tables.contains(table) {
            tables.push(table.clone());
        }
    }
    let values = values(change);
    // A key tells of a value when one of the plans has the value there and the other has not.
    let holds = |side: &Side<'_>, cause: &Cause, wanted: &str| {
        let key = side.plan.as_ref().and_then(|plan| plan.keys.keys.get(&cause.key));
        key.and_then(|key| key.value.as_ref()).is_some_and(|value| value.contains(wanted))
    };
    let rank = |cause: &Cause| {
        let tells = |wanted: &String| holds(context.old, cause, wanted) != holds(context.new, cause, wanted);
        !values.iter().any(tells)
    };
    if let Some(table) = whole(context, change) {
        return vec![table];
    }
    let mut found = changed(context, &tables);
    if !tables.is_empty() {
        let defaults = context.new.plan.as_ref().map(|plan| plan.keys.defaults()).unwrap_or_default();
        let mut for_all = changed(context, &defaults);
        // What is said for all counts where its own tables say nothing, or nothing of the value.
        if !found.is_empty() {
            for_all.retain(|cause| !rank(cause) && !found.contains(cause));
        }
        found.extend(for_all);
    }
    found.sort_by_key(rank);
    // Where a key says the very value that changed, the others below the same tables are about something else.
    if found.first().is_some_and(|first| !rank(first)) {
        found.retain(|cause| !rank(cause));
    }
    if found.is_empty() && !tables.is_empty() {
        found.extend(named(context, &values));
        if found.is_empty() {
            found.extend(context.new.edits(context.old).saying(&values));
        }
    }
    if found.is_empty() {
        found.extend(saying(context, &tables, &values).or_else(|| declared(context, change)));
    }
    found.truncate(MOST);
    found
}

/// The table that came or went with the document.
fn whole(context: &Context<'_>, change: &Change) -> Option<Cause> {
    let (Some(old), Some(new)) = (&context.old.plan, &context.new.plan) else { return None };
    let (plan, other, is_old) = match (&change.old, &change.new) {
        (None, Some(_)) => (new, old, false),
        (Some(_), None) => (old, new, true),
        _ => return None,
    };
    let table = change.any().from.iter().find(|table| !other.keys.keys.contains_key(*table))?;
    Some(cause(plan, table, plan.keys.keys.get(table)?, is_old))
}

/// The scalars that are new, or gone, as texts. Short words stand everywhere and tell nothing.
fn values(change: &Change) -> BTreeSet<String> {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => _ = found.insert(text.clone()),
            Value::Number(number) => _ = found.insert(number.to_string()),
            Value::Object(map) => map.values().for_each(|value| walk(value, found)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            Value::Null | Value::Bool(_) => {}
        }
    }
    let mut found = BTreeSet::new();
    super::member::inside(&change.id().kind, &change.fields, 0)
        .iter()
        .flat_map(|field| [&field.new, &field.old])
        .flatten()
        .for_each(|value| walk(value, &mut found));
    found.retain(|text| text.len() > 3);
    found
}

/// The keys below these tables that differ between both plans, table by table.
fn changed(context: &Context<'_>, tables: &[String]) -> Vec<Cause> {
    let (Some(old), Some(new)) = (&context.old.plan, &context.new.plan) else { return Vec::new() };
    let mut found: Vec<Cause> = Vec::new();
    for table in tables.chunks(1) {
        let added = new.keys.unlike(&old.keys, table).map(|(path, key)| cause(new, path, key, false));
        found.extend(added);
        let gone = old.keys.unlike(&new.keys, table).filter(|(path, _)| !new.keys.keys.contains_key(*path));
        found.extend(gone.map(|(path, key)| cause(old, path, key, true)));
    }
    let mut seen = BTreeSet::new();
    found.retain(|cause| seen.insert((cause.is_old, cause.key.clone())));
    found
}

/// Every key that differs between two plans, with what it says.
#[derive(Clone, Debug, Default)]
pub struct Edits {
    all: Vec<(Cause, String)>,
}

impl Edits {
    /// Without both plans there are none.
    pub fn new(old: Option<&Known<'_>>, new: Option<&Known<'_>>) -> Edits {
        let (Some(old), Some(new)) = (old, new) else { return Edits::default() };
        let all: [String; 1] = [String::new()];
        let said = |key: &Key| key.value.clone().unwrap_or_default();
        let added =
            new.keys.unlike(&old.keys, &all).map(|(path, key)| (cause(new, path, key, false), said(key)));
        let gone = old.keys.unlike(&new.keys, &all).filter(|(path, _)| !new.keys.has(path));
        let gone = gone.map(|(path, key)| (cause(old, path, key, true), said(key)));
        Edits { all: added.chain(gone).collect() }
    }

    /// Those that say one of these values.
    fn saying(&self, values: &BTreeSet<String>) -> Vec<Cause> {
        let quoted: Vec<String> =
            values.iter().map(|value| Value::from(value.as_str()).to_string()).collect();
        let says = |(_, said): &&(Cause, String)| quoted.iter().any(|value| said.contains(value.as_str()));
        self.all.iter().filter(says).map(|(cause, _)| cause.clone()).collect()
    }
}

/// Tables that came or went and are called as one of these values is: what others say of them changes with them.
fn named(context: &Context<'_>, values: &BTreeSet<String>) -> Vec<Cause> {
    let (Some(old), Some(new)) = (&context.old.plan, &context.new.plan) else { return Vec::new() };
    let kinds = ["tenants", "services", "namespaces", "external", "hosts", "pools"];
    let paths = values.iter().flat_map(|value| kinds.iter().map(move |kind| super::list::below(kind, value)));
    let only = |path: String| {
        let (before, after) = (old.keys.keys.get(&path), new.keys.keys.get(&path));
        match (before, after) {
            (None, Some(key)) => Some(cause(new, &path, key, false)),
            (Some(key), None) => Some(cause(old, &path, key, true)),
            _ => None,
        }
    };
    paths.filter_map(only).collect()
}

/// The key of the new plan that says one of these values.
fn saying(context: &Context<'_>, tables: &[String], values: &BTreeSet<String>) -> Option<Cause> {
    let plan = context.new.plan.as_ref()?;
    let nothing = Keys::default();
    let (path, key) = plan.keys.unlike(&nothing, tables).find(|(_, key)| {
        key.value.as_ref().is_some_and(|value| values.iter().any(|wanted| value.contains(wanted.as_str())))
    })?;
    Some(cause(plan, path, key, false))
}

/// The table that the document comes from first.
fn declared(context: &Context<'_>, change: &Change) -> Option<Cause> {
    let sides: [(&Side<'_>, _, bool); 2] =
        [(context.new, &change.new, false), (context.old, &change.old, true)];
    sides.into_iter().find_map(|(side, document, is_old)| {
        let plan = side.plan.as_ref()?;
        let document = document.as_ref()?;
        document.from.iter().find_map(|path| Some(cause(plan, path, plan.keys.keys.get(path)?, is_old)))
    })
}

fn cause(plan: &Known<'_>, path: &str, key: &Key, is_old: bool) -> Cause {
    let line = plan.source.position(key.place.start).line;
    Cause { is_old, file: plan.source.name.clone(), line, key: path.to_owned() }
}
