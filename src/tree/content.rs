//! A tree holds every file once: two sources never write the same path.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::Arc;

use super::path::{TreePath, case_collisions};

/// The whole output in memory, sorted by path.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<TreePath, File>,
    /// Every folder of the tree without its root, and the source that needed it first.
    folders: BTreeMap<String, Arc<str>>,
}

#[derive(Clone, Debug)]
struct File {
    bytes: Vec<u8>,
    source: Arc<str>,
}

/// Two sources want the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The place that both want; one of them may want it as a folder.
    pub path: String,
    /// Who had it first.
    pub first: Arc<str>,
    /// Who wanted it then.
    pub second: Arc<str>,
}

impl Tree {
    /// A tree without files.
    pub fn new() -> Tree {
        Tree::default()
    }

    /// Adds one file. `source` says who made it (an emitter, a table of the plan) and is only read in a [`Clash`].
    pub fn insert(
        &mut self,
        source: impl Into<Arc<str>>,
        path: TreePath,
        bytes: Vec<u8>,
    ) -> Result<(), Clash> {
        let source = source.into();
        if let Some(first) = self.folders.get(path.as_str()) {
            return Err(Clash { path: path.to_string(), first: first.clone(), second: source });
        }
        for folder in path.folders() {
            if self.folders.contains_key(folder) {
                break;
            }
            if let Some(file) = self.files.get(folder) {
                return Err(Clash { path: folder.to_owned(), first: file.source.clone(), second: source });
            }
            self.folders.insert(folder.to_owned(), source.clone());
        }
        match self.files.entry(path) {
            Entry::Vacant(place) => {
                place.insert(File { bytes, source });
                Ok(())
            }
            Entry::Occupied(place) => Err(Clash {
                path: place.key().to_string(),
                first: place.get().source.clone(),
                second: source,
            }),
        }
    }

    /// Adds rendered files of one source, in any order; stops at the first clash.
    pub fn extend(
        &mut self,
        source: impl Into<Arc<str>>,
        files: impl IntoIterator<Item = (TreePath, Vec<u8>)>,
    ) -> Result<(), Clash> {
        let source = source.into();
        files.into_iter().try_for_each(|(path, bytes)| self.insert(source.clone(), path, bytes))
    }

    /// The bytes of a file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(|file| file.bytes.as_slice())
    }

    /// Every file, sorted by path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&TreePath, &[u8])> {
        self.files.iter().map(|(path, file)| (path, file.bytes.as_slice()))
    }

    /// Every folder that holds a file or a folder, parents first, without the root.
    pub fn folders(&self) -> impl ExactSizeIterator<Item = &str> {
        self.folders.keys().map(String::as_str)
    }

    /// Whether the tree needs a folder at this path.
    pub fn has_folder(&self, path: &str) -> bool {
        self.folders.contains_key(path)
    }

    /// The number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Pairs of names that differ only in the case of letters; see [`case_collisions`].
    pub fn case_collisions(&self) -> Vec<(String, String)> {
        case_collisions(self.files.keys())
    }
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is written by `{}` and by `{}`", self.path, self.first, self.second)
    }
}

impl std::error::Error for Clash {}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        TreePath::new(text).unwrap()
    }

    #[test]
    fn files_come_back_sorted() {
        let mut tree = Tree::new();
        tree.extend("x", [(path("b/c"), vec![1]), (path("a"), vec![2]), (path("b/a/z"), vec![])]).unwrap();
        let files: Vec<_> = tree.iter().map(|(path, bytes)| (path.as_str(), bytes.len())).collect();
        assert_eq!(files, [("a", 1), ("b/a/z", 0), ("b/c", 1)]);
        assert_eq!(tree.folders().collect::<Vec<_>>(), ["b", "b/a"]);
    }

    #[test]
    fn a_clash_names_both_sources() {
        let mut tree = Tree::new();
        tree.insert("pools.a", path("x/y"), vec![]).unwrap();
        let clash = tree.insert("pools.b", path("x/y"), vec![]).unwrap_err();
        assert_eq!(clash.to_string(), "`x/y` is written by `pools.a` and by `pools.b`");
        let clash = tree.insert("pools.b", path("x"), vec![]).unwrap_err();
        assert_eq!((&*clash.path, &*clash.first, &*clash.second), ("x", "pools.a", "pools.b"));
        let clash = tree.insert("pools.b", path("x/y/z"), vec![]).unwrap_err();
        assert_eq!((&*clash.path, &*clash.first, &*clash.second), ("x/y", "pools.a", "pools.b"));
        assert_eq!(tree.len(), 1);
    }
}
