//! Names, label sets and selectors as small numbers, each distinct value once.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::bits::Bits;
use super::selector::{Labels, Requirement, Selector};

/// Values in the order in which they were first seen; a value's number is its index.
pub(super) struct Interner<V> {
    numbers: HashMap<V, u32, BuildHasherDefault<WordHasher>>,
    values: Vec<V>,
}

impl<V: Clone + Eq + Hash> Interner<V> {
    pub fn new() -> Interner<V> {
        Interner { numbers: HashMap::default(), values: Vec::new() }
    }

    pub fn number(&mut self, value: V) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let number = narrow(self.values.len());
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        number
    }

    /// As `number`, with a copy made only of what is new.
    pub fn number_of<Q: Eq + Hash + ?Sized>(&mut self, value: &Q) -> u32
    where
        V: Borrow<Q> + for<'q> From<&'q Q>,
    {
        match self.numbers.get(value) {
            Some(number) => *number,
            None => self.number(V::from(value)),
        }
    }

    pub fn values(&self) -> &[V] {
        &self.values
    }

    pub fn into_values(self) -> Vec<V> {
        self.values
    }
}

/// An index as the four bytes that it is stored in.
pub(super) fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("broken promise: a cluster has fewer than four billion of anything")
}

/// A multiplicative hash as in rustc's `FxHasher`: the default one, which withstands hostile keys, takes half of the
/// time of compiling a network. Nothing iterates over a map, so the order of output does not depend on it.
#[derive(Default)]
pub(super) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, mut bytes: &[u8]) {
        while let Some((word, rest)) = bytes.split_first_chunk() {
            self.write_u64(u64::from_le_bytes(*word));
            bytes = rest;
        }
        if !bytes.is_empty() {
            self.write_u64(bytes.iter().fold(1, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        // The map takes its bucket from the low bits, which a product mixes least.
        self.0.rotate_left(26)
    }
}

/// Key and value numbers, sorted by key number.
pub(super) type LabelSet = Box<[(u32, u32)]>;

/// Labels as numbers. Workloads that follow each other mostly carry the same keys and many of the same values, so each
/// word is compared with the one in the same place before it is looked up.
#[derive(Default)]
pub(super) struct LabelReader<'w> {
    last: Vec<[(&'w str, u32); 2]>,
    set: Vec<(u32, u32)>,
}

impl<'w> LabelReader<'w> {
    /// Sorted by the number of the key.
    pub fn read(&mut self, names: &mut Interner<&'w str>, labels: &'w Labels) -> &[(u32, u32)] {
        self.last.truncate(labels.len());
        for (place, (key, value)) in labels.iter().enumerate() {
            match self.last.get_mut(place) {
                Some(last) => {
                    for (known, word) in last.iter_mut().zip([key, value]) {
                        if known.0 != word {
                            *known = (word, names.number(word));
                        }
                    }
                }
                None => self.last.push([(key, names.number(key)), (value, names.number(value))]),
            }
        }
        self.set.clear();
        self.set.extend(self.last.iter().map(|[key, value]| (key.1, value.1)));
        self.set.sort_unstable();
        &self.set
    }
}

/// A selector whose words are numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CompiledSelector {
    requirements: Box<[(u32, Test)]>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Test {
    In(Box<[u32]>),
    NotIn(Box<[u32]>),
    Exists,
    DoesNotExist,
}

impl CompiledSelector {
    /// The requirements keep their order, so that their indices are those of the selector.
    pub fn new<'w>(names: &mut Interner<&'w str>, selector: &'w Selector) -> CompiledSelector {
        let values = |names: &mut Interner<&'w str>, words: &'w BTreeSet<String>| -> Box<[u32]> {
            words.iter().map(|word| names.number(word)).collect()
        };
        let requirements = selector
            .requirements
            .iter()
            .map(|requirement| {
                let key = names.number(requirement.key());
                let test = match requirement {
                    Requirement::In { values: words, .. } => Test::In(values(names, words)),
                    Requirement::NotIn { values: words, .. } => Test::NotIn(values(names, words)),
                    Requirement::Exists { .. } => Test::Exists,
                    Requirement::DoesNotExist { .. } => Test::DoesNotExist,
                };
                (key, test)
            })
            .collect();
        CompiledSelector { requirements }
    }

    pub fn matches(&self, labels: &[(u32, u32)]) -> bool {
        self.first_failing(labels).is_none()
    }

    /// The index of the first requirement that these labels do not meet.
    pub fn first_failing(&self, labels: &[(u32, u32)]) -> Option<usize> {
        self.requirements.iter().position(|(key, test)| {
            let value = labels.iter().find(|label| label.0 == *key).map(|label| label.1);
            !match test {
                Test::In(values) => value.is_some_and(|value| values.contains(&value)),
                Test::NotIn(values) => value.is_none_or(|value| !values.contains(&value)),
                Test::Exists => value.is_some(),
                Test::DoesNotExist => value.is_none(),
            }
        })
    }
}

/// From a label to the members that carry it.
pub(super) struct Index {
    /// Key, value, member; sorted.
    entries: Vec<(u32, u32, u32)>,
    members: usize,
}

impl Index {
    /// Members are numbered in the order given.
    pub fn new<'l>(members: impl Iterator<Item = &'l [(u32, u32)]>) -> Index {
        let mut entries = Vec::new();
        let mut count = 0;
        for (member, labels) in members.enumerate() {
            count = member + 1;
            entries.extend(labels.iter().map(|(key, value)| (*key, *value, narrow(member))));
        }
        entries.sort_unstable();
        Index { entries, members: count }
    }

    /// The members that the selector selects: an intersection of unions, never a look at a member it does not name.
    pub fn select(&self, selector: &CompiledSelector) -> Bits {
        let mut selected = Bits::all(self.members);
        for (key, test) in &selector.requirements {
            let mut named = Bits::none(self.members);
            match test {
                Test::In(values) | Test::NotIn(values) => {
                    values.iter().for_each(|value| self.collect((*key, *value), (*key, *value), &mut named));
                }
                Test::Exists | Test::DoesNotExist => self.collect((*key, 0), (*key, u32::MAX), &mut named),
            }
            match test {
                Test::In(_) | Test::Exists => selected.keep(&named),
                Test::NotIn(_) | Test::DoesNotExist => selected.remove(&named),
            }
        }
        selected
    }

    fn collect(&self, first: (u32, u32), last: (u32, u32), into: &mut Bits) {
        let start = self.entries.partition_point(|(key, value, _)| (*key, *value) < first);
        self.entries[start..]
            .iter()
            .take_while(|(key, value, _)| (*key, *value) <= last)
            .for_each(|(_, _, member)| into.insert(*member as usize));
    }
}
