//! Before anything is written, every place of the tree is looked at once.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use rayon::prelude::*;

use super::conflict::{Conflict, Obstacle};
use super::content::Tree;
use super::manifest::Hash;
use super::path::TreePath;

/// What is on disk where the tree goes.
pub(super) struct Survey<'a> {
    /// One place for each file of the tree, in its order.
    pub places: Vec<Place<'a>>,
    /// Each folder of the tree, with `""` for the root.
    pub folders: BTreeMap<&'a str, Folder>,
    /// Folders that are links or cannot be read; nothing below was looked at.
    pub obstacles: Vec<Conflict>,
}

/// A file of the tree and what is in its place.
pub(super) struct Place<'a> {
    pub path: &'a TreePath,
    pub bytes: &'a [u8],
    /// Of `bytes`.
    pub hash: Hash,
    pub found: Found,
}

/// What is in a file's place.
pub(super) enum Found {
    Missing,
    Equal,
    /// A file with other bytes, with their hash.
    Differs {
        hash: Hash,
        read_only: bool,
    },
    /// A folder of the same name.
    Folder,
    /// Something else; no build goes on.
    Blocked(Obstacle),
    /// A folder above is an obstacle and was reported.
    Hidden,
}

/// What is in a folder's place.
pub(super) enum Folder {
    Missing,
    /// A file of the same name.
    File,
    There(HashMap<OsString, Kind>),
    Obstacle,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Special,
}

impl Kind {
    fn of(kind: FileType) -> Kind {
        if kind.is_file() {
            Kind::File
        } else if kind.is_dir() {
            Kind::Folder
        } else if kind.is_symlink() {
            Kind::Link
        } else {
            Kind::Special
        }
    }

    /// What a path is, without following a link; nothing if nothing is there.
    pub fn at(path: &Path) -> io::Result<Option<Kind>> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(Kind::of(metadata.file_type()))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Looks at a folder that exists. Listing each folder once tells links from files without one call for each file.
pub(super) fn survey<'a>(root: &Path, tree: &'a Tree) -> io::Result<Survey<'a>> {
    let mut folders = BTreeMap::from([("", Folder::There(list(root)?))]);
    let mut obstacles = Vec::new();
    for level in levels(tree) {
        let looked: Vec<(&str, Result<Folder, Obstacle>)> =
            level.into_par_iter().map(|folder| (folder, look(root, folder, &folders))).collect();
        for (path, folder) in looked {
            let folder = folder.unwrap_or_else(|obstacle| {
                obstacles.push(Conflict::new(path, obstacle));
                Folder::Obstacle
            });
            folders.insert(path, folder);
        }
    }
    let files: Vec<(&TreePath, &[u8])> = tree.iter().collect();
    let places = files
        .into_par_iter()
        .map_init(Vec::new, |buffer, (path, bytes)| {
            let found = found(root, path, bytes, &folders, buffer);
            Place { path, bytes, hash: Hash::of(bytes), found }
        })
        .collect();
    Ok(Survey { places, folders, obstacles })
}

/// The folders of the tree by depth, so that a folder is looked at after the one that holds it.
fn levels(tree: &Tree) -> Vec<Vec<&str>> {
    let mut levels: Vec<Vec<&str>> = Vec::new();
    for folder in tree.folders() {
        let depth = folder.bytes().filter(|byte| *byte == b'/').count();
        if levels.len() <= depth {
            levels.resize_with(depth + 1, Vec::new);
        }
        levels[depth].push(folder);
    }
    levels
}

fn look(root: &Path, path: &str, folders: &BTreeMap<&str, Folder>) -> Result<Folder, Obstacle> {
    let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
    let listing = match folders.get(above) {
        Some(Folder::There(listing)) => listing,
        // Reported at the folder above.
        Some(Folder::Obstacle) => return Ok(Folder::Obstacle),
        _ => return Ok(Folder::Missing),
    };
    match listing.get(OsStr::new(name)) {
        None => Ok(Folder::Missing),
        Some(Kind::File) => Ok(Folder::File),
        Some(Kind::Link) => Err(Obstacle::Link),
        Some(Kind::Special) => Err(Obstacle::Special),
        Some(Kind::Folder) => {
            list(&root.join(path)).map(Folder::There).map_err(|error| Obstacle::Unreadable(error.to_string()))
        }
    }
}

fn list(folder: &Path) -> io::Result<HashMap<OsString, Kind>> {
    let mut names = HashMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        names.insert(entry.file_name(), Kind::of(entry.file_type()?));
    }
    Ok(names)
}

fn found(
    root: &Path,
    path: &TreePath,
    bytes: &[u8],
    folders: &BTreeMap<&str, Folder>,
    buffer: &mut Vec<u8>,
) -> Found {
    let listing = match folders.get(path.folder()) {
        Some(Folder::There(listing)) => listing,
        Some(Folder::Obstacle) => return Found::Hidden,
        _ => return Found::Missing,
    };
    let place = root.join(path.as_str());
    match listing.get(OsStr::new(path.name())) {
        None => Found::Missing,
        Some(Kind::Folder) => Found::Folder,
        Some(Kind::Link) => Found::Blocked(Obstacle::Link),
        Some(Kind::Special) => Found::Blocked(Obstacle::Special),
        Some(Kind::File) => match holds(&place, bytes, buffer) {
            Ok(true) => Found::Equal,
            Ok(false) => differing(&place).unwrap_or_else(unreadable),
            Err(error) => unreadable(error),
        },
    }
}

/// Whether a file holds exactly these bytes. One more byte than expected is asked for, so that one `read` tells both the
/// length and the content, and no `stat` is needed.
fn holds(path: &Path, bytes: &[u8], buffer: &mut Vec<u8>) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if buffer.len() <= bytes.len() {
        buffer.resize(bytes.len() + 1, 0);
    }
    let buffer = &mut buffer[..=bytes.len()];
    let mut filled = 0;
    // A file gives less than it was asked for only at its end.
    while filled < bytes.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(false),
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if bytes.is_empty() {
        filled = file.read(buffer)?;
    }
    Ok(filled == bytes.len() && buffer[..filled] == *bytes)
}

fn differing(path: &Path) -> io::Result<Found> {
    let hash = Hash::of(&fs::read(path)?);
    Ok(Found::Differs { hash, read_only: fs::metadata(path)?.permissions().readonly() })
}

fn unreadable(error: io::Error) -> Found {
    Found::Blocked(Obstacle::Unreadable(error.to_string()))
}
