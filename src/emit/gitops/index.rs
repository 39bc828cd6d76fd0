//! The files of the tree that were made so far, by path.

use super::super::Made;
use std::collections::BTreeMap;
use std::ops::Bound;

/// A sorted list of files: a plan with thousands of tenants asks it thousands of times.
#[derive(Debug)]
pub struct Index<'a> {
    files: BTreeMap<&'a str, &'a Made>,
}

impl<'a> Index<'a> {
    pub fn new(made: &'a [Made]) -> Index<'a> {
        Index { files: made.iter().map(|file| (file.path.as_str(), file)).collect() }
    }

    pub fn file(&self, path: &str) -> Option<&'a Made> {
        self.files.get(path).copied()
    }

    /// The files whose path starts with `prefix`, by path.
    pub fn below<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = &'a Made> + 's {
        let files =
            self.files.range::<str, _>((Bound::Included(prefix), Bound::Unbounded)).map(|(_, file)| *file);
        files.take_while(move |file| file.path.starts_with(prefix))
    }
}
