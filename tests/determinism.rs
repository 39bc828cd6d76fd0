//! The order of tables and keys, and the number of threads, change no byte of a tree or a lock.

use plan::Inputs;
use plan::source::Source;
use rayon::ThreadPoolBuilder;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const ROUNDS: u64 = 6;

/// Every plan of the repository, with its lock where it has one.
fn plans() -> Vec<(PathBuf, String, Option<String>)> {
    let mut plans = Vec::new();
    for folder in ["plans", "tests/plans"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in fs::read_dir(&folder).unwrap() {
            let file = entry.unwrap().path().join("migration.toml");
            let text = fs::read_to_string(&file).unwrap();
            plans.push((file.clone(), text, fs::read_to_string(file.with_file_name("plan.lock")).ok()));
        }
    }
    plans.sort();
    plans
}

/// The files and the lock that come of a plan.
fn compiled(text: &str, lock: Option<&str>, threads: usize) -> BTreeMap<String, Vec<u8>> {
    let lock = lock.map(|lock| Source::new("plan.lock", lock));
    let inputs = Inputs { lock, ..Inputs::new(Source::new("migration.toml", text)) };
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let compilation = pool.install(|| plan::compile(&inputs));
    let Some(output) = compilation.output else { panic!("{:#?}\n{text}", compilation.diagnostics) };
    let files = output.tree.iter().map(|(path, bytes)| (path.to_string(), bytes.to_vec()));
    files.chain([("plan.lock".to_owned(), output.lock.into_bytes())]).collect()
}

#[track_caller]
fn same(file: &Path, what: &str, one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) {
    let paths = one.keys().chain(other.keys());
    for path in paths {
        let text = |of: &BTreeMap<String, Vec<u8>>| {
            of.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
        };
        let (one, other) = (text(one), text(other));
        if one != other {
            let difference = similar::TextDiff::from_lines(&one, &other);
            panic!("{}: {what} changes `{path}`:\n{}", file.display(), difference.unified_diff());
        }
    }
}

#[test]
fn order_changes_nothing() {
    for (file, text, lock) in plans() {
        let wanted = compiled(&text, lock.as_deref(), 2);
        for seed in 1..=ROUNDS {
            let shuffled = shuffled(&text, seed);
            assert_ne!(shuffled, text, "the order is the same");
            let same_keys =
                toml::from_str::<toml::Table>(&shuffled).unwrap() == toml::from_str(&text).unwrap();
            assert!(same_keys, "{}: the shuffle changes the plan", file.display());
            same(&file, "another order", &wanted, &compiled(&shuffled, lock.as_deref(), 2));
        }
    }
}

#[test]
fn threads_change_nothing() {
    for (file, text, lock) in plans() {
        let wanted = compiled(&text, lock.as_deref(), 1);
        for threads in [2, 16] {
            same(&file, "another number of threads", &wanted, &compiled(&text, lock.as_deref(), threads));
        }
    }
}

/// The same plan with its tables and their keys in another order; `[[lists]]` keep theirs, because it means something.
fn shuffled(text: &str, seed: u64) -> String {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut tables: Vec<Table> = vec![Table::default()];
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            tables.push(Table { header: line.to_owned(), entries: Vec::new() });
            continue;
        }
        let entries = &mut tables.last_mut().unwrap().entries;
        match entries.last_mut() {
            Some(entry) if depth(entry) > 0 => entry.push_str(line),
            _ => entries.push(line.to_owned()),
        }
    }
    for table in &mut tables {
        table.entries.retain(|entry| !entry.trim().is_empty() && !entry.trim_start().starts_with('#'));
        chance.shuffle(&mut table.entries);
    }
    let top = tables.remove(0);
    let order: Vec<String> = tables.iter().map(|table| table.header.clone()).collect();
    chance.shuffle(&mut tables);
    // The items of one list go back into their order, each to a place that an item of it has now.
    let lists: std::collections::BTreeSet<&String> =
        order.iter().filter(|header| header.starts_with("[[")).collect();
    let original = in_order(text);
    for list in lists {
        let places: Vec<usize> = (0..tables.len()).filter(|at| tables[*at].header == **list).collect();
        let mut items: Vec<Table> = places.iter().map(|at| std::mem::take(&mut tables[*at])).collect();
        items.sort_by_key(|item| original.iter().position(|body| item.is(body)));
        for (place, item) in places.into_iter().zip(items) {
            tables[place] = item;
        }
    }
    [top].into_iter().chain(tables).map(|table| table.header + &table.entries.concat() + "\n").collect()
}

/// The text of each table, in the order of the plan.
fn in_order(text: &str) -> Vec<String> {
    let starts: Vec<usize> = text.match_indices("\n[").map(|(at, _)| at + 1).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| text[*start..end].to_owned()).collect()
}

#[derive(Default)]
struct Table {
    header: String,
    entries: Vec<String>,
}

impl Table {
    /// Whether it is this one of the plan.
    fn is(&self, text: &str) -> bool {
        text.starts_with(&self.header) && self.entries.iter().all(|entry| text.contains(entry.as_str()))
    }
}

/// How many brackets an entry has open, outside of strings and comments.
fn depth(entry: &str) -> i32 {
    let (mut depth, mut quoted) = (0, false);
    for line in entry.lines() {
        for letter in line.chars() {
            match letter {
                '"' => quoted = !quoted,
                '#' if !quoted => break,
                '[' | '{' if !quoted => depth += 1,
                ']' | '}' if !quoted => depth -= 1,
                _ => {}
            }
        }
    }
    depth
}

/// Marsaglia's `xorshift64` and the shuffle of Fisher and Yates.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
